/* Text from outside: what is let through, what is shown instead, widths. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/text.h"

/* Every code point comes back, and nothing else decodes. */
START_TEST(test_round_trip)
{
	char out[4];
	uint32_t back = 0, wrong = 0;

	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		size_t n = text_encode(code, out);

		bool surrogate = code >= 0xd800 && code < 0xe000;

		if (text_decode(out, n, &back) != n ||
		    back != (surrogate ? 0xfffd : code) ||
		    text_decode(out, n - 1, &back) != 0)
			wrong++;
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

static const char *const invalid[] = {
	"\x80",
	"\xbf",
	"\xc0\x80",
	"\xc1\xbf",
	"\xc2",
	"\xc2\x41",
	"\xe0\x80\x80",
	"\xe0\x9f\xbf",
	"\xed\xa0\x80",
	"\xed\xbf\xbf",
	"\xe2\x82",
	"\xe2\x28\xa1",
	"\xf0\x80\x80\x80",
	"\xf0\x8f\xbf\xbf",
	"\xf4\x90\x80\x80",
	"\xf5\x80\x80\x80",
	"\xfe",
	"\xff",
	"\xf0\x9f\x98",
};

START_TEST(test_invalid)
{
	uint32_t code = 7;

	ck_assert_uint_eq(
	    text_decode(invalid[_i], strlen(invalid[_i]), &code), 0);
	ck_assert_uint_eq(code, 7);
}
END_TEST

static const struct {
	const char *why, *in, *out;
} printables[] = {
	{ "plain", "abc \\ \"", "abc \\ \"" },
	{ "UTF-8", "gr\xc3\xbc\xc3\x9f \xe4\xb8\xad",
	    "gr\xc3\xbc\xc3\x9f "
	    "\xe4\xb8\xad" },
	{ "tab", "a\tb", "a b" },
	{ "lines", "a\r\nb", "a\\x0d\\x0ab" },
	{ "escape", "\033]0;x\007", "\\x1b]0;x\\x07" },
	{ "DEL", "\177", "\\x7f" },
	{ "C1 as UTF-8", "\xc2\x9b", "\\xc2\\x9b" },
	{ "raw C1", "\x9b", "\\x9b" },
	{ "overlong", "\xc0\xaf", "\\xc0\\xaf" },
	{ "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "cut sequence", "a\xe2\x82", "a\\xe2\\x82" },
	{ "bidi override",
	    "a\xe2\x80\xae"
	    "b",
	    "a\\u{202e}b" },
	{ "bidi isolate", "\xe2\x81\xa6", "\\u{2066}" },
	{ "zero width", "\xe2\x80\x8b\xef\xbb\xbf", "\\u{200b}\\u{feff}" },
	{ "soft hyphen", "\xc2\xad", "\\u{00ad}" },
	{ "line separator", "\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}" },
	{ "private use", "\xee\x80\x80", "\\u{e000}" },
	{ "unassigned", "\xcd\xb8", "\\u{0378}" },
	{ "noncharacter", "\xf4\x8f\xbf\xbf", "\\u{10ffff}" },
	{ "tag characters", "\xf3\xa0\x81\x81", "\\u{e0041}" },
	{ "fillers", "\xe3\x85\xa4\xef\xbe\xa0", "\\u{3164}\\u{ffa0}" },
	{ "two marks stay",
	    "e\xcc\x81\xcc\x81"
	    "f",
	    "e\xcc\x81\xcc\x81"
	    "f" },
	{ "the third goes",
	    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
	    "f\xcc\x81",
	    "e\xcc\x81\xcc\x81"
	    "f\xcc\x81" },
	{ "no mark at the start",
	    "\xcc\x81"
	    "f",
	    "\\u{0301}f" },
	{ "marks after a tab", "\t\xcc\x81", " \xcc\x81" },
};

START_TEST(test_printable)
{
	char out[200];
	size_t n = text_printable(
	    out, sizeof(out), printables[_i].in, strlen(printables[_i].in));

	ck_assert_msg(strcmp(out, printables[_i].out) == 0, "%s: %s",
	    printables[_i].why, out);
	ck_assert_uint_eq(n, strlen(out));
}
END_TEST

static const struct {
	const char *in;
	size_t size;
	const char *out;
} cuts[] = {
	{ "abcdef", 7, "abcdef" },
	{ "abcdef", 6, "ab..." },
	{ "abcdef", 4, "..." },
	{ "abcdef", 3, ".." },
	{ "abcdef", 1, "" },
	{ "", 1, "" },
	{ "a\xe4\xb8\xad\xe4\xb8\xad", 8, "a\xe4\xb8\xad\xe4\xb8\xad" },
	{ "a\xe4\xb8\xad\xe4\xb8\xad", 7, "a..." },
	{ "a\033b\033", 9, "a\\x1b..." },
	{ "a\033b\033", 8, "a..." },
};

START_TEST(test_cut)
{
	char out[16];

	memset(out, 'Z', sizeof(out));
	text_printable(out, cuts[_i].size, cuts[_i].in, strlen(cuts[_i].in));
	ck_assert_str_eq(out, cuts[_i].out);
	ck_assert_int_eq(out[cuts[_i].size], 'Z');
}
END_TEST

/* Whatever comes in and whatever the room: valid UTF-8, no control, fits. */
START_TEST(test_hostile)
{
	char in[64], out[80];
	unsigned random = 1;

	for (int round = 0; round < 100000; round++) {
		size_t len = (size_t)round % sizeof(in), n, took;
		size_t size = (size_t)round % 79 + 1;
		uint32_t code;

		for (size_t i = 0; i < len; i++) {
			random = random * 1664525u + 1013904223u;
			in[i] = (char)(random >> 24);
		}
		n = text_printable(out, size, in, len);
		ck_assert_uint_lt(n, size);
		ck_assert_uint_eq(n, strlen(out));
		for (size_t at = 0; at < n; at += took) {
			took = text_decode(out + at, n - at, &code);
			if (took == 0 || code < 0x20 || code == 0x7f)
				ck_abort_msg("round %d: %s", round, out);
		}
		ck_assert_uint_eq(text_fit(out, 1000), n);
	}
}
END_TEST

START_TEST(test_printable_kept)
{
	struct arena *arena = arena_new();
	char big[3000], *a, *b;

	memset(big, 1, sizeof(big));
	a = text_printable_dup(big, sizeof(big), 100000);
	ck_assert_uint_eq(strlen(a), 4 * sizeof(big));
	b = text_printable_arena(arena, big, sizeof(big), 100000);
	ck_assert_str_eq(a, b);
	free(a);
	a = text_printable_dup(big, sizeof(big), 10);
	ck_assert_str_eq(a, "\\x01...");
	ck_assert_str_eq(text_printable_arena(arena, big, sizeof(big), 10), a);
	free(a);
	ck_assert_str_eq(
	    text_printable_arena(arena, "ab\0c", 4, 7), "ab\\x00c");
	ck_assert_str_eq(text_printable_arena(arena, "ab\0c", 4, 6), "ab...");
	ck_assert_str_eq(text_printable_arena(arena, NULL, 0, 6), "");
	a = text_printable_dup("", 0, 0);
	ck_assert_str_eq(a, "");
	free(a);
	arena_free(arena);
}
END_TEST

static const struct {
	uint32_t code;
	int width;
} widths[] = {
	{ 'a', 1 },
	{ ' ', 1 },
	{ 0xe9, 1 },
	{ 0xa0, 1 },
	{ 0x301, 0 },
	{ 0x300, 0 },
	{ 0x2588, 1 }, /* full block */
	{ 0x2026, 1 }, /* ellipsis */
	{ 0x4e2d, 2 },
	{ 0x3000, 2 }, /* ideographic space */
	{ 0xac00, 2 }, /* Hangul */
	{ 0x1161, 0 },
	{ 0xff21, 2 },  /* full width A */
	{ 0xff71, 1 },  /* half width katakana */
	{ 0x1f600, 2 }, /* emoji */
	{ 0xfe0f, 0 },
	{ 0x200b, 0 },
	{ 0, 0 },
	{ 0x1b, 0 },
	{ 0x10ffff, 0 },
	{ 0x110000, 0 },
	{ 0xffffffff, 0 },
};

START_TEST(test_code_width)
{
	ck_assert_msg(text_code_width(widths[_i].code) == widths[_i].width,
	    "U+%04X", (unsigned)widths[_i].code);
}
END_TEST

START_TEST(test_width)
{
	const char *text = "a\xe4\xb8\xad"
			   "e\xcc\x81z";

	ck_assert_uint_eq(text_width(""), 0);
	ck_assert_uint_eq(text_width(text), 5);
	ck_assert_uint_eq(text_fit(text, 0), 0);
	ck_assert_uint_eq(text_fit(text, 1), 1);
	ck_assert_uint_eq(text_fit(text, 2), 1); /* half a character: none */
	ck_assert_uint_eq(text_fit(text, 3), 4);
	ck_assert_uint_eq(text_fit(text, 4), 7); /* the mark goes along */
	ck_assert_uint_eq(text_fit(text, 5), 8);
	ck_assert_uint_eq(text_fit(text, 50), 8);
}
END_TEST

START_TEST(test_ascii_case)
{
	char text[] = "MiXed \xc3\x84 123";

	ck_assert(text_equal_nocase("Gmail.COM", "gmail.com"));
	ck_assert(!text_equal_nocase("gmail.com", "gmail.co"));
	ck_assert(!text_equal_nocase("gmail.co", "gmail.com"));
	ck_assert(!text_equal_nocase("[", "{"));
	ck_assert(text_starts_nocase("V=SPF1 -all", "v=spf1"));
	ck_assert(!text_starts_nocase("v=s", "v=spf1"));
	ck_assert(text_ends_nocase("mx.GOOGLE.com", ".google.com"));
	ck_assert(!text_ends_nocase("com", ".google.com"));
	text_lower(text);
	ck_assert_str_eq(text, "mixed \xc3\x84 123");
}
END_TEST

START_TEST(test_distance)
{
	char text[40];

	ck_assert_uint_eq(text_distance("ptr", "ptr"), 0);
	ck_assert_uint_eq(text_distance("prt", "ptr"), 1);
	ck_assert_uint_eq(text_distance("pt", "ptr"), 1);
	ck_assert_uint_eq(text_distance("", "spf"), 3);
	ck_assert_uint_eq(text_distance("dkim", "dmarc"), 4);
	memset(text, 'x', sizeof(text));
	text[33] = '\0';
	ck_assert_uint_eq(text_distance(text, text), SIZE_MAX);
}
END_TEST

Suite *
suite_text(void)
{
	Suite *suite = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_set_timeout(tc, 60); /* valgrind */
	tcase_add_test(tc, test_round_trip);
	tcase_add_loop_test(tc, test_invalid, 0, ROWS(invalid));
	tcase_add_loop_test(tc, test_printable, 0, ROWS(printables));
	tcase_add_loop_test(tc, test_cut, 0, ROWS(cuts));
	tcase_add_test(tc, test_hostile);
	tcase_add_test(tc, test_printable_kept);
	tcase_add_loop_test(tc, test_code_width, 0, ROWS(widths));
	tcase_add_test(tc, test_width);
	tcase_add_test(tc, test_ascii_case);
	tcase_add_test(tc, test_distance);
	suite_add_tcase(suite, tc);
	return suite;
}
