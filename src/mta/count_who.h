/* Envelope senders that were met lately, with the rows they count in. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_COUNT_WHO_H
#define SENDTOP_MTA_COUNT_WHO_H

#include "mta/count_names.h"
#include "mta/count_rows.h"

enum {
	WHO_TEXT = 112,
	WHO_ROWS = 8,
};

/* All addresses of one stem at one domain. */
struct who {
	uint64_t hash;
	uint32_t epoch;     /* the flush that its rows are of */
	int32_t domain;     /* as in struct zone */
	const char *stream; /* of its rows */
	struct sender_row *row;
	/* Where it was counted last, by the provider's number. */
	struct traffic_row *traffic[WHO_ROWS];
	uint16_t local, len; /* of both parts; 0: free */
	char text[WHO_TEXT]; /* what stays of the local part, then the rest */
};

struct whos {
	struct who *slots;
	struct who spare; /* of what is too long to be kept */
};

void whos_init(struct whos *whos);
void whos_fini(struct whos *whos);
void whos_forget(struct whos *whos);

/* Borrowed until the next call. */
struct who *whos_find(
    struct whos *whos, struct names *names, const struct span *sender);

#endif
