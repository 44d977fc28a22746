/* DMARC records and where they are found (RFC 9989). */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_DMARC_H
#define CHECKS_DMARC_H

#include "sendtop/tags.h"
#include "sendtop/facts.h"

/* --- one record ----------------------------------------------------------- */

enum dmarc_policy {
	DMARC_ABSENT, /* the tag is not there */
	DMARC_NONE,
	DMARC_QUARANTINE,
	DMARC_REJECT,
	DMARC_INVALID,
};
const char *dmarc_policy_name(enum dmarc_policy policy);

struct dmarc_record {
	const struct dns_record *record;
	struct tags tags;
	enum dmarc_policy p, sp, np;
	char psd; /* y, n or u */
	bool testing;
	bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
};

/* Whether a TXT record counts as a DMARC record: v=DMARC1 comes first. */
bool dmarc_is_record(const struct dns_record *record);

/* Whether it was meant as one, but receivers pass over it. */
bool dmarc_is_meant(const struct dns_record *record);

void dmarc_record_read(
    const struct dns_record *record, struct dmarc_record *out);

/* Which of p, sp and np holds (4.10.1): sp and np count for a domain that
 * inherits the record, np where that domain does not exist. */
enum dmarc_policy dmarc_record_policy(
    const struct dmarc_record *record, bool inherited, bool exists);

/* Why the policy does not stand as written, or NULL. */
const char *dmarc_record_broken(struct dmarc_record *record);

/* What receivers pass over and read as its default, or NULL.  *tag is the
 * tag to take out, or NULL when it is not one. */
const char *dmarc_record_ignored(struct dmarc_record *record, const char **tag);

enum { DMARC_HOSTS_MAX = 10 };

/* The destinations of aggregate reports. */
struct dmarc_rua {
	bool present;        /* there is a rua= that is not empty */
	size_t valid;        /* URIs that can be used */
	const char *invalid; /* the first that cannot, or NULL */
	const char *mended;  /* the value with mailto: where that is what
				   lacks, or NULL */
	size_t host_count;   /* different hosts, lower case */
	const char *hosts[DMARC_HOSTS_MAX];
};
void dmarc_rua_read(
    struct dmarc_record *record, struct arena *arena, struct dmarc_rua *out);

/* --- the tree walk, RFC 9989 4.10 ----------------------------------------- */

enum { DMARC_QUERIES_MAX = 8 };

struct dmarc_step {
	const char *domain; /* the end of the name that is walked */
	const struct dns_answer *answer;
	size_t records;                  /* DMARC records there; one counts */
	const struct dns_record *record; /* the one, or NULL */
	char psd;
};

struct dmarc_walk {
	size_t count;
	struct dmarc_step steps[DMARC_QUERIES_MAX];
	size_t read;  /* steps that count: the walk ended there */
	bool waiting; /* a step that counts is not answered yet */
	const struct dmarc_step *failed; /* could not be asked, or NULL */
};

/* Walks up from domain (an A-label name that stays); asks for every step at
 * once. */
void dmarc_walk(
    struct facts *facts, const char *domain, struct dmarc_walk *out);

/* The organizational domain (4.10.2) that a whole walk gives. */
const char *dmarc_walk_org(const struct dmarc_walk *walk);

/* The step whose record is the policy (4.10.1), or NULL. */
const struct dmarc_step *dmarc_walk_policy(const struct dmarc_walk *walk);

/* Whether a domain that SPF or DKIM vouches for is in line with the author's
 * (4.4): strict, the same name; else the same organizational domain.  Both
 * walks are whole. */
bool dmarc_aligned(const struct dmarc_walk *author,
    const struct dmarc_walk *vouched, bool strict);

/* The owner name of a domain's DMARC record. */
void dmarc_owner(char out[DNS_NAME_SIZE], const char *domain);

#endif
