/* Probing: the checks of every domain that is due, and their findings. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "sendtop/day.h"

enum { CHECKS_MAX = 64, RETRY_S = 600 };

static bool
is_smtp_check(const struct check *check)
{
	return check->subject == SUBJECT_MX;
}

/* The checks that ran: findings of others stay as they are. */
static size_t
checks_that_ran(const struct collector *c, const char *names[CHECKS_MAX])
{
	const struct check *check;
	size_t i, n = 0;

	for (i = 0; (check = check_row(i)) != NULL && n < CHECKS_MAX; i++)
		if (c->smtp != NULL || !is_smtp_check(check))
			names[n++] = check->name;
	return n;
}

static enum status
keep(struct collector *c, const char *name, const struct finding *findings,
    size_t count, struct arena *arena, struct error *err)
{
	struct changes changes = { .c = c, .domain = name };
	const char *names[CHECKS_MAX];
	struct store_domain domain;
	enum status status;

	status = store_domain_get(c->store, name, arena, &domain, err);
	if (status != STATUS_OK)
		return status;
	changes.silent = domain.probed_s == 0;
	status = store_findings_put(c->store, domain.id, names,
	    checks_that_ran(c, names), findings, count, clock_utc_s(),
	    write_changed, &changes, err);
	if (status != STATUS_OK)
		return status;
	domain.probed_s = clock_utc_s();
	return store_domain_update(c->store, &domain, err);
}

/* What is known of this machine's way out is the same for all domains: it is
 * told once, and stands with the work, not with any of them. */
static void
note_egress(struct collector *c, const struct finding *findings, size_t count)
{
	bool blocked;
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(findings[i].check, "egress") != 0 ||
		    findings[i].verdict == VERDICT_SKIP)
			continue;
		blocked = findings[i].verdict == VERDICT_WARN;
		if (blocked && c->probe.error[0] == '\0') {
			snprintf(c->probe.error, sizeof(c->probe.error), "%s",
			    findings[i].detail);
			c->probe.error_s = clock_utc_s();
			tell(c, c->probe.error);
		} else if (!blocked) {
			c->probe.error[0] = '\0';
		}
	}
}

void
probe_domain_done(
    void *arg, void *plan_arg, const struct finding *findings, size_t count)
{
	struct collector *c = arg;
	struct arena *arena = arena_new();
	const char *name = plan_arg;
	struct error err;

	c->probe.done++;
	note_egress(c, findings, count);
	if (write_begin(c) &&
	    keep(c, name, findings, count, arena, &err) != STATUS_OK) {
		error_prefix(&err, "%s", name);
		write_failed(c, &err);
	}
	judge_later(c, name);
	show_work(c, &c->probe, false);
	arena_free(arena);
}

void
probe_all_done(void *arg)
{
	struct collector *c = arg;
	struct dns_counts dns;
	char result[96] = ""; /* of one domain: that it was done */
	int64_t now = clock_utc_s();
	bool cancelled = c->probe.cancelled;

	c->probe.running = c->probe.cancelled = false;
	c->probe.next_s = now + c->settings->check_interval_s;
	dns_counts(c->dns, &dns);
	snprintf(c->probe.text, sizeof(c->probe.text),
	    "DNS %.1f ms, %llu questions",
	    dns.answered == 0
		? 0.0
		: (double)dns.rtt_sum_us / (double)dns.answered / 1000,
	    (unsigned long long)dns.asked);
	if (cancelled)
		snprintf(result, sizeof(result),
		    "cancelled after %lld of %lld domain%s",
		    (long long)c->probe.done, (long long)c->probe.total,
		    c->probe.total == 1 ? "" : "s");
	else if (c->probe.request_domain == NULL)
		snprintf(result, sizeof(result), "%lld domain%s",
		    (long long)c->probe.total, c->probe.total == 1 ? "" : "s");
	end_request(c, &c->probe, !cancelled, result);
	show_work(c, &c->probe, true);
}

void
probe_cancel(struct collector *c)
{
	if (!c->probe.running)
		return;
	c->probe.cancelled = true;
	gather_cancel(c->gather);
}

/* False, and told, when it cannot be known what to look at. */
static bool
add(struct collector *c, const struct store_domain *domain)
{
	struct arena *arena = arena_new();
	struct check_plan plan;
	struct error err;
	bool made = plan_make(c, domain, arena, &plan, &err) == STATUS_OK;

	if (made)
		gather_add(c->gather, &plan, arena_dup(c->names, domain->name));
	else
		tell(c, err.text);
	arena_free(arena);
	return made;
}

void
probe_start(struct collector *c, const char *domain, bool all)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	int64_t now = clock_utc_s();
	struct error err;
	size_t count, i, n = 0;

	if (store_domains(c->store, arena, &domains, &count, &err) !=
	    STATUS_OK) {
		tell(c, err.text);
		end_request(c, &c->probe, false, err.text);
		c->probe.next_s = now + RETRY_S;
		arena_free(arena);
		return;
	}
	if (domain == NULL)
		c->fresh = false;
	arena_reset(c->names);
	c->probe.next_s = now + c->settings->check_interval_s;
	for (i = 0; i < count; i++) {
		int64_t due = domains[i].probed_s +
		    c->settings->check_interval_s;

		if (domain != NULL ? strcmp(domains[i].name, domain) == 0
				   : all || due <= now) {
			n += add(c, &domains[i]);
		} else if (due < c->probe.next_s && due > now) {
			c->probe.next_s = due;
		}
	}
	arena_free(arena);
	c->probe.done = 0;
	c->probe.total = (int64_t)n;
	if (n == 0) {
		end_request(c, &c->probe, domain == NULL,
		    domain == NULL ? "nothing to probe"
				   : "this domain is not watched");
		return;
	}
	c->probe.running = true;
	c->probe.since_s = now;
	show_work(c, &c->probe, true);
	gather_start(c->gather);
}
