/* The event loop: order, freeing from inside callbacks, errors. */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suites.h"
#include "responder.h"
#include "sendtop/log.h"
#include "sendtop/loop.h"

/* One test's state, given to every callback. */
struct scene {
	struct loop *loop;
	struct loop_timer *timer, *other;
	struct loop_fd *fd, *fd2;
	struct loop_signal *sig;
	int ends[2];
	char trace[64];
	int count;
};

static struct scene scene;

static void
setup(void)
{
	struct error err;

	log_to(NULL, LOG_LEVEL_ERROR);
	memset(&scene, 0, sizeof(scene));
	ck_assert_int_eq(loop_open(&scene.loop, &err), STATUS_OK);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, scene.ends), 0);
}

static void
teardown(void)
{
	loop_close(scene.loop);
	close(scene.ends[0]);
	close(scene.ends[1]);
}

static void
note(char c)
{
	size_t len = strlen(scene.trace);

	ck_assert_uint_lt(len + 1, sizeof(scene.trace));
	scene.trace[len] = c;
}

static void
note_arg(void *arg)
{
	note(*(char *)arg);
}

START_TEST(test_timer_order)
{
	static char letters[] = "abc";
	struct loop_timer *t[3];
	int64_t before = loop_now_ms(scene.loop);
	int i;

	for (i = 0; i < 3; i++)
		t[i] = loop_timer_new(scene.loop, note_arg, &letters[i]);
	loop_timer_start(t[0], 20, 0);
	loop_timer_start(t[1], 10, 0);
	loop_timer_start(t[2], 0, 0);
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, "cba");
	ck_assert_int_ge(loop_now_ms(scene.loop), before + 20);
	/* Stopped before its time, it says nothing. */
	loop_timer_start(t[0], 5, 0);
	loop_timer_stop(t[0]);
	loop_timer_start(t[1], -1, 0);
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, "cbab");
	for (i = 0; i < 3; i++)
		loop_timer_free(t[i]);
	loop_timer_free(NULL);
}
END_TEST

static void
repeat_thrice(void *arg)
{
	(void)arg;
	if (++scene.count == 3) {
		loop_timer_free(scene.timer);
		loop_timer_free(scene.other);
	}
}

/* Freed from inside their own callback, or another's of the same turn. */
START_TEST(test_timer_free_inside)
{
	static char letter = 'x';

	scene.timer = loop_timer_new(scene.loop, repeat_thrice, NULL);
	scene.other = loop_timer_new(scene.loop, note_arg, &letter);
	loop_timer_start(scene.timer, 1, 1);
	loop_timer_start(scene.other, 600000, 0);
	loop_run(scene.loop);
	ck_assert_int_eq(scene.count, 3);
	ck_assert_str_eq(scene.trace, "");
}
END_TEST

static void
rearm(void *arg)
{
	(void)arg;
	if (++scene.count < 5)
		loop_timer_start(scene.timer, 1, 0);
	else
		loop_stop(scene.loop);
}

START_TEST(test_timer_rearm_and_stop)
{
	static char letter = 'x';

	scene.timer = loop_timer_new(scene.loop, rearm, NULL);
	scene.other = loop_timer_new(scene.loop, note_arg, &letter);
	loop_timer_start(scene.timer, 0, 0);
	loop_timer_start(scene.other, 600000, 0);
	loop_run(scene.loop);
	ck_assert_int_eq(scene.count, 5);
	/* It can be run again after loop_stop. */
	loop_timer_start(scene.other, 0, 0);
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, "x");
	/* Both are left to loop_close. */
}
END_TEST

static void
echo(void *arg, int events)
{
	char c;

	(void)arg;
	if (events & LOOP_WRITE) {
		note('w');
		loop_fd_want(scene.fd, LOOP_READ);
		ck_assert_int_eq(write(scene.ends[1], "r", 1), 1);
	} else if (events & LOOP_READ) {
		ck_assert_int_eq(read(scene.ends[0], &c, 1), 1);
		note(c);
		loop_fd_want(scene.fd, 0);
	}
}

START_TEST(test_fd)
{
	scene.fd = loop_fd_new(scene.loop, scene.ends[0], echo, NULL);
	ck_assert_ptr_nonnull(scene.fd);
	/* It starts paused: nothing to wait for. */
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, "");
	loop_fd_want(scene.fd, LOOP_WRITE);
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, "wr");
	/* A descriptor that is being waited for is refused. */
	loop_fd_want(scene.fd, LOOP_READ);
	ck_assert_ptr_null(loop_fd_new(scene.loop, scene.ends[0], echo, NULL));
	ck_assert_int_eq(errno, EEXIST);
	loop_fd_free(scene.fd);
	loop_fd_free(NULL);
	/* And free to be watched anew at once. */
	scene.fd = loop_fd_new(scene.loop, scene.ends[0], echo, NULL);
	ck_assert_ptr_nonnull(scene.fd);
}
END_TEST

static void
free_both(void *arg, int events)
{
	(void)arg;
	(void)events;
	scene.count++;
	loop_fd_free(scene.fd);
	loop_fd_free(scene.fd2);
}

/* Both are ready in one turn; the first to run frees the other as well. */
START_TEST(test_fd_free_inside)
{
	scene.fd = loop_fd_new(scene.loop, scene.ends[0], free_both, NULL);
	scene.fd2 = loop_fd_new(scene.loop, scene.ends[1], free_both, NULL);
	loop_fd_want(scene.fd, LOOP_WRITE);
	loop_fd_want(scene.fd2, LOOP_WRITE);
	loop_run(scene.loop);
	ck_assert_int_eq(scene.count, 1);
}
END_TEST

static void
late_timer(void *arg)
{
	(void)arg;
	note('t');
}

/* What came meanwhile ends the wait for it, or does something else. */
static void
came(void *arg, int events)
{
	char c, does = *(char *)arg;

	(void)events;
	ck_assert_int_eq(read(scene.ends[0], &c, 1), 1);
	note(c);
	loop_fd_want(scene.fd, 0);
	if (does == 's')
		loop_timer_stop(scene.timer);
	if (does == 'f')
		loop_timer_free(scene.timer);
	if (does == 'a')
		loop_timer_start(scene.timer, 1, 0);
	if (does == 'e')
		loop_stop(scene.loop);
}

/* The process stands still until after a deadline, and finds both it and what
 * it waited for. */
static const struct {
	char does;
	const char *first, *second; /* what the two runs leave */
} late[] = {
	{ '-', "rtx", "rtx" },
	{ 's', "rx", "rx" },
	{ 'f', "rx", "rx" },
	{ 'a', "rxt", "rxt" },
	{ 'e', "r", "rtx" },
};

START_TEST(test_late)
{
	static char letter = 'x';
	char does = late[_i].does;
	int64_t before = loop_now_ms(scene.loop);

	scene.fd = loop_fd_new(scene.loop, scene.ends[0], came, &does);
	loop_fd_want(scene.fd, LOOP_READ);
	scene.timer = loop_timer_new(scene.loop, late_timer, NULL);
	scene.other = loop_timer_new(scene.loop, note_arg, &letter);
	loop_timer_start(scene.timer, 1, 0);
	loop_timer_start(scene.other, 2, 0);
	ck_assert_int_eq(write(scene.ends[1], "r", 1), 1);
	while (loop_now_ms(scene.loop) < before + 5)
		;
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, late[_i].first);
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, late[_i].second);
	/* Nothing of it is left to be waited for. */
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, late[_i].second);
}
END_TEST

/* Closed while deadlines are due. */
START_TEST(test_late_close)
{
	char does = 'e';
	int64_t before = loop_now_ms(scene.loop);

	scene.fd = loop_fd_new(scene.loop, scene.ends[0], came, &does);
	loop_fd_want(scene.fd, LOOP_READ);
	scene.timer = loop_timer_new(scene.loop, late_timer, NULL);
	loop_timer_start(scene.timer, 1, 1);
	ck_assert_int_eq(write(scene.ends[1], "r", 1), 1);
	while (loop_now_ms(scene.loop) < before + 5)
		;
	loop_run(scene.loop);
	ck_assert_str_eq(scene.trace, "r");
	/* The rest is for loop_close. */
}
END_TEST

static void
hang_up(void *arg, int events)
{
	(void)arg;
	scene.count = events;
	loop_fd_free(scene.fd);
}

START_TEST(test_fd_hang_up)
{
	scene.fd = loop_fd_new(scene.loop, scene.ends[0], hang_up, NULL);
	loop_fd_want(scene.fd, LOOP_READ);
	close(scene.ends[1]);
	scene.ends[1] = dup(scene.ends[0]);
	shutdown(scene.ends[0], SHUT_RDWR);
	loop_run(scene.loop);
	ck_assert(scene.count & LOOP_READ);
}
END_TEST

static void
refused(void *arg, int events)
{
	char c;

	(void)arg;
	ck_assert_int_eq(events, LOOP_READ | LOOP_WRITE);
	ck_assert_int_eq(recv(scene.ends[0], &c, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	if (++scene.count == 3)
		loop_fd_free(scene.fd);
	else
		ck_assert_int_eq(send(scene.ends[0], "x", 1, 0), 1);
}

/* An error on a UDP socket is told, and is not the end of it. */
START_TEST(test_fd_error)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_port = htons(free_port());
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	close(scene.ends[0]);
	scene.ends[0] = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(
	    connect(scene.ends[0], (struct sockaddr *)&sin, sizeof(sin)), 0);
	ck_assert_int_eq(send(scene.ends[0], "x", 1, 0), 1);
	scene.fd = loop_fd_new(scene.loop, scene.ends[0], refused, NULL);
	loop_fd_want(scene.fd, LOOP_READ);
	loop_run(scene.loop);
	ck_assert_int_eq(scene.count, 3);
}
END_TEST

START_TEST(test_fd_regular_file)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_null(loop_fd_new(scene.loop, fileno(file), echo, NULL));
	ck_assert_int_eq(errno, EPERM);
	fclose(file);
}
END_TEST

static void
caught(void *arg, int signum)
{
	(void)arg;
	scene.count = signum;
	loop_signal_free(scene.sig);
	loop_timer_free(scene.timer);
}

static void
raise_it(void *arg)
{
	(void)arg;
	raise(SIGUSR1);
}

START_TEST(test_signal)
{
	scene.sig = loop_signal_new(scene.loop, SIGUSR1, caught, NULL);
	ck_assert_ptr_nonnull(scene.sig);
	scene.timer = loop_timer_new(scene.loop, raise_it, NULL);
	loop_timer_start(scene.timer, 0, 0);
	loop_run(scene.loop);
	ck_assert_int_eq(scene.count, SIGUSR1);
	ck_assert_ptr_null(loop_signal_new(scene.loop, SIGKILL, caught, NULL));
	ck_assert_int_eq(errno, EINVAL);
	loop_signal_free(NULL);
}
END_TEST

/* All that is still registered goes with the loop, uncalled. */
START_TEST(test_close_with_all)
{
	static char letter = 'x';

	loop_timer_start(loop_timer_new(scene.loop, note_arg, &letter), 0, 1);
	scene.fd = loop_fd_new(scene.loop, scene.ends[0], echo, NULL);
	loop_fd_want(scene.fd, LOOP_READ | LOOP_WRITE);
	ck_assert_ptr_nonnull(
	    loop_signal_new(scene.loop, SIGUSR2, caught, NULL));
	loop_close(scene.loop);
	ck_assert_str_eq(scene.trace, "");
	scene.loop = NULL;
}
END_TEST

Suite *
suite_loop(void)
{
	Suite *suite = suite_create("loop");
	TCase *tc = tcase_create("loop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_timer_order);
	tcase_add_test(tc, test_timer_free_inside);
	tcase_add_test(tc, test_timer_rearm_and_stop);
	tcase_add_test(tc, test_fd);
	tcase_add_test(tc, test_fd_free_inside);
	tcase_add_loop_test(tc, test_late, 0, ROWS(late));
	tcase_add_test(tc, test_late_close);
	tcase_add_test(tc, test_fd_hang_up);
	tcase_add_test(tc, test_fd_error);
	tcase_add_test(tc, test_fd_regular_file);
	tcase_add_test(tc, test_signal);
	tcase_add_test(tc, test_close_with_all);
	suite_add_tcase(suite, tc);
	return suite;
}
