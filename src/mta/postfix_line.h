/* One line of Postfix's log, or of a signer beside it, taken apart. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_POSTFIX_LINE_H
#define MTA_POSTFIX_LINE_H

#include "reader.h"

enum postfix_kind {
	POSTFIX_OTHER,    /* nothing of ours */
	POSTFIX_SENDER,   /* qmgr: "ID: from=<...>, size=..." */
	POSTFIX_SESSION,  /* "Trusted TLS connection established to ..." */
	POSTFIX_DELIVERY, /* smtp, lmtp: "ID: to=<...>, relay=..." */
	POSTFIX_SIGNER,   /* of another program */
	POSTFIX_BROKEN,   /* a delivery that is none; `why` tells */
};

struct postfix_line {
	enum postfix_kind kind;
	struct syslog frame; /* at_s is not set */
	/* Of deliveries; its time, sender and TLS are not set.  Of
	 * POSTFIX_SENDER just the queue id and the sender. */
	struct delivery delivery;
	struct span relay; /* with its port; also of POSTFIX_SESSION */
	struct span tls;
	bool reused; /* the connection served another message before */
	bool probe;  /* address verification: nothing is delivered */
	const char *why;
};

/* How the frame of an earlier line was made, since nearly all are alike: its
 * octets up to the tag, where the stamp and its fraction begin and end. */
struct frame_form {
	char head[128];
	size_t stamp, minute, fraction, stamp_end, tag;
	bool modern; /* RFC 5424 */
};

/* A form for each host that logs, and tags that were found sound. */
struct frame_memory {
	struct frame_form forms[4];
	size_t last;
	struct {
		char text[48];
		size_t len;
	} tags[4];
};

/* Takes a line apart.  What its kind does not name is not set. */
void postfix_line_read(struct frame_memory *memory, const char *line,
    size_t len, struct postfix_line *out);
/* Whether it is certainly a line of Postfix. */
bool postfix_line_looks(const char *line, size_t len);

#endif
