/* What lines say of queue ids, kept in bounded memory. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mta/join.h"
#include "tests/unit/mta/suites.h"

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static void
put(struct join *join, const char *key, const char *text)
{
	join_put(join, span(key), span(text));
}

/* The text of a key, "?" when there is none; in static memory. */
static const char *
get(const struct join *join, const char *key)
{
	static char out[400];
	struct span text;

	if (!join_get(join, span(key), &text))
		return "?";
	snprintf(out, sizeof(out), "%.*s", (int)text.len, text.at);
	return out;
}

START_TEST(a_key_has_its_newest_text)
{
	struct join *join = join_new();

	ck_assert_str_eq(get(join, "AAAAA1"), "?");
	put(join, "AAAAA1", "a@b.test");
	put(join, "AAAAA2", "");
	put(join, "AAAAA12345678", "c@d.test");
	ck_assert_str_eq(get(join, "AAAAA1"), "a@b.test");
	ck_assert_str_eq(get(join, "AAAAA2"), "");
	ck_assert_str_eq(get(join, "AAAAA12345678"), "c@d.test");
	ck_assert_str_eq(get(join, "AAAAA"), "?");
	ck_assert_str_eq(get(join, "AAAAA1234567"), "?");
	put(join, "AAAAA1", "new@b.test");
	ck_assert_str_eq(get(join, "AAAAA1"), "new@b.test");
	join_free(join);
}
END_TEST

START_TEST(what_is_too_long)
{
	struct join *join = join_new();
	char key[100], text[1000];
	const char *kept;

	memset(key, 'k', sizeof(key));
	key[sizeof(key) - 1] = '\0';
	put(join, key, "x");
	ck_assert_str_eq(get(join, key), "?");
	put(join, "", "x");
	ck_assert_str_eq(get(join, ""), "?");
	/* Of a long address the end is kept: there is the domain. */
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 12, "@example.org", 12);
	join_put(join, span("AAAAA1"), (struct span){ text, sizeof(text) });
	kept = get(join, "AAAAA1");
	ck_assert_uint_lt(strlen(kept), 400);
	ck_assert_str_eq(kept + strlen(kept) - 12, "@example.org");
	join_free(join);
}
END_TEST

/* The oldest give way; what is told is never another key's. */
START_TEST(the_oldest_give_way)
{
	enum { MANY = 1000000, LAST = 20000 };
	struct join *join = join_new();
	char key[32], text[64];
	int i, lost = 0;

	for (i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "%X", i * 7);
		snprintf(text, sizeof(text), "user%d@example.org", i);
		put(join, key, text);
	}
	for (i = 0; i < MANY; i++) {
		const char *kept;

		snprintf(key, sizeof(key), "%X", i * 7);
		snprintf(text, sizeof(text), "user%d@example.org", i);
		kept = get(join, key);
		if (strcmp(kept, "?") != 0)
			ck_assert_str_eq(kept, text);
		else if (i >= MANY - LAST)
			lost++;
		if (i < MANY / 4)
			ck_assert_str_eq(kept, "?");
	}
	ck_assert_int_le(lost, LAST / 1000);
	join_free(join);
}
END_TEST

START_TEST(the_newest_are_saved)
{
	struct join *join = join_new(), *later = join_new();
	struct buf out = { 0 };
	char key[32];

	for (int i = 0; i < 10000; i++) {
		snprintf(key, sizeof(key), "KEY%d", i);
		put(join, key, i % 2 == 0 ? "n@example.org" : "");
	}
	join_save(join, &out, 4096);
	ck_assert_uint_le(out.len, 4096);
	ck_assert_uint_gt(out.len, 3000);
	join_load(later, out.data);
	ck_assert_str_eq(get(later, "KEY9999"), "");
	ck_assert_str_eq(get(later, "KEY9998"), "n@example.org");
	ck_assert_str_eq(get(later, "KEY9900"), "n@example.org");
	ck_assert_str_eq(get(later, "KEY1"), "?");
	buf_free(&out);
	join_free(join);
	join_free(later);
}
END_TEST

/* What is saved is found in the ring, which went round some times. */
START_TEST(the_newest_are_saved_whatever_was_before)
{
	/* All that is saved is within 40 of these. */
	enum { MANY = 400000, EVERY = 40, FROM = 100000 };
	struct join *join = join_new();
	struct buf out = { 0 };
	char key[32], line[128];

	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "K%d", i);
		put(join, key, "somebody@newsletters.example.org");
		/* One comes again and again: it is saved once. */
		put(join, "KAGAIN", i % 2 == 0 ? "a" : "b");
		if (i % EVERY != 0 || i < FROM)
			continue;
		out.len = 0;
		join_save(join, &out, 2000);
		snprintf(line, sizeof(line),
		    "\nK%d somebody@newsletters.example.org\nKAGAIN %c\n", i,
		    i % 2 == 0 ? 'a' : 'b');
		ck_assert_uint_gt(out.len, 1900);
		ck_assert_str_eq(out.data + out.len - strlen(line), line);
		ck_assert_ptr_eq(strstr(out.data, "KAGAIN"),
		    out.data + out.len - strlen("KAGAIN a\n"));
	}
	buf_free(&out);
	join_free(join);
}
END_TEST

Suite *
suite_join(void)
{
	Suite *suite = suite_create("join");
	TCase *tcase = tcase_create("join");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_key_has_its_newest_text);
	tcase_add_test(tcase, what_is_too_long);
	tcase_add_test(tcase, the_oldest_give_way);
	tcase_add_test(tcase, the_newest_are_saved);
	tcase_add_test(tcase, the_newest_are_saved_whatever_was_before);
	suite_add_tcase(suite, tcase);
	return suite;
}
