/* Numbers: strict reading, and writing for people. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>

#include "sendtop/text.h"

static const struct {
	const char *text;
	bool ok;
	int64_t value;
} ints[] = {
	{ "0", true, 0 },
	{ "007", true, 7 },
	{ "-5", true, -5 },
	{ "100", true, 100 },
	{ "101", false, 0 },
	{ "-6", false, 0 },
	{ "", false, 0 },
	{ "-", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "1.0", false, 0 },
	{ "0x10", false, 0 },
	{ "99999999999999999999999", false, 0 },
};

START_TEST(test_int)
{
	int64_t value = 77;

	ck_assert_msg(
	    text_to_int(ints[_i].text, -5, 100, &value) == ints[_i].ok, "%s",
	    ints[_i].text);
	ck_assert_int_eq(value, ints[_i].ok ? ints[_i].value : 77);
}
END_TEST

START_TEST(test_int_ends)
{
	int64_t value;

	ck_assert(text_to_int("9223372036854775807", 0, INT64_MAX, &value));
	ck_assert(value == INT64_MAX);
	ck_assert(!text_to_int("9223372036854775808", 0, INT64_MAX, &value));
	ck_assert(text_to_int("-9223372036854775808", INT64_MIN, 0, &value));
	ck_assert(value == INT64_MIN);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	double value;
} doubles[] = {
	{ "0.003", true, 0.003 },
	{ "0.0041000000201165676", true, 0.0041000000201165676 },
	{ "1e-3", true, 0.001 },
	{ "1E+2", true, 100 },
	{ "-0.5", true, -0.5 },
	{ ".5", true, 0.5 },
	{ "5.", true, 5 },
	{ "100", true, 100 },
	{ "100.0001", false, 0 },
	{ "1e999", false, 0 },
	{ "nan", false, 0 },
	{ "inf", false, 0 },
	{ "0x1p3", false, 0 },
	{ ".", false, 0 },
	{ "", false, 0 },
	{ "-", false, 0 },
	{ "1e", false, 0 },
	{ "1e+", false, 0 },
	{ "1 ", false, 0 },
	{ " 1", false, 0 },
	{ "1,5", false, 0 },
	{ "1.2.3", false, 0 },
};

START_TEST(test_double)
{
	double value = 77;

	ck_assert_msg(
	    text_to_double(doubles[_i].text, -1, 100, &value) == doubles[_i].ok,
	    "%s", doubles[_i].text);
	ck_assert(value == (doubles[_i].ok ? doubles[_i].value : 77));
}
END_TEST

static const struct {
	double count;
	const char *text;
} counts[] = {
	{ 0, "0" },
	{ 950, "950" },
	{ 999.4, "999" },
	{ 999.6, "1.0k" },
	{ 9800, "9.8k" },
	{ 48200, "48.2k" },
	{ 999949, "999.9k" },
	{ 999951, "1.0M" },
	{ 1.2e6, "1.2M" },
	{ 3e9, "3.0G" },
	{ 1e30, "1000000000000000.0P" },
	{ (double)NAN, "-" },
};

START_TEST(test_count)
{
	char out[40];

	ck_assert_str_eq(
	    text_count(out, sizeof(out), counts[_i].count), counts[_i].text);
}
END_TEST

static const struct {
	double ratio;
	const char *text;
} percents[] = {
	{ 0, "0.00" },
	{ 0.00021, "0.02" },
	{ 0.00079, "0.08" },
	{ 0.0008, "0.080" },
	{ 0.00099, "0.099" },
	{ 0.000996, "0.099" },
	{ 0.00099999, "0.099" },
	{ 0.001, "0.100" },
	{ (double)0.001f, "0.100" },
	{ 0.0010004, "0.100" },
	{ 0.0012, "0.120" },
	{ 0.00121, "0.12" },
	{ 0.0029996, "0.299" },
	{ 0.0029999999, "0.300" },
	{ 0.003, "0.300" },
	{ (double)0.003f, "0.300" },
	{ 0.00305, "0.305" },
	{ 0.00412, "0.41" },
	{ 0.9996, "99.96" },
	{ 1, "100.00" },
	{ (double)NAN, "-" },
};

START_TEST(test_percent)
{
	char out[40];

	ck_assert_str_eq(text_percent(out, sizeof(out), percents[_i].ratio),
	    percents[_i].text);
}
END_TEST

static const struct {
	int64_t seconds;
	const char *text;
} ages[] = {
	{ 0, "0 s" },
	{ 59, "59 s" },
	{ 60, "1 min" },
	{ 3599, "59 min" },
	{ 3600, "1 h" },
	{ 12000, "3 h 20 min" },
	{ 86399, "23 h 59 min" },
	{ 86400, "1 d" },
	{ 41 * 86400 + 5, "41 d" },
	{ -90, "-1 min" },
	{ INT64_MIN, "-106751991167300 d" },
};

START_TEST(test_age)
{
	char out[40];

	ck_assert_str_eq(
	    text_age(out, sizeof(out), ages[_i].seconds), ages[_i].text);
}
END_TEST

Suite *
suite_number(void)
{
	Suite *suite = suite_create("number");
	TCase *tc = tcase_create("number");

	tcase_add_loop_test(tc, test_int, 0, ROWS(ints));
	tcase_add_test(tc, test_int_ends);
	tcase_add_loop_test(tc, test_double, 0, ROWS(doubles));
	tcase_add_loop_test(tc, test_count, 0, ROWS(counts));
	tcase_add_loop_test(tc, test_percent, 0, ROWS(percents));
	tcase_add_loop_test(tc, test_age, 0, ROWS(ages));
	suite_add_tcase(suite, tc);
	return suite;
}
