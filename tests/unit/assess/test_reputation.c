/* The reputation estimate and its evidence. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/text.h"

#define CLEAN "spam_rate 39: 0.0002x40\n"

static const struct {
	const char *rows;
	enum reputation estimate;
	const char *text; /* of the first reason; NULL: none */
} rows[] = {
	{ "", REPUTATION_UNKNOWN, NULL },
	{ CLEAN, REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	/* Seven values make it, six do not; gaps prove nothing. */
	{ "spam_rate 6: 0.0009x7", REPUTATION_HIGH,
	    "all of 7 days below 0.10 %, nothing rejected for reputation" },
	{ "spam_rate 5: 0.0009x6", REPUTATION_UNKNOWN, NULL },
	{ "spam_rate 12: 0x4 - 0 - - 0 - 0", REPUTATION_HIGH,
	    "all of 7 days below 0.10 %, nothing rejected for reputation" },
	{ "spam_rate 39: 0x20", REPUTATION_UNKNOWN, NULL },
	/* 0.10 % once, within thirty days. */
	{ CLEAN "spam_rate 0: 0.000999", REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	{ CLEAN "spam_rate 0: 0.001", REPUTATION_MEDIUM,
	    "spam rate >= 0.10 % on 1 of 30 days, last on Nov 19" },
	{ CLEAN "spam_rate 29: 0.001", REPUTATION_MEDIUM,
	    "spam rate >= 0.10 % on 1 of 30 days, last on Oct 21" },
	{ CLEAN "spam_rate 30: 0.001", REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	/* 0.10 % on four of seven days. */
	{ CLEAN "spam_rate 2: 0.0012x3", REPUTATION_MEDIUM,
	    "spam rate >= 0.10 % on 3 of 30 days, last on Nov 19" },
	{ CLEAN "spam_rate 6: 0.0012 - 0.0012 - 0.0012 - 0.0012",
	    REPUTATION_LOW, "spam rate >= 0.10 % on 4 of 7 days" },
	/* 0.30 % once, and on three of seven. */
	{ CLEAN "spam_rate 6: 0.003", REPUTATION_LOW,
	    "spam rate >= 0.30 % on Nov 13" },
	{ CLEAN "spam_rate 7: 0.003", REPUTATION_MEDIUM,
	    "spam rate >= 0.10 % on 1 of 30 days, last on Nov 12" },
	{ CLEAN "spam_rate 1: 0.003x2", REPUTATION_LOW,
	    "spam rate >= 0.30 % on Nov 19" },
	{ CLEAN "spam_rate 6: 0.003 - - 0.003 - - 0.003", REPUTATION_BAD,
	    "spam rate >= 0.30 % on 3 of 7 days" },
	/* Rejects for reputation. */
	{ CLEAN "reject_low_domain_reputation_rate 3: 0.00099", REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	{ CLEAN "reject_low_domain_reputation_rate 6: 0.001", REPUTATION_LOW,
	    "rejected: low domain reputation: 0.100 % on Nov 13" },
	{ CLEAN "reject_low_ip_reputation_rate 0: 0.0099", REPUTATION_LOW,
	    "rejected: low IP reputation: 0.99 % on Nov 19" },
	{ CLEAN "reject_low_ip_reputation_rate 7: 0.5", REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	{ "reject_low_ip_reputation_rate 0: 0.01", REPUTATION_BAD,
	    "rejected: low IP reputation: 1.00 % on Nov 19" },
	/* Limits. */
	{ CLEAN "temp_fail_anomalous_traffic_pattern_rate 2: 0.0005",
	    REPUTATION_MEDIUM,
	    "limited for unusual traffic: 0.05 % on Nov 17" },
	{ CLEAN "temp_fail_anomalous_traffic_pattern_rate 2: 0",
	    REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	/* Google's own verdict, blocklists. */
	{ CLEAN "finding google.deliverability example.com fail needs_work "
		"SMTP_ERRORS_HIGH",
	    REPUTATION_MEDIUM,
	    "Google's deliverability verdict: SMTP_ERRORS_HIGH" },
	{ CLEAN "finding google.deliverability example.com fail needs_work",
	    REPUTATION_MEDIUM, "Google's deliverability verdict: needs_work" },
	{ CLEAN "finding google.deliverability example.com fail needs_work "
		"MESSAGE_VOLUME_LOW",
	    REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	{ CLEAN "finding google.deliverability example.com pass compliant",
	    REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
	{ CLEAN "finding dnsbl 192.0.2.1@zen.example fail listed",
	    REPUTATION_BAD, "blocklisted: 192.0.2.1@zen.example" },
	{ CLEAN "finding dnsbl 192.0.2.1@zen.example skip refused",
	    REPUTATION_HIGH,
	    "all of 14 days below 0.10 %, nothing rejected for reputation" },
};

START_TEST(test_estimate)
{
	struct past *past = past_new(rows[_i].rows);
	struct reputation_judgement rep;

	reputation_assess(&past->h, &rep);
	ck_assert_msg(rep.estimate == rows[_i].estimate, "%s: %s",
	    rows[_i].rows, reputation_name(rep.estimate));
	ck_assert_int_eq(rep.reasons.count > 0, rows[_i].text != NULL);
	if (rows[_i].text != NULL) {
		ck_assert_str_eq(rep.reasons.items[0].text, rows[_i].text);
		ck_assert_uint_le(text_width(rows[_i].text), 80);
	}
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	bool hidden;
} folders[] = {
	{ CLEAN "reject_spammy_content_rate 0: 0.01", true },
	{ CLEAN "reject_spammy_content_rate 0: 0.0099", false },
	{ CLEAN "reject_low_domain_reputation_rate 5: 0.06", true },
	{ CLEAN "reject_bad_attachment_rate 0: 0.5", false },
	/* The rate itself tells already. */
	{ "spam_rate 39: 0.001x40\nreject_spammy_content_rate 0: 0.06", false },
	/* An old rate tells nothing of today. */
	{ "spam_rate 7: 0.0001\nreject_spammy_content_rate 0: 0.06", false },
};

START_TEST(test_folder)
{
	struct past *past = past_new(folders[_i].rows);
	struct reputation_judgement rep;

	reputation_assess(&past->h, &rep);
	ck_assert_msg(rep.hidden_by_spam_folder == folders[_i].hidden, "%s",
	    folders[_i].rows);
	past_free(past);
}
END_TEST

START_TEST(test_folder_text)
{
	struct past *past = past_new(
	    CLEAN "reject_spammy_content_rate 0: 0.06");
	struct reputation_judgement rep;

	reputation_assess(&past->h, &rep);
	ck_assert_int_eq(rep.estimate, REPUTATION_LOW);
	ck_assert_str_eq(rep.reasons.items[0].text,
	    "spam 0.02 % beside 6.00 % rejected (Postmaster): mail may go to spam "
	    "unseen");
	past_free(past);
}
END_TEST

Suite *
suite_reputation(void)
{
	Suite *suite = suite_create("reputation");
	TCase *tc = tcase_create("reputation");

	tcase_add_loop_test(tc, test_estimate, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_folder, 0, ROWS(folders));
	tcase_add_test(tc, test_folder_text);
	suite_add_tcase(suite, tc);
	return suite;
}
