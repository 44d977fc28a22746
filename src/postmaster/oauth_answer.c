/* What a token endpoint said, and what the reader can do about it. */
/* SPDX-License-Identifier: MIT */
#include "oauth_answer.h"

#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "sendtop/mem.h"
#include "sendtop/postmaster.h"
#include "sendtop/text.h"

enum { WORD_MAX = 80, WORDS_MAX = 200, ANY_GRANT = -1 };

/* RFC 6749 4.1.2.1 and 5.2, RFC 7523 3.1 and Google's own words. */
static const struct {
	const char *word;
	int grant;
	const char *remedy;
} refusals[] = {
	{ "invalid_grant", OAUTH_BY_REFRESH,
	    "the refresh token is no longer good: run sendtop login (a Cloud "
	    "project in status Testing lets it die after seven days: publish "
	    "the app or make it Internal)" },
	{ "invalid_grant", OAUTH_BY_ASSERTION,
	    "Google does not take the service account's assertion: check "
	    "client_email and private_key (download the key again), subject, "
	    "and this machine's clock" },
	{ "invalid_grant", OAUTH_BY_CODE,
	    "the code was used before, is too old or belongs to another "
	    "login: run sendtop login again" },
	{ "invalid_client", ANY_GRANT,
	    "Google does not know this client id and secret: download the "
	    "client's JSON again and run sendtop login" },
	{ "unauthorized_client", OAUTH_BY_ASSERTION,
	    "the service account may not act for this subject: allow "
	    "domain-wide delegation for the scopes postmaster.domain and "
	    "postmaster.traffic.readonly in the Workspace admin console" },
	{ "unauthorized_client", ANY_GRANT,
	    "this client may not do that: make one of type \"Desktop app\"" },
	{ "invalid_scope", ANY_GRANT,
	    "the scopes postmaster.domain and postmaster.traffic.readonly "
	    "are not allowed for this client: enable the Gmail Postmaster "
	    "Tools API in its project" },
	{ "redirect_uri_mismatch", ANY_GRANT,
	    "the client is not of type \"Desktop app\": make one that is" },
	{ "access_denied", ANY_GRANT,
	    "consent was not given: run sendtop login again and allow both "
	    "permissions" },
	{ "org_internal", ANY_GRANT,
	    "the app is Internal to another Workspace: log in with an account "
	    "of that organisation" },
	{ "admin_policy_enforced", ANY_GRANT,
	    "the Workspace administrator does not allow this app: ask there" },
};

const char *
oauth_remedy(const char *word, enum oauth_grant grant)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if ((refusals[i].grant == ANY_GRANT ||
			refusals[i].grant == (int)grant) &&
		    strcmp(refusals[i].word, word) == 0)
			return refusals[i].remedy;
	return NULL;
}

static enum status
refused(const json_t *root, long http_code, enum oauth_grant grant,
    const char *what, struct error *err)
{
	const char *word = json_read_text(root, "error");
	const char *words = json_read_text(root, "error_description");
	const char *remedy = oauth_remedy(word, grant);
	char shown[WORD_MAX], more[WORDS_MAX];

	if (remedy != NULL)
		return error_set(
		    err, STATUS_AUTH, "%s: %s: %s", what, word, remedy);
	/* The endpoint's own trouble passes; a refusal does not. */
	if (http_code == 429)
		return error_set(err, STATUS_QUOTA,
		    "%s: the token endpoint asks to slow down", what);
	if (http_code >= 500)
		return error_set(err, STATUS_NETWORK,
		    "%s: the token endpoint answered HTTP %ld", what,
		    http_code);
	if (word[0] == '\0')
		return error_set(err, STATUS_AUTH,
		    "%s: the token endpoint answered HTTP %ld: check "
		    "token_uri and any proxy",
		    what, http_code);
	text_printable(shown, sizeof(shown), word, strlen(word));
	text_printable(more, sizeof(more), words, strlen(words));
	return error_set(err, STATUS_AUTH, "%s: %s%s%s", what, shown,
	    more[0] != '\0' ? ": " : "", more);
}

#define SCOPE_ALL "https://www.googleapis.com/auth/postmaster"

static const struct {
	const char *scope, *name;
} scopes[] = {
	{ OAUTH_SCOPE_DOMAIN, "postmaster.domain" },
	{ OAUTH_SCOPE_TRAFFIC, "postmaster.traffic.readonly" },
};

static bool
has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; *list != '\0'; list += strspn(list, " ")) {
		size_t n = strcspn(list, " ");

		if (n == len && memcmp(list, word, len) == 0)
			return true;
		list += n;
	}
	return false;
}

/* With granular consent a user may untick one of the two.  RFC 6749 5.1: a
 * scope that is not named is as it was asked for. */
static enum status
check_scopes(const json_t *root, const char *what, struct error *err)
{
	const char *granted = json_read_text(root, "scope");
	size_t i;

	if (granted[0] == '\0' || has_word(granted, SCOPE_ALL))
		return STATUS_OK;
	for (i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (!has_word(granted, scopes[i].scope))
			return error_set(err, STATUS_AUTH,
			    "%s: the scope %s was not granted: run sendtop "
			    "login again and tick every box",
			    what, scopes[i].name);
	return STATUS_OK;
}

static char *
text_of(const json_t *root, const char *key)
{
	const char *text = json_read_text(root, key);

	return text[0] != '\0' ? mem_dup(text) : NULL;
}

static enum status
granted(const json_t *root, const char *what, struct oauth_answer *out,
    struct error *err)
{
	enum status status = check_scopes(root, what, err);

	if (status != STATUS_OK)
		return status;
	out->access_token = text_of(root, "access_token");
	out->refresh_token = text_of(root, "refresh_token");
	out->expires_in_s = json_integer_value(
	    json_object_get(root, "expires_in"));
	out->refresh_expires_in_s = json_integer_value(
	    json_object_get(root, "refresh_token_expires_in"));
	if (out->access_token == NULL)
		return error_set(err, STATUS_PARSE,
		    "%s: the token endpoint sent no access token: check "
		    "token_uri",
		    what);
	return STATUS_OK;
}

enum status
oauth_answer_parse(long http_code, const char *body, size_t len,
    enum oauth_grant grant, const char *what, struct oauth_answer *out,
    struct error *err)
{
	json_t *root;
	enum status status;

	memset(out, 0, sizeof(*out));
	status = json_read_object(
	    body, len, "the token endpoint's answer", &root, err);
	if (http_code != 200)
		status = refused(root, http_code, grant, what, err);
	else if (status == STATUS_OK)
		status = granted(root, what, out, err);
	else
		error_prefix(err, "%s", what);
	json_decref(root);
	if (status != STATUS_OK)
		oauth_answer_free(out);
	return status;
}

static void
drop(char *secret)
{
	if (secret != NULL)
		mem_wipe(secret, strlen(secret));
	free(secret);
}

void
oauth_answer_free(struct oauth_answer *answer)
{
	drop(answer->access_token);
	drop(answer->refresh_token);
	memset(answer, 0, sizeof(*answer));
}
