/* Fetching what a record points to: the host's addresses, then HTTPS. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_WEB_H
#define CHECKS_WEB_H

#include "sendtop/check.h"
#include "sendtop/https.h"
#include "sendtop/org.h"

/* What came of one fetch. */
struct web {
	char host[ORG_NAME_SIZE];
	/* NULL: no address to ask; then dns is DNS_NONE, or why that cannot
	 * be told. */
	const struct https_answer *answer;
	enum dns_outcome dns;
};

/*
 * Looks up the host (A, AAAA) and gets the URL from the first of its
 * addresses that lets us connect, two a family at most.  A special address is
 * HTTPS_UNSAFE unless the subject allows it.
 */
enum check_state web_get(struct facts *facts, const struct subject *subject,
    const char *host, const char *url, struct web *out);

/* Reports unknown when it could not be told whether there is an answer: DNS
 * or the server is silent, or our own network is down.  False and nothing
 * reported otherwise. */
bool web_untold(const struct web *web, struct findings *out);
bool web_is_untold(const struct web *web);

/* Why there is no answer that counts, in words for a detail; NULL when HTTP
 * said 200. */
const char *web_failure(const struct web *web, struct arena *arena);

/* The host of an https URL without a port of its own, lower case; false when
 * it is none that is asked. */
bool web_host(const char *url, char host[ORG_NAME_SIZE]);

#endif
