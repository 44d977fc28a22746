/* text_format: the same as printf, cut or whole. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/text.h"

enum { SIZE = 64 };

/* Both write into SIZE octets of which they are told `size`. */
static void both(size_t size, const char *fmt, ...) PRINTF(2, 3);

static void
both(size_t size, const char *fmt, ...)
{
	char ours[SIZE], theirs[SIZE];
	va_list args, again;
	size_t len;
	int expected;

	memset(ours, '#', sizeof(ours));
	memset(theirs, '#', sizeof(theirs));
	va_start(args, fmt);
	va_copy(again, args);
	len = text_format(ours, size, fmt, args);
	expected = vsnprintf(theirs, size, fmt, again);
	va_end(again);
	va_end(args);
	ck_assert_int_eq((int)len, expected);
	ck_assert_mem_eq(ours, theirs, sizeof(ours));
}

START_TEST(test_plain)
{
	size_t size = (size_t)_i;

	both(size, "no conversion");
	both(size, "%s", "");
	both(size, "%s", "text");
	both(size, "%s.%s", "selector", "_domainkey");
	both(size, "a%sb%sc", "1", "2");
	both(size, "%.*s|%.*s|%.*s", 3, "abcdef", 9, "xyz", 0, "none");
	both(size, "%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	both(size, "%u %u", 0U, UINT_MAX);
	both(size, "%zu of %zu", (size_t)0, SIZE_MAX);
	both(size, "octet %zu%s: %s", (size_t)17, " in x", "y");
}
END_TEST

/* Whatever else there is, also behind what is plain. */
START_TEST(test_other)
{
	size_t size = (size_t)_i;

	both(size, "%d%%", 40);
	both(size, "%s is %c, %5d, %-5s, %02x", "it", 'c', 42, "ab", 0x1fU);
	both(size, "%.3f after %s", 2.5, "all");
	both(size, "%s: %lld", "long", -5LL);
}
END_TEST

/* A precision means that there need not be a NUL. */
START_TEST(test_precise)
{
	char *text = malloc(4);

	ck_assert_ptr_nonnull(text);
	memcpy(text, "abcd", 4);
	both(SIZE, "%.*s.", 4, text);
	free(text);
}
END_TEST

Suite *
suite_format(void)
{
	Suite *suite = suite_create("format");
	TCase *tc = tcase_create("format");

	tcase_add_loop_test(tc, test_plain, 0, SIZE + 1);
	tcase_add_loop_test(tc, test_other, 0, SIZE + 1);
	tcase_add_test(tc, test_precise);
	suite_add_tcase(suite, tc);
	return suite;
}
