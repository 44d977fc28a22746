/* Access tokens: asked for once for all who wait, kept in memory only. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "oauth.h"
#include "oauth_answer.h"
#include "sendtop/day.h"

enum {
	SPARE_S = 60, /* a token must be good for so long */
	LIFE_MAX_S = 3600,
	TIMEOUT_MS = 30000,
};

struct waiter {
	oauth_done *done;
	void *arg;
};

struct oauth {
	struct http *http;
	struct credentials *credentials;
	char *token;
	int64_t good_until_s;
	int64_t retry_after_s;
	uint64_t request; /* under way, or 0 */
	bool *closed;     /* told to those on the way up, or NULL */
	struct waiter *waiters;
	size_t waiter_count, waiter_cap;
};

enum status
oauth_open(struct http *http, const char *credentials_path, struct oauth **out,
    struct error *err)
{
	struct credentials *credentials;
	enum status status;

	status = credentials_load(credentials_path, &credentials, err);
	if (status != STATUS_OK)
		return status;
	*out = mem_zero(1, sizeof(**out));
	(*out)->http = http;
	(*out)->credentials = credentials;
	(*out)->retry_after_s = -1;
	return STATUS_OK;
}

static void
drop(char *secret)
{
	if (secret != NULL)
		mem_wipe(secret, strlen(secret));
	free(secret);
}

static void
forget(struct oauth *oauth)
{
	drop(oauth->token);
	oauth->token = NULL;
	oauth->good_until_s = 0;
}

void
oauth_close(struct oauth *oauth)
{
	if (oauth == NULL)
		return;
	if (oauth->request != 0)
		http_cancel(oauth->http, oauth->request);
	if (oauth->closed != NULL)
		*oauth->closed = true;
	forget(oauth);
	credentials_free(oauth->credentials);
	free(oauth->waiters);
	free(oauth);
}

int64_t
oauth_retry_after_s(const struct oauth *oauth)
{
	return oauth->retry_after_s;
}

/* Those who wait are told after the list was emptied: they may ask again, have
 * the token thrown away, or close everything. */
static void
answer_all(struct oauth *oauth, const struct error *err)
{
	struct waiter *waiters = oauth->waiters;
	size_t count = oauth->waiter_count, i;
	char *token = err == NULL ? mem_dup(oauth->token) : NULL;
	bool closed = false, *outer = oauth->closed;

	oauth->waiters = NULL;
	oauth->waiter_count = oauth->waiter_cap = 0;
	oauth->closed = &closed;
	for (i = 0; i < count && !closed; i++)
		waiters[i].done(waiters[i].arg, token, err);
	if (!closed)
		oauth->closed = outer;
	else if (outer != NULL)
		*outer = true;
	drop(token);
	free(waiters);
}

static enum status
take_answer(struct oauth *oauth, const struct http_response *response,
    struct error *err)
{
	const struct credentials *c = oauth->credentials;
	struct oauth_answer answer;
	enum status status;
	int64_t life;

	oauth->retry_after_s = response->retry_after_s;
	if (response->status != STATUS_OK) {
		*err = response->error;
		return response->status;
	}
	status = oauth_answer_parse(response->code, response->body,
	    response->body_len,
	    c->type == SERVICE_ACCOUNT ? OAUTH_BY_ASSERTION : OAUTH_BY_REFRESH,
	    c->path, &answer, err);
	if (status != STATUS_OK)
		return status;
	forget(oauth);
	oauth->token = answer.access_token;
	answer.access_token = NULL;
	life = answer.expires_in_s;
	if (life <= 0 || life > LIFE_MAX_S)
		life = LIFE_MAX_S;
	oauth->good_until_s = clock_utc_s() + life - SPARE_S;
	oauth_answer_free(&answer);
	return STATUS_OK;
}

static void
got_token(void *arg, const struct http_response *response)
{
	struct oauth *oauth = arg;
	struct error err;

	oauth->request = 0;
	if (take_answer(oauth, response, &err) == STATUS_OK)
		answer_all(oauth, NULL);
	else
		answer_all(oauth, &err);
}

static void
field(struct buf *out, const char *key, const char *value)
{
	if (out->len > 0)
		buf_char(out, '&');
	buf_printf(out, "%s=", key);
	http_escape(out, value);
}

static enum status
make_body(const struct credentials *c, struct buf *out, struct error *err)
{
	struct buf assertion = { 0 };
	enum status status;

	if (c->type == AUTHORIZED_USER) {
		field(out, "grant_type", "refresh_token");
		field(out, "client_id", c->client_id);
		field(out, "client_secret", c->client_secret);
		field(out, "refresh_token", c->refresh_token);
		return STATUS_OK;
	}
	status = jwt_make(c, clock_utc_s(), &assertion, err);
	if (status == STATUS_OK) {
		field(out, "grant_type",
		    "urn:ietf:params:oauth:grant-type:jwt-bearer");
		field(out, "assertion", assertion.data);
	}
	if (assertion.data != NULL)
		mem_wipe(assertion.data, assertion.len);
	buf_free(&assertion);
	return status;
}

static enum status
ask(struct oauth *oauth, struct error *err)
{
	struct http_request request = {
		.method = "POST",
		.url = oauth->credentials->token_uri,
		.content_type = "application/x-www-form-urlencoded",
		.timeout_ms = TIMEOUT_MS,
	};
	struct buf body = { 0 };
	enum status status = make_body(oauth->credentials, &body, err);

	if (status == STATUS_OK) {
		request.body = body.data;
		request.body_len = body.len;
		oauth->request = http_send(
		    oauth->http, &request, got_token, oauth);
	}
	if (body.data != NULL)
		mem_wipe(body.data, body.len);
	buf_free(&body);
	return status;
}

void
oauth_token(struct oauth *oauth, bool fresh, oauth_done *done, void *arg)
{
	struct error err;

	if (fresh && oauth->request == 0)
		forget(oauth);
	if (oauth->token != NULL && clock_utc_s() < oauth->good_until_s) {
		done(arg, oauth->token, NULL);
		return;
	}
	oauth->waiters = mem_grow(oauth->waiters, oauth->waiter_count,
	    &oauth->waiter_cap, sizeof(*oauth->waiters));
	oauth->waiters[oauth->waiter_count].done = done;
	oauth->waiters[oauth->waiter_count++].arg = arg;
	if (oauth->request == 0 && ask(oauth, &err) != STATUS_OK)
		answer_all(oauth, &err);
}
