/* Reading stamps: syslog's without a year, RFC 3339's with all. */
/* SPDX-License-Identifier: MIT */
#include "stamp.h"

#include <string.h>

#include "sendtop/day.h"

enum { SHORT_LEN = 15, ISO_LEN = 19, MINUTE_SHORT = 13 };

void
stamps_init(struct stamps *stamps, const char *zone, int64_t written_s)
{
	bool found;

	memset(stamps, 0, sizeof(*stamps));
	stamps->zone = zone_open(zone, &found);
	stamps->written_s = written_s;
	stamps->last_s = INT64_MIN;
}

void
stamps_fini(struct stamps *stamps)
{
	zone_free(stamps->zone);
}

/* --- numbers ------------------------------------------------------------------------- */

static int
two(const char *at)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -1;
	return (at[0] - '0') * 10 + at[1] - '0';
}

static int
month_of(const char *at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(at, names + i * 3, 3) == 0)
			return i + 1;
	return 0;
}

static bool
is_date(int year, int month, int mday)
{
	int y, m, d;

	if (month < 1 || month > 12 || mday < 1 || mday > 31)
		return false;
	day_split(day_civil(year, month, mday), &y, &m, &d);
	return m == month && d == mday;
}

/* hh:mm:ss, a leap second allowed; -1: none. */
static int
clock_of(const char *at)
{
	int h = two(at), m = two(at + 3), s = two(at + 6);

	if (at[2] != ':' || at[5] != ':' || h < 0 || h > 23 || m < 0 ||
	    m > 59 || s < 0 || s > 60)
		return -1;
	return (h * 60 + m) * 60 + s;
}

/* --- syslog's ------------------------------------------------------------------------ */

/* The year of the first line: the last one in which the stamp is not after the
 * log was written, a day of slack for clocks and zones. */
static int
first_year(const struct stamps *st, int month, int mday, int clock)
{
	int year, m, d;

	day_split(day_of(st->written_s), &year, &m, &d);
	for (year++; year > 1970; year--)
		if (is_date(year, month, mday) &&
		    day_start(day_civil(year, month, mday)) + clock <=
			st->written_s + 2 * DAY_SECONDS)
			break;
	return year;
}

/* December to January is the next year; the other way round a line that came
 * late, of the year before. */
static int
year_of(struct stamps *st, int month, int mday, int clock)
{
	if (st->year == 0)
		return first_year(st, month, mday, clock);
	if (month - st->month <= -6)
		return st->year + 1;
	if (month - st->month >= 6)
		return st->year - 1;
	return st->year;
}

static bool
keep_minute(
    struct stamps *st, const char *at, size_t len, int64_t out, int seconds)
{
	memcpy(st->minute, at, len);
	st->minute_len = len;
	st->minute_s = out - seconds;
	return true;
}

static bool
read_short(struct stamps *st, const char *at, int64_t *out)
{
	int month = month_of(at), year, clock = clock_of(at + 7);
	int mday = at[4] == ' ' ? at[5] - '0' : two(at + 4);

	if (month == 0 || at[3] != ' ' || at[6] != ' ' || clock < 0 || mday < 1)
		return false;
	year = year_of(st, month, mday, clock);
	if (!is_date(year, month, mday))
		return false;
	*out = zone_utc(st->zone,
	    day_start(day_civil(year, month, mday)) + clock, st->last_s);
	st->year = year;
	st->month = month;
	st->last_s = *out;
	return keep_minute(st, at, MINUTE_SHORT, *out, clock % 60);
}

/* --- RFC 3339 -------------------------------------------------------------------------- */

/* What follows the seconds: a fraction, then Z, +01:00, +0100 or nothing. */
static size_t
read_tail(const char *at, size_t len, bool *zoned, int *east)
{
	size_t n = 0;
	int h, m;

	*zoned = false;
	*east = 0;
	if (n < len && (at[n] == '.' || at[n] == ',')) {
		n++;
		while (n < len && at[n] >= '0' && at[n] <= '9')
			n++;
	}
	if (n < len && at[n] == 'Z') {
		*zoned = true;
		return n + 1;
	}
	/* Exim puts a blank before its zone (log_timezone). */
	if (n + 6 < len && at[n] == ' ' &&
	    (at[n + 1] == '+' || at[n + 1] == '-'))
		n++;
	if (n + 5 > len || (at[n] != '+' && at[n] != '-'))
		return n;
	h = two(at + n + 1);
	m = at[n + 3] == ':' && n + 6 <= len ? two(at + n + 4)
					     : two(at + n + 3);
	if (h < 0 || m < 0)
		return n;
	*zoned = true;
	*east = (at[n] == '-' ? -1 : 1) * (h * 60 + m) * 60;
	return n + (at[n + 3] == ':' ? 6 : 5);
}

static bool
read_iso(
    struct stamps *st, const char *at, size_t len, size_t *used, int64_t *out)
{
	int century = two(at), year = two(at + 2), month = two(at + 5);
	int mday = two(at + 8), clock = clock_of(at + 11), east;
	bool zoned;

	if (at[4] != '-' || at[7] != '-' || (at[10] != 'T' && at[10] != ' ') ||
	    century < 0 || year < 0 || clock < 0)
		return false;
	year += century * 100;
	if (!is_date(year, month, mday))
		return false;
	*out = day_start(day_civil(year, month, mday)) + clock;
	*used = ISO_LEN + read_tail(at + ISO_LEN, len - ISO_LEN, &zoned, &east);
	*out = zoned ? *out - east : zone_utc(st->zone, *out, st->last_s);
	st->last_s = *out;
	return true;
}

bool
stamp_read(struct stamps *stamps, const char *at, size_t len, size_t *used,
    int64_t *out)
{
	int s;

	if (len < SHORT_LEN)
		return false;
	if (stamps->minute_len == MINUTE_SHORT &&
	    memcmp(at, stamps->minute, MINUTE_SHORT) == 0 &&
	    (s = two(at + MINUTE_SHORT)) >= 0 && s <= 60) {
		*used = SHORT_LEN;
		*out = stamps->minute_s + s;
		stamps->last_s = *out;
		return true;
	}
	if (at[0] >= 'A' && at[0] <= 'Z') {
		*used = SHORT_LEN;
		return read_short(stamps, at, out);
	}
	return len >= ISO_LEN && read_iso(stamps, at, len, used, out);
}
