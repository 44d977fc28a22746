/* The answer of an authorization server: a query, or what a user pasted. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "login.h"
#include "oauth_answer.h"
#include "sendtop/text.h"

enum { CODE_MAX = 2048, WORD_MAX = 80 };

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undoes application/x-www-form-urlencoded; NULL when it is not that, or
 * hides a NUL. */
static char *
decode(const char *text, size_t len)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < len; i++) {
		char c = text[i] == '+' ? ' ' : text[i];

		if (c == '%') {
			int high = i + 2 < len ? hex_value(text[i + 1]) : -1;
			int low = i + 2 < len ? hex_value(text[i + 2]) : -1;

			if (high < 0 || low < 0 || high + low == 0) {
				buf_free(&out);
				return NULL;
			}
			c = (char)(high << 4 | low);
			i += 2;
		}
		buf_char(&out, c);
	}
	return buf_take(&out);
}

/* The value of a key, where it stands and how long; false when it is not
 * there.  *times counts it: RFC 6749 3.1 allows no repeats. */
static bool
find(const char *query, const char *key, const char **at, size_t *len,
    size_t *times)
{
	size_t key_len = strlen(key);

	*times = 0;
	while (*query != '\0' && *query != '#') {
		size_t n = strcspn(query, "&#");

		if (n > key_len && query[key_len] == '=' &&
		    strncmp(query, key, key_len) == 0) {
			*at = query + key_len + 1;
			*len = n - key_len - 1;
			++*times;
		}
		query += n + (query[n] == '&');
	}
	return *times > 0;
}

/* The decoded value of a key; NULL when it is not there, or not once. */
static char *
value_of(const char *query, const char *key)
{
	const char *at;
	size_t len, times;

	if (!find(query, key, &at, &len, &times) || times > 1)
		return NULL;
	return decode(at, len);
}

bool
login_is_answer(const char *query)
{
	const char *at;
	size_t len, times;

	return find(query, "code", &at, &len, &times) ||
	    find(query, "error", &at, &len, &times);
}

static void
drop(char *secret)
{
	if (secret != NULL)
		mem_wipe(secret, strlen(secret));
	free(secret);
}

static bool
is_code(const char *code)
{
	size_t i;

	for (i = 0; code[i] != '\0'; i++)
		if (code[i] <= ' ' || code[i] > '~')
			return false;
	return i > 0 && i <= CODE_MAX;
}

static enum status
refused(const char *word, struct error *err)
{
	const char *remedy = oauth_remedy(word, OAUTH_BY_CODE);
	char shown[WORD_MAX];

	if (remedy != NULL)
		return error_set(err, STATUS_AUTH, "%s: %s", word, remedy);
	text_printable(shown, sizeof(shown), word, strlen(word));
	return error_set(err, STATUS_AUTH,
	    "Google refused the login (%s): run sendtop login again", shown);
}

enum status
login_read_answer(
    const char *query, const char *state, char **code, struct error *err)
{
	char *given = value_of(query, "state");
	char *word = value_of(query, "error");
	char *found = value_of(query, "code");
	enum status status = STATUS_OK;

	*code = NULL;
	/* Whoever does not know the state did not come from our own prompt
	 * (RFC 6749 10.12), whatever it says. */
	if (given == NULL || strcmp(given, state) != 0)
		status = error_set(err, STATUS_AUTH,
		    "the answer belongs to another login (its state differs): "
		    "run sendtop login again and use the address it prints");
	else if (word != NULL)
		status = refused(word, err);
	else if (found == NULL || !is_code(found))
		status = error_set(err, STATUS_PARSE,
		    "the answer holds no code: run sendtop login again and "
		    "copy the whole address");
	if (status == STATUS_OK) {
		*code = found;
		found = NULL;
	}
	free(given);
	free(word);
	drop(found);
	return status;
}

static enum status
bare_code(const char *text, size_t len, char **code, struct error *err)
{
	char *found = decode(text, len);

	/* No part of an address passes for a code. */
	if (found != NULL && is_code(found) &&
	    strpbrk(found, ":?&=#") == NULL) {
		*code = found;
		return STATUS_OK;
	}
	drop(found);
	return error_set(err, STATUS_PARSE,
	    "that is neither the address of the page that could not be opened "
	    "nor a code: run sendtop login --paste again and copy the whole "
	    "address");
}

enum status
login_read_paste(
    const char *line, const char *state, char **code, struct error *err)
{
	size_t len;
	const char *query;
	char *text;
	enum status status;

	*code = NULL;
	line += strspn(line, " \t\r\n");
	len = strcspn(line, " \t\r\n");
	if (line[len + strspn(line + len, " \t\r\n")] != '\0')
		return error_set(err, STATUS_PARSE,
		    "the address has a gap in it: run sendtop login --paste "
		    "again and paste it as one line");
	text = mem_ndup(line, len);
	query = strchr(text, '?');
	query = query != NULL ? query + 1 : text;
	if (login_is_answer(query))
		status = login_read_answer(query, state, code, err);
	else
		status = bare_code(text, len, code, err);
	drop(text);
	return status;
}
