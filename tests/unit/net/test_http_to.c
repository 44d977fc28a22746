/* Requests to an address that the caller found: what DNS-borne checks need. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki.h"
#include "script.h"
#include "sendtop/http.h"
#include "src/net/http_text.h"
#include "suites.h"

#define OK_HEAD "tls\nempty\n> HTTP/1.1 200 OK\n"
#define HELLO \
	OK_HEAD "> Content-Type: text/plain\n> Content-Length: 5\n. |hello\n"

enum { SHORT_MS = 1000, LONG_MS = 10000, CAP = 100 };

struct got {
	struct loop *loop;
	enum status status;
	enum http_failure failure;
	long code;
	size_t body_len;
	char error[ERROR_TEXT_SIZE];
};

static void
arrived(void *arg, const struct http_response *response)
{
	struct got *got = arg;

	got->status = response->status;
	got->failure = response->failure;
	got->code = response->code;
	got->body_len = response->body_len;
	snprintf(got->error, sizeof(got->error), "%s", response->error.text);
	loop_stop(got->loop);
}

static void
ask(struct got *got, const char *ca_file, const struct http_request *request)
{
	struct http *http;

	memset(got, 0, sizeof(*got));
	/* Nothing listens there: a proxy that was used would be noticed. */
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	ck_assert_int_eq(loop_open(&got->loop, NULL), STATUS_OK);
	http = http_open(got->loop, ca_file);
	http_send(http, request, arrived, got);
	loop_run(got->loop);
	http_close(http);
	loop_close(got->loop);
}

static const struct {
	const char *why, *script, *names;
	int to_day;
	enum status status;
	enum http_failure failure;
	long code;
	size_t body_len;
	const char *error;
} rows[] = {
	{ "good", HELLO, "DNS:policy.test", 9, STATUS_OK, 0, 200, 5, "" },
	{ "a redirect is not followed",
	    "tls\nempty\n> HTTP/1.1 301 There\n> Location: /x\n"
	    "> Content-Length: 0\n. |\n",
	    "DNS:policy.test", 9, STATUS_OK, 0, 301, 0, "" },
	{ "another name", HELLO, "DNS:other.test", 9, STATUS_NETWORK,
	    HTTP_UNTRUSTED, 0, 0, "policy.test: its certificate" },
	{ "the address is no name", HELLO, "IP:127.0.0.1", 9, STATUS_NETWORK,
	    HTTP_UNTRUSTED, 0, 0, "policy.test: its certificate" },
	{ "expired", HELLO, "DNS:policy.test", -2, STATUS_NETWORK,
	    HTTP_UNTRUSTED, 0, 0, "expired" },
	{ "as large as may be",
	    OK_HEAD "> Content-Length: 100\n. |\nfill 100\n", "DNS:policy.test",
	    9, STATUS_OK, 0, 200, CAP, "" },
	{ "it says that it is larger",
	    OK_HEAD "> Content-Length: 101\n. |\nfill 101\n", "DNS:policy.test",
	    9, STATUS_PARSE, HTTP_BODY_FULL, 0, 0, "larger than 100 octets" },
	{ "larger, unsaid", OK_HEAD ". |\nfill 5000\n", "DNS:policy.test", 9,
	    STATUS_PARSE, HTTP_BODY_FULL, 0, 0, "larger than 100 octets" },
	{ "silence", "tls\nempty\n*", "DNS:policy.test", 9, STATUS_TIMEOUT,
	    HTTP_LATE, 0, 0, "in time" },
	{ "no TLS", "> 220 mx.test ESMTP\n*", "DNS:policy.test", 9,
	    STATUS_NETWORK, HTTP_TLS, 0, 0, "TLS handshake" },
	{ "cut", OK_HEAD "> Content-Length: 9\n. |he\n", "DNS:policy.test", 9,
	    STATUS_NETWORK, HTTP_BROKEN, 0, 0, "broke" },
};

START_TEST(to_an_address)
{
	const char *const script[] = { rows[_i].script, NULL };
	const struct cert_spec spec = { .cn = "x",
		.names = rows[_i].names,
		.from_day = -9,
		.to_day = rows[_i].to_day };
	const struct address address = { .family = 4,
		.bytes = { 127, 0, 0, 1 } };
	struct http_request request = {
		.method = "GET",
		.url = "https://policy.test/x",
		.address = &address,
		.body_max = CAP,
		.timeout_ms = rows[_i].failure == HTTP_LATE ? SHORT_MS
							    : LONG_MS,
	};
	struct script_server server;
	struct pki pki;
	struct got got;
	char *heard;

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, pki_server(&pki, &spec));
	request.port = server.port;
	ask(&got, pki.ca_file, &request);
	heard = script_end(&server);
	pki_fini(&pki);
	ck_assert_msg(got.status == rows[_i].status &&
		got.failure == rows[_i].failure && got.code == rows[_i].code,
	    "%s: status %d failure %d (%s)", rows[_i].why, got.status,
	    got.failure, got.error);
	ck_assert_msg(got.body_len == rows[_i].body_len, "%s: %zu octets",
	    rows[_i].why, got.body_len);
	ck_assert_msg(strstr(got.error, rows[_i].error) != NULL, "%s: '%s'",
	    rows[_i].why, got.error);
	if (got.status == STATUS_OK)
		ck_assert_msg(strstr(heard, "Host: policy.test\n") != NULL,
		    "%s: heard '%s'", rows[_i].why, heard);
	free(heard);
}
END_TEST

START_TEST(nobody_there)
{
	static const char *const script[] = { "*", NULL };
	const struct address address = { .family = 4,
		.bytes = { 127, 0, 0, 1 } };
	struct http_request request = {
		.method = "GET",
		.url = "https://policy.test/",
		.address = &address,
	};
	struct script_server server;
	struct got got;

	script_start(&server, "127.0.0.1", 0, script, NULL);
	script_stop(&server);
	request.port = server.port;
	ask(&got, NULL, &request);
	ck_assert_int_eq(got.status, STATUS_NETWORK);
	ck_assert_int_eq(got.failure, HTTP_NO_CONNECTION);
}
END_TEST

START_TEST(whose_fault)
{
	ck_assert(http_own_fault(ENETUNREACH));
	ck_assert(http_own_fault(EACCES));
	ck_assert(http_own_fault(EMFILE));
	ck_assert(!http_own_fault(ECONNREFUSED));
	ck_assert(!http_own_fault(EHOSTUNREACH));
	ck_assert(!http_own_fault(0));
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		size_t octets;
		const char *words;
	} cases[] = {
		{ 100, "larger than 100 octets" },
		{ 64 * 1024, "larger than 64 KiB" },
		{ 4 * 1024 * 1024, "larger than 4 MiB" },
		{ 1025, "larger than 1025 octets" },
	};
	char words[64];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		http_size_words(words, sizeof(words), cases[i].octets);
		ck_assert_str_eq(words, cases[i].words);
	}
}
END_TEST

Suite *
suite_http_to(void)
{
	Suite *suite = suite_create("http_to");
	TCase *tc = tcase_create("http_to");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, to_an_address, 0, ROWS(rows));
	tcase_add_test(tc, nobody_there);
	tcase_add_test(tc, whose_fault);
	tcase_add_test(tc, sizes);
	suite_add_tcase(suite, tc);
	return suite;
}
