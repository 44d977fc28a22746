/* Many lines of Postfix's log at once, taken apart by two threads. */
/* SPDX-License-Identifier: MIT */
#include "postfix_block.h"

#include <stdlib.h>
#include <string.h>

#include "newlines.h"
#include "octets.h"
#include "pair.h"

enum {
	PIECE = 256 * 1024,
	PIECE_LINES = 2560,
	PIECES = 2, /* of a slice */
	SLICE = PIECES * PIECE,
	SLICES = 3,            /* one that is joined, and those ahead of it */
	FED_PIECE = 16 * 1024, /* of what comes in small blocks */
	TOGETHER = 64 * 1024,  /* less is not worth a second thread */
};

/* Whole lines that were taken apart and are not joined yet. */
struct piece {
	const char *at;
	size_t len;
	size_t got;     /* octets read for it, with those of lines cut */
	size_t taken;   /* octets, up to where `lines` was full */
	int64_t number; /* of lines in them */
	size_t count;
	struct postfix_line lines[PIECE_LINES + 1]; /* the last is scratch */
};

/* What is read ahead, or was and is to be joined. */
struct slice {
	uint64_t at; /* of the log */
	bool reads;  /* it is to be read from there as well */
	char *octets;
	struct piece *pieces; /* each of PIECE octets of it */
};

struct blocks {
	struct mta_reader *reader;
	struct frame_memory memories[2]; /* of each thread */
	struct piece *piece;             /* when there is no pair */
	struct pair *pair;
	char *octets;                /* of all slices, in large pages */
	struct slice slices[SLICES]; /* each number's in its turn */
	/* The slice that is joined next, and the first that is not begun. */
	uint64_t next, begun;
	struct mta_octets from;
	uint64_t upto; /* the log is known to go */
	size_t got;    /* octets of the next slice, when it is done */
};

_Static_assert((int)PIECES *SLICES <= (int)PAIR_MOST, "those under way");

/* --- pieces --------------------------------------------------------------- */

/* Without lines that are too long. */
static bool
is_sound(const char *block, size_t len)
{
	const char *at = block, *end = block + len, *lf;

	while ((size_t)(end - at) > LINE_MOST) {
		lf = memrchr(at, '\n', LINE_MOST + 1);
		if (lf == NULL)
			return false;
		at = lf + 1;
	}
	return true;
}

/* Takes lines apart, none of a piece that is not sound or has binary octets. */
static void
read_piece(struct piece *piece, struct frame_memory *memory)
{
	const char *at = piece->at, *end = at + piece->len;
	struct newlines lines;
	size_t count;

	piece->count = 0;
	piece->number = 0;
	piece->taken = 0;
	if (!is_sound(at, piece->len))
		return;
	newlines_begin(&lines, at, piece->len);
	while (at < end && piece->count < PIECE_LINES) {
		piece->number += (int64_t)postfix_lines_read(memory, &lines,
		    &at, PIECE_LINES - piece->count,
		    &piece->lines[piece->count], &count);
		piece->count += count;
	}
	piece->taken = (size_t)(at - piece->at);
	if (lines.binary) {
		piece->count = 0;
		piece->number = 0;
		piece->taken = 0;
	}
}

void
blocks_read_line(struct blocks *blocks, const char *line, size_t len,
    struct postfix_line *out)
{
	postfix_line_read(&blocks->memories[0], line, len, out);
}

/* What a line will ask the memory for comes while others are joined; much of it
 * comes from the other thread's processor.  Of the text that is mostly where
 * id, address and host are: to look costs more. */
enum { SOON = 8, EARLY = 40, LATER = 104 };
static inline void
expect(struct mta_reader *r, const struct piece *piece, size_t i)
{
	const struct postfix_line *line = &piece->lines[i];
	const char *text = piece->at + line->line;

	OCTETS_EXPECT(line + SOON, 0);
	join_expect(r->senders, line->id_hash);
	OCTETS_EXPECT(text + EARLY, 0);
	OCTETS_EXPECT(text + LATER, 0);
}

static void
apply_piece(struct mta_reader *r, const struct piece *piece)
{
	struct settled last = { 0, 0, 0 };

	r->block = piece->at;
	for (size_t i = 0; i < SOON && i < piece->count; i++)
		expect(r, piece, i);
	for (size_t i = 0; i < piece->count; i++) {
		if (i + SOON < piece->count)
			expect(r, piece, i + SOON);
		r->block_at = piece->at + piece->lines[i].line;
		postfix_apply(r, r->block_at, &piece->lines[i], &last);
	}
	r->block = r->block_at = NULL;
	r->stats.lines += piece->number;
}

/* Joins what was taken apart, and the rest. */
static void
finish_piece(struct blocks *blocks, struct piece *piece)
{
	struct mta_reader *r = blocks->reader;

	for (;;) {
		apply_piece(r, piece);
		piece->at += piece->taken;
		piece->len -= piece->taken;
		if (piece->len == 0)
			return;
		read_piece(piece, &blocks->memories[0]);
		if (piece->taken == 0)
			break;
	}
	reader_lines(r, piece->at, piece->len);
}

/* --- the pair ------------------------------------------------------------- */

/* A piece's own lines are those behind its first newline: what is before that
 * began in the piece before. */
static void
fill_piece(const struct blocks *blocks, const struct slice *slice, size_t i)
{
	struct piece *piece = &slice->pieces[i];
	char *to = slice->octets + i * PIECE;
	const char *first, *last;

	piece->got = blocks->from.read(
	    blocks->from.arg, slice->at + i * PIECE, to, PIECE);
	first = memchr(to, '\n', piece->got);
	last = first != NULL ? memrchr(to, '\n', piece->got) : NULL;
	piece->at = first != NULL ? first + 1 : to;
	piece->len = first != NULL ? (size_t)(last - first) : 0;
}

static struct slice *
slice_of(struct blocks *blocks, uint64_t number)
{
	return &blocks->slices[number % SLICES];
}

static void
work(void *arg, uint64_t i, int who)
{
	struct blocks *blocks = arg;
	struct slice *slice = slice_of(blocks, i / PIECES);

	if (slice->reads)
		fill_piece(blocks, slice, i % PIECES);
	read_piece(&slice->pieces[i % PIECES], &blocks->memories[who]);
}

static void
begin_pair(struct blocks *blocks)
{
	if (blocks->pair != NULL)
		return;
	blocks->octets = mem_table(SLICES * SLICE);
	for (int i = 0; i < SLICES; i++) {
		blocks->slices[i].octets = blocks->octets + i * SLICE;
		blocks->slices[i].pieces = mem_alloc(
		    PIECES * sizeof(struct piece));
	}
	blocks->next = blocks->begun = 0;
	blocks->pair = pair_new(work, blocks);
}

/* A log that is read as it grows has no need of it any more. */
static void
end_pair(struct blocks *blocks)
{
	if (blocks->pair == NULL)
		return;
	pair_free(blocks->pair);
	blocks->pair = NULL;
	blocks->next = blocks->begun = 0;
	for (int i = 0; i < SLICES; i++)
		free(blocks->slices[i].pieces);
	free(blocks->octets);
}

struct blocks *
blocks_new(struct mta_reader *reader)
{
	struct blocks *blocks = mem_zero(1, sizeof(*blocks));

	blocks->reader = reader;
	return blocks;
}

void
blocks_free(struct blocks *blocks)
{
	end_pair(blocks);
	free(blocks->piece);
	free(blocks);
}

/* --- what is read ahead --------------------------------------------------- */

static void
finish_slice(struct blocks *blocks, uint64_t number)
{
	for (size_t i = 0; i < PIECES; i++)
		pair_finish(blocks->pair, number * PIECES + i);
}

/* Returns once nothing is under way. */
void
blocks_rest(struct blocks *blocks)
{
	for (uint64_t i = blocks->next; i < blocks->begun; i++)
		finish_slice(blocks, i);
}

/* Nothing that was read ahead is to be joined. */
static void
forget(struct blocks *blocks)
{
	blocks_rest(blocks);
	blocks->next = blocks->begun;
}

static void
begin_slice(struct blocks *blocks)
{
	blocks->begun++;
	pair_allow(blocks->pair, blocks->begun * PIECES);
}

static void
begin_reading(struct blocks *blocks, uint64_t at)
{
	struct slice *slice = slice_of(blocks, blocks->begun);

	slice->at = at;
	slice->reads = true;
	begin_slice(blocks);
}

/* Octets up to the first piece that has not all of its own. */
static size_t
octets_got(const struct slice *slice)
{
	size_t got = 0, i;

	for (i = 0; i < PIECES; i++) {
		got += slice->pieces[i].got;
		if (slice->pieces[i].got < PIECE)
			break;
	}
	return got;
}

static bool
is_ahead(
    const struct blocks *blocks, const struct mta_octets *from, uint64_t at)
{
	return blocks->next < blocks->begun &&
	    blocks->slices[blocks->next % SLICES].at == at &&
	    blocks->from.arg == from->arg && blocks->from.read == from->read;
}

size_t
blocks_ready(struct blocks *blocks, const struct mta_octets *from, uint64_t at,
    uint64_t upto, const char **octets)
{
	const struct slice *slice;

	if (!is_ahead(blocks, from, at)) {
		forget(blocks);
		if (upto < at || upto - at < SLICE)
			return 0;
		begin_pair(blocks);
		blocks->from = *from;
		begin_reading(blocks, at);
	}
	finish_slice(blocks, blocks->next);
	slice = slice_of(blocks, blocks->next);
	blocks->upto = upto;
	blocks->got = octets_got(slice);
	if (blocks->got == 0)
		forget(blocks);
	*octets = slice->octets;
	return blocks->got;
}

/* Of a slice that is short those behind it are not what comes next. */
void
blocks_go_on(struct blocks *blocks)
{
	uint64_t at = slice_of(blocks, blocks->begun - 1)->at + SLICE;

	blocks->next++;
	while (blocks->got == SLICE && at <= blocks->upto &&
	    blocks->upto - at >= SLICE &&
	    blocks->begun - blocks->next < SLICES - 1) {
		begin_reading(blocks, at);
		at += SLICE;
	}
}

/* Lines that go over the end of a piece are taken one by one. */
static void
take_slice(
    struct blocks *blocks, struct slice *slice, const char *at, const char *end)
{
	for (size_t i = 0; i < PIECES && at < end; i++) {
		struct piece *piece = &slice->pieces[i];
		const char *behind = piece->at + piece->len;

		if (piece->len == 0)
			continue;
		if (at < piece->at)
			reader_lines(
			    blocks->reader, at, (size_t)(piece->at - at));
		finish_piece(blocks, piece);
		at = behind;
	}
	if (at < end)
		reader_lines(blocks->reader, at, (size_t)(end - at));
}

/* --- blocks --------------------------------------------------------------- */

/* The next whole lines, about a piece. */
static void
cut_piece(const char **at, size_t *len, struct piece *out)
{
	const char *lf = NULL;
	size_t n = *len;

	if (n > FED_PIECE) {
		lf = memrchr(*at, '\n', FED_PIECE);
		if (lf == NULL)
			lf = memchr(*at, '\n', n);
		n = lf != NULL ? (size_t)(lf + 1 - *at) : n;
	}
	out->at = *at;
	out->len = n;
	*at += n;
	*len -= n;
}

static void
take_together(struct blocks *blocks, const char *at, size_t len)
{
	struct slice *slice;

	while (len > 0) {
		forget(blocks);
		slice = slice_of(blocks, blocks->begun);
		slice->reads = false;
		/* There may be none for the last. */
		for (size_t i = 0; i < PIECES; i++)
			cut_piece(&at, &len, &slice->pieces[i]);
		begin_slice(blocks);
		for (size_t i = 0; i < PIECES; i++) {
			pair_finish(blocks->pair, blocks->next * PIECES + i);
			finish_piece(blocks, &slice->pieces[i]);
		}
	}
	forget(blocks);
}

static void
take_alone(struct blocks *blocks, const char *at, size_t len)
{
	if (blocks->piece == NULL)
		blocks->piece = mem_alloc(sizeof(*blocks->piece));
	while (len > 0) {
		cut_piece(&at, &len, blocks->piece);
		read_piece(blocks->piece, &blocks->memories[0]);
		finish_piece(blocks, blocks->piece);
	}
}

static size_t
first_len(const char *block, size_t len)
{
	const char *lf = memchr(block, '\n', len);

	return lf != NULL ? (size_t)(lf - block) : len;
}

static void
note_last(struct blocks *blocks, const char *block, size_t len)
{
	const char *last = len > 1 ? memrchr(block, '\n', len - 1) : NULL;

	if (last != NULL)
		postfix_note_time(
		    blocks->reader, last + 1, (size_t)(block + len - last - 2));
}

/* Whole lines.  The first and the last tell the span of time. */
void
blocks_take(struct blocks *blocks, const char *block, size_t len)
{
	postfix_note_time(blocks->reader, block, first_len(block, len));
	if (len >= TOGETHER)
		begin_pair(blocks);
	else
		end_pair(blocks);
	if (blocks->pair != NULL)
		take_together(blocks, block, len);
	else
		take_alone(blocks, block, len);
	note_last(blocks, block, len);
}

void
blocks_take_ready(struct blocks *blocks, const char *at, size_t len)
{
	take_slice(blocks, slice_of(blocks, blocks->next - 1), at, at + len);
	note_last(blocks, at, len);
}
