/* The collector's life: opens the parts, does what is due, ends cleanly. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector.h"
#include "sendtop/day.h"
#include "sendtop/log.h"
#include "sendtop/org.h"

enum { TICK_MS = 1000, BEAT_S = 30 };

/* --- what is due ------------------------------------------------------------ */

static void
take_request(struct collector *c, const struct store_request *request)
{
	struct work *work = request->kind == REQUEST_POLL ? &c->poll
							  : &c->probe;
	struct error err;

	if (work->running || !write_begin(c))
		return;
	if (store_request_set(c->store, request->id, REQUEST_RUNNING, "",
		clock_utc_s(), &err) != STATUS_OK) {
		write_failed(c, &err);
		return;
	}
	work->request = request->id;
	work->request_domain = mem_dup(request->domain);
	if (work == &c->poll) {
		poll_start(c);
		return;
	}
	facts_forget_smtp(c->facts);
	probe_start(
	    c, request->domain[0] != '\0' ? request->domain : NULL, true);
}

static void
look_for_requests(struct collector *c)
{
	struct arena *arena = arena_new();
	struct store_request *requests;
	struct error err;
	size_t count, i;

	if (store_requests_waiting(c->store, arena, &requests, &count, &err) !=
	    STATUS_OK)
		write_failed(c, &err);
	else
		for (i = 0; i < count; i++)
			if (requests[i].kind == REQUEST_CANCEL)
				request_cancel(c, &requests[i], requests, i);
			else
				take_request(c, &requests[i]);
	arena_free(arena);
}

static void
tick(void *arg)
{
	struct collector *c = arg;
	int64_t now = clock_utc_s();

	look_for_requests(c);
	if (!c->poll.running && c->postmaster != NULL && now >= c->poll.next_s)
		poll_start(c);
	/* What the logs tell of senders is probed in the one round there is. */
	if (!c->probe.running && (!c->o->once || logs_idle(c)) &&
	    (c->fresh || now >= c->probe.next_s))
		probe_start(c, NULL, c->o->once && c->probe.since_s == 0);
	if (day_of(now) != c->judged_day) {
		c->judged_day = day_of(now);
		judge_all(c);
	}
	judge_mutes(c, now);
	prune_turn(c, now);
	hooks_turn(c->hooks);
	if (loop_now_ms(c->loop) - c->poll.shown_ms > BEAT_S * 1000)
		show_work(c, &c->poll, true);
	if (c->o->once && !c->poll.running && !c->probe.running &&
	    logs_idle(c) && judge_idle(c) && hooks_idle(c->hooks) &&
	    now >= c->probe.since_s)
		loop_stop(c->loop);
}

static void
commit(void *arg)
{
	write_commit(arg);
}

/* --- beginning and end -------------------------------------------------------- */

static void
on_signal(void *arg, int signum)
{
	struct collector *c = arg;

	(void)signum;
	loop_stop(c->loop);
}

/* The screen went away: so do we. */
static void
on_news_pipe(void *arg, int events)
{
	struct collector *c = arg;

	(void)events;
	loop_stop(c->loop);
}

static enum status
open_net(struct collector *c, struct error *err)
{
	const struct settings *s = c->settings;
	enum status status;

	status = loop_open(&c->loop, err);
	if (status == STATUS_OK) {
		c->http = http_open(c->loop, s->ca_file);
		status = dns_open(c->loop, s, &c->dns, err);
	}
	if (status == STATUS_OK && s->smtp_enabled)
		status = smtp_open(c->loop, s, &c->smtp, err);
	return status;
}

/* Without Postmaster the probes still work: that is no reason to end. */
void
open_postmaster(struct collector *c)
{
	struct error err;

	if (c->settings->credentials == NULL)
		return;
	if (postmaster_open(c->loop, c->http, c->settings, &c->postmaster,
		&err) == STATUS_OK)
		return;
	c->postmaster = NULL;
	snprintf(c->poll.error, sizeof(c->poll.error), "%s", err.text);
	c->poll.error_s = clock_utc_s();
	tell(c, err.text);
}

static enum status
add_domain(struct collector *c, const char *name, unsigned source,
    const char *tag, int64_t *id, struct error *err)
{
	char ascii[ORG_NAME_SIZE];

	if (!org_ascii(name, ascii))
		return error_set(
		    err, STATUS_USAGE, "\"%s\" is not a domain name", name);
	return store_domain_add(c->store, ascii, source, tag, id, err);
}

/* Domains that left the settings are let go; their history stays. */
static enum status
drop_old(struct collector *c, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	enum status status;
	size_t count, i;

	status = store_domains(c->store, arena, &domains, &count, err);
	for (i = 0; status == STATUS_OK && i < count; i++)
		if ((domains[i].sources & FROM_SETTINGS) != 0 &&
		    settings_domain(c->settings, domains[i].name) == NULL)
			status = store_domain_drop(
			    c->store, domains[i].id, FROM_SETTINGS, err);
	arena_free(arena);
	return status;
}

static enum status
add_domains(struct collector *c, struct error *err)
{
	const struct settings_domain *own;
	const struct text_list *servers = dns_servers(c->dns);
	struct buf resolver = { 0 };
	enum status status;
	int64_t id;
	size_t i;

	status = store_begin(c->store, err);
	if (status != STATUS_OK)
		return status;
	for (i = 0; i < servers->count; i++)
		buf_printf(
		    &resolver, "%s%s", i > 0 ? ", " : "", servers->items[i]);
	status = store_value_set(c->store, "resolver",
	    resolver.data != NULL ? resolver.data : "", err);
	buf_free(&resolver);
	if (status == STATUS_OK)
		status = drop_old(c, err);
	for (i = 0; status == STATUS_OK && i < c->settings->domain_count; i++) {
		own = &c->settings->domains[i];
		status = add_domain(
		    c, own->name, FROM_SETTINGS, own->tag, &id, err);
		if (status == STATUS_OK)
			status = plan_remember(c, own, id, err);
	}
	for (i = 0; status == STATUS_OK && i < c->o->domain_count; i++)
		status = add_domain(
		    c, c->o->domains[i], FROM_USER, NULL, &id, err);
	if (status != STATUS_OK) {
		store_rollback(c->store);
		return status;
	}
	return store_commit(c->store, err);
}

/* A poll that is not due yet stays so over a restart. */
static void
schedule_first_poll(struct collector *c)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	const char *text;
	struct error err;
	int64_t last;
	size_t count, i;
	bool fresh = false;

	if (c->o->once ||
	    store_value_get(c->store, "postmaster.fetched", arena, &text,
		&err) != STATUS_OK ||
	    !time_parse(text, &last) ||
	    store_domains(c->store, arena, &domains, &count, &err) != STATUS_OK)
		goto out;
	for (i = 0; i < count; i++)
		if (domains[i].poll == POLL_NEVER)
			fresh = true;
	if (!fresh && last <= clock_utc_s())
		c->poll.next_s = last + c->settings->poll_s;
out:
	arena_free(arena);
}

static void
before_hooks(void *arg)
{
	write_commit(arg);
}

static void
on_hook_trouble(void *arg, const char *sentence)
{
	struct collector *c = arg;

	snprintf(
	    c->hook_work.error, sizeof(c->hook_work.error), "%s", sentence);
	if (sentence[0] != '\0') {
		c->hook_work.error_s = clock_utc_s();
		tell(c, sentence);
	}
	show_work(c, &c->hook_work, true);
}

static void
start_hooks(struct collector *c)
{
	const struct hooks_options options = {
		.loop = c->loop,
		.http = c->http,
		.store = c->store,
		.settings = c->settings,
		.before = before_hooks,
		.trouble = on_hook_trouble,
		.arg = c,
	};

	c->hooks = hooks_open(&options);
	if (c->hooks != NULL)
		show_work(c, &c->hook_work, true);
}

static void
start(struct collector *c)
{
	const struct gather_options gather = {
		.loop = c->loop,
		.dns = c->dns,
		.smtp = c->smtp,
		.http = c->settings->https_enabled ? c->http : NULL,
		.settings = c->settings,
		.facts = c->facts,
		.domain = probe_domain_done,
		.done = probe_all_done,
		.arg = c,
	};

	c->gather = gather_new(&gather);
	c->commit_timer = loop_timer_new(c->loop, commit, c);
	c->judge_timer = loop_timer_new(c->loop, judge_turn, c);
	c->tick = loop_timer_new(c->loop, tick, c);
	c->signals[0] = loop_signal_new(c->loop, SIGTERM, on_signal, c);
	c->signals[1] = loop_signal_new(c->loop, SIGINT, on_signal, c);
	if (c->o->news_fd >= 0)
		c->news_watch = loop_fd_new(
		    c->loop, c->o->news_fd, on_news_pipe, c);
	if (c->news_watch != NULL)
		loop_fd_want(c->news_watch, LOOP_READ);
	open_postmaster(c);
	schedule_first_poll(c);
	show_work(c, &c->poll, true);
	start_hooks(c);
	loop_timer_start(c->tick, 0, TICK_MS);
}

static void
stop(struct collector *c)
{
	size_t i;

	logs_close(c);
	hooks_close(c->hooks);
	smtp_close(c->smtp);
	dns_close(c->dns);
	gather_free(c->gather);
	postmaster_close(c->postmaster);
	http_close(c->http);
	loop_signal_free(c->signals[0]);
	loop_signal_free(c->signals[1]);
	loop_fd_free(c->news_watch);
	loop_timer_free(c->tick);
	loop_timer_free(c->commit_timer);
	loop_timer_free(c->judge_timer);
	facts_free(c->facts);
	arena_free(c->names);
	arena_free(c->mutes_arena);
	loop_close(c->loop);
	store_close(c->store);
	for (i = 0; i < c->queue_count; i++)
		free(c->queue[c->queue_head + i]);
	free(c->queue);
	map_free(c->queued, NULL);
	free(c->poll.request_domain);
	free(c->probe.request_domain);
}

enum status
collect_run(const struct collect_options *options, struct error *err)
{
	struct collector c = {
		.o = options,
		.settings = options->settings,
		.poll = { .kind = "poll" },
		.probe = { .kind = "probe" },
		.log_work = { .kind = "logs" },
		.hook_work = { .kind = "hooks" },
		.newest_value_day = DAY_NONE,
		.judged_day = DAY_NONE,
		.pruned_day = DAY_NONE,
	};
	enum status status;

	signal(SIGPIPE, SIG_IGN);
	c.facts = facts_new();
	c.names = arena_new();
	c.queued = map_new();
	status = store_open(options->location, STORE_COLLECT, &c.store, err);
	if (status == STATUS_OK)
		status = open_net(&c, err);
	if (status == STATUS_OK)
		status = add_domains(&c, err);
	if (status == STATUS_OK) {
		start(&c);
		status = logs_open(&c, err);
	}
	if (status == STATUS_OK) {
		loop_run(c.loop);
		logs_close(&c);
		write_commit(&c);
		if (options->once && c.lost.status != STATUS_OK) {
			*err = c.lost;
			status = err->status;
		} else if (options->once && c.poll.error[0] != '\0')
			status = error_set(
			    err, STATUS_NETWORK, "poll: %s", c.poll.error);
	}
	stop(&c);
	return status;
}
