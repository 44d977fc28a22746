/* The ramp as text, CSV and JSON, and replies in all reports. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"
#include "suites.h"
#include "world.h"

/* The world with a log, replies, and a ramp judged anew. */
struct scene {
	struct world world;
	struct settings *settings;
	struct settings_domain domain;
	struct reply_count replies[4];
	double delivered[10];
};

static void
add_replies(struct scene *scene)
{
	static const struct reply_count r = { .span_s = HOUR_SECONDS,
		.provider = "gmail",
		.stream = "192.0.2.1",
		.key = "rate_limited_dkim_domain",
		.category = "rate_limit",
		.reply = "421 4.7.28",
		.identity = "dkim news.example.com",
		.slow_down = true,
		.count = 100,
		.sample = "421-4.7.28 an | unusual rate" };
	int i;

	for (i = 0; i < 4; i++) {
		scene->replies[i] = r;
		scene->replies[i].last_s = WORLD_NOW - 300 - 3600 * i;
		scene->replies[i].hour_s = scene->replies[i].last_s /
		    HOUR_SECONDS * HOUR_SECONDS;
	}
	scene->replies[1].stream = "192.0.2.2";
	scene->replies[1].count = 12;
	scene->replies[1].sample = "older";
	scene->replies[2].key = "mailbox_unknown";
	scene->replies[2].category = "mailbox_unknown";
	scene->replies[2].reply = "550 5.1.1";
	scene->replies[2].identity = "";
	scene->replies[2].permanent = true;
	scene->replies[2].slow_down = false;
	scene->replies[2].count = 7;
	scene->replies[3].identity = "";
	scene->replies[3].count = 3;
	scene->world.view.history.replies = scene->replies;
	scene->world.view.history.reply_count = 4;
}

static void
scene_init(struct scene *scene, double target)
{
	struct history *h = &scene->world.view.history;
	struct error err;
	int i;

	memset(scene, 0, sizeof(*scene));
	world_init(&scene->world);
	ck_assert_int_eq(
	    settings_parse("", 0, "none", &scene->settings, &err), STATUS_OK);
	h->ramp = &scene->settings->ramp;
	h->configured = &scene->domain;
	scene->domain.target = target;
	for (i = 0; i < 10; i++)
		scene->delivered[i] = i < 9 ? 10000 : 9000;
	h->series[METRIC_LOG_DELIVERED] = scene->delivered;
	h->log_first_s = WORLD_NOW - 30 * DAY_SECONDS;
	h->log_last_s = WORLD_NOW - 60;
	scene->world.series[METRIC_SPAM_RATE][7] = 0.0002;
	h->finding_count = 0;
	add_replies(scene);
	ramp_assess(h, &scene->world.view.judgements.ramp);
}

static void
scene_fini(struct scene *scene)
{
	settings_free(scene->settings);
	world_fini(&scene->world);
}

static char *
print(const struct scene *scene, const char *format)
{
	const struct report_head head = {
		.view = &scene->world.head,
		.taken_s = WORLD_NOW,
		.as_of = DAY_NONE,
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert(report_ramp(out, format, &head, &scene->world.view));
	fclose(out);
	return text;
}

static const char whole[] =
    "news.example.com: GO: grow up to the ceiling\n"
    "As of Nov 21 23:40 UTC; Postmaster to Nov 19; own log to Nov 21 23:39.\n"
    "\n"
    "Send at most 20,000 messages to Gmail on Nov 22.\n"
    "\n"
    "Receivers that ask for less mail (times are UTC)\n"
    "dkim news.example.com\n"
    "  gmail 421 4.7.28, 112 times in 24 hours, last Nov 21 23:35: send "
    "nothing until\n"
    "  Nov 21 23:45, then over one connection.\n"
    "nobody is named: DKIM domain, SPF domain and IP alike\n"
    "  gmail 421 4.7.28, 3 times in 24 hours, last Nov 21 20:35: over: 20 "
    "connections\n"
    "  or more.\n"
    "\n"
    "Reasons, worst first\n"
    "note      limited 112 times in 24 h, last Nov 21 23:35 (421 4.7.28, dkim\n"
    "          news.example.com, own log)\n"
    "\n"
    "Figures\n"
    "volume    9.0k L on Nov 21\n"
    "base      10.0k L on Nov 20, the most before, bursts aside; growth x0.90,\n"
    "          allowed x2.00\n"
    "letters   L own log, T TLS counts, E error counts, ~ reckoned\n"
    "\n"
    "The allowed path, messages a day to Gmail\n"
    "2026-11-22           20,000\n"
    "2026-11-23           25,000  x1.25\n"
    "25,000 a day are reached on 2026-11-23 if nothing speaks against it on "
    "the way.\n";

START_TEST(test_text)
{
	struct scene scene;
	char *text;

	scene_init(&scene, 25000);
	text = print(&scene, "text");
	ck_assert_str_eq(text, whole);
	free(text);
	scene_fini(&scene);
}
END_TEST

/* What stands in a hold, a stop, and where nothing is known. */
static const struct {
	double spam, delivered;
	const char *line;
} states[] = {
	{ 0.0011, 10000, "HOLD: do not grow" },
	{ 0.0011, 10000, "Send at most 10,000 messages to Gmail on Nov 22." },
	{ 0.0011, 10000, "hold      spam rate 0.110 % on Nov 19 (>= 0.10 %)" },
	{ 0.0011, 10000,
	    "25,000 a day are reached on 2026-11-24 at the earliest: if the "
	    "reasons end\ntomorrow." },
	{ 0.004, 10000, "Send nothing to Gmail on Nov 22." },
	{ 0.004, 10000, "There is none while the state is stop." },
	{ 0.0002, (double)NAN, "No ceiling for Nov 22: no volume is known." },
	{ 0.0002, (double)NAN, "There is none: no volume is known." },
};

START_TEST(test_states)
{
	struct scene scene;
	char *text, *line;
	int i;

	scene_init(&scene, 25000);
	scene.world.series[METRIC_SPAM_RATE][7] = states[_i].spam;
	for (i = 0; i < 10; i++)
		scene.delivered[i] = states[_i].delivered;
	ramp_assess(
	    &scene.world.view.history, &scene.world.view.judgements.ramp);
	text = print(&scene, "text");
	ck_assert_msg(strstr(text, states[_i].line) != NULL, "%s\nin\n%s",
	    states[_i].line, text);
	for (line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		ck_assert_msg(text_width(line) <= 80, "%s", line);
	free(text);
	scene_fini(&scene);
}
END_TEST

/* A plan that ends below the target is said to, not printed for a year. */
START_TEST(test_level)
{
	struct settings_plan steps[] = { { WORLD_NOW / DAY_SECONDS + 1, 12000 },
		{ WORLD_NOW / DAY_SECONDS + 3, 15000 } };
	struct scene scene;
	char *text;

	scene_init(&scene, 25000);
	scene.domain.steps = steps;
	scene.domain.step_count = 2;
	ramp_assess(
	    &scene.world.view.history, &scene.world.view.judgements.ramp);
	text = print(&scene, "text");
	ck_assert_msg(strstr(text,
			  "2026-11-22           12,000\n"
			  "2026-11-23           12,000  x1.00\n"
			  "2026-11-24           15,000  x1.25\n"
			  "and so on\n"
			  "25,000 a day are not reached: the own plan ends "
			  "with 15,000.\n") != NULL,
	    "%s", text);
	free(text);
	scene.domain.step_count = 0;
	scene_fini(&scene);
}
END_TEST

/* Without a target as well a path out of a hold is only the earliest. */
START_TEST(test_hold_without_target)
{
	struct scene scene;
	char *text;

	scene_init(&scene, 0);
	text = print(&scene, "text");
	ck_assert_ptr_nonnull(strstr(text, "\nNo target is set: "));
	free(text);
	scene.world.series[METRIC_SPAM_RATE][7] = 0.0011;
	ramp_assess(
	    &scene.world.view.history, &scene.world.view.judgements.ramp);
	text = print(&scene, "text");
	ck_assert_msg(strstr(text,
			  "\nSo at the earliest: if the reasons end tomorrow. "
			  "No target") != NULL,
	    "%s", text);
	free(text);
	scene_fini(&scene);
}
END_TEST

START_TEST(test_csv)
{
	struct scene scene;
	struct settings_plan *steps;
	struct error err;
	size_t count;
	char *text;

	scene_init(&scene, 25000);
	text = print(&scene, "csv");
	ck_assert_str_eq(
	    text, "day,volume\r\n2026-11-22,20000\r\n2026-11-23,25000\r\n");
	/* What is printed can be read again, as a plan. */
	ck_assert_int_eq(settings_plan_parse(text, strlen(text), "p", DAY_NONE,
			     &steps, &count, &err),
	    STATUS_OK);
	ck_assert_uint_eq(count, 2);
	free(steps);
	free(text);
	scene_fini(&scene);
}
END_TEST

START_TEST(test_json)
{
	struct scene scene;
	char *text;

	scene_init(&scene, 25000);
	text = print(&scene, "json");
	ck_assert_ptr_nonnull(strstr(text,
	    "\"path\":[{\"day\":\"2026-11-22\",\"messages\":20000.0},"
	    "{\"day\":\"2026-11-23\",\"messages\":25000.0}]"));
	ck_assert_ptr_nonnull(strstr(text,
	    "{\"provider\":\"gmail\",\"identity\":\"dkim news.example.com\","
	    "\"key\":\"rate_limited_dkim_domain\",\"reply\":\"421 4.7.28\","
	    "\"count\":112,\"last\":\"2026-11-21T23:35:00Z\","
	    "\"quiet_until\":\"2026-11-21T23:45:00Z\",\"connections\":0,"
	    "\"next\":\"2026-11-21T23:45:00Z\"}"));
	free(text);
	scene_fini(&scene);
}
END_TEST

/* Hours and streams are one; the newest sample stays. */
static const struct {
	const char *format, *line;
} replies[] = {
	{ "json",
	    "\"replies\":[{\"key\":\"rate_limited_dkim_domain\",\"reply\":\"421 "
	    "4.7.28\",\"provider\":\"gmail\",\"identity\":\"dkim "
	    "news.example.com\",\"category\":\"rate_limit\",\"permanent\":"
	    "false,\"count\":112,\"last\":\"2026-11-21T23:35:00Z\",\"sample\":"
	    "\"421-4.7.28 an | unusual rate\"},{\"key\":\"mailbox_unknown\"," },
	{ "csv",
	    "\"news.example.com\",\"reply\",\"mailbox_unknown\",\"\",\"2026-11-"
	    "21T21:35:00Z\",\"7\",\"permanent\",\"gmail 550 5.1.1\"\r\n" },
	{ "markdown",
	    "| 112 | gmail | 421 4.7.28 | rate\\_limited\\_dkim\\_domain | dkim "
	    "news.example.com | Nov 21 23:35 |\n" },
	{ "markdown",
	    "- limited: gmail 421 4.7.28, 112 times in 24 h, dkim "
	    "news.example.com; silence until Nov 21 23:45 UTC\n" },
};

START_TEST(test_replies)
{
	struct scene scene;
	char *text;

	scene_init(&scene, 0);
	text = world_report(&scene.world, replies[_i].format, 1);
	ck_assert_msg(strstr(text, replies[_i].line) != NULL, "%s\nin\n%s",
	    replies[_i].line, text);
	free(text);
	scene_fini(&scene);
}
END_TEST

START_TEST(test_no_format)
{
	struct scene scene;

	scene_init(&scene, 0);
	ck_assert(!report_ramp(stdout, "markdown", NULL, &scene.world.view));
	scene_fini(&scene);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *
suite_report_ramp(void)
{
	Suite *suite = suite_create("report_ramp");
	TCase *tc = tcase_create("report_ramp");

	tcase_add_test(tc, test_text);
	tcase_add_loop_test(tc, test_states, 0, ROWS(states));
	tcase_add_test(tc, test_level);
	tcase_add_test(tc, test_hold_without_target);
	tcase_add_test(tc, test_csv);
	tcase_add_test(tc, test_json);
	tcase_add_loop_test(tc, test_replies, 0, ROWS(replies));
	tcase_add_test(tc, test_no_format);
	suite_add_tcase(suite, tc);
	return suite;
}
