/* The two clocks against each other: whether one was set. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_CLOCKS_H
#define SENDTOP_UI_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clocks {
	int64_t utc_s, mono_ms; /* when last compared; 0: never */
};

/* Whether UTC went another way than the monotonic clock by more than a minute
 * since the last call; text then says so in a sentence. */
bool clocks_jumped(struct clocks *clocks, int64_t utc_s, int64_t mono_ms,
    char *text, size_t size);

#endif
