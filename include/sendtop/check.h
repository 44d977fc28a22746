/* A check: facts in, findings out, nothing else. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_CHECK_H
#define SENDTOP_CHECK_H

#include "sendtop/error.h"
#include "sendtop/facts.h"
#include "sendtop/finding.h"

struct settings_zones;
struct spf_shelf;

enum check_state {
	CHECK_DONE,
	CHECK_WAITING, /* a fact it asked for is still on its way */
};

/* What a check is run on; which members are set is said by check.subject. */
struct subject {
	const char *domain;
	const char *host;              /* MX host, or NULL */
	const char *selector;          /* DKIM selector, or NULL */
	int64_t selector_seen_s;       /* last signed with; 0: the operator
					   named it */
	const struct address *address; /* sending IP or MX address, or NULL */
	const char *helo;              /* what that sending IP says in EHLO,
					   or NULL: not known */
	bool is_mx;                    /* ptr: the address is an MX host's */
	const char *mx_host;           /* its name then, or NULL */
	bool allow_private;            /* [smtp] allow-private */
	bool certificate_counts;       /* MTA-STS enforces or DANE applies:
					   certificate warnings are failures */
	bool https_enabled;            /* HTTPS facts may be asked for */
	const struct settings_zones *lists; /* blocklists to ask, or NULL */
	const char *abuse_zone; /* where contacts are asked for, or NULL */
	int64_t now_s;          /* for expiry dates */
	struct spf_shelf *spf;  /* records read before, or NULL */
};

enum subject_kind {
	SUBJECT_DOMAIN,
	SUBJECT_SENDER, /* each sending IP */
	SUBJECT_SELECTOR,
	SUBJECT_MX,      /* each address of each MX host */
	SUBJECT_ADDRESS, /* each sending IP, and each MX address */
	SUBJECT_LISTED,  /* each sending IP, and the domain */
};

/* Collects what a check says.  Initialise with findings_init; the arena holds
 * the texts and the array. */
struct findings {
	struct arena *arena;
	const struct subject *subject;
	const char *check;
	struct finding *items;
	size_t count, cap;
};

void findings_init(struct findings *out, struct arena *arena);

/*
 * Reports one finding on the check's own subject.  reason is a word of
 * sendtop-checks(7) and must outlive the program; the detail is formatted,
 * made printable and copied.  Returns CHECK_DONE, so that a check can end
 * with it.
 */
enum check_state finding(struct findings *out, enum verdict verdict,
    const char *reason, const char *detail, ...) PRINTF(4, 5);

/* The same, on a subject that the check names itself. */
enum check_state finding_on(struct findings *out, const char *subject,
    enum verdict verdict, const char *reason, const char *detail, ...)
    PRINTF(5, 6);

/* Adds a finding as it is; its texts are borrowed. */
void findings_add(struct findings *out, const struct finding *item);

/* Gives the finding reported last the record or command that cures it. */
void finding_cure(struct findings *out, const char *cure, ...) PRINTF(2, 3);

/* Gives the finding reported last the record that it speaks of, so that a
 * change of it is seen: the text as published, or a list in an order of its
 * own, never in that of an answer.  It is made printable, cut and copied. */
void finding_record(struct findings *out, const char *record, ...) PRINTF(2, 3);

/* Reports VERDICT_UNKNOWN with the reason that the outcome stands for:
 * timeout, servfail, refused, unreachable or malformed. */
enum check_state finding_unknown(
    struct findings *out, enum dns_outcome outcome, const char *name);
enum check_state finding_unknown_on(struct findings *out, const char *subject,
    enum dns_outcome outcome, const char *name);

struct check {
	const char *name; /* as in sendtop-checks(7) */
	enum subject_kind subject;
	uint32_t interval_s; /* how often it is due */
	/*
	 * Pure: the same facts give the same findings.  Runs from the start
	 * each time, so it reports nothing before it returns CHECK_DONE.
	 */
	enum check_state (*run)(
	    struct facts *, const struct subject *, struct findings *);
};

/* Row i of the check list, in the order of the screens; NULL past its end. */
const struct check *check_row(size_t i);
const struct check *check_find(const char *name);

/* What is done of a plan, so that it need not be done again in the next run
 * over the same pass of facts.  Lives in the arena. */
struct check_memo;
struct check_memo *check_memo_new(struct arena *arena);

/* The name that a sending address says in EHLO. */
struct sender_helo {
	struct address address;
	const char *name;
};

/* What is known of a domain before its checks run. */
struct check_plan {
	const char *domain;
	const char *const *selectors;
	size_t selector_count;
	/* Of each, when it was last seen signing; 0: the operator named it.
	 * NULL: all of them are the operator's. */
	const int64_t *selectors_seen_s;
	const struct address *sending_ips;
	size_t sending_ip_count;
	/* EHLO names: of one address each, and of all others; or NULL. */
	const struct sender_helo *helos;
	size_t helo_count;
	const char *helo;
	bool allow_private, smtp_enabled, https_enabled;
	/* [dnsbl] and [abuse]; NULL: none.  These are borrowed and have to
	 * outlive the run. */
	const struct settings_zones *ip_lists, *domain_lists;
	const char *abuse_zone;
	int64_t now_s;
	struct check_memo *memo; /* of this plan alone, or NULL */
	const char *only;        /* one check's name, or NULL for all */
};

/*
 * Runs every check of the plan over the facts there are.  The subjects (MX
 * hosts and their addresses, the single addresses that the SPF record names)
 * are found from facts too.  CHECK_WAITING: facts are wanted; fetch them and
 * call again.  CHECK_DONE: all findings are in out, worst first within a
 * check's place in the list; findings of a waiting run are to be ignored.
 */
enum check_state checks_run(
    struct facts *facts, const struct check_plan *plan, struct findings *out);

#endif
