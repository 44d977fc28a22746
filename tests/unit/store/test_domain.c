/* Domains: added, dropped, updated, listed. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sendtop/day.h"
#include "tests/unit/store/support.h"

START_TEST(test_add)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct error err;
	int64_t first = 0, again = 0;

	must(store_domain_add(store, "mail.example.com", FROM_POSTMASTER, NULL,
		 &first, &err),
	    &err);
	must(store_domain_add(store, "mail.example.com", FROM_SETTINGS, "Prod",
		 &again, &err),
	    &err);
	ck_assert_int_eq(again, first);
	must(store_domain_get(store, "mail.example.com", arena, &domain, &err),
	    &err);
	ck_assert_int_eq(domain.id, first);
	ck_assert_uint_eq(domain.sources, FROM_POSTMASTER | FROM_SETTINGS);
	ck_assert_str_eq(domain.registrable, "example.com");
	ck_assert_str_eq(domain.tag, "Prod");
	ck_assert_int_eq(domain.poll, POLL_NEVER);
	ck_assert_int_eq(domain.asked_first, DAY_NONE);
	ck_assert_int_eq(domain.asked_last, DAY_NONE);
	ck_assert_int_eq(domain.probed_s, 0);
	/* No tag given leaves the one there is. */
	must(store_domain_add(
		 store, "mail.example.com", FROM_USER, NULL, NULL, &err),
	    &err);
	must(store_domain_get(store, "mail.example.com", arena, &domain, &err),
	    &err);
	ck_assert_str_eq(domain.tag, "Prod");
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_names)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct error err;
	char name[300];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	must_be(store_domain_add(store, name, FROM_USER, NULL, NULL, &err),
	    STATUS_USAGE, &err);
	must_be(store_domain_add(store, "", FROM_USER, NULL, NULL, &err),
	    STATUS_USAGE, &err);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_drop)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct error err;
	double value = 0.25, back = 0;
	int64_t id = 0;

	must(store_domain_add(store, "example.com", FROM_POSTMASTER | FROM_USER,
		 NULL, &id, &err),
	    &err);
	must(store_series_put(
		 store, id, METRIC_SPAM_RATE, 20000, 1, &value, &err),
	    &err);
	must(store_domain_drop(store, id, FROM_USER, &err), &err);
	must(
	    store_domain_get(store, "example.com", arena, &domain, &err), &err);
	ck_assert_uint_eq(domain.sources, FROM_POSTMASTER);
	must(store_domain_drop(store, id, FROM_POSTMASTER, &err), &err);
	must_be(store_domain_get(store, "example.com", arena, &domain, &err),
	    STATUS_NOT_FOUND, &err);
	must_be(store_domain_drop(store, 999, FROM_USER, &err),
	    STATUS_NOT_FOUND, &err);
	/* It comes back with its history. */
	ck_assert_int_eq(add_domain(store, "example.com"), id);
	must(store_series_get(
		 store, id, METRIC_SPAM_RATE, 20000, 1, &back, &err),
	    &err);
	ck_assert_double_eq(back, value);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_update)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_domain domain = { .id = add_domain(store, "a.example"),
		.poll = POLL_DENIED,
		.poll_error = "no permission",
		.fetched_s = 11,
		.asked_first = 20000,
		.asked_last = 20119,
		.probed_s = 12 };
	struct store_domain back;
	struct error err;

	must(store_domain_update(store, &domain, &err), &err);
	must(store_domain_get(store, "a.example", arena, &back, &err), &err);
	ck_assert_int_eq(back.poll, POLL_DENIED);
	ck_assert_str_eq(back.poll_error, "no permission");
	ck_assert_int_eq(back.fetched_s, 11);
	ck_assert_int_eq(back.asked_first, 20000);
	ck_assert_int_eq(back.asked_last, 20119);
	ck_assert_int_eq(back.probed_s, 12);
	ck_assert(!back.bulk_latched);
	domain.id = 999;
	must_be(
	    store_domain_update(store, &domain, &err), STATUS_NOT_FOUND, &err);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_list)
{
	static const char *const wanted[] = { "a.example", "b.example",
		"c.example" };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_domain *all;
	struct error err;
	size_t count;

	must(store_domains(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 0);
	add_domain(store, "c.example");
	add_domain(store, "a.example");
	must(store_domain_drop(
		 store, add_domain(store, "x.example"), FROM_USER, &err),
	    &err);
	add_domain(store, "b.example");
	must(store_domains(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, COUNT(wanted));
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(all[i].name, wanted[i]);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Google counts the registrable domain with all below it, and for good. */
START_TEST(test_latch)
{
	static const struct {
		const char *name;
		bool latched;
	} rows[] = {
		{ "news.bulk.example", true },
		{ "bulk.example", true },
		{ "later.bulk.example", true },
		{ "other.example", false },
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_domain back;
	struct error err;
	int64_t id;
	size_t i;

	add_domain(store, "bulk.example");
	add_domain(store, "other.example");
	id = add_domain(store, "news.bulk.example");
	must(store_domain_latch(store, id, &err), &err);
	add_domain(store, "later.bulk.example");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		must(store_domain_get(store, rows[i].name, arena, &back, &err),
		    &err);
		ck_assert_msg(
		    back.bulk_latched == rows[i].latched, "%s", rows[i].name);
		must(store_domain_update(store, &back, &err), &err);
	}
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_domain(void)
{
	Suite *suite = suite_create("domain");
	TCase *tc = tcase_create("domain");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_add);
	tcase_add_test(tc, test_names);
	tcase_add_test(tc, test_drop);
	tcase_add_test(tc, test_update);
	tcase_add_test(tc, test_latch);
	tcase_add_test(tc, test_list);
	suite_add_tcase(suite, tc);
	return suite;
}
