/* A store and hooks on a loop, as the collector has them. */
/* SPDX-License-Identifier: MIT */
#include "hookbed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logplace.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"

enum { TURN_MS = 5, PATIENCE_MS = 20000 };

static void
nothing(void *arg)
{
	(void)arg;
}

static void
spill(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

char *
hookbed_slurp(const char *path)
{
	struct buf text = { 0 };
	FILE *file = fopen(path, "r");
	char block[4096];
	size_t n;

	while (file != NULL && (n = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&text, block, n);
	if (file != NULL)
		fclose(file);
	return buf_take(&text);
}

char *
hookbed_script(const struct hookbed *bed, const char *more)
{
	char *path = mem_printf("%s/hook", bed->dir);
	char *text = mem_printf("#!/bin/sh\n"
				"{ for w; do printf '%%s|' \"$w\"; done; cat; }"
				" >>%s\n%s\n",
	    bed->out, more);

	spill(path, text);
	ck_assert_int_eq(chmod(path, 0700), 0);
	free(text);
	return path;
}

void
hookbed_open(struct hookbed *bed)
{
	struct hooks_options options = { .before = nothing };
	struct error err;
	char *path = mem_printf("%s/store.db", bed->dir);

	must(store_open(path, STORE_COLLECT, &bed->store, &err), &err);
	free(path);
	must(loop_open(&bed->loop, &err), &err);
	bed->http = http_open(bed->loop, NULL);
	options.loop = bed->loop;
	options.http = bed->http;
	options.store = bed->store;
	options.settings = bed->settings;
	bed->hooks = hooks_open(&options);
	ck_assert_ptr_nonnull(bed->hooks);
	hooks_turn(bed->hooks); /* from here on events count */
}

void
hookbed_close(struct hookbed *bed)
{
	hooks_close(bed->hooks);
	http_close(bed->http);
	loop_close(bed->loop);
	store_close(bed->store);
}

void
hookbed_reopen(struct hookbed *bed)
{
	hookbed_close(bed);
	hookbed_open(bed);
}

void
hookbed_init(struct hookbed *bed, const char *whom, const char *more,
    const char *settings)
{
	char *text, *path;
	struct error err;

	memset(bed, 0, sizeof(*bed));
	snprintf(bed->dir, sizeof(bed->dir), "/tmp/test_hooks.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(bed->dir));
	bed->out = mem_printf("%s/out", bed->dir);
	bed->arena = arena_new();
	path = hookbed_script(bed, more);
	text = whom != NULL
	    ? mem_printf("[hook \"h\"]\n%s\n%s\n", whom, settings)
	    : mem_printf("[hook \"h\"]\ncommand = %s\n%s\n", path, settings);
	must(settings_parse(text, strlen(text), "t", &bed->settings, &err),
	    &err);
	free(text);
	free(path);
	hookbed_open(bed);
}

void
hookbed_fini(struct hookbed *bed)
{
	char *rm;

	hookbed_close(bed);
	settings_free(bed->settings);
	arena_free(bed->arena);
	free(bed->out);
	rm = mem_printf("rm -rf '%s'", bed->dir);
	ck_assert_int_eq(system(rm), 0);
	free(rm);
}

const char *
hookbed_given(const struct hookbed *bed)
{
	char *text = hookbed_slurp(bed->out);
	const char *kept = arena_dup(bed->arena, text);

	free(text);
	return kept;
}

size_t
hookbed_count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

void
hookbed_add(struct hookbed *bed, const char *domain, const char *kind,
    enum verdict verdict, bool begins, const char *text)
{
	const struct store_news news = {
		.event = { .at_s = clock_utc_s(),
		    .domain = domain,
		    .kind = kind,
		    .verdict = verdict,
		    .text = text },
		.check = strcmp(kind, "finding") == 0 ? "ptr" : "",
		.subject = strcmp(kind, "finding") == 0 ? "192.0.2.1" : "",
		.begins = begins,
	};
	struct error err;

	must(store_news_add(bed->store, &news, &err), &err);
}

size_t
hookbed_said(struct hookbed *bed, struct store_news **out)
{
	const struct news_query query = { .domain = "", .limit = 100 };
	struct error err;
	size_t count;

	must(store_news(bed->store, &query, bed->arena, out, &count, &err),
	    &err);
	return count;
}

static void
check_end(void *arg)
{
	struct hookbed *bed = arg;
	struct store_news *events;

	hooks_turn(bed->hooks);
	ck_assert_msg(
	    clock_mono_ms() < bed->until_ms, "given: %s", hookbed_given(bed));
	if (hooks_idle(bed->hooks) &&
	    hookbed_count(hookbed_given(bed), "\n") >= bed->lines &&
	    hookbed_said(bed, &events) >= bed->events)
		loop_stop(bed->loop);
}

void
hookbed_run(struct hookbed *bed, size_t lines, size_t events)
{
	struct loop_timer *timer = loop_timer_new(bed->loop, check_end, bed);

	bed->lines = lines;
	bed->events = events;
	bed->until_ms = clock_mono_ms() + PATIENCE_MS;
	loop_timer_start(timer, 0, TURN_MS);
	loop_run(bed->loop);
	loop_timer_free(timer);
	ck_assert_uint_eq(hookbed_count(hookbed_given(bed), "\n"), lines);
}
