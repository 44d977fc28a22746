/* The stamps of log lines, and the moments they mean. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_STAMP_H
#define MTA_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * "Nov 22 03:12:44", also with a fraction or a year between; "2026-11-22
 * 03:12:44" with T or a space between, a fraction, and a zone (Z, +01:00,
 * +0100, also after a space); seconds since 1970 with nine to eleven digits.
 * What has no zone is of the log's zone, what has no year is settled by the
 * moment when the log was last written and by the stamps before it.
 */
struct stamps;
/* written_s is in the past; last_s: the last moment that was read of a log
 * before this one, or 0. */
struct stamps *stamps_new(const char *zone, int64_t written_s, int64_t last_s);
void stamps_free(struct stamps *stamps);
/* Whether the zone of that name is on this machine; else it is UTC. */
bool stamps_zone_known(const struct stamps *stamps);

/* Octets of the stamp at the start of text, 0 when there is none. */
size_t stamp_len(const char *text, size_t len);
/* Whether the stamp of that length lacks the year. */
bool stamp_yearless(const char *text, size_t len);

/* The date of one that lacks it: 0 to 365 as in a leap year; -1: none. */
int stamp_date(const char *text);
int stamp_date_of(int month, int mday);

/* The moment of the stamp at the start of text; *used: its octets.  False when
 * there is none, or no such date. */
bool stamp_read(struct stamps *stamps, const char *text, size_t len,
    size_t *used, int64_t *out);
/* The same, quickly, when it is of the minute of the one before. */
bool stamp_same(struct stamps *stamps, const char *text, size_t len,
    size_t *used, int64_t *out);
/* A second of the minute of the stamp before; false when that is not known. */
bool stamp_second(struct stamps *stamps, unsigned second, int64_t *out);
/* Whether years turned out wrong that were given out before. */
bool stamps_years_late(const struct stamps *stamps);
/* The line before was of that moment, and of this log. */
void stamps_place(struct stamps *stamps, int64_t last_s);
/* No line from here on is newer; INT64_MAX: that is not known. */
void stamps_bound(struct stamps *stamps, int64_t most_s);
/* The last moment that was read; 0 none. */
int64_t stamps_last(const struct stamps *stamps);

#endif
