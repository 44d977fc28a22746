/* The store as a whole: one collector, many readers, transactions, changes. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "tests/unit/store/support.h"

static bool
watched(struct store *store, const char *name)
{
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct error err;
	enum status status = store_domain_get(
	    store, name, arena, &domain, &err);

	ck_assert_msg(
	    status == STATUS_OK || status == STATUS_NOT_FOUND, "%s", err.text);
	arena_free(arena);
	return status == STATUS_OK;
}

START_TEST(test_made_and_kept)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct stat st;

	ck_assert_str_eq(store_location(store), place.path);
	add_domain(store, "example.com");
	ck_assert_int_eq(stat(place.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	store_close(store);
	store = open_store(&place, STORE_COLLECT);
	ck_assert(watched(store, "example.com"));
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_default_location)
{
	struct place place = place_new();
	struct store *store = NULL;
	struct error err;
	char *wanted = mem_printf("%s/sendtop/store.db", place.dir);

	ck_assert_int_eq(setenv("XDG_STATE_HOME", place.dir, 1), 0);
	must(store_open(NULL, STORE_COLLECT, &store, &err), &err);
	ck_assert_str_eq(store_location(store), wanted);
	ck_assert_int_eq(access(wanted, F_OK), 0);
	store_close(store);
	free(wanted);
	place_free(&place);
}
END_TEST

START_TEST(test_one_collector)
{
	struct place place = place_new();
	struct store *first = open_store(&place, STORE_COLLECT);
	struct store *second = NULL, *reader;
	struct error err;
	char *pid = mem_printf("process %ld", (long)getpid());

	must_be(store_open(place.path, STORE_COLLECT, &second, &err),
	    STATUS_BUSY, &err);
	ck_assert_msg(strstr(err.text, pid) != NULL, "%s", err.text);
	reader = open_store(&place, STORE_READ);
	store_close(first);
	second = open_store(&place, STORE_COLLECT);
	store_close(second);
	store_close(reader);
	free(pid);
	place_free(&place);
}
END_TEST

START_TEST(test_reader_sees_commits)
{
	struct place place = place_new();
	struct store *writer = open_store(&place, STORE_COLLECT);
	struct store *reader = open_store(&place, STORE_READ);
	struct error err;
	uint64_t before = store_changes(reader), own;

	ck_assert_uint_eq(store_changes(reader), before);
	must(store_begin(writer, &err), &err);
	add_domain(writer, "example.com");
	ck_assert_uint_eq(store_changes(reader), before);
	ck_assert(!watched(reader, "example.com"));
	must(store_commit(writer, &err), &err);
	ck_assert_uint_ne(store_changes(reader), before);
	ck_assert(watched(reader, "example.com"));
	own = store_changes(writer);
	add_domain(writer, "example.net");
	ck_assert_uint_ne(store_changes(writer), own);
	store_close(reader);
	store_close(writer);
	place_free(&place);
}
END_TEST

/* However many reads there are in a look, all see the same store. */
START_TEST(test_look)
{
	struct place place = place_new();
	struct store *writer = open_store(&place, STORE_COLLECT);
	struct store *reader = open_store(&place, STORE_READ);
	struct error err;

	must(store_look(reader, &err), &err);
	ck_assert(!watched(reader, "example.com"));
	must(store_look(reader, &err), &err);
	add_domain(writer, "example.com");
	ck_assert(!watched(reader, "example.com"));
	store_look_end(reader);
	ck_assert(!watched(reader, "example.com"));
	must_be(store_begin(reader, &err), STATUS_USAGE, &err);
	store_look_end(reader);
	ck_assert(watched(reader, "example.com"));
	must(store_begin(reader, &err), &err);
	store_rollback(reader);
	store_close(reader);
	store_close(writer);
	place_free(&place);
}
END_TEST

/* Within a transaction it is part of that, and ends nothing. */
START_TEST(test_look_of_a_writer)
{
	struct place place = place_new();
	struct store *writer = open_store(&place, STORE_COLLECT);
	struct store *reader = open_store(&place, STORE_READ);
	struct error err;

	must(store_begin(writer, &err), &err);
	add_domain(writer, "example.com");
	must(store_look(writer, &err), &err);
	ck_assert(watched(writer, "example.com"));
	add_domain(writer, "example.net");
	store_look_end(writer);
	ck_assert(!watched(reader, "example.net"));
	must(store_commit(writer, &err), &err);
	ck_assert(watched(reader, "example.com"));
	ck_assert(watched(reader, "example.net"));
	store_close(reader);
	store_close(writer);
	place_free(&place);
}
END_TEST

/* A store that was deleted is told at the next look, not within one. */
START_TEST(test_look_at_nothing)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct error err;

	add_domain(store, "example.com");
	must(store_look(store, &err), &err);
	ck_assert_int_eq(unlink(place.path), 0);
	ck_assert(watched(store, "example.com"));
	store_look_end(store);
	must_be(store_look(store, &err), STATUS_NOT_FOUND, &err);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_reader_asks)
{
	struct place place = place_new();
	struct store *writer = open_store(&place, STORE_COLLECT);
	struct store *reader = open_store(&place, STORE_READ);
	struct arena *arena = arena_new();
	struct store_request *waiting;
	struct error err;
	uint64_t before = store_changes(writer);
	size_t count;

	must(store_request_add(
		 reader, REQUEST_PROBE, "example.com", 100, NULL, &err),
	    &err);
	ck_assert_uint_ne(store_changes(writer), before);
	must(store_requests_waiting(writer, arena, &waiting, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(waiting[0].domain, "example.com");
	arena_free(arena);
	store_close(reader);
	store_close(writer);
	place_free(&place);
}
END_TEST

/* A key must not hang while the collector writes. */
START_TEST(test_reader_does_not_stall)
{
	struct place place = place_new();
	struct store *writer = open_store(&place, STORE_COLLECT);
	struct store *reader = open_store(&place, STORE_READ);
	struct error err;
	int64_t start;

	must(store_begin(writer, &err), &err);
	add_domain(writer, "example.com");
	start = clock_mono_ms();
	must_be(store_request_add(reader, REQUEST_POLL, "", 1, NULL, &err),
	    STATUS_BUSY, &err);
	ck_assert_int_lt(clock_mono_ms() - start, 1000);
	must(store_commit(writer, &err), &err);
	must(store_request_add(reader, REQUEST_POLL, "", 1, NULL, &err), &err);
	store_close(reader);
	store_close(writer);
	place_free(&place);
}
END_TEST

START_TEST(test_transactions)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct error err;

	must_be(store_commit(store, &err), STATUS_USAGE, &err);
	must(store_begin(store, &err), &err);
	must_be(store_begin(store, &err), STATUS_USAGE, &err);
	add_domain(store, "undone.example");
	store_rollback(store);
	ck_assert(!watched(store, "undone.example"));
	must(store_begin(store, &err), &err);
	add_domain(store, "a.example");
	add_domain(store, "b.example");
	must(store_commit(store, &err), &err);
	ck_assert(watched(store, "a.example") && watched(store, "b.example"));
	/* What is left open when it closes did not happen. */
	must(store_begin(store, &err), &err);
	add_domain(store, "c.example");
	store_close(store);
	store = open_store(&place, STORE_COLLECT);
	ck_assert(!watched(store, "c.example"));
	store_close(store);
	place_free(&place);
}
END_TEST

/* Writes that count together do so also when one of them fails. */
START_TEST(test_half_a_transaction)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct error err;
	double value = 0.5;

	must(store_begin(store, &err), &err);
	add_domain(store, "example.com");
	/* No such domain: the foreign key refuses it. */
	ck_assert_int_ne(store_series_put(store, 999, METRIC_SPAM_RATE, 20000,
			     1, &value, &err),
	    STATUS_OK);
	ck_assert_int_ne(store_commit(store, &err), STATUS_OK);
	ck_assert(!watched(store, "example.com"));
	add_domain(store, "example.com");
	ck_assert(watched(store, "example.com"));
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_requests_of_a_dead_collector)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_request request;
	struct error err;
	int64_t id = 0;

	must(store_request_add(store, REQUEST_POLL, "", 5, &id, &err), &err);
	must(store_request_set(store, id, REQUEST_RUNNING, "", 6, &err), &err);
	store_close(store);
	store = open_store(&place, STORE_COLLECT);
	must(store_request_get(store, id, arena, &request, &err), &err);
	ck_assert_int_eq(request.state, REQUEST_WAITING);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_vanished)
{
	struct place place = place_new();
	struct store *writer = open_store(&place, STORE_COLLECT);
	struct store *reader = open_store(&place, STORE_READ);
	struct arena *arena = arena_new();
	struct store_domain *all;
	struct error err;
	uint64_t before = store_changes(reader);
	size_t count;

	ck_assert_int_eq(unlink(place.path), 0);
	ck_assert_uint_ne(store_changes(reader), before);
	must_be(store_domains(reader, arena, &all, &count, &err),
	    STATUS_NOT_FOUND, &err);
	must_be(
	    store_value_set(writer, "a", "b", &err), STATUS_NOT_FOUND, &err);
	must_be(store_begin(writer, &err), STATUS_NOT_FOUND, &err);
	/* Nor is another file of the same name the same store. */
	spill(place.path, "", 0);
	must_be(store_domains(reader, arena, &all, &count, &err),
	    STATUS_NOT_FOUND, &err);
	arena_free(arena);
	store_close(reader);
	store_close(writer);
	place_free(&place);
}
END_TEST

Suite *
suite_store(void)
{
	Suite *suite = suite_create("store");
	TCase *tc = tcase_create("store");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_made_and_kept);
	tcase_add_test(tc, test_default_location);
	tcase_add_test(tc, test_one_collector);
	tcase_add_test(tc, test_reader_sees_commits);
	tcase_add_test(tc, test_look);
	tcase_add_test(tc, test_look_of_a_writer);
	tcase_add_test(tc, test_look_at_nothing);
	tcase_add_test(tc, test_reader_asks);
	tcase_add_test(tc, test_reader_does_not_stall);
	tcase_add_test(tc, test_transactions);
	tcase_add_test(tc, test_half_a_transaction);
	tcase_add_test(tc, test_requests_of_a_dead_collector);
	tcase_add_test(tc, test_vanished);
	suite_add_tcase(suite, tc);
	return suite;
}
