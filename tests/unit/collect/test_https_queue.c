/* The queue of HTTPS fetches: two a server, its answers named, let go. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "src/collect/https_queue.h"
#include "suites.h"
#include "tests/unit/net/pki.h"
#include "tests/unit/net/script.h"

#define HEAD "tls\nempty\n> HTTP/1.1 200 OK\n> Connection: close\n"
#define HELLO HEAD "> Content-Type: text/plain\n> Content-Length: 5\n. |hello\n"

enum { GUARD_MS = 20000, MANY = 9 };

struct bed {
	struct loop *loop;
	struct http *http;
	struct settings *settings;
	struct https_queue *queue;
	struct loop_timer *guard;
	struct pki pki;
	struct script_server server;
	size_t expected, count, dropped;
	enum https_outcome outcome;
	int code;
	char body[16];
	char error[128];
};

static void
too_long(void *arg)
{
	(void)arg;
	ck_abort_msg("the queue did not end");
}

static void
set(struct bed *bed, const char *key, const char *value)
{
	struct error err;

	ck_assert_msg(
	    settings_set(bed->settings, key, value, &err) == STATUS_OK, "%s",
	    err.text);
}

static void
bed_init(struct bed *bed, const char *const *scripts, const char *names)
{
	const struct cert_spec spec = { .cn = "x", .names = names };
	struct error err;
	char port[16];

	memset(bed, 0, sizeof(*bed));
	bed->expected = 1;
	pki_init(&bed->pki);
	script_start(&bed->server, "127.0.0.1", 0, scripts,
	    pki_server(&bed->pki, &spec));
	ck_assert(
	    settings_parse("", 0, "test", &bed->settings, &err) == STATUS_OK);
	snprintf(port, sizeof(port), "%u", bed->server.port);
	set(bed, "https.port", port);
	set(bed, "smtp.allow-private", "yes");
	ck_assert(loop_open(&bed->loop, &err) == STATUS_OK);
	bed->http = http_open(bed->loop, bed->pki.ca_file);
	bed->queue = https_queue_new(bed->loop, bed->http, bed->settings);
	bed->guard = loop_timer_new(bed->loop, too_long, NULL);
	loop_timer_start(bed->guard, GUARD_MS, 0);
}

static void
bed_fini(struct bed *bed)
{
	https_queue_free(bed->queue);
	http_close(bed->http);
	loop_timer_free(bed->guard);
	loop_close(bed->loop);
	settings_free(bed->settings);
	script_stop(&bed->server);
	pki_fini(&bed->pki);
}

static void
arrived(void *arg, struct https_answer *take)
{
	struct bed *bed = arg;

	if (take == NULL) {
		bed->dropped++;
		return;
	}
	bed->outcome = take->outcome;
	bed->code = take->code;
	snprintf(bed->body, sizeof(bed->body), "%s", take->body);
	snprintf(bed->error, sizeof(bed->error), "%s", take->error);
	free(take);
	if (++bed->count == bed->expected)
		loop_stop(bed->loop);
}

static const struct address here = { .family = 4, .bytes = { 127, 0, 0, 1 } };

static const struct {
	const char *why, *script, *names, *url;
	enum https_outcome outcome;
	int code;
	const char *body;
} rows[] = {
	{ "good", HELLO, "DNS:w.test", "https://w.test/", HTTPS_OK, 200,
	    "hello" },
	{ "404", "tls\nempty\n> HTTP/1.1 404 No\n> Content-Length: 0\n. |\n",
	    "DNS:w.test", "https://w.test/", HTTPS_OK, 404, "" },
	{ "another name", HELLO, "DNS:v.test", "https://w.test/",
	    HTTPS_UNTRUSTED, 0, "" },
	{ "large", HEAD ". |\nfill 70000\n", "DNS:w.test", "https://w.test/",
	    HTTPS_TOO_LARGE, 0, "" },
	{ "no TLS", "> hello\n", "DNS:w.test", "https://w.test/", HTTPS_BROKEN,
	    0, "" },
	{ "silent", "tls\nempty\n*", "DNS:w.test", "https://w.test/",
	    HTTPS_TIMEOUT, 0, "" },
	{ "no URL", HELLO, "DNS:w.test", "https://", HTTPS_BROKEN, 0, "" },
	{ "not https", HELLO, "DNS:w.test", "http://w.test/", HTTPS_BROKEN, 0,
	    "" },
};

START_TEST(test_answers)
{
	const char *const scripts[] = { rows[_i].script, NULL };
	struct bed bed;

	bed_init(&bed, scripts, rows[_i].names);
	set(&bed, "https.timeout",
	    rows[_i].outcome == HTTPS_TIMEOUT ? "300ms" : "10s");
	https_queue_get(bed.queue, rows[_i].url, &here, arrived, &bed);
	ck_assert_uint_eq(bed.count, 0);
	loop_run(bed.loop);
	ck_assert_msg(bed.outcome == rows[_i].outcome &&
		bed.code == rows[_i].code &&
		strcmp(bed.body, rows[_i].body) == 0,
	    "%s: outcome %d code %d '%s' (%s)", rows[_i].why, bed.outcome,
	    bed.code, bed.body, bed.error);
	bed_fini(&bed);
}
END_TEST

START_TEST(test_refused)
{
	static const char *const scripts[] = { "*", NULL };
	struct address nobody = here;
	struct bed bed;

	bed_init(&bed, scripts, "DNS:w.test");
	nobody.bytes[3] = 77;
	https_queue_get(bed.queue, "https://w.test/", &nobody, arrived, &bed);
	loop_run(bed.loop);
	ck_assert_int_eq(bed.outcome, HTTPS_UNREACHABLE);
	bed_fini(&bed);
}
END_TEST

/* Whatever a check asks for, nobody's DNS aims us at our own network. */
START_TEST(test_unsafe)
{
	static const char *const scripts[] = { HELLO, NULL };
	struct bed bed;

	bed_init(&bed, scripts, "DNS:w.test");
	set(&bed, "smtp.allow-private", "no");
	https_queue_get(bed.queue, "https://w.test/", &here, arrived, &bed);
	ck_assert_uint_eq(bed.count, 0);
	loop_run(bed.loop);
	ck_assert_int_eq(bed.outcome, HTTPS_UNSAFE);
	ck_assert_str_eq(bed.error, "loopback");
	bed_fini(&bed);
	ck_assert_uint_eq(bed.server.connections, 0);
}
END_TEST

/* Nine names at one address: all are served, and no request waits inside the
 * client on its own time. */
START_TEST(test_one_server)
{
	static const char *const scripts[] = { HELLO, NULL };
	char url[32];
	struct bed bed;
	int i;

	bed_init(&bed, scripts, "DNS:*.w.test");
	bed.expected = MANY;
	for (i = 0; i < MANY; i++) {
		snprintf(url, sizeof(url), "https://n%d.w.test/", i);
		https_queue_get(bed.queue, url, &here, arrived, &bed);
	}
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.count, MANY);
	ck_assert_int_eq(bed.outcome, HTTPS_OK);
	bed_fini(&bed);
	ck_assert_uint_eq(bed.server.connections, MANY);
}
END_TEST

/* Two hang; the third waits its turn without its time running, so that it
 * times out a whole time-out after them. */
START_TEST(test_waiting_is_free)
{
	static const char *const scripts[] = { "tls\nempty\n*", NULL };
	struct bed bed;
	int64_t start;
	int i;

	bed_init(&bed, scripts, "DNS:w.test");
	set(&bed, "https.timeout", "300ms");
	bed.expected = 3;
	start = loop_now_ms(bed.loop);
	for (i = 0; i < 3; i++)
		https_queue_get(
		    bed.queue, "https://w.test/", &here, arrived, &bed);
	loop_run(bed.loop);
	ck_assert_int_eq(bed.outcome, HTTPS_TIMEOUT);
	ck_assert_int_ge(loop_now_ms(bed.loop) - start, 600);
	bed_fini(&bed);
}
END_TEST

static void
drops(void *arg)
{
	struct bed *bed = arg;

	https_queue_drop(bed->queue);
	loop_stop(bed->loop);
}

START_TEST(test_drop)
{
	static const char *const scripts[] = { "tls\nempty\n*", HELLO, NULL };
	struct loop_timer *timer;
	struct bed bed;
	int i;

	bed_init(&bed, scripts, "DNS:w.test");
	for (i = 0; i < MANY; i++)
		https_queue_get(
		    bed.queue, "https://w.test/", &here, arrived, &bed);
	timer = loop_timer_new(bed.loop, drops, &bed);
	/* Once they are under way, or before any is. */
	loop_timer_start(timer, _i * 50, 0);
	loop_run(bed.loop);
	loop_timer_free(timer);
	ck_assert_uint_eq(bed.dropped + bed.count, MANY);
	ck_assert_uint_ge(bed.dropped, MANY - 2);
	/* And one that is dropped by the end. */
	https_queue_get(bed.queue, "https://w.test/", &here, arrived, &bed);
	i = (int)bed.dropped;
	https_queue_free(bed.queue);
	bed.queue = NULL;
	ck_assert_uint_eq(bed.dropped, (size_t)i + 1);
	bed_fini(&bed);
}
END_TEST

Suite *
suite_https_queue(void)
{
	Suite *suite = suite_create("https_queue");
	TCase *tc = tcase_create("https_queue");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
	    tc, test_answers, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, test_refused);
	tcase_add_test(tc, test_unsafe);
	tcase_add_test(tc, test_one_server);
	tcase_add_test(tc, test_waiting_is_free);
	tcase_add_loop_test(tc, test_drop, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
