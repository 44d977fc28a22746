/* What the roster's two files share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_ROSTER_DATA_H
#define SENDTOP_UI_ROSTER_DATA_H

#include "roster.h"

enum { NOT_JUDGED = 4 }; /* in counts by state */

/* A domain in short.  Numbers that are not known are NaN. */
struct entry {
	int64_t id, dated_s;
	const char *name, *registrable, *tag;
	const char *words; /* lower case: name, tag, reasons, a line each */
	const char *why;   /* the reasons within words */
	float spam;        /* standing_spam_place() */
	float mean, trend, volume, growth, ceiling;
	unsigned char state; /* enum standing_state, or NOT_JUDGED */
	unsigned char ramp, reputation;
};

/* One reading; entries by name. */
struct reading {
	struct arena *arena;
	struct entry *entries;
	size_t count, cap;
	int32_t as_of;
};

struct roster {
	roster_past *past;
	void *arg;
	struct reading now, next;
	bool ready; /* now was read to its end */
	bool busy;  /* next is being read */
	bool fresh; /* next was read to its end */
	/* The lines: an entry's number, or past them all a group's. */
	uint32_t *lines;
	size_t line_count, line_cap;
	struct group *groups;
	size_t group_count, group_cap;
	struct map *folded; /* names of groups */
	bool fold_all;      /* folded holds those that are not */
};

/* Makes what was read last the one that lines are made of. */
void roster_take_fresh(struct roster *roster);

#endif
