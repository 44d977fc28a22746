/* Ending what was asked for: the cancel key of a screen. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "collector.h"
#include "sendtop/day.h"

/* One for all domains ends everything; one for a domain only what was asked
 * for that domain. */
static bool
concerns(const struct store_request *cancel, const char *domain)
{
	return cancel->domain[0] == '\0' ||
	    (domain != NULL && strcmp(cancel->domain, domain) == 0);
}

static void
answer(struct collector *c, int64_t id, enum request_state state,
    const char *result)
{
	struct error err;

	if (write_begin(c) &&
	    store_request_set(
		c->store, id, state, result, clock_utc_s(), &err) != STATUS_OK)
		write_failed(c, &err);
}

/* What waits and was not begun yet. */
static size_t
cancel_waiting(struct collector *c, const struct store_request *cancel,
    const struct store_request *waiting, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (!concerns(cancel, waiting[i].domain) ||
		    waiting[i].kind == REQUEST_CANCEL ||
		    waiting[i].id == c->poll.request ||
		    waiting[i].id == c->probe.request)
			continue;
		answer(c, waiting[i].id, REQUEST_FAILED,
		    "cancelled before it began");
		n++;
	}
	return n;
}

void
request_cancel(struct collector *c, const struct store_request *cancel,
    const struct store_request *waiting, size_t count)
{
	bool poll = c->poll.running && concerns(cancel, c->poll.request_domain);
	bool probe = c->probe.running &&
	    concerns(cancel, c->probe.request_domain);
	size_t n = cancel_waiting(c, cancel, waiting, count);
	char result[96] = "nothing was running";

	if (poll || probe || n > 0)
		snprintf(result, sizeof(result), "ended%s%s%s%s",
		    poll ? " the poll" : "", poll && probe ? " and" : "",
		    probe ? " the probe" : "",
		    n > 0 && !poll && !probe ? " what was waiting" : "");
	answer(c, cancel->id, REQUEST_DONE, result);
	if (poll)
		poll_cancel(c);
	if (probe)
		probe_cancel(c);
}
