/* Stamps of logs: years, zones, the hours when clocks are changed. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mta/stamp.h"
#include "mta/zone.h"
#include "sendtop/day.h"
#include "tests/unit/mta/suites.h"

static int64_t
moment(const char *text)
{
	int64_t out;

	ck_assert_msg(time_parse(text, &out), "%s", text);
	return out;
}

/* --- shapes --------------------------------------------------------------- */

static const struct {
	const char *text;
	size_t len; /* of the stamp at its start */
	const char *moment;
} shapes[] = {
	{ "Nov 22 03:12:44 mx", 15, "2026-11-22T03:12:44Z" },
	{ "Nov  2 03:12:44 mx", 15, "2026-11-02T03:12:44Z" },
	{ "Nov 22 03:12:44.123 mx", 19, "2026-11-22T03:12:44Z" },
	{ "Nov 22 2025 03:12:44 mx", 20, "2025-11-22T03:12:44Z" },
	{ "2026-11-22T03:12:44 mx", 19, "2026-11-22T03:12:44Z" },
	{ "2026-11-22 03:12:44.5 mx", 21, "2026-11-22T03:12:44Z" },
	{ "2026-11-22T03:12:44Z mx", 20, "2026-11-22T03:12:44Z" },
	{ "2026-11-22T03:12:44.123456+01:00 mx", 32, "2026-11-22T02:12:44Z" },
	{ "2026-11-22T03:12:44-0730 mx", 24, "2026-11-22T10:42:44Z" },
	{ "2026-11-22 03:12:44 +0100 [1]", 25, "2026-11-22T02:12:44Z" },
	{ "2016-12-31T23:59:60Z mx", 20, "2017-01-01T00:00:00Z" },
	{ "1795317164 mx", 10, "2026-11-22T03:12:44Z" },
	{ "1795317164.25", 13, "2026-11-22T03:12:44Z" },
	{ "1795317164,d", 0, NULL },
	{ "Nov 22 03:12:4", 0, NULL },
	{ "nov 22 03:12:44", 0, NULL },
	{ "Nov 22 03-12-44", 0, NULL },
	{ "2026-11-22", 0, NULL },
	{ "2026/11/22 03:12:44", 0, NULL },
	{ "12345678 mx", 0, NULL },
	{ "123456789012 mx", 0, NULL },
	{ "", 0, NULL },
	/* Shaped as stamps, but no dates. */
	{ "Nov 31 03:12:44 mx", 15, NULL },
	{ "Nov  0 03:12:44 mx", 15, NULL },
	{ "Nov 22 24:12:44 mx", 15, NULL },
	{ "Nov 22 03:60:44 mx", 15, NULL },
	{ "2026-13-22T03:12:44Z", 20, NULL },
	{ "2026-02-29T03:12:44Z", 20, NULL },
	{ "1969-11-22T03:12:44Z", 20, NULL },
};

START_TEST(a_shape_is_known)
{
	const char *text = shapes[_i].text;
	struct stamps *stamps = stamps_new(
	    "UTC", moment("2026-11-22T12:00:00Z"), 0);
	size_t used = 0;
	int64_t out;
	bool ok;

	ck_assert_msg(stamp_len(text, strlen(text)) == shapes[_i].len,
	    "%s: %zu", text, stamp_len(text, strlen(text)));
	ok = stamp_read(stamps, text, strlen(text), &used, &out);
	ck_assert_msg(ok == (shapes[_i].moment != NULL), "%s", text);
	if (ok) {
		ck_assert_uint_eq(used, shapes[_i].len);
		ck_assert_int_eq(out, moment(shapes[_i].moment));
	}
	stamps_free(stamps);
}
END_TEST

/* --- runs of lines -------------------------------------------------------- */

enum { LINES = 12 };

static const struct {
	const char *name, *zone, *written, *last;
	struct {
		const char *text, *moment;
	} lines[LINES];
} runs[] = {
	{ "over New Year", "UTC", "2027-01-03T00:00:00Z", NULL,
	    { { "Dec 30 10:00:00", "2026-12-30T10:00:00Z" },
		{ "Dec 31 23:59:59", "2026-12-31T23:59:59Z" },
		{ "Jan  1 00:00:00", "2027-01-01T00:00:00Z" },
		/* Written late by another process. */
		{ "Dec 31 23:59:58", "2026-12-31T23:59:58Z" },
		{ "Jan  1 00:00:01", "2027-01-01T00:00:01Z" },
		{ "Jan  2 00:00:01", "2027-01-02T00:00:01Z" } } },
	{ "all of it last year", "UTC", "2027-01-03T00:00:00Z", NULL,
	    { { "Feb  3 10:00:00", "2026-02-03T10:00:00Z" },
		{ "Dec 24 10:00:00", "2026-12-24T10:00:00Z" } } },
	{ "a zone ahead of the file's moment", "UTC", "2026-12-31T23:30:00Z",
	    NULL, { { "Jan  1 00:10:00", "2027-01-01T00:10:00Z" } } },
	{ "a gap of most of a year", "UTC", "2026-11-22T00:00:00Z", NULL,
	    { { "Jan  5 10:00:00", "2026-01-05T10:00:00Z" },
		{ "Nov 20 10:00:00", "2026-11-20T10:00:00Z" } } },
	{ "February 29 is of a leap year", "UTC", "2026-11-22T00:00:00Z", NULL,
	    { { "Feb 29 10:00:00", "2024-02-29T10:00:00Z" },
		{ "Mar  1 10:00:00", "2024-03-01T10:00:00Z" } } },
	{ "a clock that was wrong after a start", "UTC", "2026-11-22T12:00:00Z",
	    NULL,
	    { { "Nov 22 09:00:00", "2026-11-22T09:00:00Z" },
		{ "Jan  1 00:00:12", "2026-01-01T00:00:12Z" },
		{ "Nov 22 09:01:00", "2026-11-22T09:01:00Z" } } },
	{ "clocks that run backwards a bit", "UTC", "2026-11-22T12:00:00Z",
	    NULL,
	    { { "Nov 22 09:00:00", "2026-11-22T09:00:00Z" },
		{ "Nov 22 08:59:30", "2026-11-22T08:59:30Z" },
		{ "Nov 21 23:00:00", "2026-11-21T23:00:00Z" },
		{ "Nov 22 09:00:01", "2026-11-22T09:00:01Z" } } },
	{ "a year that is yet to come", "UTC", "2026-11-22T12:00:00Z", NULL,
	    { { "Nov 22 09:00:00", "2026-11-22T09:00:00Z" },
		{ "4052-11-22T03:12:22Z", "4052-11-22T03:12:22Z" },
		{ "Nov 22 09:00:01", "2026-11-22T09:00:01Z" },
		{ "4052-11-22T03:12:23Z", "4052-11-22T03:12:23Z" },
		{ "Nov 22 09:00:02", "2026-11-22T09:00:02Z" } } },
	{ "back by hours, a year before the log ends", "UTC",
	    "2026-11-30T12:00:00Z", NULL,
	    { { "Dec  2 00:00:01", "2025-12-02T00:00:01Z" },
		{ "Dec  1 06:00:00", "2025-12-01T06:00:00Z" },
		{ "Dec  2 00:00:02", "2025-12-02T00:00:02Z" } } },
	{ "what an earlier reader had read", "UTC", "2027-01-20T00:00:00Z",
	    "2026-12-31T10:00:00Z",
	    { { "Dec 31 10:00:01", "2026-12-31T10:00:01Z" },
		{ "Jan 19 10:00:00", "2027-01-19T10:00:00Z" } } },
	{ "an earlier log of long ago", "UTC", "2026-11-22T00:00:00Z",
	    "2024-12-31T10:00:00Z",
	    { { "Jan 19 10:00:00", "2026-01-19T10:00:00Z" } } },
	{ "winter and summer", "Europe/Berlin", "2026-11-22T12:00:00Z", NULL,
	    { { "Jan 15 12:00:00", "2026-01-15T11:00:00Z" },
		{ "Jul 15 12:00:00", "2026-07-15T10:00:00Z" } } },
	{ "the hour that is left out", "Europe/Berlin", "2026-11-22T12:00:00Z",
	    NULL,
	    { { "Mar 29 01:59:59", "2026-03-29T00:59:59Z" },
		{ "Mar 29 02:30:00", "2026-03-29T01:30:00Z" },
		{ "Mar 29 03:00:00", "2026-03-29T01:00:00Z" } } },
	{ "the hour that comes twice", "Europe/Berlin", "2026-11-22T12:00:00Z",
	    NULL,
	    { { "Oct 25 01:59:59", "2026-10-24T23:59:59Z" },
		{ "Oct 25 02:10:00", "2026-10-25T00:10:00Z" },
		{ "Oct 25 02:59:59", "2026-10-25T00:59:59Z" },
		/* Late by a second, still of the first pass. */
		{ "Oct 25 02:59:58", "2026-10-25T00:59:58Z" },
		{ "Oct 25 02:00:00", "2026-10-25T01:00:00Z" },
		{ "Oct 25 02:59:57", "2026-10-25T00:59:57Z" },
		{ "Oct 25 02:00:02", "2026-10-25T01:00:02Z" },
		{ "Oct 25 02:30:00", "2026-10-25T01:30:00Z" },
		{ "Oct 25 02:29:59", "2026-10-25T01:29:59Z" },
		{ "Oct 25 03:00:00", "2026-10-25T02:00:00Z" } } },
	{ "RFC 3339 without a zone, the same", "Europe/Berlin",
	    "2026-11-22T12:00:00Z", NULL,
	    { { "2026-10-25T02:50:00", "2026-10-25T00:50:00Z" },
		{ "2026-10-25T02:10:00", "2026-10-25T01:10:00Z" } } },
	{ "a zone that is not there is UTC", "Europe/Nowhere",
	    "2026-11-22T12:00:00Z", NULL,
	    { { "Jul 15 12:00:00", "2026-07-15T12:00:00Z" } } },
};

START_TEST(a_run_is_settled)
{
	struct stamps *stamps = stamps_new(runs[_i].zone,
	    moment(runs[_i].written),
	    runs[_i].last != NULL ? moment(runs[_i].last) : 0);
	char told[TIME_TEXT_SIZE];
	size_t used;
	int64_t out;

	for (size_t i = 0; i < LINES && runs[_i].lines[i].text != NULL; i++) {
		const char *text = runs[_i].lines[i].text;

		ck_assert_msg(
		    stamp_read(stamps, text, strlen(text), &used, &out),
		    "%s: %s", runs[_i].name, text);
		ck_assert_msg(out == moment(runs[_i].lines[i].moment),
		    "%s: %s is %s", runs[_i].name, text, time_text(told, out));
	}
	stamps_free(stamps);
}
END_TEST

/* --- properties ----------------------------------------------------------- */

static uint64_t
next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Whatever moments a log has, in order and with gaps of less than a year, its
 * stamps without years mean just these. */
START_TEST(short_stamps_come_back)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin",
		"America/New_York", "Australia/Sydney", "Asia/Kolkata" };
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct zone *zone = zone_open(zones[_i % 5]);
	uint64_t state = (uint64_t)_i + 1;
	int64_t moments[200], t = moment("2024-03-01T00:00:00Z");
	struct stamps *stamps;
	size_t i, used;
	int64_t out;

	t += (int64_t)next(&state) % (400 * DAY_SECONDS);
	for (i = 0; i < 200; i++) {
		/* Small steps, and now and then weeks. */
		t += (int64_t)next(&state) %
		    (i % 20 == 0 ? 15 * DAY_SECONDS : 1500);
		moments[i] = t;
	}
	stamps = stamps_new(zones[_i % 5], t, 0);
	/* The years of what was before are told by a state. */
	stamps_free(stamps);
	stamps = stamps_new(zones[_i % 5], t,
	    t - moments[0] < 170 * DAY_SECONDS ? moments[0] : 0);
	for (i = 0; i < 200; i++) {
		int64_t local = moments[i] + zone_offset(zone, moments[i]);
		int y, m, d, s = (int)(local - day_start(day_of(local)));
		char text[32];

		day_split(day_of(local), &y, &m, &d);
		snprintf(text, sizeof(text), "%.3s %2d %02d:%02d:%02d",
		    months + (m - 1) * 3, d, s / 3600, s / 60 % 60, s % 60);
		ck_assert(stamp_read(stamps, text, 15, &used, &out));
		/* A gap over a changed hour may leave that hour open. */
		ck_assert_msg(out == moments[i] || out == moments[i] - 3600,
		    "%s: %lld, not %lld", text, (long long)out,
		    (long long)moments[i]);
		if (out != moments[i])
			break;
	}
	stamps_free(stamps);
	zone_close(zone);
}
END_TEST

/* Lines a second apart through the hour that comes twice are never more than
 * a second apart. */
START_TEST(the_doubled_hour_is_steady)
{
	struct stamps *stamps = stamps_new(
	    "Europe/Berlin", moment("2026-11-22T12:00:00Z"), 0);
	struct zone *zone = zone_open("Europe/Berlin");
	int64_t t = moment("2026-10-24T23:30:00Z"), out;
	char text[32];
	size_t used;

	ck_assert_ptr_nonnull(zone);
	for (int i = 0; i < 3 * 3600; i++, t++) {
		int64_t local = t + zone_offset(zone, t);
		int s = (int)(local - day_start(day_of(local)));

		snprintf(text, sizeof(text), "Oct 25 %02d:%02d:%02d", s / 3600,
		    s / 60 % 60, s % 60);
		ck_assert(stamp_read(stamps, text, 15, &used, &out));
		ck_assert_int_eq(out, t);
	}
	zone_close(zone);
	stamps_free(stamps);
}
END_TEST

/* --- zones ---------------------------------------------------------------- */

static const struct {
	const char *zone, *moment;
	int32_t offset;
} offsets[] = {
	{ "UTC", "2026-11-22T00:00:00Z", 0 },
	{ "Europe/Berlin", "2026-11-22T00:00:00Z", 3600 },
	{ "Europe/Berlin", "2026-03-29T00:59:59Z", 3600 },
	{ "Europe/Berlin", "2026-03-29T01:00:00Z", 7200 },
	{ "Europe/Berlin", "2099-07-01T00:00:00Z", 7200 },
	{ "America/New_York", "2060-11-07T05:59:59Z", -14400 },
	{ "America/New_York", "2060-11-07T06:00:00Z", -18000 },
	{ "Australia/Sydney", "2099-01-01T00:00:00Z", 39600 },
	{ "Australia/Sydney", "2099-07-01T00:00:00Z", 36000 },
	{ "Asia/Kolkata", "2099-07-01T00:00:00Z", 19800 },
	{ "America/Sao_Paulo", "2099-01-01T00:00:00Z", -10800 },
	/* The rules of POSIX. */
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7200 },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600 },
	{ "<-03>3", "2026-01-01T00:00:00Z", -10800 },
	{ "EST5", "2026-07-01T00:00:00Z", -18000 },
	{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0 },
	{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600 },
	{ "AAA3BBB,J60/0,300/0", "2028-03-01T02:59:59Z", -10800 },
	{ "AAA3BBB,J60/0,300/0", "2028-03-01T03:00:00Z", -7200 },
	{ "AAA3BBB,J60/0,300/0", "2028-10-27T02:00:00Z", -10800 },
};

START_TEST(an_offset_is_known)
{
	struct zone *zone = zone_open(offsets[_i].zone);

	ck_assert_msg(zone != NULL, "%s", offsets[_i].zone);
	ck_assert_msg(
	    zone_offset(zone, moment(offsets[_i].moment)) == offsets[_i].offset,
	    "%s at %s: %d", offsets[_i].zone, offsets[_i].moment,
	    zone_offset(zone, moment(offsets[_i].moment)));
	zone_close(zone);
}
END_TEST

START_TEST(what_is_no_zone_is_refused)
{
	static const char *const names[] = { "Europe/Nowhere", "../passwd",
		"Europe/../../passwd", "CE", "CET", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET-1",
		"CET-999", "EST5EDT,J0,J300" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct zone *zone = zone_open(names[i]);

		/* Some systems have files of the short names. */
		if (strcmp(names[i], "CET") != 0)
			ck_assert_msg(zone == NULL, "%s", names[i]);
		zone_close(zone);
	}
}
END_TEST

/* A file cut anywhere is refused, or read as far as its rule. */
START_TEST(a_damaged_file_is_refused)
{
	static const unsigned char file[] =
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
	    "\0\0\16\20\0\0CET\0"
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\4"
	    "\0\0\0\0\152\0\0\0"
	    "\1"
	    "\0\0\16\20\0\0"
	    "\0\0\34\40\1\0"
	    "CET\0"
	    "\nEST5\n";
	struct zone *zone = zone_parse(file, sizeof(file) - 1);
	unsigned char *copy;

	ck_assert_ptr_nonnull(zone);
	ck_assert_int_eq(zone_offset(zone, 0x69000000), 3600);
	ck_assert_int_eq(zone_offset(zone, 0x6b000000), -18000);
	zone_close(zone);
	for (size_t len = 0; len < sizeof(file) - 1; len++) {
		copy = malloc(len + 1);
		memcpy(copy, file, len);
		zone = zone_parse(copy, len);
		if (len < sizeof(file) - 1 - 6)
			ck_assert_ptr_null(zone);
		zone_close(zone);
		free(copy);
	}
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(table[0]))

Suite *
suite_stamp(void)
{
	Suite *suite = suite_create("stamp");
	TCase *tcase = tcase_create("stamps");

	tcase_add_loop_test(tcase, a_shape_is_known, 0, COUNT(shapes));
	tcase_add_loop_test(tcase, a_run_is_settled, 0, COUNT(runs));
	tcase_add_loop_test(tcase, short_stamps_come_back, 0, 100);
	tcase_add_test(tcase, the_doubled_hour_is_steady);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("zones");
	tcase_add_loop_test(tcase, an_offset_is_known, 0, COUNT(offsets));
	tcase_add_test(tcase, what_is_no_zone_is_refused);
	tcase_add_test(tcase, a_damaged_file_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
