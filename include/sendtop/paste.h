/* A cure as it can be pasted: a record over several lines stays one record. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_PASTE_H
#define SENDTOP_PASTE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a cure is a record of a master file (RFC 1035 5.1), "OWNER. IN TYPE
 * DATA", perhaps with a remark behind ";"; others are words for people. */
bool paste_is_record(const char *cure);

/*
 * The record as lines of at most `width` columns, each with its newline: as it
 * is where it fits one, else in brackets, TXT cut between strings, and every
 * line of its remark begins with ";".  The first stands at the line's start,
 * as a master file wants it: what is put before it has to be on a line of its
 * own.  Only a name that is wider than that makes a line wider.  NULL for what
 * is no record; free(3).
 */
char *paste_lines(const char *cure, size_t width);

#endif
