/* How DNS is asked here: worked out from the settings.  Pure. */
/* SPDX-License-Identifier: MIT */
#include "net/dnsplan.h"

#include <stdlib.h>

#include "sendtop/mem.h"

enum {
	SPREAD = 8,       /* enough channels for 512 questions */
	SPREAD_LOCAL = 2, /* at least: one is read while the other waits */
	TIMEOUT_MIN_MS = 50,
	TIMEOUT_MAX_MS = 60000,
	TRIES_MAX = 8,
	SLACK_MS = 250, /* so that c-ares sees its own time-out first */
};

enum status
dnsplan_add(
    struct dnsplan *plan, const struct dnsserver *server, struct error *err)
{
	char text[DNSSERVER_TEXT_SIZE];
	size_t n = plan->names.count;

	if (n == DNSPLAN_SERVERS_MAX)
		return error_set(err, STATUS_USAGE,
		    "resolver.servers: at most %d servers",
		    DNSPLAN_SERVERS_MAX);
	plan->servers[n] = *server;
	plan->names.items = mem_resize(
	    plan->names.items, n + 1, sizeof(*plan->names.items));
	plan->names.items[n] = mem_dup(dnsserver_text(server, text));
	plan->names.count = n + 1;
	plan->local = dnsserver_local(server) && (n == 0 || plan->local);
	return STATUS_OK;
}

enum status
dnsplan_servers(
    struct dnsplan *plan, const struct text_list *list, struct error *err)
{
	struct dnsserver server = { 0 };
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; i < list->count && status == STATUS_OK; i++) {
		if (!dnsserver_parse(list->items[i], &server))
			return error_set(err, STATUS_USAGE,
			    "resolver.servers: expected ADDRESS or "
			    "ADDRESS:PORT, got '%s'",
			    list->items[i]);
		status = dnsplan_add(plan, &server, err);
	}
	return status;
}

static int64_t
clamp(int64_t value, int64_t least, int64_t most)
{
	return value < least ? least : value > most ? most : value;
}

/* Time-outs that n tries take, in units of the first. */
static int64_t
units(int n)
{
	return ((int64_t)1 << n) - 1;
}

/* Ports that are hard to guess keep strangers off.  On this machine there are
 * none, and the fewer the channels, the more packets go in one call. */
static unsigned
spread(const struct dnsplan *plan)
{
	unsigned least = (plan->parallel + DNSPLAN_WINDOW_MAX - 1) /
	    DNSPLAN_WINDOW_MAX;

	if (plan->local)
		return least > SPREAD_LOCAL ? least : SPREAD_LOCAL;
	return least <= SPREAD ? SPREAD : DNSPLAN_SPREAD_MAX;
}

void
dnsplan_limits(struct dnsplan *plan, const struct settings *settings)
{
	int64_t count = (int64_t)plan->names.count, total;
	int tries = (int)clamp(settings->dns_tries, 1, TRIES_MAX);

	/* One remote server makes every answer doubtful: c-ares does not
	 * tell which of them it came from. */
	plan->trust_ad = plan->local || settings->dns_trust_ad;
	plan->timeout_ms = (int)clamp(
	    settings->dns_timeout_ms, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
	/* As many rounds over all servers as fit in one server's tries. */
	plan->rounds = tries;
	while (plan->rounds > 1 && count * units(plan->rounds) > units(tries))
		plan->rounds--;
	total = count * units(plan->rounds);
	if (total < units(tries))
		total = units(tries);
	plan->limit_ms = total * plan->timeout_ms + SLACK_MS;

	plan->parallel = (unsigned)clamp(settings->dns_parallel, 1,
	    (int64_t)DNSPLAN_SPREAD_MAX * DNSPLAN_WINDOW_MAX);
	plan->spread = spread(plan);
	if (plan->spread > plan->parallel)
		plan->spread = plan->parallel;
	plan->window = (plan->parallel + plan->spread - 1) / plan->spread;
}

void
dnsplan_fini(struct dnsplan *plan)
{
	size_t i;

	for (i = 0; i < plan->names.count; i++)
		free(plan->names.items[i]);
	free(plan->names.items);
}
