/* UTC days and times.  No local time anywhere: Google's day is a UTC day. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_DAY_H
#define SENDTOP_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days since 1970-01-01 UTC are int32_t; times are int64_t UTC seconds. */
enum { DAY_SECONDS = 86400, DAY_NONE = INT32_MIN };
enum { DAY_TEXT_SIZE = 16, TIME_TEXT_SIZE = 32 };

int32_t day_of(int64_t time_s);                   /* the day a time lies in */
int64_t day_start(int32_t day);                   /* its first second */
int32_t day_civil(int year, int month, int mday); /* proleptic Gregorian */
void day_split(int32_t day, int *year, int *month, int *mday);
int day_weekday(int32_t day); /* 0 Monday .. 6 Sunday */

/* "2026-11-21"; also "today", "yesterday" and "-N" against today.  False
 * when it is none of these or not a date. */
bool day_parse(const char *text, int32_t today, int32_t *day);
char *day_text(char out[DAY_TEXT_SIZE], int32_t day);       /* 2026-11-21 */
char *day_short(char out[DAY_TEXT_SIZE], int32_t day);      /* Nov 21 */
char *time_text(char out[TIME_TEXT_SIZE], int64_t time_s);  /* RFC 3339, Z */
char *time_short(char out[TIME_TEXT_SIZE], int64_t time_s); /* Nov 21 14:02 */
/* The whole minute at a time or next after it: clocks show no seconds, and
 * what must not begin too early is told by this. */
int64_t time_minute_up(int64_t time_s);
bool time_parse(const char *text, int64_t *time_s); /* RFC 3339 */

/* The clocks.  Pure code takes the time as an argument instead. */
int64_t clock_utc_s(void);
int64_t clock_mono_ms(void);

#endif
