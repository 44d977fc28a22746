/* Hooks: real commands and a real server, told once, in order, of what they
 * want. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/hooks.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "logplace.h"
#include "suites.h"
#include "tests/unit/net/script.h"

enum { TURN_MS = 5, PATIENCE_MS = 20000 };

/* A store and hooks on a loop, as the collector has them. */
struct bed {
	char dir[64];
	char *out; /* what the command was given */
	struct settings *settings;
	struct store *store;
	struct loop *loop;
	struct http *http;
	struct hooks *hooks;
	struct arena *arena;
	int64_t until_ms;
	/* When to end a run: so many lines in out, or events of kind hook. */
	size_t lines, events;
};

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

/* "" when it is not there; free(3). */
static char *
slurp(const char *path)
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

/* A program that appends its arguments and input to out, then does more. */
static char *
write_script(const struct bed *bed, const char *more)
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

static void
bed_open(struct bed *bed)
{
	struct hooks_options options = { .before = nothing };
	struct error err;
	char *path = mem_printf("%s/store.db", bed->dir);

	must(store_open(path, STORE_COLLECT, &bed->store, &err), &err);
	free(path);
	must(loop_open(&bed->loop, &err), &err);
	must(http_open(bed->loop, NULL, &bed->http, &err), &err);
	options.loop = bed->loop;
	options.http = bed->http;
	options.store = bed->store;
	options.settings = bed->settings;
	bed->hooks = hooks_open(&options);
	ck_assert_ptr_nonnull(bed->hooks);
	hooks_turn(bed->hooks); /* from here on events count */
}

static void
bed_close(struct bed *bed)
{
	hooks_close(bed->hooks);
	http_close(bed->http);
	loop_close(bed->loop);
	store_close(bed->store);
}

static void
bed_reopen(struct bed *bed)
{
	bed_close(bed);
	bed_open(bed);
}

/* whom: "command = ..." or "url = ...", or NULL for the script, that does
 * `more`. */
static void
bed_init(
    struct bed *bed, const char *whom, const char *more, const char *settings)
{
	char *text, *path;
	struct error err;

	memset(bed, 0, sizeof(*bed));
	snprintf(bed->dir, sizeof(bed->dir), "/tmp/test_hooks.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(bed->dir));
	bed->out = mem_printf("%s/out", bed->dir);
	bed->arena = arena_new();
	path = write_script(bed, more);
	text = whom != NULL
	    ? mem_printf("[hook \"h\"]\n%s\n%s\n", whom, settings)
	    : mem_printf("[hook \"h\"]\ncommand = %s\n%s\n", path, settings);
	must(settings_parse(text, strlen(text), "t", &bed->settings, &err),
	    &err);
	free(text);
	free(path);
	bed_open(bed);
}

static void
bed_fini(struct bed *bed)
{
	char *rm;

	bed_close(bed);
	settings_free(bed->settings);
	arena_free(bed->arena);
	free(bed->out);
	rm = mem_printf("rm -rf '%s'", bed->dir);
	ck_assert_int_eq(system(rm), 0);
	free(rm);
}

/* --- what is there ------------------------------------------------------------ */

/* What was given so far; lives in the arena. */
static const char *
given(const struct bed *bed)
{
	char *text = slurp(bed->out);
	const char *kept = arena_dup(bed->arena, text);

	free(text);
	return kept;
}

static size_t
count_of(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void
add(struct bed *bed, const char *domain, const char *kind, enum verdict verdict,
    bool begins, const char *text)
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

/* The events of the hooks' own, oldest first. */
static size_t
said(struct bed *bed, struct store_news **out)
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
	struct bed *bed = arg;
	struct store_news *events;

	hooks_turn(bed->hooks);
	ck_assert_msg(clock_mono_ms() < bed->until_ms, "given: %s", given(bed));
	if (hooks_idle(bed->hooks) &&
	    count_of(given(bed), "\n") >= bed->lines &&
	    said(bed, &events) >= bed->events)
		loop_stop(bed->loop);
}

/* Until so many lines were given, so many events said, and all is quiet. */
static void
run(struct bed *bed, size_t lines, size_t events)
{
	struct loop_timer *timer = loop_timer_new(bed->loop, check_end, bed);

	bed->lines = lines;
	bed->events = events;
	bed->until_ms = clock_mono_ms() + PATIENCE_MS;
	loop_timer_start(timer, 0, TURN_MS);
	loop_run(bed->loop);
	loop_timer_free(timer);
	ck_assert_uint_eq(count_of(given(bed), "\n"), lines);
}

/* --- commands ------------------------------------------------------------------ */

/* In order, once each, also over a restart; what was there before the hook is
 * not told. */
START_TEST(test_once)
{
	struct bed bed;
	const char *text, *first, *second;

	bed_init(&bed, NULL, "", "repeat = 0s");
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	add(&bed, "a.test", "state", VERDICT_WARN, true, "too mild");
	add(&bed, "b.test", "state", VERDICT_FAIL, true, "two $(id) \"'");
	run(&bed, 2, 0);
	text = given(&bed);
	first = strstr(text, "\"text\":\"one\"");
	second = strstr(text, "\"text\":\"two $(id) \\\"'\"");
	ck_assert(first != NULL && second != NULL && first < second);
	bed_reopen(&bed);
	run(&bed, 2, 0);
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "three");
	run(&bed, 3, 0);
	bed_fini(&bed);
}
END_TEST

START_TEST(test_new_hook)
{
	struct bed bed;
	struct error err;

	bed_init(&bed, NULL, "", "");
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "years ago");
	/* As if the hook had never been there. */
	must(store_value_set(bed.store, "hook.h", "", &err), &err);
	bed_reopen(&bed);
	run(&bed, 0, 0);
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "now");
	run(&bed, 1, 0);
	bed_fini(&bed);
}
END_TEST

/* Killed while it told: that is said, and not done again. */
START_TEST(test_cut_off)
{
	struct store_news *events;
	struct bed bed;
	struct error err;

	bed_init(&bed, NULL, "", "repeat = 0s");
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	must(store_value_set(bed.store, "hook.h", "0 1", &err), &err);
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "two");
	bed_reopen(&bed);
	run(&bed, 1, 1);
	ck_assert_ptr_nonnull(strstr(given(&bed), "\"two\""));
	ck_assert_uint_eq(said(&bed, &events), 1);
	ck_assert_str_eq(events[0].event.text,
	    "hook h: the collector ended while event 1 was told; it is not "
	    "told again");
	bed_reopen(&bed);
	run(&bed, 1, 1);
	bed_fini(&bed);
}
END_TEST

/* A command that still runs when the collector ends was told, and goes on. */
START_TEST(test_end_while_it_runs)
{
	struct store_news *events;
	const char *place;
	struct error err;
	struct bed bed;

	bed_init(
	    &bed, NULL, "exec timeout 3 tail -f /dev/null", "timeout = 600s");
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hooks_turn(bed.hooks);
	ck_assert(!hooks_idle(bed.hooks));
	/* That it began is written by now, should we be killed. */
	must(store_value_get(bed.store, "hook.h", bed.arena, &place, &err),
	    &err);
	ck_assert_str_eq(place, "0 1");
	free(write_script(&bed, ""));
	bed_reopen(&bed);
	add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	run(&bed, 2, 0);
	ck_assert_uint_eq(said(&bed, &events), 0);
	bed_fini(&bed);
}
END_TEST

START_TEST(test_ends_and_repeats)
{
	struct bed bed;

	bed_init(&bed, NULL, "", "ends = yes");
	add(&bed, "a.test", "finding", VERDICT_FAIL, true, "begins");
	add(&bed, "a.test", "finding", VERDICT_PASS, false, "ends");
	add(&bed, "b.test", "finding", VERDICT_PASS, false, "was never told");
	/* It flaps: the hour is not over. */
	add(&bed, "a.test", "finding", VERDICT_FAIL, true, "again");
	add(&bed, "a.test", "finding", VERDICT_PASS, false, "ends again");
	run(&bed, 2, 0);
	ck_assert_ptr_nonnull(strstr(given(&bed), "\"begins\":false"));
	ck_assert_ptr_null(strstr(given(&bed), "again"));
	bed_fini(&bed);
}
END_TEST

/* --- what keeps an event back ------------------------------------------------- */

static const struct {
	const char *domain, *check, *subject;
	bool told;
} mutes[] = {
	{ "a.test", "ptr", "192.0.2.1", false },
	{ "a.test", "ptr", "", false },
	{ "a.test", "", "", false },
	{ "", "ptr", "", false },
	{ "a.test", "finding", "", false },
	{ "a.test", "ptr", "192.0.2.2", true },
	{ "b.test", "ptr", "", true },
	{ "a.test", "spf", "", true },
};

START_TEST(test_mutes)
{
	const struct store_mute mute = { .domain = mutes[_i].domain,
		.check = mutes[_i].check,
		.subject = mutes[_i].subject,
		.since_s = clock_utc_s() - 60,
		.why = "moving" };
	struct bed bed;
	struct error err;

	bed_init(&bed, NULL, "", "");
	must(store_mute_add(bed.store, &mute, &err), &err);
	add(&bed, "a.test", "finding", VERDICT_FAIL, true, "one");
	add(&bed, "c.test", "state", VERDICT_FAIL, true, "last");
	run(&bed, mutes[_i].told ? 2 : 1, 0);
	bed_fini(&bed);
}
END_TEST

START_TEST(test_min_volume)
{
	struct standing standing = { .volume = 99 };
	int64_t small, large;
	struct bed bed;
	struct error err;

	bed_init(&bed, NULL, "", "min-volume = 100");
	must(store_domain_add(
		 bed.store, "small.test", FROM_USER, NULL, &small, &err),
	    &err);
	must(store_domain_add(
		 bed.store, "large.test", FROM_USER, NULL, &large, &err),
	    &err);
	must(store_standing_put(bed.store, small, &standing, &err), &err);
	standing.volume = 100;
	must(store_standing_put(bed.store, large, &standing, &err), &err);
	add(&bed, "small.test", "state", VERDICT_FAIL, true, "one");
	add(&bed, "large.test", "state", VERDICT_FAIL, true, "two");
	add(&bed, "unknown.test", "state", VERDICT_FAIL, true, "three");
	add(&bed, "", "log", VERDICT_FAIL, true, "four");
	run(&bed, 3, 0);
	ck_assert_ptr_null(strstr(given(&bed), "small.test"));
	bed_fini(&bed);
}
END_TEST

/* Nobody could be told for more than a day. */
START_TEST(test_too_old)
{
	struct store_news news = { .event = { .at_s = clock_utc_s() -
					   HOOK_KEEP_S - 10,
				       .domain = "a.test",
				       .kind = "state",
				       .verdict = VERDICT_FAIL,
				       .text = "old" },
		.check = "",
		.subject = "",
		.begins = true };
	struct store_news *events;
	struct bed bed;
	struct error err;

	bed_init(&bed, NULL, "", "");
	must(store_news_add(bed.store, &news, &err), &err);
	run(&bed, 0, 1);
	ck_assert_uint_eq(said(&bed, &events), 1);
	ck_assert_str_eq(events[0].event.text,
	    "hook h: events not told since they are more than a day old: 1");
	bed_fini(&bed);
}
END_TEST

/* --- failures ------------------------------------------------------------------ */

static const struct {
	const char *more, *settings, *said;
} failures[] = {
	{ "echo; echo 'no route' >&2; exit 3", "",
	    "hook h: exit status 3: no route" },
	{ "kill -9 $$", "", "hook h: ended by signal 9" },
	{ "exec cat /dev/zero >/dev/null", "timeout = 2s",
	    "hook h: took longer than 2000 ms and was ended" },
	{ "head -c 3000000 /dev/zero | tr '\\0' x; exit 1", "", NULL },
	{ "printf '\\033[2Jx\\n'; exit 1", "",
	    "hook h: exit status 1: \\x1b[2Jx" },
};

START_TEST(test_failure)
{
	struct store_news *events;
	struct bed bed;

	bed_init(&bed, NULL, failures[_i].more, failures[_i].settings);
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	run(&bed, 1, 1);
	/* Twice in a row is no news. */
	add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	run(&bed, 2, 1);
	ck_assert_uint_eq(said(&bed, &events), 1);
	if (failures[_i].said != NULL)
		ck_assert_str_eq(events[0].event.text, failures[_i].said);
	else
		ck_assert_uint_lt(strlen(events[0].event.text), 240);
	ck_assert_int_eq(events[0].event.verdict, VERDICT_WARN);
	ck_assert_str_eq(events[0].subject, "h");
	free(write_script(&bed, ""));
	add(&bed, "c.test", "state", VERDICT_FAIL, true, "three");
	run(&bed, 3, 2);
	said(&bed, &events);
	ck_assert_str_eq(events[1].event.text, "hook h: works again");
	bed_fini(&bed);
}
END_TEST

/* Exit status 75: the same event again, later, also over a restart. */
START_TEST(test_again)
{
	struct bed bed;
	struct store_news *events;
	const char *text;

	bed_init(&bed, NULL, "exit 75", "");
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	run(&bed, 2, 1);
	free(write_script(&bed, ""));
	bed_reopen(&bed);
	run(&bed, 4, 1);
	text = given(&bed);
	ck_assert_uint_eq(count_of(text, "\"one\""), 3);
	ck_assert_uint_eq(count_of(text, "\"attempt\":2"), 1);
	ck_assert_uint_eq(count_of(text, "\"two\""), 1);
	ck_assert_uint_ge(said(&bed, &events), 1);
	bed_fini(&bed);
}
END_TEST

START_TEST(test_no_program)
{
	struct bed bed;
	struct store_news *events;
	char *path;

	bed_init(&bed, NULL, "", "");
	path = mem_printf("%s/hook", bed.dir);
	unlink(path);
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	run(&bed, 0, 1);
	said(&bed, &events);
	ck_assert_ptr_nonnull(strstr(events[0].event.text, "cannot run "));
	ck_assert_ptr_nonnull(
	    strstr(events[0].event.text, "No such file or directory"));
	/* It comes back: what waited is told. */
	free(write_script(&bed, ""));
	run(&bed, 1, 2);
	free(path);
	bed_fini(&bed);
}
END_TEST

/* The words as they are, and nothing of ours left open. */
START_TEST(test_words)
{
	struct bed bed;

	bed_init(&bed, NULL, "ls /proc/self/fd | wc -l >>$0.fds; id -u",
	    "severity = fail");
	settings_free(bed.settings);
	bed_close(&bed);
	{
		char *path = mem_printf("%s/hook", bed.dir);
		char *text = mem_printf("[hook \"h\"]\ncommand = %s "
					"'a b' $(id) \"*\" ; remark\n",
		    path);
		struct error err;

		must(settings_parse(
			 text, strlen(text), "t", &bed.settings, &err),
		    &err);
		free(text);
		free(path);
	}
	bed_open(&bed);
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	run(&bed, 1, 0);
	ck_assert_msg(
	    strncmp(given(&bed), "a b|$(id)|*|{", 13) == 0, "%s", given(&bed));
	{
		char *path = mem_printf("%s/hook.fds", bed.dir);
		char *fds = slurp(path);

		/* 0, 1, 2, and the directory that ls reads. */
		ck_assert_int_eq(fds[0], '4');
		free(fds);
		free(path);
	}
	bed_fini(&bed);
}
END_TEST

/* --- webhooks -------------------------------------------------------------------- */

#define ANSWER(status) \
	"empty\n< {\n> HTTP/1.1 " status "\n> Content-Length: 0\n. |\n"

static const struct {
	const char *scripts[4];
	unsigned requests; /* for two events */
	size_t events;
	const char *said;
} webs[] = {
	{ { ANSWER("200 OK"), ANSWER("204 OK"), NULL }, 2, 0, NULL },
	{ { ANSWER("404 No"), ANSWER("200 OK"), NULL }, 2, 2,
	    "hook h: the server answered 404" },
	{ { "empty\n< {\n> HTTP/1.1 302 There\n> Location: "
	    "https://evil.test/\n> Content-Length: 0\n. |\n",
	      ANSWER("200 OK"), NULL },
	    2, 2, "hook h: the server answered 302" },
	{ { ANSWER("503 Busy"), ANSWER("200 OK"), ANSWER("200 OK"), NULL }, 3,
	    2, "hook h: the server answered 503" },
	{ { "empty\n< {\nreset\n", ANSWER("200 OK"), ANSWER("200 OK"), NULL },
	    3, 2, NULL },
};

START_TEST(test_web)
{
	struct script_server server;
	struct store_news *events;
	struct bed bed;
	char *whom, *heard;

	script_start(&server, "127.0.0.1", 0, webs[_i].scripts, NULL);
	whom = mem_printf(
	    "url = http://127.0.0.1:%u/x?key=secret", server.port);
	bed_init(&bed, whom, "", "");
	add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	run(&bed, 0, webs[_i].events);
	while (server.connections < webs[_i].requests)
		run(&bed, 0, webs[_i].events);
	ck_assert_uint_eq(said(&bed, &events), webs[_i].events);
	if (webs[_i].said != NULL)
		ck_assert_str_eq(events[0].event.text, webs[_i].said);
	for (size_t i = 0; i < webs[_i].events; i++)
		ck_assert_ptr_null(strstr(events[i].event.text, "secret"));
	bed_fini(&bed);
	heard = script_end(&server);
	ck_assert_uint_eq(
	    count_of(heard, "POST /x?key=secret"), webs[_i].requests);
	ck_assert_uint_eq(count_of(heard, "Content-Type: application/json"),
	    webs[_i].requests);
	ck_assert_uint_eq(count_of(heard, "\"text\":\"two\""), 1);
	ck_assert_uint_eq(
	    count_of(heard, "\"attempt\":2"), webs[_i].requests - 2);
	free(heard);
	free(whom);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *
suite_hooks(void)
{
	Suite *suite = suite_create("hooks");
	TCase *tc = tcase_create("hooks");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_once);
	tcase_add_test(tc, test_new_hook);
	tcase_add_test(tc, test_cut_off);
	tcase_add_test(tc, test_end_while_it_runs);
	tcase_add_test(tc, test_ends_and_repeats);
	tcase_add_loop_test(tc, test_mutes, 0, ROWS(mutes));
	tcase_add_test(tc, test_min_volume);
	tcase_add_test(tc, test_too_old);
	tcase_add_loop_test(tc, test_failure, 0, ROWS(failures));
	tcase_add_test(tc, test_again);
	tcase_add_test(tc, test_no_program);
	tcase_add_test(tc, test_words);
	tcase_add_loop_test(tc, test_web, 0, ROWS(webs));
	suite_add_tcase(suite, tc);
	return suite;
}
