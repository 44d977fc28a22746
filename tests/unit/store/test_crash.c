/* Killed at any moment: what was reported done is there, and all is whole. */
/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "store/db.h"
#include "tests/unit/store/support.h"

enum {
	KILLS = 20,
	DAY = 20000,
	LOG_DAY = 20778,
	DAYS = 120,
	SERIES = 4, /* written by each transaction */
	FIRST_WORD_MS = 10000,
};

/* As a log is read: hours are added to, and how far it was read moves on. */
static enum status
write_log(struct store *store, int64_t id, int number, struct error *err)
{
	struct traffic traffic = { .hour_s = day_start(LOG_DAY),
		.provider = PROVIDER_GMAIL,
		.stream = "",
		.delivered = 1 };
	struct reply_count reply = { .hour_s = day_start(LOG_DAY),
		.provider = PROVIDER_GMAIL,
		.stream = "",
		.key = "ptr",
		.category = "ptr",
		.reply = "550",
		.identity = "",
		.count = 1,
		.last_s = day_start(LOG_DAY) + number % HOUR_SECONDS,
		.sample = "550 no" };
	struct log_cursor cursor = { .path = "mail.log",
		.lines = number,
		.first_s = 1,
		.last_s = number,
		.state = "",
		.error = "" };
	enum status status = store_traffic_add(store, id, &traffic, err);

	if (status == STATUS_OK)
		status = store_reply_add(store, id, &reply, err);
	if (status == STATUS_OK)
		status = store_cursor_put(store, &cursor, err);
	return status;
}

/* One transaction: the same number in every place, or in none. */
static enum status
write_number(struct store *store, int64_t id, int number, struct error *err)
{
	double values[DAYS];
	char text[16];
	enum status status = store_begin(store, err);

	for (size_t i = 0; i < DAYS; i++)
		values[i] = number;
	for (int m = 0; status == STATUS_OK && m < SERIES; m++)
		status = store_series_put(
		    store, id, (enum metric)m, DAY, DAYS, values, err);
	snprintf(text, sizeof(text), "%d", number);
	if (status == STATUS_OK)
		status = store_event_add(store, "example.com", number, "kill",
		    VERDICT_PASS, text, err);
	if (status == STATUS_OK)
		status = store_value_set(store, "number", text, err);
	if (status == STATUS_OK)
		status = write_log(store, id, number, err);
	if (status == STATUS_OK)
		status = store_commit(store, err);
	return status;
}

/* Runs until it is killed: opens, writes on, tells each that is done. */
static void
child(const struct place *place, int from, int out)
{
	struct store *store = NULL;
	struct error err;
	int64_t id = 0;

	if (store_open(place->path, STORE_COLLECT, &store, &err) != STATUS_OK ||
	    store_domain_add(
		store, "example.com", FROM_USER, NULL, &id, &err) != STATUS_OK)
		_exit(1);
	for (int number = from;; number++)
		if (write_number(store, id, number, &err) != STATUS_OK ||
		    write(out, &number, sizeof(number)) != sizeof(number))
			_exit(1);
}

/* Waits for the first word, then as long as `more` of them take or less. */
static int
listen_and_kill(pid_t pid, int in, unsigned more)
{
	struct pollfd ready = { .fd = in, .events = POLLIN };
	int last = 0, number, status;

	ck_assert_int_eq(poll(&ready, 1, FIRST_WORD_MS), 1);
	for (unsigned i = 0; i <= more; i++)
		if (read(in, &number, sizeof(number)) == sizeof(number))
			last = number;
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status), "the writer ended by itself");
	while (read(in, &number, sizeof(number)) == sizeof(number))
		last = number;
	return last;
}

static void
check_whole(const struct place *place)
{
	struct db *db = NULL;
	struct db_stmt *stmt = NULL;
	struct error err;
	bool row = false;

	must(db_sqlite.open(place->path, DB_READ, &db, &err), &err);
	must(
	    db_sqlite.prepare(db, "PRAGMA integrity_check", &stmt, &err), &err);
	must(db_sqlite.step(stmt, &row, &err), &err);
	ck_assert_str_eq(db_sqlite.column_text(stmt, 0), "ok");
	db_sqlite.finalize(stmt);
	db_sqlite.close(db);
}

/* No line was counted twice, and none was left out. */
static void
check_log(struct store *store, int64_t id, int kept, struct arena *arena)
{
	struct reply_query query = {
		.domain = id, .until_s = INT64_MAX, .limit = 9
	};
	struct reply_count *replies;
	struct log_cursor cursor;
	struct traffic *traffic;
	struct error err;
	double sum;
	size_t count;

	must(store_cursor_get(store, "mail.log", arena, &cursor, &err), &err);
	ck_assert_int_eq(cursor.lines, kept);
	must(store_traffic_get(
		 store, id, NULL, 0, INT64_MAX, arena, &traffic, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(traffic[0].delivered, kept);
	must(store_replies(store, &query, arena, &replies, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(replies[0].count, kept);
	must(store_series_get(
		 store, id, METRIC_LOG_DELIVERED, LOG_DAY, 1, &sum, &err),
	    &err);
	ck_assert_double_eq(sum, kept);
}

/* Everything of one transaction, and none reported done is missing. */
static int
check_kept(const struct place *place, int reported)
{
	struct store *store = open_store(place, STORE_READ);
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct store_event *events;
	const char *text = NULL;
	double values[DAYS];
	struct error err;
	size_t count;
	int kept;

	must(store_value_get(store, "number", arena, &text, &err), &err);
	kept = (int)strtol(text, NULL, 10);
	ck_assert_int_ge(kept, reported);
	must(
	    store_domain_get(store, "example.com", arena, &domain, &err), &err);
	for (int m = 0; m < SERIES; m++) {
		must(store_series_get(store, domain.id, (enum metric)m, DAY,
			 DAYS, values, &err),
		    &err);
		for (size_t i = 0; i < DAYS; i++)
			ck_assert_double_eq(values[i], kept);
	}
	must(store_events(store, NULL, 0, INT64_MAX, SIZE_MAX, arena, &events,
		 &count, &err),
	    &err);
	ck_assert_uint_eq(count, (size_t)kept);
	check_log(store, domain.id, kept, arena);
	arena_free(arena);
	store_close(store);
	return kept;
}

START_TEST(test_kill)
{
	struct place place = place_new();
	int kept = 0;

	/* Where in a transaction the kill falls is left to the scheduler; how
	 * many come before it varies so that checkpoints are hit as well. */
	for (unsigned round = 0; round < KILLS; round++) {
		int ends[2], reported;
		pid_t pid;

		ck_assert_int_eq(pipe(ends), 0);
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			close(ends[0]);
			child(&place, kept + 1, ends[1]);
		}
		close(ends[1]);
		reported = listen_and_kill(pid, ends[0], round * 37 % 101);
		close(ends[0]);
		check_whole(&place);
		ck_assert_int_gt(reported, kept);
		kept = check_kept(&place, reported);
	}
	place_free(&place);
}
END_TEST

Suite *
suite_crash(void)
{
	Suite *suite = suite_create("crash");
	TCase *tc = tcase_create("crash");

	tcase_set_timeout(tc, 120);
	tcase_set_tags(tc, "native"); /* its children are killed */
	tcase_add_test(tc, test_kill);
	suite_add_tcase(suite, tc);
	return suite;
}
