/* Files that are there whole or not at all. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_WHOLE_H
#define SENDTOP_UI_WHOLE_H

#include <stdbool.h>
#include <stdio.h>

#include "sendtop/error.h"

enum {
	WHOLE_NEW = 1, /* what is there already is refused, never replaced */
	WHOLE_PRIVATE = 2, /* for nobody else to read */
};

/* Writes to a file that has no name yet, or one beside the name that is meant;
 * nobody sees half of it, whatever ends the process. */
struct whole {
	FILE *out;
	char *path;
	char *temporary; /* its name until the end; NULL: it has none */
	bool direct;     /* path is no file, and written to as it is */
	unsigned flags;
};

/* What is there stays until whole_close; what is no file (a terminal, a pipe,
 * a device) is written to as it is. */
enum status whole_open(struct whole *whole, const char *path, unsigned flags,
    struct error *err) MUST_CHECK;
/*
 * Ends it with what became of the writing: STATUS_OK has it on disk, puts the
 * file in its place, and fails when that cannot be done or not all was written;
 * anything else takes it away and is returned as it is.
 */
enum status whole_close(
    struct whole *whole, enum status status, struct error *err) MUST_CHECK;

/* Both, with a text between. */
enum status whole_text(const char *path, unsigned flags, const char *text,
    struct error *err) MUST_CHECK;

#endif
