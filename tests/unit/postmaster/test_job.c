/* A domain on its way through pages and phases. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "postmaster/job.h"
#include "sendtop/log.h"
#include "suites.h"

static struct job *job;

static void
setup(void)
{
	static const struct postmaster_span span = { "a.test", 100, 104 };

	job = job_new(NULL, &span);
}

static void
teardown(void)
{
	job_free(job);
}

static enum job_then
take(enum api_failure failure, const char *next)
{
	struct stats_item item = { .failure = failure, .next = next };

	if (failure != API_FINE)
		error_set(&item.error, STATUS_NETWORK, "so it was");
	return job_take(job, &item);
}

static void
add_loop(void)
{
	struct feedback_loop *loop = arena_alloc(job->arena, sizeof(*loop));

	snprintf(loop->id, sizeof(loop->id), "camp1");
	loop->exact = true;
	loop->newest = 104;
	loop->rates = arena_alloc(job->arena, 5 * sizeof(double));
	job->stats.loops = arena_alloc(job->arena, sizeof(loop));
	job->stats.loops[0] = loop;
	job->stats.loop_count = 1;
}

START_TEST(one_page)
{
	ck_assert(isnan(job->series[METRIC_SPAM_RATE][4]));
	ck_assert_int_eq(take(API_FINE, NULL), JOB_OVER);
	ck_assert_int_eq(job->state, POLL_OK);
}
END_TEST

START_TEST(pages_then_loops)
{
	ck_assert_int_eq(take(API_FINE, "p2"), JOB_ON);
	ck_assert_str_eq(job->page, "p2");
	add_loop();
	ck_assert_int_eq(take(API_FINE, NULL), JOB_ON);
	ck_assert_int_eq(job->phase, PHASE_FEEDBACK);
	ck_assert_ptr_null(job->page);
	ck_assert_ptr_nonnull(strstr(job->definitions, "camp1"));
	ck_assert_int_eq(take(API_FINE, "q2"), JOB_ON);
	ck_assert_int_eq(take(API_FINE, NULL), JOB_OVER);
	ck_assert_int_eq(job->state, POLL_OK);
}
END_TEST

/* The numbers are there; that the rates are not must not take them away. */
START_TEST(loops_fail)
{
	static const enum api_failure failures[] = { API_DENIED, API_FATAL,
		API_ABSENT, API_AUTH };

	log_to(NULL, LOG_LEVEL_ERROR);
	add_loop();
	ck_assert_int_eq(take(API_FINE, NULL), JOB_ON);
	ck_assert_int_eq(take(failures[_i], NULL), JOB_OVER);
	ck_assert_int_eq(job->state, POLL_OK);
	ck_assert_str_eq(job->error.text, "");
}
END_TEST

static const struct {
	enum api_failure failure;
	enum poll_state state;
} failures[] = {
	{ API_DENIED, POLL_DENIED },
	{ API_ABSENT, POLL_ABSENT },
	{ API_AUTH, POLL_ERROR },
	{ API_FATAL, POLL_ERROR },
};

START_TEST(fails)
{
	ck_assert_int_eq(take(API_FINE, "p2"), JOB_ON);
	ck_assert_int_eq(take(failures[_i].failure, NULL), JOB_OVER);
	ck_assert_int_eq(job->state, failures[_i].state);
	ck_assert_str_eq(job->error.text, "so it was");
}
END_TEST

START_TEST(again_and_again)
{
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(take(API_AGAIN, NULL), JOB_LATER);
	ck_assert_int_eq(take(API_FINE, "p2"), JOB_ON);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(take(API_AGAIN, NULL), JOB_LATER);
	ck_assert_int_eq(take(API_AGAIN, NULL), JOB_OVER);
	ck_assert_int_eq(job->state, POLL_ERROR);
}
END_TEST

START_TEST(the_same_page_for_ever)
{
	ck_assert_int_eq(take(API_FINE, "p2"), JOB_ON);
	ck_assert_int_eq(take(API_FINE, "p2"), JOB_OVER);
	ck_assert_int_eq(job->state, POLL_ERROR);
	ck_assert_ptr_nonnull(strstr(job->error.text, "never ends"));
}
END_TEST

START_TEST(pages_without_end)
{
	enum job_then then = JOB_ON;
	char token[16];
	int i;

	for (i = 0; i < 1000 && then == JOB_ON; i++) {
		snprintf(token, sizeof(token), "p%d", i);
		then = take(API_FINE, token);
	}
	ck_assert_int_eq(i, 200);
	ck_assert_int_eq(job->state, POLL_ERROR);
}
END_TEST

Suite *
suite_job(void)
{
	Suite *suite = suite_create("job");
	TCase *tc = tcase_create("phases");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, one_page);
	tcase_add_test(tc, pages_then_loops);
	tcase_add_loop_test(tc, loops_fail, 0, 4);
	tcase_add_loop_test(tc, fails, 0, COUNT(failures));
	tcase_add_test(tc, again_and_again);
	tcase_add_test(tc, the_same_page_for_ever);
	tcase_add_test(tc, pages_without_end);
	suite_add_tcase(suite, tc);
	return suite;
}
