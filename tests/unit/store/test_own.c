/* Cursors, what was learned, notes, mutes; and who may write beside whom. */
/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sendtop/store_mail.h"
#include "tests/unit/store/support.h"

/* --- cursors ---------------------------------------------------------------- */

START_TEST(test_cursors)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct log_cursor c = { .path = "/var/log/mail.log",
		.device = UINT64_MAX,
		.inode = 7,
		.offset = UINT64_C(1) << 40,
		.head_len = 512,
		.head_hash = UINT64_C(0x8000000000000001),
		.read_s = 900,
		.first_s = 100,
		.last_s = 800,
		.lines = 10,
		.attempts = 5,
		.skipped = 1,
		.state = "postfix 2026",
		.error = "" };
	struct log_cursor got, *all;
	int64_t first, last;
	struct error err;
	size_t count;

	must(store_log_span(store, &first, &last, &err), &err);
	ck_assert_int_eq(first, 0);
	ck_assert_int_eq(last, 0);
	must_be(store_cursor_get(store, c.path, arena, &got, &err),
	    STATUS_NOT_FOUND, &err);
	must_be(store_cursor_find(store, c.device, c.inode, arena, &got, &err),
	    STATUS_NOT_FOUND, &err);
	must(store_cursor_put(store, &c, &err), &err);
	must(store_cursor_get(store, c.path, arena, &got, &err), &err);
	ck_assert_uint_eq(got.device, c.device);
	ck_assert_uint_eq(got.head_hash, c.head_hash);
	ck_assert_uint_eq(got.offset, c.offset);
	ck_assert_str_eq(got.state, c.state);
	c.path = "/var/log/mail.log.1";
	c.first_s = 50;
	c.last_s = 99;
	c.read_s = 901;
	must(store_cursor_put(store, &c, &err), &err);
	/* Twice is once; of two with one inode the one read last. */
	c.lines = 11;
	must(store_cursor_put(store, &c, &err), &err);
	must(store_cursor_find(store, c.device, c.inode, arena, &got, &err),
	    &err);
	ck_assert_str_eq(got.path, "/var/log/mail.log.1");
	ck_assert_int_eq(got.lines, 11);
	/* One that nothing was found in says nothing of times. */
	c = (struct log_cursor){ .path = "empty", .state = "", .error = "no" };
	must(store_cursor_put(store, &c, &err), &err);
	must(store_cursors(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(all[2].error, "no");
	must(store_log_span(store, &first, &last, &err), &err);
	ck_assert_int_eq(first, 50);
	ck_assert_int_eq(last, 800);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* --- learned ---------------------------------------------------------------- */

static void
learn(struct store *store, int64_t id, const char *kind, const char *value,
    const char *source, int64_t first, int64_t last)
{
	struct learned learned = { kind, value, source, first, last };
	struct error err;

	must(store_learned_add(store, id, &learned, &err), &err);
}

START_TEST(test_learned)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct arena *arena = arena_new();
	struct learned *all;
	struct error err;
	size_t count;

	learn(store, id, "selector", "s2", "log", 50, 60);
	learn(store, id, "selector", "s2", "message", 40, 55);
	learn(store, id, "selector", "s1", "log", 10, 10);
	learn(store, id, "ip", "192.0.2.1", "log", 5, 6);
	learn(store, id + 1 - 1, "selector", "s2", "log", 45, 70);
	must(store_learned(store, id, "selector", arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(all[0].value, "s1");
	ck_assert_str_eq(all[1].source, "log");
	ck_assert_int_eq(all[1].first_s, 40);
	ck_assert_int_eq(all[1].last_s, 70);
	must(store_learned(store, id, NULL, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(all[0].kind, "ip");
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

START_TEST(test_learned_most)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct arena *arena = arena_new();
	struct learned *all;
	struct error err;
	char name[16];
	size_t count;

	must(store_begin(store, &err), &err);
	learn(store, id, "selector", "seen lately", "log", 1, 5000);
	for (int i = 0; i < LEARNED_MOST + 10; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		learn(store, id, "selector", name, "log", i, i);
	}
	must(store_commit(store, &err), &err);
	must(store_learned(store, id, NULL, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, LEARNED_MOST);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_ge(all[i].last_s, 11);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

static void
see(struct store *store, int64_t id, const char *address, const char *stream,
    int64_t times, int64_t at)
{
	struct sender_seen sender = { address, stream, times, at, at };
	struct error err;

	must(store_sender_add(store, id, &sender, &err), &err);
}

START_TEST(test_senders)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct arena *arena = arena_new();
	struct sender_seen *all;
	struct error err;
	char name[32];
	size_t count;

	see(store, id, "news@a.example", "s1", 5, 100);
	see(store, id, "news@a.example", "s1", 6, 90);
	see(store, id, "shop@a.example", "s1", 20, 10);
	must(store_senders(store, id, 50, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(all[0].count, 11);
	ck_assert_int_eq(all[0].first_s, 90);
	ck_assert_int_eq(all[0].last_s, 100);
	must(store_begin(store, &err), &err);
	for (int i = 0; i < 2 * SENDERS_MOST; i++) {
		snprintf(name, sizeof(name), "u%d@a.example", i);
		see(store, id, name, "", 1, 1000 + i);
		snprintf(name, sizeof(name), "stream %d", i);
		see(store, id, "news@a.example", name, 1, 1000 + i);
	}
	must(store_commit(store, &err), &err);
	must(store_senders(store, id, 0, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2 * SENDERS_MOST - 1);
	/* What is used much stays, and of the rest what is used now. */
	ck_assert_str_eq(all[0].address, "shop@a.example");
	ck_assert_int_eq(all[1].count, 11);
	for (size_t i = 2; i < count; i++)
		ck_assert_int_ge(all[i].last_s, 1000 + SENDERS_MOST);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* --- notes and mutes -------------------------------------------------------- */

static const struct {
	const char *domain;
	int64_t since, until;
	const char *wanted;
} note_asks[] = {
	{ NULL, 0, 99, "321" },
	{ "a.example", 0, 99, "31" },
	{ "b.example", 0, 99, "32" },
	{ "c.example", 0, 99, "3" },
	{ NULL, 11, 20, "2" },
	{ "a.example", INT64_MIN, 29, "1" },
};

START_TEST(test_notes)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_note *all;
	struct buf text = { 0 };
	struct error err;
	size_t count;

	must(store_note_add(store, "a.example", 10, "1", &err), &err);
	must(store_note_add(store, "b.example", 20, " 2\n", &err), &err);
	must(store_note_add(store, "", 30, "3", &err), &err);
	must(store_notes(store, note_asks[_i].domain, note_asks[_i].since,
		 note_asks[_i].until, arena, &all, &count, &err),
	    &err);
	for (size_t i = 0; i < count; i++)
		buf_str(&text, all[i].text);
	ck_assert_str_eq(text.data, note_asks[_i].wanted);
	buf_free(&text);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

START_TEST(test_note_text)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	char *longer = mem_zero(2 * OWN_TEXT_SIZE, 1);
	struct store_note *all;
	struct error err;
	size_t count;

	memset(longer, 'x', 2 * OWN_TEXT_SIZE - 1);
	must_be(
	    store_note_add(store, "", 1, " \t\n", &err), STATUS_USAGE, &err);
	must(store_note_add(store, "", 1, "two\nlines\033[2J", &err), &err);
	must(store_note_add(store, "", 2, longer, &err), &err);
	must(store_notes(store, NULL, 0, 9, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(all[1].text, "two\\x0alines\\x1b[2J");
	ck_assert_uint_lt(strlen(all[0].text), OWN_TEXT_SIZE);
	must(store_note_drop(store, all[1].id, &err), &err);
	must_be(
	    store_note_drop(store, all[1].id, &err), STATUS_NOT_FOUND, &err);
	must(store_notes(store, NULL, 0, 9, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	free(longer);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

static void
add_mutes(struct store *store)
{
	static const struct store_mute mutes[] = {
		{ 0, "a.example", "ptr", "", 10, 20, "a" },
		{ 0, "a.example", "ptr", "192.0.2.1", 10, 0, "b" },
		{ 0, "", "dnsbl", "", 15, 0, "c" },
		{ 0, "b.example", "", "", 10, 30, "d" },
	};
	struct error err;

	for (size_t i = 0; i < COUNT(mutes); i++)
		must(store_mute_add(store, &mutes[i], &err), &err);
}

static const struct {
	const char *domain;
	int64_t at;
	const char *wanted;
} mute_asks[] = {
	{ NULL, 9, "" },
	{ NULL, 10, "abd" },
	{ NULL, 15, "abcd" },
	{ NULL, 20, "bcd" },
	{ "a.example", 15, "abc" },
	{ "b.example", 15, "cd" },
	{ "c.example", 40, "c" },
};

START_TEST(test_mutes)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_mute *all;
	struct buf text = { 0 };
	struct error err;
	size_t count;

	add_mutes(store);
	must(store_mutes(store, mute_asks[_i].domain, mute_asks[_i].at, arena,
		 &all, &count, &err),
	    &err);
	for (size_t i = 0; i < count; i++)
		buf_str(&text, all[i].why);
	ck_assert_str_eq(
	    text.data != NULL ? text.data : "", mute_asks[_i].wanted);
	buf_free(&text);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

START_TEST(test_mute_ends)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct store_mute bad = { 0, "", "", "", 10, 10, "x" };
	struct arena *arena = arena_new();
	struct store_mute *all;
	struct error err;
	size_t count;

	add_mutes(store);
	must_be(store_mute_add(store, &bad, &err), STATUS_USAGE, &err);
	bad.until_s = 0;
	bad.why = "";
	must_be(store_mute_add(store, &bad, &err), STATUS_USAGE, &err);
	must(store_mutes(store, "b.example", 16, arena, &all, &count, &err),
	    &err);
	must(store_mute_end(store, all[1].id, 17, &err), &err);
	must_be(
	    store_mute_end(store, all[1].id, 18, &err), STATUS_NOT_FOUND, &err);
	must_be(store_mute_end(store, 999, 18, &err), STATUS_NOT_FOUND, &err);
	must(store_mutes(store, "b.example", 17, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	/* It was in force, and stays so in the past. */
	must(store_mutes(store, "b.example", 16, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 2);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

START_TEST(test_mute_covers)
{
	static const struct store_mute mutes[] = {
		{ 1, "", "ptr", "192.0.2.1", 0, 0, "" },
		{ 2, "", "dnsbl", "", 0, 0, "" },
	};
	static const struct store_mute all = { 3, "", "", "", 0, 0, "" };

	ck_assert_int_eq(mute_covers(mutes, 2, "ptr", "192.0.2.1")->id, 1);
	ck_assert_ptr_eq(mute_covers(mutes, 2, "ptr", "192.0.2.10"), NULL);
	ck_assert_int_eq(mute_covers(mutes, 2, "dnsbl", "any")->id, 2);
	ck_assert_ptr_eq(mute_covers(mutes, 2, "spf", "any"), NULL);
	ck_assert_ptr_eq(mute_covers(NULL, 0, "spf", "any"), NULL);
	ck_assert_int_eq(mute_covers(&all, 1, "spam_band", "")->id, 3);
}
END_TEST

/* --- STORE_WRITE ------------------------------------------------------------ */

/* Made when there is none, by however many at once. */
START_TEST(test_writers_at_once)
{
	enum { WRITERS = 8 };
	struct place place = place_new();
	struct arena *arena = arena_new();
	struct store_note *all;
	struct store *store;
	struct error err;
	size_t count;
	int status;

	for (int i = 0; i < WRITERS; i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid != 0)
			continue;
		status = (int)store_open(place.path, STORE_WRITE, &store, &err);
		if (status == STATUS_OK)
			status = (int)store_note_add(store, "", i, "x", &err);
		if (status != STATUS_OK)
			fprintf(stderr, "%s\n", err.text);
		else
			store_close(store);
		_exit(status);
	}
	for (int i = 0; i < WRITERS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status));
		ck_assert_int_eq(WEXITSTATUS(status), 0);
	}
	store = open_store(&place, STORE_READ);
	must(store_notes(store, NULL, 0, 99, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, WRITERS);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* A collector in the middle of a transaction: the writer waits for it. */
START_TEST(test_writer_waits)
{
	struct place place = place_new();
	struct store *store;
	struct error err;
	int ends[2], status;
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		store = open_store(&place, STORE_COLLECT);
		must(store_begin(store, &err), &err);
		add_domain(store, "a.example");
		ck_assert_int_eq(write(ends[1], "x", 1), 1);
		poll(NULL, 0, 400); /* twice a reader's patience */
		must(store_commit(store, &err), &err);
		store_close(store);
		_exit(0);
	}
	ck_assert_int_eq(read(ends[0], &c, 1), 1);
	store = open_store(&place, STORE_WRITE);
	must(store_note_add(store, "", 1, "x", &err), &err);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	store_close(store);
	close(ends[0]);
	close(ends[1]);
	place_free(&place);
}
END_TEST

/* Beside a collector and a reader, which sees what was written. */
START_TEST(test_writer_beside)
{
	struct place place = place_new();
	struct store *collector = open_store(&place, STORE_COLLECT);
	struct store *writer = open_store(&place, STORE_WRITE);
	struct store *reader = open_store(&place, STORE_READ);
	uint64_t before = store_changes(reader);
	struct error err;

	must(store_note_add(writer, "", 1, "x", &err), &err);
	ck_assert_uint_ne(store_changes(reader), before);
	add_domain(collector, "a.example");
	store_close(reader);
	store_close(writer);
	store_close(collector);
	place_free(&place);
}
END_TEST

Suite *
suite_own(void)
{
	Suite *suite = suite_create("own");
	TCase *tc = tcase_create("own");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_cursors);
	tcase_add_test(tc, test_learned);
	tcase_add_test(tc, test_learned_most);
	tcase_add_test(tc, test_senders);
	tcase_add_loop_test(tc, test_notes, 0, (int)COUNT(note_asks));
	tcase_add_test(tc, test_note_text);
	tcase_add_loop_test(tc, test_mutes, 0, (int)COUNT(mute_asks));
	tcase_add_test(tc, test_mute_ends);
	tcase_add_test(tc, test_mute_covers);
	tcase_add_test(tc, test_writers_at_once);
	tcase_add_test(tc, test_writer_waits);
	tcase_add_test(tc, test_writer_beside);
	suite_add_tcase(suite, tc);
	return suite;
}
