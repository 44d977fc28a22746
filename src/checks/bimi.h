/* What a BIMI record points to: the logo and its certificate.  Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_BIMI_H
#define CHECKS_BIMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/mem.h"

enum {
	LOGO_MAX = 32 * 1024, /* octets that a logo should not exceed */
};

/* Whether the body is compressed (gzip), which is allowed but not looked
 * into. */
bool logo_compressed(const char *body, size_t len);

/* What keeps the body from being SVG Tiny PS, judged by its root element, its
 * title and the names of its elements; or NULL.  In the arena. */
const char *logo_problem(const char *body, size_t len, struct arena *arena);

/* The first certificate of a PEM file. */
struct mark {
	size_t count;  /* certificates in the file */
	bool for_mark; /* its key usage is a brand indicator's */
	int64_t not_before_s, not_after_s;
};

/* False when there is no PEM certificate, or it is none. */
bool mark_read(const char *body, size_t len, struct mark *out);

#endif
