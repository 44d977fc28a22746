/* Google's errors and what is made of them. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "postmaster/failure.h"
#include "suites.h"

#define ERROR(code, message) \
	"{\"error\":{\"code\":" #code ",\"message\":\"" message "\"}}"
#define REASON(reason)                                                \
	"{\"error\":{\"code\":403,\"message\":\"no\",\"details\":[7," \
	"{\"@type\":\"x\"},{\"reason\":\"" reason "\"}]}}"

static const struct {
	long code;
	const char *body;
	enum api_failure failure;
	enum status status;
	const char *words; /* some of them */
} calls[] = {
	{ 400, ERROR(400, "Bad filter."), API_FATAL, STATUS_PARSE,
	    "(\"Bad filter.\")" },
	{ 401, ERROR(401, "Invalid credentials."), API_AUTH, STATUS_AUTH,
	    "run sendtop login" },
	{ 401, "", API_AUTH, STATUS_AUTH, "run sendtop login" },
	{ 403, ERROR(403, "The caller does not have permission"), API_DENIED,
	    STATUS_DENIED, "ask the domain's owner" },
	{ 403, REASON("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), API_FATAL,
	    STATUS_AUTH, "postmaster.traffic.readonly" },
	{ 403, REASON("SERVICE_DISABLED"), API_FATAL, STATUS_AUTH, "enable" },
	{ 403, REASON("NEW_REASON"), API_DENIED, STATUS_DENIED, "owner" },
	{ 403, "<html>Blocked</html>", API_FATAL, STATUS_NETWORK, "proxy" },
	{ 404, ERROR(404, "Not found"), API_ABSENT, STATUS_NOT_FOUND,
	    "not registered" },
	{ 404, "<html>404</html>", API_FATAL, STATUS_NETWORK, "endpoint" },
	{ 408, "", API_AGAIN, STATUS_TIMEOUT, "too long" },
	{ 409, ERROR(409, "aborted"), API_AGAIN, STATUS_NETWORK, "aborted" },
	{ 429, ERROR(429, "Quota exceeded"), API_AGAIN, STATUS_QUOTA,
	    "slow down" },
	{ 429, "", API_AGAIN, STATUS_QUOTA, "slow down" },
	{ 429,
	    ERROR(429,
		"This version of the Postmaster Tools API is no longer "
		"supported"),
	    API_FATAL, STATUS_GONE, "update sendtop" },
	{ 429, "no longer supported", API_FATAL, STATUS_GONE, "endpoint" },
	{ 500, ERROR(500, "Internal"), API_AGAIN, STATUS_NETWORK, "inner" },
	{ 502, "<html>", API_AGAIN, STATUS_NETWORK, "unavailable" },
	{ 503, "{}", API_AGAIN, STATUS_NETWORK, "unavailable" },
	{ 504, "[]", API_AGAIN, STATUS_TIMEOUT, "too long" },
	{ 507, "", API_AGAIN, STATUS_NETWORK, "HTTP 507" },
	{ 302, "", API_FATAL, STATUS_NETWORK, "HTTP 302" },
	{ 204, "", API_FATAL, STATUS_NETWORK, "HTTP 204" },
	{ 418, ERROR(418, "x"), API_FATAL, STATUS_NETWORK, "HTTP 418" },
	{ 403, "{\"error\":\"no\"}", API_FATAL, STATUS_NETWORK, "HTTP 403" },
	{ 500, "{\"error\":{\"message\":7,\"details\":{}}}", API_AGAIN,
	    STATUS_NETWORK, "inner" },
	{ 500, "{\"error\":{\"message\":\"\\u001b[2J\\u202ex\\u0007\"}}",
	    API_AGAIN, STATUS_NETWORK, "\\x1b[2J\\u{202e}x\\x07" },
};

START_TEST(call)
{
	struct error err = { STATUS_OK, "" };
	enum api_failure failure = parse_failure(
	    calls[_i].code, calls[_i].body, strlen(calls[_i].body), &err);

	ck_assert_msg(failure == calls[_i].failure, "%ld %s: %d",
	    calls[_i].code, calls[_i].body, failure);
	ck_assert_msg(err.status == calls[_i].status, "%ld %s: status %d",
	    calls[_i].code, calls[_i].body, err.status);
	ck_assert_msg(strstr(err.text, calls[_i].words) != NULL, "%ld: %s",
	    calls[_i].code, err.text);
}
END_TEST

static const struct {
	const char *json;
	enum api_failure failure;
} items[] = {
	{ "{\"code\":3}", API_FATAL },
	{ "{\"code\":4}", API_AGAIN },
	{ "{\"code\":5}", API_ABSENT },
	{ "{\"code\":7,\"message\":\"The caller\"}", API_DENIED },
	{ "{\"code\":8}", API_AGAIN },
	{ "{\"code\":13}", API_AGAIN },
	{ "{\"code\":14}", API_AGAIN },
	{ "{\"code\":16}", API_AUTH },
	{ "{\"code\":403}", API_DENIED },
	{ "{\"code\":429}", API_AGAIN },
	{ "{\"code\":4294967303}", API_FATAL },
	{ "{\"code\":\"7\"}", API_FATAL },
	{ "{}", API_FATAL },
};

START_TEST(item)
{
	json_t *error = json_loads(items[_i].json, 0, NULL);
	struct error err = { STATUS_OK, "" };

	ck_assert_msg(failure_of_item(error, &err) == items[_i].failure, "%s",
	    items[_i].json);
	ck_assert_str_ne(err.text, "");
	json_decref(error);
}
END_TEST

Suite *
suite_failure(void)
{
	Suite *suite = suite_create("failure");
	TCase *tc = tcase_create("errors");

	tcase_add_loop_test(tc, call, 0, COUNT(calls));
	tcase_add_loop_test(tc, item, 0, COUNT(items));
	suite_add_tcase(suite, tc);
	return suite;
}
