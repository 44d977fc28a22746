/* Polling Postmaster: what is due, what came, what of it is kept. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "sendtop/day.h"
#include "sendtop/log.h"
#include "sendtop/org.h"

/* After a failure the next try comes sooner than the next poll. */
enum { RETRY_S = 600 };

/* Every row that Google's compliance answer can have. */
static const char *const google_checks[] = {
	"google.spf",
	"google.dkim",
	"google.spf_and_dkim",
	"google.dmarc_policy",
	"google.dmarc_alignment",
	"google.message_formatting",
	"google.dns_records",
	"google.encryption",
	"google.user_reported_spam_rate",
	"google.one_click_unsubscribe",
	"google.honor_unsubscribe",
	"google.deliverability",
};
enum { GOOGLE_CHECKS = sizeof(google_checks) / sizeof(google_checks[0]) };

static void
set_value(struct collector *c, const char *key, const char *value)
{
	struct error err;

	if (write_begin(c) &&
	    store_value_set(c->store, key, value, &err) != STATUS_OK)
		write_failed(c, &err);
}

/* "19 domains, numbers to Nov 20". */
static void
say_polled(const struct collector *c, char *out, size_t size)
{
	char day[DAY_TEXT_SIZE];

	snprintf(out, size, "%lld domain%s%s%s", (long long)c->poll.total,
	    c->poll.total == 1 ? "" : "s",
	    c->newest_value_day != DAY_NONE ? ", numbers to " : "",
	    c->newest_value_day != DAY_NONE
		? day_short(day, c->newest_value_day)
		: "");
}

/* failure NULL: all went well; partly: others than the failed were polled. */
static void
poll_end(struct collector *c, const struct error *failure, bool partly)
{
	int64_t now = clock_utc_s();
	struct work *work = &c->poll;
	bool cancelled = work->cancelled;
	char text[TIME_TEXT_SIZE], polled[96];

	work->running = work->cancelled = false;
	work->error[0] = '\0';
	work->next_s = now + c->settings->poll_s;
	if (failure != NULL && !cancelled) {
		snprintf(work->error, sizeof(work->error), "%s", failure->text);
		work->error_s = now;
		log_write(LOG_LEVEL_WARN, "poll: %s", failure->text);
		if (!partly && now + RETRY_S < work->next_s)
			work->next_s = now + RETRY_S;
	}
	if ((failure == NULL || partly) && !cancelled)
		set_value(c, "postmaster.fetched", time_text(text, now));
	set_value(c, "postmaster.error", work->error);
	set_value(c, "postmaster.partly", partly ? "1" : "");
	say_polled(c, polled, sizeof(polled));
	end_request(
	    c, work, failure == NULL, failure != NULL ? failure->text : polled);
	show_work(c, work, true);
	judge_all(c);
}

static bool
all_gaps(const double *values, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!isnan(values[i]))
			return false;
	return true;
}

static void
note_newest(
    struct collector *c, const struct postmaster_result *result, size_t days)
{
	size_t m, i;

	for (m = 0; m < METRIC_GOOGLE; m++)
		for (i = days; i-- > 0;)
			if (!isnan(result->values[m][i])) {
				if (result->first + (int32_t)i >
				    c->newest_value_day)
					c->newest_value_day = result->first +
					    (int32_t)i;
				break;
			}
}

/* A series that was never there and brings no number needs no row. */
static enum status
keep_numbers(struct collector *c, const struct store_domain *domain,
    const struct postmaster_result *result, struct error *err)
{
	size_t days = (size_t)(result->last - result->first + 1), m;
	enum status status;

	note_newest(c, result, days);
	for (m = 0; m < METRIC_GOOGLE; m++) {
		if (domain->asked_last == DAY_NONE &&
		    all_gaps(result->values[m], days))
			continue;
		status = store_series_put(c->store, domain->id, (enum metric)m,
		    result->first, days, result->values[m], err);
		if (status != STATUS_OK)
			return status;
	}
	return store_feedback_put(c->store, domain->id, result->first,
	    result->last, result->feedback, result->feedback_count, err);
}

static enum status
keep_compliance(struct collector *c, const struct store_domain *domain,
    const struct postmaster_result *result, struct arena *arena,
    struct error *err)
{
	struct changes changes = {
		.c = c,
		.domain = domain->name,
		.silent = domain->asked_last == DAY_NONE,
	};

	const char **checks;
	struct finding *before;
	enum status status;
	size_t n = GOOGLE_CHECKS, old, i;

	if (result->compliance_error[0] != '\0')
		return STATUS_OK;
	status = store_findings_get(
	    c->store, domain->id, clock_utc_s(), arena, &before, &old, err);
	if (status != STATUS_OK)
		return status;
	/* Rows that Google added since are kept under Google's own word, and
	 * end when Google leaves them out again. */
	checks = arena_alloc(
	    arena, (n + old + result->compliance_count) * sizeof(*checks));
	memcpy(checks, google_checks, sizeof(google_checks));
	for (i = 0; i < result->compliance_count; i++)
		checks[n++] = result->compliance[i].check;
	for (i = 0; i < old; i++)
		if (strncmp(before[i].check, "google.", 7) == 0)
			checks[n++] = before[i].check;
	return store_findings_put(c->store, domain->id, checks, n,
	    result->compliance, result->compliance_count, clock_utc_s(),
	    write_changed, &changes, err);
}

static enum status
keep_result(struct collector *c, const struct postmaster_result *result,
    struct arena *arena, struct error *err)
{
	struct store_domain domain;
	enum status status;

	status = store_domain_get(
	    c->store, result->domain, arena, &domain, err);
	if (status != STATUS_OK)
		return status;
	if (result->state == POLL_OK) {
		status = keep_numbers(c, &domain, result, err);
		if (status == STATUS_OK)
			status = keep_compliance(
			    c, &domain, result, arena, err);
		if (status != STATUS_OK)
			return status;
		if (domain.asked_first == DAY_NONE ||
		    result->first < domain.asked_first)
			domain.asked_first = result->first;
		if (domain.asked_last == DAY_NONE ||
		    result->last > domain.asked_last)
			domain.asked_last = result->last;
		domain.fetched_s = clock_utc_s();
	}
	domain.poll = result->state;
	domain.poll_error = result->state == POLL_OK ? result->compliance_error
						     : result->error;
	return store_domain_update(c->store, &domain, err);
}

static void
got_result(void *arg, const struct postmaster_result *result)
{
	struct collector *c = arg;
	struct arena *arena = arena_new();
	struct error err;

	c->poll.done++;
	if (result->state == POLL_ERROR) {
		c->failed++;
		error_set(
		    &c->last_failure, STATUS_NETWORK, "%s", result->error);
		snprintf(c->last_failed, sizeof(c->last_failed), "%s",
		    result->domain);
	}
	if (write_begin(c) &&
	    keep_result(c, result, arena, &err) != STATUS_OK) {
		error_prefix(&err, "%s", result->domain);
		write_failed(c, &err);
	}
	show_work(c, &c->poll, false);
	arena_free(arena);
}

static void
got_all(void *arg, const struct error *err)
{
	struct collector *c = arg;
	struct arena *arena = arena_new();
	int32_t today = day_of(clock_utc_s()), before = DAY_NONE, newest;
	const char *text;
	struct error ignored;
	char day[DAY_TEXT_SIZE];
	bool partly;

	/* A poll that was cut short must not take days away again. */
	if (store_value_get(c->store, "postmaster.newest_day", arena, &text,
		&ignored) == STATUS_OK)
		day_parse(text, today, &before);
	newest = sync_newest_day(c->newest_value_day, today);
	if (before != DAY_NONE && before > newest)
		newest = before;
	if (err == NULL || c->newest_value_day != DAY_NONE)
		set_value(c, "postmaster.newest_day", day_text(day, newest));
	arena_free(arena);
	if (err != NULL || c->failed == 0) {
		poll_end(c, err, false);
		return;
	}
	/* Not one domain could be asked: that is no poll. */
	partly = c->failed < c->poll.done;
	if (partly)
		error_prefix(&c->last_failure,
		    "%lld of %lld domains could not be polled: %s",
		    (long long)c->failed, (long long)c->poll.done,
		    c->last_failed);
	poll_end(c, &c->last_failure, partly);
}

static void
set_state(struct collector *c, const char *name, enum poll_state state,
    const char *why)
{
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct error err;

	if (write_begin(c) &&
	    store_domain_get(c->store, name, arena, &domain, &err) ==
		STATUS_OK) {
		domain.poll = state;
		domain.poll_error = why;
		if (store_domain_update(c->store, &domain, &err) != STATUS_OK)
			write_failed(c, &err);
	}
	arena_free(arena);
}

/* Google's list and ours become one; who left Google's is not forgotten. */
static struct map *
merge_list(
    struct collector *c, const struct postmaster_domain *list, size_t count)
{
	struct map *listed = map_new();
	struct error err;
	int64_t id;
	size_t i;

	for (i = 0; i < count; i++) {
		map_put(listed, list[i].name, (void *)(uintptr_t)(i + 1));
		if (!write_begin(c))
			break;
		if (store_domain_add(c->store, list[i].name, FROM_POSTMASTER,
			NULL, &id, &err) != STATUS_OK) {
			write_failed(c, &err);
			break;
		}
		if (list[i].state != POLL_OK)
			set_state(
			    c, list[i].name, list[i].state, list[i].permission);
	}
	return listed;
}

static bool
wanted(const struct collector *c, const struct store_domain *domain)
{
	return c->poll.request == 0 || c->poll.request_domain[0] == '\0' ||
	    strcmp(c->poll.request_domain, domain->name) == 0;
}

/* Its row in Google's list, or NULL. */
static const struct postmaster_domain *
listing(const struct postmaster_domain *list, const struct map *listed,
    const char *name)
{
	size_t at = (uintptr_t)map_get(listed, name);

	return at == 0 ? NULL : &list[at - 1];
}

static void
ask(struct collector *c, const struct postmaster_domain *list,
    const struct map *listed, struct store_domain *domains, size_t domain_count)
{
	const struct postmaster_sink sink = { got_result, got_all, c };
	struct postmaster_span *spans;
	int32_t today = day_of(clock_utc_s());
	const struct postmaster_domain *row;
	size_t n = 0, i;

	spans = mem_zero(domain_count + 1, sizeof(*spans));
	for (i = 0; i < domain_count; i++) {
		struct store_domain *d = &domains[i];

		row = listing(list, listed, d->name);
		/* What came in just now need not wait for its checks. */
		if (row != NULL && d->probed_s == 0)
			c->fresh = c->logs_stale = true;
		if (row == NULL)
			set_state(c, d->name, POLL_ABSENT,
			    "Postmaster Tools does not list it: add it there");
		else if (row->state == POLL_OK && wanted(c, d))
			spans[n++] = sync_span(d->name, d->asked_last, today);
	}
	c->poll.total = (int64_t)n;
	c->newest_value_day = DAY_NONE;
	show_work(c, &c->poll, true);
	postmaster_query(c->postmaster, spans, n, &sink);
	free(spans);
}

static void
got_domains(void *arg, const struct postmaster_domain *list, size_t count,
    const struct error *failure)
{
	struct collector *c = arg;
	struct store_domain *domains;
	struct arena *arena;
	struct map *listed;
	struct error err;
	size_t domain_count;

	if (failure != NULL) {
		poll_end(c, failure, false);
		return;
	}
	arena = arena_new();
	listed = merge_list(c, list, count);
	if (store_domains(c->store, arena, &domains, &domain_count, &err) !=
	    STATUS_OK)
		poll_end(c, &err, false);
	else
		ask(c, list, listed, domains, domain_count);
	map_free(listed, NULL);
	arena_free(arena);
}

/* Closing is what drops all that is under way; the next poll needs it open. */
void
poll_cancel(struct collector *c)
{
	struct error err;

	if (!c->poll.running)
		return;
	postmaster_close(c->postmaster);
	c->postmaster = NULL;
	c->poll.cancelled = true;
	error_set(&err, STATUS_CANCELLED,
	    "cancelled after %lld of %lld domains", (long long)c->poll.done,
	    (long long)c->poll.total);
	got_all(c, &err);
	open_postmaster(c);
}

void
poll_start(struct collector *c)
{
	struct error err;

	if (c->postmaster == NULL) {
		error_set(&err, STATUS_AUTH,
		    c->settings->credentials == NULL
			? "Postmaster is not connected: run sendtop login"
			: "%s",
		    c->poll.error);
		end_request(c, &c->poll, false, err.text);
		return;
	}
	c->lost.status = STATUS_OK;
	c->failed = 0;
	c->poll.running = true;
	c->poll.done = c->poll.total = 0;
	c->poll.since_s = clock_utc_s();
	show_work(c, &c->poll, true);
	postmaster_domains(c->postmaster, got_domains, c);
}
