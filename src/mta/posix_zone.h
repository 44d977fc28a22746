/* The rules of a POSIX TZ string: "CET-1CEST,M3.5.0,M10.5.0/3". */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_POSIX_ZONE_H
#define MTA_POSIX_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When summer time begins or ends: a date and the seconds into that day. */
struct zone_date {
	char form; /* 'M': month, week, weekday; 'J': 1..365; 'n': 0..365 */
	int month, week, weekday, day;
	int32_t time_s;
};

struct zone_rule {
	int32_t standard, summer; /* seconds east of Greenwich */
	bool has_summer;
	struct zone_date begin, end;
};

/* False when text is none. */
bool posix_zone_parse(const char *text, struct zone_rule *out);
int32_t posix_zone_offset(const struct zone_rule *rule, int64_t utc_s);

#endif
