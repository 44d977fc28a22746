/* Many lines of Postfix's log at once, taken apart by two threads. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_POSTFIX_BLOCK_H
#define MTA_POSTFIX_BLOCK_H

#include "postfix_line.h"

struct blocks;

struct blocks *blocks_new(struct mta_reader *reader);
void blocks_free(struct blocks *blocks);

/* One line; its kind may be any. */
void blocks_read_line(struct blocks *blocks, const char *line, size_t len,
    struct postfix_line *out);
/* Whole lines. */
void blocks_take(struct blocks *blocks, const char *block, size_t len);

/* See struct mta_format. */
size_t blocks_ready(struct blocks *blocks, const struct mta_octets *from,
    uint64_t at, uint64_t upto, const char **octets);
void blocks_go_on(struct blocks *blocks);
void blocks_take_ready(struct blocks *blocks, const char *at, size_t len);
void blocks_rest(struct blocks *blocks);

/* --- of the reader, for blocks -------------------------------------------- */

/* When a line was written, and how that was known. */
struct settled {
	uint16_t form; /* of struct postfix_line; 0: not known */
	uint8_t second;
	int64_t at_s;
};

/* Joins a line that is not POSTFIX_OTHER.  last: of the line before it, then of
 * this. */
void postfix_apply(struct mta_reader *r, const char *text,
    const struct postfix_line *line, struct settled *last);
/* The log's span is told by lines that do not count as well. */
void postfix_note_time(struct mta_reader *r, const char *line, size_t len);

#endif
