/* What the outside world answered: the raw facts that checks work on. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_FACTS_H
#define SENDTOP_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/address.h"

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52,
};

/* How a question ended.  Only DNS_NONE says that the record does not exist. */
enum dns_outcome {
	DNS_OK,       /* at least one record of the type asked for */
	DNS_NONE,     /* NXDOMAIN or NODATA */
	DNS_SERVFAIL, /* broken zone, or DNSSEC says bogus */
	DNS_REFUSED,
	DNS_TIMEOUT,
	DNS_UNREACHABLE, /* no resolver could be reached at all */
	DNS_MALFORMED,   /* an answer that is not one, or a CNAME loop */
	DNS_BAD_NAME,    /* never asked: the name cannot exist in DNS */
};

struct dns_record {
	const uint8_t *data; /* TXT: strings joined; names: text form,
				   NUL-terminated, no final dot, the root
				   is ""; SOA: its primary's name; A, AAAA,
				   TLSA and other types: RDATA as it came */
	size_t len;          /* octets without the NUL; may hold NULs */
	uint16_t preference; /* MX only */
};

/* One block of memory: free(3) frees it with all that it points to. */
struct dns_answer {
	enum dns_outcome outcome;
	bool authentic; /* AD bit, from a resolver that is trusted */
	bool nxdomain;  /* DNS_NONE because the name itself is not;
				   with cname: because its target is not */
	bool cname;     /* reached over at least one CNAME */
	bool cut;       /* more records than DNS_RECORDS_MAX came */
	uint32_t ttl_s; /* of the answer, or of the negative answer */
	uint32_t rtt_us;
	size_t count;
	const struct dns_record *records;
	const char *owner; /* with cname: where the aliases led; else NULL */
};
enum { DNS_RECORDS_MAX = 4096, DNS_NAME_SIZE = 256 * 4 };

/* What an SMTP session with one address of an MX host showed; see smtp.h. */
struct smtp_session;

/* What an HTTPS server answered to a GET; see https.h. */
struct https_answer;

/* Whether this machine reaches mail servers at all; see smtp.h. */
struct egress;

/* The cache of facts and the list of what is still wanted. */
struct facts;

enum fact_kind { FACT_DNS, FACT_DNS_CD, FACT_SMTP, FACT_HTTPS, FACT_EGRESS };

/* One thing that a check asked for and that is not known yet. */
struct fact_want {
	uint32_t id; /* counted from 0 in each pass */
	enum fact_kind kind;
	const char *name;       /* DNS: owner; SMTP: host; HTTPS: URL */
	enum dns_type type;     /* DNS only */
	struct address address; /* SMTP and HTTPS only */
};

struct facts *facts_new(void);
void facts_free(struct facts *facts);

/*
 * Starts a pass at now: facts fetched before whose TTL has run out by then
 * are dropped, facts fetched during the pass stay valid to its end, so a
 * record with TTL 0 is asked for once a pass.  Answers handed out before are
 * no longer valid.
 */
void facts_begin(struct facts *facts, int64_t now_s);

/* Has the next facts_begin drop every SMTP session and HTTPS answer, which
 * otherwise hold for an hour: for a probe that the operator asks for. */
void facts_forget_smtp(struct facts *facts);

/*
 * The answer to one DNS question, or NULL while it is not known: the question
 * is then noted as wanted and will have been asked when the check runs again.
 * Names are compared without regard to case or a final dot.  A name that DNS
 * cannot carry answers DNS_BAD_NAME at once.  Borrowed; lives until the next
 * facts_begin.
 */
const struct dns_answer *facts_dns(
    struct facts *facts, const char *name, enum dns_type type);

/* The same with checking disabled (RFC 4035 3.2.2): what a resolver that
 * validates holds back as bogus comes as well. */
const struct dns_answer *facts_dns_cd(
    struct facts *facts, const char *name, enum dns_type type);

/* The SMTP session with address as host, or NULL: now wanted. */
const struct smtp_session *facts_smtp(
    struct facts *facts, const char *host, const struct address *address);

/* What a GET of the https URL brings from this address, which is found by DNS
 * facts first; or NULL: now wanted. */
const struct https_answer *facts_https(
    struct facts *facts, const char *url, const struct address *address);

/* What all sessions of the pass together show, or NULL: wanted, and told once
 * a server has talked, or no other fact is on its way any more. */
const struct egress *facts_egress(struct facts *facts);

/*
 * Whether the host has exactly this address: 1 yes, 0 no, -1 not known yet
 * (now wanted), -2 cannot be told.  Asks A or AAAA as the family says.
 */
int facts_host_has(
    struct facts *facts, const char *host, const struct address *address);

/* Calls fn with the want's id whenever a check asks for a fact that is not
 * known, newly wanted or already on its way: so a gatherer learns who waits
 * for what.  NULL takes it off. */
void facts_on_miss(
    struct facts *facts, void (*fn)(void *arg, uint32_t id), void *arg);

/* What was wanted since the last call, each thing once over the whole pass
 * (a want is never reported again before it was answered).  *wants is
 * borrowed until the next call. */
size_t facts_wanted(struct facts *facts, const struct fact_want **wants);

/* Answers a want; the fact is the cache's from now on.  An outcome other than
 * OK and NONE is kept for the pass and at most 60 s.  Of two answers in one
 * pass the first stays. */
void facts_put_dns(struct facts *facts, const char *name, enum dns_type type,
    struct dns_answer *take);
void facts_put_dns_cd(struct facts *facts, const char *name, enum dns_type type,
    struct dns_answer *take);
/* The same for a want of DNS's, which its id finds sooner than its name. */
void facts_answer_dns(
    struct facts *facts, const struct fact_want *want, struct dns_answer *take);
void facts_put_smtp(struct facts *facts, const char *host,
    const struct address *address, struct smtp_session *take);
void facts_put_https(struct facts *facts, const char *url,
    const struct address *address, struct https_answer *take);

/* Answers FACT_EGRESS from the sessions there are. */
void facts_settle_egress(struct facts *facts);

/*
 * Keeping the cache in bounds over a long pass.  facts_run numbers the runs of
 * checks, so that it is known what was used when.  facts_full: the cache holds
 * more than its bound (64 MiB, or facts_bound) and a trim may help; facts_trim
 * then drops what was used longest ago, sessions with servers last, but
 * nothing that one of the runs in `needed` (ascending) used last.  Not while a
 * check runs: answers handed out before are no longer valid.  What was dropped
 * and is asked for again is wanted again.
 */
uint64_t facts_run(struct facts *facts);
void facts_bound(struct facts *facts, size_t octets);
bool facts_full(const struct facts *facts);
void facts_trim(struct facts *facts, const uint64_t *needed, size_t count);

/* Facts held, and about how many octets they take. */
size_t facts_count(const struct facts *facts);
size_t facts_memory(const struct facts *facts);

#endif
