/* The DNS client against a real name server, NSD. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"
#include "asker.h"
#include "nsd.h"

enum { MANY = 20000 };

static struct nsd *nsd;

static char *
zone_text(void)
{
	static const char fixed[] =
	    "$TTL 300\n"
	    "@ SOA ns.t. root.t. 1 3600 600 86400 77\n"
	    "@ NS ns.t.\n"
	    "ns A 127.0.0.1\n"
	    "a A 192.0.2.1\n"
	    "a A 192.0.2.2\n"
	    "a AAAA 2001:db8::1\n"
	    "a MX 10 mx.t.\n"
	    "a MX 20 .\n"
	    "a TXT \"v=spf1 \" \"-all\"\n"
	    "a TXT \"nul\\000 \\255\"\n"
	    "alias 60 CNAME a.t.\n"
	    "loopc CNAME loopd\n"
	    "loopd CNAME loopc\n"
	    "outside CNAME elsewhere.invalid.\n"
	    "odd\\.dot PTR \\200x\\.y.t.\n"
	    "_25._tcp.mx 30 TLSA 3 1 1 00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\n"
	    "* A 192.0.2.9\n";
	char *text = malloc(sizeof(fixed) + 65536);
	size_t len = sizeof(fixed) - 1;
	int i;

	ck_assert_ptr_nonnull(text);
	memcpy(text, fixed, len);
	/* Answers of about 900, 1,900 and 24,000 octets. */
	for (i = 0; i < 1 + 2 + 28; i++)
		len += (size_t)sprintf(text + len,
		    "%s TXT \"%d%0200d\" \"%0250d\" "
		    "\"%0250d\" \"%0150d\"\n",
		    i < 1       ? "big1"
			: i < 3 ? "big2"
				: "big28",
		    i, 0, 0, 0, 0);
	return text;
}

static void
nsd_setup(void)
{
	char *text = zone_text();

	nsd = nsd_start("t", text);
	free(text);
}

static void
nsd_teardown(void)
{
	nsd_stop(nsd);
}

static const struct {
	const char *name;
	enum dns_type type;
	enum dns_outcome outcome;
	size_t count;
	size_t len;       /* of the records together */
	const char *data; /* of one record, or NULL */
	uint32_t ttl;
	bool nxdomain, cname;
} real[] = {
	{ "a.t", DNS_A, DNS_OK, 2, 8, "\xc0\0\2\1", 300, 0, 0 },
	{ "A.T.", DNS_A, DNS_OK, 2, 8, "\xc0\0\2\2", 300, 0, 0 },
	{ "a.t", DNS_AAAA, DNS_OK, 1, 16, "\x20\x01\x0d\xb8", 300, 0, 0 },
	{ "a.t", DNS_MX, DNS_OK, 2, 4, "mx.t", 300, 0, 0 },
	{ "a.t", DNS_TXT, DNS_OK, 2, 17, "v=spf1 -all", 300, 0, 0 },
	{ "a.t", DNS_TXT, DNS_OK, 2, 17, "nul\0 \xff", 300, 0, 0 },
	{ "a.t", DNS_PTR, DNS_NONE, 0, 0, NULL, 77, 0, 0 },
	{ "alias.t", DNS_AAAA, DNS_OK, 1, 16, NULL, 60, 0, 1 },
	{ "alias.t", DNS_CNAME, DNS_OK, 1, 3, "a.t", 60, 0, 0 },
	{ "alias.t", DNS_PTR, DNS_NONE, 0, 0, NULL, 60, 0, 1 },
	{ "x.y.ns.t", DNS_A, DNS_NONE, 0, 0, NULL, 77, 1, 0 },
	{ "x.t", DNS_A, DNS_OK, 1, 4, "\xc0\0\2\x09", 300, 0, 0 },
	{ "loopc.t", DNS_TXT, DNS_MALFORMED, 0, 0, NULL, 0, 0, 0 },
	{ "odd\\.dot.t", DNS_PTR, DNS_OK, 1, 10, "\\200x\\.y.t", 300, 0, 0 },
	{ "odd\\046dot.t", DNS_PTR, DNS_OK, 1, 10, NULL, 300, 0, 0 },
	{ "_25._tcp.mx.t", DNS_TLSA, DNS_OK, 1, 35, "\3\1\1\0\x11", 30, 0, 0 },
	{ "t", DNS_SOA, DNS_OK, 1, 4, "ns.t", 300, 0, 0 },
	{ "t", DNS_NS, DNS_OK, 1, 4, "ns.t", 300, 0, 0 },
	{ "big1.t", DNS_TXT, DNS_OK, 1, 851, NULL, 300, 0, 0 },
	{ "big2.t", DNS_TXT, DNS_OK, 2, 1702, NULL, 300, 0, 0 },
	{ "big28.t", DNS_TXT, DNS_OK, 28, 23849, NULL, 300, 0, 0 },
	{ "elsewhere.invalid", DNS_A, DNS_REFUSED, 0, 0, NULL, 0, 0, 0 },
};

static bool
has_record(const struct dns_answer *a, const char *data)
{
	size_t i, len = strlen(data);

	for (i = 0; i < a->count; i++)
		if (a->records[i].len >= len &&
		    memcmp(a->records[i].data, data, len) == 0)
			return true;
	return false;
}

START_TEST(test_real)
{
	const struct dns_answer *a;
	size_t i, len = 0;

	asker_server(nsd_port(nsd));
	asker_open();
	a = asker_ask_one(real[_i].name, real[_i].type);
	ck_assert_int_eq(a->outcome, real[_i].outcome);
	ck_assert_uint_eq(a->count, real[_i].count);
	for (i = 0; i < a->count; i++)
		len += a->records[i].len;
	ck_assert_uint_eq(len, real[_i].len);
	if (real[_i].data != NULL)
		ck_assert(has_record(a, real[_i].data));
	ck_assert_uint_eq(a->ttl_s, real[_i].ttl);
	ck_assert_int_eq(a->nxdomain, real[_i].nxdomain);
	ck_assert_int_eq(a->cname, real[_i].cname);
	ck_assert_uint_gt(a->rtt_us, 0);
}
END_TEST

/* With standard socket buffers, no reply may be lost: a lost one would show
 * as a time-out, with a single try. */
START_TEST(test_real_many)
{
	struct dns_counts counts;
	char name[64];
	unsigned i;

	/* Only for root does nsd get a buffer that takes such bursts. */
	if (_i > 128 && geteuid() != 0)
		return;
	s.settings.dns_parallel = _i;
	s.settings.dns_tries = 1;
	s.settings.dns_timeout_ms = 10000;
	asker_server(nsd_port(nsd));
	asker_open();
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%u.t", i);
		/* Large and small answers mixed. */
		asker_ask(i % 16 == 0 ? "big1.t" : name,
		    i % 16 == 0 ? DNS_TXT : DNS_A);
	}
	dns_counts(s.dns, &counts);
	ck_assert_uint_eq(counts.pending, MANY);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_OK], MANY);
	dns_counts(s.dns, &counts);
	ck_assert_uint_eq(counts.asked, MANY);
	ck_assert_uint_eq(counts.answered, MANY);
	ck_assert_uint_eq(counts.timeouts, 0);
	ck_assert_uint_eq(counts.pending, 0);
	ck_assert_uint_gt(counts.rtt_sum_us, 0);
}
END_TEST

/* Nothing but the client is in this loop, so it must end by itself, and at
 * once, when nothing is left to hear. */
START_TEST(test_real_idle)
{
	int64_t before = loop_now_ms(s.loop);

	s.settings.dns_timeout_ms = 20000;
	asker_server(nsd_port(nsd));
	asker_open();
	asker_ask("a.t", DNS_A);
	s.pending++; /* so that the callback does not stop the loop */
	loop_run(s.loop);
	ck_assert_uint_eq(s.pending, 1);
	ck_assert_int_lt(loop_now_ms(s.loop) - before, 15000);
}
END_TEST

Suite *
suite_dns(void)
{
	Suite *suite = suite_create("dns");
	TCase *tc = tcase_create("nsd"), *many = tcase_create("many");

	tcase_add_unchecked_fixture(tc, nsd_setup, nsd_teardown);
	tcase_add_checked_fixture(tc, asker_setup, asker_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_real, 0, ROWS(real));
	tcase_add_test(tc, test_real_idle);
	suite_add_tcase(suite, tc);
	/* So many questions that a slow process answers some too late. */
	tcase_add_unchecked_fixture(many, nsd_setup, nsd_teardown);
	tcase_add_checked_fixture(many, asker_setup, asker_teardown);
	tcase_set_timeout(many, 60);
	tcase_set_tags(many, "native");
	tcase_add_loop_test(many, test_real_many, 128, 129);
	tcase_add_loop_test(many, test_real_many, 1, 2);
	tcase_add_loop_test(many, test_real_many, 1024, 1025);
	suite_add_tcase(suite, many);
	return suite;
}
