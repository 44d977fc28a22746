/* Packets that go to the kernel, and come from it, many at a time. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include "config.h"
#include "net/dnspackets.h"
#include "suites.h"

enum { MANY = 3 * DNSPACKETS_MAX + 5 };

static struct {
	struct dnsinbox *in;
	struct dnsoutbox *out;
	int ends[2];
} s;

static void
setup(void)
{
	int i;

	s.in = dnsinbox_new();
	s.out = dnsoutbox_new();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, s.ends), 0);
	for (i = 0; i < 2; i++)
		fcntl(s.ends[i], F_SETFL, O_NONBLOCK);
}

static void
teardown(void)
{
	dnsinbox_free(s.in);
	dnsoutbox_free(s.out);
	close(s.ends[0]);
	close(s.ends[1]);
}

/* Packet i has i + 1 octets, all of them i. */
static ssize_t
put(int i)
{
	unsigned char data[MANY];

	memset(data, i, (size_t)i + 1);
	return dnsoutbox_put(s.out, s.ends[0], data, (size_t)i + 1);
}

static void
expect(int i)
{
	const unsigned char *data;
	size_t len, k;

	data = dnsinbox_next(s.in, s.ends[1], &len);
	ck_assert_msg(data != NULL, "packet %d: %s", i, strerror(errno));
	ck_assert_uint_eq(len, (size_t)i + 1);
	for (k = 0; k < len; k++)
		ck_assert_int_eq(data[k], i);
}

static void
expect_none(void)
{
	size_t len;

	ck_assert_ptr_null(dnsinbox_next(s.in, s.ends[1], &len));
	ck_assert_int_eq(errno, EAGAIN);
}

/* As many as there are: fewer than to a call, all of a call, one more. */
START_TEST(test_batch)
{
	int count = DNSPACKETS_MAX / 2 + _i, i;

	/* The socket itself may hold ten only. */
	for (i = 0; i < count; i++) {
		ck_assert_int_eq(put(i), i + 1);
		if (i % 8 != 7 && i + 1 < count)
			continue;
		ck_assert(dnsoutbox_send(s.out));
		for (int k = i / 8 * 8; k <= i; k++)
			expect(k);
		expect_none();
	}
	ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
}
END_TEST

/* What the socket has no room for waits, and nothing goes twice. */
START_TEST(test_full)
{
	int asked = 0, got = 0;

	while (got < MANY) {
		while (asked < MANY && put(asked) >= 0)
			asked++;
		if (asked < MANY)
			ck_assert_int_eq(errno, EAGAIN);
		if (!dnsoutbox_send(s.out))
			ck_assert_int_gt(asked, got);
		expect(got++);
	}
	ck_assert(dnsoutbox_send(s.out));
	expect_none();
	ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
}
END_TEST

START_TEST(test_empty_packet)
{
	ck_assert_int_eq(put(0), 1);
	ck_assert(dnsoutbox_send(s.out));
	ck_assert_int_eq(send(s.ends[0], "", 0, 0), 0);
	ck_assert_int_eq(put(1), 2);
	ck_assert(dnsoutbox_send(s.out));
	expect(0);
	expect(1);
	expect_none();
}
END_TEST

START_TEST(test_forget)
{
	put(0);
	put(1);
	ck_assert(dnsoutbox_send(s.out));
	expect(0);
	dnsinbox_forget(s.in, s.ends[1]);
#if HAVE_MMSG
	expect_none();
#endif
	put(2);
	dnsoutbox_forget(s.out, s.ends[0]);
	ck_assert(dnsoutbox_send(s.out));
	put(3);
	ck_assert(dnsoutbox_send(s.out));
#if !HAVE_MMSG
	expect(1);
#endif
	expect(3);
	expect_none();
}
END_TEST

START_TEST(test_copy)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char data[2];

	put(3);
	ck_assert(dnsoutbox_send(s.out));
	/* As with recvfrom the rest is lost. */
	ck_assert_int_eq(dnsinbox_take(s.in, s.ends[1], data, sizeof(data),
			     (struct sockaddr *)&from, &len),
	    2);
	ck_assert_mem_eq(data, "\3\3", 2);
	len = sizeof(from);
	ck_assert_int_eq(dnsinbox_take(s.in, s.ends[1], data, sizeof(data),
			     (struct sockaddr *)&from, &len),
	    -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(test_too_long)
{
	static const char data[2048];

	ck_assert_int_eq(
	    dnsoutbox_put(s.out, s.ends[0], data, sizeof(data)), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert(dnsoutbox_send(s.out));
	expect_none();
}
END_TEST

/* A port that nobody listens at. */
static int
closed_port(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int taken = socket(AF_INET, SOCK_DGRAM, 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(taken, (struct sockaddr *)&sin, sizeof(sin)), 0);
	ck_assert_int_eq(getsockname(taken, (struct sockaddr *)&sin, &len), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	close(taken);
	return fd;
}

/* That nobody is there is said either with the next that is sent, or with what
 * is received; it is never kept back. */
START_TEST(test_refused)
{
	int fd = closed_port(), count = _i, i;
	size_t len;

	for (i = 0; i < count; i++)
		ck_assert_int_eq(dnsoutbox_put(s.out, fd, "x", 1), 1);
	ck_assert(dnsoutbox_send(s.out));
	if (count > 1) {
		ck_assert_int_eq(dnsoutbox_failed(s.out), fd);
		ck_assert_int_eq(dnsoutbox_tell(s.out), ECONNREFUSED);
		ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
	} else {
		ck_assert_ptr_null(dnsinbox_next(s.in, fd, &len));
		ck_assert_int_eq(errno, ECONNREFUSED);
	}
	close(fd);
}
END_TEST

/* --- several to a message ------------------------------------------------- */

/* Two UDP sockets: what is sent from the first arrives at the second. */
static void
udp_pair(int pair[2])
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int i;

	for (i = 0; i < 2; i++) {
		pair[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		ck_assert_int_ge(pair[i], 0);
	}
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
	    bind(pair[1], (struct sockaddr *)&sin, sizeof(sin)), 0);
	ck_assert_int_eq(
	    getsockname(pair[1], (struct sockaddr *)&sin, &len), 0);
	ck_assert_int_eq(
	    connect(pair[0], (struct sockaddr *)&sin, sizeof(sin)), 0);
}

/* Packets whose number is their first octet, of the lengths given. */
static size_t
put_lengths(int socket, const char *lengths)
{
	unsigned char data[256];
	size_t count = strlen(lengths), i, len;

	for (i = 0; i < count; i++) {
		len = (size_t)(lengths[i] - '0');
		memset(data, (int)i, sizeof(data));
		ck_assert_int_eq(
		    dnsoutbox_put(s.out, socket, data, len), (ssize_t)len);
	}
	return count;
}

/* Each once, in whatever order, as long as it was. */
static void
expect_lengths(int socket, const char *lengths)
{
	bool seen[256] = { false };
	size_t count = strlen(lengths), i, len;
	const unsigned char *data;

	for (i = 0; i < count; i++) {
		data = dnsinbox_next(s.in, socket, &len);
		ck_assert_msg(data != NULL, "%zu of %zu came", i, count);
		ck_assert_uint_lt(data[0], count);
		ck_assert(!seen[data[0]]);
		ck_assert_uint_eq(len, (size_t)(lengths[data[0]] - '0'));
		ck_assert_int_eq(data[len - 1], data[0]);
		seen[data[0]] = true;
	}
	ck_assert_ptr_null(dnsinbox_next(s.in, socket, &len));
	ck_assert_int_eq(errno, EAGAIN);
}

static const char *const joins[] = {
	"1",
	"55",
	"12345",
	"555555555555",
	"1555",
	"5551",
	"59595959595959595959",
	"1222333999412348889911221",
	"77777777777777777777777777777777777777777777777777777777777777777777"
	"777777777777777777777777777777777777777777777777777777777777777777",
	"77777777777777777777777777777777888888888888888888888888888888887777"
	"111111111111111111111111111111177777777777777777777777777777777777",
};

START_TEST(test_join)
{
	int pair[2], round;

	udp_pair(pair);
	dnsoutbox_join(s.out, pair[0]);
	for (round = 0; round < 2; round++) {
		put_lengths(pair[0], joins[_i]);
		ck_assert(dnsoutbox_send(s.out));
		expect_lengths(pair[1], joins[_i]);
		ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
	}
	close(pair[0]);
	close(pair[1]);
}
END_TEST

#if HAVE_MMSG && defined(UDP_SEGMENT) && defined(UDP_GRO)
/* A receiver that takes them as they are sees that they came together, until
 * the way out refuses that: it does without checksums. */
START_TEST(test_join_refused)
{
	int pair[2], on = 1, size;
	socklen_t len = sizeof(size);
	char data[256];

	udp_pair(pair);
	if (getsockopt(pair[0], IPPROTO_UDP, UDP_SEGMENT, &size, &len) != 0 ||
	    setsockopt(pair[1], IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) != 0)
		goto out;
	dnsoutbox_join(s.out, pair[0]);
	put_lengths(pair[0], "55255");
	ck_assert(dnsoutbox_send(s.out));
	ck_assert_int_eq(recv(pair[1], data, sizeof(data), 0), 2);
	ck_assert_int_eq(recv(pair[1], data, sizeof(data), 0), 20);
	ck_assert_int_eq(
	    setsockopt(pair[0], SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)), 0);
	put_lengths(pair[0], joins[_i]);
	ck_assert(dnsoutbox_send(s.out));
	expect_lengths(pair[1], joins[_i]);
	ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
out:
	close(pair[0]);
	close(pair[1]);
}
END_TEST
#endif

/* What cannot do it at all. */
START_TEST(test_join_never)
{
	dnsoutbox_join(s.out, s.ends[0]);
	put_lengths(s.ends[0], "12221");
	ck_assert(dnsoutbox_send(s.out));
	expect_lengths(s.ends[1], "12221");
	ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
}
END_TEST

/* A socket that is closed leaves nothing to the next of its number. */
START_TEST(test_join_forgotten)
{
	int pair[2];

	udp_pair(pair);
	dnsoutbox_join(s.out, pair[0]);
	dnsoutbox_forget(s.out, pair[0]);
	ck_assert_int_eq(dup2(s.ends[0], pair[0]), pair[0]);
	put_lengths(pair[0], "12221");
	ck_assert(dnsoutbox_send(s.out));
	expect_lengths(s.ends[1], "12221");
	ck_assert_int_eq(dnsoutbox_failed(s.out), -1);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(test_join_nobody)
{
	int fd = closed_port();

	dnsoutbox_join(s.out, fd);
	put_lengths(fd, joins[_i]);
	ck_assert(dnsoutbox_send(s.out));
	put_lengths(fd, joins[_i]);
	ck_assert(dnsoutbox_send(s.out));
	ck_assert_int_eq(dnsoutbox_failed(s.out), fd);
	ck_assert_int_eq(dnsoutbox_tell(s.out), ECONNREFUSED);
	close(fd);
}
END_TEST

static TCase *
case_join(void)
{
	TCase *tc = tcase_create("several to a message");
	int count = sizeof(joins) / sizeof(joins[0]);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_join, 0, count);
#if HAVE_MMSG && defined(UDP_SEGMENT) && defined(UDP_GRO)
	tcase_add_loop_test(tc, test_join_refused, 0, count);
#endif
	tcase_add_test(tc, test_join_never);
	tcase_add_test(tc, test_join_forgotten);
	tcase_add_loop_test(tc, test_join_nobody, 0, count);
	return tc;
}

Suite *
suite_dnspackets(void)
{
	Suite *suite = suite_create("dnspackets");
	TCase *tc = tcase_create("boxes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_batch, 0, 20);
	tcase_add_test(tc, test_full);
	tcase_add_test(tc, test_empty_packet);
	tcase_add_test(tc, test_forget);
	tcase_add_test(tc, test_copy);
	tcase_add_test(tc, test_too_long);
	tcase_add_loop_test(tc, test_refused, 1, 5);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, case_join());
	return suite;
}
