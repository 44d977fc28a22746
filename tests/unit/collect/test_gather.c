/* The gatherer on a real name server: each fact once, each domain once. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/gather.h"
#include "suites.h"
#include "tests/unit/net/nsd.h"
#include "tests/unit/net/responder.h"

enum {
	DOMAINS = 300,
	MANY = 2500, /* more than are under way at once */
	GUARD_MS = 20000
};

struct bed {
	struct loop *loop;
	struct dns *dns;
	struct facts *facts;
	struct gather *gather;
	struct settings *settings;
	struct responder *silent;
	struct loop_timer *guard;
	size_t calls, spf_ok, unknown, done;
	size_t stop_after; /* cancel once so many are done; 0 never */
};

static void
one(void *arg, void *plan_arg, const struct finding *findings, size_t count)
{
	struct bed *bed = arg;
	size_t i;

	bed->calls++;
	ck_assert_int_eq(*(int *)plan_arg, 0);
	++*(int *)plan_arg;
	for (i = 0; i < count; i++) {
		if (strcmp(findings[i].check, "spf") == 0 &&
		    findings[i].verdict == VERDICT_PASS)
			bed->spf_ok++;
		if (findings[i].verdict == VERDICT_UNKNOWN)
			bed->unknown++;
	}
	if (bed->stop_after != 0 && bed->calls == bed->stop_after)
		gather_cancel(bed->gather);
}

static void
all(void *arg)
{
	struct bed *bed = arg;

	bed->done++;
	loop_stop(bed->loop);
}

static void
too_long(void *arg)
{
	(void)arg;
	ck_abort_msg("the gatherer did not end");
}

/* port 0: a server in the bed's own loop that never answers. */
static void
bed_init_for(struct bed *bed, uint16_t port,
    void (*domain)(void *, void *, const struct finding *, size_t))
{
	struct gather_options options = {
		.domain = domain,
		.done = all,
		.arg = bed,
	};
	struct error err;
	char server[32];

	memset(bed, 0, sizeof(*bed));
	ck_assert(loop_open(&bed->loop, &err) == STATUS_OK);
	if (port == 0) {
		bed->silent = responder_new(bed->loop, RESPONDER_SILENT, 0);
		port = responder_port(bed->silent);
	}
	snprintf(server, sizeof(server), "127.0.0.1:%u", port);
	ck_assert(
	    settings_parse("", 0, "test", &bed->settings, &err) == STATUS_OK);
	ck_assert(settings_set(bed->settings, "resolver.servers", server,
		      &err) == STATUS_OK);
	ck_assert(settings_set(bed->settings, "resolver.timeout", "200ms",
		      &err) == STATUS_OK);
	ck_assert(settings_set(bed->settings, "resolver.tries", "1", &err) ==
	    STATUS_OK);
	ck_assert(
	    dns_open(bed->loop, bed->settings, &bed->dns, &err) == STATUS_OK);
	bed->facts = facts_new();
	options.loop = bed->loop;
	options.dns = bed->dns;
	options.facts = bed->facts;
	bed->gather = gather_new(&options);
	bed->guard = loop_timer_new(bed->loop, too_long, NULL);
	loop_timer_start(bed->guard, GUARD_MS, 0);
}

static void
bed_init(struct bed *bed, uint16_t port)
{
	bed_init_for(bed, port, one);
}

static void
bed_fini(struct bed *bed)
{
	dns_close(bed->dns);
	gather_free(bed->gather);
	loop_timer_free(bed->guard);
	responder_free(bed->silent);
	facts_free(bed->facts);
	loop_close(bed->loop);
	settings_free(bed->settings);
}

static void
add(struct bed *bed, const char *domain, int *called)
{
	const struct check_plan plan = {
		.domain = domain,
		.now_s = clock_utc_s(),
	};

	*called = 0;
	gather_add(bed->gather, &plan, called);
}

static char *
zone(int domains)
{
	struct buf text = { 0 };
	int i;

	buf_str(&text,
	    "@ 60 IN SOA ns.test. h.test. 1 60 60 60 60\n"
	    "@ IN NS ns.test.\n"
	    "shared.test. 300 IN TXT \"v=spf1 -all\"\n"
	    "mx.test. 300 IN A 192.0.2.1\n");
	for (i = 0; i < domains; i++)
		buf_printf(&text,
		    "d%d.test. 300 IN TXT \"v=spf1 include:shared.test "
		    "-all\"\nd%d.test. 300 IN MX 10 mx.test.\n",
		    i, i);
	return buf_take(&text);
}

/* What all domains share is asked for once, so the questions are those that
 * differ and a handful more. */
START_TEST(test_shared_facts)
{
	static int called[DOMAINS];
	struct gather_counts counts;
	struct dns_counts dns;
	char *text = zone(DOMAINS), name[32];
	struct nsd *nsd = nsd_start("test", text);
	struct bed bed;
	uint64_t first;
	int i;

	bed_init(&bed, nsd_port(nsd));
	for (i = 0; i < DOMAINS; i++) {
		snprintf(name, sizeof(name), "d%d.test", i);
		add(&bed, name, &called[i]);
	}
	gather_start(bed.gather);
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.done, 1);
	ck_assert_uint_eq(bed.calls, DOMAINS);
	ck_assert_uint_eq(bed.spf_ok, DOMAINS);
	for (i = 0; i < DOMAINS; i++)
		ck_assert_int_eq(called[i], 1);
	gather_counts(bed.gather, &counts);
	dns_counts(bed.dns, &dns);
	ck_assert_uint_eq(counts.done, DOMAINS);
	ck_assert_uint_eq(dns.asked, counts.dns);
	ck_assert_uint_eq(counts.dns, facts_count(bed.facts));
	/* Again within the TTL: what has one is not asked for again. */
	first = counts.dns;
	for (i = 0; i < DOMAINS; i++) {
		snprintf(name, sizeof(name), "d%d.test", i);
		add(&bed, name, &called[i]);
	}
	gather_start(bed.gather);
	loop_run(bed.loop);
	gather_counts(bed.gather, &counts);
	ck_assert_uint_eq(bed.calls, 2 * DOMAINS);
	ck_assert_msg(counts.dns < first / 100, "%lu of %lu asked again",
	    (unsigned long)counts.dns, (unsigned long)first);
	bed_fini(&bed);
	nsd_stop(nsd);
	free(text);
}
END_TEST

/* With next to no room for facts, what a domain under way needs stays: none
 * is asked for twice but what all share, and all come out right. */
START_TEST(test_little_room)
{
	static int called[MANY];
	struct gather_counts counts;
	char *text = zone(MANY), name[32];
	struct nsd *nsd = nsd_start("test", text);
	struct bed bed;
	int i;

	bed_init(&bed, nsd_port(nsd));
	facts_bound(bed.facts, 64 * 1024);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "d%d.test", i);
		add(&bed, name, &called[i]);
	}
	gather_start(bed.gather);
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.calls, MANY);
	ck_assert_uint_eq(bed.spf_ok, MANY);
	gather_counts(bed.gather, &counts);
	ck_assert_uint_lt(facts_count(bed.facts), counts.dns / 2);
	ck_assert_msg(counts.dns < (MANY + 5) * 10, "%lu questions",
	    (unsigned long)counts.dns);
	bed_fini(&bed);
	nsd_stop(nsd);
	free(text);
}
END_TEST

/* What reverse checks said, "address reason detail; " each. */
static void
note_reverse(
    void *arg, void *plan_arg, const struct finding *findings, size_t count)
{
	struct buf *said = plan_arg;
	size_t i;

	(void)arg;
	for (i = 0; i < count; i++)
		buf_printf(said, "%s %s %s; ", findings[i].subject,
		    findings[i].reason, findings[i].detail);
}

/* RFC 2317 on a real server: an alias for each address of a network that is
 * smaller than a zone, in all spellings that are in use; two aliases in a
 * row; an alias to nothing; and one that leads back to itself. */
START_TEST(test_shared_reverse_zone)
{
	static const char reverse[] =
	    "@ 60 IN SOA ns.test. h.test. 1 60 60 60 60\n"
	    "@ IN NS ns.test.\n"
	    "out.test. IN A 192.0.2.1\nout.test. IN A 192.0.2.65\n"
	    "out.test. IN A 192.0.2.129\n"
	    "$ORIGIN 2.0.192.in-addr.arpa.\n"
	    "1 CNAME 1.0/26\n1.0/26 PTR out.test.\n"
	    "65 CNAME 65.64-127\n65.64-127 PTR out.test.\n"
	    "129 CNAME 129.customer.test.\n"
	    "129.customer.test. CNAME 129.deeper.test.\n"
	    "129.deeper.test. PTR out.test.\n"
	    "193 CNAME 193.192/26\n"
	    "201 CNAME 201.loop.test.\n201.loop.test. CNAME 201\n";
	static const struct address ips[] = {
		{ .family = 4, .bytes = { 192, 0, 2, 1 } },
		{ .family = 4, .bytes = { 192, 0, 2, 65 } },
		{ .family = 4, .bytes = { 192, 0, 2, 129 } },
		{ .family = 4, .bytes = { 192, 0, 2, 193 } },
		{ .family = 4, .bytes = { 192, 0, 2, 201 } },
	};
	const struct check_plan plan = {
		.domain = "d.test",
		.sending_ips = ips,
		.sending_ip_count = sizeof(ips) / sizeof(ips[0]),
		.now_s = clock_utc_s(),
		.only = "ptr",
	};
	struct nsd *nsd = nsd_start(".", reverse);
	struct buf said = { 0 };
	struct bed bed;

	bed_init_for(&bed, nsd_port(nsd), note_reverse);
	gather_add(bed.gather, &plan, &said);
	gather_start(bed.gather);
	loop_run(bed.loop);
	ck_assert_str_eq(said.data,
	    "192.0.2.193 missing 193.192/26.2.0.192.in-addr.arpa has no PTR "
	    "record; "
	    "192.0.2.201 malformed 201.2.0.192.in-addr.arpa: the answer is "
	    "broken, or a loop of aliases; "
	    "192.0.2.1 ok out.test; 192.0.2.129 ok out.test; "
	    "192.0.2.65 ok out.test; ");
	bed_fini(&bed);
	nsd_stop(nsd);
	buf_free(&said);
}
END_TEST

/* Servers that never answer end in unknown, not in nothing and not in a
 * missing record. */
START_TEST(test_silence)
{
	int called[3], i;
	struct bed bed;
	char name[32];

	bed_init(&bed, 0);
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "s%d.test", i);
		add(&bed, name, &called[i]);
	}
	gather_start(bed.gather);
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.calls, 3);
	ck_assert_uint_ge(bed.unknown, 3);
	ck_assert_uint_eq(bed.spf_ok, 0);
	bed_fini(&bed);
}
END_TEST

START_TEST(test_cancel)
{
	static int called[DOMAINS];
	char *text = zone(DOMAINS), name[32];
	struct nsd *nsd = nsd_start("test", text);
	struct bed bed;
	int i;

	bed_init(&bed, nsd_port(nsd));
	bed.stop_after = 5;
	for (i = 0; i < DOMAINS; i++) {
		snprintf(name, sizeof(name), "d%d.test", i);
		add(&bed, name, &called[i]);
	}
	gather_start(bed.gather);
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.done, 1);
	ck_assert_uint_lt(bed.calls, DOMAINS);
	/* And it can be used again. */
	bed.stop_after = 0;
	bed.calls = 0;
	add(&bed, "d7.test", &called[0]);
	gather_start(bed.gather);
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.calls, 1);
	bed_fini(&bed);
	nsd_stop(nsd);
	free(text);
}
END_TEST

START_TEST(test_nothing)
{
	struct bed bed;

	bed_init(&bed, 1);
	gather_start(bed.gather);
	ck_assert_uint_eq(bed.done, 0);
	loop_run(bed.loop);
	ck_assert_uint_eq(bed.done, 1);
	bed_fini(&bed);
}
END_TEST

Suite *
suite_gather(void)
{
	Suite *suite = suite_create("gather");
	TCase *tc = tcase_create("gather"), *many = tcase_create("many");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_shared_reverse_zone);
	tcase_add_test(tc, test_silence);
	tcase_add_test(tc, test_cancel);
	tcase_add_test(tc, test_nothing);
	suite_add_tcase(suite, tc);
	/* So many questions that a slow process answers some too late. */
	tcase_set_timeout(many, 60);
	tcase_set_tags(many, "native");
	tcase_add_test(many, test_shared_facts);
	tcase_add_test(many, test_little_room);
	suite_add_tcase(suite, many);
	return suite;
}
