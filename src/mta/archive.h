/* Packed logs: octets out of gzip, bzip2, zstd, xz and lz4. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_ARCHIVE_H
#define SENDTOP_MTA_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "sendtop/error.h"

struct archive_log;

/* Whether data begins as one of the packers' files does. */
bool archive_is_packed(const char *data, size_t len);

/* Reads from fd, which stays the caller's, after the `len` octets of `begin`
 * that were taken from it already (copied). */
enum status archive_log_open(int fd, const char *begin, size_t len,
    struct archive_log **out, struct error *err) MUST_CHECK;
void archive_log_close(struct archive_log *log);

/* *got 0: the end.  STATUS_PARSE: damaged or cut short, and all that came before
 * has been handed out. */
enum status archive_log_read(struct archive_log *log, char *buf, size_t size,
    size_t *got, struct error *err) MUST_CHECK;

#endif
