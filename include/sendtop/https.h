/* What an HTTPS server answered to one GET, as one fact. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_HTTPS_H
#define SENDTOP_HTTPS_H

#include <stddef.h>

enum https_outcome {
	HTTPS_OK,          /* an HTTP answer of any code */
	HTTPS_UNTRUSTED,   /* its certificate does not hold for the name */
	HTTPS_UNREACHABLE, /* refused, no route, host down */
	HTTPS_TIMEOUT,
	HTTPS_TOO_LARGE, /* past HTTPS_BODY_MAX: nothing of it is kept */
	HTTPS_BROKEN,    /* connected, but no whole HTTP answer came: TLS
			    failed, cut off, not HTTP, a URL that is none */
	HTTPS_UNSAFE,    /* not tried: a special address, not allowed */
	HTTPS_NETWORK,   /* our own side: no such network here */
};

/* A body of more octets is not read: RFC 8461 3.3 for policies, and enough
 * for a logo (32 KiB) or a mark certificate. */
enum { HTTPS_BODY_MAX = 64 * 1024, HTTPS_URL_SIZE = 1024 };

/* One block of memory: free(3) frees it all.  Texts are never NULL. */
struct https_answer {
	enum https_outcome outcome;
	int code;                 /* HTTP's, or 0 */
	const char *content_type; /* printable; "" when there is none */
	const char *body;         /* as it came, with a NUL behind */
	size_t body_len;          /* may hold NULs */
	const char *error;        /* why there is no answer: printable, one
				     sentence that names the host; or "" */
};

/* An answer made from given members (copied, texts made printable); a body
 * past the bound becomes HTTPS_TOO_LARGE. */
struct https_answer *https_answer_make(const struct https_answer *from);

#endif
