/* What token endpoints say. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "postmaster/oauth_answer.h"
#include "sendtop/postmaster.h"
#include "suites.h"

#define BOTH OAUTH_SCOPE_DOMAIN " " OAUTH_SCOPE_TRAFFIC
#define SCOPE(list) \
	"{\"access_token\":\"t\",\"expires_in\":3599,\"scope\":\"" list "\"}"

static const struct {
	long code;
	enum oauth_grant grant;
	const char *body;
	enum status status;
	const char *words; /* some of the error's */
} rows[] = {
	{ 200, OAUTH_BY_REFRESH, SCOPE(BOTH), STATUS_OK, "" },
	{ 200, OAUTH_BY_REFRESH,
	    SCOPE(OAUTH_SCOPE_TRAFFIC " openid " OAUTH_SCOPE_DOMAIN), STATUS_OK,
	    "" },
	{ 200, OAUTH_BY_REFRESH,
	    SCOPE("openid https://www.googleapis.com/auth/postmaster"),
	    STATUS_OK, "" },
	{ 200, OAUTH_BY_ASSERTION, "{\"access_token\":\"t\"}", STATUS_OK, "" },
	{ 200, OAUTH_BY_REFRESH, SCOPE(OAUTH_SCOPE_DOMAIN), STATUS_AUTH,
	    "postmaster.traffic.readonly was not granted" },
	{ 200, OAUTH_BY_REFRESH, SCOPE(OAUTH_SCOPE_TRAFFIC), STATUS_AUTH,
	    "postmaster.domain was not granted" },
	{ 200, OAUTH_BY_REFRESH,
	    SCOPE("https://www.googleapis.com/auth/postmaster.readonly"),
	    STATUS_AUTH, "postmaster.domain was not granted" },
	{ 200, OAUTH_BY_CODE,
	    SCOPE(OAUTH_SCOPE_DOMAIN "x " OAUTH_SCOPE_TRAFFIC), STATUS_AUTH,
	    "tick every box" },
	{ 200, OAUTH_BY_REFRESH, "{}", STATUS_PARSE, "no access token" },
	{ 200, OAUTH_BY_REFRESH, "{\"access_token\":\"\"}", STATUS_PARSE,
	    "no access token" },
	{ 200, OAUTH_BY_REFRESH, "{\"access_token\":5,\"expires_in\":\"soon\"}",
	    STATUS_PARSE, "no access token" },
	{ 200, OAUTH_BY_REFRESH, "{\"access_to", STATUS_PARSE,
	    "cred.json: the token endpoint's answer is not whole JSON" },
	{ 200, OAUTH_BY_REFRESH, "[]", STATUS_PARSE, "not a JSON object" },
	{ 200, OAUTH_BY_REFRESH, "", STATUS_PARSE, "not whole JSON" },
	{ 400, OAUTH_BY_REFRESH,
	    "{\"error\":\"invalid_grant\",\"error_description\":\"Token has "
	    "been expired or revoked.\"}",
	    STATUS_AUTH, "seven days" },
	{ 400, OAUTH_BY_ASSERTION, "{\"error\":\"invalid_grant\"}", STATUS_AUTH,
	    "clock" },
	{ 400, OAUTH_BY_CODE, "{\"error\":\"invalid_grant\"}", STATUS_AUTH,
	    "the code was used" },
	{ 401, OAUTH_BY_REFRESH, "{\"error\":\"invalid_client\"}", STATUS_AUTH,
	    "download" },
	{ 401, OAUTH_BY_REFRESH, "{\"error\":\"unauthorized_client\"}",
	    STATUS_AUTH, "Desktop app" },
	{ 401, OAUTH_BY_ASSERTION, "{\"error\":\"unauthorized_client\"}",
	    STATUS_AUTH, "domain-wide delegation" },
	{ 400, OAUTH_BY_REFRESH, "{\"error\":\"invalid_scope\"}", STATUS_AUTH,
	    "postmaster.domain and postmaster.traffic.readonly" },
	{ 400, OAUTH_BY_CODE, "{\"error\":\"redirect_uri_mismatch\"}",
	    STATUS_AUTH, "Desktop app" },
	{ 400, OAUTH_BY_REFRESH,
	    "{\"error\":\"odd\\u001b[2J\",\"error_description\":\"more\"}",
	    STATUS_AUTH, "odd\\x1b[2J: more" },
	{ 400, OAUTH_BY_REFRESH, "{\"error\":{\"code\":400}}", STATUS_AUTH,
	    "HTTP 400" },
	{ 403, OAUTH_BY_REFRESH, "<html>", STATUS_AUTH, "proxy" },
	{ 302, OAUTH_BY_REFRESH, "", STATUS_AUTH, "HTTP 302" },
	{ 429, OAUTH_BY_REFRESH, "", STATUS_QUOTA, "slow down" },
	{ 500, OAUTH_BY_REFRESH, "{\"error\":\"internal_failure\"}",
	    STATUS_NETWORK, "HTTP 500" },
	{ 503, OAUTH_BY_REFRESH, "<html>", STATUS_NETWORK, "HTTP 503" },
};

START_TEST(answer)
{
	struct oauth_answer got;
	struct error err = { STATUS_OK, "" };
	enum status status = oauth_answer_parse(rows[_i].code, rows[_i].body,
	    strlen(rows[_i].body), rows[_i].grant, "cred.json", &got, &err);

	ck_assert_msg(status == rows[_i].status, "%s: %d %s", rows[_i].body,
	    status, err.text);
	if (status == STATUS_OK) {
		ck_assert_str_eq(got.access_token, "t");
	} else {
		ck_assert_msg(
		    strstr(err.text, rows[_i].words) != NULL, "%s", err.text);
		ck_assert_int_eq(strncmp(err.text, "cred.json: ", 11), 0);
		ck_assert_ptr_null(got.access_token);
	}
	oauth_answer_free(&got);
}
END_TEST

START_TEST(members)
{
	static const char body[] =
	    "{\"access_token\":\"ya29.x\",\"refresh_token\":\"1//y\","
	    "\"expires_in\":3599,\"refresh_token_expires_in\":604799,"
	    "\"token_type\":\"Bearer\"}";
	struct oauth_answer got;
	struct error err;

	ck_assert_int_eq(oauth_answer_parse(200, body, strlen(body),
			     OAUTH_BY_CODE, "x", &got, &err),
	    STATUS_OK);
	ck_assert_str_eq(got.access_token, "ya29.x");
	ck_assert_str_eq(got.refresh_token, "1//y");
	ck_assert_int_eq(got.expires_in_s, 3599);
	ck_assert_int_eq(got.refresh_expires_in_s, 604799);
	oauth_answer_free(&got);
	ck_assert_ptr_null(got.refresh_token);
}
END_TEST

Suite *
suite_oauth_answer(void)
{
	Suite *suite = suite_create("oauth_answer");
	TCase *tc = tcase_create("answers");

	tcase_add_loop_test(tc, answer, 0, COUNT(rows));
	tcase_add_test(tc, members);
	suite_add_tcase(suite, tc);
	return suite;
}
