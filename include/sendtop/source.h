/* Log files as octets: plain, packed or piped; known again by their head. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SOURCE_H
#define SENDTOP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

enum { SOURCE_HEAD = 4096, SOURCE_CHUNK = 256 * 1024 };

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

/* --- which log it is ------------------------------------------------------ */

/* How a content that was read before began. */
struct source_mark {
	uint64_t device, inode;
	uint64_t offset; /* how far it was read */
	uint64_t head_len, head_hash;
};

/*
 * The mark of the content that begins with this head, whatever file it is in
 * now (renamed, copied, packed); SIZE_MAX: never seen.  A head shorter than
 * SOURCE_HEAD holds all that was read of its mark, so a match is never wrong
 * about what it skips.
 */
size_t source_match(const struct source_mark *marks, size_t count,
    const char *head, size_t len, const struct source_facts *facts);

/*
 * Whether the name is one that rotation makes of `path`: mail.log.1,
 * mail.log-20261122.gz, mail.log.2.zst.  name is without its folder.
 */
bool source_is_rotated(const char *path, const char *name);
/* How much of a path is left without what rotation adds: all logs of one
 * writer have that much in common. */
size_t source_family_len(const char *path);

#endif
