/* Logs as no MTA writes them, and logs that are read in parts. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mta/logs.h"
#include "tests/unit/mta/suites.h"

#define SENT                                                               \
	"relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, " \
	"status=sent (250 OK)\n"
#define GOOD "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, " SENT
#define TOLD                                                                  \
	"2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done " \
	"?: 250 OK\n"

static const struct mta_options utc = { .written_s = WRITTEN_S, .zone = "UTC" };

/* --- odd lines ------------------------------------------------------------ */

enum { PLAIN, NUL, LONG, NOISE };

/* A line of an odd kind between two good ones. */
static void
add_odd(struct buf *log, int kind)
{
	uint64_t state = 7;

	if (kind == PLAIN)
		buf_str(log, "\n\n \nfoo\n\r\n");
	if (kind == NUL) {
		buf_str(log, "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=");
		buf_add(log, "<a\0b@a.test>, ", 14);
		buf_str(log, SENT);
	}
	if (kind == LONG) {
		buf_str(
		    log, "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<");
		for (int i = 0; i < 10 << 20; i++)
			buf_char(log, 'a');
		buf_str(log, "@a.test>, " SENT);
	}
	for (int i = 0; kind == NOISE && i < 300000; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		buf_char(log, (char)(state >> 56));
	}
	if (kind == NOISE)
		buf_char(log, '\n');
}

static const struct {
	int kind;
	int64_t skipped; /* -1: some */
	const char *trouble;
} odd[] = {
	{ PLAIN, 0, "" },
	{ NUL, 1, "line 2: binary octets" },
	{ LONG, 1, "line 2: longer than 64 KiB" },
	{ NOISE, -1, "" },
};

START_TEST(an_odd_line_is_passed_over)
{
	static const size_t pieces[] = { 0, 100000, 4096, 1 };
	struct mta_stats stats;
	struct buf log = { 0 };
	char *told;

	buf_str(&log, GOOD);
	add_odd(&log, odd[_i].kind);
	buf_str(&log, GOOD);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		/* Octet by octet would take too long here. */
		if (pieces[i] == 1 && log.len > 1000000)
			continue;
		told = log_read(log.data, log.len, &utc, pieces[i], &stats);
		ck_assert_str_eq(told, TOLD TOLD);
		ck_assert_uint_eq(stats.octets, log.len);
		if (odd[_i].skipped >= 0) {
			ck_assert_int_eq(stats.skipped, odd[_i].skipped);
			ck_assert_str_eq(stats.trouble, odd[_i].trouble);
		}
		free(told);
	}
	buf_free(&log);
}
END_TEST

/* The first line that is skipped is named, the others are counted. */
START_TEST(the_first_trouble_is_named)
{
	static const char log[] = GOOD GOOD
	    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, r\n"
	    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA2: to=<a@a.test>, r\n";
	struct mta_stats stats;
	char *told = log_read(log, strlen(log), &utc, 0, &stats);

	ck_assert_str_eq(stats.trouble,
	    "line 3 (AAAAA1: to=<a@a.test>, r): a delivery that breaks off");
	ck_assert_int_eq(stats.skipped, 2);
	ck_assert_int_eq(stats.lines, 4);
	ck_assert_int_eq(stats.attempts, 2);
	free(told);
}
END_TEST

START_TEST(what_is_no_log_is_told)
{
	static const char log[] = "Dear Sir,\n\nto=<a@b>, status=sent (x)\n";
	struct mta_stats stats;
	char *told = log_read(log, strlen(log), &utc, 0, &stats);

	ck_assert_str_eq(told, "");
	ck_assert_str_eq(stats.format, "none");
	ck_assert_int_eq(stats.skipped, 3);
	ck_assert_ptr_nonnull(strstr(stats.trouble, "not a log of a known"));
	free(told);
}
END_TEST

START_TEST(a_last_line_without_its_end)
{
	struct buf out = { 0 };
	struct mta_stats stats;
	struct mta_sink sink;
	struct mta_reader *reader;

	log_sink(&sink, &out);
	reader = mta_reader_new(&utc, &sink);
	mta_reader_feed(reader, GOOD GOOD, 2 * strlen(GOOD) - 1);
	mta_reader_stats(reader, &stats);
	/* It is not taken before its end came. */
	ck_assert_uint_eq(stats.octets, strlen(GOOD));
	ck_assert_int_eq(stats.attempts, 1);
	mta_reader_end(reader);
	mta_reader_stats(reader, &stats);
	ck_assert_uint_eq(stats.octets, 2 * strlen(GOOD) - 1);
	ck_assert_int_eq(stats.attempts, 2);
	ck_assert_str_eq(out.data, TOLD TOLD);
	mta_reader_free(reader);
	buf_free(&out);
}
END_TEST

/* --- in parts ------------------------------------------------------------- */

static const char *const logs[] = {
	"Nov 22 03:12:40 mx postfix/qmgr[7]: AAAAA1: from=<n@e.org>, size=9, "
	"nrcpt=1 (queue active)\n"
	"Nov 22 03:12:41 mx postfix/qmgr[7]: AAAAA2: from=<>, size=9, nrcpt=1 "
	"(queue active)\n"
	"Nov 22 03:12:43 mx postfix/smtp[8]: Trusted TLS connection "
	"established to b.test[192.0.2.1]:25: TLSv1.3 with cipher X (1/1)\n" GOOD
	"Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA2: to=<a@a.test>, " SENT,
	"2026-11-22 03:12:40 1rXyZa-0001Ab-7K <= n@e.org U=x P=local S=1\n"
	"2026-11-22 03:12:44 1rXyZa-0001Ab-7K => a@b.test R=r T=remote_smtp "
	"H=mx.b.test [192.0.2.1] C=\"250 OK\"\n",
	"type,timeLogged,orig,rcpt,dsnDiag,dsnMta\n"
	"d,2026-11-22T03:12:46Z,n@e.org,a@b.test,250 OK,mx.b.test\n"
	"d,2026-11-22T03:12:47Z,n@e.org,a@b.test,250 OK,mx.b.test\n",
	"#Fields: date-time,server-hostname,source,event-id,"
	"recipient-address,recipient-status,return-path\n"
	"2026-11-22T03:12:44.0Z,mx.b.test,SMTP,SEND,a@b.test,250 OK,n@e.org\n"
	"2026-11-22T03:12:45.0Z,mx.b.test,SMTP,SEND,a@b.test,250 OK,n@e.org\n",
};

/* Reads a log up to `at`, the rest with a reader that has the state of the
 * first. */
static char *
read_parts(const char *log, size_t at)
{
	struct mta_options options = utc;
	struct buf out = { 0 };
	struct mta_sink sink;
	struct mta_reader *reader;
	char *state;

	log_sink(&sink, &out);
	buf_str(&out, "");
	reader = mta_reader_new(&options, &sink);
	mta_reader_feed(reader, log, at);
	state = mta_reader_state(reader);
	mta_reader_free(reader);
	options.state = state;
	reader = mta_reader_new(&options, &sink);
	mta_reader_feed(reader, log + at, strlen(log) - at);
	mta_reader_end(reader);
	mta_reader_free(reader);
	free(state);
	return buf_take(&out);
}

/* Cut between any two lines, a log means the same. */
START_TEST(a_state_goes_on)
{
	const char *log = logs[_i], *lf = log;
	char *whole = log_told(log), *parts;

	while ((lf = strchr(lf, '\n')) != NULL) {
		lf++;
		parts = read_parts(log, (size_t)(lf - log));
		ck_assert_str_eq(parts, whole);
		free(parts);
	}
	free(whole);
}
END_TEST

/* A state comes out of a store, and may be anything all the same. */
START_TEST(a_state_may_be_damaged)
{
	static const char *const states[] = { "format", "format \n",
		"format nothing\nlast x\n", "last 99999999999999999999999\n",
		"format powermta\nheader d,x\n", "format exchange\nheader \n",
		"format kumomta\nheader {\n", "header \nformat postfix", "a",
		" ", "\n\n", "a b\n\nc" };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct mta_options options = utc;
		struct mta_stats stats;
		char *told;

		options.state = states[i];
		told = log_read(GOOD, strlen(GOOD), &options, 0, &stats);
		free(told);
	}
}
END_TEST

/* --- many ids ------------------------------------------------------------- */

enum { MANY = 600000, NEAR = 10000 };

/* However many messages are open, senders of the last ones are known, those of
 * the first are not, and are counted as such. */
START_TEST(many_ids_stay_within_bounds)
{
	struct mta_sink sink = { 0 };
	struct mta_reader *reader = mta_reader_new(&utc, &sink);
	struct mta_stats stats;
	char line[300];
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line),
		    "Nov 22 03:12:40 mx postfix/qmgr[7]: %012X: "
		    "from=<bounce+user%d=example.com@news.example.org>, "
		    "size=9, nrcpt=1 (queue active)\n",
		    (unsigned)i, i);
		mta_reader_feed(reader, line, strlen(line));
	}
	for (i = 0; i < NEAR; i++) {
		snprintf(line, sizeof(line),
		    "Nov 22 03:12:44 mx postfix/smtp[9]: %012X: "
		    "to=<a@a.test>, " SENT,
		    (unsigned)(MANY - 1 - i));
		mta_reader_feed(reader, line, strlen(line));
	}
	mta_reader_stats(reader, &stats);
	ck_assert_int_eq(stats.attempts, NEAR);
	ck_assert_int_le(stats.unjoined, NEAR / 100);
	for (i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line),
		    "Nov 22 03:12:44 mx postfix/smtp[9]: %012X: "
		    "to=<a@a.test>, " SENT,
		    (unsigned)i);
		mta_reader_feed(reader, line, strlen(line));
	}
	mta_reader_stats(reader, &stats);
	ck_assert_int_ge(stats.unjoined, 1000);
	mta_reader_free(reader);
}
END_TEST

Suite *
suite_odd(void)
{
	Suite *suite = suite_create("odd logs");
	TCase *tcase = tcase_create("lines");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, an_odd_line_is_passed_over, 0,
	    (int)(sizeof(odd) / sizeof(odd[0])));
	tcase_add_test(tcase, the_first_trouble_is_named);
	tcase_add_test(tcase, what_is_no_log_is_told);
	tcase_add_test(tcase, a_last_line_without_its_end);
	tcase_add_loop_test(
	    tcase, a_state_goes_on, 0, (int)(sizeof(logs) / sizeof(logs[0])));
	tcase_add_test(tcase, a_state_may_be_damaged);
	tcase_add_test(tcase, many_ids_stay_within_bounds);
	suite_add_tcase(suite, tcase);
	return suite;
}
