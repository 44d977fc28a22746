/* The rules of a POSIX TZ string (POSIX.1, chapter 8; RFC 9636, 3.3.1). */
/* SPDX-License-Identifier: MIT */
#include "posix_zone.h"

#include "sendtop/day.h"

enum {
	HOUR_S = 3600,
	HOURS_MOST = 167, /* RFC 9636 lets a rule's time be a week off */
	SWITCH_S = 2 * HOUR_S,
	LEAP_DAY = 60, /* the number of March 1 in 'J' days */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take_number(const char **at, int most, int *out)
{
	int value = 0;

	if (!is_digit(**at))
		return false;
	for (; is_digit(**at); (*at)++) {
		value = value * 10 + (**at - '0');
		if (value > most)
			return false;
	}
	*out = value;
	return true;
}

/* "<-03>" or letters, three at least. */
static bool
take_name(const char **at)
{
	const char *start = *at;

	if (*start == '<') {
		while (**at != '>' && **at != '\0')
			(*at)++;
		return *(*at)++ == '>' && *at - start > 4;
	}
	while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
		(*at)++;
	return *at - start >= 3;
}

/* "[+-]hh[:mm[:ss]]" */
static bool
take_time(const char **at, int32_t *out)
{
	static const int32_t units[] = { HOUR_S, 60, 1 };
	bool minus = **at == '-';
	int32_t total = 0;
	int value;

	if (**at == '-' || **at == '+')
		(*at)++;
	for (size_t i = 0; i < 3; i++) {
		if (!take_number(at, i == 0 ? HOURS_MOST : 59, &value))
			return false;
		total += value * units[i];
		if (i == 2 || **at != ':')
			break;
		(*at)++;
	}
	*out = minus ? -total : total;
	return true;
}

static bool
take_day(const char **at, struct zone_date *out)
{
	if (**at == 'M') {
		out->form = 'M';
		(*at)++;
		return take_number(at, 12, &out->month) && out->month > 0 &&
		    *(*at)++ == '.' && take_number(at, 5, &out->week) &&
		    out->week > 0 && *(*at)++ == '.' &&
		    take_number(at, 6, &out->weekday);
	}
	out->form = **at == 'J' ? 'J' : 'n';
	if (**at == 'J')
		(*at)++;
	return take_number(at, 365, &out->day) &&
	    (out->form == 'n' || out->day > 0);
}

static bool
take_date(const char **at, struct zone_date *out)
{
	if (*(*at)++ != ',' || !take_day(at, out))
		return false;
	out->time_s = SWITCH_S;
	if (**at != '/')
		return true;
	(*at)++;
	return take_time(at, &out->time_s);
}

bool
posix_zone_parse(const char *text, struct zone_rule *out)
{
	int32_t west;

	*out = (struct zone_rule){ 0 };
	if (!take_name(&text) || !take_time(&text, &west))
		return false;
	out->standard = -west;
	if (*text == '\0')
		return true;
	out->has_summer = true;
	out->summer = out->standard + HOUR_S;
	if (!take_name(&text))
		return false;
	if (*text != ',') {
		if (!take_time(&text, &west))
			return false;
		out->summer = -west;
	}
	return take_date(&text, &out->begin) && take_date(&text, &out->end) &&
	    *text == '\0';
}

/* The day a date falls on; weekdays of the rules begin with Sunday. */
static int32_t
date_day(const struct zone_date *date, int year)
{
	int32_t first, next, day;

	if (date->form == 'n')
		return day_civil(year, 1, 1) + date->day;
	if (date->form == 'J') {
		/* February 29 is not counted. */
		first = day_civil(year, 1, 1);
		next = day_civil(year, 3, 1);
		return date->day < LEAP_DAY ? first + date->day - 1
					    : next + date->day - LEAP_DAY;
	}
	first = day_civil(year, date->month, 1);
	next = date->month == 12 ? day_civil(year + 1, 1, 1)
				 : day_civil(year, date->month + 1, 1);
	day = first + (date->weekday - (day_weekday(first) + 1) % 7 + 7) % 7 +
	    (date->week - 1) * 7;
	return day >= next ? day - 7 : day;
}

int32_t
posix_zone_offset(const struct zone_rule *rule, int64_t utc_s)
{
	int64_t begin, end;
	int year, month, mday;

	if (!rule->has_summer)
		return rule->standard;
	day_split(day_of(utc_s + rule->standard), &year, &month, &mday);
	begin = day_start(date_day(&rule->begin, year)) + rule->begin.time_s -
	    rule->standard;
	end = day_start(date_day(&rule->end, year)) + rule->end.time_s -
	    rule->summer;
	/* South of the equator summer lasts over New Year. */
	if (begin < end)
		return utc_s >= begin && utc_s < end ? rule->summer
						     : rule->standard;
	return utc_s >= end && utc_s < begin ? rule->standard : rule->summer;
}
