/* Hooks: what happened is told to commands and webhooks, each event once. */
/* SPDX-License-Identifier: MIT */
#include "hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hook_run.h"
#include "sendtop/day.h"
#include "sendtop/log.h"
#include "sendtop/text.h"

enum {
	PAGE = 100, /* events looked at a turn */
	PAUSE_MS = 1000,
	PAUSE_MOST_MS = 600 * 1000,
	VALUE_SIZE = 48,
	KEY_SIZE = 64,
};

struct hook {
	struct hooks *all;
	const struct settings_hook *set;
	bool loaded;
	bool failing;
	bool behind;      /* more events than a page wait */
	int64_t done;     /* events up to that number need nothing more */
	int64_t retry_ms; /* not before; by the loop's clock */
	int64_t pause_ms; /* that led to it */
	int64_t retried;  /* the event that failed last, and how often */
	int attempt;
	int32_t pruned_day;
	int64_t dropped; /* too old by the time somebody could be told */
	/* While busy: of what it is told. */
	bool busy;
	bool settled; /* it ended, but that is not written yet */
	struct arena *arena;
	struct store_news news;
	struct store_told told;
	struct hook_run *run;
	uint64_t request; /* 0: none */
};

struct hooks {
	struct hooks_options o;
	struct loop_timer *timer;
	size_t count;
	struct hook items[];
};

/* --- where a hook has got to ------------------------------------------------ */

/* "DONE BEGUN": all up to DONE was told or needs no telling; BEGUN, unless 0,
 * is being told. */
static enum status
keep_place(struct hook *h, int64_t done, int64_t begun, struct error *err)
{
	char key[KEY_SIZE], value[VALUE_SIZE];

	snprintf(key, sizeof(key), "hook.%s", h->set->name);
	snprintf(value, sizeof(value), "%lld %lld", (long long)done,
	    (long long)begun);
	return store_value_set(h->all->o.store, key, value, err);
}

static bool
read_place(const char *value, int64_t *done, int64_t *begun)
{
	char first[VALUE_SIZE];
	size_t len = strcspn(value, " ");

	if (value[len] == '\0' || len >= sizeof(first))
		return false;
	memcpy(first, value, len);
	first[len] = '\0';
	return text_to_int(first, 0, INT64_MAX, done) &&
	    text_to_int(value + len + 1, 0, INT64_MAX, begun);
}

static enum status
add_event(
    struct hook *h, enum verdict verdict, const char *text, struct error *err)
{
	const struct store_news news = {
		.event = { .at_s = clock_utc_s(),
		    .domain = "",
		    .kind = "hook",
		    .verdict = verdict,
		    .text = text },
		.check = "",
		.subject = h->set->name,
		.begins = verdict != VERDICT_PASS,
	};

	return store_news_add(h->all->o.store, &news, err);
}

/* The last one before us began to tell of it and never said what came of it. */
static enum status
take_over(struct hook *h, int64_t begun, struct error *err)
{
	char text[EVENT_TEXT_SIZE];
	enum status status;

	snprintf(text, sizeof(text),
	    "hook %s: the collector ended while event %lld was told; it is "
	    "not told again",
	    h->set->name, (long long)begun);
	log_write(LOG_LEVEL_WARN, "%s", text);
	status = store_begin(h->all->o.store, err);
	if (status != STATUS_OK)
		return status;
	status = add_event(h, VERDICT_WARN, text, err);
	if (status == STATUS_OK)
		status = keep_place(h, begun, 0, err);
	if (status != STATUS_OK) {
		store_rollback(h->all->o.store);
		return status;
	}
	h->done = begun;
	return store_commit(h->all->o.store, err);
}

/* A hook that is new begins with what comes from now on. */
static enum status
load(struct hook *h, struct error *err)
{
	struct store *store = h->all->o.store;
	struct arena *arena = arena_new();
	int64_t last, begun = 0;
	char key[KEY_SIZE];
	const char *value;
	enum status status;

	snprintf(key, sizeof(key), "hook.%s", h->set->name);
	status = store_news_last(store, &last, err);
	if (status == STATUS_OK)
		status = store_value_get(store, key, arena, &value, err);
	if (status == STATUS_OK && !read_place(value, &h->done, &begun)) {
		h->done = last;
		status = keep_place(h, last, 0, err);
	} else if (status == STATUS_OK && begun > h->done) {
		status = take_over(h, begun, err);
	}
	/* Numbers begin anew when all events were forgotten. */
	if (status == STATUS_OK && h->done > last)
		h->done = 0;
	h->loaded = status == STATUS_OK;
	arena_free(arena);
	return status;
}

/* --- how telling ends -------------------------------------------------------- */

static enum status
write_end(struct hook *h, struct error *err)
{
	enum status status = STATUS_OK;

	if (h->told.told_s != 0)
		status = store_told_put(h->all->o.store, &h->told, err);
	if (status == STATUS_OK)
		status = keep_place(h, h->news.event.id, 0, err);
	return status;
}

/* Writes that an event was told; until then there is no next one. */
static enum status
settle(struct hook *h, struct error *err)
{
	struct store *store = h->all->o.store;
	enum status status;

	h->all->o.before(h->all->o.arg);
	status = store_begin(store, err);
	if (status != STATUS_OK)
		return status;
	status = write_end(h, err);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	status = store_commit(store, err);
	if (status != STATUS_OK)
		return status;
	h->done = h->news.event.id;
	h->busy = h->settled = false;
	return STATUS_OK;
}

static void
say(struct hook *h, enum verdict verdict, const char *sentence)
{
	char text[EVENT_TEXT_SIZE];
	struct error err;

	snprintf(text, sizeof(text), "hook %s: %s", h->set->name, sentence);
	h->all->o.before(h->all->o.arg);
	if (add_event(h, verdict, text, &err) != STATUS_OK)
		log_write(LOG_LEVEL_WARN, "%s", err.text);
	if (h->all->o.trouble != NULL)
		h->all->o.trouble(
		    h->all->o.arg, verdict == VERDICT_PASS ? "" : text);
}

/* One event for a row of failures. */
static void
show_end(struct hook *h, enum hook_end end, const char *sentence)
{
	bool failed = end != HOOK_DONE;

	if (failed)
		log_write(
		    LOG_LEVEL_INFO, "hook %s: %s", h->set->name, sentence);
	if (failed && !h->failing)
		say(h, VERDICT_WARN, sentence);
	else if (!failed && h->failing)
		say(h, VERDICT_PASS, "works again");
	h->failing = failed;
}

static void
try_later(struct hook *h, int64_t after_s)
{
	h->pause_ms = h->pause_ms == 0 ? PAUSE_MS : h->pause_ms * 2;
	if (after_s * 1000 > h->pause_ms)
		h->pause_ms = after_s * 1000;
	if (h->pause_ms > PAUSE_MOST_MS)
		h->pause_ms = PAUSE_MOST_MS;
	h->retry_ms = loop_now_ms(h->all->o.loop) + h->pause_ms;
}

static void
note_told(struct hook *h)
{
	if (h->news.begins) {
		h->told.told_s = h->news.event.at_s;
		h->told.verdict = h->news.event.verdict;
	}
	h->told.open = h->news.begins;
}

static void
ended(struct hook *h, enum hook_end end, const char *sentence, int64_t after_s)
{
	struct error err;

	hook_run_free(h->run);
	h->run = NULL;
	h->request = 0;
	show_end(h, end, sentence);
	if (end == HOOK_AGAIN) {
		h->busy = false;
		h->retried = h->news.event.id;
		try_later(h, after_s);
		h->all->o.before(h->all->o.arg);
		if (keep_place(h, h->done, 0, &err) != STATUS_OK)
			log_write(LOG_LEVEL_WARN, "%s", err.text);
		return;
	}
	h->pause_ms = 0;
	h->attempt = 0;
	if (end == HOOK_DONE)
		note_told(h);
	h->settled = true;
	if (settle(h, &err) != STATUS_OK)
		log_write(LOG_LEVEL_WARN, "%s", err.text);
	loop_timer_start(h->all->timer, 0, 0);
}

static void
on_run(void *arg, enum hook_end end, const char *sentence)
{
	ended(arg, end, sentence, 0);
}

/* What another try may change. */
static bool
may_pass(const struct http_response *response, long code)
{
	if (code == 0)
		return response->failure != HTTP_HEAD_FULL;
	return code >= 500 || code == 408 || code == 425 || code == 429;
}

/* By the code alone: nobody needs what else there is of the answer. */
static void
on_answer(void *arg, const struct http_response *response)
{
	bool whole = response->status == STATUS_OK;
	long code = whole ? response->code : response->head_code;
	char sentence[ERROR_TEXT_SIZE] = "";

	if (code == 0)
		snprintf(
		    sentence, sizeof(sentence), "%s", response->error.text);
	else if (code < 200 || code > 299)
		snprintf(sentence, sizeof(sentence), "the server answered %ld",
		    code);
	ended(arg,
	    sentence[0] == '\0'            ? HOOK_DONE
		: may_pass(response, code) ? HOOK_AGAIN
					   : HOOK_FAILED,
	    sentence, response->retry_after_s);
}

/* --- telling ------------------------------------------------------------------ */

static void
post(struct hook *h, const char *json)
{
	const struct http_request request = {
		.method = "POST",
		.url = h->set->url,
		.content_type = "application/json",
		.body = json,
		.body_len = strlen(json),
		.timeout_ms = h->set->timeout_ms,
	};

	h->request = http_send(h->all->o.http, &request, on_answer, h);
}

/* That it begins is written before it does. */
static enum status
tell(struct hook *h, struct error *err)
{
	const struct hooks_options *o = &h->all->o;
	enum status status = keep_place(h, h->done, h->news.event.id, err);
	struct error failed;
	char *json;

	if (status != STATUS_OK)
		return status;
	h->busy = true;
	h->attempt = h->retried == h->news.event.id ? h->attempt + 1 : 1;
	json = hook_json(h->set->name, &h->news, h->attempt);
	if (h->set->url != NULL)
		post(h, json);
	else if (hook_run_start(o->loop, &h->set->command, json, strlen(json),
		     h->set->timeout_ms, on_run, h, &h->run,
		     &failed) != STATUS_OK)
		ended(h, HOOK_AGAIN, failed.text, 0);
	free(json);
	return STATUS_OK;
}

/* --- which events --------------------------------------------------------------- */

/* What was told of once is told to its end, muted or small by then. */
static enum status
look(struct hook *h, const struct store_news *news, struct arena *arena,
    bool *wanted, struct error *err)
{
	enum status status;
	bool muted = false, small = false;

	h->told = (struct store_told){
		.hook = h->set->name,
		.domain = news->event.domain,
		.kind = news->event.kind,
		.check = news->check,
		.subject = news->subject,
	};
	*wanted = false;
	status = store_told_get(h->all->o.store, &h->told, err);
	if (status != STATUS_OK || !hook_wants(h->set, news, &h->told))
		return status;
	if (news->begins) {
		status = hook_muted(h->all->o.store, news, arena, &muted, err);
		if (status == STATUS_OK)
			status = hook_small(
			    h->all->o.store, h->set, news, arena, &small, err);
	}
	*wanted = status == STATUS_OK && !muted && !small;
	if (*wanted && news->event.at_s < clock_utc_s() - HOOK_KEEP_S) {
		*wanted = false;
		h->dropped++;
	}
	return status;
}

static void
show_dropped(struct hook *h)
{
	char sentence[128];

	if (h->dropped == 0)
		return;
	snprintf(sentence, sizeof(sentence),
	    "events not told since they are more than a day old: %lld",
	    (long long)h->dropped);
	h->dropped = 0;
	say(h, VERDICT_WARN, sentence);
}

/* Passes over what it does not want to the first that it does. */
static enum status
find_next(struct hook *h, bool *found, struct error *err)
{
	const struct news_query query = { .after = h->done, .limit = PAGE };
	struct store_news *all;
	enum status status;
	int64_t done = h->done;
	size_t count, i;

	*found = false;
	arena_reset(h->arena);
	status = store_news(
	    h->all->o.store, &query, h->arena, &all, &count, err);
	for (i = 0; status == STATUS_OK && i < count; i++) {
		status = look(h, &all[i], h->arena, found, err);
		if (status != STATUS_OK || *found)
			break;
		done = all[i].event.id;
	}
	if (*found)
		h->news = all[i];
	h->behind = !*found && count == PAGE;
	if (status == STATUS_OK && done != h->done && !*found)
		status = keep_place(h, done, 0, err);
	if (status == STATUS_OK)
		h->done = done;
	return status;
}

/* Once a day what is over, and too long ago to repeat itself. */
static enum status
prune(struct hook *h, struct error *err)
{
	int64_t now_s = clock_utc_s();
	enum status status;

	if (day_of(now_s) == h->pruned_day)
		return STATUS_OK;
	status = store_told_prune(
	    h->all->o.store, h->set->name, now_s - h->set->repeat_s, err);
	if (status == STATUS_OK)
		h->pruned_day = day_of(now_s);
	return status;
}

static enum status
turn(struct hook *h, struct error *err)
{
	enum status status = STATUS_OK;
	bool found;

	if (h->settled)
		status = settle(h, err);
	if (status != STATUS_OK || h->busy ||
	    loop_now_ms(h->all->o.loop) < h->retry_ms)
		return status;
	h->all->o.before(h->all->o.arg);
	if (!h->loaded)
		status = load(h, err);
	if (status == STATUS_OK)
		status = prune(h, err);
	if (status == STATUS_OK)
		status = find_next(h, &found, err);
	if (status != STATUS_OK)
		return status;
	show_dropped(h);
	if (h->behind)
		loop_timer_start(h->all->timer, 0, 0);
	return found ? tell(h, err) : STATUS_OK;
}

void
hooks_turn(struct hooks *hooks)
{
	struct error err;

	for (size_t i = 0; hooks != NULL && i < hooks->count; i++)
		if (turn(&hooks->items[i], &err) != STATUS_OK)
			log_write(LOG_LEVEL_WARN, "hook %s: %s",
			    hooks->items[i].set->name, err.text);
}

static void
on_timer(void *arg)
{
	hooks_turn(arg);
}

bool
hooks_idle(const struct hooks *hooks)
{
	for (size_t i = 0; hooks != NULL && i < hooks->count; i++)
		if (hooks->items[i].busy || hooks->items[i].behind)
			return false;
	return true;
}

/* --- beginning and end ------------------------------------------------------------ */

struct hooks *
hooks_open(const struct hooks_options *options)
{
	const struct settings *settings = options->settings;
	struct hooks *hooks;
	struct hook *h;

	if (settings->hook_count == 0)
		return NULL;
	hooks = mem_zero(
	    1, sizeof(*hooks) + settings->hook_count * sizeof(struct hook));
	hooks->o = *options;
	for (size_t i = 0; i < settings->hook_count; i++) {
		const struct settings_hook *set = &settings->hooks[i];

		if (set->url == NULL && set->command.count == 0)
			continue;
		h = &hooks->items[hooks->count++];
		h->all = hooks;
		h->set = set;
		h->arena = arena_new();
		h->pruned_day = DAY_NONE;
	}
	hooks->timer = loop_timer_new(options->loop, on_timer, hooks);
	return hooks;
}

/* A command that runs has all it needs; what comes of it nobody will know.  A
 * webhook's server that has been sent nothing was not told. */
static void
close_hook(struct hook *h)
{
	enum status status = STATUS_OK;
	struct error err;

	if (h->run != NULL) {
		note_told(h);
		h->settled = true;
	}
	if (h->settled)
		status = settle(h, &err);
	else if (h->request != 0 && http_unsent(h->all->o.http, h->request))
		status = keep_place(h, h->done, 0, &err);
	if (status != STATUS_OK)
		log_write(LOG_LEVEL_WARN, "%s", err.text);
	if (h->request != 0)
		http_cancel(h->all->o.http, h->request);
	hook_run_free(h->run);
	arena_free(h->arena);
}

void
hooks_close(struct hooks *hooks)
{
	if (hooks == NULL)
		return;
	for (size_t i = 0; i < hooks->count; i++)
		close_hook(&hooks->items[i]);
	loop_timer_free(hooks->timer);
	free(hooks);
}
