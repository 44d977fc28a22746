/* The DNS client: questions out, decoded answers in. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_DNS_H
#define SENDTOP_DNS_H

#include "sendtop/facts.h"
#include "sendtop/loop.h"
#include "sendtop/settings.h"

struct dns;

/* Servers, time-outs and windows come from settings ([resolver]).  Without
 * servers the system's (/etc/resolv.conf) are used. */
enum status dns_open(struct loop *loop, const struct settings *settings,
    struct dns **out, struct error *err) MUST_CHECK;
/* Outstanding questions are dropped without a callback; may be called from
 * inside one. */
void dns_close(struct dns *dns);

/* Gets the answer (free(3)); never called before dns_ask has returned. */
typedef void dns_done(void *arg, struct dns_answer *take);

/* Asks one question.  Questions over the window wait their turn; from then
 * each ends by its own deadline at the latest, with DNS_TIMEOUT.  When no
 * server says a word for a whole deadline, or none can be reached, those that
 * wait end with it. */
void dns_ask(struct dns *dns, const char *name, enum dns_type type,
    dns_done *done, void *arg);

/* The same with checking disabled: see facts_dns_cd. */
void dns_ask_cd(struct dns *dns, const char *name, enum dns_type type,
    dns_done *done, void *arg);

/* "127.0.0.1:53", ...: the servers in use; borrowed. */
const struct text_list *dns_servers(const struct dns *dns);

struct dns_counts {
	uint64_t asked, answered, timeouts; /* asked: not the bad names */
	uint64_t rtt_sum_us;                /* over answered */
	uint32_t pending; /* waiting, under way or not yet delivered */
};
void dns_counts(const struct dns *dns, struct dns_counts *out);

/* --- the wire format, pure (RFC 1035, 2181, 3597) ----------------------- */

/*
 * Decodes a whole response to the question name/type into one allocated
 * block (never NULL): follows the CNAME chain inside the packet, ignores
 * records of other owners, takes the negative TTL from the SOA (RFC 2308).
 * Anything broken is DNS_MALFORMED; a truncated one too.
 */
struct dns_answer *dns_decode(
    const uint8_t *packet, size_t len, const char *name, enum dns_type type);

/* An answer without records; ttl_s 0. */
struct dns_answer *dns_answer_empty(enum dns_outcome outcome);
/* An answer built from records (copied), for tests and fixtures. */
struct dns_answer *dns_answer_make(
    const struct dns_record *records, size_t count, uint32_t ttl_s);

/* Whether a name can be asked: labels of 1..63 octets, at most 255 in all;
 * text form with \DDD and \. escapes. */
bool dns_name_ok(const char *name);

#endif
