/* A line of a world, and what it makes: a session, an answer. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHECKS_WORLDLINE_H
#define TESTS_UNIT_CHECKS_WORLDLINE_H

#include "sendtop/https.h"
#include "sendtop/smtp.h"

struct line {
	const char *name, *type;
	char *value;
	bool authentic, unchecked; /* TYPE+, TYPE/cd */
};

/* \DDD is one octet; or hex.  Both return how many octets that are. */
size_t world_unescape(const char *value, uint8_t *out);
size_t world_unhex(const char *value, uint8_t *out);

/* What the lines say of a host, or of a URL, at an address; unreachable where
 * they say nothing. */
struct smtp_session *world_session(const struct line *lines, size_t count,
    const char *host, const struct address *address);
struct https_answer *world_https(const struct line *lines, size_t count,
    const char *url, const struct address *address);

#endif
