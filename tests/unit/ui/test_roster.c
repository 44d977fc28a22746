/* The list in memory: filters, orders, groups, a past day, changes. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/changes.h"
#include "ui/filter.h"
#include "ui/roster.h"
#include "ui/sort.h"

static char dir[64], path[96];
static struct store *store;
static struct roster *roster;
static struct ui_state ui;

/* name, tag, state, spam, mean, ceiling, reasons */
static const struct {
	const char *name, *tag;
	enum standing_state state;
	double spam, mean, ceiling;
	const char *reasons;
	enum data_state data; /* of the newest day */
} domains[] = {
	{ "a.example.com", "north", STANDING_OK, .0001, .002, 100, "",
	    DATA_VALUE },
	{ "b.example.com", "south", STANDING_CRITICAL, .004, .001, 0,
	    "spam_violation", DATA_VALUE },
	{ "c.example.net", "north", STANDING_WARNING, .001, .003, 50,
	    "spam_watch, ptr/192.0.2.1/missing", DATA_WITHHELD },
	{ "d.example.org", "", STANDING_OK, -1, -1, -1, "", DATA_WITHHELD },
	{ "e.example.net", "south", STANDING_CRITICAL, .003, .0005, 10,
	    "spf/too_many_lookups", DATA_VALUE },
};
enum { DOMAINS = sizeof(domains) / sizeof(*domains) };

static double
number(double value)
{
	return value < 0 ? (double)NAN : value;
}

static void
must(enum status status, const struct error *err)
{
	ck_assert_msg(status == STATUS_OK, "%s", err->text);
}

static void
fill(void)
{
	for (int i = 0; i < DOMAINS; i++) {
		struct standing s = { .state = domains[i].state,
			.data = domains[i].data,
			.spam_day = day_of(FIXTURE_NOW) - 2,
			.spam_rate = number(domains[i].spam),
			.mean7 = number(domains[i].mean),
			.ceiling = number(domains[i].ceiling),
			.trend = (double)NAN,
			.volume = (double)NAN,
			.growth = (double)NAN };
		struct error err;
		int64_t id;

		snprintf(
		    s.reasons, sizeof(s.reasons), "%s", domains[i].reasons);
		must(store_domain_add(store, domains[i].name, FROM_SETTINGS,
			 domains[i].tag, &id, &err),
		    &err);
		must(store_standing_put(store, id, &s, &err), &err);
	}
}

/* On the past day everything is as the last domain is now. */
static bool
past(void *arg, struct store *from, const char *name, int32_t day,
    struct standing *out)
{
	(void)from;
	(void)day;
	++*(int *)arg;
	*out = (struct standing){ .state = STANDING_WARNING,
		.spam_rate = name[0] == 'd' ? .5 : .1,
		.mean7 = (double)NAN,
		.trend = (double)NAN,
		.volume = (double)NAN,
		.growth = (double)NAN,
		.ceiling = (double)NAN };
	return name[0] != 'a';
}

static int asked;

static void
read_whole(int32_t as_of)
{
	struct error err;
	bool done = false;
	size_t n;

	roster_begin(roster, as_of);
	ck_assert(roster_reading(roster, &n));
	/* One slice at a time: the time is always up. */
	while (!done)
		must(roster_read(roster, store, 0, &done, &err), &err);
	ck_assert(!roster_reading(roster, &n));
	ck_assert(roster_is_of(roster, as_of));
}

static void
set_up(void)
{
	struct error err;

	snprintf(dir, sizeof(dir), "/tmp/sendtop-roster-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store.db", dir);
	must(store_open(path, STORE_COLLECT, &store, &err), &err);
	fill();
	asked = 0;
	roster = roster_new(past, &asked);
	ui = (struct ui_state){ .as_of = DAY_NONE };
	read_whole(DAY_NONE);
}

static void
tear_down(void)
{
	char command[128];

	roster_free(roster);
	store_close(store);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

/* The lines in short: domains' first letters, and [group] for headings. */
static const char *
arranged(void)
{
	static char out[512];
	size_t at = 0;

	roster_arrange(roster, &ui);
	out[0] = '\0';
	for (size_t i = 0; i < roster_lines(roster); i++) {
		struct roster_line line;

		roster_line(roster, i, &line);
		at += (size_t)snprintf(out + at, sizeof(out) - at,
		    line.heading != NULL ? "[%s]" : "%.1s",
		    line.heading != NULL ? line.heading->name : line.name);
	}
	return out;
}

/* --- orders ------------------------------------------------------------------- */

static const struct {
	unsigned sort;
	const char *lines;
} orders[] = {
	{ SORT_WORST, "becad" },
	{ SORT_NAME, "abcde" },
	/* c: its newest rate is withheld, an older one is 0.10 % */
	{ SORT_SPAM, "beacd" },
	{ SORT_MEAN, "cabed" },
	{ SORT_CEILING, "acebd" },
	{ SORT_TAG, "acbed" },
	/* spam_violation, spam_watch, spf; what has none comes last */
	{ SORT_WHY, "bcead" },
};

START_TEST(sorting)
{
	const char *lines;
	char turned[DOMAINS + 1] = "";

	ui.sort = orders[_i].sort;
	lines = arranged();
	ck_assert_str_eq(lines, orders[_i].lines);
	for (int i = 0; i < DOMAINS; i++)
		turned[i] = lines[DOMAINS - 1 - i];
	ui.reverse = true;
	ck_assert_str_eq(arranged(), turned);
}
END_TEST

/* --- filters ------------------------------------------------------------------ */

static const struct {
	const char *filter, *lines;
} filters[] = {
	{ "", "abcde" }, { "EXAMPLE.NET", "ce" }, { "^(a|b)\\.", "ab" },
	{ "net$", "ce" }, { "^north$", "ac" },
	{ "spam_(watch|violation)", "bc" }, { "too_many", "e" },
	{ "192\\.0\\.2\\.[0-9]+/missing", "c" }, { "[a-b]\\.example", "ab" },
	{ "no such", "" }, { "(", "" }, /* as text: nobody is called that */
};

START_TEST(filtering)
{
	ui.sort = SORT_NAME;
	snprintf(ui.filter, sizeof(ui.filter), "%s", filters[_i].filter);
	ck_assert_str_eq(arranged(), filters[_i].lines);
}
END_TEST

static const struct {
	const char *text, *wrong; /* "": none */
} patterns[] = {
	{ "plain.text", "" },
	{ "a(b|c)*", "" },
	{ "[a", "a [ is not closed" },
	{ "(a", "a ( or ) has no partner" },
	{ "a{2", "a { is not closed" },
	{ "*a", "nothing stands before *, +, ? or {" },
	{ "a\\", "nothing stands behind the backslash" },
	{ "[b-a]", "a range in [ ] ends before it begins" },
	{ "(a)\\1", "references to groups are not understood" },
	{ "a{1000}{1000}", "it repeats too often" },
	{ "a{9}{9}{9}{9}", "it repeats too often" },
	{ "a{30}", "" },
};

START_TEST(wrong_patterns)
{
	const char *wrong = NULL;
	struct filter *filter = filter_new(patterns[_i].text, &wrong);

	ck_assert_str_eq(wrong, patterns[_i].wrong);
	/* What is no expression is a text. */
	if (wrong[0] != '\0')
		ck_assert(filter_matches(filter, patterns[_i].text));
	filter_free(filter);
}
END_TEST

/* --- groups ------------------------------------------------------------------- */

START_TEST(grouping)
{
	struct roster_line line;

	ui.sort = SORT_WORST;
	ui.grouping = GROUP_TAG;
	ck_assert_str_eq(arranged(), "[south]be[north]ca[(no tag)]d");
	roster_line(roster, 0, &line);
	ck_assert_uint_eq(line.heading->total, 2);
	ck_assert_uint_eq(line.heading->counts[STANDING_CRITICAL], 2);
	/* A registrable domain of one member has no heading. */
	ui.grouping = GROUP_REGISTRABLE;
	ck_assert_str_eq(arranged(), "[example.com]ba[example.net]ecd");
	snprintf(ui.filter, sizeof(ui.filter), "^(a|c|d)");
	ck_assert_str_eq(arranged(), "cad");
}
END_TEST

START_TEST(folding)
{
	size_t line;

	ui.grouping = GROUP_TAG;
	roster_fold(roster, "south");
	ck_assert_str_eq(arranged(), "[south][north]ca[(no tag)]d");
	/* The cursor of what was folded away goes to its heading. */
	ck_assert(roster_find(roster, "e.example.net", NULL, GROUP_TAG, &line));
	ck_assert_uint_eq(line, 0);
	ck_assert(roster_find(roster, "a.example.com", NULL, GROUP_TAG, &line));
	ck_assert_uint_eq(line, 3);
	ck_assert(roster_find(roster, NULL, "north", GROUP_TAG, &line));
	ck_assert_uint_eq(line, 1);
	ck_assert(!roster_find(roster, "x.example", NULL, GROUP_TAG, &line));
	roster_fold(roster, "south");
	ck_assert_str_eq(arranged(), "[south]be[north]ca[(no tag)]d");
	roster_fold(roster, NULL);
	ck_assert_str_eq(arranged(), "[south][north][(no tag)]");
	roster_fold(roster, "north");
	ck_assert_str_eq(arranged(), "[south][north]ca[(no tag)]");
	roster_fold(roster, NULL);
	ck_assert_str_eq(arranged(), "[south]be[north]ca[(no tag)]d");
}
END_TEST

/* --- time --------------------------------------------------------------------- */

START_TEST(past_day)
{
	size_t counts[5];

	ck_assert_int_eq(asked, 0);
	ui.as_of = day_of(FIXTURE_NOW) - 9;
	read_whole(ui.as_of);
	ck_assert_int_eq(asked, DOMAINS);
	ck_assert_str_eq(arranged(), "dbcea");
	roster_counts(roster, counts);
	ck_assert_uint_eq(counts[STANDING_WARNING], 4);
	ck_assert_uint_eq(counts[4], 1);
	ck_assert(!roster_is_of(roster, DAY_NONE));
}
END_TEST

/* Rows do not move by a new reading alone: only when they are arranged. */
START_TEST(steady)
{
	struct standing s = {
		.state = STANDING_CRITICAL, .spam_rate = 1, .mean7 = (double)NAN
	};
	struct roster_line line;
	struct error err;

	ck_assert_str_eq(arranged(), "becad");
	must(store_standing_put(store, 4, &s, &err), &err);
	read_whole(DAY_NONE);
	roster_line(roster, 0, &line);
	ck_assert_str_eq(line.name, "b.example.com");
	ck_assert_str_eq(arranged(), "dbeca");
}
END_TEST

/* A domain that comes while it is read is never there twice. */
START_TEST(growing)
{
	struct error err;
	char name[32];
	bool done = false;

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "m%03d.example", i);
		must(store_domain_add(
			 store, name, FROM_SETTINGS, "", NULL, &err),
		    &err);
	}
	roster_begin(roster, DAY_NONE);
	must(roster_read(roster, store, 0, &done, &err), &err);
	ck_assert(!done);
	must(
	    store_domain_add(store, "0.example", FROM_SETTINGS, "", NULL, &err),
	    &err);
	while (!done)
		must(roster_read(roster, store, 0, &done, &err), &err);
	roster_arrange(roster, &ui);
	ck_assert_uint_eq(roster_count(roster), DOMAINS + 300);
	for (size_t i = 1; i < roster_count(roster); i++)
		ck_assert_int_lt(
		    strcmp(roster_name(roster, i - 1), roster_name(roster, i)),
		    0);
}
END_TEST

/* --- changes ------------------------------------------------------------------ */

static bool
has(const struct change *changes, size_t count, const char *kind,
    const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(changes[i].kind, kind) == 0 &&
		    strstr(changes[i].text, text) != NULL)
			return true;
	return false;
}

START_TEST(changed)
{
	int32_t since = day_of(FIXTURE_NOW) - 1;
	struct store_note note = {
		.at_s = FIXTURE_NOW - 100, .domain = "", .text = "a note"
	};
	const struct change *changes;
	struct view then, now;
	struct fixture f;
	size_t count;

	fixture_init(&f, "rising");
	now = *f.model.view;
	now.notes = &note;
	now.note_count = 1;
	then = now;
	then.standing.spam_rate = .0002;
	then.standing.ramp = RAMP_GO;
	then.standing.fails = 0;
	changes_domain(&then, &now, since, f.arena, &changes, &count);
	ck_assert(has(changes, count, "number", "spam rate: 0.02 % on"));
	ck_assert(has(changes, count, "number", "ramp: go -> STOP"));
	ck_assert(has(changes, count, "note", "a note"));
	ck_assert(!has(changes, count, "number", "7-day mean"));
	for (size_t i = 0; i < count; i++)
		ck_assert(changes[i].at_s == 0 ||
		    changes[i].at_s >= day_start(since));
	/* Nothing else changed: nothing else is said. */
	changes_domain(
	    &now, &now, day_of(FIXTURE_NOW) + 1, f.arena, &changes, &count);
	ck_assert_uint_eq(count, 0);
	fixture_fini(&f);
}
END_TEST

/* The rate of three days before the newest number is the first beyond the line:
 * told from the day on which its number was not yet published, not later; and
 * on a day before it, not at all. */
START_TEST(changed_lines)
{
	static const char said[] =
	    "Nov 17: spam rate 0.310 % (>= 0.30 %: violation), was 0.27 %";
	int32_t line = day_of(FIXTURE_NOW) - 4;
	const struct change *changes;
	struct fixture f;
	struct view now;
	size_t count;

	fixture_init(&f, "rising");
	now = *f.model.view;
	for (int32_t late = 0; late <= 4; late++) {
		changes_domain(
		    &now, &now, line + late, f.arena, &changes, &count);
		ck_assert_int_eq(
		    has(changes, count, "milestone", said), late <= 2);
	}
	changes_domain(&now, &now, line, f.arena, &changes, &count);

	ck_assert_int_eq(changes[0].at_s, 0);
	ck_assert(changes_matter(changes, count));
	/* Looked at from a day before, its number has no delay. */
	now.history.today = now.history.newest_day = line - 1;
	changes_domain(&now, &now, line - 1, f.arena, &changes, &count);
	ck_assert(!has(changes, count, "milestone", said));
	fixture_fini(&f);
}
END_TEST

START_TEST(changed_fleet)
{
	struct store_event events[] = {
		{ .at_s = 30, .domain = "a", .kind = "state", .text = "e30" },
		{ .at_s = 10, .domain = "b", .kind = "state", .text = "e10" },
	};
	struct store_note notes[] = {
		{ .at_s = 40, .domain = "", .text = "n40" },
		{ .at_s = 20, .domain = "a", .text = "n20" },
		{ .at_s = 5, .domain = "a", .text = "n5" },
	};
	static const char *const order[] = { "n40", "e30", "n20", "e10", "n5" };
	struct arena *arena = arena_new();
	const struct change *changes;
	size_t count;

	changes_fleet(events, 2, notes, 3, arena, &changes, &count);
	ck_assert_uint_eq(count, 5);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(changes[i].text, order[i]);
	arena_free(arena);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

Suite *
roster_suite(void)
{
	Suite *suite = suite_create("roster");
	TCase *c = tcase_create("roster");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, sorting, 0, COUNT(orders));
	tcase_add_loop_test(c, filtering, 0, COUNT(filters));
	tcase_add_loop_test(c, wrong_patterns, 0, COUNT(patterns));
	tcase_add_test(c, grouping);
	tcase_add_test(c, folding);
	tcase_add_test(c, past_day);
	tcase_add_test(c, steady);
	tcase_add_test(c, growing);
	tcase_add_test(c, changed);
	tcase_add_test(c, changed_lines);
	tcase_add_test(c, changed_fleet);
	suite_add_tcase(suite, c);
	return suite;
}
