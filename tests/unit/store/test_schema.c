/* Migrations: from nothing, from each version, and when a step fails. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sendtop/store_mail.h"
#include "store/schema.h"
#include "tests/unit/store/support.h"

static const char *const list[] = {
	"CREATE TABLE one (id {id}, v {real}, b {blob})",
	"ALTER TABLE one ADD COLUMN two {integer} NOT NULL DEFAULT 2;"
	"INSERT INTO one (v) VALUES (0.5)",
	"CREATE TABLE three (k TEXT PRIMARY KEY) {clustered};"
	"INSERT INTO three VALUES ('x')",
};

static struct db *
open_db(const struct place *place)
{
	struct db *db = NULL;
	struct error err;

	must(db_sqlite.open(place->path, DB_MAKE, &db, &err), &err);
	must(db_sqlite.accept(db, &err), &err);
	return db;
}

static int64_t
number(struct db *db, const char *sql)
{
	struct db_stmt *stmt = NULL;
	struct error err;
	int64_t out;
	bool row = false;

	must(db->ops->prepare(db, sql, &stmt, &err), &err);
	must(db->ops->step(stmt, &row, &err), &err);
	ck_assert(row);
	out = db->ops->column_int(stmt, 0);
	db->ops->finalize(stmt);
	return out;
}

static int64_t
version(struct db *db)
{
	struct error err;
	int64_t out = -1;

	must(db->ops->version(db, &out, &err), &err);
	return out;
}

/* From every version that a store in the field may have. */
START_TEST(test_migrate_from)
{
	struct place place = place_new();
	struct schema_steps old = { list, (size_t)_i };
	struct schema_steps all = { list, COUNT(list) };
	struct db *db = open_db(&place);
	struct error err;

	if (_i > 0)
		must(schema_migrate(db, &old, &err), &err);
	ck_assert_int_eq(version(db), _i);
	must(schema_migrate(db, &all, &err), &err);
	ck_assert_int_eq(version(db), (int64_t)COUNT(list));
	ck_assert_int_eq(number(db, "SELECT two FROM one"), 2);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM three"), 1);
	/* Twice is once. */
	must(schema_migrate(db, &all, &err), &err);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM one"), 1);
	db_sqlite.close(db);
	place_free(&place);
}
END_TEST

START_TEST(test_failing_step)
{
	const char *const bad[] = { list[0],
		"CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)" };
	struct place place = place_new();
	struct schema_steps good = { bad, 1 }, both = { bad, 2 };
	struct db *db = open_db(&place);
	struct error err;

	must(schema_migrate(db, &good, &err), &err);
	ck_assert_int_ne(schema_migrate(db, &both, &err), STATUS_OK);
	ck_assert_msg(strstr(err.text, "schema 2") != NULL, "%s", err.text);
	ck_assert_int_eq(version(db), 1);
	ck_assert_int_eq(number(db,
			     "SELECT count(*) FROM sqlite_master"
			     " WHERE name = 'half'"),
	    0);
	db_sqlite.close(db);
	place_free(&place);
}
END_TEST

/* A store as version 1 left it still opens, with what is in it. */
START_TEST(test_version_1)
{
	struct place place = place_new();
	struct schema_steps first = { schema.steps, 1 };
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct db *db = open_db(&place);
	struct store *store;
	struct error err;

	must(schema_migrate(db, &first, &err), &err);
	must(db->ops->exec(db,
		 "INSERT INTO domain VALUES (7, 'example.com', 'example.com',"
		 " 'tag', 2, 1, '', 10, 20, 30, 40, 1)",
		 &err),
	    &err);
	db_sqlite.close(db);
	store = open_store(&place, STORE_READ);
	must(
	    store_domain_get(store, "example.com", arena, &domain, &err), &err);
	ck_assert_int_eq(domain.id, 7);
	ck_assert_str_eq(domain.tag, "tag");
	ck_assert_int_eq(domain.asked_last, 30);
	ck_assert(domain.bulk_latched);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* One of schema 2 keeps its numbers, findings and events, and can then hold
 * what logs tell; whoever opens it first. */
START_TEST(test_version_2)
{
	static const enum store_mode modes[] = { STORE_READ, STORE_COLLECT,
		STORE_WRITE };
	struct place place = place_new();
	struct schema_steps second = { schema.steps, 2 };
	struct arena *arena = arena_new();
	struct traffic traffic = { .hour_s = 1795219200,
		.provider = PROVIDER_GMAIL,
		.stream = "",
		.delivered = 3 };
	double values[3] = { 0.25, 0.5, 0 };
	struct finding *findings;
	struct store *store;
	struct db *db = open_db(&place);
	struct error err;
	size_t count;

	must(schema_migrate(db, &second, &err), &err);
	must(db->ops->exec(db,
		 "INSERT INTO domain VALUES (7, 'example.com', 'example.com',"
		 " 'tag', 2, 1, '', 10, 20, 30, 40, 1);"
		 "INSERT INTO series VALUES (1792, 7, 0, 20000, 2,"
		 " x'000000000000d03f000000000000e03f');"
		 "INSERT INTO finding VALUES (1, 7, 'ptr', '192.0.2.1', 3,"
		 " 'missing', '', '', 10, 9223372036854775807, 10, 20, 4, '',"
		 " 0, 0, 'v=1')",
		 &err),
	    &err);
	db_sqlite.close(db);
	store = open_store(&place, modes[_i]);
	must(store_series_get(
		 store, 7, METRIC_SPAM_RATE, 20000, 3, values, &err),
	    &err);
	ck_assert(values[0] == 0.25 && values[1] == 0.5);
	must(store_findings_get(store, 7, 15, arena, &findings, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(findings[0].record, "v=1");
	must(store_traffic_add(store, 7, &traffic, &err), &err);
	must(store_series_get(
		 store, 7, METRIC_LOG_DELIVERED, 20778, 1, values, &err),
	    &err);
	ck_assert(values[0] == 3);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* Logs that one of schema 4 knew are known, by their heads. */
START_TEST(test_version_4)
{
	struct place place = place_new();
	struct schema_steps fourth = { schema.steps, 4 };
	struct arena *arena = arena_new();
	struct log_cursor cursor;
	struct db *db = open_db(&place);
	struct store *store;
	struct error err;

	must(schema_migrate(db, &fourth, &err), &err);
	must(db->ops->exec(db,
		 "INSERT INTO log_cursor VALUES ('mail.log', 1, 2, 5000, 4096,"
		 " -7, 10, 20, 30, 3, 2, 1, 'format postfix', '')",
		 &err),
	    &err);
	db_sqlite.close(db);
	store = open_store(&place, STORE_WRITE);
	must(store_cursor_get(store, "mail.log", arena, &cursor, &err), &err);
	ck_assert_uint_eq(cursor.offset, 5000);
	ck_assert_uint_eq(cursor.head_hash, UINT64_MAX - 6);
	ck_assert_uint_eq(cursor.tail_len, 0);
	ck_assert_str_eq(cursor.head_steps, "");
	cursor.tail_end = 5000;
	cursor.tail_len = 4096;
	cursor.tail_hash = UINT64_MAX;
	cursor.head_steps = "0123abcd";
	must(store_cursor_put(store, &cursor, &err), &err);
	must(store_cursor_get(store, "mail.log", arena, &cursor, &err), &err);
	ck_assert_uint_eq(cursor.tail_end, 5000);
	ck_assert_uint_eq(cursor.tail_len, 4096);
	ck_assert_uint_eq(cursor.tail_hash, UINT64_MAX);
	ck_assert_str_eq(cursor.head_steps, "0123abcd");
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* While a collector, then an old one, has the lock, nobody migrates. */
START_TEST(test_migrate_beside)
{
	static const enum store_mode modes[] = { STORE_READ, STORE_WRITE };
	struct place place = place_new();
	struct schema_steps second = { schema.steps, 2 };
	struct db *db = open_db(&place);
	struct db_lock *lock = NULL;
	struct store *store = NULL;
	struct error err;

	must(schema_migrate(db, &second, &err), &err);
	db_sqlite.close(db);
	must(db_sqlite.lock(place.path, &lock, &err), &err);
	must_be(
	    store_open(place.path, modes[_i], &store, &err), STATUS_BUSY, &err);
	ck_assert_ptr_nonnull(strstr(err.text, "an older sendtop collects"));
	db_sqlite.unlock(lock);
	must(store_open(place.path, modes[_i], &store, &err), &err);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_check)
{
	struct place place = place_new();
	struct schema_steps all = { list, COUNT(list) };
	struct schema_steps older = { list, 2 };
	struct db *db = open_db(&place);
	struct error err;
	int64_t found = -1;

	must(schema_check(db, "here", &all, &found, &err), &err);
	ck_assert_int_eq(found, 0);
	must(schema_migrate(db, &all, &err), &err);
	must(schema_check(db, "here", &all, &found, &err), &err);
	ck_assert_int_eq(found, (int64_t)COUNT(list));
	must_be(schema_check(db, "here", &older, &found, &err), STATUS_FUTURE,
	    &err);
	db_sqlite.close(db);
	place_free(&place);
}
END_TEST

Suite *
suite_schema(void)
{
	Suite *suite = suite_create("schema");
	TCase *tc = tcase_create("schema");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_migrate_from, 0, (int)COUNT(list) + 1);
	tcase_add_test(tc, test_failing_step);
	tcase_add_test(tc, test_version_1);
	tcase_add_loop_test(tc, test_version_2, 0, 3);
	tcase_add_test(tc, test_version_4);
	tcase_add_loop_test(tc, test_migrate_beside, 0, 2);
	tcase_add_test(tc, test_check);
	suite_add_tcase(suite, tc);
	return suite;
}
