/* Google's errors: what to do, and one sentence for the reader. */
/* SPDX-License-Identifier: MIT */
#include "failure.h"

#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "sendtop/text.h"

enum { MESSAGE_MAX = 300 };

/* gRPC codes (batch items) and HTTP codes (calls) that mean the same. */
static const struct {
	int grpc, http;
	enum api_failure failure;
	enum status status;
	const char *words;
} rows[] = {
	{ 3, 400, API_FATAL, STATUS_PARSE, "Google did not take the query" },
	{ 5, 404, API_ABSENT, STATUS_NOT_FOUND,
	    "not registered in Postmaster Tools for this account" },
	{ 7, 403, API_DENIED, STATUS_DENIED,
	    "no permission in Postmaster Tools: ask the domain's owner there "
	    "to add this account" },
	{ 8, 429, API_AGAIN, STATUS_QUOTA, "Google asks to slow down" },
	{ 4, 504, API_AGAIN, STATUS_TIMEOUT, "Google took too long" },
	{ 10, 409, API_AGAIN, STATUS_NETWORK, "Google aborted the query" },
	{ 13, 500, API_AGAIN, STATUS_NETWORK, "Google has an inner error" },
	{ 14, 503, API_AGAIN, STATUS_NETWORK, "Google is unavailable" },
	{ 14, 502, API_AGAIN, STATUS_NETWORK, "Google is unavailable" },
	{ 4, 408, API_AGAIN, STATUS_TIMEOUT, "Google took too long" },
	{ 16, 401, API_AUTH, STATUS_AUTH,
	    "Google refuses the access token: run sendtop login" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* Reasons in details[].reason that say more than the code. */
static const struct {
	const char *reason, *words;
} details[] = {
	{ "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
	    "the credentials lack a scope: postmaster.domain and "
	    "postmaster.traffic.readonly are needed; run sendtop login and "
	    "tick every box" },
	{ "SERVICE_DISABLED",
	    "the Gmail Postmaster Tools API is not enabled in the "
	    "credentials' Cloud project: enable it there" },
};
enum { DETAILS = sizeof(details) / sizeof(details[0]) };

/* The row of details that an error carries; DETAILS when none. */
static size_t
detail_row(const json_t *error)
{
	const json_t *list = json_object_get(error, "details");
	size_t i, k;

	for (i = 0; i < json_array_size(list); i++)
		for (k = 0; k < DETAILS; k++)
			if (strcmp(json_read_text(
				       json_array_get(list, i), "reason"),
				details[k].reason) == 0)
				return k;
	return DETAILS;
}

static enum api_failure
settle(size_t row, const json_t *error, struct error *err)
{
	const char *message = json_read_text(error, "message");
	size_t detail = detail_row(error);
	char *shown;

	if (detail < DETAILS) {
		error_set(err, STATUS_AUTH, "%s", details[detail].words);
		return API_FATAL;
	}
	if (message[0] == '\0' || rows[row].failure == API_AUTH) {
		error_set(err, rows[row].status, "%s", rows[row].words);
		return rows[row].failure;
	}
	shown = text_printable_dup(message, strlen(message), MESSAGE_MAX);
	error_set(err, rows[row].status, "%s (\"%s\")", rows[row].words, shown);
	free(shown);
	return rows[row].failure;
}

enum api_failure
failure_of_item(const json_t *error, struct error *err)
{
	json_int_t code = json_integer_value(json_object_get(error, "code"));
	size_t i;

	/* Some answers carry HTTP's numbers here as well. */
	for (i = 0; i < ROWS; i++)
		if (rows[i].grpc == code || rows[i].http == code)
			return settle(i, error, err);
	error_set(err, STATUS_NETWORK, "Google answered with error %lld",
	    (long long)code);
	return API_FATAL;
}

/* 400, 403 and 404 without Google's own words come from something in between,
 * or from a wrong address, and say nothing about a domain. */
static enum api_failure
not_google(long http_code, const char *body, struct error *err)
{
	error_set(err, STATUS_NETWORK,
	    "Postmaster answered HTTP %ld%s: check [postmaster] endpoint and "
	    "any proxy",
	    http_code,
	    body[0] != '\0' ? " with something that is not Google's JSON" : "");
	return http_code >= 500 ? API_AGAIN : API_FATAL;
}

static bool
is_gone(const char *body, size_t len)
{
	static const char words[] = "no longer supported";

	return memmem(body, len, words, sizeof(words) - 1) != NULL;
}

enum api_failure
parse_failure(long http_code, const char *body, size_t len, struct error *err)
{
	enum api_failure failure;
	struct error ignored;
	const json_t *error = NULL;
	json_t *root;
	size_t i;

	/* Version 1 says so for ever: waiting would not help. */
	if (is_gone(body, len)) {
		error_set(err, STATUS_GONE,
		    "this version of the Postmaster Tools API is no longer "
		    "supported: check [postmaster] endpoint, update sendtop");
		return API_FATAL;
	}
	/* An error page need not be JSON; that is no error of its own. */
	if (json_read_object(body, len, "it", &root, &ignored) == STATUS_OK)
		error = json_object_get(root, "error");
	for (i = 0; i < ROWS && rows[i].http != http_code; i++)
		continue;
	if (i < ROWS &&
	    (json_is_object(error) || rows[i].failure == API_AGAIN ||
		rows[i].failure == API_AUTH))
		failure = settle(i, error, err);
	else
		failure = not_google(http_code, body, err);
	json_decref(root);
	return failure;
}
