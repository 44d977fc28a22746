/* Finding the few lines of a large log that matter, many octets at a time. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_SCAN_H
#define MTA_SCAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Looks for "m=<" and "o=<" (from=<, to=<), "S c" (TLS connection) and "(s="
 * (a signature's selector), the marks of Postfix's lines that count.  Writes
 * where they are, at most one a line; `hits` has room for scan_most(len).
 * Returns how many; *lines: how many newlines the block has.
 */
size_t scan_marks(
    const char *block, size_t len, uint32_t *hits, uint64_t *lines);
/* The plain way, for processors without the wide one and to test it. */
size_t scan_marks_plain(
    const char *block, size_t len, uint32_t *hits, uint64_t *lines);

#endif
