/* Records that are read once. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checks/spf_parts.h"
#include "suites.h"

static struct {
	struct arena *arena, *scratch;
	struct spf_shelf *shelf;
} s;

static void
setup(void)
{
	s.arena = arena_new();
	s.scratch = arena_new();
	s.shelf = spf_shelf_new(s.arena);
}

static void
teardown(void)
{
	arena_free(s.arena);
	arena_free(s.scratch);
}

/* From octets that are gone afterwards. */
static const struct spf_read *
read_text(const char *text)
{
	struct spf_span span = { strdup(text), strlen(text) };
	const struct spf_read *read = spf_read(s.shelf, s.scratch, span);

	memset((char *)(uintptr_t)span.s, 'x', span.len);
	free((char *)(uintptr_t)span.s);
	return read;
}

START_TEST(test_once)
{
	const struct spf_read *a = read_text("v=spf1 a:a.test -all");
	const struct spf_read *b = read_text("v=spf1 a:b.test -all");
	const struct spf_read *bad = read_text("v=spf1 a:b.test/99");

	ck_assert_ptr_ne(a, b);
	ck_assert_uint_eq(spf_shelf_count(s.shelf), 3);
	ck_assert_ptr_eq(read_text("v=spf1 a:a.test -all"), a);
	ck_assert_ptr_eq(read_text("v=spf1 a:b.test -all"), b);
	ck_assert_ptr_eq(read_text("v=spf1 a:b.test/99"), bad);
	ck_assert_uint_eq(spf_shelf_count(s.shelf), 3);
	arena_reset(s.scratch);
	ck_assert(a->good && b->good && !bad->good);
	ck_assert_uint_eq(bad->fault.at, 16);
	ck_assert_uint_eq(a->record.term_count, 2);
	ck_assert_mem_eq(a->record.terms[0].spec.s, "a.test", 6);
	ck_assert_mem_eq(b->record.terms[0].spec.s, "b.test", 6);
	ck_assert_mem_eq(a->record.text.s, "v=spf1 a:a.test -all", 20);
	/* One that begins like another is another. */
	ck_assert_ptr_ne(read_text("v=spf1 a:a.test"), a);
}
END_TEST

/* A stranger's records do not fill it. */
START_TEST(test_bounds)
{
	char text[2000] = "v=spf1";
	const struct spf_read *read;
	struct spf_span span = { text, 6 };
	size_t most, i;

	for (i = 0; i < 200; i++)
		read_text(arena_printf(s.scratch, "v=spf1 a:%zu.test", i));
	most = spf_shelf_count(s.shelf);
	ck_assert_uint_lt(most, 100);
	read = spf_read(s.shelf, s.scratch, span);
	ck_assert(read->good);
	ck_assert_ptr_eq(read->record.text.s, text);
	s.shelf = spf_shelf_new(s.arena);
	memset(text + 6, ' ', sizeof(text) - 6);
	span.len = sizeof(text);
	ck_assert(spf_read(s.shelf, s.scratch, span)->good);
	ck_assert_uint_eq(spf_shelf_count(s.shelf), 0);
}
END_TEST

START_TEST(test_without)
{
	struct spf_span span = { "v=spf1 -all", 11 };
	const struct spf_read *read = spf_read(NULL, s.scratch, span);

	ck_assert(read->good && read->record.has_all);
	ck_assert_ptr_ne(spf_read(NULL, s.scratch, span), read);
}
END_TEST

Suite *
suite_shelf(void)
{
	Suite *suite = suite_create("shelf");
	TCase *tc = tcase_create("shelf");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_once);
	tcase_add_test(tc, test_bounds);
	tcase_add_test(tc, test_without);
	suite_add_tcase(suite, tc);
	return suite;
}
