/* A log is the same log however it is fed, and whichever thread reads it. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mta/pair.h"
#include "tests/unit/mta/logs.h"
#include "tests/unit/mta/suites.h"

enum { BIG = 1024 * 1024 };

static unsigned
any(uint64_t *state, unsigned below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % below;
}

/* --- a large log ---------------------------------------------------------- */

/* Frames of the same second, and of another host. */
static const char *const frames[] = {
	"Nov 22 03:%02u:44 mx %s[%u]: ",
	"Nov 22 03:%02u:44 mx2.example.com %s[%u]: ",
	"2026-11-22T03:%02u:44.123456+00:00 mx %s[%u]: ",
	"<22>1 2026-11-22T03:%02u:44Z mx %s %u - - ",
	"mail-1  | Nov 22 03:%02u:44 mx %s[%u]: ",
};
enum { FRAMES = sizeof(frames) / sizeof(frames[0]) };

struct big {
	struct buf out;
	uint64_t state;
	unsigned form, minute;
};

static void
frame(struct big *big, const char *process, unsigned pid)
{
	const char *form =
	    frames[big->form < FRAMES ? big->form : any(&big->state, FRAMES)];

	/* The forms differ by the row chosen. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(&big->out, form, big->minute, process, pid);
#pragma GCC diagnostic pop
}

static void
delivery(struct big *big, unsigned id, unsigned pid)
{
	frame(big, "postfix/smtp", pid);
	buf_printf(&big->out,
	    "4F%06X: to=<user%u@gmail.com>, relay="
	    "gmail-smtp-in.l.google.com[142.250.1.27]:25, delay=1, "
	    "delays=0/0/1/0, dsn=2.0.0, status=%s (250 2.0.0 OK %u)%s\n",
	    id, id, any(&big->state, 9) == 0 ? "deferred" : "sent", id,
	    any(&big->state, 50) == 0 ? "\r" : "");
}

/* What must not be taken for a line of ours, or breaks one. */
static void
odd_line(struct big *big)
{
	static char long_line[70000];

	switch (any(&big->state, 40)) {
	case 0:
		buf_add(&big->out, "bin\0ary: to=<x>\n", 16);
		break;
	case 1:
		memset(long_line, 'x', sizeof(long_line));
		buf_add(&big->out, long_line, any(&big->state, 70000));
		buf_char(&big->out, '\n');
		break;
	case 2:
		frame(big, "postfix/smtp", 3);
		buf_str(&big->out, "4FAAAA: to=<a@b.test>, relay=b.te\n");
		break;
	case 3:
		buf_str(&big->out, "\n\n");
		break;
	default:
		frame(big, "postfix/smtpd", 9);
		buf_str(&big->out, "connect from app[10.0.0.5]\n");
	}
}

static void
fill(struct big *big)
{
	unsigned id = 0;

	while (big->out.len < BIG) {
		big->minute = id / 100 % 60;
		frame(big, "postfix/qmgr", 7);
		buf_printf(&big->out,
		    "4F%06X: from=<n%u@example.com>, size=1, "
		    "nrcpt=1 (queue active)\n",
		    id, id);
		if (id % 3 == 0) {
			frame(big, "postfix/smtp", 100 + id % 7);
			buf_str(&big->out,
			    "Trusted TLS connection established to "
			    "gmail-smtp-in.l.google.com[142.250.1.27]:25: "
			    "TLSv1.3 with cipher X (256/256 bits)\n");
		}
		odd_line(big);
		delivery(big, id, 100 + id % 7);
		id++;
	}
}

/* Pieces of a chunk and more are shared by two threads, smaller ones not. */
START_TEST(threads_change_nothing)
{
	static const size_t pieces[] = { 0, 300000, 70000, 65536, 1000 };
	const struct mta_options options = {
		.written_s = WRITTEN_S, .zone = "UTC", .format = "postfix"
	};
	struct big big = { .state = (uint64_t)_i, .form = (unsigned)_i };
	struct mta_stats first, stats;
	char *whole = NULL, *told;

	fill(&big);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		told = log_read(
		    big.out.data, big.out.len, &options, pieces[i], &stats);
		if (whole == NULL) {
			whole = told;
			first = stats;
			ck_assert_int_gt(stats.attempts, 400);
			ck_assert_int_gt(stats.skipped, 5);
			ck_assert_int_eq(stats.unjoined, 0);
			continue;
		}
		ck_assert_str_eq(told, whole);
		ck_assert_int_eq(stats.lines, first.lines);
		ck_assert_int_eq(stats.skipped, first.skipped);
		ck_assert_int_eq(stats.attempts, first.attempts);
		ck_assert_int_eq(stats.first_s, first.first_s);
		ck_assert_int_eq(stats.last_s, first.last_s);
		ck_assert_uint_eq(stats.octets, big.out.len);
		free(told);
	}
	free(whole);
	buf_free(&big.out);
}
END_TEST

/* --- cuts ----------------------------------------------------------------- */

static const char cut_log[] =
    "Nov 22 03:12:40 mx postfix/qmgr[7]: 4F3A12: from=<n@e.org>, size=9, "
    "nrcpt=1 (queue active)\r\n"
    "Nov 22 03:12:40 mx opendkim[5]: 4F3A12: DKIM-Signature field added "
    "(s=s1, d=e.org)\n"
    "\n"
    "Nov 22 03:12:43 mx postfix/smtp[9]: Trusted TLS connection established "
    "to a.test[192.0.2.1]:25: TLSv1.3 with cipher X (256/256 bits)\n"
    "Nov 22 03:12:44 mx postfix/smtp[9]: 4F3A12: to=<a@a.test>, "
    "relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, "
    "status=sent (250 OK)\n"
    "Nov 22 03:12:45 mx postfix/qmgr[7]: 4F3A12: removed";

/* Cut at any two places, it is the same. */
START_TEST(cuts_change_nothing)
{
	const struct mta_options options = { .written_s = WRITTEN_S,
		.zone = "UTC" };
	const size_t len = sizeof(cut_log) - 1;
	char *whole = log_told(cut_log);
	struct mta_reader *reader;
	struct mta_stats stats;
	struct mta_sink sink;

	ck_assert_str_ne(whole, "");
	for (size_t a = 0; a <= len; a++)
		for (size_t b = a; b <= len; b += 1 + (b - a) * 3) {
			struct buf out = { 0 };

			log_sink(&sink, &out);
			reader = mta_reader_new(&options, &sink);
			mta_reader_feed(reader, cut_log, a);
			mta_reader_feed(reader, cut_log + a, b - a);
			mta_reader_feed(reader, cut_log + b, len - b);
			mta_reader_stats(reader, &stats);
			/* The last line has no end yet. */
			ck_assert_uint_eq(stats.octets,
			    (size_t)(strrchr(cut_log, '\n') - cut_log) + 1);
			mta_reader_end(reader);
			mta_reader_stats(reader, &stats);
			ck_assert_uint_eq(stats.octets, len);
			ck_assert_int_eq(stats.lines, 6);
			ck_assert_str_eq(out.data, whole);
			mta_reader_free(reader);
			buf_free(&out);
		}
	free(whole);
}
END_TEST

/* --- frames --------------------------------------------------------------- */

#define SENT                                                           \
	"AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, " \
	"delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
#define TOLD " AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"

/* Lines that are nearly framed as the one before. */
START_TEST(frames_are_told_apart)
{
	char *told = log_told(
	    "2026-11-22T03:12:01+01:00 mx postfix/smtp[9]: " SENT
	    "2026-11-22T03:12:02+02:00 mx postfix/smtp[9]: " SENT
	    "2026-11-22T03:12:03+02:00 mx postfix/smtp[9]: " SENT
	    "2026-11-22T03:12:04.25Z mx postfix/smtp[9]: " SENT
	    "2026-11-22T03:12:05.50Z mx postfix/smtp[9]: " SENT
	    "2026-11-22T03:12:60.75Z mx postfix/smtp[9]: " SENT
	    "Nov 22 03:12:07 mx postfix/smtp[9]: " SENT
	    "Nov 22 03:12:08 my postfix/smtp[9]: " SENT
	    "Nov 22 03:13:09 mx postfix/smtp[9]: " SENT
	    "Nov 22 03:13:1x mx postfix/smtp[9]: " SENT
	    "Nov 22 03:13:10 mx postfix/smtpd[9]: " SENT
	    "Nov 22 03:13:11 mx postfix/relay/smtp[9]: " SENT
	    "Nov 22 03:13:12 mx cron: /smtp[9]: " SENT
	    "Nov 22 03:13:13 mx postfix/smtp[9x]: " SENT);

	ck_assert_str_eq(told,
	    "2026-11-22T02:12:01Z" TOLD "2026-11-22T01:12:02Z" TOLD
	    "2026-11-22T01:12:03Z" TOLD "2026-11-22T03:12:04Z" TOLD
	    "2026-11-22T03:12:05Z" TOLD "2026-11-22T03:13:00Z" TOLD
	    "2026-11-22T03:12:07Z" TOLD "2026-11-22T03:12:08Z" TOLD
	    "2026-11-22T03:13:09Z" TOLD "2026-11-22T03:13:11Z" TOLD
	    "2026-11-22T03:13:13Z" TOLD);
	free(told);
}
END_TEST

/* --- the zone ------------------------------------------------------------- */

START_TEST(a_zone_that_is_not_here_is_told)
{
	static const struct {
		const char *zone;
		bool unknown;
	} rows[] = { { NULL, false }, { "", false }, { "UTC", false },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", false },
		{ "Nowhere/Atlantis", true }, { "../../etc/passwd", true } };
	struct mta_sink sink = { 0 };
	struct mta_stats stats;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct mta_options options = { .written_s = WRITTEN_S,
			.zone = rows[i].zone };
		struct mta_reader *reader = mta_reader_new(&options, &sink);

		mta_reader_stats(reader, &stats);
		ck_assert_msg(stats.zone_unknown == rows[i].unknown, "%s",
		    rows[i].zone != NULL ? rows[i].zone : "none");
		mta_reader_free(reader);
	}
}
END_TEST

/* --- selectors ------------------------------------------------------------ */

static void
count_selector(
    void *arg, struct span domain, struct span selector, int64_t at_s)
{
	(void)domain;
	(void)selector;
	(void)at_s;
	(*(int *)arg)++;
}

START_TEST(a_selector_is_told_of_once_an_hour)
{
	const struct mta_options options = {
		.written_s = WRITTEN_S, .zone = "UTC", .format = "postfix"
	};
	int count = 0;
	struct mta_sink sink = { .selector = count_selector, .arg = &count };
	struct mta_reader *reader = mta_reader_new(&options, &sink);
	char line[200];

	for (int hour = 0; hour < 3; hour++)
		for (int i = 0; i < 600; i++) {
			int n = snprintf(line, sizeof(line),
			    "Nov 22 %02d:%02d:00 mx opendkim[1]: AAAAA1: "
			    "DKIM-Signature field added (s=s%d, d=d%d.test)\n",
			    hour, i / 10, i % 4, i % 10);

			mta_reader_feed(reader, line, (size_t)n);
		}
	/* s0 to s3 by d0 to d9, the even with the even. */
	ck_assert_int_eq(count, 3 * 20);
	mta_reader_free(reader);
}
END_TEST

/* --- the second thread ---------------------------------------------------- */

struct sums {
	int each[PAIR_MOST];
	int by_other;
};

static void
add(void *arg, uint64_t i, int who)
{
	struct sums *sums = arg;

	sums->each[i % PAIR_MOST]++;
	if (who == 1)
		sums->by_other++;
}

/* Some are allowed before those before them are done. */
START_TEST(each_piece_is_done_once)
{
	struct sums sums = { .by_other = 0 };
	struct pair *pair = pair_new(add, &sums);
	uint64_t done = 0, upto = 0;

	for (uint64_t round = 1; round <= 4000; round++) {
		while (upto < done + PAIR_MOST - round % 7)
			pair_allow(pair, ++upto);
		for (uint64_t n = round % PAIR_MOST; n > 0 && done < upto;
		     n--, done++) {
			pair_finish(pair, done);
			ck_assert_int_eq(sums.each[done % PAIR_MOST], 1);
			sums.each[done % PAIR_MOST] = 0;
		}
	}
	while (done < upto)
		pair_finish(pair, done++);
	pair_free(pair);
	pair_free(NULL);
}
END_TEST

Suite *
suite_reader(void)
{
	Suite *suite = suite_create("reader");
	TCase *tcase = tcase_create("reader");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, threads_change_nothing, 0, FRAMES + 1);
	tcase_add_test(tcase, cuts_change_nothing);
	tcase_add_test(tcase, frames_are_told_apart);
	tcase_add_test(tcase, a_zone_that_is_not_here_is_told);
	tcase_add_test(tcase, a_selector_is_told_of_once_an_hour);
	tcase_add_test(tcase, each_piece_is_done_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
