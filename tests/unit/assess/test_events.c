/* Changes in words. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "past.h"
#include "sendtop/standing.h"
#include "sendtop/text.h"

enum { EVENTS = 8 };

/* ok, no spam, go, high, polled */
static const struct standing fine = {
	.state = STANDING_OK,
	.band = SPAM_OK,
	.poll = POLL_OK,
	.spam_day = PAST_NEWEST,
	.spam_rate = 0.0002,
	.ceiling = 20000,
	.reputation = REPUTATION_HIGH,
	.ramp = RAMP_GO,
};

struct change {
	enum standing_state state;
	enum spam_band band;
	enum ramp_state ramp;
	enum reputation reputation;
	enum poll_state poll;
	const char *why;
};

static const struct {
	struct change before, after;
	const char *kind; /* of the one event; NULL: none */
	enum verdict verdict;
	bool begins;
	const char *text;
} rows[] = {
	{ { .why = "" }, { .why = "other" }, NULL, VERDICT_PASS, false, "" },
	{ { .why = "" },
	    { .state = STANDING_CRITICAL, .why = "ptr missing: 192.0.2.10" },
	    "state", VERDICT_FAIL, true,
	    "critical (was ok): ptr missing: 192.0.2.10" },
	{ { .state = STANDING_CRITICAL, .why = "x" },
	    { .state = STANDING_WARNING, .why = "" }, "state", VERDICT_WARN,
	    false, "warning (was critical)" },
	{ { .state = STANDING_UNKNOWN, .why = "x" }, { .why = "" }, "state",
	    VERDICT_PASS, false, "ok (was unknown)" },
	{ { .why = "" }, { .band = SPAM_WATCHED, .why = "" }, "spam_band",
	    VERDICT_WARN, true, "spam rate 0.02 % on Nov 19: watch (was ok)" },
	{ { .band = SPAM_VIOLATED, .why = "" },
	    { .band = SPAM_WATCHED, .why = "" }, "spam_band", VERDICT_WARN,
	    false, "spam rate 0.02 % on Nov 19: watch (was violation)" },
	{ { .band = SPAM_UNKNOWN, .why = "" },
	    { .band = SPAM_VIOLATED, .why = "" }, "spam_band", VERDICT_FAIL,
	    true, "spam rate 0.02 % on Nov 19: violation (was unknown)" },
	{ { .band = SPAM_UNKNOWN, .why = "" }, { .band = SPAM_OK, .why = "" },
	    "spam_band", VERDICT_PASS, false,
	    "spam rate 0.02 % on Nov 19: ok (was unknown)" },
	{ { .band = SPAM_WATCHED, .why = "" },
	    { .band = SPAM_UNKNOWN, .why = "" }, "spam_band", VERDICT_UNKNOWN,
	    false,
	    "spam rate is no longer known (was watch): Google withholds it: "
	    "too little mail" },
	{ { .why = "" }, { .ramp = RAMP_BACK_OFF, .why = "" }, "ramp",
	    VERDICT_WARN, true, "ramp back_off (was go): at most 20.0k a day" },
	{ { .ramp = RAMP_STOP, .why = "" }, { .ramp = RAMP_HOLD, .why = "" },
	    "ramp", VERDICT_NOTE, false,
	    "ramp hold (was stop): at most 20.0k a day" },
	/* Blind is graver than hold, less grave than back off. */
	{ { .ramp = RAMP_BLIND, .why = "" },
	    { .ramp = RAMP_BACK_OFF, .why = "" }, "ramp", VERDICT_WARN, true,
	    "ramp back_off (was blind): at most 20.0k a day" },
	{ { .ramp = RAMP_BLIND, .why = "" }, { .ramp = RAMP_HOLD, .why = "" },
	    "ramp", VERDICT_NOTE, false,
	    "ramp hold (was blind): at most 20.0k a day" },
	{ { .why = "" }, { .reputation = REPUTATION_LOW, .why = "" },
	    "reputation", VERDICT_WARN, true,
	    "reputation estimate low (was high)" },
	{ { .reputation = REPUTATION_BAD, .why = "" },
	    { .reputation = REPUTATION_MEDIUM, .why = "" }, "reputation",
	    VERDICT_NOTE, false, "reputation estimate medium (was bad)" },
	{ { .why = "" }, { .poll = POLL_DENIED, .why = "" }, "data",
	    VERDICT_NOTE, true,
	    "Postmaster gives no numbers: denied (was ok)" },
	{ { .poll = POLL_ERROR, .why = "" }, { .poll = POLL_OK, .why = "" },
	    "data", VERDICT_PASS, false,
	    "Postmaster gives numbers (was error)" },
};

/* poll and reputation left at 0 in a row mean what `fine` has. */
static struct standing
apply(const struct change *change)
{
	struct standing s = fine;

	s.state = change->state;
	s.band = change->band;
	s.ramp = change->ramp;
	s.data = change->band == SPAM_UNKNOWN ? DATA_WITHHELD : DATA_VALUE;
	if (change->reputation != REPUTATION_UNKNOWN)
		s.reputation = change->reputation;
	if (change->poll != POLL_NEVER)
		s.poll = change->poll;
	snprintf(s.why, sizeof(s.why), "%s", change->why);
	return s;
}

START_TEST(test_change)
{
	struct standing before = apply(&rows[_i].before);
	struct standing after = apply(&rows[_i].after);
	struct event_text events[EVENTS];
	size_t count = standing_events(&before, &after, events, EVENTS);

	ck_assert_uint_eq(count, rows[_i].kind != NULL);
	if (rows[_i].kind == NULL)
		return;
	ck_assert_str_eq(events[0].kind, rows[_i].kind);
	ck_assert_str_eq(events[0].text, rows[_i].text);
	ck_assert_int_eq(events[0].verdict, rows[_i].verdict);
	ck_assert_msg(events[0].begins == rows[_i].begins, "%s", rows[_i].text);
	ck_assert_uint_le(text_width(events[0].text), 80);
}
END_TEST

/* An estimate by the log alone, before Google was asked, is no change; when
 * Google was asked it is. */
START_TEST(test_first_estimate)
{
	struct standing before = fine, after = fine;
	struct event_text events[EVENTS];

	before.reputation = REPUTATION_UNKNOWN;
	before.poll = after.poll = POLL_NEVER;
	after.reputation = REPUTATION_MEDIUM;
	ck_assert_uint_eq(standing_events(&before, &after, events, EVENTS), 0);
	before.reputation = REPUTATION_HIGH;
	ck_assert_uint_eq(standing_events(&before, &after, events, EVENTS), 1);
	before.reputation = REPUTATION_UNKNOWN;
	before.poll = after.poll = POLL_OK;
	ck_assert_uint_eq(standing_events(&before, &after, events, EVENTS), 1);
}
END_TEST

/* What no probe has seen yet was not ok; a probe that finds nothing is no
 * event. */
START_TEST(test_first_probe)
{
	struct standing before = fine, after = fine;
	struct event_text events[EVENTS];

	after.probed_s = 1795304400;
	ck_assert_uint_eq(standing_events(&before, &after, events, EVENTS), 0);
	after.state = STANDING_CRITICAL;
	snprintf(after.why, sizeof(after.why), "dmarc missing");
	ck_assert_uint_eq(standing_events(&before, &after, events, EVENTS), 1);
	ck_assert_str_eq(
	    events[0].text, "critical at the first probe: dmarc missing");
	before.probed_s = 1795300800;
	ck_assert_uint_eq(standing_events(&before, &after, events, EVENTS), 1);
	ck_assert_str_eq(events[0].text, "critical (was ok): dmarc missing");
}
END_TEST

START_TEST(test_all)
{
	struct standing after = { .state = STANDING_CRITICAL,
		.band = SPAM_VIOLATED,
		.ramp = RAMP_STOP,
		.reputation = REPUTATION_BAD,
		.poll = POLL_ERROR,
		.ceiling = (double)NAN,
		.spam_rate = 0.004 };
	struct event_text events[EVENTS];

	ck_assert_uint_eq(standing_events(&fine, &after, events, EVENTS), 5);
	ck_assert_str_eq(events[2].text, "ramp stop (was go)");
	ck_assert_uint_eq(standing_events(&fine, &after, events, 2), 2);
	ck_assert_uint_eq(standing_events(NULL, &after, events, EVENTS), 0);
	ck_assert_uint_eq(standing_events(&fine, &fine, events, EVENTS), 0);
}
END_TEST

#define F(word, text)                                                   \
	{                                                               \
		.check = "ptr", .subject = "192.0.2.10",                \
		.verdict = VERDICT_##word, .reason = text, .detail = "" \
	}

static const struct finding found[] = {
	F(PASS, "ok"),
	F(FAIL, "missing"),
	F(UNKNOWN, "timeout"),
	F(WARN, "missing"),
	/* failed before it could not be told */
	{ .check = "ptr",
	    .subject = "192.0.2.10",
	    .verdict = VERDICT_UNKNOWN,
	    .reason = "timeout",
	    .detail = "",
	    .known_verdict = VERDICT_FAIL,
	    .known_reason = "missing",
	    .known_s = 1 },
};
enum { NO = -1, PASSED, FAILED, UNTOLD, WARNED, UNTOLD_FAILED };

static const struct {
	int before, after;
	enum verdict verdict;
	bool begins;
	const char *text;
} changes[] = {
	{ PASSED, FAILED, VERDICT_FAIL, true,
	    "ptr 192.0.2.10: missing (was ok)" },
	{ FAILED, PASSED, VERDICT_PASS, false,
	    "ptr 192.0.2.10: ok (was missing)" },
	{ NO, FAILED, VERDICT_FAIL, true, "ptr 192.0.2.10: missing" },
	{ NO, PASSED, VERDICT_PASS, false, "ptr 192.0.2.10: ok" },
	{ NO, UNTOLD, VERDICT_UNKNOWN, false,
	    "ptr 192.0.2.10: unknown, timeout" },
	{ FAILED, NO, VERDICT_NOTE, false,
	    "ptr 192.0.2.10: no longer there (was missing)" },
	{ PASSED, UNTOLD, VERDICT_UNKNOWN, false,
	    "ptr 192.0.2.10: unknown, timeout (was ok)" },
	{ UNTOLD, FAILED, VERDICT_FAIL, true,
	    "ptr 192.0.2.10: missing (was unknown, timeout)" },
	{ UNTOLD_FAILED, FAILED, VERDICT_FAIL, false,
	    "ptr 192.0.2.10: missing (was unknown, timeout)" },
	{ WARNED, FAILED, VERDICT_FAIL, true,
	    "ptr 192.0.2.10: missing is fail now (was warn)" },
	{ FAILED, WARNED, VERDICT_WARN, false,
	    "ptr 192.0.2.10: missing is warn now (was fail)" },
};

START_TEST(test_finding)
{
	struct event_text event;
	int before = changes[_i].before, after = changes[_i].after;

	ck_assert(finding_event(before < 0 ? NULL : &found[before],
	    after < 0 ? NULL : &found[after], &event));
	ck_assert_str_eq(event.kind, "finding");
	ck_assert_str_eq(event.text, changes[_i].text);
	ck_assert_int_eq(event.verdict, changes[_i].verdict);
	ck_assert_int_eq(event.begins, changes[_i].begins);
}
END_TEST

START_TEST(test_no_finding)
{
	struct event_text event;

	ck_assert(!finding_event(NULL, NULL, &event));
}
END_TEST

Suite *
suite_events(void)
{
	Suite *suite = suite_create("events");
	TCase *tc = tcase_create("events");

	tcase_add_loop_test(tc, test_change, 0, ROWS(rows));
	tcase_add_test(tc, test_first_estimate);
	tcase_add_test(tc, test_first_probe);
	tcase_add_test(tc, test_all);
	tcase_add_loop_test(tc, test_finding, 0, ROWS(changes));
	tcase_add_test(tc, test_no_finding);
	suite_add_tcase(suite, tc);
	return suite;
}
