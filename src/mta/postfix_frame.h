/* The frame of Postfix's lines: nearly all are made as one before. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_POSTFIX_FRAME_H
#define MTA_POSTFIX_FRAME_H

#include "postfix_line.h"

/* Whose a tag may be: most are none of ours. */
enum { TAG_OTHER, TAG_SMTP, TAG_QMGR, TAG_SIGNER };

enum { TAG_READ = 12 };

/* Of at least TAG_READ octets: "postfix/" is nearly all tags' start. */
static inline struct known_tag *
tag_slot(struct frame_memory *memory, const char *tag)
{
	uint32_t word;

	memcpy(&word, tag + TAG_READ - 4, 4);
	return &memory->tags[word * 0x9e3779b1u >> 28];
}

/* Fills out, and of `to` form and second.  Returns the kind of its tag;
 * TAG_OTHER also for what has no frame. */
int postfix_frame(struct frame_memory *memory, const char *line, size_t len,
    struct syslog *out, struct postfix_line *to);

#endif
