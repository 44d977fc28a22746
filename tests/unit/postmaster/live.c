/* The world's Postmaster API for tests: strict, and bad on order. */
/* SPDX-License-Identifier: MIT */
#include "live.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sendtop/settings.h"

#define REPLY_SIZE 128

struct live_server live_server;

/* --- the server ----------------------------------------------------------- */

static const char *
source_dir(void)
{
	const char *dir = getenv("SENDTOP_SRCDIR");

	return dir != NULL ? dir : ".";
}

static void
run_server(int in, int out)
{
	char *script = mem_printf(
	    "%s/tests/unit/postmaster/serve.py", source_dir());
	char *world = mem_printf("%s/tests/world", source_dir());
	char *bench = mem_printf("%d", LIVE_BENCH);

	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execlp("python3", "python3", script, world, live_server.dir, bench,
	    (char *)NULL);
	_exit(127);
}

void
live_server_start(void)
{
	int in[2], out[2];
	char reply[REPLY_SIZE];
	FILE *from;

	snprintf(live_server.dir, sizeof(live_server.dir),
	    "/tmp/sendtop-test-XXXXXX");
	if (mkdtemp(live_server.dir) == NULL || pipe2(in, O_CLOEXEC) != 0 ||
	    pipe2(out, O_CLOEXEC) != 0)
		abort();
	live_server.pid = fork();
	if (live_server.pid == 0)
		run_server(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	live_server.leash = in[1];
	from = fdopen(out[0], "r");
	if (from == NULL || fgets(reply, sizeof(reply), from) == NULL ||
	    sscanf(reply, "ready %u %u", &live_server.https,
		&live_server.http) != 2) {
		fprintf(stderr,
		    "serve.py did not start: it needs python3 and "
		    "openssl\n");
		exit(EXIT_FAILURE);
	}
	fclose(from);
}

void
live_server_stop(void)
{
	char *command = mem_printf("rm -rf %s", live_server.dir);

	close(live_server.leash);
	waitpid(live_server.pid, NULL, 0);
	if (system(command) != 0)
		fprintf(stderr, "%s failed\n", command);
	free(command);
}

char *
live_url(const char *path)
{
	return mem_printf("https://127.0.0.1:%u%s", live_server.https, path);
}

/* --- the control door ----------------------------------------------------- */

struct reply {
	struct loop *loop;
	json_t *json;
};

static void
got_reply(void *arg, const struct http_response *response)
{
	struct reply *reply = arg;

	ck_assert_msg(
	    response->status == STATUS_OK, "%s", response->error.text);
	ck_assert_msg(response->code == 200, "%s", response->body);
	reply->json = json_loadb(response->body, response->body_len, 0, NULL);
	loop_stop(reply->loop);
}

static json_t *
control(struct live *live, const char *path, const char *body)
{
	char *url = live_url(path);
	struct http_request request = {
		.method = body != NULL ? "POST" : "GET",
		.url = url,
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
	};
	struct reply reply = { .loop = live->loop };

	http_send(live->http, &request, got_reply, &reply);
	while (reply.json == NULL)
		loop_run(live->loop);
	free(url);
	return reply.json;
}

void
live_order(struct live *live, const char *json)
{
	json_decref(control(live, "/control", json));
}

long long
live_count(struct live *live, const char *group, const char *key)
{
	json_t *stats = control(live, "/control/stats", NULL);
	long long count = json_integer_value(
	    json_object_get(json_object_get(stats, group), key));

	json_decref(stats);
	return count;
}

/* --- a client ------------------------------------------------------------- */

void
live_open(struct live *live)
{
	char *ca = mem_printf("%s/ca.pem", live_server.dir);
	struct error err;

	memset(live, 0, sizeof(*live));
	ck_assert_int_eq(loop_open(&live->loop, &err), STATUS_OK);
	live->http = http_open(live->loop, ca);
	free(ca);
	live->credentials = mem_printf(
	    "%s/credentials.%d", live_server.dir, (int)getpid());
	json_decref(control(live, "/control/reset", "{}"));
}

static void
put_json(struct live *live, json_t *json)
{
	ck_assert_ptr_nonnull(json);
	ck_assert_int_eq(json_dump_file(json, live->credentials, 0), 0);
	ck_assert_int_eq(chmod(live->credentials, 0600), 0);
	json_decref(json);
}

void
live_user(struct live *live, const char *refresh_token)
{
	char *token_uri = live_url("/token");

	put_json(live,
	    json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", "authorized_user",
		"client_id", "1234567890-world.apps.test", "client_secret",
		"world-secret-0123456789", "refresh_token", refresh_token,
		"token_uri", token_uri));
	free(token_uri);
}

static char *
read_text(const char *path)
{
	FILE *in = fopen(path, "r");
	char text[8192];
	size_t len;

	ck_assert_ptr_nonnull(in);
	len = fread(text, 1, sizeof(text), in);
	fclose(in);
	return mem_ndup(text, len);
}

void
live_robot(struct live *live, const char *subject)
{
	char *token_uri = live_url("/token");
	char *path = mem_printf("%s/service.key", live_server.dir);
	char *key = read_text(path);
	json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type",
	    "service_account", "client_email", "robot@world.iam.test",
	    "private_key", key, "private_key_id", "1", "token_uri", token_uri);

	if (subject != NULL)
		json_object_set_new(json, "subject", json_string(subject));
	put_json(live, json);
	free(token_uri);
	free(path);
	free(key);
}

void
live_connect(struct live *live)
{
	struct error err;
	char *endpoint = live_url("/");

	ck_assert_int_eq(
	    settings_parse("", 0, "test", &live->settings, &err), STATUS_OK);
	free(live->settings->endpoint);
	live->settings->endpoint = endpoint;
	free(live->settings->credentials);
	live->settings->credentials = mem_dup(live->credentials);
	ck_assert_msg(postmaster_open(live->loop, live->http, live->settings,
			  &live->pm, &err) == STATUS_OK,
	    "%s", err.text);
	live->pm->pace = (struct pace){ 2, 200, 1, 20000 };
}

void
live_close(struct live *live)
{
	postmaster_close(live->pm);
	http_close(live->http);
	loop_close(live->loop);
	settings_free(live->settings);
	unlink(live->credentials);
	free(live->credentials);
}
