/* Days and spans as people type them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_WHEN_H
#define SENDTOP_UI_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* A day up to today: 2026-11-17, "Nov 17" (the last one), today, yesterday,
 * "week", "month", -N days. */
bool when_day(const char *text, int32_t today, int32_t *day);

/* The end of a mute: a day to come (its end is meant), 12h, 3d, 2w, or
 * "forever" (0); in any other case false. */
bool when_until(const char *text, int64_t now_s, int64_t *until_s);

#endif
