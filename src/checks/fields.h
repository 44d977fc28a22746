/* "v=WORD; name=value" records: MTA-STS (RFC 8461 3.1), TLSRPT (RFC 8460 3). */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_FIELDS_H
#define CHECKS_FIELDS_H

#include "sendtop/facts.h"

enum { FIELDS_MAX = 16 };

struct field {
	const char *name, *value; /* in the record, not NUL-terminated */
	size_t name_len, len;
};

/* What a TXT answer holds of one kind of record. */
struct fields {
	size_t records;                  /* that begin with the version */
	const struct dns_record *record; /* the first of them, or NULL */
	const struct dns_record *meant;  /* with the word, but passed over */
	struct field items[FIELDS_MAX];  /* of record */
	size_t count;
	const char *problem; /* the first thing against the grammar, or NULL */
};

/* Looks for records that begin with the version, "v=STSv1", as both standards
 * tell senders to, and reads the first; word, "stsv1" in any case, tells what
 * was meant as one. */
void fields_read(const struct dns_answer *answer, const char *version,
    const char *word, struct fields *out);

const struct field *fields_find(const struct fields *fields, const char *name);

/* A name of up to 32 octets, as both standards write it. */
bool fields_is_name(const char *s, size_t len);

/* Whether the record begins with the version and a semicolon. */
bool fields_is_record(const struct dns_record *record, const char *version);

#endif
