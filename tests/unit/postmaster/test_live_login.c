/* sendtop login against the world, with a program for a browser. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "postmaster/login.h"
#include "suites.h"

enum { LINE_SIZE = 4096 };

struct visit {
	struct live live;
	char *client, *out;
	pid_t pid;
	FILE *prompts; /* to the browser */
};

static void
put_client(struct visit *visit)
{
	char *auth = live_url("/o/oauth2/v2/auth");
	char *token = live_url("/token");
	json_t *json = json_pack("{s:{s:s,s:s,s:s,s:s}}", "installed",
	    "client_id", "1234567890-world.apps.test", "client_secret",
	    "world-secret-0123456789", "auth_uri", auth, "token_uri", token);

	visit->client = mem_printf(
	    "%s/client.%d", live_server.dir, (int)getpid());
	visit->out = mem_printf(
	    "%s/made.%d/google.json", live_server.dir, (int)getpid());
	ck_assert_int_eq(json_dump_file(json, visit->client, 0), 0);
	json_decref(json);
	free(auth);
	free(token);
}

static void
start_browser(struct visit *visit, const char *how)
{
	const char *source = getenv("SENDTOP_SRCDIR");
	char *script = mem_printf("%s/tests/unit/postmaster/browser.py",
	    source != NULL ? source : ".");
	char *ca = mem_printf("%s/ca.pem", live_server.dir);
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	visit->pid = fork();
	if (visit->pid == 0) {
		dup2(ends[0], STDIN_FILENO);
		execlp("python3", "python3", script, how, ca, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	visit->prompts = fdopen(ends[1], "w");
	free(script);
	free(ca);
}

static int
end_browser(struct visit *visit)
{
	int status;

	fclose(visit->prompts);
	ck_assert_int_eq(waitpid(visit->pid, &status, 0), visit->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
visit_end(struct visit *visit)
{
	live_close(&visit->live);
	unlink(visit->client);
	unlink(visit->out);
	free(visit->client);
	free(visit->out);
}

/* The credentials that were made list the domains. */
static void
check_made(struct visit *visit)
{
	struct credentials *made;
	struct error err;
	struct stat st;

	ck_assert_int_eq(stat(visit->out, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(credentials_load(visit->out, &made, &err), STATUS_OK);
	ck_assert_int_eq(strncmp(made->refresh_token, "1//", 3), 0);
	live_user(&visit->live, made->refresh_token);
	live_connect(&visit->live);
	credentials_free(made);
}

static const struct {
	const char *how, *order;
	enum status status;
	const char *words; /* of the error */
} loopbacks[] = {
	{ "allow", NULL, STATUS_OK, "" },
	{ "noise", NULL, STATUS_OK, "" },
	{ "state", NULL, STATUS_AUTH, "another login" },
	{ "denied", "{\"mode\":\"access_denied\",\"match\":\"/o/oauth2/\"}",
	    STATUS_AUTH, "consent was not given" },
	{ "allow", "{\"untick\":true}", STATUS_AUTH,
	    "postmaster.traffic.readonly was not granted" },
	{ "allow", "{\"no_refresh\":true}", STATUS_AUTH, "no refresh token" },
	{ "allow", "{\"mode\":\"invalid_grant\",\"match\":\"/token\"}",
	    STATUS_AUTH, "the code was used" },
	{ "allow", "{\"mode\":\"html-ok\",\"match\":\"/token\"}", STATUS_PARSE,
	    "not whole JSON" },
	{ "allow", "{\"mode\":\"close\",\"count\":9,\"match\":\"/token\"}",
	    STATUS_NETWORK, "without an answer" },
};

START_TEST(loopback)
{
	struct visit visit;
	struct error err = { STATUS_OK, "" };
	enum status status;

	/* The browser need not wait for the last words. */
	signal(SIGPIPE, SIG_IGN);
	live_open(&visit.live);
	if (loopbacks[_i].order != NULL)
		live_order(&visit.live, loopbacks[_i].order);
	put_client(&visit);
	start_browser(&visit, loopbacks[_i].how);
	status = login_run(visit.live.loop, visit.live.http, visit.client,
	    visit.out, false, NULL, visit.prompts, &err);
	ck_assert_msg(
	    status == loopbacks[_i].status, "%d: %d %s", _i, status, err.text);
	ck_assert_msg(
	    strstr(err.text, loopbacks[_i].words) != NULL, "%s", err.text);
	ck_assert_int_eq(end_browser(&visit), 0);
	if (status == STATUS_OK)
		check_made(&visit);
	else
		ck_assert_int_ne(access(visit.out, F_OK), 0);
	visit_end(&visit);
}
END_TEST

/* --- without a browser ---------------------------------------------------- */

/* Where the authorization server sends the browser. */
static char *
redirect_of(const char *url)
{
	char *command = mem_printf(
	    "python3 - '%s' '%s/ca.pem' <<'END'\n"
	    "import ssl, sys, http.client, urllib.parse\n"
	    "u = urllib.parse.urlsplit(sys.argv[1])\n"
	    "c = http.client.HTTPSConnection(u.hostname, u.port, context="
	    "ssl.create_default_context(cafile=sys.argv[2]))\n"
	    "c.request('GET', u.path + '?' + u.query)\n"
	    "print(c.getresponse().headers['Location'])\n"
	    "END\n",
	    url, live_server.dir);
	FILE *from = popen(command, "r");
	char line[LINE_SIZE];

	ck_assert_ptr_nonnull(fgets(line, sizeof(line), from));
	pclose(from);
	free(command);
	line[strcspn(line, "\n")] = '\0';
	return mem_dup(line);
}

static const struct {
	const char *cut; /* what of the URL is pasted: all, code, query */
	const char *instead, *order;
	enum status status;
	const char *words, *said; /* of the error; of what was printed */
} pastes[] = {
	{ "all", NULL, NULL, STATUS_OK, "", "Logged in." },
	{ "query", NULL, NULL, STATUS_OK, "", "Logged in." },
	{ "code", NULL, NULL, STATUS_OK, "", "Logged in." },
	{ "all", NULL, "{\"refresh_lifetime\":604799}", STATUS_OK, "",
	    "status Testing" },
	{ "all", "", NULL, STATUS_USAGE, "nothing was pasted", "> " },
	{ "all", "nonsense here\n", NULL, STATUS_PARSE, "gap", "> " },
	{ "all", "http://127.0.0.1:1/?code=x&state=y\n", NULL, STATUS_AUTH,
	    "another login", "> " },
	{ "all", "4/made-up\n", NULL, STATUS_AUTH, "the code was used", "> " },
};

/* Reads the prompts, goes to the address, writes what is pasted. */
static void
paste_child(int prompts, int answer, int row)
{
	FILE *in = fdopen(prompts, "r");
	char line[LINE_SIZE], *url = NULL, *back, *from;

	while (url == NULL && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "https://", 8) == 0)
			url = line;
	line[strcspn(line, "\n")] = '\0';
	back = redirect_of(line);
	from = back;
	if (strcmp(pastes[row].cut, "query") == 0)
		from = strchr(back, '?') + 1;
	if (strcmp(pastes[row].cut, "code") == 0) {
		from = strstr(back, "code=") + 5;
		from[strcspn(from, "&")] = '\0';
	}
	dprintf(answer, "%s\n", from);
	free(back);
	_exit(0);
}

static void
check_said(FILE *said, const char *words)
{
	char text[LINE_SIZE];
	size_t len;

	rewind(said);
	len = fread(text, 1, sizeof(text) - 1, said);
	text[len] = '\0';
	ck_assert_msg(strstr(text, words) != NULL, "%s", text);
	ck_assert_ptr_null(strstr(text, "world-secret"));
	ck_assert_ptr_null(strstr(text, "1//"));
}

/* Copies what is printed to the child and to a file. */
struct tee {
	int fd;
	FILE *copy;
};

static ssize_t
tee_write(void *cookie, const char *data, size_t len)
{
	struct tee *tee = cookie;

	fwrite(data, 1, len, tee->copy);
	if (tee->fd >= 0 && write(tee->fd, data, len) < 0)
		tee->fd = -1;
	return (ssize_t)len;
}

static FILE *
start_paster(int row, struct tee *tee, pid_t *pid)
{
	int prompts[2], answer[2];

	if (pastes[row].instead != NULL) {
		const char *text = pastes[row].instead;

		ck_assert_int_eq(pipe2(answer, O_CLOEXEC), 0);
		dprintf(answer[1], "%s", text);
		close(answer[1]);
		return fdopen(answer[0], "r");
	}
	ck_assert_int_eq(pipe2(prompts, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(answer, O_CLOEXEC), 0);
	*pid = fork();
	if (*pid == 0)
		paste_child(prompts[0], answer[1], row);
	close(prompts[0]);
	close(answer[1]);
	tee->fd = prompts[1];
	return fdopen(answer[0], "r");
}

START_TEST(paste)
{
	struct visit visit;
	struct tee tee = { -1, tmpfile() };
	struct error err = { STATUS_OK, "" };
	FILE *in, *out;
	pid_t pid = 0;
	enum status status;

	signal(SIGPIPE, SIG_IGN);
	live_open(&visit.live);
	if (pastes[_i].order != NULL)
		live_order(&visit.live, pastes[_i].order);
	put_client(&visit);
	in = start_paster(_i, &tee, &pid);
	out = fopencookie(
	    &tee, "w", (cookie_io_functions_t){ .write = tee_write });
	status = login_run(visit.live.loop, visit.live.http, visit.client,
	    visit.out, true, in, out, &err);
	fclose(out);
	fclose(in);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	ck_assert_msg(
	    status == pastes[_i].status, "%d: %d %s", _i, status, err.text);
	ck_assert_msg(
	    strstr(err.text, pastes[_i].words) != NULL, "%s", err.text);
	check_said(tee.copy, pastes[_i].said);
	fclose(tee.copy);
	if (status == STATUS_OK)
		check_made(&visit);
	visit_end(&visit);
}
END_TEST

/* --- waiting -------------------------------------------------------------- */

static void
interrupt(void *arg)
{
	(void)arg;
	raise(SIGINT);
}

START_TEST(waiting_ends)
{
	struct loop *loop;
	struct login_server *server;
	struct loop_timer *timer;
	struct error err;
	char *code = NULL;

	ck_assert_int_eq(loop_open(&loop, &err), STATUS_OK);
	timer = loop_timer_new(loop, interrupt, NULL);
	ck_assert_int_eq(login_server_open(loop, &server, &err), STATUS_OK);
	ck_assert_uint_gt(login_server_port(server), 1023);
	if (_i == 1)
		loop_timer_start(timer, 1, 0);
	ck_assert_int_eq(
	    login_server_wait(server, "s", _i == 0 ? 20 : 20000, &code, &err),
	    _i == 0 ? STATUS_TIMEOUT : STATUS_CANCELLED);
	ck_assert_ptr_null(code);
	login_server_close(server);
	loop_timer_free(timer);
	loop_close(loop);
}
END_TEST

Suite *
suite_live_login(void)
{
	Suite *suite = suite_create("live login");
	TCase *tc = tcase_create("login");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, live_server_start, live_server_stop);
	tcase_add_loop_test(tc, loopback, 0, COUNT(loopbacks));
	tcase_add_loop_test(tc, paste, 0, COUNT(pastes));
	tcase_add_loop_test(tc, waiting_ends, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
