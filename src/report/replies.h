/* Replies of receivers, summed up over hours and streams. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_REPLIES_H
#define SENDTOP_REPORT_REPLIES_H

#include "sendtop/history.h"

struct reply_total {
	const struct reply_count *newest; /* of its provider, key, reply and
					   * identity */
	int64_t count;
};

/* The history's replies, most often first; at most REPORT_REPLIES_MAX.  Free
 * *out with free(3). */
enum { REPORT_REPLIES_MAX = 200 };
size_t report_replies(const struct history *history, struct reply_total **out);

#endif
