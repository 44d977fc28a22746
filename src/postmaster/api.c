/* Calls: token, one refresh on 401, back-off with jitter on 429 and 5xx. */
/* SPDX-License-Identifier: MIT */
#include "api.h"

#include <stdlib.h>
#include <string.h>

#include "oauth.h"
#include "sendtop/sign.h"

struct call {
	struct call *next, *prev;
	struct postmaster *postmaster;
	struct loop_timer *timer;
	char *path, *body;
	call_done *done;
	void *arg;
	uint64_t request;
	unsigned tries, tries_max;
	unsigned generation; /* of the token that was sent */
	bool refused;        /* with 401, and not sent again since */
	bool refreshed;
};

static void begin(void *arg);

static void
call_free(struct call *call)
{
	loop_timer_free(call->timer);
	free(call->path);
	free(call->body);
	free(call);
}

static void
unlink_call(struct call *call)
{
	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		call->postmaster->calls = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
}

/* The caller may close everything. */
static void
finish(struct call *call, const struct call_result *result)
{
	unlink_call(call);
	call->done(call->arg, result);
	call_free(call);
}

int64_t
back_off_ms(
    const struct pace *pace, unsigned try, int64_t retry_after_s, uint32_t dice)
{
	int64_t ms = pace->first_ms, jitter;

	while (try-- > 1 && ms < pace->longest_ms)
		ms *= 2;
	jitter = (int64_t)(dice % (uint32_t)(ms / 2 + 1));
	ms = ms + jitter < pace->longest_ms ? ms + jitter : pace->longest_ms;
	if (retry_after_s > 0 && ms < retry_after_s * pace->second_ms)
		ms = retry_after_s * pace->second_ms +
		    (int64_t)(dice % (uint32_t)(pace->first_ms + 1));
	return ms;
}

uint32_t
back_off_dice(void)
{
	struct error err;
	uint32_t value = 0;

	/* Without randomness there is merely no jitter. */
	if (random_fill(&value, sizeof(value), &err) != STATUS_OK)
		return 0;
	return value;
}

/* Waits, or gives up when that is over: a wait that Google asked for holds
 * for every other call as well. */
static void
again_or_finish(
    struct call *call, struct call_result *result, int64_t retry_after_s)
{
	struct postmaster *pm = call->postmaster;
	int64_t ms = back_off_ms(
	    &pm->pace, call->tries, retry_after_s, back_off_dice());

	if (result->error.status == STATUS_QUOTA &&
	    loop_now_ms(pm->loop) + ms > pm->not_before_ms)
		pm->not_before_ms = loop_now_ms(pm->loop) + ms;
	if (call->tries >= call->tries_max ||
	    retry_after_s * pm->pace.second_ms > pm->pace.longest_ms) {
		finish(call, result);
		return;
	}
	pm->counts.retries++;
	loop_timer_start(call->timer, ms, 0);
}

static void
judge(const struct http_response *response, struct call_result *result)
{
	result->code = response->code;
	if (response->status != STATUS_OK) {
		result->error = response->error;
		result->too_large = response->status == STATUS_PARSE;
		result->failure = result->too_large ||
			response->status == STATUS_USAGE
		    ? API_FATAL
		    : API_AGAIN;
	} else if (response->code == 200) {
		result->failure = API_FINE;
		result->body = response->body;
		result->len = response->body_len;
	} else {
		result->failure = parse_failure(response->code, response->body,
		    response->body_len, &result->error);
	}
}

static void
got_response(void *arg, const struct http_response *response)
{
	struct call *call = arg;
	struct call_result result = { .body = "" };

	call->request = 0;
	judge(response, &result);
	if (result.failure == API_AUTH && !call->refreshed) {
		call->refused = call->refreshed = true;
		begin(call);
	} else if (result.failure == API_AGAIN) {
		again_or_finish(call, &result, response->retry_after_s);
	} else {
		finish(call, &result);
	}
}

static void
send_call(struct call *call, const char *token)
{
	struct postmaster *pm = call->postmaster;
	struct http_request request = {
		.method = call->body != NULL ? "POST" : "GET",
		.content_type = call->body != NULL ? "application/json" : NULL,
		.body = call->body,
		.body_len = call->body != NULL ? strlen(call->body) : 0,
		.bearer = token,
		.timeout_ms = pm->pace.timeout_ms,
	};
	char *url = mem_printf("%s%s", pm->endpoint, call->path);

	if (call->refused && call->generation == pm->generation)
		pm->generation++;
	call->refused = false;
	call->generation = pm->generation;
	pm->counts.requests++;
	request.url = url;
	call->request = http_send(pm->http, &request, got_response, call);
	free(url);
}

static void
got_token(void *arg, const char *token, const struct error *err)
{
	struct call *call = arg;
	struct call_result result = { .failure = API_FATAL, .body = "" };

	if (token != NULL) {
		send_call(call, token);
		return;
	}
	result.error = *err;
	if (err->status == STATUS_NETWORK || err->status == STATUS_TIMEOUT ||
	    err->status == STATUS_QUOTA)
		again_or_finish(call, &result,
		    oauth_retry_after_s(call->postmaster->oauth));
	else
		finish(call, &result);
}

/* False: the call waits, or is over, until Google wants to be asked again. */
static bool
allowed(struct call *call)
{
	struct postmaster *pm = call->postmaster;
	int64_t wait = pm->not_before_ms - loop_now_ms(pm->loop);
	struct call_result result = { .failure = API_AGAIN, .body = "" };

	if (wait <= 0)
		return true;
	if (wait <= pm->pace.longest_ms + pm->pace.first_ms) {
		loop_timer_start(call->timer, wait, 0);
		return false;
	}
	error_set(&result.error, STATUS_QUOTA,
	    "Google asks to slow down: not before %lld min",
	    (long long)(wait / 60000 + 1));
	finish(call, &result);
	return false;
}

static void
begin(void *arg)
{
	struct call *call = arg;
	struct postmaster *pm = call->postmaster;

	if (!allowed(call))
		return;
	call->tries++;
	/* Only who was refused with the present token asks for a new one. */
	oauth_token(pm->oauth,
	    call->refused && call->generation == pm->generation, got_token,
	    call);
}

void
call_start(struct postmaster *postmaster, const char *path, const char *body,
    unsigned tries, call_done *done, void *arg)
{
	struct call *call = mem_zero(1, sizeof(*call));

	call->postmaster = postmaster;
	call->path = mem_dup(path);
	call->body = mem_dup(body);
	call->tries_max = tries;
	call->done = done;
	call->arg = arg;
	call->timer = loop_timer_new(postmaster->loop, begin, call);
	call->next = postmaster->calls;
	if (call->next != NULL)
		call->next->prev = call;
	postmaster->calls = call;
	/* By a timer, so that nothing calls back before we have returned. */
	loop_timer_start(call->timer, 0, 0);
}

void
calls_drop(struct postmaster *postmaster)
{
	struct call *call, *next;

	for (call = postmaster->calls; call != NULL; call = next) {
		next = call->next;
		if (call->request != 0)
			http_cancel(postmaster->http, call->request);
		call_free(call);
	}
	postmaster->calls = NULL;
}
