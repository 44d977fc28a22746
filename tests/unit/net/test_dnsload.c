/* Servers whose answers take work, and such whose answers take a way. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "suites.h"
#include "net/dnsload.h"

enum {
	PARALLEL = 128,
	VISIT_US = 250, /* from one visit of the loop to the next */
	SECOND = 1000000 / VISIT_US,
	SPAN = 8000 / VISIT_US,
};

/* A server that needs so long for an answer, one after the other, over a way
 * that takes so long there and back: in a loop, since what is asked follows
 * what was answered. */
struct server {
	double work_us, way_us;
};

static double
rate(const struct server *server, unsigned limit)
{
	double most = 1e6 / server->work_us;

	return server->way_us > 0 ? fmin(most, limit * 1e6 / server->way_us)
				  : most;
}

struct run {
	struct dnsload load;
	int64_t now_us;
	double owed;              /* answers that are not whole yet */
	unsigned halves, changes; /* visits with half; to and fro */
};

static void
begin(struct run *run, unsigned parallel, bool local)
{
	*run = (struct run){ .now_us = 5000000 };
	dnsload_init(&run->load, parallel, local);
}

static void
visits(struct run *run, const struct server *server, unsigned count)
{
	unsigned before, answers;

	for (; count > 0; count--) {
		before = run->load.limit;
		run->now_us += VISIT_US;
		run->owed += rate(server, before) * VISIT_US / 1e6;
		answers = (unsigned)run->owed;
		run->owed -= answers;
		dnsload_note(&run->load, run->now_us, answers, before);
		run->halves += run->load.limit < run->load.parallel;
		run->changes += run->load.limit != before;
	}
}

/* The share of a second's visits, in per cent, with half of the questions. */
static const struct {
	const char *what;
	struct server server;
	unsigned parallel;
	bool local;
	unsigned least, most;
} rows[] = {
	{ "busy", { 40, 0 }, PARALLEL, true, 97, 100 },
	{ "busy, and a short way", { 40, 1000 }, PARALLEL, true, 97, 100 },
	{ "busier", { 100, 0 }, PARALLEL, true, 97, 100 },
	{ "busy, with many questions", { 40, 0 }, 512, true, 97, 100 },
	{ "quick, all are needed", { 8, 0 }, PARALLEL, true, 0, 0 },
	{ "just too quick", { 23, 0 }, PARALLEL, true, 0, 0 },
	{ "just not", { 24, 0 }, PARALLEL, true, 97, 100 },
	{ "a way of 8 ms", { 1, 8000 }, PARALLEL, true, 4, 9 },
	{ "a way of 15 ms", { 1, 15000 }, PARALLEL, true, 4, 9 },
	{ "a way of 4 ms, and work", { 37, 4000 }, PARALLEL, true, 4, 9 },
	{ "a long way", { 1, 30000 }, PARALLEL, true, 0, 0 },
	{ "elsewhere", { 40, 0 }, PARALLEL, false, 0, 0 },
	{ "few questions", { 80, 0 }, 63, true, 0, 0 },
	{ "just enough", { 60, 0 }, 64, true, 97, 100 },
};

START_TEST(test_share)
{
	struct run run;
	unsigned share;

	begin(&run, rows[_i].parallel, rows[_i].local);
	visits(&run, &rows[_i].server, SECOND);
	share = run.halves * 100 / SECOND;
	ck_assert_msg(share >= rows[_i].least && share <= rows[_i].most,
	    "%s: half of the questions for %u per cent of the time",
	    rows[_i].what, share);
	ck_assert(run.load.limit == rows[_i].parallel ||
	    run.load.limit == rows[_i].parallel / 2);
}
END_TEST

/* The longer it does not do, the more seldom it is tried. */
START_TEST(test_way)
{
	const struct server server = { 1, 8000 };
	struct run run;

	begin(&run, PARALLEL, true);
	visits(&run, &server, 2 * SECOND);
	run.halves = 0;
	visits(&run, &server, 10 * SECOND);
	ck_assert_uint_gt(run.halves, 0);
	ck_assert_uint_le(run.halves * 100 / (10 * SECOND), 2);
}
END_TEST

/* Another program has the processor for a while. */
START_TEST(test_hiccup)
{
	const struct server busy = { 40, 0 }, held_up = { 200, 0 };
	struct run run;

	begin(&run, PARALLEL, true);
	visits(&run, &busy, 4 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL / 2);
	run.changes = 0;
	visits(&run, &held_up, SPAN);
	visits(&run, &busy, 20 * SPAN);
	ck_assert_uint_eq(run.changes, 0);
	/* For longer, and it is as if it were a way: that passes, too. */
	visits(&run, &held_up, 3 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL);
	visits(&run, &busy, 20 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL / 2);
	ck_assert_uint_eq(run.changes, 2);
	/* What was slow before counts no more. */
	visits(&run, &held_up, 3 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL);
	while (run.load.limit == PARALLEL)
		visits(&run, &busy, 1);
	visits(&run, &held_up, SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL / 2);
}
END_TEST

/* What it has in its cache comes quickly. */
START_TEST(test_warm)
{
	const struct server busy = { 40, 0 }, quick = { 8, 0 };
	struct run run;

	begin(&run, PARALLEL, true);
	visits(&run, &busy, 4 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL / 2);
	visits(&run, &quick, 2 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL);
	visits(&run, &quick, 20 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL);
}
END_TEST

/* The last questions, and few at any time, tell nothing. */
START_TEST(test_few)
{
	const struct server busy = { 40, 0 };
	struct run run;
	unsigned i;

	begin(&run, PARALLEL, true);
	visits(&run, &busy, 4 * SPAN);
	ck_assert_uint_eq(run.load.limit, PARALLEL / 2);
	dnsload_note(&run.load, run.now_us, 1, PARALLEL / 4 - 1);
	ck_assert_uint_eq(run.load.limit, PARALLEL);
	for (i = 0; i < 100 * SPAN; i++) {
		run.now_us += VISIT_US;
		dnsload_note(&run.load, run.now_us, 6, PARALLEL / 2 - 1);
		ck_assert_uint_eq(run.load.limit, PARALLEL);
	}
}
END_TEST

Suite *
suite_dnsload(void)
{
	Suite *suite = suite_create("dnsload");
	TCase *tc = tcase_create("dnsload");

	tcase_add_loop_test(tc, test_share, 0, ROWS(rows));
	tcase_add_test(tc, test_way);
	tcase_add_test(tc, test_hiccup);
	tcase_add_test(tc, test_warm);
	tcase_add_test(tc, test_few);
	suite_add_tcase(suite, tc);
	return suite;
}
