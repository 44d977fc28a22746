/* HTTP/2 with a real nginx: many requests, hardly any connection. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "pki.h"
#include "responder.h"
#include "sendtop/http.h"
#include "suites.h"

enum {
	REQUESTS = 90, /* before a server says more, 100 at once are all */
	CONNECTIONS = 2,
	ATTEMPTS = 400,
	WAIT_MS = 25,
	SMALL_BODY = 60000,
	LARGE_BODY = 1 << 20, /* past HTTP/2's first window */
	PATH_SIZE = 320
};

static const char *const files[] = { "nginx.conf", "cert", "key", "access",
	"error", "pid" };
static const char *const dirs[] = { "client_body", "proxy", "fastcgi", "uwsgi",
	"scgi" };

struct nginx {
	char dir[256];
	unsigned port;
	pid_t pid;
	struct pki pki;
};

static char *
path_of(const struct nginx *nginx, const char *name, char out[PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/%s", nginx->dir, name);
	return out;
}

static void
write_conf(const struct nginx *nginx)
{
	char path[PATH_SIZE];
	FILE *file = fopen(path_of(nginx, "nginx.conf", path), "w");
	size_t i;

	ck_assert_ptr_nonnull(file);
	fprintf(file,
	    "daemon off;\nmaster_process off;\npid %s/pid;\n"
	    "error_log %s/error;\nevents {}\nhttp {\n"
	    "log_format one '$server_protocol $connection $request_uri';\n"
	    "access_log %s/access one;\nclient_max_body_size 8m;\n",
	    nginx->dir, nginx->dir, nginx->dir);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		fprintf(file, "%s_temp_path %s/%s;\n", dirs[i], nginx->dir,
		    dirs[i]);
	fprintf(file,
	    "server {\nlisten 127.0.0.1:%u ssl http2;\n"
	    "ssl_certificate %s/cert;\nssl_certificate_key %s/key;\n"
	    "location / { return 200 'hello $request_uri'; }\n}\n}\n",
	    nginx->port, nginx->dir, nginx->dir);
	ck_assert_int_eq(fclose(file), 0);
}

static void
run(const struct nginx *nginx)
{
	static const char *const places[] = { "nginx", "/usr/sbin/nginx",
		"/usr/local/sbin/nginx" };
	char conf[PATH_SIZE], log[PATH_SIZE];
	int null = open("/dev/null", O_RDWR);
	size_t i;

	path_of(nginx, "nginx.conf", conf);
	path_of(nginx, "error", log);
	for (i = 0; i < 3; i++)
		dup2(null, (int)i);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		execlp(places[i], "nginx", "-e", log, "-c", conf, (char *)NULL);
	_exit(127);
}

static void
nginx_start(struct nginx *nginx)
{
	static const struct cert_spec spec = {
		.cn = "api.test",
		.names = "IP:127.0.0.1",
	};
	const char *tmp = getenv("TMPDIR");
	char cert[PATH_SIZE], key[PATH_SIZE];
	SSL_CTX *ctx;

	snprintf(nginx->dir, sizeof(nginx->dir), "%s/sendtop-nginx.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(nginx->dir));
	pki_init(&nginx->pki);
	ctx = pki_server(&nginx->pki, &spec);
	pki_write(
	    ctx, path_of(nginx, "cert", cert), path_of(nginx, "key", key));
	SSL_CTX_free(ctx);
	nginx->port = free_port();
	write_conf(nginx);
	nginx->pid = fork();
	ck_assert_int_ge(nginx->pid, 0);
	if (nginx->pid == 0)
		run(nginx);
}

/* The requests over HTTP/2 that are in its log so far. */
static size_t
logged(const struct nginx *nginx)
{
	char path[PATH_SIZE], line[64];
	FILE *file = fopen(path_of(nginx, "access", path), "r");
	size_t count = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file) != NULL)
		count += strncmp(line, "HTTP/2.0 ", 9) == 0 &&
		    strstr(line, "/ready") == NULL;
	fclose(file);
	return count;
}

/* It answers first and writes its log then, but not once it is to end. */
static void
nginx_end(struct nginx *nginx, size_t requests)
{
	int i;

	for (i = 0; i < ATTEMPTS && logged(nginx) < requests; i++)
		poll(NULL, 0, WAIT_MS);
	kill(nginx->pid, SIGQUIT);
	waitpid(nginx->pid, NULL, 0);
}

static void
nginx_clear(struct nginx *nginx)
{
	char path[PATH_SIZE];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(path_of(nginx, files[i], path));
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		rmdir(path_of(nginx, dirs[i], path));
	rmdir(nginx->dir);
	pki_fini(&nginx->pki);
}

struct client {
	struct nginx nginx;
	struct loop *loop;
	struct http *http;
	struct loop_timer *again;
	char url[PATH_SIZE];
	size_t attempts, expected, good;
};

static void
check_running(struct client *client)
{
	int status;

	if (waitpid(client->nginx.pid, &status, WNOHANG) != client->nginx.pid)
		return;
	ck_abort_msg(WIFEXITED(status) && WEXITSTATUS(status) == 127
		? "nginx is not installed: this test needs it (Debian: "
		  "apt-get install nginx-light)"
		: "nginx ended at once");
}

static void
first_arrived(void *arg, const struct http_response *response)
{
	struct client *client = arg;

	if (response->status == STATUS_OK) {
		loop_stop(client->loop);
		return;
	}
	check_running(client);
	ck_assert_msg(
	    ++client->attempts < ATTEMPTS, "nginx: %s", response->error.text);
	loop_timer_start(client->again, WAIT_MS, 0);
}

static void
try_first(void *arg)
{
	struct client *client = arg;
	struct http_request request = { .method = "GET" };
	char url[PATH_SIZE + 8];

	snprintf(url, sizeof(url), "%sready", client->url);
	request.url = url;
	http_send(client->http, &request, first_arrived, client);
}

static void
arrived(void *arg, const struct http_response *response)
{
	struct client *client = arg;

	ck_assert_msg(
	    response->status == STATUS_OK, "%s", response->error.text);
	ck_assert_int_eq(response->code, 200);
	ck_assert_int_eq(strncmp(response->body, "hello /", 7), 0);
	if (++client->good == client->expected)
		loop_stop(client->loop);
}

/* The log names HTTP/2 for all but the large body, and hardly any connection:
 * a second one if the first was idle for a moment, see below. */
static void
check_log(const struct nginx *nginx)
{
	char path[PATH_SIZE], known[CONNECTIONS][64] = { "" }, line[64];
	FILE *file = fopen(path_of(nginx, "access", path), "r");
	size_t together = 0, others = 0, i;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strstr(line, "/ready") != NULL)
			continue;
		if (strncmp(line, "HTTP/1.1 ", 9) == 0) {
			others++;
			continue;
		}
		ck_assert_int_eq(strncmp(line, "HTTP/2.0 ", 9), 0);
		together++;
		for (i = 0; i < CONNECTIONS && known[i][0] != '\0' &&
		     strcmp(known[i], line) != 0;
		     i++)
			;
		ck_assert_msg(i < CONNECTIONS, "one more: %s", line);
		snprintf(known[i], sizeof(known[i]), "%s", line);
	}
	fclose(file);
	ck_assert_uint_eq(together, REQUESTS + 1);
	/* Not there when nginx still waited for the rest of the body. */
	ck_assert_uint_le(others, 1);
}

START_TEST(few_connections)
{
	struct client client = { .expected = REQUESTS + 2 };
	struct http_request request = { .method = "GET" };
	char *body = mem_zero(1, LARGE_BODY);
	size_t i;

	nginx_start(&client.nginx);
	snprintf(client.url, sizeof(client.url), "https://127.0.0.1:%u/",
	    client.nginx.port);
	ck_assert_int_eq(loop_open(&client.loop, NULL), STATUS_OK);
	client.http = http_open(client.loop, client.nginx.pki.ca_file);
	client.again = loop_timer_new(client.loop, try_first, &client);
	try_first(&client);
	loop_run(client.loop);
	/* From the start again: an idle connection that has a session ticket
	 * waiting is taken for dead by libcurl 7.88. */
	http_close(client.http);
	client.http = http_open(client.loop, client.nginx.pki.ca_file);
	request.url = client.url;
	for (i = 0; i < REQUESTS; i++)
		http_send(client.http, &request, arrived, &client);
	request.method = "POST";
	request.body = body;
	request.body_len = SMALL_BODY;
	http_send(client.http, &request, arrived, &client);
	request.body_len = LARGE_BODY;
	http_send(client.http, &request, arrived, &client);
	loop_run(client.loop);
	ck_assert_uint_eq(client.good, client.expected);
	http_close(client.http);
	loop_timer_free(client.again);
	loop_close(client.loop);
	nginx_end(&client.nginx, REQUESTS + 1);
	check_log(&client.nginx);
	nginx_clear(&client.nginx);
	free(body);
}
END_TEST

Suite *
suite_http_h2(void)
{
	Suite *suite = suite_create("http_h2");
	TCase *tc = tcase_create("http_h2");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, few_connections);
	suite_add_tcase(suite, tc);
	return suite;
}
