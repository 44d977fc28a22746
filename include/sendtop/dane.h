/* DANE: whether certificates fit TLSA records.  Pure (RFC 6698, 7671, 7672). */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_DANE_H
#define SENDTOP_DANE_H

#include <stdbool.h>

#include "sendtop/facts.h"

/* The records of an answer that are looked at. */
enum { DANE_RECORDS_MAX = 64, DANE_TEXT_SIZE = 3 * 4 + 64 * 2 + 8 };

enum dane_fit {
	DANE_FITS,
	DANE_MISFITS,  /* also when there is no certificate at all */
	DANE_UNUSABLE, /* no record that SMTP can use */
	DANE_UNTOLD,   /* OpenSSL could not do it */
};

struct dane_match {
	enum dane_fit fit;
	unsigned usable;             /* records */
	char record[DANE_TEXT_SIZE]; /* that fits: "3 1 1 4fd6..." */
	const char *why;             /* OpenSSL's words for a misfit, or "" */
};

/*
 * Matches the certificates of a session (struct smtp_session's chain) against
 * the TLSA records of its host as a sender of mail does: DANE-EE(3) looks at
 * the key alone; DANE-TA(2) also at dates and at the name, which may be the
 * host or the domain whose mail it is; PKIX usages 0 and 1 are unusable (RFC
 * 7672 3.1.3).  Of several digests the strongest counts (RFC 7671 9).
 */
void dane_match(const struct dns_answer *tlsa, const uint8_t *chain,
    size_t chain_len, const char *host, const char *domain, int64_t now_s,
    struct dane_match *out);

/* "3 1 1 HEX" for the first certificate: the record to publish.  False when
 * there is none. */
bool dane_record(
    const uint8_t *chain, size_t chain_len, char out[DANE_TEXT_SIZE]);

/* A record as text, long data shortened. */
char *dane_text(const struct dns_record *record, char out[DANE_TEXT_SIZE]);

#endif
