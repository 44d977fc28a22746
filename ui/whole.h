/* Files that are there whole or not at all. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_WHOLE_H
#define SENDTOP_UI_WHOLE_H

#include <stdio.h>

#include "sendtop/error.h"

/* Writes to a name beside the one that is meant; nobody sees half of it. */
struct whole {
	FILE *out;
	char *path, *temporary; /* temporary NULL: written to directly */
};

/* What is there stays until whole_close; what is no file (a terminal, a pipe,
 * a device) is written to as it is. */
enum status whole_open(
    struct whole *whole, const char *path, struct error *err) MUST_CHECK;
/*
 * Ends it with what became of the writing: STATUS_OK puts the file in its
 * place and fails when that cannot be done, or when not all was written;
 * anything else takes it away and is returned as it is.
 */
enum status whole_close(
    struct whole *whole, enum status status, struct error *err) MUST_CHECK;

#endif
