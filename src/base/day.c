/* UTC days and times, and the two clocks. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sendtop/text.h"

enum {
	CYCLE_YEARS = 400, /* the calendar repeats */
	CYCLE_DAYS = 146097,
	EPOCH_OFFSET = 719468, /* days from 0000-03-01 to 1970-01-01 */
	AGO_MOST = 1000000,
};

static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* Division that rounds down, also below zero. */
static int64_t
floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;

	return a % b < 0 ? q - 1 : q;
}

int32_t
day_of(int64_t time_s)
{
	int64_t day = floor_div(time_s, DAY_SECONDS);

	if (day > INT32_MAX)
		return INT32_MAX;
	if (day <= DAY_NONE)
		return DAY_NONE + 1;
	return (int32_t)day;
}

int64_t
day_start(int32_t day)
{
	return (int64_t)day * DAY_SECONDS;
}

/* Years begin in March here, so that the leap day is a year's last. */
int32_t
day_civil(int year, int month, int mday)
{
	int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
	int64_t cycle = floor_div(y, CYCLE_YEARS);
	int64_t in_cycle = y - cycle * CYCLE_YEARS;
	int64_t from_march = (month + 9) % 12;
	int64_t in_year = (153 * from_march + 2) / 5 + mday - 1;

	return (int32_t)(cycle * CYCLE_DAYS + in_cycle * 365 + in_cycle / 4 -
	    in_cycle / 100 + in_year - EPOCH_OFFSET);
}

void
day_split(int32_t day, int *year, int *month, int *mday)
{
	int64_t z = (int64_t)day + EPOCH_OFFSET;
	int64_t cycle = floor_div(z, CYCLE_DAYS);
	int64_t in_cycle = z - cycle * CYCLE_DAYS;
	int64_t y = (in_cycle - in_cycle / 1460 + in_cycle / 36524 -
			in_cycle / (CYCLE_DAYS - 1)) /
	    365;
	int64_t in_year = in_cycle - (365 * y + y / 4 - y / 100);
	int64_t from_march = (5 * in_year + 2) / 153;

	*mday = (int)(in_year - (153 * from_march + 2) / 5 + 1);
	*month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	*year = (int)(y + cycle * CYCLE_YEARS + (*month <= 2 ? 1 : 0));
}

int
day_weekday(int32_t day)
{
	int64_t since_monday = (int64_t)day + 3; /* 1970-01-01: Thursday */

	return (int)(since_monday - floor_div(since_monday, 7) * 7);
}

/* Reads exactly n digits and steps over them. */
static bool
digits(const char **text, int n, int *out)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		char c = (*text)[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*text += n;
	*out = value;
	return true;
}

static bool
literal(const char **text, const char *any_of)
{
	if (**text == '\0' || strchr(any_of, **text) == NULL)
		return false;
	++*text;
	return true;
}

/* YYYY-MM-DD at *text; steps over it. */
static bool
date(const char **text, int32_t *day)
{
	int year, month, mday, y, m, d;

	if (!digits(text, 4, &year) || !literal(text, "-") ||
	    !digits(text, 2, &month) || !literal(text, "-") ||
	    !digits(text, 2, &mday) || month < 1 || month > 12 || mday < 1 ||
	    mday > 31)
		return false;
	*day = day_civil(year, month, mday);
	day_split(*day, &y, &m, &d);
	return m == month && d == mday;
}

bool
day_parse(const char *text, int32_t today, int32_t *day)
{
	int64_t ago;
	int32_t parsed;

	if (strcmp(text, "today") == 0)
		ago = 0;
	else if (strcmp(text, "yesterday") == 0)
		ago = 1;
	else if (text[0] != '-') {
		if (!date(&text, &parsed) || *text != '\0')
			return false;
		*day = parsed;
		return true;
	} else if (!text_to_int(text + 1, 0, AGO_MOST, &ago))
		return false;
	if (today - ago <= DAY_NONE)
		return false;
	*day = (int32_t)(today - ago);
	return true;
}

char *
day_text(char out[DAY_TEXT_SIZE], int32_t day)
{
	int year, month, mday;

	if (day == DAY_NONE) {
		snprintf(out, DAY_TEXT_SIZE, "-");
		return out;
	}
	day_split(day, &year, &month, &mday);
	snprintf(out, DAY_TEXT_SIZE, "%04d-%02u-%02u", year,
	    (unsigned)month % 100, (unsigned)mday % 100);
	return out;
}

char *
day_short(char out[DAY_TEXT_SIZE], int32_t day)
{
	int year, month, mday;

	if (day == DAY_NONE) {
		snprintf(out, DAY_TEXT_SIZE, "-");
		return out;
	}
	day_split(day, &year, &month, &mday);
	snprintf(out, DAY_TEXT_SIZE, "%s %u", month_names[month - 1],
	    (unsigned)mday % 100);
	return out;
}

/* Seconds since midnight. */
static unsigned
second_of_day(int64_t time_s)
{
	return (
	    unsigned)(time_s - floor_div(time_s, DAY_SECONDS) * DAY_SECONDS);
}

char *
time_text(char out[TIME_TEXT_SIZE], int64_t time_s)
{
	char day[DAY_TEXT_SIZE];
	unsigned s = second_of_day(time_s);

	snprintf(out, TIME_TEXT_SIZE, "%sT%02u:%02u:%02uZ",
	    day_text(day, day_of(time_s)), s / 3600 % 24, s / 60 % 60, s % 60);
	return out;
}

char *
time_short(char out[TIME_TEXT_SIZE], int64_t time_s)
{
	char day[DAY_TEXT_SIZE];
	unsigned s = second_of_day(time_s);

	snprintf(out, TIME_TEXT_SIZE, "%s %02u:%02u",
	    day_short(day, day_of(time_s)), s / 3600 % 24, s / 60 % 60);
	return out;
}

int64_t
time_minute_up(int64_t time_s)
{
	int64_t over = time_s % 60;

	if (over < 0)
		over += 60;
	return over == 0 || time_s > INT64_MAX - 60 ? time_s
						    : time_s + 60 - over;
}

/* "Z" or "+hh:mm", to the end of the text. */
static bool
zone(const char *text, int64_t *offset_s)
{
	int hour, minute, sign = *text == '-' ? -1 : 1;

	if (literal(&text, "Zz")) {
		*offset_s = 0;
		return *text == '\0';
	}
	if (!literal(&text, "+-") || !digits(&text, 2, &hour) ||
	    !literal(&text, ":") || !digits(&text, 2, &minute) || hour > 23 ||
	    minute > 59)
		return false;
	*offset_s = sign * (hour * 3600 + minute * 60);
	return *text == '\0';
}

bool
time_parse(const char *text, int64_t *time_s)
{
	int32_t day;
	int hour, minute, second, ignored;
	int64_t offset_s;

	if (!date(&text, &day) || !literal(&text, "Tt ") ||
	    !digits(&text, 2, &hour) || !literal(&text, ":") ||
	    !digits(&text, 2, &minute) || !literal(&text, ":") ||
	    !digits(&text, 2, &second) || hour > 23 || minute > 59 ||
	    second > 60) /* 60: a leap second */
		return false;
	if (literal(&text, ".")) {
		if (!digits(&text, 1, &ignored))
			return false;
		while (digits(&text, 1, &ignored))
			continue;
	}
	if (!zone(text, &offset_s))
		return false;
	*time_s = day_start(day) + hour * 3600 + minute * 60 + second -
	    offset_s;
	return true;
}

int64_t
clock_utc_s(void)
{
	return (int64_t)time(NULL);
}

int64_t
clock_mono_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
