/* The parts of HTTP that are only text. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "sendtop/http.h"
#include "src/net/http_text.h"
#include "suites.h"

/* Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples. */
enum { NOW = 784111777 };

static const struct {
	const char *line;
	int64_t seconds; /* -2: left alone */
} retries[] = {
	{ "Retry-After: 120\r\n", 120 },
	{ "retry-after:0", 0 },
	{ "RETRY-AFTER: \t 7 \t\r\n", 7 },
	{ "Retry-After: 99999999999", 366 * 86400 },
	{ "Retry-After: -1\r\n", -2 },
	{ "Retry-After: soon\r\n", -2 },
	{ "Retry-After:\r\n", -2 },
	{ "Retry-After-All: 5\r\n", -2 },
	{ "X-Retry-After: 5\r\n", -2 },
	{ "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n", 60 },
	{ "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
	{ "Retry-After: Sat, 05 Nov 1994 08:49:37 GMT\r\n", 0 },
	{ "Retry-After: Mon, 07 Nov 1994 08:49:37 GMT\r\n", 86400 },
	{ "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 366 * 86400 },
	{ "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT and more\r\n", -2 },
	{ "Retry-After: Sun, 06 Nox 1994 08:50:37 GMT\r\n", -2 },
	{ "Retry-After: Sun, 06 Nov 1994 25:50:37 GMT\r\n", -2 },
	{ "Retry-After: Sun, 00 Nov 1994 08:50:37 GMT\r\n", -2 },
	{ "Retry-After: Sun, 06 ovD 1994 08:50:37 GMT\r\n", -2 },
	{ "Retry-After", -2 },
	{ "", -2 },
};

START_TEST(retry_after)
{
	int64_t seconds = -2;

	http_retry_after(
	    retries[_i].line, strlen(retries[_i].line), NOW, &seconds);
	ck_assert_msg(seconds == retries[_i].seconds, "%s: %lld",
	    retries[_i].line, (long long)seconds);
}
END_TEST

static const struct {
	const char *host;
	bool loopback;
} hosts[] = {
	{ "localhost", true },
	{ "LocalHost", true },
	{ "127.0.0.1", true },
	{ "127.9.8.7", true },
	{ "[::1]", true },
	{ "::1", true },
	{ "", false },
	{ "[", false },
	{ "[]", false },
	{ "localhost.example.com", false },
	{ "127.0.0.1.example.com", false },
	{ "128.0.0.1", false },
	{ "10.0.0.1", false },
	{ "0.0.0.0", false },
	{ "[::]", false },
	{ "[::2]", false },
	{ "[fe80::1]", false },
	{ "[::ffff:127.0.0.1]", false },
	{ "2130706433", false },
};

START_TEST(loopback)
{
	ck_assert_msg(
	    http_host_is_loopback(hosts[_i].host) == hosts[_i].loopback, "%s",
	    hosts[_i].host);
}
END_TEST

START_TEST(escape)
{
	struct buf out = { 0 };

	http_escape(&out, "aZ0-._~ &=/+%\xc3\xa4\n");
	ck_assert_str_eq(out.data, "aZ0-._~%20%26%3D%2F%2B%25%C3%A4%0A");
	buf_free(&out);
}
END_TEST

/* Every sentence begins with the host and says what can be done. */
START_TEST(sentences)
{
	struct error err;
	enum status status = http_explain(
	    (enum http_failure)_i, "api.test", "WORDS", &err);

	ck_assert_int_ne(status, STATUS_OK);
	ck_assert_int_eq(status, err.status);
	ck_assert_int_eq(strncmp(err.text, "api.test: ", 10), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "; "));
}
END_TEST

Suite *
suite_http_text(void)
{
	Suite *suite = suite_create("http_text");
	TCase *tc = tcase_create("http_text");

	tcase_add_loop_test(
	    tc, retry_after, 0, (int)(sizeof(retries) / sizeof(retries[0])));
	tcase_add_loop_test(
	    tc, loopback, 0, (int)(sizeof(hosts) / sizeof(hosts[0])));
	tcase_add_test(tc, escape);
	tcase_add_loop_test(tc, sentences, HTTP_OTHER, HTTP_NO_LIBRARY + 1);
	suite_add_tcase(suite, tc);
	return suite;
}
