/* Records as lines to paste: whatever the width, they stay that record. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cures.h"
#include "master.h"
#include "sendtop/mem.h"
#include "sendtop/paste.h"
#include "sendtop/text.h"
#include "suites.h"

enum { NARROW = 40, WIDE = 200, ROUNDS = 400, OCTETS_MOST = 900 };

#define A20 "aaaaaaaaaaaaaaaaaaaa"
#define A80 A20 A20 A20 A20

static const struct {
	const char *cure, *lines;
} shapes[] = {
	{ "a.test. IN TXT \"v=spf1 -all\" ; was \"v=spf1 +all\"",
	    "a.test. IN TXT \"v=spf1 -all\" ; was \"v=spf1 +all\"\n" },
	/* What was is a remark on a line of its own. */
	{ "a.test. IN TXT \"v=spf1 ip4:192.0.2.1 -all\" ; was \"v=spf1 "
	  "ip4:192.0.2.1; ~all\"",
	    "a.test. IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
	    "; was \"v=spf1 ip4:192.0.2.1; ~all\"\n" },
	/* Brackets, and strings that end in their blank. */
	{ "a.test. IN TXT \"v=spf1 include:" A20 ".test include:" A20
	  ".test -all\" ; was \"" A80 "\"",
	    "a.test. IN TXT ( \"v=spf1 include:" A20 ".test \"\n"
	    "  \"include:" A20 ".test -all\" )\n"
	    "; was\n; \"" A20 A20 A20 "aaaaaaa\n; aaaaaaaaaaaaa\"\n" },
	/* Two strings of one record become others; escapes stay whole. */
	{ "a.test. IN TXT \"p=" A80 "\" \"\\\"" A20 "\\200\"",
	    "a.test. IN TXT ( \"p=" A20 A20 "aaaaaaa\"\n  \"" A20
	    "aaaaaaaaaaaaa\\\"" A20 "\\200\" )\n" },
	/* An owner that leaves no room. */
	{ A20 "." A20 ".example.test. IN TXT \"v=DMARC1; p=none\"",
	    A20 "." A20 ".example.test. IN TXT (\n  \"v=DMARC1; p=none\" )\n" },
	{ A20 "." A20 "." A20 ".test. IN TXT \"v=DMARC1; p=none\"",
	    A20 "." A20 "." A20 ".test. (\n  IN TXT\n  \"v=DMARC1; p=none\" "
		")\n" },
	{ A20 "." A20 "." A20 ".test. IN PTR b.test. ; was c.test.",
	    A20 "." A20 "." A20
		".test. (\n  IN PTR b.test. )\n; was c.test.\n" },
	{ "_25._tcp.mx.test. IN TLSA 3 1 1 " A20 A20 A20 "aaaa",
	    "_25._tcp.mx.test. IN TLSA (\n  3 1 1\n  " A20 A20 A20 "aaaa )\n" },
};

START_TEST(test_shape)
{
	char *lines = paste_lines(shapes[_i].cure, 70);

	ck_assert(paste_is_record(shapes[_i].cure));
	ck_assert_str_eq(lines, shapes[_i].lines);
	free(lines);
}
END_TEST

/* Words for people, and what would not be one record. */
static const char *const others[] = {
	"",
	"Publish an SPF record",
	"mode: enforce ; was mode: testing, in https://mta-sts.example.test/",
	"openssl genpkey ; publish its public half at a.test. IN TXT \"x\"",
	"Ask a.test. IN TIME",
	"a.test IN TXT \"x\"",
	"a.test. TXT \"x\"",
	"a.test. IN TXT",
	"a.test. IN TXT ",
	"a.test. IN TXT ; \"x\"",
	"a.test. IN TXT \"x",
	"a.test. IN MX 10 b).test.",
	"a(.test. IN MX 10 b.test.",
	"a;b.test. IN A 192.0.2.1",
	"a\"b\".test. IN A 192.0.2.1",
	"$INCLUDE.test. IN A 192.0.2.1",
};

START_TEST(test_other)
{
	ck_assert_msg(!paste_is_record(others[_i]), "%s", others[_i]);
	ck_assert_ptr_null(paste_lines(others[_i], 10));
}
END_TEST

/* Only a name, which cannot be cut, makes a line wider. */
static bool
has_name(const char *line, size_t width)
{
	const char *word = line + strspn(line, " ");
	size_t len = strcspn(word, " ");

	return len + strlen("   )") > width && word[0] != '"' &&
	    word[0] != ';' && memchr(word, '.', len) != NULL;
}

static void
check_width(const char *lines, size_t width)
{
	const char *line = lines, *end;

	for (; *line != '\0'; line = end + 1) {
		char *text;

		end = strchr(line, '\n');
		ck_assert_ptr_nonnull(end);
		text = mem_ndup(line, (size_t)(end - line));
		ck_assert_msg(
		    text_width(text) <= width || has_name(text, width),
		    "%zu columns: %s", width, text);
		ck_assert_msg(end == line || end[-1] != ' ', "%s|", text);
		free(text);
	}
}

static void
check_cure(const char *cure)
{
	char *whole = master_read(cure);

	for (size_t width = 0; width <= WIDE; width++) {
		char *lines = paste_lines(cure, width), *read;

		ck_assert_ptr_nonnull(lines);
		read = master_read(lines);
		ck_assert_msg(strcmp(read, whole) == 0,
		    "%zu columns:\n%s\n%s\n%s", width, lines, read, whole);
		if (width >= NARROW)
			check_width(lines, width);
		free(read);
		free(lines);
	}
	free(whole);
}

START_TEST(test_every_width)
{
	check_cure(cures[_i]);
}
END_TEST

/* --- anything --------------------------------------------------------------------- */

static unsigned
next(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

/* A character-string's octets as a cure has them. */
static void
add_octets(struct buf *out, unsigned *seed, unsigned most)
{
	static const char usual[] = "abcdefgh0123=:;./ \"\\()$@";
	unsigned count = next(seed, most + 1), c;

	buf_char(out, '"');
	for (unsigned i = 0; i < count; i++) {
		c = (unsigned char)usual[next(seed, sizeof(usual) - 1)];
		if (i > 0 && i % 255 == 0)
			buf_str(out, "\" \"");
		if (next(seed, 9) == 0)
			buf_printf(out, "\\%03u", next(seed, 256));
		else
			buf_printf(out, "%s%c",
			    c == '"' || c == '\\' ? "\\" : "", (int)c);
	}
	buf_char(out, '"');
}

START_TEST(test_anything)
{
	unsigned seed = (unsigned)_i;
	struct buf cure = { 0 };

	for (int i = 0; i < ROUNDS; i++) {
		size_t width = next(&seed, 300);
		char *lines, *read, *whole;

		for (unsigned n = next(&seed, 4) + 1; n > 0; n--)
			buf_printf(&cure, "x\\.x\\032%.*s.",
			    (int)next(&seed, 60), A80);
		buf_str(&cure, "test. IN TXT ");
		add_octets(&cure, &seed, OCTETS_MOST);
		if (next(&seed, 2) == 0) {
			buf_str(&cure, " ; was ");
			add_octets(&cure, &seed, OCTETS_MOST / 4);
		}
		lines = paste_lines(cure.data, width);
		ck_assert_ptr_nonnull(lines);
		read = master_read(lines);
		whole = master_read(cure.data);
		ck_assert_msg(strcmp(read, whole) == 0, "%zu columns:\n%s\n%s",
		    width, cure.data, lines);
		free(lines);
		free(read);
		free(whole);
		buf_free(&cure);
	}
}
END_TEST

/* A string has 255 octets at most, however wide the line is. */
START_TEST(test_long_strings)
{
	struct buf cure = { 0 };
	char *lines, *read;

	buf_str(&cure, "a.test. IN TXT \"");
	for (int i = 0; i < 3; i++)
		buf_str(&cure, i > 0 ? "\" \"" A80 A80 A80 : A80 A80 A80);
	buf_str(&cure, "\"");
	lines = paste_lines(cure.data, 600);
	read = master_read(lines);
	ck_assert_ptr_nonnull(strchr(lines, '('));
	free(read);
	free(lines);
	buf_free(&cure);
}
END_TEST

Suite *
suite_paste(void)
{
	Suite *suite = suite_create("paste");
	TCase *tc = tcase_create("paste");

	tcase_add_loop_test(tc, test_shape, 0, ROWS(shapes));
	tcase_add_loop_test(tc, test_other, 0, ROWS(others));
	tcase_add_loop_test(tc, test_every_width, 0, ROWS(cures));
	tcase_add_loop_test(tc, test_anything, 0, 4);
	tcase_add_test(tc, test_long_strings);
	suite_add_tcase(suite, tc);
	return suite;
}
