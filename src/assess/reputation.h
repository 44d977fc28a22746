/* What the parts of the reputation estimate share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_REPUTATION_H
#define SENDTOP_ASSESS_REPUTATION_H

#include "phrase.h"
#include "sendtop/assess.h"

enum { WEEK = 7, MONTH = 30 };

struct evidence {
	const struct history *h;
	int32_t newest; /* of Postmaster */
	struct reputation_judgement *out;
};

/* Adds what Gmail's replies in the own log say of reputation and limits. */
void reputation_by_log(struct evidence *e);

/* The largest share of a day's attempts, of the last seven days, that Gmail
 * rejected for reputation or content by the own log; 0 when there is none. */
double reputation_rejected_log(const struct evidence *e);

#endif
