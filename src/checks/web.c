/* Fetching what a record points to: the host's addresses, then HTTPS. */
/* SPDX-License-Identifier: MIT */
#include "checks/web.h"

#include <stdio.h>
#include <string.h>

#include "checks/mx.h"
#include "sendtop/text.h"

enum {
	FAMILY_MAX = 2, /* addresses tried of each family */
	ADDRESSES_MAX = 2 * FAMILY_MAX,
};

struct addresses {
	struct address items[ADDRESSES_MAX];
	size_t count;
	enum dns_outcome untold; /* of a family that cannot be told */
};

static const struct https_answer unsafe_answer = {
	.outcome = HTTPS_UNSAFE,
	.content_type = "",
	.body = "",
	.error = "a special address, which is not connected to",
};

/* Keeps the smallest, so that the order in which a resolver happens to answer
 * does not show. */
static void
address_keep(
    struct addresses *list, size_t first, const struct address *address)
{
	size_t i;

	if (list->count - first < FAMILY_MAX)
		list->count++;
	else if (address_compare(address, &list->items[list->count - 1]) >= 0)
		return;
	for (i = list->count - 1;
	     i > first && address_compare(address, &list->items[i - 1]) < 0;
	     i--)
		list->items[i] = list->items[i - 1];
	list->items[i] = *address;
}

static enum check_state
addresses_find(struct facts *facts, const char *host, struct addresses *list)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	enum check_state state = CHECK_DONE;
	struct address address;
	size_t family, first, i;

	list->count = 0;
	list->untold = DNS_NONE;
	for (family = 0; family < 2; family++) {
		const struct dns_answer *a = facts_dns(
		    facts, host, types[family]);

		first = list->count;
		if (a == NULL)
			state = CHECK_WAITING;
		else if (a->outcome != DNS_OK && a->outcome != DNS_NONE)
			list->untold = a->outcome;
		for (i = 0; a != NULL && i < a->count; i++)
			if (mx_address(a, i, &address))
				address_keep(list, first, &address);
	}
	return state;
}

/* Whether another address may still do better. */
static bool
goes_on(enum https_outcome outcome)
{
	return outcome == HTTPS_UNREACHABLE || outcome == HTTPS_TIMEOUT ||
	    outcome == HTTPS_NETWORK || outcome == HTTPS_UNSAFE;
}

/* Of failures at several addresses, the one that says least: the server
 * behind a silent address may be well. */
static int
doubt(enum https_outcome outcome)
{
	switch (outcome) {
	case HTTPS_TIMEOUT:
		return 3;
	case HTTPS_UNREACHABLE:
		return 2;
	case HTTPS_NETWORK:
		return 1;
	default:
		return 0;
	}
}

static const struct https_answer *
ask(struct facts *facts, const struct subject *subject, const char *url,
    const struct address *address)
{
	if (!subject->allow_private && address_special(address) != NULL)
		return &unsafe_answer;
	return facts_https(facts, url, address);
}

enum check_state
web_get(struct facts *facts, const struct subject *subject, const char *host,
    const char *url, struct web *out)
{
	struct addresses list;
	size_t i;

	memset(out, 0, sizeof(*out));
	snprintf(out->host, sizeof(out->host), "%s", host);
	if (addresses_find(facts, host, &list) == CHECK_WAITING)
		return CHECK_WAITING;
	out->dns = list.untold;
	for (i = 0; i < list.count; i++) {
		const struct https_answer *answer = ask(
		    facts, subject, url, &list.items[i]);

		if (answer == NULL)
			return CHECK_WAITING;
		if (out->answer == NULL || !goes_on(answer->outcome) ||
		    doubt(answer->outcome) > doubt(out->answer->outcome))
			out->answer = answer;
		if (!goes_on(answer->outcome))
			return CHECK_DONE;
	}
	/* The addresses that could not be looked up may be those that work. */
	if (list.untold != DNS_NONE && list.untold != DNS_BAD_NAME)
		out->answer = NULL;
	return CHECK_DONE;
}

bool
web_is_untold(const struct web *web)
{
	if (web->answer == NULL)
		return web->dns != DNS_NONE && web->dns != DNS_BAD_NAME;
	return web->answer->outcome == HTTPS_TIMEOUT ||
	    web->answer->outcome == HTTPS_NETWORK;
}

bool
web_untold(const struct web *web, struct findings *out)
{
	if (!web_is_untold(web))
		return false;
	if (web->answer == NULL)
		finding_unknown(out, web->dns, web->host);
	else if (web->answer->outcome == HTTPS_TIMEOUT)
		finding(out, VERDICT_UNKNOWN, "timeout",
		    "%s: no whole answer over HTTPS in time", web->host);
	else
		finding(out, VERDICT_UNKNOWN, "network",
		    "%s: no way there from this machine (%s)", web->host,
		    web->answer->error);
	return true;
}

const char *
web_failure(const struct web *web, struct arena *arena)
{
	const struct https_answer *a = web->answer;

	if (a == NULL)
		return arena_printf(arena, "%s has no address", web->host);
	switch (a->outcome) {
	case HTTPS_OK:
		if (a->code >= 300 && a->code < 400)
			return arena_printf(arena,
			    "%s answers HTTP %d, a redirect, which is not "
			    "followed",
			    web->host, a->code);
		return a->code == 200
		    ? NULL
		    : arena_printf(
			  arena, "%s answers HTTP %d", web->host, a->code);
	case HTTPS_UNTRUSTED:
		return arena_printf(arena,
		    "the certificate of %s is not trusted (%s)", web->host,
		    a->error);
	case HTTPS_UNREACHABLE:
		return arena_printf(
		    arena, "%s takes no connection (%s)", web->host, a->error);
	case HTTPS_TOO_LARGE:
		return arena_printf(arena,
		    "what %s sends is larger than %d KiB", web->host,
		    HTTPS_BODY_MAX / 1024);
	case HTTPS_UNSAFE:
		return arena_printf(arena,
		    "%s has a special address, which is not connected to",
		    web->host);
	default:
		return arena_printf(arena,
		    "%s gives no whole HTTPS answer (%s)", web->host, a->error);
	}
}

bool
web_host(const char *url, char host[ORG_NAME_SIZE])
{
	static const char scheme[] = "https://";
	char name[ORG_NAME_SIZE];
	struct address address;
	size_t len, i;

	if (!text_starts_nocase(url, scheme) || strlen(url) >= HTTPS_URL_SIZE)
		return false;
	for (i = 0; url[i] != '\0'; i++)
		if (url[i] < 0x21 || url[i] > 0x7e || url[i] == '\\')
			return false;
	url += sizeof(scheme) - 1;
	len = strcspn(url, "/?#");
	if (len > 4 && memcmp(url + len - 4, ":443", 4) == 0)
		len -= 4;
	if (len == 0 || len >= sizeof(name))
		return false;
	memcpy(name, url, len);
	name[len] = '\0';
	return strpbrk(name, ":@[]%") == NULL && strchr(name, '.') != NULL &&
	    !address_parse(name, &address) && org_ascii(name, host);
}
