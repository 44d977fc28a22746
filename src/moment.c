/* Moments as people write them on a command line. */
/* SPDX-License-Identifier: MIT */
#include "moment.h"

#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum { AHEAD_MOST = 36500, CLOCK_LEN = 5 };

/* "14:02" */
static bool
clock_parse(const char *text, int64_t *seconds)
{
	char hours[3], minutes[3];
	int64_t h, m;

	if (strlen(text) != CLOCK_LEN || text[2] != ':')
		return false;
	memcpy(hours, text, 2);
	memcpy(minutes, text + 3, 2);
	hours[2] = minutes[2] = '\0';
	if (!text_to_int(hours, 0, 23, &h) || !text_to_int(minutes, 0, 59, &m))
		return false;
	*seconds = h * 3600 + m * 60;
	return true;
}

static bool
any_day(const char *text, int32_t today, int32_t *day)
{
	int64_t ahead;

	if (strcmp(text, "tomorrow") == 0) {
		*day = today + 1;
		return true;
	}
	if (text[0] == '+') {
		if (!text_to_int(text + 1, 0, AHEAD_MOST, &ahead))
			return false;
		*day = today + (int32_t)ahead;
		return true;
	}
	return day_parse(text, today, day);
}

bool
moment_parse(const char *text, int64_t now_s, bool at_end, int64_t *out)
{
	size_t len = strcspn(text, " T");
	int32_t today = day_of(now_s), day;
	char word[16];
	int64_t seconds;

	if (time_parse(text, out))
		return true;
	if (len >= sizeof(word))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	if (!any_day(word, today, &day))
		return false;
	if (text[len] == '\0') {
		*out = day_start(at_end ? day + 1 : day);
		return true;
	}
	if (!clock_parse(text + len + 1, &seconds))
		return false;
	*out = day_start(day) + seconds;
	return true;
}
