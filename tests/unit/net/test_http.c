/* HTTP requests against servers that follow a script. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki.h"
#include "script.h"
#include "sendtop/http.h"
#include "suites.h"

#define OK_HEAD "empty\n> HTTP/1.1 200 OK\n"
#define HELLO \
	OK_HEAD "> Content-Type: text/plain\n> Content-Length: 5\n. |hello\n"

enum { SHORT_MS = 500, LONG_MS = 10000, TEXT_SIZE = 512 };

/* What came last, copied, and how many answers in all. */
struct got {
	struct loop *loop;
	struct http *http;
	size_t expected, count;
	enum status status;
	char error[ERROR_TEXT_SIZE];
	long code, head_code;
	char type[TEXT_SIZE];
	char body[TEXT_SIZE]; /* its start */
	size_t body_len;
	int64_t retry_after_s;
};

static void
arrived(void *arg, const struct http_response *response)
{
	struct got *got = arg;

	got->status = response->status;
	got->code = response->code;
	got->head_code = response->head_code;
	got->body_len = response->body_len;
	got->retry_after_s = response->retry_after_s;
	snprintf(got->error, sizeof(got->error), "%s", response->error.text);
	snprintf(got->type, sizeof(got->type), "%s", response->content_type);
	snprintf(got->body, sizeof(got->body), "%s", response->body);
	if (++got->count == got->expected)
		loop_stop(got->loop);
}

static void
setup(struct got *got, const char *ca_file)
{
	memset(got, 0, sizeof(*got));
	got->expected = 1;
	ck_assert_int_eq(loop_open(&got->loop, NULL), STATUS_OK);
	got->http = http_open(got->loop, ca_file);
}

static void
teardown(struct got *got)
{
	http_close(got->http);
	loop_close(got->loop);
}

static void
ask(struct got *got, const struct http_request *request)
{
	got->count = 0;
	http_send(got->http, request, arrived, got);
	ck_assert_uint_eq(got->count, 0);
	loop_run(got->loop);
	ck_assert_uint_eq(got->count, got->expected);
}

static const struct {
	const char *why, *script;
	enum status status;
	long code;
	const char *body;
	size_t body_len;
	const char *error; /* part of it */
	int64_t retry_after_s, timeout_ms;
} rows[] = {
	{ "200", HELLO, STATUS_OK, 200, "hello", 5, "", -1, LONG_MS },
	{ "an empty body", OK_HEAD "> Content-Length: 0\n. |\n", STATUS_OK, 200,
	    "", 0, "", -1, LONG_MS },
	{ "404", "empty\n> HTTP/1.1 404 No\n> Content-Length: 2\n. |no\n",
	    STATUS_OK, 404, "no", 2, "", -1, LONG_MS },
	{ "429",
	    "empty\n> HTTP/1.1 429 Slow\n> Retry-After: 7\n"
	    "> Content-Length: 0\n. |\n",
	    STATUS_OK, 429, "", 0, "", 7, LONG_MS },
	{ "the interim answer does not count",
	    "empty\n> HTTP/1.1 103 Early\n> Retry-After: 9\n. |\n"
	    "> HTTP/1.1 200 OK\n> Content-Length: 2\n. |hi\n",
	    STATUS_OK, 200, "hi", 2, "", -1, LONG_MS },
	{ "a redirect is not followed",
	    "empty\n> HTTP/1.1 302 There\n> Location: https://evil.test/\n"
	    "> Content-Length: 0\n. |\n",
	    STATUS_OK, 302, "", 0, "", -1, LONG_MS },
	{ "chunks", OK_HEAD "> Transfer-Encoding: chunked\n. |2|he|3|llo|0||\n",
	    STATUS_OK, 200, "hello", 5, "", -1, LONG_MS },
	{ "the largest body",
	    OK_HEAD "> Content-Length: 4194304\n. |\nfill 4194304\n", STATUS_OK,
	    200, "xxx", HTTP_BODY_MAX, "", -1, LONG_MS },
	{ "a body that says it is too large",
	    OK_HEAD "> Content-Length: 4194305\n. |\n*", STATUS_PARSE, 0, "", 0,
	    "larger than 4 MiB", -1, LONG_MS },
	{ "a body that does not say so", OK_HEAD ". |\nfill 9000000\n",
	    STATUS_PARSE, 0, "", 0, "larger than 4 MiB", -1, LONG_MS },
	{ "endless headers", OK_HEAD "flood\n", STATUS_PARSE, 0, "", 0,
	    "64 KiB of headers", -1, LONG_MS },
	{ "an endless header", OK_HEAD ". X: \nfill 9000000\n", STATUS_PARSE, 0,
	    "", 0, "64 KiB of headers", -1, LONG_MS },
	{ "a cut body", OK_HEAD "> Content-Length: 9\n. |hello\n",
	    STATUS_NETWORK, 0, "", 0, "broke before", -1, LONG_MS },
	{ "cut chunks", OK_HEAD "> Transfer-Encoding: chunked\n. |5|he\n",
	    STATUS_NETWORK, 0, "", 0, "broke before", -1, LONG_MS },
	{ "a reset", OK_HEAD "> Content-Length: 9\n. |he\nreset\n",
	    STATUS_NETWORK, 0, "", 0, "broke before", -1, LONG_MS },
	{ "no answer", "empty\n", STATUS_NETWORK, 0, "", 0, "without an answer",
	    -1, LONG_MS },
	{ "silence", "empty\n*", STATUS_TIMEOUT, 0, "", 0, "in time", -1,
	    SHORT_MS },
	{ "a slow drip", OK_HEAD "> Content-Length: 9999\n. |\ndrip\n",
	    STATUS_TIMEOUT, 0, "", 0, "in time", -1, SHORT_MS },
	{ "not HTTP", "empty\n> 220 mx.test ESMTP\n", STATUS_PARSE, 0, "", 0,
	    "not HTTP", -1, LONG_MS },
};

START_TEST(answers)
{
	const char *const script[] = { rows[_i].script, NULL };
	struct http_request request = { .method = "GET" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE];

	script_start(&server, "127.0.0.1", 0, script, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/x", server.port);
	request.url = url;
	request.timeout_ms = rows[_i].timeout_ms;
	setup(&got, NULL);
	ask(&got, &request);
	teardown(&got);
	ck_assert_msg(got.status == rows[_i].status, "%s: status %d (%s)",
	    rows[_i].why, got.status, got.error);
	ck_assert_msg(
	    got.code == rows[_i].code, "%s: code %ld", rows[_i].why, got.code);
	ck_assert_msg(got.head_code ==
		(rows[_i].status != STATUS_OK &&
			    strstr(rows[_i].script, "> HTTP/1.1 200")
			? 200
			: 0),
	    "%s: head code %ld", rows[_i].why, got.head_code);
	ck_assert_msg(strstr(got.error, rows[_i].error) != NULL &&
		(rows[_i].error[0] == '\0' ||
		    strstr(got.error, "127.0.0.1: ") == got.error),
	    "%s: error '%s'", rows[_i].why, got.error);
	ck_assert_msg(got.body_len == rows[_i].body_len, "%s: %zu octets",
	    rows[_i].why, got.body_len);
	ck_assert_int_eq(
	    strncmp(got.body, rows[_i].body, strlen(rows[_i].body)), 0);
	ck_assert_msg(got.retry_after_s == rows[_i].retry_after_s,
	    "%s: retry after %lld", rows[_i].why, (long long)got.retry_after_s);
	script_stop(&server);
	ck_assert_uint_eq(server.connections, 1);
}
END_TEST

static const struct {
	const char *why;
	struct cert_spec spec;
	bool known; /* the client has the authority's file */
	enum status status;
} certs[] = {
	{ "trusted", { .cn = "x", .names = "IP:127.0.0.1" }, true, STATUS_OK },
	{ "unknown authority", { .cn = "x", .names = "IP:127.0.0.1" }, false,
	    STATUS_NETWORK },
	{ "self-signed",
	    { .cn = "x", .names = "IP:127.0.0.1", .self_signed = true }, true,
	    STATUS_NETWORK },
	{ "expired",
	    { .cn = "x",
		.names = "IP:127.0.0.1",
		.from_day = -9,
		.to_day = -2 },
	    true, STATUS_NETWORK },
	{ "another name", { .cn = "x", .names = "DNS:api.test" }, true,
	    STATUS_NETWORK },
};

START_TEST(trust)
{
	static const char *const script[] = { "tls\n" HELLO, NULL };
	struct http_request request = { .method = "GET" };
	struct script_server server;
	struct pki pki;
	struct got got;
	char url[TEXT_SIZE];

	pki_init(&pki);
	script_start(
	    &server, "127.0.0.1", 0, script, pki_server(&pki, &certs[_i].spec));
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/", server.port);
	request.url = url;
	setup(&got, certs[_i].known ? pki.ca_file : NULL);
	ask(&got, &request);
	teardown(&got);
	script_stop(&server);
	pki_fini(&pki);
	ck_assert_msg(got.status == certs[_i].status, "%s: status %d (%s)",
	    certs[_i].why, got.status, got.error);
	if (got.status == STATUS_OK) {
		ck_assert_str_eq(got.body, "hello");
		ck_assert_str_eq(got.type, "text/plain");
	} else
		ck_assert_msg(strstr(got.error, "not trusted") != NULL,
		    "%s: '%s'", certs[_i].why, got.error);
}
END_TEST

/* Refused before any packet, after http_send has returned. */
static const struct {
	const char *method, *url, *bearer;
} refused[] = {
	{ "GET", "http://api.test/", NULL },
	{ "GET", "http://10.0.0.1/", NULL },
	{ "GET", "ftp://127.0.0.1/", NULL },
	{ "GET", "file:///etc/hostname", NULL },
	{ "GET", "https://user:sesame@api.test/", NULL },
	{ "GET", "https://", NULL },
	{ "GET", "", NULL },
	{ "PUT", "https://api.test/", NULL },
	{ "GET", "https://api.test/", "sesame\r\nX: y" },
};

START_TEST(refusals)
{
	struct http_request request = {
		.method = refused[_i].method,
		.url = refused[_i].url,
		.bearer = refused[_i].bearer,
	};
	struct got got;

	setup(&got, NULL);
	ask(&got, &request);
	teardown(&got);
	ck_assert_int_eq(got.status, STATUS_USAGE);
	ck_assert_ptr_null(strstr(got.error, "sesame"));
	ck_assert_int_eq(got.code, 0);
}
END_TEST

START_TEST(what_is_sent)
{
	static const char *const script[] = { HELLO "< {\n*", NULL };
	static const char body[] = "{\"a\":1}\n";
	struct http_request request = {
		.method = "POST",
		.bearer = "sesame",
		.content_type = "application/json",
		.body = body,
		.body_len = sizeof(body) - 1,
	};
	static const char *const lines[] = { "POST /v2?x=1 HTTP/1.1\n",
		"\nAuthorization: Bearer sesame\n", "\nUser-Agent: sendtop/",
		"\nContent-Type: application/json\n", "\nContent-Length: 8\n",
		"\n\n{\"a\":1}\n" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE], *heard;
	size_t i;

	script_start(&server, "127.0.0.1", 0, script, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/v2?x=1", server.port);
	request.url = url;
	setup(&got, NULL);
	ask(&got, &request);
	teardown(&got);
	heard = script_end(&server);
	ck_assert_int_eq(got.status, STATUS_OK);
	ck_assert_str_eq(got.body, "hello");
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(strstr(heard, lines[i]) != NULL,
		    "no '%s' in '%s'", lines[i], heard);
	ck_assert_ptr_null(strstr(heard, "Expect"));
	free(heard);
}
END_TEST

START_TEST(token_stays_secret)
{
	static const char *const script[] = { "empty\n", NULL };
	struct http_request request = { .method = "GET", .bearer = "sesame" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE];

	script_start(&server, "127.0.0.1", 0, script, NULL);
	snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u/?k=sesame", server.port);
	request.url = url;
	setup(&got, NULL);
	ask(&got, &request);
	teardown(&got);
	script_stop(&server);
	ck_assert_int_eq(got.status, STATUS_NETWORK);
	ck_assert_ptr_null(strstr(got.error, "sesame"));
}
END_TEST

START_TEST(connection_is_kept)
{
	static const char *const script[] = { HELLO HELLO HELLO "*", NULL };
	struct http_request request = { .method = "GET" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE];
	int i;

	script_start(&server, "127.0.0.1", 0, script, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
	request.url = url;
	setup(&got, NULL);
	for (i = 0; i < 3; i++) {
		ask(&got, &request);
		ck_assert_int_eq(got.status, STATUS_OK);
	}
	teardown(&got);
	script_stop(&server);
	ck_assert_uint_eq(server.connections, 1);
}
END_TEST

static void
never(void *arg, const struct http_response *response)
{
	(void)arg;
	(void)response;
	ck_abort_msg("called back after http_cancel");
}

START_TEST(cancelled)
{
	static const char *const script[] = { "empty\n*", HELLO, NULL };
	struct http_request request = { .method = "GET" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE];
	uint64_t id;

	script_start(&server, "127.0.0.1", 0, script, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
	request.url = url;
	setup(&got, NULL);
	id = http_send(got.http, &request, never, NULL);
	http_cancel(got.http, id + 1); /* nobody's: no harm */
	request.timeout_ms = SHORT_MS;
	ask(&got, &request); /* the first one begins meanwhile */
	http_cancel(got.http, id);
	request.url = "nonsense";
	id = http_send(got.http, &request, never, NULL);
	http_cancel(got.http, id);
	request.url = url;
	http_send(got.http, &request, never, NULL);
	teardown(&got);
	script_stop(&server);
}
END_TEST

/* A caller's function that closes everything, from either place. */
static void
closes(void *arg, const struct http_response *response)
{
	struct got *got = arg;

	(void)response;
	http_cancel(got->http, 1);
	http_close(got->http);
	got->http = NULL;
	got->count++;
	loop_stop(got->loop);
}

START_TEST(closed_by_its_own_callback)
{
	static const char *const script[] = { HELLO, NULL };
	struct http_request request = { .method = "GET" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE];

	script_start(&server, "127.0.0.1", 0, script, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
	request.url = _i == 0 ? url : "nonsense";
	setup(&got, NULL);
	http_send(got.http, &request, closes, &got);
	if (_i == 1)
		http_send(got.http, &request, closes, &got);
	loop_run(got.loop);
	teardown(&got);
	script_stop(&server);
	ck_assert_uint_eq(got.count, 1);
}
END_TEST

START_TEST(nobody_listens)
{
	static const char *const script[] = { "*", NULL };
	struct http_request request = { .method = "GET" };
	struct script_server server;
	struct got got;
	char url[TEXT_SIZE];

	script_start(&server, "127.0.0.1", 0, script, NULL);
	script_stop(&server);
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/", server.port);
	request.url = url;
	setup(&got, NULL);
	ask(&got, &request);
	teardown(&got);
	ck_assert_int_eq(got.status, STATUS_NETWORK);
	ck_assert_ptr_nonnull(strstr(got.error, "cannot connect"));
}
END_TEST

Suite *
suite_http(void)
{
	Suite *suite = suite_create("http");
	TCase *tc = tcase_create("http");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(
	    tc, answers, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(
	    tc, trust, 0, (int)(sizeof(certs) / sizeof(certs[0])));
	tcase_add_loop_test(
	    tc, refusals, 0, (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tc, what_is_sent);
	tcase_add_test(tc, token_stays_secret);
	tcase_add_test(tc, connection_is_kept);
	tcase_add_test(tc, cancelled);
	tcase_add_loop_test(tc, closed_by_its_own_callback, 0, 2);
	tcase_add_test(tc, nobody_listens);
	suite_add_tcase(suite, tc);
	return suite;
}
