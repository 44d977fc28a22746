/* Days and spans as people type them. */
/* SPDX-License-Identifier: MIT */
#include "when.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	SPAN_MOST = 10000,
	HOUR_S = 3600,
	WEEK_DAYS = 7,
	MONTH_DAYS = 30,
	YEAR_DAYS = 366,
};

/* "Nov 17" or "nov17": the day of that name, looking from `today` on in steps
 * of `step` days. */
static bool
month_day(const char *text, int32_t today, int32_t step, int32_t *day)
{
	char want[DAY_TEXT_SIZE], have[DAY_TEXT_SIZE];
	const char *digits = text + strcspn(text, "0123456789");
	int64_t mday;

	if (digits - text < 3 || !text_to_int(digits, 1, 31, &mday))
		return false;
	snprintf(want, sizeof(want), "%.3s %d", text, (int)mday);
	for (int32_t i = 0; i < YEAR_DAYS; i++) {
		day_short(have, today + i * step);
		if (text_equal_nocase(want, have)) {
			*day = today + i * step;
			return true;
		}
	}
	return false;
}

bool
when_day(const char *text, int32_t today, int32_t *day)
{
	int32_t found;

	if (text_equal_nocase(text, "week"))
		found = today - WEEK_DAYS;
	else if (text_equal_nocase(text, "month"))
		found = today - MONTH_DAYS;
	else if (!day_parse(text, today, &found) &&
	    !month_day(text, today, -1, &found))
		return false;
	if (found > today)
		return false;
	*day = found;
	return true;
}

/* A count of hours, days or weeks as seconds; 0 when it is none. */
static int64_t
span(const char *text)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 'h', HOUR_S }, { 'd', DAY_SECONDS },
		{ 'w', (int64_t)WEEK_DAYS * DAY_SECONDS } };
	char *end;
	long n;

	if (text[0] == '+')
		text++;
	if (text[0] < '0' || text[0] > '9')
		return 0;
	n = strtol(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (end[0] == units[i].unit && end[1] == '\0' && n > 0 &&
		    n < SPAN_MOST)
			return n * units[i].seconds;
	return 0;
}

bool
when_until(const char *text, int64_t now_s, int64_t *until_s)
{
	int32_t day, today = day_of(now_s);

	if (text_equal_nocase(text, "forever") ||
	    text_equal_nocase(text, "for good")) {
		*until_s = 0;
		return true;
	}
	if (span(text) > 0) {
		*until_s = now_s + span(text);
		return true;
	}
	if (text_equal_nocase(text, "tomorrow"))
		day = today + 1;
	else if (!day_parse(text, today, &day) &&
	    !month_day(text, today, 1, &day))
		return false;
	if (day < today)
		return false;
	*until_s = day_start(day + 1);
	return true;
}
