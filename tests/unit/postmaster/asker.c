/* Asks the world's API and keeps what came. */
/* SPDX-License-Identifier: MIT */
#include "asker.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"

/* The API's own idea of today. */
int32_t
today(void)
{
	return day_civil(2026, 11, 21);
}

static size_t
count_numbers(const struct postmaster_result *result)
{
	size_t days = (size_t)(result->last - result->first) + 1, n = 0, m, i;

	for (m = 0; result->values != NULL && m < METRIC_GOOGLE; m++)
		for (i = 0; i < days; i++)
			n += isnan(result->values[m][i]) ? 0U : 1U;
	return n;
}

void
close_all(struct got *got)
{
	postmaster_close(got->live->pm);
	got->live->pm = NULL;
	loop_stop(got->live->loop);
}

void
got_result(void *arg, const struct postmaster_result *result)
{
	struct got *got = arg;
	struct result *r = &got->results[got->count++];
	size_t at = (size_t)(today() - 2 - result->first), i;

	ck_assert_uint_le(got->count, RESULTS_MAX);
	snprintf(r->domain, sizeof(r->domain), "%s", result->domain);
	r->state = result->state;
	snprintf(r->error, sizeof(r->error), "%s", result->error);
	snprintf(r->compliance_error, sizeof(r->compliance_error), "%s",
	    result->compliance_error);
	ck_assert((result->values != NULL) == (result->state == POLL_OK));
	r->numbers = count_numbers(result);
	if (result->values != NULL && result->last >= today() - 2)
		r->spam = result->values[METRIC_SPAM_RATE][at];
	r->feedback = result->feedback_count;
	for (i = 0; i < r->feedback; i++)
		r->rates += isnan(result->feedback[i].rate) ? 0U : 1U;
	r->compliance = result->compliance_count;
	for (i = 0; i < r->compliance; i++)
		r->organizational = r->organizational ||
		    strcmp(result->compliance[i].subject, "organizational") ==
			0;
	if (got->count == got->close_at)
		close_all(got);
}

void
got_all(void *arg, const struct error *err)
{
	struct got *got = arg;

	ck_assert(!got->done);
	got->done = true;
	got->failed = err != NULL;
	if (err != NULL)
		got->error = *err;
	loop_stop(got->live->loop);
}

void
got_domains(void *arg, const struct postmaster_domain *domains, size_t count,
    const struct error *err)
{
	struct got *got = arg;
	size_t i;

	ck_assert(!got->done);
	got->done = true;
	got->failed = err != NULL;
	if (err != NULL)
		got->error = *err;
	got->domains = count;
	for (i = 0; i < count; i++) {
		got->denied += domains[i].state == POLL_DENIED;
		got->unverified += domains[i].state == POLL_UNVERIFIED;
	}
	if (got->close_at > 0)
		close_all(got);
	loop_stop(got->live->loop);
}

void
reset(struct got *got, struct live *live)
{
	memset(got, 0, sizeof(*got));
	got->live = live;
}

void
list(struct live *live, struct got *got)
{
	reset(got, live);
	postmaster_domains(live->pm, got_domains, got);
	ck_assert(!got->done);
	loop_run(live->loop);
	ck_assert(got->done);
}

void
query(struct live *live, struct got *got, const char *const *domains,
    size_t count, int32_t days)
{
	struct postmaster_span spans[RESULTS_MAX];
	const struct postmaster_sink sink = { got_result, got_all, got };
	size_t i;

	for (i = 0; i < count; i++) {
		spans[i].domain = domains[i];
		spans[i].first = today() - 1 - days;
		spans[i].last = today() - 2;
	}
	reset(got, live);
	postmaster_query(live->pm, spans, count, &sink);
	ck_assert(!got->done);
	loop_run(live->loop);
	ck_assert(got->done);
	ck_assert_uint_eq(got->count, count);
}

const struct result *
find(const struct got *got, const char *domain)
{
	size_t i;

	for (i = 0; i < got->count; i++)
		if (strcmp(got->results[i].domain, domain) == 0)
			return &got->results[i];
	ck_abort_msg("no result for %s", domain);
	return NULL;
}

void
open_user(struct live *live)
{
	live_open(live);
	live_user(live, USER);
	live_connect(live);
}

void
bench_names(char names[][NAME_SIZE], const char **domains, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(names[i], NAME_SIZE, "d%05zu.bench", i);
		domains[i] = names[i];
	}
}

long long
batches_seen(struct live *live, const char *mode)
{
	char spoiled[NAME_SIZE];

	snprintf(spoiled, sizeof(spoiled), "spoiled.%s", mode);
	return live_count(live, "methods", "domainStats.batchQuery") +
	    live_count(live, "methods", spoiled);
}
