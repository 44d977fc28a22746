/* Years of logs whose stamps have none, settled before they are read. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/mta.h"
#include "tests/unit/mta/suites.h"

enum { PARTS = 5, PIECE = 64 * 1024 };

static int64_t
moment(const char *text)
{
	int64_t out;

	ck_assert_msg(time_parse(text, &out), "%s", text);
	return out;
}

/* A log: lines from `from` to `to`, so many; more: how much longer each step is
 * than the one before. */
struct part {
	const char *from, *to;
	int lines;
	double more;
};

static const struct {
	const char *name, *written, *file, *last;
	struct part parts[PARTS];
} logs[] = {
	{ "three years", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2024-01-03T00:00:00Z", "2026-11-20T11:59:00Z", 3000, 0 } } },
	{ "a little more than a year", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2025-11-02T00:00:00Z", "2026-11-20T11:59:00Z", 2000, 0 } } },
	{ "a year to the day", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2025-11-19T00:00:00Z", "2026-11-20T11:59:00Z", 2000, 0 } } },
	{ "few lines", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2024-06-03T00:00:00Z", "2026-11-20T11:59:00Z", 150, 0 } } },
	{ "mail that grew", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2023-01-03T00:00:00Z", "2026-11-20T11:59:00Z", 9000,
		-0.0006 } } },
	{ "mail that died", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2023-01-03T00:00:00Z", "2026-11-20T11:59:00Z", 9000,
		0.0006 } } },
	{ "ten days without mail at New Year", "2026-11-20T12:00:00Z", NULL,
	    NULL,
	    { { "2025-10-03T00:00:00Z", "2025-12-23T00:00:00Z", 900, 0 },
		{ "2026-01-02T00:00:00Z", "2026-11-20T11:59:00Z", 900, 0 } } },
	{ "a clock that was wrong after a start", "2026-11-20T12:00:00Z", NULL,
	    NULL,
	    { { "2025-03-03T00:00:00Z", "2025-06-10T00:00:00Z", 900, 0 },
		{ "2025-01-01T00:00:01Z", "2025-01-01T00:00:09Z", 9, 0 },
		{ "2025-06-10T00:01:00Z", "2026-11-20T11:59:00Z", 2900, 0 } } },
	{ "the same at its end", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2026-03-03T00:00:00Z", "2026-11-20T11:50:00Z", 900, 0 },
		{ "2026-01-01T00:00:01Z", "2026-01-01T00:00:09Z", 9, 0 } } },
	{ "the youngest week first", "2027-01-09T00:00:00Z", NULL, NULL,
	    { { "2027-01-02T00:00:00Z", "2027-01-08T23:00:00Z", 500, 0 },
		{ "2026-12-27T00:00:00Z", "2027-01-02T00:00:00Z", 500, 0 },
		{ "2026-12-20T00:00:00Z", "2026-12-27T00:00:00Z", 500, 0 } } },
	{ "two machines' logs, one behind the other", "2026-11-20T12:00:00Z",
	    NULL, NULL,
	    { { "2026-03-02T00:00:00Z", "2026-11-20T11:59:00Z", 900, 0 },
		{ "2026-03-02T00:00:00Z", "2026-11-20T11:59:00Z", 900, 0 } } },
	{ "a gap of most of a year", "2026-11-20T12:00:00Z", NULL, NULL,
	    { { "2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z", 50, 0 },
		{ "2026-11-02T00:00:00Z", "2026-11-20T11:59:00Z", 90, 0 } } },
	{ "copied eight months later", "2026-11-20T12:00:00Z", "mail.log", NULL,
	    { { "2026-03-02T00:00:00Z", "2026-03-20T11:59:00Z", 400, 0 } } },
	{ "copied long after, but for its name", "2026-11-20T12:00:00Z",
	    "/logs/2020/mail.log-20250321.gz", NULL,
	    { { "2025-03-02T00:00:00Z", "2025-03-20T11:59:00Z", 400, 0 } } },
	{ "a name with the day it began", "2026-11-20T12:00:00Z",
	    "mail-2026-01-01.log", NULL,
	    { { "2026-01-01T00:00:00Z", "2026-11-20T11:59:00Z", 400, 0 } } },
	{ "a number in the name that is no day", "2026-11-20T12:00:00Z",
	    "mx-19700101-20259999-1234567.log", NULL,
	    { { "2026-03-02T00:00:00Z", "2026-03-20T11:59:00Z", 400, 0 } } },
	{ "a day in the name that is yet to come", "2026-11-20T12:00:00Z",
	    "mail.log-20981231", NULL,
	    { { "2026-03-02T00:00:00Z", "2026-03-20T11:59:00Z", 400, 0 } } },
	{ "written before its name", "2025-06-01T00:00:00Z",
	    "mail.log-20260321", NULL,
	    { { "2026-03-02T00:00:00Z", "2026-03-20T11:59:00Z", 400, 0 } } },
	{ "copied long after, but for February 29", "2026-11-20T12:00:00Z",
	    NULL, NULL,
	    { { "2024-02-20T00:00:00Z", "2024-03-08T11:59:00Z", 900, 0 } } },
	{ "behind the log before it", "2027-01-20T00:00:00Z", NULL,
	    "2026-12-31T23:59:58Z",
	    { { "2026-12-31T23:59:59Z", "2027-01-19T00:00:00Z", 400, 0 } } },
	{ "another log before it", "2026-11-20T12:00:00Z", NULL,
	    "2026-10-31T23:59:58Z",
	    { { "2025-09-01T00:00:00Z", "2026-11-19T00:00:00Z", 1400, 0 } } },
};

/* --- making and reading --------------------------------------------------- */

struct truth {
	struct buf text;
	int64_t *moments;
	size_t count, cap, seen;
	const char *name;
};

static void
add_line(struct truth *truth, int64_t at_s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int y, m, d, s = (int)(at_s - day_start(day_of(at_s)));

	day_split(day_of(at_s), &y, &m, &d);
	buf_printf(&truth->text,
	    "%.3s %2d %02d:%02d:%02d mx1 postfix/smtp[12]: 4X%06zXz: "
	    "to=<a@gmail.com>, relay=gmail-smtp-in.l.google.com[192.0.2.1]:25, "
	    "delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 "
	    "OK)\n",
	    months + (m - 1) * 3, d, s / 3600, s / 60 % 60, s % 60,
	    truth->count);
	truth->moments = mem_grow(
	    truth->moments, truth->count, &truth->cap, sizeof(int64_t));
	truth->moments[truth->count++] = at_s;
}

static void
add_part(struct truth *truth, const struct part *part)
{
	int64_t from = moment(part->from), to = moment(part->to);
	double all = 0, step = 1, at = 0;
	int i;

	for (i = 1; i < part->lines; i++, step *= 1 + part->more)
		all += step;
	step = 1;
	for (i = 0; i < part->lines; i++, step *= 1 + part->more) {
		add_line(
		    truth, from + (int64_t)((double)(to - from) * at / all));
		at += step;
	}
}

static void
take(void *arg, const struct delivery *d)
{
	struct truth *truth = arg;
	char told[TIME_TEXT_SIZE], is[TIME_TEXT_SIZE];
	int64_t want = truth->moments[truth->seen++];

	ck_assert_msg(d->at_s == want, "%s: line %zu is of %s, not of %s",
	    truth->name, truth->seen, time_text(is, want),
	    time_text(told, d->at_s));
}

static size_t
peek(void *arg, uint64_t at, char *out, size_t size)
{
	const struct truth *truth = arg;
	size_t len = at < truth->text.len ? truth->text.len - (size_t)at : 0;

	len = len < size ? len : size;
	memcpy(out, truth->text.data + at, len);
	return len;
}

START_TEST(a_log_has_its_years)
{
	struct truth truth = { .name = logs[_i].name };
	const struct mta_octets octets = { peek, &truth };
	struct mta_sink sink = { .delivery = take, .arg = &truth };
	struct mta_options options = { .zone = "UTC", .name = logs[_i].file };
	struct mta_reader *reader;
	char state[64] = "";
	size_t i, n;

	for (i = 0; i < PARTS && logs[_i].parts[i].lines > 0; i++)
		add_part(&truth, &logs[_i].parts[i]);
	options.whole = &octets;
	options.whole_size = truth.text.len;
	options.written_s = moment(logs[_i].written);
	options.now_s = moment("2027-02-01T00:00:00Z");
	if (logs[_i].last != NULL)
		snprintf(state, sizeof(state), "last %lld\n",
		    (long long)moment(logs[_i].last));
	options.state = state;
	reader = mta_reader_new(&options, &sink);
	for (i = 0; i < truth.text.len; i += n) {
		n = truth.text.len - i < PIECE ? truth.text.len - i : PIECE;
		mta_reader_feed(reader, truth.text.data + i, n);
	}
	mta_reader_end(reader);
	ck_assert_uint_eq(truth.seen, truth.count);
	mta_reader_free(reader);
	buf_free(&truth.text);
	free(truth.moments);
}
END_TEST

/* It was read two years ago, and grew since: what is shown again before the
 * place does not move it. */
START_TEST(a_log_goes_on_after_years)
{
	struct truth truth = { .name = "goes on" };
	struct mta_sink sink = { .delivery = take, .arg = &truth };
	struct mta_options options = {
		.zone = "UTC",
		.written_s = moment("2026-11-20T12:00:00Z"),
		.state = "format postfix\nlast 1732060800\n",
		.goes_on = true,
	};
	const struct part before = { "2023-11-20T00:00:00Z",
		"2024-11-20T00:00:00Z", 100, 0 };
	const struct part after = { "2024-11-20T00:00:01Z",
		"2026-11-20T00:00:00Z", 900, 0 };
	struct mta_reader *reader = mta_reader_new(&options, &sink);
	struct mta_sink none = { 0 };
	size_t place;

	mta_reader_free(reader);
	add_part(&truth, &before);
	place = truth.text.len;
	reader = mta_reader_new(&options, &none);
	mta_reader_feed(reader, truth.text.data, place);
	mta_reader_free(reader);
	/* The same with a sink, from the place on. */
	truth.seen = truth.count;
	add_part(&truth, &after);
	reader = mta_reader_new(&options, &sink);
	mta_reader_here(reader);
	mta_reader_feed(
	    reader, truth.text.data + place, truth.text.len - place);
	ck_assert_uint_eq(truth.seen, truth.count);
	mta_reader_free(reader);
	buf_free(&truth.text);
	free(truth.moments);
}
END_TEST

/* What can be read but once: that years were wrong is seen when it is late. */
START_TEST(late_years_are_told)
{
	static const struct {
		struct part parts[2];
		bool late;
	} rows[] = {
		{ { { "2025-03-02T00:00:00Z", "2026-11-20T00:00:00Z", 900,
		      0 } },
		    true },
		{ { { "2025-12-02T00:00:00Z", "2026-11-20T00:00:00Z", 900,
		      0 } },
		    false },
		{ { { "2026-10-02T00:00:00Z", "2026-11-20T00:00:00Z", 900, 0 },
		      { "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z", 9,
			  0 } },
		    false },
		{ { { "2026-10-02T00:00:00Z", "2026-11-20T00:00:00Z", 900, 0 },
		      { "2026-10-02T00:00:00Z", "2026-11-20T00:00:00Z", 900,
			  0 } },
		    false },
	};
	struct mta_options options = { .zone = "UTC" };
	struct mta_sink none = { 0 };
	size_t i, k;

	options.written_s = moment("2026-11-20T00:00:00Z");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mta_reader *reader = mta_reader_new(&options, &none);
		struct truth truth = { .name = "late" };
		struct mta_stats stats;

		for (k = 0; k < 2 && rows[i].parts[k].lines > 0; k++)
			add_part(&truth, &rows[i].parts[k]);
		mta_reader_feed(reader, truth.text.data, truth.text.len);
		mta_reader_stats(reader, &stats);
		ck_assert_msg(stats.years_late == rows[i].late, "row %zu", i);
		mta_reader_free(reader);
		buf_free(&truth.text);
		free(truth.moments);
	}
}
END_TEST

START_TEST(a_head_tells_whether_years_are_there)
{
	static const char *const without[] = {
		"Nov 20 12:00:00 mx1 postfix/smtp[1]: x",
		"begin of the log\n<22>Nov 20 12:00:00 mx1 postfix/smtp[1]: x",
	};
	static const char *const with[] = { "",
		"2026-11-20T12:00:00Z mx1 postfix/smtp[1]: x\n"
		"Nov 20 12:00:00 mx1 postfix/smtp[1]: x\n",
		"type,timeLogged\nd,2026-11-20 12:00:00+0000\n" };

	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		ck_assert(mta_lacks_years(without[i], strlen(without[i])));
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		ck_assert(!mta_lacks_years(with[i], strlen(with[i])));
}
END_TEST

Suite *
suite_years(void)
{
	Suite *suite = suite_create("years");
	TCase *tcase = tcase_create("logs");

	tcase_add_loop_test(tcase, a_log_has_its_years, 0,
	    (int)(sizeof(logs) / sizeof(logs[0])));
	tcase_add_test(tcase, a_log_goes_on_after_years);
	tcase_add_test(tcase, late_years_are_told);
	tcase_add_test(tcase, a_head_tells_whether_years_are_there);
	suite_add_tcase(suite, tcase);
	return suite;
}
