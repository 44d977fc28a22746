/* The time stamps of logs, settled to UTC. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_STAMP_H
#define MTA_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone.h"

/* Stamps come in the order of their lines: that settles the year that syslog
 * leaves out and the hour that clocks show twice. */
struct stamps {
	struct zone *zone;
	int64_t written_s; /* when the log was last written */
	int year, month;   /* of the line before; 0: none */
	int64_t last_s;
	/* The minute read last, since most lines share it. */
	char minute[24];
	size_t minute_len;
	int64_t minute_s;
};

void stamps_init(struct stamps *stamps, const char *zone, int64_t written_s);
void stamps_fini(struct stamps *stamps);

/*
 * A stamp at the start of a line: "Nov 22 03:12:44", RFC 3339 with T or a
 * blank, with or without fraction and zone.  *used: its octets.
 */
bool stamp_read(struct stamps *stamps, const char *at, size_t len, size_t *used,
    int64_t *out);

#endif
