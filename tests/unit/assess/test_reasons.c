/* The reasons of the ramp: their order, and what they say word by word. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

/* A sender in order: 10,000 a day for forty days, few complaints. */
#define STEADY "volume 39: 10000x40\nspam_rate 39: 0.0002x40\n"
/* The same, but 500 a day: rates need two of three days. */
#define FEW "volume 39: 500x40\nspam_rate 39: 0.0002x40\n"

static const struct reason *
reason_of(const struct reasons *reasons, const char *key)
{
	size_t i;

	for (i = 0; i < reasons->count; i++)
		if (strcmp(reasons->items[i].key, key) == 0)
			return &reasons->items[i];
	return NULL;
}

/* What a reason says, word by word: the figure, the day, the line. */
static const struct {
	const char *rows, *key, *text;
} texts[] = {
	{ STEADY "volume 0: 48200", "growth_back_off",
	    "~48.2k T on Nov 19 is x4.82 of the base ~10.0k T (allowed x2.00)" },
	{ STEADY "spam_rate 0: 0.00118", "spam_hold",
	    "spam rate 0.118 % on Nov 19 (>= 0.10 %)" },
	{ STEADY "spam_rate 0: 0.00299", "spam_back_off",
	    "spam rate 0.299 % on Nov 19 (>= 0.15 %)" },
	{ STEADY "spam_rate 0: 0.003", "spam_stop",
	    "spam rate 0.300 % on Nov 19 (>= 0.30 %)" },
	{ FEW "spam_rate 0: 0.002", "small_sample",
	    "spam rate 0.20 % on Nov 19 (>= 0.15 %), small sample" },
	{ FEW "spam_rate 2: 0.0011 0.0012 0.0029", "spam_hold",
	    "spam rate 0.290 % on Nov 19 (>= 0.10 %), small sample" },
	{ STEADY "spam_rate 3: 0.004 0 0 0", "seven_day_clock",
	    "3 of 7 days in a row below 0.30 %" },
	{ STEADY "temp_fail_rate 1: 0.021", "deferred",
	    "2.10 % deferred on Nov 18 (>= 1.00 %, Postmaster)" },
	{ STEADY "temp_fail_anomalous_traffic_pattern_rate 0: 0.012",
	    "unusual_traffic",
	    "Google saw unusual traffic on Nov 19: 1.20 % deferred" },
	{ STEADY "reject_spammy_content_rate 0: 0.004", "spammy_content",
	    "0.40 % rejected on Nov 19 as spammy content" },
	{ STEADY "reject_bad_or_missing_ptr_record_rate 0: 0.021\n"
		 "finding ptr 192.0.2.40 pass ok\n"
		 "finding ptr 192.0.2.41 fail missing",
	    "bad_or_missing_ptr_record",
	    "2.10 % rejected on Nov 19 for a bad or missing PTR; ptr missing: "
	    "192.0.2.41" },
	{ STEADY "reject_bad_or_missing_ptr_record_rate 0: 0.021\n"
		 "finding ptr 192.0.2.40 note generic",
	    "bad_or_missing_ptr_record",
	    "2.10 % rejected on Nov 19 for a bad or missing PTR" },
	{ STEADY "reject_stamp_policy_error_rate 0: 0.02\n"
		 "finding spf example.com fail syntax",
	    "stamp_policy_error",
	    "2.00 % rejected on Nov 19 by the domain's own policy; spf syntax: "
	    "example.com" },
	{ STEADY "finding google.spf example.com fail needs_work\n"
		 "finding google.spf organizational fail needs_work\n"
		 "finding google.encryption example.com fail needs_work",
	    "compliance", "Google says needs work: encryption, spf" },
	{ STEADY "spam_rate 0: -\nvolume 0: 16000", "blind",
	    "volume grew x1.60 since the newest spam rate (Nov 18)" },
	{ "volume 39: 10000x39 16000", "blind",
	    "volume is x1.60 of its base and no spam rate is known" },
	{ STEADY "spam_rate 2: - - -", "no_spam_rate",
	    "no spam rate since Nov 16: no growth until there is one" },
	{ "volume 39: 10000x40", "no_spam_rate",
	    "no spam rate is known: no growth until there is one" },
	{ "volume 70: 10000x40", "idle_cold",
	    "no volume since Oct 19: the base is cold, start again small" },
	{ "volume 13: 1000x7 6200x7", "week_growth",
	    "this week is x6.2 of the week before (allowed x5.0)" },
	{ "volume 9: 4200x10", "bulk_near",
	    "~4.2k T a day: from 5000 the bulk rules hold for good" },
	{ "volume 9: 420x10\ntarget 9000", "bulk_near",
	    "target 9.0k a day: from 5000 the bulk rules hold for good" },
	{ "", "withheld", "Google withholds its numbers: too little mail" },
	{ "spam_rate 0: 0", "no_volume",
	    "no volume is known: Google gives no count for it" },
};

START_TEST(test_texts)
{
	struct past *past = past_new(texts[_i].rows);
	struct ramp_judgement ramp;
	const struct reason *r;

	ramp_assess(&past->h, &ramp);
	r = reason_of(&ramp.reasons, texts[_i].key);
	ck_assert_msg(r != NULL, "no %s", texts[_i].key);
	ck_assert_str_eq(r->text, texts[_i].text);
	ck_assert_uint_le(text_width(r->text), 80);
	past_free(past);
}
END_TEST

/* All rows of Google's compliance at once still make one line. */
START_TEST(test_compliance_list)
{
	static const char *const names[] = { "google.spf", "google.dkim",
		"google.spf_and_dkim", "google.dmarc_policy",
		"google.dmarc_alignment", "google.message_formatting",
		"google.dns_records", "google.encryption" };
	struct past *past = past_new(STEADY);
	struct ramp_judgement ramp;
	int i;

	for (i = 0; i < ROWS(names); i++)
		past_finding(past, names[i], "example.com", VERDICT_FAIL,
		    "needs_work", "");
	ramp_assess(&past->h, &ramp);
	ck_assert_uint_eq(ramp.reasons.count, 1);
	ck_assert_str_eq(ramp.reasons.items[0].text,
	    "Google says needs work: dkim, dmarc_alignment, dmarc_policy, "
	    "dns_records, encryption, spf, spf_and_dkim and 1 more");
	past_free(past);
}
END_TEST

static const struct {
	enum poll_state poll;
	const char *text;
} silences[] = {
	{ POLL_NEVER, "no volume is known: Postmaster was not asked yet" },
	{ POLL_DENIED,
	    "no volume is known: no permission in Postmaster Tools" },
	{ POLL_UNVERIFIED,
	    "no volume is known: the domain is not verified in "
	    "Postmaster Tools" },
	{ POLL_ABSENT,
	    "no volume is known: Postmaster Tools does not list the domain" },
	{ POLL_ERROR, "no volume is known: Postmaster could not be asked" },
};

/* Without any number it is blind, says why, and counts as a bulk sender. */
START_TEST(test_silence)
{
	struct past *past = past_new("");
	struct ramp_judgement ramp;

	past->h.poll = silences[_i].poll;
	past->h.asked_first = past->h.asked_last = DAY_NONE;
	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.state, RAMP_BLIND);
	ck_assert_str_eq(ramp.reasons.items[0].text, silences[_i].text);
	ck_assert(ramp.bulk);
	ck_assert(isnan(ramp.ceiling) && isnan(ramp.volume));
	ck_assert_int_eq(ramp.day, DAY_NONE);
	past_free(past);
}
END_TEST

/* The gravest first, blind between hold and back off. */
START_TEST(test_order)
{
	struct past *past = past_new(
	    STEADY "spam_rate 0: -\nvolume 0: 25001\ntemp_fail_rate 0: 0.02\n"
		   "reject_ip_in_rbls_rate 0: 0.01");
	struct ramp_judgement ramp;
	size_t i;

	ramp_assess(&past->h, &ramp);
	ck_assert_uint_eq(ramp.reasons.count, 4);
	ck_assert_str_eq(ramp.reasons.items[0].key, "ip_in_rbls");
	ck_assert_str_eq(ramp.reasons.items[1].key, "growth_back_off");
	ck_assert_str_eq(ramp.reasons.items[2].key, "blind");
	ck_assert_str_eq(ramp.reasons.items[3].key, "deferred");
	for (i = 1; i < ramp.reasons.count; i++)
		ck_assert_int_ge(
		    ramp_gravity(
			(enum ramp_state)ramp.reasons.items[i - 1].level),
		    ramp_gravity((enum ramp_state)ramp.reasons.items[i].level));
	past_free(past);
}
END_TEST

/* A list that is full keeps what is graver, and never a broken character. */
START_TEST(test_reason_list)
{
	struct reasons reasons = { .count = 0 };
	char text[400];
	int i;

	for (i = 0; i < REASONS_MAX + 5; i++)
		reason_add(&reasons, 1, "light", "light %d", i);
	ck_assert_uint_eq(reasons.count, REASONS_MAX);
	reason_add(&reasons, 3, "grave", "grave");
	ck_assert_uint_eq(reasons.count, REASONS_MAX);
	ck_assert_str_eq(reasons.items[0].key, "grave");
	ck_assert_str_eq(reasons.items[1].text, "light 0");
	for (i = 0; i < 399; i++)
		text[i] = i % 2 == 0 ? '\xc3' : '\xa9';
	text[398] = '\0';
	reason_add(&reasons, 4, "long", "%s\x1b", text);
	ck_assert_uint_lt(strlen(reasons.items[0].text), REASON_SIZE);
	ck_assert_str_eq(
	    reasons.items[0].text + strlen(reasons.items[0].text) - 3, "...");
	ck_assert_uint_eq((strlen(reasons.items[0].text) - 3) % 2, 0);
}
END_TEST

Suite *
suite_reasons(void)
{
	Suite *suite = suite_create("reasons");
	TCase *tc = tcase_create("reasons");

	tcase_add_loop_test(tc, test_texts, 0, ROWS(texts));
	tcase_add_test(tc, test_compliance_list);
	tcase_add_loop_test(tc, test_silence, 0, ROWS(silences));
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_reason_list);
	suite_add_tcase(suite, tc);
	return suite;
}
