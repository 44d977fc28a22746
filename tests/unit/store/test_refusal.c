/* Stores that are refused, and that are afterwards as they were. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"
#include "tests/unit/store/support.h"

enum {
	NOBODY = 65534,
};

/* Opens in all modes, which must fail so and leave every byte. */
static void
refused(const struct place *place, enum status wanted, const char *words)
{
	size_t before_len, after_len;
	char *before = slurp(place->path, &before_len), *after;
	struct store *store = NULL;
	struct error err;

	must_be(
	    store_open(place->path, STORE_READ, &store, &err), wanted, &err);
	must_be(
	    store_open(place->path, STORE_WRITE, &store, &err), wanted, &err);
	must_be(
	    store_open(place->path, STORE_COLLECT, &store, &err), wanted, &err);
	ck_assert_msg(strstr(err.text, words) != NULL, "%s", err.text);
	ck_assert_msg(strstr(err.text, place->path) != NULL, "%s", err.text);
	after = slurp(place->path, &after_len);
	ck_assert_uint_eq(after_len, before_len);
	ck_assert_mem_eq(after, before, before_len);
	free(before);
	free(after);
}

static void
make_store(const struct place *place)
{
	struct store *store = open_store(place, STORE_COLLECT);
	char name[32];

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "d%d.example", i);
		add_domain(store, name);
	}
	store_close(store);
}

START_TEST(test_future)
{
	struct place place = place_new();

	make_store(&place);
	run_sql(&place, "PRAGMA user_version = 1000");
	refused(&place, STATUS_FUTURE, "newer sendtop");
	place_free(&place);
}
END_TEST

/* What a crashed writer left in the journal belongs to the store as well. */
START_TEST(test_future_in_the_journal)
{
	struct place place = place_new();
	char *journal = mem_printf("%s-wal", place.path);
	size_t before_len, after_len;
	char *before, *after;
	int status;
	pid_t pid;

	make_store(&place);
	pid = fork();
	if (pid == 0) {
		struct db *db = NULL;

		if (db_sqlite.open(place.path, DB_MAKE, &db, NULL) ==
			STATUS_OK &&
		    db_sqlite.accept(db, NULL) == STATUS_OK &&
		    db_sqlite.exec(db, "PRAGMA user_version = 1000", NULL) ==
			STATUS_OK)
			_exit(0);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	before = slurp(journal, &before_len);
	ck_assert_uint_gt(before_len, 0);
	refused(&place, STATUS_FUTURE, "newer sendtop");
	after = slurp(journal, &after_len);
	ck_assert_uint_eq(after_len, before_len);
	ck_assert_mem_eq(after, before, before_len);
	free(before);
	free(after);
	free(journal);
	place_free(&place);
}
END_TEST

START_TEST(test_not_a_database)
{
	static const struct {
		const char *data;
		size_t len;
	} rows[] = {
		{ "x", 1 },
		{ "domain,spam\nexample.com,0.1\n", 28 },
		{ "SQLite format 2\0 and more than a hundred bytes of what "
		  "looks like a header but is none, and does not end before "
		  "here",
		    115 },
		{ "SQLite format 3\0", 16 },
	};
	struct place place = place_new();

	spill(place.path, rows[_i].data, rows[_i].len);
	refused(&place, STATUS_CORRUPT, "left as it is");
	place_free(&place);
}
END_TEST

START_TEST(test_another_database)
{
	struct place place = place_new();

	run_sql(&place, "CREATE TABLE mine (a)");
	refused(&place, STATUS_CORRUPT, "not a sendtop store");
	place_free(&place);
}
END_TEST

START_TEST(test_cut_short)
{
	struct place place = place_new();
	size_t len;
	char *data;

	make_store(&place);
	data = slurp(place.path, &len);
	spill(place.path, data, len / 2);
	free(data);
	refused(&place, STATUS_CORRUPT, "damaged");
	place_free(&place);
}
END_TEST

/* Damage in the middle: the collector, which would write, looks for it. */
START_TEST(test_scribbled)
{
	struct place place = place_new();
	struct store *store = NULL;
	size_t len, after_len;
	char *data, *after;
	struct error err;

	make_store(&place);
	data = slurp(place.path, &len);
	for (size_t at = 2 * 8192; at + 64 < len; at += 512)
		memset(data + at, 0x5a, 64);
	spill(place.path, data, len);
	must_be(store_open(place.path, STORE_COLLECT, &store, &err),
	    STATUS_CORRUPT, &err);
	after = slurp(place.path, &after_len);
	ck_assert_uint_eq(after_len, len);
	ck_assert_mem_eq(after, data, len);
	free(after);
	free(data);
	place_free(&place);
}
END_TEST

START_TEST(test_places)
{
	struct place place = place_new();
	struct store *store = NULL;
	struct error err;
	char *deep = mem_printf("%s/no/such/store.db", place.dir), *beside;

	must_be(store_open(place.path, STORE_READ, &store, &err),
	    STATUS_NOT_FOUND, &err);
	ck_assert_int_ne(access(place.path, F_OK), 0);
	must_be(store_open(deep, STORE_COLLECT, &store, &err), STATUS_NOT_FOUND,
	    &err);
	must_be(store_open(place.dir, STORE_COLLECT, &store, &err),
	    STATUS_USAGE, &err);
	beside = mem_printf("%s.lock", place.dir);
	ck_assert_int_ne(access(beside, F_OK), 0);
	free(beside);
	must_be(store_open("", STORE_READ, &store, &err), STATUS_USAGE, &err);
	must_be(store_open("mysql://host/db", STORE_READ, &store, &err),
	    STATUS_USAGE, &err);
	/* An empty file is where a store may begin, but holds none yet. */
	spill(place.path, "", 0);
	must_be(store_open(place.path, STORE_READ, &store, &err),
	    STATUS_NOT_FOUND, &err);
	store = open_store(&place, STORE_COLLECT);
	store_close(store);
	free(deep);
	place_free(&place);
}
END_TEST

/* Names that mean something to SQLite mean a file here. */
START_TEST(test_odd_names)
{
	static const char *const names[] = { ":memory:", "a?mode=memory",
		"100%41#b", "with space" };
	struct place place = place_new();
	struct store *store = NULL;
	struct error err;

	ck_assert_int_eq(chdir(place.dir), 0);
	must(store_open(names[_i], STORE_COLLECT, &store, &err), &err);
	add_domain(store, "example.com");
	ck_assert_int_eq(access(names[_i], F_OK), 0);
	store_close(store);
	ck_assert_int_eq(chdir("/"), 0);
	place_free(&place);
}
END_TEST

static void
become_nobody(void)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(setegid(NOBODY), 0);
	ck_assert_int_eq(seteuid(NOBODY), 0);
}

static void
become_root(void)
{
	if (getuid() != 0)
		return;
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(setegid(0), 0);
}

static size_t
count_domains(struct store *store)
{
	struct arena *arena = arena_new();
	struct store_domain *all;
	struct error err;
	size_t count;

	must(store_domains(store, arena, &all, &count, &err), &err);
	arena_free(arena);
	return count;
}

/* A directory and a file that may only be read: it is shown, not written. */
START_TEST(test_read_only)
{
	struct place place = place_new();
	char *lock = mem_printf("%s.lock", place.path);
	struct store *store = NULL;
	struct error err;

	make_store(&place);
	ck_assert_int_eq(unlink(lock), 0);
	ck_assert_int_eq(chmod(place.path, 0444), 0);
	ck_assert_int_eq(chmod(place.dir, 0555), 0);
	become_nobody();
	must_be(store_open(place.path, STORE_COLLECT, &store, &err),
	    STATUS_FULL, &err);
	must_be(store_open(place.path, STORE_WRITE, &store, &err), STATUS_FULL,
	    &err);
	must(store_open(place.path, STORE_READ, &store, &err), &err);
	ck_assert_uint_eq(count_domains(store), 200);
	must_be(store_request_add(store, REQUEST_POLL, "", 1, NULL, &err),
	    STATUS_FULL, &err);
	ck_assert_uint_eq(count_domains(store), 200);
	store_close(store);
	become_root();
	ck_assert_int_eq(chmod(place.dir, 0755), 0);
	free(lock);
	place_free(&place);
}
END_TEST

/* The file alone is read-only; the lock can be taken. */
START_TEST(test_read_only_file)
{
	struct place place = place_new();
	struct store *store = NULL;
	struct error err;

	make_store(&place);
	ck_assert_int_eq(chmod(place.path, 0444), 0);
	ck_assert_int_eq(chmod(place.dir, 0777), 0);
	if (geteuid() == 0) {
		char *lock = mem_printf("%s.lock", place.path);

		ck_assert_int_eq(chmod(lock, 0666), 0);
		free(lock);
	}
	become_nobody();
	must_be(store_open(place.path, STORE_COLLECT, &store, &err),
	    STATUS_FULL, &err);
	must_be(store_open(place.path, STORE_WRITE, &store, &err), STATUS_FULL,
	    &err);
	must(store_open(place.path, STORE_READ, &store, &err), &err);
	ck_assert_uint_eq(count_domains(store), 200);
	store_close(store);
	become_root();
	place_free(&place);
}
END_TEST

/* No room: said so, nothing lost, and it goes on when there is room again. */
START_TEST(test_full)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct rlimit small = { 64 * 1024, RLIM_INFINITY };
	struct rlimit large = { RLIM_INFINITY, RLIM_INFINITY };
	enum status status = STATUS_OK;
	struct error err;
	char name[32];
	size_t kept = 0;

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (status == STATUS_OK && kept < 10000) {
		snprintf(name, sizeof(name), "d%zu.example", kept);
		status = store_domain_add(
		    store, name, FROM_USER, NULL, NULL, &err);
		kept += status == STATUS_OK;
	}
	must_be(status, STATUS_FULL, &err);
	ck_assert_msg(
	    strstr(err.text, "cannot be written") != NULL, "%s", err.text);
	ck_assert_uint_eq(count_domains(store), kept);
	/* In a transaction it may turn out only at its end. */
	must(store_begin(store, &err), &err);
	must(store_domain_add(store, name, FROM_USER, NULL, NULL, &err), &err);
	must_be(store_commit(store, &err), STATUS_FULL, &err);
	ck_assert_uint_eq(count_domains(store), kept);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
	must(store_domain_add(store, name, FROM_USER, NULL, NULL, &err), &err);
	ck_assert_uint_eq(count_domains(store), kept + 1);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_refusal(void)
{
	Suite *suite = suite_create("refusal");
	TCase *tc = tcase_create("refusal");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_future);
	tcase_add_test(tc, test_future_in_the_journal);
	tcase_add_loop_test(tc, test_not_a_database, 0, 4);
	tcase_add_test(tc, test_another_database);
	tcase_add_test(tc, test_cut_short);
	tcase_add_test(tc, test_scribbled);
	tcase_add_test(tc, test_places);
	tcase_add_loop_test(tc, test_odd_names, 0, 4);
	tcase_add_test(tc, test_read_only);
	tcase_add_test(tc, test_read_only_file);
	tcase_add_test(tc, test_full);
	suite_add_tcase(suite, tc);
	return suite;
}
