/* What the files share that put history from elsewhere into the store. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_BRINGING_H
#define SENDTOP_STORE_BRINGING_H

#include "sendtop/store_bring.h"

struct bringing {
	struct store *store;
	bool replace;
	int64_t findings;  /* numbers up to that one were there before */
	struct map *known; /* what of a domain's check was: struct known */
	int64_t event;     /* the next event's number */
};

#endif
