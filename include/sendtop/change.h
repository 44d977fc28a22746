/* One thing that is not as it was at another moment. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_CHANGE_H
#define SENDTOP_CHANGE_H

#include "sendtop/finding.h"

struct change {
	int64_t at_s;       /* when; 0: some time between the two */
	const char *domain; /* "" for all, and for sendtop's own */
	/* An event's kind, or number, milestone, verdict, record, note,
	 * mute. */
	const char *kind;
	enum verdict verdict;
	bool small; /* a number that moves from day to day as it is */
	const char *text;
	/* Of a number, verdict or record: what it is of, and how that was and
	 * is; else NULL. */
	const char *name, *then, *now;
};

#endif
