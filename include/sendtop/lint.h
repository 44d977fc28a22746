/* Lint: one message against the guidelines, from its octets and from DNS. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_LINT_H
#define SENDTOP_LINT_H

#include "sendtop/check.h"
#include "sendtop/message.h"

struct lint {
	const struct message *message;
	/* How it was handed over, for SPF; NULL: not told. */
	const struct address *ip;
	const char *helo, *mail_from;
	int64_t now_s;
};

/* A DKIM signature that the message bears. */
struct lint_signature {
	const char *domain, *selector; /* d= and s=, A-labels, lower case */
	bool verified;
};

/* What is known when all is told; lives in the arena of the findings. */
struct lint_result {
	const char *from_domain; /* of the one author, or NULL */
	const struct lint_signature *signatures;
	size_t signature_count;
};

/*
 * Runs every rule (format, signature, spf_sender, alignment, unsubscribe) and
 * restarts from the beginning on CHECK_WAITING, as checks do.
 */
enum check_state lint_run(struct facts *facts, const struct lint *lint,
    struct findings *out, struct lint_result *result);
/* Name i of the rules, NULL past the end. */
const char *lint_rule(size_t i);

#endif
