/* Where a domain's mail goes: its MX hosts and their addresses. */
/* SPDX-License-Identifier: MIT */
#include "checks/mx.h"

#include <string.h>
#include <strings.h>

#include "sendtop/text.h"

static bool
is_root(const char *name)
{
	return name[0] == '\0' || strcmp(name, ".") == 0;
}

/* Whether the host is there already; one that is named again with a better
 * preference is taken out first. */
static bool
has_host(struct mx *mx, const char *name, unsigned preference)
{
	size_t i;

	for (i = 0; i < mx->count; i++)
		if (text_equal_nocase(mx->hosts[i].name, name))
			break;
	if (i == mx->count)
		return false;
	if (mx->hosts[i].preference <= preference)
		return true;
	for (mx->count--; i < mx->count; i++)
		mx->hosts[i] = mx->hosts[i + 1];
	return false;
}

/* Keeps the order of preference, and of the names within one, so that the
 * order in which a resolver happens to answer does not show. */
static void
host_insert(struct mx *mx, const char *name, unsigned preference)
{
	size_t i = mx->count++;

	while (i > 0 &&
	    (mx->hosts[i - 1].preference > preference ||
		(mx->hosts[i - 1].preference == preference &&
		    strcasecmp(mx->hosts[i - 1].name, name) > 0))) {
		mx->hosts[i] = mx->hosts[i - 1];
		i--;
	}
	memset(&mx->hosts[i], 0, sizeof(mx->hosts[i]));
	mx->hosts[i].name = name;
	mx->hosts[i].preference = preference;
}

static void
hosts_read(struct mx *mx)
{
	const struct dns_answer *answer = mx->answer;
	size_t i;

	if (answer->count == 1 &&
	    is_root((const char *)answer->records[0].data)) {
		mx->null = true;
		return;
	}
	for (i = 0; i < answer->count; i++) {
		const struct dns_record *record = &answer->records[i];
		const char *name = (const char *)record->data;

		if (has_host(mx, is_root(name) ? "" : name, record->preference))
			continue;
		if (mx->count == MX_HOSTS_MAX) {
			mx->cut = true;
			return;
		}
		host_insert(mx, is_root(name) ? "" : name, record->preference);
	}
}

static enum check_state
addresses_ask(struct facts *facts, struct mx *mx)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	enum check_state state = CHECK_DONE;
	size_t i;

	for (i = 0; i < mx->count * 2; i++) {
		struct mx_host *host = &mx->hosts[i / 2];

		host->answers[i % 2] = facts_dns(
		    facts, host->name, types[i % 2]);
		if (host->answers[i % 2] == NULL)
			state = CHECK_WAITING;
	}
	return state;
}

enum check_state
mx_find(struct facts *facts, const char *domain, struct mx *out)
{
	memset(out, 0, sizeof(*out));
	out->answer = facts_dns(facts, domain, DNS_MX);
	if (out->answer == NULL)
		return CHECK_WAITING;
	if (out->answer->outcome == DNS_OK) {
		hosts_read(out);
	} else if (out->answer->outcome == DNS_NONE) {
		out->implicit = true;
		host_insert(out, domain, 0);
	}
	return addresses_ask(facts, out);
}

bool
mx_address(const struct dns_answer *answer, size_t i, struct address *out)
{
	const struct dns_record *record = &answer->records[i];

	memset(out, 0, sizeof(*out));
	if (record->len != 4 && record->len != 16)
		return false;
	out->family = record->len == 4 ? 4 : 6;
	memcpy(out->bytes, record->data, record->len);
	return true;
}

const char *
mx_unsafe(const struct mx_host *host)
{
	struct address address;
	const char *what;
	size_t family, i;

	for (family = 0; family < 2; family++) {
		const struct dns_answer *answer = host->answers[family];

		for (i = 0; i < answer->count; i++) {
			if (!mx_address(answer, i, &address))
				continue;
			what = address_special(&address);
			if (what != NULL)
				return what;
		}
	}
	return NULL;
}
