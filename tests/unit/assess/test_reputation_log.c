/* The reputation estimate from replies in the own log. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

/* 10,000 attempts a day to yesterday, few complaints. */
#define CLEAN "log 39: 10000x41\nspam_rate 39: 0.0002x40\n"
/* Yesterday noon, in minutes before PAST_TODAY 01:00. */
#define DOMAIN "reply 780 low_reputation_domain reputation_domain 550/5.7.1 "
#define IP "reply 780 low_reputation_ip reputation_ip 550/5.7.1 "
#define IP_TEMP "reply 780 low_reputation_ip_temp reputation_ip 421/4.7.0 "
#define LIMIT "reply 780 rate_unsolicited_general rate_limit 421/4.7.28 "
#define CONTENT "reply 780 likely_spam content 550/5.7.1 "

static const struct {
	const char *rows;
	enum reputation estimate;
	const char *key, *text; /* of the first reason; NULL: not looked at */
} cases[] = {
	{ CLEAN, REPUTATION_HIGH, "clean", NULL },
	/* 0.1 % of the day's 10,000 attempts, 1 % when rejected for good. */
	{ CLEAN DOMAIN "9", REPUTATION_HIGH, "clean", NULL },
	{ CLEAN DOMAIN "10", REPUTATION_LOW, "reply_reputation_domain",
	    "0.100 % refused for low domain reputation on Nov 20 (550 5.7.1; "
	    ">= 0.10 %, own log)" },
	{ CLEAN DOMAIN "99", REPUTATION_LOW, "reply_reputation_domain", NULL },
	{ CLEAN DOMAIN "100", REPUTATION_BAD, "reply_reputation_domain",
	    "1.00 % rejected for low domain reputation on Nov 20 (550 5.7.1; "
	    ">= 1.00 %, own log)" },
	{ CLEAN IP "10", REPUTATION_LOW, "reply_reputation_ip", NULL },
	{ CLEAN IP "100", REPUTATION_BAD, "reply_reputation_ip", NULL },
	/* Deferrals make it low, however many. */
	{ CLEAN IP_TEMP "10", REPUTATION_LOW, "reply_reputation_ip", NULL },
	{ CLEAN IP_TEMP "5000", REPUTATION_LOW, "reply_reputation_ip", NULL },
	/* Rejects and deferrals add up for the lower line, on one day. */
	{ CLEAN IP "5\n" IP_TEMP "5", REPUTATION_LOW, "reply_reputation_ip",
	    NULL },
	{ CLEAN IP "5\nreply 2300 low_reputation_ip_temp reputation_ip "
		   "421/4.7.0 5",
	    REPUTATION_HIGH, "clean", NULL },
	/* A week with today, not more. */
	{ CLEAN "reply 8600 low_reputation_ip reputation_ip 550/5.7.1 900",
	    REPUTATION_BAD, "reply_reputation_ip", NULL },
	{ CLEAN "reply 10200 low_reputation_ip reputation_ip 550/5.7.1 900",
	    REPUTATION_HIGH, "clean", NULL },
	/* Without a day's attempts, or with few, there is no share. */
	{ "spam_rate 39: 0.0002x40\n" IP "900", REPUTATION_HIGH, "clean",
	    NULL },
	{ "log 39: 199x41\nspam_rate 39: 0.0002x40\n" IP "150", REPUTATION_HIGH,
	    "clean", NULL },
	/* Limits are seen at once. */
	{ CLEAN LIMIT "1", REPUTATION_MEDIUM, "limited_log",
	    "limited 1 time in 7 days, last on Nov 20 (421 4.7.28, own "
	    "log)" },
	{ CLEAN "reply 10200 rate_unsolicited_general rate_limit 421/4.7.28 9",
	    REPUTATION_HIGH, "clean", NULL },
	/* Few complaints beside rejects: nobody can complain in the spam
	 * folder. */
	{ CLEAN CONTENT "99", REPUTATION_HIGH, "clean", NULL },
	{ CLEAN CONTENT "100", REPUTATION_LOW, "spam_folder",
	    "spam 0.02 % beside 1.00 % rejected (own log): mail may go to spam "
	    "unseen" },
	/* Beside complaints, or where no rate is known, they are no better. */
	{ CLEAN "spam_rate 0: 0.0012\n" CONTENT "100", REPUTATION_LOW,
	    "rejected", "1.00 % rejected as spam or for reputation (own log)" },
	{ "log 39: 10000x41\n" CONTENT "100", REPUTATION_LOW, "rejected",
	    NULL },
	/* The reply is one that rejected, and deferred mail makes the share of
	 * what was rejected no smaller one. */
	{ CLEAN "log_deferred_count 39: 9000x41\n" IP "100\n" IP_TEMP "5000",
	    REPUTATION_BAD, "reply_reputation_ip",
	    "1.00 % rejected for low IP reputation on Nov 20 (550 5.7.1; >= "
	    "1.00 %, own log)" },
	/* Blocklists. */
	{ CLEAN "finding dnsbl 192.0.2.1@zen.test fail listed", REPUTATION_BAD,
	    "listed", "blocklisted: 192.0.2.1@zen.test" },
};

static bool
hides(const struct reputation_judgement *rep)
{
	size_t i;

	for (i = 0; i < rep->reasons.count; i++)
		if (strcmp(rep->reasons.items[i].key, "spam_folder") == 0)
			return true;
	return false;
}

START_TEST(test_cases)
{
	struct past *past = past_new(cases[_i].rows);
	struct reputation_judgement rep;

	reputation_assess(&past->h, &rep);
	ck_assert_msg(rep.estimate == cases[_i].estimate, "%s\n%s",
	    cases[_i].rows, reputation_name(rep.estimate));
	ck_assert_str_eq(rep.reasons.items[0].key, cases[_i].key);
	if (cases[_i].text != NULL)
		ck_assert_str_eq(rep.reasons.items[0].text, cases[_i].text);
	ck_assert_int_eq(rep.hidden_by_spam_folder, hides(&rep));
	past_free(past);
}
END_TEST

/* It is Google's reputation: what others say is no evidence of it.  What the
 * operator muted is none either. */
START_TEST(test_not_evidence)
{
	struct past *past = past_new(
	    CLEAN IP "900\n" LIMIT "900\n"
		     "finding dnsbl 192.0.2.1@zen.test fail listed\n"
		     "finding google.deliverability example.com fail x");
	struct reputation_judgement rep;

	past->replies[0].provider = "yahoo";
	past->replies[1].provider = "microsoft";
	past->findings[0].muted = past->findings[1].muted = true;
	reputation_assess(&past->h, &rep);
	ck_assert_int_eq(rep.estimate, REPUTATION_HIGH);
	past->findings[1].muted = false;
	reputation_assess(&past->h, &rep);
	ck_assert_int_eq(rep.estimate, REPUTATION_MEDIUM);
	past_free(past);
}
END_TEST

Suite *
suite_reputation_log(void)
{
	Suite *suite = suite_create("reputation_log");
	TCase *tc = tcase_create("reputation_log");

	tcase_add_loop_test(tc, test_cases, 0, ROWS(cases));
	tcase_add_test(tc, test_not_evidence);
	suite_add_tcase(suite, tc);
	return suite;
}
