/* Hooks: real commands and a real server, told once, in order, of what they
 * want. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "hookbed.h"
#include "logplace.h"
#include "suites.h"
#include "tests/unit/net/script.h"

enum { CROWD = 8 };

/* --- commands ------------------------------------------------------------------ */

/* In order, once each, also over a restart; what was there before the hook is
 * not told. */
START_TEST(test_once)
{
	struct hookbed bed;
	const char *text, *first, *second;

	hookbed_init(&bed, NULL, "", "repeat = 0s");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hookbed_add(&bed, "a.test", "state", VERDICT_WARN, true, "too mild");
	hookbed_add(
	    &bed, "b.test", "state", VERDICT_FAIL, true, "two $(id) \"'");
	hookbed_run(&bed, 2, 0);
	text = hookbed_given(&bed);
	first = strstr(text, "\"text\":\"one\"");
	second = strstr(text, "\"text\":\"two $(id) \\\"'\"");
	ck_assert(first != NULL && second != NULL && first < second);
	hookbed_reopen(&bed);
	hookbed_run(&bed, 2, 0);
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "three");
	hookbed_run(&bed, 3, 0);
	hookbed_fini(&bed);
}
END_TEST

START_TEST(test_new_hook)
{
	struct hookbed bed;
	struct error err;

	hookbed_init(&bed, NULL, "", "");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "years ago");
	/* As if the hook had never been there. */
	must(store_value_set(bed.store, "hook.h", "", &err), &err);
	hookbed_reopen(&bed);
	hookbed_run(&bed, 0, 0);
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "now");
	hookbed_run(&bed, 1, 0);
	hookbed_fini(&bed);
}
END_TEST

/* Killed while it told: that is said, and not done again. */
START_TEST(test_cut_off)
{
	struct store_news *events;
	struct hookbed bed;
	struct error err;

	hookbed_init(&bed, NULL, "", "repeat = 0s");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	must(store_value_set(bed.store, "hook.h", "0 1", &err), &err);
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "two");
	hookbed_reopen(&bed);
	hookbed_run(&bed, 1, 1);
	ck_assert_ptr_nonnull(strstr(hookbed_given(&bed), "\"two\""));
	ck_assert_uint_eq(hookbed_said(&bed, &events), 1);
	ck_assert_str_eq(events[0].event.text,
	    "hook h: the collector ended while event 1 was told; it is not "
	    "told again");
	hookbed_reopen(&bed);
	hookbed_run(&bed, 1, 1);
	hookbed_fini(&bed);
}
END_TEST

/* A command that still runs when the collector ends was told, and goes on. */
START_TEST(test_end_while_it_runs)
{
	struct store_news *events;
	const char *place;
	struct error err;
	struct hookbed bed;

	hookbed_init(
	    &bed, NULL, "exec timeout 3 tail -f /dev/null", "timeout = 600s");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hooks_turn(bed.hooks);
	ck_assert(!hooks_idle(bed.hooks));
	/* That it began is written by now, should we be killed. */
	must(store_value_get(bed.store, "hook.h", bed.arena, &place, &err),
	    &err);
	ck_assert_str_eq(place, "0 1");
	free(hookbed_script(&bed, ""));
	hookbed_reopen(&bed);
	hookbed_add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	hookbed_run(&bed, 2, 0);
	ck_assert_uint_eq(hookbed_said(&bed, &events), 0);
	hookbed_fini(&bed);
}
END_TEST

START_TEST(test_ends_and_repeats)
{
	struct hookbed bed;

	hookbed_init(&bed, NULL, "", "ends = yes");
	hookbed_add(&bed, "a.test", "finding", VERDICT_FAIL, true, "begins");
	hookbed_add(&bed, "a.test", "finding", VERDICT_PASS, false, "ends");
	hookbed_add(
	    &bed, "b.test", "finding", VERDICT_PASS, false, "was never told");
	/* It flaps: the hour is not over. */
	hookbed_add(&bed, "a.test", "finding", VERDICT_FAIL, true, "again");
	hookbed_add(
	    &bed, "a.test", "finding", VERDICT_PASS, false, "ends again");
	hookbed_run(&bed, 2, 0);
	ck_assert_ptr_nonnull(strstr(hookbed_given(&bed), "\"begins\":false"));
	ck_assert_ptr_null(strstr(hookbed_given(&bed), "again"));
	hookbed_fini(&bed);
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
	struct hookbed bed;
	struct error err;

	hookbed_init(&bed, NULL, "", "");
	must(store_mute_add(bed.store, &mute, &err), &err);
	hookbed_add(&bed, "a.test", "finding", VERDICT_FAIL, true, "one");
	hookbed_add(&bed, "c.test", "state", VERDICT_FAIL, true, "last");
	hookbed_run(&bed, mutes[_i].told ? 2 : 1, 0);
	hookbed_fini(&bed);
}
END_TEST

START_TEST(test_min_volume)
{
	struct standing standing = { .volume = 99 };
	int64_t small, large;
	struct hookbed bed;
	struct error err;

	hookbed_init(&bed, NULL, "", "min-volume = 100");
	must(store_domain_add(
		 bed.store, "small.test", FROM_USER, NULL, &small, &err),
	    &err);
	must(store_domain_add(
		 bed.store, "large.test", FROM_USER, NULL, &large, &err),
	    &err);
	must(store_standing_put(bed.store, small, &standing, &err), &err);
	standing.volume = 100;
	must(store_standing_put(bed.store, large, &standing, &err), &err);
	hookbed_add(&bed, "small.test", "state", VERDICT_FAIL, true, "one");
	hookbed_add(&bed, "large.test", "state", VERDICT_FAIL, true, "two");
	hookbed_add(&bed, "unknown.test", "state", VERDICT_FAIL, true, "three");
	hookbed_add(&bed, "", "log", VERDICT_FAIL, true, "four");
	hookbed_run(&bed, 3, 0);
	ck_assert_ptr_null(strstr(hookbed_given(&bed), "small.test"));
	hookbed_fini(&bed);
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
	struct hookbed bed;
	struct error err;

	hookbed_init(&bed, NULL, "", "");
	must(store_news_add(bed.store, &news, &err), &err);
	hookbed_run(&bed, 0, 1);
	ck_assert_uint_eq(hookbed_said(&bed, &events), 1);
	ck_assert_str_eq(events[0].event.text,
	    "hook h: events not told since they are more than a day old: 1");
	hookbed_fini(&bed);
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
	struct hookbed bed;

	hookbed_init(&bed, NULL, failures[_i].more, failures[_i].settings);
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hookbed_run(&bed, 1, 1);
	/* Twice in a row is no news. */
	hookbed_add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	hookbed_run(&bed, 2, 1);
	ck_assert_uint_eq(hookbed_said(&bed, &events), 1);
	if (failures[_i].said != NULL)
		ck_assert_str_eq(events[0].event.text, failures[_i].said);
	else
		ck_assert_uint_lt(strlen(events[0].event.text), 240);
	ck_assert_int_eq(events[0].event.verdict, VERDICT_WARN);
	ck_assert_str_eq(events[0].subject, "h");
	free(hookbed_script(&bed, ""));
	hookbed_add(&bed, "c.test", "state", VERDICT_FAIL, true, "three");
	hookbed_run(&bed, 3, 2);
	hookbed_said(&bed, &events);
	ck_assert_str_eq(events[1].event.text, "hook h: works again");
	hookbed_fini(&bed);
}
END_TEST

/* Exit status 75: the same event again, later, also over a restart. */
START_TEST(test_again)
{
	struct hookbed bed;
	struct store_news *events;
	const char *text;

	hookbed_init(&bed, NULL, "exit 75", "");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hookbed_add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	hookbed_run(&bed, 2, 1);
	free(hookbed_script(&bed, ""));
	hookbed_reopen(&bed);
	hookbed_run(&bed, 4, 1);
	text = hookbed_given(&bed);
	ck_assert_uint_eq(hookbed_count(text, "\"one\""), 3);
	ck_assert_uint_eq(hookbed_count(text, "\"attempt\":2"), 1);
	ck_assert_uint_eq(hookbed_count(text, "\"two\""), 1);
	ck_assert_uint_ge(hookbed_said(&bed, &events), 1);
	hookbed_fini(&bed);
}
END_TEST

START_TEST(test_no_program)
{
	struct hookbed bed;
	struct store_news *events;
	char *path;

	hookbed_init(&bed, NULL, "", "");
	path = mem_printf("%s/hook", bed.dir);
	unlink(path);
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hookbed_run(&bed, 0, 1);
	hookbed_said(&bed, &events);
	ck_assert_ptr_nonnull(strstr(events[0].event.text, "cannot run "));
	ck_assert_ptr_nonnull(
	    strstr(events[0].event.text, "No such file or directory"));
	/* It comes back: what waited is told. */
	free(hookbed_script(&bed, ""));
	hookbed_run(&bed, 1, 2);
	free(path);
	hookbed_fini(&bed);
}
END_TEST

/* The words as they are, and nothing of ours left open. */
START_TEST(test_words)
{
	struct hookbed bed;

	hookbed_init(&bed, NULL, "ls /proc/self/fd | wc -l >>$0.fds; id -u",
	    "severity = fail");
	settings_free(bed.settings);
	hookbed_close(&bed);
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
	hookbed_open(&bed);
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hookbed_run(&bed, 1, 0);
	ck_assert_msg(strncmp(hookbed_given(&bed), "a b|$(id)|*|{", 13) == 0,
	    "%s", hookbed_given(&bed));
	{
		char *path = mem_printf("%s/hook.fds", bed.dir);
		char *fds = hookbed_slurp(path);

		/* 0, 1, 2, and the directory that ls reads. */
		ck_assert_int_eq(fds[0], '4');
		free(fds);
		free(path);
	}
	hookbed_fini(&bed);
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
	/* The code is the answer, whatever else comes or does not. */
	{ { "empty\n< {\n> HTTP/1.1 200 OK\n. |\nfill 9000000\n",
	      "empty\n< {\n> HTTP/1.1 202 OK\n> Content-Length: 9\n. |x\n",
	      NULL },
	    2, 0, NULL },
	{ { "empty\n< {\n> HTTP/1.1 404 No\n. |\nfill 9000000\n",
	      ANSWER("200 OK"), NULL },
	    2, 2, "hook h: the server answered 404" },
	{ { "empty\n< {\n> HTTP/1.1 503 Busy\n> Content-Length: 9\n. |x\n",
	      ANSWER("200 OK"), ANSWER("200 OK"), NULL },
	    3, 2, "hook h: the server answered 503" },
	{ { "empty\n< {\n> HTTP/1.1 103 Early\n. |\nreset\n", ANSWER("200 OK"),
	      ANSWER("200 OK"), NULL },
	    3, 2, NULL },
};

START_TEST(test_web)
{
	struct script_server server;
	struct store_news *events;
	struct hookbed bed;
	char *whom, *heard;

	script_start(&server, "127.0.0.1", 0, webs[_i].scripts, NULL);
	whom = mem_printf(
	    "url = http://127.0.0.1:%u/x?key=secret", server.port);
	hookbed_init(&bed, whom, "", "");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hookbed_add(&bed, "b.test", "state", VERDICT_FAIL, true, "two");
	hookbed_run(&bed, 0, webs[_i].events);
	while (server.connections < webs[_i].requests)
		hookbed_run(&bed, 0, webs[_i].events);
	ck_assert_uint_eq(hookbed_said(&bed, &events), webs[_i].events);
	if (webs[_i].said != NULL)
		ck_assert_str_eq(events[0].event.text, webs[_i].said);
	for (size_t i = 0; i < webs[_i].events; i++)
		ck_assert_ptr_null(strstr(events[i].event.text, "secret"));
	hookbed_fini(&bed);
	heard = script_end(&server);
	ck_assert_uint_eq(
	    hookbed_count(heard, "POST /x?key=secret"), webs[_i].requests);
	ck_assert_uint_eq(
	    hookbed_count(heard, "Content-Type: application/json"),
	    webs[_i].requests);
	ck_assert_uint_eq(hookbed_count(heard, "\"text\":\"two\""), 1);
	ck_assert_uint_eq(
	    hookbed_count(heard, "\"attempt\":2"), webs[_i].requests - 2);
	free(heard);
	free(whom);
}
END_TEST

/* A port where connections are taken up no more, for nobody accepts them. */
static uint16_t
crowd(int fds[CROWD])
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct sockaddr *to = (struct sockaddr *)(void *)&at;
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < CROWD; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (i > 0) {
			(void)connect(fds[i], to, len);
			continue;
		}
		ck_assert_int_eq(bind(fds[i], to, len), 0);
		ck_assert_int_eq(listen(fds[i], 0), 0);
		ck_assert_int_eq(getsockname(fds[i], to, &len), 0);
	}
	return ntohs(at.sin_port);
}

struct watched {
	struct loop *loop;
	struct script_server *server; /* or NULL */
	unsigned looks;
};

/* Until the server has the request; of no server, for some turns. */
static void
look(void *arg)
{
	struct watched *w = arg;
	bool there = ++w->looks == 10;

	if (w->server != NULL) {
		pthread_mutex_lock(&w->server->lock);
		there = memmem(w->server->heard.data, w->server->heard.len,
			    "{\"schema\"", 9) != NULL;
		pthread_mutex_unlock(&w->server->lock);
	}
	if (there)
		loop_stop(w->loop);
}

/* The collector ends while a webhook waits: whom nothing was sent to was not
 * told and is later; who was sent it may have it. */
START_TEST(test_end_while_it_waits)
{
	static const char *const deaf[] = { "empty\n< {\n*", NULL };
	struct script_server server;
	struct loop_timer *timer;
	struct watched watched = { .server = _i == 0 ? &server : NULL };
	const char *place;
	struct hookbed bed;
	struct error err;
	int fds[CROWD];
	uint16_t port;
	char *whom;

	if (_i == 0)
		script_start(&server, "127.0.0.1", 0, deaf, NULL);
	port = _i == 0 ? server.port : crowd(fds);
	whom = mem_printf("url = http://127.0.0.1:%u/x", port);
	hookbed_init(&bed, whom, "", "");
	hookbed_add(&bed, "a.test", "state", VERDICT_FAIL, true, "one");
	hooks_turn(bed.hooks);
	watched.loop = bed.loop;
	timer = loop_timer_new(bed.loop, look, &watched);
	loop_timer_start(timer, 10, 10);
	loop_run(bed.loop);
	loop_timer_free(timer);
	must(store_value_get(bed.store, "hook.h", bed.arena, &place, &err),
	    &err);
	ck_assert_str_eq(place, "0 1");
	hooks_close(bed.hooks);
	bed.hooks = NULL;
	must(store_value_get(bed.store, "hook.h", bed.arena, &place, &err),
	    &err);
	ck_assert_str_eq(place, _i == 0 ? "0 1" : "0 0");
	hookbed_fini(&bed);
	if (_i == 0)
		script_stop(&server);
	for (int i = 0; _i == 1 && i < CROWD; i++)
		close(fds[i]);
	free(whom);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *
suite_hooks(void)
{
	Suite *suite = suite_create("hooks");
	TCase *tc = tcase_create("hooks"), *exec = tcase_create("exec");

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
	tcase_add_test(tc, test_words);
	tcase_add_loop_test(tc, test_web, 0, ROWS(webs));
	tcase_add_loop_test(tc, test_end_while_it_waits, 0, 2);
	suite_add_tcase(suite, tc);
	/* valgrind hides that a program could not be run. */
	tcase_set_tags(exec, "native");
	tcase_add_test(exec, test_no_program);
	suite_add_tcase(suite, exec);
	return suite;
}
