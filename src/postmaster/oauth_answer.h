/* The token endpoint's answers, pure. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_OAUTH_ANSWER_H
#define SENDTOP_OAUTH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

struct oauth_answer {
	char *access_token, *refresh_token; /* or NULL; secrets */
	int64_t expires_in_s;
	int64_t refresh_expires_in_s; /* 0: not said */
};

/* What was sent to get it: the remedies differ. */
enum oauth_grant { OAUTH_BY_REFRESH, OAUTH_BY_ASSERTION, OAUTH_BY_CODE };

/*
 * Reads the answer of an HTTP exchange with a token endpoint (RFC 6749 5).
 * what names the credentials in errors.  On success the texts are the
 * caller's; free with oauth_answer_free.  A scope that was asked for and not
 * granted is an error.
 */
enum status oauth_answer_parse(long http_code, const char *body, size_t len,
    enum oauth_grant grant, const char *what, struct oauth_answer *out,
    struct error *err) MUST_CHECK;
void oauth_answer_free(struct oauth_answer *answer);

/* The sentence, with its remedy, for an error word of RFC 6749 or Google's
 * own; NULL for others. */
const char *oauth_remedy(const char *word, enum oauth_grant grant);

#endif
