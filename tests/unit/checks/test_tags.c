/* tags: RFC 6376 3.2 as a table. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sendtop/tags.h"
#include "suites.h"

static const struct {
	const char *text, *joined;
	bool problem;
} rows[] = {
	{ "a=1", "a=1", false },
	{ "a=1;", "a=1", false },
	{ "a=1; ", "a=1", false },
	{ " a = 1 ; b = 2 ", "a=1; b=2", false },
	{ "a=\r\n 1\r\n\t2;b=", "a=1\r\n\t2; b=", false },
	{ "a=1=2;b==", "a=1=2; b==", false },
	{ "A=1;a=2", "A=1; a=2", false },
	{ "a1_=x", "a1_=x", false },
	{ "", "", true },
	{ ";", "", true },
	{ "a", "", true },
	{ "=1", "", true },
	{ "1a=1", "", true },
	{ "a-b=1", "", true },
	{ "a b=1", "", true },
	{ "a=1;;b=2", "a=1; b=2", true },
	{ ";a=1", "a=1", true },
	{ "a=1;a=2", "a=1", true },
	{ "a=\001", "", true },
	{ "a=\xc3\xa9;b=1", "b=1", true },
};

START_TEST(test_parse)
{
	struct arena *arena = arena_new();
	struct tags tags;

	tags_parse(rows[_i].text, strlen(rows[_i].text), false, &tags);
	ck_assert_msg((tags.problem != NULL) == rows[_i].problem, "%s: %s",
	    rows[_i].text, tags.problem);
	ck_assert_str_eq(tags_join(&tags, arena), rows[_i].joined);
	arena_free(arena);
}
END_TEST

START_TEST(test_find)
{
	static const char text[] = "V=x; k=Rsa; h= sha1 : sha256";
	struct tags tags;

	tags_parse(text, strlen(text), false, &tags);
	ck_assert_ptr_null(tags_find(&tags, "v"));
	ck_assert(!tag_is(&tags, tags_find(&tags, "k"), "rsa"));
	tags_parse(text, strlen(text), true, &tags);
	ck_assert_ptr_nonnull(tags_find(&tags, "v"));
	ck_assert(tag_is(&tags, tags_find(&tags, "k"), "rsa"));
	ck_assert(!tag_is(&tags, NULL, "rsa"));
	ck_assert(tag_has(tags_find(&tags, "h"), "sha1"));
	ck_assert(tag_has(tags_find(&tags, "h"), "sha256"));
	ck_assert(!tag_has(tags_find(&tags, "h"), "sha"));
	ck_assert(!tag_has(NULL, "sha"));
}
END_TEST

START_TEST(test_set)
{
	static const char text[] = "v=1; x=2; y=3";
	struct arena *arena = arena_new();
	struct tags tags;

	tags_parse(text, strlen(text), false, &tags);
	tags_set(&tags, "x", NULL);
	tags_set(&tags, "gone", NULL);
	tags_set(&tags, "y", "4");
	tags_set(&tags, "z", "5");
	tags_set(&tags, "p", "none");
	ck_assert_str_eq(tags_join(&tags, arena), "v=1; p=none; y=4; z=5");
	arena_free(arena);
}
END_TEST

/* More tags than anyone writes: kept within bounds, and said. */
START_TEST(test_many)
{
	struct buf text = { 0 };
	struct tags tags;
	int i;

	for (i = 0; i < 20000; i++)
		buf_printf(&text, "t%d=%d;", i, i);
	tags_parse(text.data, text.len, false, &tags);
	ck_assert_uint_eq(tags.count, TAGS_MAX);
	ck_assert_str_eq(tags.problem, "too many tags");
	tags_set(&tags, "new", "1");
	ck_assert_uint_eq(tags.count, TAGS_MAX);
	buf_free(&text);
}
END_TEST

Suite *
suite_tags(void)
{
	Suite *suite = suite_create("tags");
	TCase *tc = tcase_create("tags");

	tcase_add_loop_test(tc, test_parse, 0, ROWS(rows));
	tcase_add_test(tc, test_find);
	tcase_add_test(tc, test_set);
	tcase_add_test(tc, test_many);
	suite_add_tcase(suite, tc);
	return suite;
}
