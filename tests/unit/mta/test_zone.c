/* Time zones beside the C library's, at moments all over fifty years. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "mta/zone.h"
#include "tests/unit/mta/suites.h"

#define FOLDER "/usr/share/zoneinfo/"

enum { MOMENTS = 400, CHANGES = 60 };

static const char *const names[] = { "UTC", "Europe/Berlin", "Europe/London",
	"Europe/Dublin", "Europe/Istanbul", "Europe/Moscow", "America/New_York",
	"America/Los_Angeles", "America/Sao_Paulo", "America/Santiago",
	"America/St_Johns", "America/Nuuk", "America/Havana",
	"Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland",
	"Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kolkata",
	"Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Asia/Tokyo",
	"Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll" };
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static uint64_t
next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* 1990-01-01 to 2040-01-01. */
static int64_t
moment(uint64_t *state)
{
	const int64_t from = 631152000, to = 2208988800;

	return from + (int64_t)(next(state) % (uint64_t)(to - from));
}

/* Whether there is such a zone here; it is the process's from now on. */
static bool
enter(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), FOLDER "%s", name);
	if (access(path, R_OK) != 0)
		return false;
	setenv("TZ", name, 1);
	tzset();
	return true;
}

static int64_t
libc_offset(int64_t at_s)
{
	time_t t = (time_t)at_s;
	struct tm tm;

	ck_assert_ptr_nonnull(localtime_r(&t, &tm));
	return tm.tm_gmtoff;
}

static void
check_at(const struct zone *zone, const char *name, int64_t at_s)
{
	int64_t offset = libc_offset(at_s), moments[2], local = at_s + offset;
	size_t count;

	ck_assert_msg(zone_offset(zone, at_s) == offset,
	    "%s at %lld: %d, not %lld", name, (long long)at_s,
	    (int)zone_offset(zone, at_s), (long long)offset);
	/* The clock's face leads back to the moment. */
	count = zone_moments(zone, local, moments);
	ck_assert_msg(moments[0] == at_s || (count == 2 && moments[1] == at_s),
	    "%s: %lld does not come back", name, (long long)at_s);
	ck_assert(count == 1 || moments[0] < moments[1]);
}

START_TEST(any_moment_is_as_libc_has_it)
{
	struct zone *zone;
	uint64_t state = (uint64_t)_i;

	if (!enter(names[_i]))
		return;
	zone = zone_open(names[_i]);
	ck_assert_ptr_nonnull(zone);
	for (int i = 0; i < MOMENTS; i++)
		check_at(zone, names[_i], moment(&state));
	zone_close(zone);
}
END_TEST

/* The second from which another offset holds, by halves. */
static int64_t
find_change(int64_t low, int64_t high)
{
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (libc_offset(middle) == libc_offset(low))
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Around each change, to the second. */
START_TEST(changes_are_to_the_second)
{
	const int64_t week = 7 * 86400;
	struct zone *zone;
	int64_t at, change;
	int seen = 0;

	if (!enter(names[_i]))
		return;
	zone = zone_open(names[_i]);
	for (at = 1262304000; at < 2208988800 && seen < CHANGES; at += week) {
		if (libc_offset(at) == libc_offset(at + week))
			continue;
		change = find_change(at, at + week);
		seen++;
		check_at(zone, names[_i], change - 1);
		check_at(zone, names[_i], change);
		check_at(zone, names[_i], change + 1799);
		check_at(zone, names[_i], change - 1799);
	}
	zone_close(zone);
}
END_TEST

/* An hour that no clock showed is read as if it had not been put forward. */
START_TEST(the_hour_that_is_left_out)
{
	static const struct {
		const char *name;
		int64_t local, utc;
	} rows[] = {
		/* 2026-03-29 02:30 in Berlin, 01:30 UTC */
		{ "Europe/Berlin", 1774751400, 1774747800 },
		/* 2026-03-08 02:30 in New York, 07:30 UTC */
		{ "America/New_York", 1772937000, 1772955000 },
		/* 2026-10-04 02:30 in Sydney, 2026-10-03 16:30 UTC */
		{ "Australia/Sydney", 1791081000, 1791045000 },
	};
	int64_t moments[2];
	struct zone *zone;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!enter(rows[i].name))
			continue;
		zone = zone_open(rows[i].name);
		ck_assert_uint_eq(
		    zone_moments(zone, rows[i].local, moments), 1);
		ck_assert_msg(moments[0] == rows[i].utc, "%s: %lld",
		    rows[i].name, (long long)moments[0]);
		zone_close(zone);
	}
}
END_TEST

/* Without the database there are UTC and the rules of POSIX. */
START_TEST(a_rule_needs_no_database)
{
	struct zone *zone = zone_open("CET-1CEST,M3.5.0,M10.5.0/3");

	ck_assert_ptr_nonnull(zone);
	ck_assert_int_eq(zone_offset(zone, 1782864000), 7200);
	ck_assert_int_eq(zone_offset(zone, 1795305600), 3600);
	zone_close(zone);
	zone = zone_open("UTC");
	ck_assert_int_eq(zone_offset(zone, 1795305600), 0);
	zone_close(zone);
	ck_assert_ptr_null(zone_open("Nowhere/Atlantis"));
	ck_assert_int_eq(zone_offset(NULL, 1795305600), 0);
}
END_TEST

Suite *
suite_zone(void)
{
	Suite *suite = suite_create("zone");
	TCase *tcase = tcase_create("beside libc");

	tcase_add_loop_test(tcase, any_moment_is_as_libc_has_it, 0, NAMES);
	tcase_add_loop_test(tcase, changes_are_to_the_second, 0, NAMES);
	tcase_add_test(tcase, the_hour_that_is_left_out);
	tcase_add_test(tcase, a_rule_needs_no_database);
	suite_add_tcase(suite, tcase);
	return suite;
}
