/* The kinds of facts: what each is asked by, and how long it holds. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "facts/cache.h"
#include "sendtop/dns.h"
#include "sendtop/https.h"
#include "sendtop/mem.h"
#include "sendtop/smtp.h"

enum {
	ERROR_TTL_S = 60,
	/* A server that talked to us is left alone for an hour. */
	SERVER_TTL_S = 3600,
	/* So many hosts that are all down at once are none by accident. */
	EGRESS_HOSTS = 3,
};

/* For names that nobody can be asked about. */
static const struct dns_answer bad_name = { .outcome = DNS_BAD_NAME };
static const struct smtp_session no_session = {
	.outcome = SMTP_MALFORMED,
	.phase = "connect",
	.greeting = "",
	.reply = "",
	.ehlo = "",
	.tls_error = "",
	.tls_name = "",
	.cipher = "",
	.trust_error = "",
	.cert_subject = "",
	.cert_issuer = "",
	.cert_names = "",
	.key_type = "",
};

static const struct https_answer no_answer = {
	.outcome = HTTPS_BROKEN,
	.content_type = "",
	.body = "",
	.error = "not a URL that can be asked",
};

/* --- DNS ------------------------------------------------------------------ */

const struct dns_answer *
facts_dns(struct facts *facts, const char *name, enum dns_type type)
{
	return cache_get(facts, FACT_DNS, name, type, NULL, &bad_name);
}

const struct dns_answer *
facts_dns_cd(struct facts *facts, const char *name, enum dns_type type)
{
	return cache_get(facts, FACT_DNS_CD, name, type, NULL, &bad_name);
}

int
facts_host_has(
    struct facts *facts, const char *host, const struct address *address)
{
	size_t len = address->family == 4 ? 4 : 16, i;
	const struct dns_answer *a = facts_dns(
	    facts, host, address->family == 4 ? DNS_A : DNS_AAAA);

	if (a == NULL)
		return -1;
	if (a->outcome == DNS_NONE || a->outcome == DNS_BAD_NAME)
		return 0;
	if (a->outcome != DNS_OK)
		return -2;
	for (i = 0; i < a->count; i++)
		if (a->records[i].len == len &&
		    memcmp(a->records[i].data, address->bytes, len) == 0)
			return 1;
	return 0;
}

static size_t
answer_octets(const struct dns_answer *answer)
{
	size_t octets = sizeof(*answer), i;

	if (answer->owner != NULL)
		octets += strlen(answer->owner) + 1;
	for (i = 0; i < answer->count; i++)
		octets += sizeof(answer->records[i]) + answer->records[i].len +
		    1;
	return octets;
}

static int64_t
answer_ttl_s(const struct dns_answer *answer)
{
	return answer->outcome == DNS_OK || answer->outcome == DNS_NONE
	    ? answer->ttl_s
	    : ERROR_TTL_S;
}

static void
put_dns(struct facts *facts, enum fact_kind kind, const char *name,
    enum dns_type type, struct dns_answer *take)
{
	cache_put(facts, kind, name, type, NULL, take, answer_octets(take),
	    answer_ttl_s(take));
}

void
facts_answer_dns(
    struct facts *facts, const struct fact_want *want, struct dns_answer *take)
{
	cache_answer(
	    facts, want, take, answer_octets(take), answer_ttl_s(take));
}

void
facts_put_dns(struct facts *facts, const char *name, enum dns_type type,
    struct dns_answer *take)
{
	put_dns(facts, FACT_DNS, name, type, take);
}

void
facts_put_dns_cd(struct facts *facts, const char *name, enum dns_type type,
    struct dns_answer *take)
{
	put_dns(facts, FACT_DNS_CD, name, type, take);
}

/* --- SMTP ----------------------------------------------------------------- */

const struct smtp_session *
facts_smtp(struct facts *facts, const char *host, const struct address *address)
{
	return cache_get(facts, FACT_SMTP, host, 0, address, &no_session);
}

static size_t
session_octets(const struct smtp_session *s)
{
	return sizeof(*s) + strlen(s->phase) + strlen(s->greeting) +
	    strlen(s->reply) + strlen(s->ehlo) + strlen(s->tls_error) +
	    strlen(s->tls_name) + strlen(s->cipher) + strlen(s->trust_error) +
	    strlen(s->cert_subject) + strlen(s->cert_issuer) +
	    strlen(s->cert_names) + strlen(s->key_type) + 12 + s->chain_len;
}

/* Whether the server itself was reached, so that it is to be spared. */
static bool
talked(const struct smtp_session *session)
{
	return session->outcome == SMTP_OK ||
	    session->outcome == SMTP_REJECTED ||
	    session->outcome == SMTP_RESET ||
	    session->outcome == SMTP_MALFORMED;
}

/* Whether there was a connection at all: then this machine gets out. */
static bool
connected(const struct smtp_session *session)
{
	return talked(session) ||
	    (session->outcome == SMTP_TIMEOUT &&
		strcmp(session->phase, "connect") != 0);
}

static void
put_egress(
    struct facts *facts, enum egress_state state, unsigned tried, int64_t ttl_s)
{
	struct egress *egress = mem_zero(1, sizeof(*egress));

	egress->state = state;
	egress->tried = tried;
	cache_put(facts, FACT_EGRESS, "egress", 0, NULL, egress,
	    sizeof(*egress), ttl_s);
}

void
facts_put_smtp(struct facts *facts, const char *host,
    const struct address *address, struct smtp_session *take)
{
	bool out = connected(take);

	cache_put(facts, FACT_SMTP, host, 0, address, take,
	    session_octets(take), talked(take) ? SERVER_TTL_S : ERROR_TTL_S);
	if (out)
		put_egress(facts, EGRESS_OPEN, 0, SERVER_TTL_S);
}

/* --- whether this machine gets out ---------------------------------------- */

const struct egress *
facts_egress(struct facts *facts)
{
	return cache_get(facts, FACT_EGRESS, "egress", 0, NULL, NULL);
}

/* Counts a host among those that gave no answer, each once. */
static void
note_host(const char *hosts[EGRESS_HOSTS], size_t *count, const char *name)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (strcmp(hosts[i], name) == 0)
			return;
	if (*count < EGRESS_HOSTS)
		hosts[(*count)++] = name;
}

void
facts_settle_egress(struct facts *facts)
{
	const char *hosts[EGRESS_HOSTS], *name;
	const struct smtp_session *session;
	size_t cursor = 0, count = 0;
	unsigned tried = 0;

	while (
	    (session = cache_walk(facts, FACT_SMTP, &cursor, &name)) != NULL) {
		if (connected(session)) {
			put_egress(facts, EGRESS_OPEN, 0, 0);
			return;
		}
		if (session->outcome != SMTP_TIMEOUT &&
		    session->outcome != SMTP_UNREACHABLE)
			continue;
		tried++;
		note_host(hosts, &count, name);
	}
	put_egress(facts,
	    count == EGRESS_HOSTS ? EGRESS_BLOCKED : EGRESS_UNTOLD, tried, 0);
}

/* --- HTTPS ---------------------------------------------------------------- */

const struct https_answer *
facts_https(struct facts *facts, const char *url, const struct address *address)
{
	return cache_get(facts, FACT_HTTPS, url, 0, address, &no_answer);
}

/* Any answer of the server's, also one that cannot be used, spares it. */
static bool
served(const struct https_answer *answer)
{
	return answer->outcome == HTTPS_OK ||
	    answer->outcome == HTTPS_UNTRUSTED ||
	    answer->outcome == HTTPS_TOO_LARGE ||
	    answer->outcome == HTTPS_BROKEN;
}

void
facts_put_https(struct facts *facts, const char *url,
    const struct address *address, struct https_answer *take)
{
	size_t octets = sizeof(*take) + take->body_len +
	    strlen(take->content_type) + strlen(take->error) + 3;

	cache_put(facts, FACT_HTTPS, url, 0, address, take, octets,
	    served(take) ? SERVER_TTL_S : ERROR_TTL_S);
}
