/* sendtop login: from an OAuth client to credentials (RFC 6749, 7636, 8252). */
/* SPDX-License-Identifier: MIT */
#include "login.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oauth_answer.h"
#include "sendtop/day.h"
#include "sendtop/postmaster.h"
#include "sendtop/sign.h"

enum { SECRET_OCTETS = 32, WAIT_MS = 10 * 60 * 1000, EXCHANGE_MS = 30000 };

/* Nobody listens at port 1: the browser shows an error, and the address. */
#define PASTE_URI "http://127.0.0.1:1/"

struct login {
	struct loop *loop;
	struct http *http;
	FILE *in, *out;
	const char *client_path;
	struct login_client *client;
	char *verifier, *state; /* base64url */
	char *redirect_uri;
	char *code;
	/* The exchange. */
	struct oauth_answer answer;
	bool answered;
	enum status status;
	struct error error;
};

static void
drop(char *secret)
{
	if (secret != NULL)
		mem_wipe(secret, strlen(secret));
	free(secret);
}

static enum status
make_secret(char **out, struct error *err)
{
	uint8_t octets[SECRET_OCTETS];
	struct buf text = { 0 };
	enum status status = random_fill(octets, sizeof(octets), err);

	if (status != STATUS_OK)
		return status;
	base64url_add(&text, octets, sizeof(octets));
	mem_wipe(octets, sizeof(octets));
	*out = buf_take(&text);
	return STATUS_OK;
}

static void
add_field(struct buf *out, const char *key, const char *value)
{
	if (out->len > 0)
		buf_char(out, '&');
	buf_printf(out, "%s=", key);
	http_escape(out, value);
}

/* --- asking --------------------------------------------------------------- */

static char *
make_url(const struct login *login)
{
	uint8_t digest[SHA256_SIZE];
	struct buf query = { 0 }, challenge = { 0 };
	const char *base = login->client->auth_uri;
	char *url;

	/* RFC 7636 4.2: the digest of the verifier's ASCII form. */
	digest_sha256(login->verifier, strlen(login->verifier), digest);
	base64url_add(&challenge, digest, sizeof(digest));
	add_field(&query, "client_id", login->client->client_id);
	add_field(&query, "redirect_uri", login->redirect_uri);
	add_field(&query, "response_type", "code");
	add_field(&query, "scope", OAUTH_SCOPE_DOMAIN " " OAUTH_SCOPE_TRAFFIC);
	/* Without both Google sends no refresh token the second time. */
	add_field(&query, "access_type", "offline");
	add_field(&query, "prompt", "consent");
	add_field(&query, "state", login->state);
	add_field(&query, "code_challenge", challenge.data);
	add_field(&query, "code_challenge_method", "S256");
	url = mem_printf(
	    "%s%c%s", base, strchr(base, '?') != NULL ? '&' : '?', query.data);
	buf_free(&query);
	buf_free(&challenge);
	return url;
}

static void
prompt(struct login *login, const char *where)
{
	char *url = make_url(login);

	fprintf(login->out,
	    "Open this address in a browser %s, choose the account that\n"
	    "uses Postmaster Tools, and allow both permissions:\n\n%s\n\n",
	    where, url);
	free(url);
}

static enum status
ask_by_loopback(struct login *login, struct error *err)
{
	struct login_server *server;
	enum status status = login_server_open(login->loop, &server, err);
	unsigned port;

	if (status != STATUS_OK)
		return status;
	port = login_server_port(server);
	login->redirect_uri = mem_printf("http://127.0.0.1:%u/", port);
	prompt(login, "on this machine");
	fprintf(login->out,
	    "Waiting ten minutes for the browser to come back to 127.0.0.1 "
	    "port %u; Ctrl-C ends it.\n"
	    "No browser here?  Use sendtop login --paste, or come by\n"
	    "ssh -L %u:127.0.0.1:%u and open the address over there.\n",
	    port, port, port);
	fflush(login->out);
	status = login_server_wait(
	    server, login->state, WAIT_MS, &login->code, err);
	login_server_close(server);
	return status;
}

/* False at the end of input; *whole: the line ended, or the input. */
static bool
read_line(FILE *in, struct buf *line)
{
	int c;

	line->max = LOGIN_ANSWER_MAX;
	while ((c = getc(in)) != EOF && c != '\n')
		/* A NUL would hide what follows it. */
		buf_char(line, c != 0 ? (char)c : ' ');
	return line->len > 0;
}

static enum status
ask_by_paste(struct login *login, struct error *err)
{
	struct buf line = { 0 };
	enum status status;

	login->redirect_uri = mem_dup(PASTE_URI);
	prompt(login, "on any machine");
	fprintf(login->out,
	    "At the end the browser says that it cannot open a page at\n"
	    "127.0.0.1: that is as it should be.  Copy the whole address of\n"
	    "that page, paste it here and press Enter:\n> ");
	fflush(login->out);
	if (!read_line(login->in, &line))
		status = error_set(err, STATUS_USAGE,
		    "nothing was pasted: run sendtop login --paste again");
	else if (line.full)
		status = error_set(err, STATUS_PARSE,
		    "that is too long for the address of a redirect: run "
		    "sendtop login --paste again and paste only the address");
	else
		status = login_read_paste(
		    line.data, login->state, &login->code, err);
	if (line.data != NULL)
		mem_wipe(line.data, line.len);
	buf_free(&line);
	return status;
}

/* --- the exchange --------------------------------------------------------- */

static void
got_tokens(void *arg, const struct http_response *response)
{
	struct login *login = arg;

	login->answered = true;
	login->status = response->status;
	login->error = response->error;
	if (response->status == STATUS_OK)
		login->status = oauth_answer_parse(response->code,
		    response->body, response->body_len, OAUTH_BY_CODE,
		    login->client_path, &login->answer, &login->error);
	loop_stop(login->loop);
}

/* RFC 6749 4.1.3 with the verifier of RFC 7636 4.5. */
static enum status
exchange(struct login *login, struct error *err)
{
	struct http_request request = {
		.method = "POST",
		.url = login->client->token_uri,
		.content_type = "application/x-www-form-urlencoded",
		.timeout_ms = EXCHANGE_MS,
	};
	struct buf body = { 0 };

	add_field(&body, "grant_type", "authorization_code");
	add_field(&body, "client_id", login->client->client_id);
	add_field(&body, "client_secret", login->client->client_secret);
	add_field(&body, "code", login->code);
	add_field(&body, "code_verifier", login->verifier);
	add_field(&body, "redirect_uri", login->redirect_uri);
	request.body = body.data;
	request.body_len = body.len;
	http_send(login->http, &request, got_tokens, login);
	mem_wipe(body.data, body.len);
	buf_free(&body);
	while (!login->answered)
		loop_run(login->loop);
	if (login->status == STATUS_OK && login->answer.refresh_token == NULL)
		login->status = error_set(&login->error, STATUS_AUTH,
		    "%s: Google sent no refresh token: remove sendtop at "
		    "https://myaccount.google.com/permissions and run sendtop "
		    "login again",
		    login->client_path);
	if (login->status != STATUS_OK)
		*err = login->error;
	return login->status;
}

static void
report(struct login *login, const char *out_path)
{
	int64_t life_s = login->answer.refresh_expires_in_s;
	char until[TIME_TEXT_SIZE];

	fprintf(
	    login->out, "Logged in.  The credentials are in %s\n", out_path);
	if (life_s <= 0)
		return;
	fprintf(login->out,
	    "Google lets this login end on %s, after %lld days: the Cloud\n"
	    "project is in status Testing.  Publish the app or make it "
	    "Internal, and log in again, to be rid of that.\n",
	    time_text(until, clock_utc_s() + life_s),
	    (long long)(life_s / DAY_SECONDS));
}

static enum status
run(struct login *login, const char *out_path, bool paste, struct error *err)
{
	enum status status;

	status = login_client_load(login->client_path, &login->client, err);
	/* Before anybody consents in vain. */
	if (status == STATUS_OK)
		status = login_file_prepare(out_path, err);
	if (status == STATUS_OK)
		status = make_secret(&login->verifier, err);
	if (status == STATUS_OK)
		status = make_secret(&login->state, err);
	if (status == STATUS_OK)
		status = paste ? ask_by_paste(login, err)
			       : ask_by_loopback(login, err);
	if (status == STATUS_OK)
		status = exchange(login, err);
	if (status == STATUS_OK)
		status = login_file_write(
		    out_path, login->client, login->answer.refresh_token, err);
	if (status == STATUS_OK)
		report(login, out_path);
	return status;
}

enum status
login_run(struct loop *loop, struct http *http, const char *client_path,
    const char *out_path, bool paste, FILE *in, FILE *out, struct error *err)
{
	struct login login = {
		.loop = loop,
		.http = http,
		.in = in,
		.out = out,
		.client_path = client_path,
	};
	enum status status = run(&login, out_path, paste, err);

	login_client_free(login.client);
	drop(login.verifier);
	drop(login.state);
	drop(login.code);
	free(login.redirect_uri);
	oauth_answer_free(&login.answer);
	return status;
}
