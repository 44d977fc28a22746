/* What the rules of lint share. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_LINT_H
#define CHECKS_LINT_H

#include "sendtop/lint.h"
#include "sendtop/spf.h"
#include "sendtop/tags.h"

/* The subject of what is said of no field or domain. */
#define LINT_WHOLE "message"

enum { SIGNATURES_MOST = 16 };

/* One DKIM-Signature field, read and, if it could be, verified. */
struct signature {
	const struct message_field *field;
	struct tags tags;
	const char *domain, *selector; /* or NULL: the field is broken */
	const char *subject;           /* "example.com/s1", or "field 1" */
	enum verdict verdict;          /* pass: verified */
	const char *reason, *detail;
	enum dns_outcome outcome; /* of a key that could not be asked for */
};

struct lint_state {
	struct facts *facts;
	const struct lint *lint;
	struct findings *out;
	struct arena *arena;
	const char *from_domain; /* A-labels; NULL: not exactly one author */
	struct signature signatures[SIGNATURES_MOST];
	size_t signature_count;
	enum check_state signed_state; /* waiting: keys are on their way */
	enum spf_result spf;           /* of mail_from, when ip is told */
	const char *spf_domain;
};

/* Reads and verifies all signatures into the state. */
enum check_state signatures_verify(struct lint_state *state);
/* Whether a signature that was verified covers the field. */
bool signatures_cover(const struct lint_state *state, const char *field);

/* The rules. */
enum check_state lint_format(struct lint_state *state);
enum check_state lint_signature(struct lint_state *state);
enum check_state lint_spf(struct lint_state *state);
enum check_state lint_alignment(struct lint_state *state);
enum check_state lint_unsubscribe(struct lint_state *state);

#endif
