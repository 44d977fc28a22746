/* Ingesting from pipes and under fire, and the days that logs cover. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "logplace.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "suites.h"

/* --- standard input ------------------------------------------------------- */

static void
ingest_from(const char *command)
{
	char *line = mem_printf("cd '%s' && %s", t.dir, command);
	FILE *pipe = popen(line, "r");

	ck_assert_ptr_nonnull(pipe);
	ck_assert_int_eq(dup2(fileno(pipe), STDIN_FILENO), STDIN_FILENO);
	ingest("-");
	pclose(pipe);
	free(line);
}

START_TEST(a_pipe_is_known_by_its_begin)
{
	write_log("mail.log", 1, 1000);
	ingest_from("cat mail.log");
	ck_assert_int_eq(delivered(), 1000);
	ingest_from("cat mail.log");
	write_log("mail.log", 1001, 1010);
	ingest_from("gzip -c mail.log");
	ck_assert_int_eq(delivered(), 1010);
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 1010);
	ingest_from("head -c 5000 mail.log");
	ck_assert_int_eq(delivered(), 1010);
}
END_TEST

static void
write_export(const char *name, int first, int last)
{
	char *path = in_dir(name);
	struct buf text = { 0 };
	FILE *f = fopen(path, "w");

	for (int i = first; i <= last; i++) {
		long long us = (START + i) * 1000000ll;

		buf_printf(&text,
		    "__CURSOR=%d\n__REALTIME_TIMESTAMP=%lld\n_HOSTNAME=mx1\n"
		    "_MACHINE_ID=0123456789abcdef0123456789abcdef\n"
		    "SYSLOG_IDENTIFIER=postfix/qmgr\n_PID=11\nMESSAGE=4X%05dz: "
		    "from=<news@example.com>, size=1, nrcpt=1 (queue "
		    "active)\n\n",
		    i, us, i);
		buf_printf(&text,
		    "__CURSOR=%d\n__REALTIME_TIMESTAMP=%lld\n_HOSTNAME=mx1\n"
		    "_MACHINE_ID=0123456789abcdef0123456789abcdef\n"
		    "SYSLOG_IDENTIFIER=postfix/smtp\n_PID=12\nMESSAGE=4X%05dz: "
		    "to=<a@gmail.com>, "
		    "relay=gmail-smtp-in.l.google.com[192.0.2.1]:25, delay=1, "
		    "delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)\n\n",
		    i, us + 5, i);
	}
	fwrite(text.data, 1, text.len, f);
	fclose(f);
	buf_free(&text);
	free(path);
}

START_TEST(an_export_of_the_journal_is_read_once)
{
	write_export("a", 1, 500);
	write_export("b", 401, 600);
	write_export("c", 1, 700);
	ingest_from("cat a");
	ck_assert_int_eq(delivered(), 500);
	ingest_from("cat b");
	ck_assert_int_eq(delivered(), 600);
	ingest("a b");
	ck_assert_int_eq(delivered(), 600);
	ingest("c a");
	ck_assert_int_eq(delivered(), 700);
	ck_assert_msg(t.troubles.len == 0, "%s", t.troubles.data);
}
END_TEST

/* In one run as well. */
START_TEST(exports_that_overlap_are_read_once)
{
	write_export("a", 1, 500);
	write_export("b", 401, 600);
	ingest("a b");
	ck_assert_int_eq(delivered(), 600);
}
END_TEST

/* --- killed --------------------------------------------------------------- */

static void
ingest_until_killed(int kill_after_us)
{
	const struct timespec wait = { 0, kill_after_us * 1000l };
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		ingest("mail.log.2.gz mail.log.1 mail.log");
		_exit(0);
	}
	nanosleep(&wait, NULL);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

START_TEST(a_kill_loses_and_doubles_nothing)
{
	write_log("mail.log.2", 1, 4000);
	write_log("mail.log.1", 4001, 8000);
	write_log("mail.log", 8001, 12000);
	shell("gzip mail.log.2");
	for (int i = 1; i <= 25; i++)
		ingest_until_killed(i * 1500);
	ingest("mail.log.2.gz mail.log.1 mail.log");
	ck_assert_int_eq(delivered(), 12000);
	ingest("mail.log.2.gz mail.log.1 mail.log");
	ck_assert_int_eq(delivered(), 12000);
}
END_TEST

/* --- files that end before the place ---------------------------------------- */

START_TEST(a_copy_of_the_begin_holds_nothing_new)
{
	write_log("mail.log", 1, 100);
	ingest("mail.log");
	shell("head -n 60 mail.log > begin; cp mail.log whole");
	write_log("whole", 101, 110);
	ingest("begin");
	ck_assert_int_eq(delivered(), 100);
	ingest("begin mail.log whole");
	ck_assert_int_eq(delivered(), 110);
	ingest("whole begin mail.log");
	ck_assert_int_eq(delivered(), 110);
}
END_TEST

/* As a crash leaves it: what was read stays counted, and what comes then
 * counts. */
START_TEST(a_log_that_lost_its_end_goes_on)
{
	write_log("mail.log", 1, 100);
	ingest("mail.log");
	shell("truncate -s -500 mail.log");
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 100);
	write_log("mail.log", 101, 110);
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 110);
}
END_TEST

START_TEST(a_log_that_loses_its_end_while_it_is_followed)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 100);
	shell("head -n 60 mail.log > mail.log.begin");
	add_names(ingest, "mail.log*");
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 100);
	for (int i = 0; i < 3; i++) {
		shell("truncate -s -300 mail.log");
		ingest_look(ingest);
		read_on(ingest);
		ck_assert_int_eq(delivered_in(store), 100 + i * 10);
		write_log("mail.log", 101 + i * 10, 110 + i * 10);
		ingest_look(ingest);
		read_on(ingest);
		ck_assert_int_eq(delivered_in(store), 110 + i * 10);
	}
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* Its year is not that of the file's own stamp then. */
START_TEST(a_file_from_the_future_is_of_today)
{
	int64_t now = clock_utc_s();
	struct arena *arena = arena_new();
	struct traffic *rows;
	struct store *store;
	struct error err;
	size_t count;

	shell("for p in 'qmgr[7]: 4F3A12: from=<news@example.com>, size=9, "
	      "nrcpt=1 (queue active)' 'smtp[9]: 4F3A12: to=<a@gmail.com>, "
	      "relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, "
	      "dsn=2.0.0, status=sent (250 OK)'; do echo \"$(LC_ALL=C date "
	      "+'%b %e %H:%M:%S') mx postfix/$p\"; done > mail.log; "
	      "touch -d '2096-01-01' mail.log");
	ingest("mail.log");
	store = opened(STORE_READ);
	must(store_traffic_get(store, t.domain, NULL, now - 7200, now + 7200,
		 arena, &rows, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(rows[0].delivered, 1);
	store_close(store);
	arena_free(arena);
}
END_TEST

/* What is left out is said, and when it would have been. */
START_TEST(hours_of_no_log_are_named)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, false);
	struct ingest_totals totals;

	write_file("mail.log",
	    "2096-01-01T05:06:07Z mx postfix/qmgr[7]: 4F3A12: "
	    "from=<news@example.com>, size=9, nrcpt=1 (queue active)\n"
	    "2096-01-01T05:06:07Z mx postfix/smtp[9]: 4F3A12: to=<a@b.test>, "
	    "relay=b.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, "
	    "status=sent (250 OK)\n");
	add_names(ingest, "mail.log");
	read_on(ingest);
	ingest_totals(ingest, &totals);
	ck_assert_int_eq(totals.skipped, 1);
	ck_assert_str_eq(totals.trouble,
	    "2096-01-01T05:00:00Z is not the start of an hour of these years");
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* --- days ----------------------------------------------------------------- */

#define DAY(n, h) (START + (int64_t)(n)*86400 + (h)*3600)

START_TEST(days_are_covered_or_not)
{
	/* Two daily logs, a lost one, and one that still grows. */
	struct log_span spans[] = {
		{ DAY(5, 0), DAY(6, 9) },
		{ DAY(0, 6), DAY(1, 6) },
		{ DAY(1, 20), DAY(3, 6) },
		{ DAY(1, 7), DAY(1, 12) },
	};
	static const struct {
		int day;
		enum day_cover cover;
	} cases[] = { { -1, DAY_DARK }, { 0, DAY_PARTLY }, { 1, DAY_COVERED },
		{ 2, DAY_COVERED }, { 3, DAY_PARTLY }, { 4, DAY_DARK },
		{ 5, DAY_COVERED }, { 6, DAY_COVERED }, { 7, DAY_DARK } };
	struct log_span one = { DAY(2, 14), DAY(2, 15) };
	size_t n = log_spans_join(spans, 4);

	ck_assert_uint_eq(n, 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
		    log_spans_cover(spans, n, day_of(DAY(cases[i].day, 0))) ==
			cases[i].cover,
		    "day %d", cases[i].day);
	/* The first log of all, begun today. */
	ck_assert_int_eq(
	    log_spans_cover(&one, 1, day_of(one.first_s)), DAY_COVERED);
}
END_TEST

static void
add_hour(struct store *store, int64_t hour_s, const char *provider, int mails)
{
	struct traffic traffic = { .hour_s = hour_s,
		.provider = provider,
		.stream = "",
		.delivered = mails };
	struct error err;

	traffic.minutes[7] = (uint32_t)mails;
	must(store_traffic_add(store, t.domain, &traffic, &err), &err);
}

static double
day_value(struct store *store, enum metric metric, int day)
{
	struct error err;
	double value;

	must(store_series_get(
		 store, t.domain, metric, day_of(DAY(day, 0)), 1, &value, &err),
	    &err);
	return value;
}

START_TEST(days_without_mail_are_zero_where_the_log_speaks)
{
	struct store *store = opened(STORE_WRITE);
	struct log_span spans[] = { { DAY(0, 14), DAY(6, 9) },
		{ DAY(8, 0), DAY(9, 9) } };
	struct error err;
	bool changed;

	add_hour(store, DAY(0, 15), "gmail", 50); /* its log begins at 14 */
	add_hour(store, DAY(1, 3), "gmail", 100);
	add_hour(store, DAY(4, 3), "gmail", 70);
	add_hour(store, DAY(9, 8), "gmail", 30);
	must(ingest_settle_days(
		 store, t.domain, day_of(DAY(-9, 0)), spans, 2, &changed, &err),
	    &err);
	ck_assert(changed);
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 0) !=
	    day_value(store, METRIC_LOG_DELIVERED, 0));
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 1) == 100);
	ck_assert(day_value(store, METRIC_LOG_PEAK_MINUTE, 1) == 100);
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 2) == 0);
	ck_assert(day_value(store, METRIC_LOG_BOUNCED, 3) == 0);
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 4) == 70);
	for (int day = 6; day <= 7; day++) /* in part, and not at all */
		ck_assert(day_value(store, METRIC_LOG_DELIVERED, day) !=
		    day_value(store, METRIC_LOG_DELIVERED, day));
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 8) == 0);
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 9) == 30);
	must(ingest_settle_days(
		 store, t.domain, day_of(DAY(-9, 0)), spans, 2, &changed, &err),
	    &err);
	ck_assert(!changed);
	/* An older log comes in: the day it begins on is whole now. */
	spans[0].first_s = DAY(-1, 0);
	must(ingest_settle_days(
		 store, t.domain, day_of(DAY(-9, 0)), spans, 2, &changed, &err),
	    &err);
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, 0) == 50);
	ck_assert(day_value(store, METRIC_LOG_DELIVERED, -1) !=
	    day_value(store, METRIC_LOG_DELIVERED, -1));
	store_close(store);
}
END_TEST

Suite *
suite_ingest_more(void)
{
	Suite *suite = suite_create("ingest_more");
	TCase *tc = tcase_create("ingest_more");

	tcase_add_checked_fixture(tc, place_begin, place_end);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_pipe_is_known_by_its_begin);
	tcase_add_test(tc, an_export_of_the_journal_is_read_once);
	tcase_add_test(tc, exports_that_overlap_are_read_once);
	tcase_add_test(tc, a_kill_loses_and_doubles_nothing);
	tcase_add_test(tc, a_copy_of_the_begin_holds_nothing_new);
	tcase_add_test(tc, a_log_that_lost_its_end_goes_on);
	tcase_add_test(tc, a_log_that_loses_its_end_while_it_is_followed);
	tcase_add_test(tc, a_file_from_the_future_is_of_today);
	tcase_add_test(tc, hours_of_no_log_are_named);
	tcase_add_test(tc, days_are_covered_or_not);
	tcase_add_test(tc, days_without_mail_are_zero_where_the_log_speaks);
	suite_add_tcase(suite, tc);
	return suite;
}
