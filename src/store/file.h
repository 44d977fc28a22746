/* The files of a store that is a file. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_FILE_H
#define SENDTOP_STORE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "store/db.h"

/* Which file a path meant when it was opened. */
struct file_id {
	dev_t dev;
	ino_t ino;
	bool empty;
};

/*
 * Finds the file, or makes it with mode 0600 for DB_MAKE.  STATUS_NOT_FOUND:
 * it or its directory is not there; STATUS_FULL: it cannot be made;
 * STATUS_USAGE: it is not a regular file.
 */
enum status file_find(const char *path, enum db_mode mode, struct file_id *out,
    struct error *err) MUST_CHECK;
/* After a failure that SQLite gave another name (on a read-only medium it only
 * misses the files beside the store): the error it is, else status. */
enum status file_refused(
    const char *path, enum status status, struct error *err) MUST_CHECK;

/* STATUS_USAGE when there is something that is not a regular file. */
enum status file_regular(const char *path, struct error *err) MUST_CHECK;
/* Whether the path still means that file. */
bool file_same(const char *path, const struct file_id *id);
/* The same as a sentence; at_rest: nobody was writing it, and nobody may. */
enum status file_still(const char *path, const struct file_id *id, bool at_rest,
    struct error *err) MUST_CHECK;
/* What opening a file of a store for writing failed with, as a status. */
enum status file_failed(const char *path, const char *what, int errnum,
    struct error *err) MUST_CHECK;

/* Whether something waits in the journal beside it (PATH-wal). */
bool file_has_journal(const char *path);
/* The path as SQLite takes it for itself, and as a URI that says nobody
 * writes.  The caller frees it. */
char *file_name(const char *path);
char *file_name_immutable(const char *path);

#endif
