/* The screen's cancel: what runs ends, what waits is not begun. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sendtop/collect.h"
#include "sendtop/day.h"
#include "sendtop/store_live.h"
#include "sendtop/store_mail.h"
#include "suites.h"

enum { PATIENCE_MS = 20000 };

/* A collector at work in a process of its own, on a name server that never
 * answers; an octet comes on `news` whenever it wrote. */
struct bed {
	char dir[64], path[80];
	int deaf, news;
	pid_t pid;
	struct store *store;
	struct arena *arena;
};

static int
deaf_server(unsigned *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void
collect(const struct bed *bed, unsigned port, int news)
{
	struct settings *settings = NULL;
	struct error err;
	char text[256];
	int n = snprintf(text, sizeof(text),
	    "[resolver]\nservers = 127.0.0.1:%u\ntimeout = 20s\n"
	    "[smtp]\nenabled = no\n[https]\nenabled = no\n"
	    "[domain \"a.test\"]\n[domain \"b.test\"]\n",
	    port);
	struct collect_options options = {
		.location = bed->path, .news_fd = news, .say_fd = -1
	};

	if (settings_parse(text, (size_t)n, "test", &settings, &err) ==
	    STATUS_OK) {
		options.settings = settings;
		if (collect_run(&options, &err) == STATUS_OK)
			_exit(0);
	}
	fprintf(stderr, "%s\n", err.text);
	_exit(1);
}

/* Blocks until the collector wrote something. */
static void
await_news(const struct bed *bed)
{
	struct pollfd fd = { .fd = bed->news, .events = POLLIN };
	char octets[64];

	ck_assert_msg(
	    poll(&fd, 1, PATIENCE_MS) == 1, "the collector writes no more");
	ck_assert_int_gt(read(bed->news, octets, sizeof(octets)), 0);
}

static void
bed_init(struct bed *bed)
{
	int ends[2];
	unsigned port;
	struct error err;

	memset(bed, 0, sizeof(*bed));
	snprintf(bed->dir, sizeof(bed->dir), "/tmp/test-cancel-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(bed->dir));
	snprintf(bed->path, sizeof(bed->path), "%s/s.db", bed->dir);
	bed->deaf = deaf_server(&port);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	bed->pid = fork();
	ck_assert_int_ge(bed->pid, 0);
	if (bed->pid == 0) {
		close(ends[0]);
		collect(bed, port, ends[1]);
	}
	close(ends[1]);
	bed->news = ends[0];
	bed->arena = arena_new();
	await_news(bed);
	ck_assert_msg(
	    store_open(bed->path, STORE_READ, &bed->store, &err) == STATUS_OK,
	    "%s", err.text);
}

/* The collector ends when its news are wanted no more. */
static void
bed_fini(struct bed *bed)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char path[96];
	int status;

	store_close(bed->store);
	close(bed->news);
	ck_assert_int_eq(waitpid(bed->pid, &status, 0), bed->pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", bed->path, ends[i]);
		unlink(path);
	}
	rmdir(bed->dir);
	close(bed->deaf);
	arena_free(bed->arena);
}

static void
await_probe(struct bed *bed, int64_t total)
{
	struct store_activity *all;
	struct error err;
	size_t count, i;

	for (;;) {
		ck_assert(store_activities(bed->store, bed->arena, &all, &count,
			      &err) == STATUS_OK);
		for (i = 0; i < count; i++)
			if (strcmp(all[i].kind, "probe") == 0 &&
			    all[i].total == total)
				return;
		await_news(bed);
	}
}

static int64_t
ask(struct bed *bed, enum request_kind kind, const char *domain)
{
	struct error err;
	int64_t id = 0;

	ck_assert_msg(store_request_add(bed->store, kind, domain, clock_utc_s(),
			  &id, &err) == STATUS_OK,
	    "%s", err.text);
	return id;
}

static void
await_end(
    struct bed *bed, int64_t id, enum request_state state, const char *result)
{
	struct store_request request;
	struct error err;

	for (;;) {
		ck_assert(store_request_get(bed->store, id, bed->arena,
			      &request, &err) == STATUS_OK);
		if (request.state >= REQUEST_DONE)
			break;
		await_news(bed);
	}
	ck_assert_str_eq(request.result, result);
	ck_assert_int_eq(request.state, state);
}

/* Until the stored standing says so. */
static void
await_fails(struct bed *bed, int64_t id, int fails)
{
	struct standing standing;
	struct error err;

	while (
	    store_standing_get(bed->store, id, &standing, &err) != STATUS_OK ||
	    standing.fails != fails)
		await_news(bed);
}

START_TEST(test_cancel)
{
	struct bed bed;
	int64_t probe, waiting, other, cancel;

	bed_init(&bed);
	/* The pass that nobody asked for. */
	await_probe(&bed, 2);
	cancel = ask(&bed, REQUEST_CANCEL, "");
	await_end(&bed, cancel, REQUEST_DONE, "ended the probe");
	await_probe(&bed, 0);
	cancel = ask(&bed, REQUEST_CANCEL, "");
	await_end(&bed, cancel, REQUEST_DONE, "nothing was running");
	/* One that was asked for, and those that wait behind it. */
	probe = ask(&bed, REQUEST_PROBE, "a.test");
	await_probe(&bed, 1);
	waiting = ask(&bed, REQUEST_PROBE, "b.test");
	other = ask(&bed, REQUEST_PROBE, "");
	cancel = ask(&bed, REQUEST_CANCEL, "b.test");
	await_end(&bed, cancel, REQUEST_DONE, "ended what was waiting");
	await_end(&bed, waiting, REQUEST_FAILED, "cancelled before it began");
	cancel = ask(&bed, REQUEST_CANCEL, "a.test");
	await_end(&bed, cancel, REQUEST_DONE, "ended the probe");
	await_end(&bed, probe, REQUEST_FAILED, "cancelled after 0 of 1 domain");
	/* Now comes what waited. */
	await_probe(&bed, 2);
	cancel = ask(&bed, REQUEST_CANCEL, "");
	await_end(
	    &bed, other, REQUEST_FAILED, "cancelled after 0 of 2 domains");
	bed_fini(&bed);
}
END_TEST

/* A mute that begins or ends is judged at once. */
START_TEST(test_mute)
{
	struct store_mute mute = { .domain = "a.test",
		.check = "spf",
		.subject = "",
		.since_s = clock_utc_s(),
		.why = "test" };
	static const char *const checks[] = { "ptr" };
	struct finding ptr = { .check = "ptr",
		.subject = "192.0.2.1",
		.verdict = VERDICT_FAIL,
		.reason = "missing",
		.detail = "",
		.cure = "" };
	struct store_domain domain;
	struct store_mute *all;
	struct store *writer;
	struct error err;
	struct bed bed;
	size_t count;

	bed_init(&bed);
	await_probe(&bed, 2);
	ck_assert(
	    store_open(bed.path, STORE_WRITE, &writer, &err) == STATUS_OK);
	ck_assert(store_domain_get(
		      writer, "a.test", bed.arena, &domain, &err) == STATUS_OK);
	ck_assert(store_findings_put(writer, domain.id, checks, 1, &ptr, 1,
		      clock_utc_s(), NULL, NULL, &err) == STATUS_OK);
	ck_assert(store_mute_add(writer, &mute, &err) == STATUS_OK);
	await_fails(&bed, domain.id, 1);
	mute.check = "ptr";
	ck_assert(store_mute_add(writer, &mute, &err) == STATUS_OK);
	await_fails(&bed, domain.id, 0);
	ck_assert(store_mutes(writer, NULL, clock_utc_s(), bed.arena, &all,
		      &count, &err) == STATUS_OK);
	ck_assert(store_mute_end(writer, all[1].id, clock_utc_s() + 1, &err) ==
	    STATUS_OK);
	await_fails(&bed, domain.id, 1);
	store_close(writer);
	bed_fini(&bed);
}
END_TEST

Suite *
suite_cancel(void)
{
	Suite *suite = suite_create("cancel");
	TCase *tc = tcase_create("cancel");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_cancel);
	tcase_add_test(tc, test_mute);
	suite_add_tcase(suite, tc);
	return suite;
}
