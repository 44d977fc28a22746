/* Log files as octets: plain, packed or piped; known again by their head. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SOURCE_H
#define SENDTOP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

enum {
	SOURCE_HEAD = 4096,
	SOURCE_TAIL = 4096,
	SOURCE_STEP = 32, /* see struct source_mark */
	SOURCE_STEPS = SOURCE_HEAD / SOURCE_STEP,
	SOURCE_CHUNK = 256 * 1024,
};

struct source;

/* What the system says of it. */
struct source_facts {
	uint64_t device, inode; /* 0 for a pipe */
	int64_t size;           /* octets on disk; -1 for a pipe */
	int64_t written_s;      /* last written; of a pipe: now */
	int64_t packed_s;       /* what was packed was, as gzip tells; or 0 */
	bool packed;            /* gzip, bzip2, zstd, xz, lz4 */
	bool piped;             /* cannot be read twice */
};

/*
 * Opens a file, or with "-" standard input.  Fails with one sentence that
 * names it: a directory, no permission, not there.  Never waits for a FIFO's
 * other side.
 */
enum status source_open(
    const char *path, struct source **out, struct error *err) MUST_CHECK;
void source_close(struct source *source);
void source_facts(const struct source *source, struct source_facts *out);

/* The first octets of the unpacked content, as many as there are by now, at
 * most SOURCE_HEAD; borrowed until the next call. */
size_t source_head(struct source *source, const char **head);

/*
 * Octets of the unpacked content from `offset` on; *got 0: there are no more
 * by now.  What is packed or piped is read on from where it is, so offset must
 * not go back; what lies between is skipped.  STATUS_PARSE: the packed data
 * are damaged or cut short; what came before was given out.  STATUS_BUSY: a
 * pipe has nothing yet.
 */
enum status source_read(struct source *source, uint64_t offset, char *buf,
    size_t size, size_t *got, struct error *err) MUST_CHECK;

/* The same of what is neither packed nor piped, by several threads at once if
 * need be.  Returns how many octets it got: what stops it source_read() will
 * tell. */
size_t source_peek(
    const struct source *source, uint64_t offset, char *buf, size_t size);

/* How far what is read but once was read by now. */
uint64_t source_at(const struct source *source);

/* The octets that end at `end`, at most SOURCE_TAIL, as many of them as are at
 * hand: of what is read but once, only those read just now. */
size_t source_tail(struct source *source, uint64_t end, char *buf);

/* What became of a file since it was opened. */
enum source_fate {
	SOURCE_SAME,
	SOURCE_CUT,   /* it has other content now: copied and truncated */
	SOURCE_MOVED, /* the name is another file's now: renamed */
	SOURCE_GONE,  /* nothing has the name any more */
};
/* upto: how far it was read, head_len and head_hash of what its content began
 * with then. */
enum source_fate source_fate(struct source *source, uint64_t upto,
    uint64_t head_len, uint64_t head_hash);

/* FNV-1a of len octets; the hash of nothing is HEAD_HASH_EMPTY. */
#define HEAD_HASH_EMPTY 0xcbf29ce484222325u
uint64_t source_hash(const char *data, size_t len);
/* The same going on from a hash. */
uint64_t source_hash_on(uint64_t hash, const char *data, size_t len);

/* --- which log it is ------------------------------------------------------ */

/* What is known of a content that was read before. */
struct source_mark {
	uint64_t device, inode;
	uint64_t offset; /* how far it was read */
	uint64_t head_len, head_hash;
	/* Of the tail_len octets that end at tail_end, which is where it was
	 * read to, or before that; tail_len 0: not known. */
	uint64_t tail_end, tail_len, tail_hash;
	/* Of its first SOURCE_STEP octets, of twice as many and so on within
	 * the head: what a short copy is known by.  step_count 0: not known. */
	uint32_t steps[SOURCE_STEPS];
	size_t step_count;
};
/* Sets what tells the head: the first len octets, at most SOURCE_HEAD. */
void source_mark_head(struct source_mark *mark, const char *head, size_t len);
/* Sets what tells the tail that ends at mark->offset. */
void source_mark_tail(struct source_mark *mark, const char *tail, size_t len);

/* How a source and a mark go together.  The better ones come first. */
enum source_fit {
	FIT_WHOLE, /* it begins with all that was read */
	FIT_HEAD,  /* it begins alike, more is not known (yet) */
	FIT_SHORT, /* it begins alike, and ends before the place */
	FIT_OTHER, /* it begins alike, and is another one at the place */
	FIT_NONE,
};

/*
 * The mark that fits the content best, whatever file it is in now (renamed,
 * copied, packed); SIZE_MAX: there is none.  Marks that are NULL are passed by.
 */
size_t source_match(struct source *source,
    const struct source_mark *const *marks, size_t count, enum source_fit *fit);

/* What is read but once shows whether it fits when it is read up to the mark's
 * tail: from now on that is looked at. */
void source_watch(struct source *source, const struct source_mark *mark);
/* FIT_WHOLE, FIT_OTHER, FIT_SHORT when it ended before, or FIT_HEAD as long as it
 * was not read so far or nothing is watched. */
enum source_fit source_watched(const struct source *source);

/*
 * Whether the name is one that rotation makes of `path`: mail.log.1,
 * mail.log-20261122.gz, mail.log.2.zst.  name is without its folder.
 */
bool source_is_rotated(const char *path, const char *name);
/* How much of a path is left without what rotation adds: all logs of one
 * writer have that much in common. */
size_t source_family_len(const char *path);

#endif
