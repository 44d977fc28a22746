/* Which of the questions under way a packet answers. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "net/dnsdirect.h"
#include "net/dnsplan.h"
#include "suites.h"

static struct {
	struct direct *direct;
	struct questions all;
} s;

static void
ended(void *arg, struct dns_answer *take)
{
	(void)arg;
	free(take);
}

static void
setup(void)
{
	struct dnsserver server;

	memset(&s, 0, sizeof(s));
	ck_assert(dnsserver_parse("127.0.0.1:53", &server));
	s.direct = direct_open(&server);
	ck_assert_ptr_nonnull(s.direct);
	ck_assert_int_ge(direct_socket(s.direct), 0);
}

static void
teardown(void)
{
	bool stop = false;

	while (direct_oldest(s.direct) != NULL)
		continue;
	direct_close(s.direct);
	questions_deliver(&s.all, &stop);
	questions_fini(&s.all);
}

/* A question that was sent at sent_us. */
static struct question *
asked(const char *name, enum dns_type type, uint16_t id, int64_t sent_us)
{
	struct question *q;

	question_ask(&s.all, name, type, false, ended, NULL);
	q = questions_pop(&s.all);
	dnswire_query_set(q->query, q->len, id, true);
	q->sent_us = sent_us;
	direct_add(s.direct, q);
	return q;
}

static void
put_by(struct question *q)
{
	question_fail(q, DNS_TIMEOUT);
}

/* The head and question of a packet. */
static size_t
packet(uint8_t out[DNSWIRE_QUERY_MAX], const char *name, enum dns_type type,
    uint16_t id)
{
	struct dnswire_name wire;
	size_t len;

	ck_assert(dnswire_name_parse(name, &wire));
	len = dnswire_query(out, &wire, type);
	out[2] |= 0x80;
	return dnswire_query_set(out, len, id, false);
}

static const struct {
	const char *name;
	enum dns_type type;
	uint16_t id;
	bool answers;
} packets[] = {
	{ "www.a.example", DNS_A, 0x1234, true },
	{ "WWW.a.eXample", DNS_A, 0x1234, true },
	{ "www.a.example", DNS_A, 0x1235, false },
	{ "www.a.example", DNS_A, 0x3412, false },
	{ "www.b.example", DNS_A, 0x1234, false },
	{ "www.a.example", DNS_AAAA, 0x1234, false },
	{ "ww.wa.example", DNS_A, 0x1234, false },
	{ "www.a.example.com", DNS_A, 0x1234, false },
	{ "www.a", DNS_A, 0x1234, false },
	{ ".", DNS_A, 0x1234, false },
};

START_TEST(test_match)
{
	struct question *q = asked("www.a.example", DNS_A, 0x1234, 1);
	uint8_t out[DNSWIRE_QUERY_MAX];
	size_t len = packet(
	    out, packets[_i].name, packets[_i].type, packets[_i].id);

	ck_assert_msg(direct_match(s.direct, out, len) ==
		(packets[_i].answers ? q : NULL),
	    "%s", packets[_i].name);
	/* Once only. */
	ck_assert_ptr_null(direct_match(s.direct, out, len));
	ck_assert_int_eq(
	    direct_sent_us(s.direct), packets[_i].answers ? -1 : 1);
	put_by(q);
}
END_TEST

/* No length makes it read what is not there; each has memory of its own, so
 * that the sanitizers see. */
START_TEST(test_short)
{
	struct question *q = asked("www.a.example", DNS_A, 0x1234, 1);
	uint8_t whole[DNSWIRE_QUERY_MAX], *part;
	size_t len = packet(whole, "www.a.example", DNS_A, 0x1234), n;

	for (n = 1; n < len; n++) {
		part = malloc(n);
		ck_assert_ptr_nonnull(part);
		memcpy(part, whole, n);
		ck_assert_ptr_null(direct_match(s.direct, part, n));
		free(part);
	}
	/* Not its only question. */
	whole[5] = 2;
	ck_assert_ptr_null(direct_match(s.direct, whole, len));
	whole[5] = 1;
	ck_assert_ptr_eq(direct_match(s.direct, whole, len), q);
	put_by(q);
}
END_TEST

/* Two may have the same id by chance. */
START_TEST(test_same_id)
{
	struct question *a = asked("a.example", DNS_A, 7, 1);
	struct question *b = asked("b.example", DNS_A, 7, 2);
	uint8_t out[DNSWIRE_QUERY_MAX];
	size_t len = packet(out, "b.example", DNS_A, 7);

	ck_assert_ptr_eq(direct_match(s.direct, out, len), b);
	ck_assert_ptr_null(direct_match(s.direct, out, len));
	len = packet(out, "a.example", DNS_A, 7);
	ck_assert_ptr_eq(direct_match(s.direct, out, len), a);
	put_by(a);
	put_by(b);
}
END_TEST

/* The oldest first, whichever were answered between. */
START_TEST(test_order)
{
	struct question *q[DNSPLAN_WINDOW_MAX];
	uint8_t out[DNSWIRE_QUERY_MAX];
	uint16_t i;

	for (i = 0; i < DNSPLAN_WINDOW_MAX; i++) {
		ck_assert(direct_room(s.direct));
		q[i] = asked("a.example", DNS_A, i, 1000 + i);
	}
	ck_assert(!direct_room(s.direct));
	for (i = 0; i < DNSPLAN_WINDOW_MAX; i += 2)
		ck_assert_ptr_eq(direct_match(s.direct, out,
				     packet(out, "a.example", DNS_A, i)),
		    q[i]);
	ck_assert(direct_room(s.direct));
	for (i = 1; i < DNSPLAN_WINDOW_MAX; i += 2) {
		ck_assert_int_eq(direct_sent_us(s.direct), 1000 + i);
		ck_assert_ptr_eq(direct_oldest(s.direct), q[i]);
	}
	ck_assert_ptr_null(direct_oldest(s.direct));
	ck_assert_int_eq(direct_sent_us(s.direct), -1);
	for (i = 0; i < DNSPLAN_WINDOW_MAX; i++)
		put_by(q[i]);
}
END_TEST

Suite *
suite_dnsdirect(void)
{
	Suite *suite = suite_create("dnsdirect");
	TCase *tc = tcase_create("questions");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_match, 0, ROWS(packets));
	tcase_add_test(tc, test_short);
	tcase_add_test(tc, test_same_id);
	tcase_add_test(tc, test_order);
	suite_add_tcase(suite, tc);
	return suite;
}
