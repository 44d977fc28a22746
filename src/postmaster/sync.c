/* What to ask of a domain, and which days Google has published; pure. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/day.h"
#include "sendtop/postmaster.h"

/* Later than this nothing is "not yet published" any more. */
enum { LAG_MAX_DAYS = 4 };

/* The last ten days are asked again each time, since Google revises; days
 * that were missed for longer are asked for as well. */
struct postmaster_span
sync_span(const char *domain, int32_t asked_last, int32_t today)
{
	struct postmaster_span span = {
		.domain = domain,
		.first = today - SYNC_FIRST_DAYS + 1,
		.last = today,
	};
	int32_t from;

	if (asked_last == DAY_NONE || asked_last > today)
		return span;
	from = asked_last + 1 < today - SYNC_AGAIN_DAYS + 1
	    ? asked_last + 1
	    : today - SYNC_AGAIN_DAYS + 1;
	if (from > span.first)
		span.first = from;
	return span;
}

int32_t
sync_newest_day(int32_t newest_value_day, int32_t today)
{
	int32_t least = today - LAG_MAX_DAYS;

	if (newest_value_day == DAY_NONE || newest_value_day < least)
		return least;
	return newest_value_day < today ? newest_value_day : today;
}
