/* The panels as plain text, for tickets and mail. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_SNAPSHOT_H
#define SENDTOP_UI_SNAPSHOT_H

#include <stdio.h>

#include "sendtop/view.h"

enum { SNAPSHOT_WIDTH = 80 };

struct snapshot_options {
	struct store *store;
	const struct settings *settings;
	const struct requirements *requirements; /* or NULL */
	/* Each of these in full; none: the list of all, and in short those
	 * that are not well. */
	const char *const *domains;
	size_t domain_count;
	int32_t as_of; /* DAY_NONE: live */
	int64_t now_s;
	int width; /* 0: SNAPSHOT_WIDTH */
	bool ascii;
};

/* Writes it.  STATUS_NOT_FOUND: a domain is not watched.  The caller looks at
 * the stream's own errors. */
enum status snapshot_text(FILE *out, const struct snapshot_options *options,
    struct error *err) MUST_CHECK;

/*
 * Writes it to a new file sendtop-<domain or all>-<time>.txt in the working
 * directory, or in the state directory where that cannot be written to.
 * *path is the caller's.
 */
enum status snapshot_file(const struct snapshot_options *options, char **path,
    struct error *err) MUST_CHECK;

#endif
