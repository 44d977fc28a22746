/* Findings: histories of runs, and what is left of them at any moment. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/store/support.h"

enum {
	RUNS = 6,
	WORDS = 16,
};

/*
 * A run: its time, the checks that ran, and what they found as
 * "check subject verdict reason" with ", " between.  `then` says what stands
 * after the last run, worst first: "check/subject verdict reason since..seen",
 * behind it in brackets what was known last.  `changes` is what was handed to
 * the callback over all runs, one sign each: + begins, - ends, ~ changes.
 */
static const struct {
	const char *why;
	struct {
		int64_t at;
		const char *checks, *found;
	} runs[RUNS];
	const char *then, *changes;
} rows[] = {
	{ "nothing", { { 10, "ptr", "" } }, "", "" },
	{ "the first time", { { 10, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 10..10; ", "+" },
	{ "unchanged",
	    { { 10, "ptr", "ptr a pass ok" }, { 20, "ptr", "ptr a pass ok" },
		{ 30, "ptr", "ptr a pass ok" } },
	    "ptr/a pass ok 10..30; ", "+" },
	{ "another verdict",
	    { { 10, "ptr", "ptr a pass ok" },
		{ 20, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 20..20; ", "+~" },
	{ "another reason",
	    { { 10, "ptr", "ptr a fail mismatch" },
		{ 20, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 20..20; ", "+~" },
	{ "no longer found",
	    { { 10, "ptr", "ptr a pass ok, ptr b pass ok" },
		{ 20, "ptr", "ptr b pass ok" } },
	    "ptr/b pass ok 10..20; ", "++-" },
	{ "another check's run leaves it alone",
	    { { 10, "ptr mx", "ptr a pass ok, mx d pass ok" },
		{ 20, "mx", "mx d fail dangling" } },
	    "mx/d fail dangling 20..20; ptr/a pass ok 10..10; ", "++~" },
	{ "unknown keeps what was known",
	    { { 10, "ptr", "ptr a fail missing" },
		{ 20, "ptr", "ptr a fail missing" },
		{ 30, "ptr", "ptr a unknown timeout" } },
	    "ptr/a unknown timeout 30..30 [fail missing 20]; ", "+~" },
	{ "and goes on keeping it",
	    { { 10, "ptr", "ptr a pass ok" },
		{ 20, "ptr", "ptr a unknown timeout" },
		{ 30, "ptr", "ptr a unknown servfail" },
		{ 40, "ptr", "ptr a unknown servfail" } },
	    "ptr/a unknown servfail 30..40 [pass ok 10]; ", "+~~" },
	{ "unknown from the start",
	    { { 10, "ptr", "ptr a unknown timeout" },
		{ 20, "ptr", "ptr a unknown servfail" } },
	    "ptr/a unknown servfail 20..20; ", "+~" },
	{ "after unknown it is as old as it was",
	    { { 10, "ptr", "ptr a fail missing" },
		{ 20, "ptr", "ptr a unknown timeout" },
		{ 30, "ptr", "ptr a unknown servfail" },
		{ 40, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 10..40; ", "+~~~" },
	{ "twice over",
	    { { 10, "ptr", "ptr a fail missing" },
		{ 20, "ptr", "ptr a unknown timeout" },
		{ 30, "ptr", "ptr a fail missing" },
		{ 40, "ptr", "ptr a unknown timeout" },
		{ 50, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 10..50; ", "+~~~~" },
	{ "but not when it is another",
	    { { 10, "ptr", "ptr a fail missing" },
		{ 20, "ptr", "ptr a unknown timeout" },
		{ 30, "ptr", "ptr a fail mismatch" } },
	    "ptr/a fail mismatch 30..30; ", "+~~" },
	{ "gone and back is new",
	    { { 10, "ptr", "ptr a fail missing" }, { 20, "ptr", "" },
		{ 30, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 30..30; ", "+-+" },
	{ "two reasons of one subject",
	    { { 10, "dmarc", "dmarc d note policy_none, dmarc d note testing" },
		{ 20, "dmarc",
		    "dmarc d note testing, dmarc d note policy_none" } },
	    "dmarc/d note policy_none 10..20; dmarc/d note testing 10..20; ",
	    "++" },
	{ "one of two changes",
	    { { 10, "dmarc", "dmarc d note policy_none, dmarc d note testing" },
		{ 20, "dmarc", "dmarc d fail syntax, dmarc d note testing" } },
	    "dmarc/d fail syntax 20..20; dmarc/d note testing 10..20; ",
	    "++~" },
	{ "two become one",
	    { { 10, "dmarc", "dmarc d note policy_none, dmarc d warn b" },
		{ 20, "dmarc", "dmarc d pass ok" } },
	    "dmarc/d pass ok 20..20; ", "++~-" },
	{ "the clock was set back",
	    { { 100, "ptr", "ptr a pass ok" },
		{ 50, "ptr", "ptr a fail missing" },
		{ 200, "ptr", "ptr a fail missing" } },
	    "ptr/a fail missing 50..200; ", "+~" },
};

/* Cuts "a b c d, e f g h" in place into findings. */
static size_t
parse(char *text, struct finding out[WORDS])
{
	char *save = NULL, *word;
	size_t count = 0, part = 0;

	for (word = strtok_r(text, ", ", &save); word != NULL;
	     word = strtok_r(NULL, ", ", &save)) {
		struct finding *f = &out[count];

		switch (part++) {
		case 0:
			ck_assert_uint_lt(count, WORDS);
			*f = (struct finding){ .detail = "", .cure = "" };
			f->check = word;
			break;
		case 1:
			f->subject = word;
			break;
		case 2:
			f->verdict = (enum verdict)verdict_parse(word);
			break;
		default:
			f->reason = word;
			part = 0;
			count++;
		}
	}
	return count;
}

static size_t
split(char *text, const char *out[WORDS])
{
	char *save = NULL, *word;
	size_t count = 0;

	for (word = strtok_r(text, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		out[count++] = word;
	return count;
}

static void
note_change(
    void *arg, const struct finding *before, const struct finding *after)
{
	struct buf *signs = arg;

	ck_assert(before != NULL || after != NULL);
	buf_char(signs, before == NULL ? '+' : after == NULL ? '-' : '~');
}

static void
run(struct store *store, int64_t id, int64_t at, const char *checks,
    const char *found, struct buf *signs)
{
	char *check_text = mem_dup(checks), *text = mem_dup(found);
	struct finding findings[WORDS];
	const char *names[WORDS];
	size_t name_count = split(check_text, names);
	size_t count = parse(text, findings);
	struct error err;

	must(store_findings_put(store, id, names, name_count, findings, count,
		 at, note_change, signs, &err),
	    &err);
	free(check_text);
	free(text);
}

static void
show(struct store *store, int64_t id, int64_t at, struct buf *out)
{
	struct arena *arena = arena_new();
	struct finding *all;
	struct error err;
	size_t count;

	must(
	    store_findings_get(store, id, at, arena, &all, &count, &err), &err);
	buf_str(out, "");
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%s/%s %s %s %ld..%ld", all[i].check,
		    all[i].subject, verdict_name(all[i].verdict), all[i].reason,
		    (long)all[i].first_seen_s, (long)all[i].last_seen_s);
		if (all[i].known_reason != NULL)
			buf_printf(out, " [%s %s %ld]",
			    verdict_name(all[i].known_verdict),
			    all[i].known_reason, (long)all[i].known_s);
		buf_str(out, "; ");
	}
	arena_free(arena);
}

static const char *
text_of(const struct buf *buf)
{
	return buf->data != NULL ? buf->data : "";
}

START_TEST(test_histories)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct buf signs = { 0 }, then = { 0 };

	for (size_t i = 0; i < RUNS && rows[_i].runs[i].checks != NULL; i++)
		run(store, id, rows[_i].runs[i].at, rows[_i].runs[i].checks,
		    rows[_i].runs[i].found, &signs);
	show(store, id, 1000, &then);
	ck_assert_msg(strcmp(text_of(&then), rows[_i].then) == 0,
	    "%s: %s, not %s", rows[_i].why, text_of(&then), rows[_i].then);
	ck_assert_msg(strcmp(text_of(&signs), rows[_i].changes) == 0,
	    "%s: %s, not %s", rows[_i].why, text_of(&signs), rows[_i].changes);
	buf_free(&signs);
	buf_free(&then);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Every moment of one history, told after the fact. */
START_TEST(test_any_moment)
{
	static const struct {
		int64_t at;
		const char *stood;
	} moments[] = {
		{ 9, "" },
		{ 10, "ptr/a pass ok 10..10; " },
		{ 19, "ptr/a pass ok 10..10; " },
		{ 20, "ptr/a fail missing 20..20; ptr/b pass ok 20..20; " },
		{ 35,
		    "ptr/a unknown timeout 30..30 [fail missing 20]; "
		    "ptr/b pass ok 20..30; " },
		{ 40, "ptr/a fail missing 20..40; " },
		{ 50, "" },
		{ INT64_MAX, "" },
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct buf signs = { 0 };

	run(store, id, 10, "ptr", "ptr a pass ok", &signs);
	run(store, id, 20, "ptr", "ptr a fail missing, ptr b pass ok", &signs);
	run(store, id, 30, "ptr", "ptr a unknown timeout, ptr b pass ok",
	    &signs);
	run(store, id, 40, "ptr", "ptr a fail missing", &signs);
	run(store, id, 50, "ptr", "", &signs);
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct buf stood = { 0 };

		show(store, id, moments[i].at, &stood);
		ck_assert_str_eq(text_of(&stood), moments[i].stood);
		buf_free(&stood);
	}
	buf_free(&signs);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Words beside the verdict follow what is so now, without a change. */
START_TEST(test_details)
{
	static const char *const names[] = { "certificate" };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct arena *arena = arena_new();
	struct finding f = { .check = "certificate",
		.subject = "mx.example.com",
		.verdict = VERDICT_WARN,
		.reason = "expiring",
		.detail = "13 days left",
		.cure = "renew it" };
	struct finding *all;
	struct buf signs = { 0 };
	struct error err;
	size_t count;

	must(store_findings_put(
		 store, id, names, 1, &f, 1, 10, note_change, &signs, &err),
	    &err);
	f.detail = "12 days left";
	f.cure = NULL;
	must(store_findings_put(
		 store, id, names, 1, &f, 1, 20, note_change, &signs, &err),
	    &err);
	must(
	    store_findings_get(store, id, 20, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(all[0].detail, "12 days left");
	ck_assert_str_eq(all[0].cure, "");
	ck_assert_int_eq(all[0].first_seen_s, 10);
	ck_assert_str_eq(text_of(&signs), "+");
	buf_free(&signs);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_not_run)
{
	static const char *const names[] = { "mx" };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct finding f = { .check = "ptr", .subject = "a", .reason = "ok" };
	struct error err;

	must_be(store_findings_put(
		    store, id, names, 1, &f, 1, 10, NULL, NULL, &err),
	    STATUS_USAGE, &err);
	f.check = "mx";
	must(store_findings_put(
		 store, id, names, 1, &f, 1, 10, NULL, NULL, &err),
	    &err);
	store_close(store);
	place_free(&place);
}
END_TEST

struct teller {
	struct store *store;
	bool fail;
};

/* The collector notes an event for a change, in the same transaction. */
static void
tell(void *arg, const struct finding *before, const struct finding *after)
{
	struct teller *teller = arg;
	double value = 1;
	struct error err;

	(void)before;
	must(store_event_add(teller->store, "example.com", after->last_seen_s,
		 "finding", after->verdict, after->reason, &err),
	    &err);
	if (teller->fail)
		ck_assert_int_ne(store_series_put(teller->store, 999,
				     METRIC_SPAM_RATE, 1, 1, &value, &err),
		    STATUS_OK);
}

START_TEST(test_writes_in_the_callback)
{
	static const char *const names[] = { "ptr" };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct teller teller = { store, _i == 1 };
	struct arena *arena = arena_new();
	struct finding f = { .check = "ptr",
		.subject = "a",
		.verdict = VERDICT_FAIL,
		.reason = "missing" };
	struct store_event *events;
	struct finding *all;
	struct error err;
	size_t count, event_count;

	ck_assert_int_eq(store_findings_put(store, id, names, 1, &f, 1, 10,
			     tell, &teller, &err) == STATUS_OK,
	    _i == 0);
	must(
	    store_findings_get(store, id, 10, arena, &all, &count, &err), &err);
	must(store_events(
		 store, NULL, 0, 100, 9, arena, &events, &event_count, &err),
	    &err);
	/* Both or none. */
	ck_assert_uint_eq(count, _i == 0);
	ck_assert_uint_eq(event_count, _i == 0);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_findings(void)
{
	Suite *suite = suite_create("findings");
	TCase *tc = tcase_create("findings");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_histories, 0, (int)COUNT(rows));
	tcase_add_test(tc, test_any_moment);
	tcase_add_test(tc, test_details);
	tcase_add_test(tc, test_not_run);
	tcase_add_loop_test(tc, test_writes_in_the_callback, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
