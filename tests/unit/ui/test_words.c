/* Words, numbers and advice: what must never be said wrongly. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "suites.h"
#include "ui/advice.h"
#include "ui/glyph.h"

/* Rounding never carries a rate over a line, nor its colour. */
static const struct {
	double ratio;
	const char *text;
	enum role role;
} rates[] = {
	{ 0, "0.00 %", ROLE_GOOD },
	{ 0.000999, "0.099 %", ROLE_GOOD },
	{ 0.00099999, "0.099 %", ROLE_GOOD },
	{ 0.001, "0.100 %", ROLE_WARN },
	{ 0.0029999, "0.299 %", ROLE_WARN },
	{ 0.003, "0.300 %", ROLE_BAD },
	{ (double)0.003f, "0.300 %", ROLE_BAD },
	{ 0.00412, "0.41 %", ROLE_BAD },
	{ 1, "100.00 %", ROLE_BAD },
	{ (double)NAN, "-", ROLE_DIM },
};

START_TEST(percent)
{
	char text[WORD_SIZE];

	ck_assert_str_eq(word_percent(text, rates[_i].ratio), rates[_i].text);
	ck_assert_int_eq(role_rate(rates[_i].ratio), rates[_i].role);
}
END_TEST

START_TEST(numbers)
{
	char text[WORD_SIZE];

	ck_assert_str_eq(word_volume(text, 48200, VOLUME_TLS), "~48.2k");
	ck_assert_str_eq(word_volume(text, 48200, VOLUME_LOG), "48.2k");
	ck_assert_str_eq(word_volume(text, 48200, VOLUME_NONE), "-");
	ck_assert_str_eq(word_volume(text, (double)NAN, VOLUME_TLS), "-");
	ck_assert_str_eq(word_growth(text, 2.44), "x2.4");
	ck_assert_str_eq(word_growth(text, (double)NAN), "-");
	ck_assert_str_eq(word_growth(text, 1e300), "x9999");
	ck_assert_str_eq(word_growth_exact(text, 2), "x2.0");
	ck_assert_str_eq(word_growth_exact(text, 1.75), "x1.75");
	ck_assert_str_eq(word_growth_exact(text, 1.4), "x1.4");
	ck_assert_str_eq(word_growth_exact(text, 1e300), "x9999");
	ck_assert_str_eq(word_growth_exact(text, (double)NAN), "-");
	ck_assert_int_eq(sign_trend(0.001), '^');
	ck_assert_int_eq(sign_trend(-0.001), 'v');
	ck_assert_int_eq(sign_trend(0.00001), ' ');
	ck_assert_int_eq(sign_trend((double)NAN), ' ');
}
END_TEST

START_TEST(whole_numbers)
{
	char text[WORD_SIZE];

	ck_assert_str_eq(word_number(text, 0), "0");
	ck_assert_str_eq(word_number(text, 999), "999");
	ck_assert_str_eq(word_number(text, 12000), "12,000");
	ck_assert_str_eq(word_number(text, 1234567.4), "1,234,567");
	ck_assert_str_eq(word_number(text, (double)NAN), "-");
	ck_assert_str_eq(word_number(text, -1), "-");
	ck_assert_str_eq(word_number(text, 1e300), "-");
}
END_TEST

/* What was never asked for is to come, and no error. */
START_TEST(never_polled)
{
	struct plot_point points[3];
	struct fixture f;

	fixture_init(&f, "never");
	points_metric(&f.model.view->history, METRIC_SPAM_RATE,
	    f.model.view->history.today, 3, points);
	ck_assert_int_eq(points[1].state, DATA_PENDING);
	points_volume(
	    &f.model.view->history, f.model.view->history.today, 3, points);
	ck_assert_int_eq(points[1].state, DATA_PENDING);
	ck_assert_str_eq(word_gap(POLL_NEVER, DATA_ERROR), "unpolled");
	ck_assert_str_eq(word_gap(POLL_ERROR, DATA_ERROR), "error");
	fixture_fini(&f);
	fixture_init(&f, "error");
	points_metric(&f.model.view->history, METRIC_SPAM_RATE,
	    f.model.view->history.today, 3, points);
	ck_assert_int_eq(points[1].state, DATA_ERROR);
	fixture_fini(&f);
}
END_TEST

/* Each state of a number has a sign of its own, in ASCII too. */
START_TEST(states)
{
	for (int a = DATA_WITHHELD; a <= DATA_ERROR; a++)
		for (int b = a + 1; b <= DATA_ERROR; b++)
			ck_assert_str_ne(glyph_state((enum data_state)a),
			    glyph_state((enum data_state)b));
	ck_assert_int_eq(glyph_ascii(0xb7), '.');
	ck_assert_int_eq(glyph_ascii(0x1f600), '?');
}
END_TEST

static size_t
advise(const char *story, struct advice *items)
{
	struct fixture f;
	size_t count;

	fixture_init(&f, story);
	count = advice_make(&f.model, items, ADVICE_MOST);
	fixture_fini(&f);
	return count;
}

/* The pager's question: what first?  Then every failing thing with its cure,
 * and Google's own only after what sendtop can prove. */
START_TEST(advice_order)
{
	static const char *const starts[] = { "Stop: send nothing more",
		"Pause the campaign with feedback id camp2: 0.90 %",
		"ptr 192.0.2.10 missing:",
		"spf too_many_lookups: Publish an SPF",
		"Google says dns_records needs work", "dkim s2 testing" };
	struct advice items[ADVICE_MOST];
	size_t count = advise("rising", items);

	ck_assert_uint_eq(count, sizeof(starts) / sizeof(*starts));
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(
		    strncmp(items[i].text, starts[i], strlen(starts[i])) == 0,
		    "%s", items[i].text);
	ck_assert_uint_eq(advise("healthy", items), 0);
}
END_TEST

START_TEST(advice_denied)
{
	struct advice items[ADVICE_MOST];
	size_t count = advise("denied", items);

	ck_assert_uint_ge(count, 1);
	ck_assert_ptr_nonnull(strstr(items[count - 1].text, "no permission"));
	count = advise("error", items);
	ck_assert_ptr_nonnull(strstr(items[count - 1].text, "503"));
}
END_TEST

/* Minutes count: the clock comes first.  What is muted is not advised, and
 * what needs no account is said to who has none. */
START_TEST(advice_now)
{
	struct advice items[ADVICE_MOST];
	struct view_head head;
	struct fixture f;
	size_t count = advise("limited", items);

	ck_assert_uint_ge(count, 1);
	ck_assert_ptr_nonnull(strstr(items[0].text, "until 23:48"));
	ck_assert_ptr_nonnull(strstr(items[0].text, "dkim bulk.example.net"));
	for (size_t i = 0; i < count; i++)
		ck_assert_ptr_null(strstr(items[i].text, "bimi"));
	fixture_init(&f, "never");
	head = *f.model.head;
	head.connected = false;
	f.model.head = &head;
	ck_assert_uint_eq(advice_make(&f.model, items, ADVICE_MOST), 1);
	ck_assert_ptr_nonnull(strstr(items[0].text, "sendtop login"));
	fixture_fini(&f);
}
END_TEST

/* A limit that is over asks for nothing. */
START_TEST(advice_after)
{
	struct advice items[ADVICE_MOST];
	struct fixture f;
	struct view view;
	size_t count, i;

	fixture_init(&f, "limited");
	view = *f.model.view;
	view.history.now_s += 12 * 60;
	f.model.view = &view;
	ck_assert_uint_ge(advice_make(&f.model, items, ADVICE_MOST), 1);
	ck_assert_ptr_nonnull(strstr(items[0].text, "At most 5 connections"));
	view.history.now_s += 60 * 60;
	count = advice_make(&f.model, items, ADVICE_MOST);
	for (i = 0; i < count; i++)
		ck_assert_msg(strstr(items[i].text, "At most") == NULL, "%s",
		    items[i].text);
	fixture_fini(&f);
}
END_TEST

START_TEST(advice_bounded)
{
	struct fixture f;
	struct advice items[2];

	fixture_init(&f, "rising");
	ck_assert_uint_eq(advice_make(&f.model, items, 2), 2);
	ck_assert_uint_eq(advice_make(&f.model, items, 0), 0);
	fixture_fini(&f);
}
END_TEST

/* Google's fault is not shown as ours, and advice only warns. */
START_TEST(own_verdicts)
{
	struct requirement_judgement r = { .verdict = VERDICT_FAIL,
		.ours = VERDICT_PASS };

	ck_assert_int_eq(own_verdict(&r), VERDICT_PASS);
	r.ours = VERDICT_FAIL;
	ck_assert_int_eq(own_verdict(&r), VERDICT_FAIL);
	r.verdict = VERDICT_WARN;
	ck_assert_int_eq(own_verdict(&r), VERDICT_WARN);
}
END_TEST

/* Each says one thing, once. */
static const struct {
	struct store_request request;
	const char *text;
} requests[] = {
	{ { .kind = REQUEST_POLL,
	      .domain = "",
	      .state = REQUEST_DONE,
	      .result = "19 domains, numbers to Nov 20" },
	    "poll of Postmaster done: 19 domains, numbers to Nov 20" },
	{ { .kind = REQUEST_POLL,
	      .domain = "",
	      .state = REQUEST_FAILED,
	      .result = "no token" },
	    "poll of Postmaster failed: no token" },
	{ { .kind = REQUEST_PROBE,
	      .domain = "a.test",
	      .state = REQUEST_DONE,
	      .result = "" },
	    "probe of a.test done" },
	{ { .kind = REQUEST_PROBE,
	      .domain = "a.test",
	      .state = REQUEST_FAILED,
	      .result = "cancelled before it began" },
	    "probe of a.test cancelled before it began" },
	{ { .kind = REQUEST_PROBE,
	      .domain = "",
	      .state = REQUEST_RUNNING,
	      .result = "" },
	    "probe of all domains runs" },
};

START_TEST(requests_told)
{
	char text[SENTENCE_SIZE];

	ck_assert_str_eq(
	    word_request(text, &requests[_i].request), requests[_i].text);
}
END_TEST

Suite *
words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *c = tcase_create("words");

	tcase_add_loop_test(
	    c, percent, 0, (int)(sizeof(rates) / sizeof(*rates)));
	tcase_add_test(c, numbers);
	tcase_add_test(c, whole_numbers);
	tcase_add_test(c, never_polled);
	tcase_add_test(c, own_verdicts);
	tcase_add_loop_test(
	    c, requests_told, 0, (int)(sizeof(requests) / sizeof(*requests)));
	tcase_add_test(c, states);
	tcase_add_test(c, advice_order);
	tcase_add_test(c, advice_denied);
	tcase_add_test(c, advice_now);
	tcase_add_test(c, advice_after);
	tcase_add_test(c, advice_bounded);
	suite_add_tcase(suite, c);
	return suite;
}
