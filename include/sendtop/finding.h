/* Findings: the verdict of one check on one subject. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_FINDING_H
#define SENDTOP_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/mem.h"

/* Stored as these numbers: never renumber. */
enum verdict {
	VERDICT_PASS = 0,
	VERDICT_NOTE = 1,
	VERDICT_WARN = 2,
	VERDICT_FAIL = 3,
	VERDICT_UNKNOWN = 4,
	VERDICT_SKIP = 5,
};

struct finding {
	const char *check;   /* a check's name, or google.* */
	const char *subject; /* printable: IP, host, selector or domain */
	enum verdict verdict;
	const char *reason;
	const char *detail;   /* printable, one line, may be "" */
	const char *cure;     /* the record or command to use, or "" */
	int64_t first_seen_s; /* since when it is so; 0 before the store */
	int64_t last_seen_s;
	/* While unknown: what was last known, NULL if nothing. */
	enum verdict known_verdict;
	const char *known_reason;
	int64_t known_s;
	/* The DNS record or list that the check read, printable, or "" (NULL
	 * counts as ""); while unknown the last one known. */
	const char *record;
	/* The operator asked not to hear of it: shown, but counts no more. */
	bool muted;
	int64_t muted_until_s; /* 0: for good */
	const char *muted_why; /* NULL unless muted */
};

/* In an MTA-STS record's `record`: what comes before the policy that was read
 * by it.  No such record has it, since its values hold no spaces. */
#define FINDING_POLICY " + "

/* pass, note, warn, fail, unknown, skip; -1 for another word. */
const char *verdict_name(enum verdict verdict);
int verdict_parse(const char *word);
/* Bad news first: fail 5, warn 4, unknown 3, note 2, pass 1, skip 0. */
int verdict_weight(enum verdict verdict);
/* Order for people: by weight, then check, then subject. */
int finding_compare(const struct finding *a, const struct finding *b);

#endif
