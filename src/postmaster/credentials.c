/* Reads credentials and OAuth clients; refuses secrets that others can read. */
/* SPDX-License-Identifier: MIT */
#include "credentials.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "sendtop/address.h"
#include "sendtop/mem.h"
#include "sendtop/settings.h"

enum { FILE_MAX = 64 * 1024 };

#define GOOGLE_AUTH_URI "https://accounts.google.com/o/oauth2/v2/auth"
#define GOOGLE_TOKEN_URI "https://oauth2.googleapis.com/token"

static void
drop(char *secret)
{
	if (secret != NULL)
		mem_wipe(secret, strlen(secret));
	free(secret);
}

static enum status
read_all(const char *path, struct buf *out, struct error *err)
{
	enum status status = STATUS_OK;
	FILE *in = fopen(path, "re");
	char block[4096];
	size_t n;

	if (in == NULL)
		return error_system(err, errno, "cannot read %s", path);
	/* No copy of a secret in stdio's own memory. */
	setvbuf(in, NULL, _IONBF, 0);
	out->max = FILE_MAX;
	while (!out->full && (n = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(out, block, n);
	if (ferror(in))
		status = error_system(err, errno, "cannot read %s", path);
	else if (out->full)
		status = error_set(err, STATUS_PARSE,
		    "%s: too large for a credentials file", path);
	fclose(in);
	mem_wipe(block, sizeof(block));
	return status;
}

static enum status
read_json(const char *path, json_t **out, struct error *err)
{
	struct buf text = { 0 };
	enum status status = read_all(path, &text, err);

	*out = NULL;
	if (status == STATUS_OK)
		status = json_read_object(text.data != NULL ? text.data : "",
		    text.len, path, out, err);
	if (text.data != NULL)
		mem_wipe(text.data, text.len);
	buf_free(&text);
	return status;
}

static bool
is_loopback(const char *host)
{
	size_t len = host[0] == '[' ? strcspn(host, "]") + 1
				    : strcspn(host, ":/?#");
	char bare[ADDRESS_TEXT_SIZE];
	struct address address;
	const char *word;

	if (len >= sizeof(bare))
		return false;
	snprintf(bare, sizeof(bare), "%.*s", (int)len, host);
	if (strcmp(bare, "localhost") == 0 || strcmp(bare, "[::1]") == 0)
		return true;
	if (!address_parse(bare, &address))
		return false;
	word = address_special(&address);
	return word != NULL && strcmp(word, "loopback") == 0;
}

/* https, or http on loopback: where secrets may be sent. */
static bool
uri_ok(const char *uri)
{
	/* In front of an "@" anything may stand, even the name of a host. */
	if (strpbrk(uri, "@\\ ") != NULL)
		return false;
	if (strncmp(uri, "https://", 8) == 0)
		return uri[8] != '\0' && uri[8] != '/';
	return strncmp(uri, "http://", 7) == 0 && is_loopback(uri + 7);
}

/* The text of a member; NULL and no error when it is not there. */
static enum status
take_text(const json_t *root, const char *key, const char *path, char **out,
    struct error *err)
{
	const json_t *value;

	if (!json_read_member(root, key, JSON_STRING, &value))
		return error_set(
		    err, STATUS_PARSE, "%s: \"%s\" must be a text", path, key);
	if (json_string_length(value) > 0)
		*out = mem_dup(json_string_value(value));
	return STATUS_OK;
}

static enum status
take_uri(const json_t *root, const char *key, const char *standard,
    const char *path, char **out, struct error *err)
{
	enum status status = take_text(root, key, path, out, err);

	if (status != STATUS_OK)
		return status;
	if (*out == NULL)
		*out = mem_dup(standard);
	if (!uri_ok(*out))
		return error_set(err, STATUS_PARSE,
		    "%s: \"%s\" must be an https address", path, key);
	return STATUS_OK;
}

/* --- credentials ---------------------------------------------------------- */

/* Which member a file of either type must or may have. */
static const struct {
	const char *key;
	enum credentials_type type;
	bool needed;
	size_t at;
} members[] = {
	{ "client_id", AUTHORIZED_USER, true,
	    offsetof(struct credentials, client_id) },
	{ "client_secret", AUTHORIZED_USER, true,
	    offsetof(struct credentials, client_secret) },
	{ "refresh_token", AUTHORIZED_USER, true,
	    offsetof(struct credentials, refresh_token) },
	{ "client_email", SERVICE_ACCOUNT, true,
	    offsetof(struct credentials, client_email) },
	{ "private_key", SERVICE_ACCOUNT, true,
	    offsetof(struct credentials, private_key) },
	{ "private_key_id", SERVICE_ACCOUNT, false,
	    offsetof(struct credentials, private_key_id) },
	{ "subject", SERVICE_ACCOUNT, false,
	    offsetof(struct credentials, subject) },
};
enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static char **
member(struct credentials *c, size_t i)
{
	return (char **)(void *)((char *)c + members[i].at);
}

static enum status
find_type(struct credentials *c, const json_t *root, struct error *err)
{
	const char *type = json_read_text(root, "type");

	if (strcmp(type, "authorized_user") == 0)
		c->type = AUTHORIZED_USER;
	else if (strcmp(type, "service_account") == 0)
		c->type = SERVICE_ACCOUNT;
	else if (json_object_get(root, "installed") != NULL)
		return error_set(err, STATUS_PARSE,
		    "%s: this is an OAuth client, not credentials: run "
		    "sendtop login --client %s",
		    c->path, c->path);
	else
		return error_set(err, STATUS_PARSE,
		    "%s: \"type\" must be authorized_user or "
		    "service_account; sendtop login makes such a file",
		    c->path);
	return STATUS_OK;
}

static enum status
fill(struct credentials *c, const json_t *root, struct error *err)
{
	enum status status = find_type(c, root, err);
	size_t i;

	for (i = 0; i < MEMBERS && status == STATUS_OK; i++) {
		if (members[i].type != c->type)
			continue;
		status = take_text(
		    root, members[i].key, c->path, member(c, i), err);
		if (status == STATUS_OK && members[i].needed &&
		    *member(c, i) == NULL)
			status = error_set(err, STATUS_PARSE,
			    "%s: \"%s\" is missing", c->path, members[i].key);
	}
	if (status != STATUS_OK)
		return status;
	return take_uri(
	    root, "token_uri", GOOGLE_TOKEN_URI, c->path, &c->token_uri, err);
}

enum status
credentials_load(const char *path, struct credentials **out, struct error *err)
{
	struct credentials *c = mem_zero(1, sizeof(*c));
	json_t *root = NULL;
	enum status status;

	c->path = mem_dup(path);
	status = settings_check_private(path, err);
	if (status == STATUS_OK)
		status = read_json(path, &root, err);
	if (status == STATUS_OK)
		status = fill(c, root, err);
	json_decref(root);
	if (status == STATUS_OK)
		*out = c;
	else
		credentials_free(c);
	return status;
}

void
credentials_free(struct credentials *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < MEMBERS; i++)
		drop(*member(c, i));
	free(c->path);
	free(c->token_uri);
	free(c);
}

/* --- clients -------------------------------------------------------------- */

static enum status
find_client(
    const json_t *root, const char *path, const json_t **out, struct error *err)
{
	if (!json_read_member(root, "installed", JSON_OBJECT, out))
		return error_set(err, STATUS_PARSE,
		    "%s: \"installed\" must be an object: download the "
		    "client's JSON again",
		    path);
	if (*out != NULL)
		return STATUS_OK;
	if (json_object_get(root, "web") != NULL)
		return error_set(err, STATUS_PARSE,
		    "%s: this client is for a web application: make one of "
		    "type \"Desktop app\" in the Google Cloud console",
		    path);
	return error_set(err, STATUS_PARSE,
	    "%s: not the JSON of an OAuth client of type \"Desktop app\": "
	    "download that from the Google Cloud console",
	    path);
}

/* A desktop client's secret is none (RFC 8252 8.5): the file may be as
 * readable as the browser left it. */
enum status
login_client_load(
    const char *path, struct login_client **out, struct error *err)
{
	struct login_client *c = mem_zero(1, sizeof(*c));
	const json_t *body = NULL;
	json_t *root;
	enum status status = read_json(path, &root, err);

	if (status == STATUS_OK)
		status = find_client(root, path, &body, err);
	if (status == STATUS_OK)
		status = take_text(body, "client_id", path, &c->client_id, err);
	if (status == STATUS_OK)
		status = take_text(
		    body, "client_secret", path, &c->client_secret, err);
	if (status == STATUS_OK &&
	    (c->client_id == NULL || c->client_secret == NULL))
		status = error_set(err, STATUS_PARSE,
		    "%s: \"%s\" is missing: download the client's JSON again",
		    path, c->client_id == NULL ? "client_id" : "client_secret");
	if (status == STATUS_OK)
		status = take_uri(
		    body, "auth_uri", GOOGLE_AUTH_URI, path, &c->auth_uri, err);
	if (status == STATUS_OK)
		status = take_uri(body, "token_uri", GOOGLE_TOKEN_URI, path,
		    &c->token_uri, err);
	json_decref(root);
	if (status == STATUS_OK)
		*out = c;
	else
		login_client_free(c);
	return status;
}

void
login_client_free(struct login_client *client)
{
	if (client == NULL)
		return;
	drop(client->client_secret);
	free(client->client_id);
	free(client->auth_uri);
	free(client->token_uri);
	free(client);
}
