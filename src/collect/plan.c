/* What a domain's checks look at: what its settings name, and what was learned
 * of it. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "collector.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"

/* An address that sent nothing for so long is no sending address. */
enum { SENDING_DAYS = 30 };

struct making {
	struct check_plan *plan;
	const char **selectors;
	int64_t *seen_s;
	struct address *ips;
	struct sender_helo *helos;
	int64_t *helo_s; /* when it was said last */
};

static void
add_selector(struct making *m, const char *selector, int64_t seen_s)
{
	size_t n = m->plan->selector_count, i;

	for (i = 0; i < n; i++)
		if (strcmp(m->selectors[i], selector) == 0)
			return;
	m->selectors[n] = selector;
	m->seen_s[n] = seen_s;
	m->plan->selector_count++;
}

static void
add_address(struct making *m, const struct address *address)
{
	size_t n = m->plan->sending_ip_count, i;

	for (i = 0; i < n; i++)
		if (address_equal(&m->ips[i], address))
			return;
	m->ips[n] = *address;
	m->plan->sending_ip_count++;
}

/* Of several names that one address said, the last. */
static void
add_helo(struct making *m, const struct address *address, const char *name,
    int64_t seen_s)
{
	size_t n = m->plan->helo_count, i;

	for (i = 0; i < n; i++)
		if (address_equal(&m->helos[i].address, address))
			break;
	if (i < n && m->helo_s[i] >= seen_s)
		return;
	m->helos[i] = (struct sender_helo){ *address, name };
	m->helo_s[i] = seen_s;
	if (i == n)
		m->plan->helo_count++;
}

/* What is behind address translation has no PTR that anybody sees. */
static bool
may_send(const struct making *m, const struct address *address)
{
	return m->plan->allow_private || address_special(address) == NULL;
}

static void
add_learned(struct making *m, const struct learned *l, int64_t now_s)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address;
	size_t len = strcspn(l->value, " ");

	/* What the settings named counts as long as they do. */
	if (strcmp(l->kind, "selector") == 0) {
		if (strcmp(l->source, "settings") != 0)
			add_selector(m, l->value, l->last_s);
		return;
	}
	if (l->last_s < now_s - (int64_t)SENDING_DAYS * DAY_SECONDS ||
	    len >= sizeof(text))
		return;
	memcpy(text, l->value, len);
	text[len] = '\0';
	if (!address_parse(text, &address) || !may_send(m, &address))
		return;
	if (strcmp(l->kind, "ip") == 0)
		add_address(m, &address);
	else if (strcmp(l->kind, "helo") == 0 && l->value[len] == ' ')
		add_helo(m, &address, l->value + len + 1, l->last_s);
}

enum status
plan_make(struct collector *c, const struct store_domain *domain,
    struct arena *arena, struct check_plan *plan, struct error *err)
{
	const struct settings_domain *own = settings_domain(
	    c->settings, domain->name);
	struct making m = { .plan = plan };
	struct learned *learned;
	enum status status;
	size_t count, most, i;

	*plan = (struct check_plan){
		.domain = domain->name,
		.allow_private = c->settings->allow_private,
		.ip_lists = &c->settings->ip_lists,
		.domain_lists = &c->settings->domain_lists,
		.abuse_zone = c->settings->abuse_zone,
		.smtp_enabled = c->smtp != NULL,
		.https_enabled = c->settings->https_enabled,
		.helo = own != NULL ? own->helo : NULL,
		.now_s = clock_utc_s(),
	};
	status = store_learned(
	    c->store, domain->id, NULL, arena, &learned, &count, err);
	if (status != STATUS_OK)
		return status;
	most = count + 1 +
	    (own != NULL ? own->selectors.count + own->sending_ip_count : 0);
	plan->selectors = m.selectors = arena_alloc(
	    arena, most * sizeof(*m.selectors));
	plan->selectors_seen_s = m.seen_s = arena_alloc(
	    arena, most * sizeof(*m.seen_s));
	plan->sending_ips = m.ips = arena_alloc(arena, most * sizeof(*m.ips));
	plan->helos = m.helos = arena_alloc(arena, most * sizeof(*m.helos));
	m.helo_s = arena_alloc(arena, most * sizeof(*m.helo_s));
	for (i = 0; own != NULL && i < own->selectors.count; i++)
		add_selector(&m, own->selectors.items[i], 0);
	for (i = 0; own != NULL && i < own->sending_ip_count; i++)
		add_address(&m, &own->sending_ips[i]);
	for (i = 0; i < count; i++)
		add_learned(&m, &learned[i], plan->now_s);
	return STATUS_OK;
}

/* So that it is known later since when. */
enum status
plan_remember(struct collector *c, const struct settings_domain *own,
    int64_t domain, struct error *err)
{
	enum status status = STATUS_OK;
	struct learned learned = { .kind = "selector", .source = "settings" };
	size_t i;

	learned.first_s = learned.last_s = clock_utc_s();
	for (i = 0; status == STATUS_OK && i < own->selectors.count; i++) {
		learned.value = own->selectors.items[i];
		status = store_learned_add(c->store, domain, &learned, err);
	}
	return status;
}
