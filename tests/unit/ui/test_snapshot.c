/* What changed, as panels and as a snapshot; panels that are read out. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/changes.h"
#include "ui/panels.h"
#include "ui/snapshot.h"
#include "ui/spoken.h"

enum { NAME_LENGTH = 64, FRAME_ROWS = 4 };

#define TODAY day_of(FIXTURE_NOW)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	int w, h;
} sizes[] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

static void
draw(const char *name, panel_draw *panel, const struct model *model, int size)
{
	struct canvas *canvas = canvas_new(
	    sizes[size].w, sizes[size].h - FRAME_ROWS, false);
	struct pane pane = pane_all(canvas);
	char file[NAME_LENGTH];

	panel(&pane, model);
	snprintf(
	    file, sizeof(file), "%s-%dx%d", name, sizes[size].w, sizes[size].h);
	golden_canvas(file, canvas);
	canvas_free(canvas);
}

/* --- events ----------------------------------------------------------------- */

START_TEST(events)
{
	static const struct store_request requests[] = {
		{ .kind = REQUEST_PROBE,
		    .domain = "news.example.com",
		    .state = REQUEST_RUNNING,
		    .result = "",
		    .asked_s = FIXTURE_NOW - 5 },
		{ .kind = REQUEST_POLL,
		    .domain = "",
		    .state = REQUEST_FAILED,
		    .result = "no credentials",
		    .asked_s = FIXTURE_NOW - 600,
		    .ended_s = FIXTURE_NOW - 599 },
		{ .kind = REQUEST_PROBE,
		    .domain = "old.example.com",
		    .state = REQUEST_DONE,
		    .result = "",
		    .asked_s = FIXTURE_NOW - 90000,
		    .ended_s = FIXTURE_NOW - 89999 },
	};
	static const struct said said[] = {
		{ FIXTURE_NOW - 2, ROLE_NOTE, "written: snapshot.txt" },
		{ FIXTURE_NOW - 4000, ROLE_BAD, "the collector ended" },
	};
	static const struct store_event rows[] = {
		{ .at_s = FIXTURE_NOW - 60,
		    .domain = "news.example.com",
		    .kind = "spam_band",
		    .verdict = VERDICT_FAIL,
		    .text = "spam rate 0.412 % on Nov 19, now violation" },
		{ .at_s = FIXTURE_NOW - 7200,
		    .domain = "",
		    .kind = "error",
		    .verdict = VERDICT_WARN,
		    .text = "the resolver answered nothing for ten minutes, so "
			    "what was asked meanwhile is not known and will be "
			    "asked again with the next probe" },
		{ .at_s = FIXTURE_NOW - 90000,
		    .domain = "a-very-long-name-of-a-host.example.org",
		    .kind = "finding",
		    .verdict = VERDICT_PASS,
		    .text = "ptr 192.0.2.10: ok (was missing)" },
	};
	struct fixture f;

	fixture_init(&f, NULL);
	f.model.requests = requests;
	f.model.request_count = COUNT(requests);
	f.model.said = said;
	f.model.said_count = COUNT(said);
	f.model.events = rows;
	f.model.event_count = COUNT(rows);
	draw("events", panel_events, &f.model, _i);
	fixture_fini(&f);
}
END_TEST

/* --- changes ---------------------------------------------------------------- */

/* One domain then and now: a finding that fails, one that came, one that went,
 * a record that is another, a note, a mute. */
struct two {
	struct fixture f;
	struct view then, now;
	struct finding before[4], after[5];
	struct store_note notes[2];
	struct store_mute mute;
};

static struct finding
found(const char *check, const char *subject, enum verdict verdict,
    const char *reason, const char *record)
{
	return (struct finding){ .check = check,
		.subject = subject,
		.verdict = verdict,
		.reason = reason,
		.detail = "",
		.cure = "",
		.record = record };
}

static void
two_init(struct two *t)
{
	fixture_init(&t->f, "rising");
	t->now = t->then = *t->f.model.view;
	t->before[0] = found("ptr", "192.0.2.10", VERDICT_PASS, "ok", "");
	t->before[1] = found("spf", t->now.domain.name, VERDICT_PASS, "ok",
	    "v=spf1 ip4:192.0.2.10 -all");
	t->before[2] = found("dkim", "s1", VERDICT_WARN, "weak_key", "");
	t->after[0] = found("ptr", "192.0.2.10", VERDICT_FAIL, "missing", "");
	t->after[1] = found("spf", t->now.domain.name, VERDICT_PASS, "ok",
	    "v=spf1 include:_spf.esp.test -all");
	t->after[2] = found("mx", t->now.domain.name, VERDICT_FAIL, "none", "");
	t->after[3] = found(
	    "bimi", t->now.domain.name, VERDICT_NOTE, "missing", "");
	t->after[4] = t->after[1]; /* of the same record */
	t->after[4].verdict = VERDICT_NOTE;
	t->after[4].reason = "near_limit";
	t->then.history.findings = t->before;
	t->then.history.finding_count = 3;
	t->now.history.findings = t->after;
	t->now.history.finding_count = 5;
	t->notes[0] = (struct store_note){ .at_s = FIXTURE_NOW - 100,
		.domain = t->now.domain.name,
		.text = "called the list's owner" };
	t->notes[1] = (struct store_note){
		.at_s = FIXTURE_NOW - 300, .domain = "", .text = "new firewall"
	};
	t->mute = (struct store_mute){ .domain = t->now.domain.name,
		.check = "bimi",
		.subject = "",
		.since_s = FIXTURE_NOW - 200,
		.why = "nobody asks for it" };
	t->now.notes = t->notes;
	t->now.note_count = 2;
	t->now.mutes = &t->mute;
	t->now.mute_count = 1;
	t->then.standing.spam_rate = .0002;
	t->then.standing.ramp = RAMP_GO;
	t->then.standing.state = STANDING_OK;
	t->then.standing.band = SPAM_OK;
	t->then.standing.fails = 0;
	t->then.standing.warns = 1;
}

static void
compare(struct two *t, const struct change **all, size_t *count)
{
	changes_domain(&t->then, &t->now, TODAY - 1, t->f.arena, all, count);
}

START_TEST(changes)
{
	struct model *model;
	struct two t;

	two_init(&t);
	model = &t.f.model;
	compare(&t, &model->changes, &model->change_count);
	model->ui.from = SCREEN_DOMAIN;
	model->ui.screen = SCREEN_CHANGES;
	model->ui.since = TODAY - 1;
	draw("changes", panel_changes, model, _i);
	fixture_fini(&t.f);
}
END_TEST

static const struct change *
find(const struct change *all, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].text, text) == 0)
			return &all[i];
	ck_abort_msg("nothing says %s", text);
}

#define SPF_CHANGED                                         \
	"record of spf: \"v=spf1 ip4:192.0.2.10 -all\" -> " \
	"\"v=spf1 include:_spf.esp.test -all\""

START_TEST(changed_findings)
{
	static const char *const told[] = {
		"ptr 192.0.2.10: pass (ok) -> FAIL (missing)",
		"mx: not there -> FAIL (none)",
		"dkim s1: WARN (weak_key) -> not there",
		SPF_CHANGED,
	};
	const struct change *all, *c;
	size_t count, verdicts = 0, records = 0;
	struct two t;

	two_init(&t);
	compare(&t, &all, &count);
	for (size_t i = 0; i < COUNT(told); i++)
		find(all, count, told[i]);
	for (size_t i = 0; i < count; i++) {
		verdicts += strcmp(all[i].kind, "verdict") == 0;
		records += strcmp(all[i].kind, "record") == 0;
	}
	ck_assert_uint_eq(verdicts, 3);
	ck_assert_uint_eq(records, 1);
	c = find(all, count, told[0]);
	ck_assert_int_eq(c->verdict, VERDICT_FAIL);
	ck_assert_str_eq(c->name, "ptr 192.0.2.10");
	ck_assert_str_eq(c->then, "pass (ok)");
	ck_assert_str_eq(c->now, "FAIL (missing)");
	ck_assert(changes_matter(all, count));
	/* Nothing had been looked at: nothing can have changed. */
	t.then.history.finding_count = 0;
	compare(&t, &all, &count);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_ne(all[i].kind, "verdict");
	/* And that nothing was found wrong then is no news. */
	t.now.note_count = t.now.mute_count = t.now.event_count = 0;
	t.then.standing = t.now.standing;
	t.now.standing.fails = t.now.standing.warns = 0;
	t.now.history.newest_day = DAY_NONE; /* no line was crossed */
	compare(&t, &all, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert(!changes_matter(all, count));
	fixture_fini(&t.f);
}
END_TEST

/* That an MTA-STS policy could not be read is not that it went away. */
START_TEST(changed_policy)
{
	static const struct {
		const char *then, *now;
		size_t told;
	} rows[] = {
		{ "v=STSv1; id=1 + mode: none", "v=STSv1; id=1", 0 },
		{ "v=STSv1; id=1", "v=STSv1; id=1 + mode: none", 0 },
		{ "v=STSv1; id=1 + mode: none", "v=STSv1; id=12", 1 },
		{ "v=STSv1; id=1 + mode: none", "v=STSv1; id=1 + mode: x", 1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct finding then = { .check = "mta_sts",
			.subject = "example.com",
			.verdict = VERDICT_PASS,
			.reason = "ok",
			.record = rows[i].then },
			       now = then;
		const struct change *all;
		size_t count, told = 0;
		struct two t;

		two_init(&t);
		now.record = rows[i].now;
		t.then.history.findings = &then;
		t.now.history.findings = &now;
		t.then.history.finding_count = 1;
		t.now.history.finding_count = 1;
		compare(&t, &all, &count);
		for (size_t k = 0; k < count; k++)
			told += strcmp(all[k].kind, "record") == 0;
		ck_assert_uint_eq(told, rows[i].told);
		fixture_fini(&t.f);
	}
}
END_TEST

/* Numbers that move every day are small; the same rate on a later day is no
 * change at all; that mutes are kept in no order does not hide any. */
START_TEST(changed_little)
{
	const struct change *all;
	struct store_mute mutes[2];
	size_t count;
	struct two t;

	two_init(&t);
	t.then = t.now;
	t.now.note_count = t.now.mute_count = t.now.event_count = 0;
	t.now.history.newest_day = DAY_NONE; /* no line was crossed */
	t.then.standing.spam_day--;
	compare(&t, &all, &count);
	ck_assert_uint_eq(count, 0);
	t.then.standing.volume *= 2;
	t.then.standing.growth *= 2;
	compare(&t, &all, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert(!changes_matter(all, count));
	t.then.standing.ramp = RAMP_GO;
	compare(&t, &all, &count);
	ck_assert(changes_matter(all, count));
	mutes[0] = mutes[1] = t.mute;
	mutes[0].since_s = FIXTURE_NOW - 90 * DAY_SECONDS;
	t.now.mutes = mutes;
	t.now.mute_count = 2;
	t.then.standing = t.now.standing;
	compare(&t, &all, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(all[0].at_s, FIXTURE_NOW - 200);
	fixture_fini(&t.f);
}
END_TEST

/* --- what is read out ------------------------------------------------------- */

static int
panel_table(const struct pane *pane, const struct model *model)
{
	(void)model;
	pane_title(pane, 0, 0, pane->w, "Nothing comes under this");
	pane_title(pane, 0, 1, pane->w, "Days");
	pane_put(pane, 1, 2, ROLE_TITLE, "DAY");
	pane_right(pane, 12, 2, 10, ROLE_TITLE, "SPAM RATE");
	pane_fit(pane, 24, 2, 30, ROLE_TITLE, "A HEAD THAT IS A SENTENCE");
	pane_fit(pane, 1, 3, 10, ROLE_DIM, "Nov 21");
	pane_right(pane, 12, 3, 10, ROLE_BAD, "0.4 ^");
	pane_printf(pane, 22, 3, ROLE_DIM, "%c", 'L');
	pane_fit(pane, 24, 3, 4, ROLE_PLAIN, "longer than its column");
	pane_fit(pane, 1, 4, 10, ROLE_DIM, "Nov 20");
	pane_right(pane, 12, 4, 10, ROLE_DIM, "\u25cb pending");
	pane_put(pane, 40, 4, ROLE_SERIES, "\u2581\u2582\u2583");
	pane_fit(pane, 0, 6, 9, ROLE_DIM, "Volume");
	pane_wrap(pane, 9, 6, 12, ROLE_PLAIN, "48.2k on Nov 20, by the log");
	pane_printf(pane, 0, 10, ROLE_BAD, "%2d", 1);
	pane_wrap(pane, 3, 10, 20, ROLE_BAD, "Stop.");
	pane_put(pane, 2, 11, ROLE_KEY, "do");
	pane_wrap(pane, 8, 11, 20, ROLE_STRONG, "publish a record");
	/* What stands at the right end comes last. */
	pane_right(pane, 0, 12, 30, ROLE_PLAIN, "late");
	pane_put(pane, 2, 12, ROLE_PLAIN, "early");
	pane_vline(pane, 30, 0, 13);
	return 13;
}

static const char spoken[] = "Days\n"
			     "day: Nov 21, spam rate: 0.4 rising, longer than "
			     "its column\n"
			     "day: Nov 20, spam rate: pending\n"
			     "Volume: 48.2k on Nov 20, by the log\n"
			     "1. Stop.\n"
			     "do: publish a record\n"
			     "early, late\n";

static char *
speak(panel_draw *panel, const struct model *model, bool ascii)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	spoken_panel(out, panel, model, 100, 20, ascii);
	fclose(out);
	return text;
}

START_TEST(read_out)
{
	char *text = speak(panel_table, NULL, false);

	ck_assert_str_eq(text, spoken);
	free(text);
}
END_TEST

/* No panel says a line that draws, or anything but ASCII when told so. */
START_TEST(read_out_all)
{
	static const char *const stories[] = { "rising", "watch", "limited",
		"noptr", "disagree", "never", "denied" };
	struct fixture f;

	fixture_init(&f, stories[_i]);
	for (size_t i = 0; i < panel_count(); i++) {
		char *text = speak(panel_row(i)->draw, &f.model, true);

		ck_assert(text[0] != '\0');
		for (const char *p = text; *p != '\0'; p++)
			ck_assert(*p == '\n' || (*p >= ' ' && *p <= '~'));
		ck_assert_ptr_null(strstr(text, "----"));
		ck_assert_ptr_null(strstr(text, ", ,"));
		free(text);
		text = speak(panel_row(i)->draw, &f.model, false);
		ck_assert_ptr_null(strstr(text, "\u2500"));
		ck_assert_ptr_null(strstr(text, "\u2026"));
		free(text);
	}
	fixture_fini(&f);
}
END_TEST

/* --- a snapshot of what changed --------------------------------------------- */

static char dir[64], path[96];
static struct store *store;
static struct settings *settings;

static void
must(enum status status, const struct error *err)
{
	ck_assert_msg(status == STATUS_OK, "%s", err->text);
}

static int64_t
add_domain(const char *name, const char *tag)
{
	struct error err;
	int64_t id;

	must(
	    store_domain_add(store, name, FROM_SETTINGS, tag, &id, &err), &err);
	return id;
}

static void
find_at(int64_t id, const struct finding *finding, int64_t at_s)
{
	const char *checks[] = { finding->check };
	struct error err;

	must(store_findings_put(
		 store, id, checks, 1, finding, 1, at_s, NULL, NULL, &err),
	    &err);
}

static void
set_up(void)
{
	int64_t at_s = FIXTURE_NOW - 3 * DAY_SECONDS, id;
	struct finding f;
	struct error err;

	snprintf(dir, sizeof(dir), "/tmp/sendtop-ui-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store.db", dir);
	must(settings_parse("", 0, "test", &settings, &err), &err);
	must(store_open(path, STORE_COLLECT, &store, &err), &err);
	add_domain("calm.example.net", "");
	id = add_domain("news.example.com", "Acme Ltd.");
	f = found("ptr", "192.0.2.10", VERDICT_PASS, "ok", "");
	find_at(id, &f, at_s);
	f = found("spf", "news.example.com", VERDICT_PASS, "ok",
	    "v=spf1 ip4:192.0.2.10 -all");
	find_at(id, &f, at_s);
	f = found("ptr", "192.0.2.10", VERDICT_FAIL, "missing", "");
	find_at(id, &f, FIXTURE_NOW - 7200);
	f = found("spf", "news.example.com", VERDICT_PASS, "ok",
	    "v=spf1 ip4:192.0.2.10 include:_spf.esp.test -all");
	find_at(id, &f, FIXTURE_NOW - 3600);
	must(store_event_add(store, "news.example.com", FIXTURE_NOW - 7200,
		 "finding", VERDICT_FAIL, "ptr 192.0.2.10: missing (was ok)",
		 &err),
	    &err);
	must(store_event_add(store, "", FIXTURE_NOW - 100, "error",
		 VERDICT_WARN, "the poll failed: 127.0.0.1: refused", &err),
	    &err);
	must(store_note_add(store, "news.example.com", FIXTURE_NOW - 50,
		 "told Acme Ltd. to fix 192.0.2.10", &err),
	    &err);
}

static void
tear_down(void)
{
	char command[128];

	store_close(store);
	settings_free(settings);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static char *
snapshot(const struct redact *redact, const char *name)
{
	struct snapshot_options options = { .store = store,
		.settings = settings,
		.redact = redact,
		.domains = &name,
		.domain_count = name != NULL ? 1 : 0,
		.as_of = DAY_NONE,
		.since = TODAY - 1,
		.now_s = FIXTURE_NOW };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct error err;

	ck_assert_ptr_nonnull(out);
	must(snapshot_text(out, &options, &err), &err);
	fclose(out);
	return text;
}

/* Without the lines that are another ones with each version and directory. */
static void
check_golden(const char *name, char *text)
{
	char *body = strchr(text, '\n') + 1;
	char *line = strstr(body, "\nstore ");

	ck_assert_ptr_nonnull(line);
	line++;
	memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n')));
	golden_text(name, body);
}

START_TEST(since)
{
	char *text = snapshot(NULL, NULL);

	check_golden("since", text);
	free(text);
	text = snapshot(NULL, "calm.example.net");
	ck_assert_ptr_nonnull(strstr(text, "Nothing changed since 2026-11-20"));
	free(text);
}
END_TEST

START_TEST(since_redacted)
{
	static const char *const secrets[] = { "news.example.com",
		"example.com", "calm", "192.0.2", "127.0", "Acme", "esp.test" };
	struct redact *redact;
	struct error err;
	bool lasting;
	char *text;

	must(redact_open(store, &redact, &lasting, &err), &err);
	ck_assert(lasting);
	text = snapshot(redact, NULL);
	for (size_t i = 0; i < COUNT(secrets); i++)
		ck_assert_msg(strstr(text, secrets[i]) == NULL, "%s in:\n%s",
		    secrets[i], text);
	ck_assert_ptr_nonnull(strstr(text, "told name-"));
	free(text);
	redact_free(redact);
}
END_TEST

Suite *
snapshot_suite(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *pure = tcase_create("pure"), *stored = tcase_create("stored");

	tcase_add_loop_test(pure, events, 0, (int)COUNT(sizes));
	tcase_add_loop_test(pure, changes, 0, (int)COUNT(sizes));
	tcase_add_test(pure, changed_findings);
	tcase_add_test(pure, changed_policy);
	tcase_add_test(pure, changed_little);
	tcase_add_test(pure, read_out);
	tcase_add_loop_test(pure, read_out_all, 0, 7);
	suite_add_tcase(suite, pure);
	tcase_add_checked_fixture(stored, set_up, tear_down);
	tcase_add_test(stored, since);
	tcase_add_test(stored, since_redacted);
	suite_add_tcase(suite, stored);
	return suite;
}
