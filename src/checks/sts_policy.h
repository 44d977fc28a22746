/* The file behind an MTA-STS record (RFC 8461 3.2).  Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_STS_POLICY_H
#define CHECKS_STS_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sts_mode {
	STS_NONE,
	STS_TESTING,
	STS_ENFORCE,
};

enum {
	STS_MX_MAX = 256,
	STS_AGE_MAX_S = 31557600, /* a year */
};

struct sts_pattern {
	const char *text; /* in the body, not NUL-terminated */
	size_t len;
};

struct sts_policy {
	enum sts_mode mode;
	int64_t max_age_s;
	struct sts_pattern mx[STS_MX_MAX];
	size_t mx_count;
	const char *problem; /* why senders cannot use it, or NULL */
	size_t line;         /* of the problem, from 1; 0: no single one */
};

/* Reads a policy; the patterns point into body, which must stay. */
void sts_policy_read(const char *body, size_t len, struct sts_policy *out);

/* Whether a pattern fits the host (RFC 8461 4.1): "*." stands for exactly
 * one label. */
bool sts_policy_covers(const struct sts_policy *policy, const char *host);

/* "none", "testing", "enforce". */
const char *sts_mode_name(enum sts_mode mode);

#endif
