/* What a domain amounts to: state, reasons, the one sentence; the order. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "past.h"
#include "sendtop/day.h"
#include "sendtop/standing.h"
#include "sendtop/text.h"
#include "table.h"

#define STEADY "volume 39: 10000x40\nspam_rate 39: 0.0002x40\n"
#define FINE                                       \
	STEADY "finding spf example.com pass ok\n" \
	       "finding dkim s1 pass ok\n"         \
	       "finding dmarc example.com pass ok\n"

static void
judge_by(const struct requirements *table, const struct past *past,
    struct standing *out)
{
	struct judgements j = { .requirement_count = requirements_count(
				    table) };

	j.requirements = mem_zero(j.requirement_count, sizeof(*j.requirements));
	spam_assess(&past->h, &j.spam);
	ramp_assess(&past->h, &j.ramp);
	reputation_assess(&past->h, &j.reputation);
	requirements_assess(table, &past->h, j.ramp.bulk, j.requirements);
	standing_assess(&past->h, &j, out);
	free(j.requirements);
}

static void
judge(const struct past *past, struct standing *out)
{
	struct requirements *table = table_load_share();

	judge_by(table, past, out);
	requirements_free(table);
}

static const struct {
	const char *rows, *state, *reasons, *why;
} cases[] = {
	{ FINE, "ok", "", "" },
	/* Critical: the spam rate, or a requirement that fails. */
	{ FINE "spam_rate 2: 0.0031 0.0035 0.0041", "critical",
	    "spam_violation, ramp_stop", "spam >= 0.30 % since Nov 17" },
	{ FINE "spam_rate 0: 0.0029999", "warning", "spam_watch, ramp_back_off",
	    "spam >= 0.10 % since Nov 19" },
	{ FINE "spam_rate 1: 0.0011 0.0012", "warning", "spam_watch",
	    "spam >= 0.10 % since Nov 18" },
	{ FINE "finding ptr 192.0.2.10 fail missing\n"
	       "finding ptr 192.0.2.11 pass ok",
	    "critical", "ptr/192.0.2.10/missing", "ptr missing: 192.0.2.10" },
	{ FINE "spam_rate 0: 0.0041\nfinding ptr 192.0.2.10 fail missing",
	    "critical", "spam_violation, ptr/192.0.2.10/missing, ramp_stop",
	    "spam >= 0.30 % since Nov 19" },
	{ STEADY "finding spf example.com fail missing\n"
		 "finding dkim s1 pass ok\nfinding dmarc example.com pass ok",
	    "critical", "spf/example.com/missing", "spf missing" },
	{ STEADY "finding spf example.com pass ok\nfinding dkim s1 pass ok\n"
		 "finding dmarc example.com fail missing",
	    "critical", "dmarc/example.com/missing", "dmarc missing" },
	/* Bulk rules do not bind who sends little. */
	{ "volume 39: 300x40\nspam_rate 39: 0.0002x40\n"
	  "finding spf example.com pass ok\nfinding dkim s1 pass ok\n"
	  "finding google.dmarc_policy example.com fail needs_work",
	    "warning", "google.dmarc_policy/example.com/needs_work",
	    "Google says needs work: dmarc_policy" },
	/* A blocklist warns; this machine's own trouble is not the domain's. */
	{ FINE "finding dnsbl 192.0.2.1@zen.example fail listed", "warning",
	    "dnsbl/192.0.2.1@zen.example/listed",
	    "dnsbl listed: 192.0.2.1@zen.example" },
	{ FINE "finding egress this_machine warn blocked", "ok", "", "" },
	{ "finding egress this_machine pass ok", "unknown", "",
	    "withheld: too little mail for a number" },
	/* Nor is how mail is sent a word on how it is received. */
	{ "finding burst example.com pass steady\n"
	  "finding ip_use 192.0.2.10 pass single\n"
	  "finding from_use marketing note several\n"
	  "finding spf example.com unknown unreachable",
	    "unknown", "", "withheld: too little mail for a number" },
	/* Google's word alone is enough. */
	{ FINE "finding google.dns_records organizational fail needs_work",
	    "critical", "google.dns_records/organizational/needs_work",
	    "Google says needs work: dns_records" },
	/* A measure below its line. */
	{ FINE "auth_dmarc 0: 0.93", "critical", "auth_dmarc/2026-11-19/93.00%",
	    "DMARC passed 93.00 % on Nov 19" },
	{ FINE "auth_dmarc 0: 0.98", "warning", "auth_dmarc/2026-11-19/98.00%",
	    "DMARC passed 98.00 % on Nov 19" },
	{ FINE "tls_inbound 0: 0.89\ntls_inbound_count 0: 8900", "critical",
	    "tls_inbound/2026-11-19/89.00%",
	    "TLS, you -> Gmail 89.00 % on Nov 19" },
	/* A failure that no requirement names is a warning; so is a warning. */
	{ FINE "finding certificate mx.example.com fail expired", "warning",
	    "certificate/mx.example.com/expired",
	    "certificate expired: mx.example.com" },
	{ FINE "finding certificate mx.example.com warn expiring", "warning",
	    "certificate/mx.example.com/expiring",
	    "certificate expiring: mx.example.com" },
	/* What a requirement names goes before what none does. */
	{ FINE "finding certificate mx.example.com fail expired\n"
	       "finding ptr 192.0.2.10 fail missing",
	    "critical",
	    "ptr/192.0.2.10/missing, certificate/mx.example.com/expired",
	    "ptr missing: 192.0.2.10" },
	/* Notes, passes, skips and what could not be told are none. */
	{ FINE "finding ptr 192.0.2.10 note generic\n"
	       "finding mx example.com skip null\n"
	       "finding smtp mx.example.com unknown timeout",
	    "ok", "", "" },
	{ FINE "finding dkim s2 note short_key\n"
	       "finding dmarc example.com note no_reports",
	    "ok", "", "" },
	/* The ramp: back off and stop warn, hold and blind do not. */
	{ FINE "volume 0: 30000", "warning", "ramp_back_off",
	    "~30.0k T on Nov 19 is x3.00 of the base ~10.0k T (allowed x2.00)" },
	{ FINE "temp_fail_rate 0: 0.2", "warning",
	    "temp_fail_rate/2026-11-19/20.00%, ramp_stop",
	    "20.00 % deferred on Nov 19 (>= 10.00 %, Postmaster)" },
	{ FINE "volume 0: 21000", "ok", "",
	    "~21.0k T on Nov 19 is x2.10 of the base ~10.0k T (allowed x2.00)" },
	{ FINE "spam_rate 0: -\nvolume 0: 12000", "ok", "",
	    "volume grew x1.20 since the newest spam rate (Nov 18)" },
	/* Complaints that nobody can make. */
	{ FINE "reject_spammy_content_rate 0: 0.02", "warning",
	    "spam_folder, ramp_back_off",
	    "low spam rate beside high rejects: mail may go to spam" },
	/* One word once; what is but the end of another word is another. */
	{ "volume 39: 300x40\nspam_rate 39: 0.0002x40\n"
	  "finding spf example.com pass ok\n"
	  "finding google.spf s1 fail missing\n"
	  "finding google.dkim s1 fail missing\n"
	  "finding dkim s1 fail missing",
	    "critical",
	    "google.spf/s1/missing, google.dkim/s1/missing, dkim/s1/missing",
	    "Google says needs work: spf" },
	/* Little mail: findings alone make it ok. */
	{ "finding spf example.com pass ok\nfinding dkim s1 pass ok", "ok", "",
	    "withheld: too little mail for a number" },
	/* Nothing could be told. */
	{ "", "unknown", "", "withheld: too little mail for a number" },
	{ "finding spf example.com unknown timeout", "unknown", "",
	    "withheld: too little mail for a number" },
};

START_TEST(test_cases)
{
	struct past *past = past_new(cases[_i].rows);
	struct standing s;

	judge(past, &s);
	ck_assert_msg(
	    strcmp(standing_state_name(s.state), cases[_i].state) == 0,
	    "%s\n%s (%s)", cases[_i].rows, standing_state_name(s.state),
	    s.reasons);
	ck_assert_str_eq(s.reasons, cases[_i].reasons);
	ck_assert_str_eq(s.why, cases[_i].why);
	ck_assert_uint_le(text_width(s.why), 80);
	past_free(past);
}
END_TEST

/* What is muted counts no more; all else does. */
static const struct {
	const char *rows, *check, *subject, *state, *reasons;
} mutes[] = {
	{ FINE "finding ptr 192.0.2.10 fail missing\n"
	       "finding ptr 192.0.2.11 pass ok",
	    "ptr", "192.0.2.10", "ok", "" },
	{ FINE "finding ptr 192.0.2.10 fail missing\n"
	       "finding ptr 192.0.2.11 fail missing",
	    "ptr", "192.0.2.10", "critical", "ptr/192.0.2.11/missing" },
	{ FINE "finding ptr 192.0.2.10 fail missing\n"
	       "finding ptr 192.0.2.11 fail missing",
	    "ptr", "", "ok", "" },
	{ FINE "finding certificate mx.example.com fail expired", "ptr", "",
	    "warning", "certificate/mx.example.com/expired" },
	{ FINE "finding google.dns_records organizational fail needs_work",
	    "google.dns_records", "", "ok", "" },
	/* Nothing is known but what is muted: known all the same. */
	{ "finding spf example.com fail missing", "spf", "", "ok", "" },
	/* Measures and kinds of events are muted as a whole. */
	{ FINE "auth_dmarc 0: 0.93", "auth_dmarc", "", "ok", "" },
	{ FINE "auth_dmarc 0: 0.93", "auth_dmarc", "x", "critical",
	    "auth_dmarc/2026-11-19/93.00%" },
	{ FINE "spam_rate 2: 0.0031 0.0035 0.0041", "spam_band", "", "warning",
	    "ramp_stop" },
	{ FINE "spam_rate 2: 0.0031 0.0035 0.0041", "spam_rate", "", "warning",
	    "ramp_stop" },
	{ FINE "volume 0: 30000", "ramp", "", "ok", "" },
	{ FINE "volume 0: 30000\nspam_rate 0: 0.0041\nauth_dmarc 0: 0.93\n"
	       "finding ptr 192.0.2.10 fail missing",
	    "", "", "ok", "" },
};

START_TEST(test_muted)
{
	struct past *past = past_new(mutes[_i].rows);
	const struct muted muted = { .check = mutes[_i].check,
		.subject = mutes[_i].subject,
		.until_s = day_start(past->h.today + 3),
		.why = "we know" };
	struct standing s;

	past->h.muted = &muted;
	past->h.muted_count = 1;
	for (size_t i = 0; i < past->h.finding_count; i++) {
		struct finding *f = &past->findings[i];

		f->muted = (muted.check[0] == '\0' ||
			       strcmp(f->check, muted.check) == 0) &&
		    (muted.subject[0] == '\0' ||
			strcmp(f->subject, muted.subject) == 0);
	}
	judge(past, &s);
	ck_assert_str_eq(s.reasons, mutes[_i].reasons);
	ck_assert_str_eq(standing_state_name(s.state), mutes[_i].state);
	if (muted.check[0] == '\0' && muted.subject[0] == '\0')
		ck_assert_str_eq(s.why, "muted until Nov 24: we know");
	else
		ck_assert_ptr_null(strstr(s.why, "muted"));
	past_free(past);
}
END_TEST

static const struct {
	enum poll_state poll;
	const char *error, *rows, *why;
} silences[] = {
	{ POLL_NEVER, "", "", "no numbers: Postmaster was not asked yet" },
	{ POLL_DENIED, "", "",
	    "no numbers: no permission in Postmaster Tools" },
	{ POLL_UNVERIFIED, "", "",
	    "no numbers: the domain is not verified in Postmaster Tools" },
	{ POLL_ABSENT, "", "",
	    "no numbers: Postmaster Tools does not list the domain" },
	{ POLL_ERROR, "", "", "no numbers: Postmaster could not be asked" },
	{ POLL_ERROR, "token: invalid_grant", "", "token: invalid_grant" },
	{ POLL_DENIED, "", "spam_rate 1: 0.0002",
	    "no new numbers: no permission in Postmaster Tools" },
	{ POLL_ERROR, "quota", "spam_rate 1: 0.0002", "quota" },
};

START_TEST(test_silence)
{
	struct past *past = past_new(silences[_i].rows);
	struct standing s;

	past->h.poll = silences[_i].poll;
	past->h.poll_error = silences[_i].error;
	past->h.asked_first = past->h.asked_last = DAY_NONE;
	judge(past, &s);
	ck_assert_str_eq(s.why, silences[_i].why);
	ck_assert_int_eq(s.state,
	    silences[_i].rows[0] == '\0' ? STANDING_UNKNOWN : STANDING_OK);
	ck_assert_int_eq(s.poll, silences[_i].poll);
	past_free(past);
}
END_TEST

START_TEST(test_numbers)
{
	struct past *past = past_new(FINE
	    "spam_rate 3: 0.0003 - 0.0004 0.0005\nvolume 0: 12000\n"
	    "finding ptr 192.0.2.1 warn odd\nfinding mx example.com unknown "
	    "timeout");
	struct standing s;

	past->h.fetched_s = 12345;
	judge(past, &s);
	ck_assert(s.spam_rate == 0.0005);
	ck_assert_int_eq(s.spam_day, PAST_NEWEST);
	ck_assert_int_eq(s.spark_last, PAST_NEWEST);
	ck_assert(s.spark[STANDING_SPARK - 1] == 0.0005);
	ck_assert(s.spark[STANDING_SPARK - 2] == 0.0004);
	ck_assert(isnan(s.spark[STANDING_SPARK - 3]));
	ck_assert(s.spark[0] == 0.0002);
	ck_assert(s.volume == 12000);
	ck_assert_double_eq_tol(s.growth, 1.2, 1e-9);
	ck_assert(s.ceiling == 24000);
	ck_assert_int_eq(s.volume_source, VOLUME_TLS);
	ck_assert_int_eq(s.reputation, REPUTATION_HIGH);
	ck_assert_int_eq(s.ramp, RAMP_GO);
	ck_assert_int_eq(s.clean_days, 7);
	ck_assert_int_eq(s.warns, 1);
	ck_assert_int_eq(s.unknowns, 1);
	ck_assert_int_eq(s.fails, 0);
	ck_assert(s.fetched_s == 12345);
	past_free(past);
}
END_TEST

/* More reasons than there is room for end at a whole word. */
START_TEST(test_many)
{
	struct past *past = past_new(STEADY);
	struct standing s;
	char ip[32];
	int i;

	for (i = 0; i < 60; i++) {
		snprintf(ip, sizeof(ip), "192.0.2.%d", 100 + i);
		past_finding(past, "ptr", ip, VERDICT_FAIL, "missing", "");
	}
	judge(past, &s);
	ck_assert_int_eq(s.fails, 60);
	ck_assert_uint_lt(strlen(s.reasons), sizeof(s.reasons));
	ck_assert_uint_gt(strlen(s.reasons), sizeof(s.reasons) - 30);
	ck_assert_str_eq(s.reasons + strlen(s.reasons) - 7, "missing");
	past_free(past);
}
END_TEST

/* Without a table findings still speak, as warnings. */
START_TEST(test_no_table)
{
	struct past *past = past_new(
	    FINE "finding ptr 192.0.2.10 fail missing");
	struct judgements j = { .requirement_count = 0 };
	struct standing s;

	spam_assess(&past->h, &j.spam);
	ramp_assess(&past->h, &j.ramp);
	reputation_assess(&past->h, &j.reputation);
	standing_assess(&past->h, &j, &s);
	ck_assert_int_eq(s.state, STANDING_WARNING);
	ck_assert_str_eq(s.why, "ptr missing: 192.0.2.10");
	past_free(past);
}
END_TEST

START_TEST(test_compare)
{
	struct standing a = { .state = STANDING_CRITICAL, .spam_rate = 0.001 };
	struct standing b = { .state = STANDING_WARNING, .spam_rate = 0.002 };

	ck_assert_int_lt(standing_compare(&a, "z", &b, "a"), 0);
	ck_assert_int_gt(standing_compare(&b, "a", &a, "z"), 0);
	b.state = STANDING_CRITICAL;
	ck_assert_int_gt(standing_compare(&a, "a", &b, "z"), 0);
	b.spam_rate = 0.001;
	ck_assert_int_lt(standing_compare(&a, "a", &b, "z"), 0);
	ck_assert_int_eq(standing_compare(&a, "a", &b, "a"), 0);
	/* Google withholds the newest: its last rate is an old one. */
	b.spam_rate = 0.5;
	b.data = DATA_WITHHELD;
	a.spam_rate = 0;
	ck_assert_int_lt(standing_compare(&a, "z", &b, "a"), 0);
	b.data = DATA_VALUE;
	a.spam_rate = 0.001;
	b.spam_rate = (double)NAN;
	ck_assert_int_lt(standing_compare(&a, "z", &b, "a"), 0);
	ck_assert_int_gt(standing_compare(&b, "a", &a, "z"), 0);
	a.spam_rate = (double)NAN;
	ck_assert_int_lt(standing_compare(&a, "a", &b, "z"), 0);
	b.state = STANDING_UNKNOWN;
	a.state = STANDING_OK;
	ck_assert_int_gt(standing_compare(&a, "a", &b, "z"), 0);
}
END_TEST

Suite *
suite_standing(void)
{
	Suite *suite = suite_create("standing");
	TCase *tc = tcase_create("standing");

	tcase_add_loop_test(tc, test_cases, 0, ROWS(cases));
	tcase_add_loop_test(tc, test_muted, 0, ROWS(mutes));
	tcase_add_loop_test(tc, test_silence, 0, ROWS(silences));
	tcase_add_test(tc, test_numbers);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_no_table);
	tcase_add_test(tc, test_compare);
	suite_add_tcase(suite, tc);
	return suite;
}
