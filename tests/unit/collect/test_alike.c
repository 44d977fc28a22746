/* Ingesting: logs that begin alike, copies of their begins, lost ends. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logplace.h"
#include "sendtop/store_mail.h"
#include "suites.h"

/* --- stories -------------------------------------------------------------- */

/* 15 messages are more than the head of a log, 5 are less. */
static const struct story stories[] = {
	{ "two begin alike",
	    { "W 1 60", "S cp mail.log other", "W 61 100", "W 201 300 other",
		"I mail.log", "= 100", "I other", "= 200", "I mail.log other",
		"= 200", "W 101 110", "W 301 305 other", "I other mail.log",
		"= 215" } },
	{ "two begin alike, read at once",
	    { "W 1 60", "S cp mail.log other", "W 61 100", "W 201 300 other",
		"I mail.log other", "= 200", "I other mail.log", "= 200" } },
	{ "the second is shorter",
	    { "W 1 60", "S cp mail.log other", "W 61 300", "W 301 310 other",
		"I mail.log", "= 300", "I other", "= 310", "I other mail.log",
		"= 310" } },
	/* What both have cannot be told then, but that they are two. */
	{ "the first is there no more",
	    { "W 1 60", "S cp mail.log other", "W 61 100", "W 201 300 other",
		"I mail.log", "S rm mail.log", "I other", "= 260", "I other",
		"= 260" } },
	{ "the second is packed",
	    { "W 1 60", "S cp mail.log other", "W 61 100", "W 201 300 other",
		"S gzip other", "I mail.log", "I other.gz", "= 260",
		"I other.gz mail.log", "= 260" } },
	{ "a copy of a short log's begin",
	    { "W 1 5", "S head -c 1000 mail.log > copy", "I mail.log", "= 5",
		"I copy", "= 5", "S rm mail.log", "I copy", "= 5" } },
	{ "a copy of a log when it was short",
	    { "W 1 5", "S cp mail.log copy", "W 6 100", "I mail.log", "= 100",
		"I copy", "= 100", "S gzip copy", "I copy.gz", "= 100" } },
	{ "a copy of the begin goes on as the log",
	    { "W 1 60", "S cp mail.log copy", "W 61 100", "I mail.log",
		"I copy", "S cp mail.log copy", "W 101 110 copy", "I copy",
		"= 110", "I mail.log copy", "= 110" } },
	{ "packed copies of begins",
	    { "W 1 1000", "S head -c 100000 mail.log | gzip > copy.gz",
		"S head -c 1000 mail.log | gzip > short.gz", "I mail.log",
		"= 1000", "I copy.gz short.gz", "= 1000", "S rm mail.log",
		"I short.gz copy.gz", "= 1000" } },
	{ "a copy of the begin of what only an archive has",
	    { "W 1 60", "S cp mail.log copy", "W 61 100", "S gzip mail.log",
		"I mail.log.gz", "= 100", "I copy", "= 100", "W 201 210 copy",
		"I copy", "= 110" } },
	{ "the end was lost and others came",
	    { "W 1 100", "I mail.log",
		"S truncate -s -5000 mail.log; echo >> mail.log", "W 201 300",
		"I mail.log", "= 200", "I mail.log", "= 200", "W 301 310",
		"I mail.log", "= 210" } },
	{ "the end is empty octets",
	    { "W 1 100", "I mail.log",
		"S truncate -s -5000 mail.log; truncate -s +5000 mail.log; "
		"echo >> mail.log",
		"I mail.log", "= 100", "W 201 300", "I mail.log", "= 200",
		"I mail.log", "= 200" } },
	{ "a short log lost its end",
	    { "W 1 5", "I mail.log", "S truncate -s -200 mail.log",
		"I mail.log", "= 5", "W 21 30", "I mail.log", "= 15", "W 31 90",
		"I mail.log", "= 75" } },
	{ "brought back from a backup",
	    { "W 1 60", "S cp mail.log old", "W 61 100", "I mail.log",
		"S mv old mail.log", "I mail.log", "= 100", "W 201 210",
		"I mail.log", "= 110", "W 211 300", "I mail.log", "= 200" } },
};

START_TEST(each_line_counts_once)
{
	play_story(&stories[_i]);
}
END_TEST

/* --- stories of rotation that nobody saw ---------------------------------- */

#define ROTATED_TWICE                                                     \
	"W 1 100", "I mail.log", "W 101 120", "S mv mail.log mail.log.1", \
	    "W 121 200", "S mv mail.log.1 mail.log.2",                    \
	    "S mv mail.log mail.log.1", "W 201 210"

/* What the files' times say of them is not needed. */
static const struct story rotations[] = {
	{ "twice",
	    { ROTATED_TWICE, "S touch -d '1 hour ago' mail.log.1 mail.log.2",
		"I mail.log", "= 210", "I mail.log", "= 210" } },
	{ "twice, the last one packed",
	    { ROTATED_TWICE, "S gzip mail.log.2",
		"S touch -d '1 hour ago' mail.log.1", "I mail.log", "= 210",
		"I mail.log", "= 210" } },
	{ "twice, and one is just packed",
	    { ROTATED_TWICE,
		"S gzip -c mail.log.2 | head -c 500 > mail.log.2.gz",
		"S touch -d '1 hour ago' mail.log.1", "I mail.log", "= 210" } },
	{ "four times, by date",
	    { "W 1 100", "I mail.log", "S mv mail.log mail.log-20261101",
		"W 101 150", "S mv mail.log mail.log-20261102", "W 151 180",
		"S mv mail.log mail.log-20261103", "W 181 190",
		"S mv mail.log mail.log-20261104", "S gzip mail.log-20261102",
		"S touch -d '1 hour ago' mail.log-*", "W 191 200", "I mail.log",
		"= 200", "I mail.log", "= 200" } },
	{ "older ones that nobody asked for",
	    { "S mkdir o", "W 1 10", "S mv mail.log mail.log.3", "W 11 20",
		"S mv mail.log mail.log.2",
		"S touch -d '1 hour ago' mail.log.2 mail.log.3", "W 21 30",
		"I mail.log", "= 10", "S mv mail.log mail.log.1", "W 31 40",
		"I mail.log", "= 20" } },
	{ "the new one was empty when it was looked at",
	    { "W 1 100", "I mail.log", "S mv mail.log mail.log.1; > mail.log",
		"I mail.log", "W 101 150", "S mv mail.log.1 mail.log.2",
		"S mv mail.log mail.log.1", "W 151 160", "I mail.log", "= 160",
		"I mail.log", "= 160" } },
	{ "the one that was read is there no more",
	    { ROTATED_TWICE,
		"S rm mail.log.2; touch -d '1 hour ago' mail.log.1",
		"I mail.log", "= 110" } },
};

START_TEST(rotations_that_nobody_saw)
{
	play_story(&rotations[_i]);
}
END_TEST

/* Its lines are counted under one name, also while the new log is empty. */
START_TEST(a_rotated_log_is_one_log)
{
	struct arena *arena = arena_new();
	struct log_cursor *all;
	struct store *store;
	struct error err;
	int64_t lines = 0;
	size_t count;

	write_log("mail.log", 1, 100);
	ingest("mail.log");
	shell("mv mail.log mail.log.1 && : > mail.log");
	ingest("mail.log");
	store = opened(STORE_READ);
	must(store_cursors(store, arena, &all, &count, &err), &err);
	for (size_t i = 0; i < count; i++)
		lines += all[i].lines;
	ck_assert_int_eq(lines, 300);
	store_close(store);
	arena_free(arena);
}
END_TEST

/* --- from stores of before ------------------------------------------------ */

/* An older store knows of no tails: its logs are known by their heads. */
START_TEST(logs_of_an_older_store_are_known)
{
	struct arena *arena = arena_new();
	struct log_cursor *all;
	struct store *store;
	struct error err;
	size_t count;

	write_log("mail.log", 1, 100);
	ingest("mail.log");
	store = opened(STORE_WRITE);
	must(store_cursors(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(all[0].tail_end, all[0].offset);
	ck_assert_uint_eq(all[0].tail_len, 4096);
	ck_assert_uint_eq(strlen(all[0].head_steps), 1024);
	all[0].tail_end = all[0].tail_len = all[0].tail_hash = 0;
	all[0].head_steps = "";
	must(store_cursor_put(store, &all[0], &err), &err);
	store_close(store);
	shell("cp mail.log copy; gzip -k mail.log");
	write_log("mail.log", 101, 110);
	ingest("copy mail.log.gz mail.log");
	ck_assert_int_eq(delivered(), 110);
	store = opened(STORE_READ);
	must(store_cursors(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(all[0].tail_end, all[0].offset);
	ck_assert_uint_eq(strlen(all[0].head_steps), 1024);
	store_close(store);
	arena_free(arena);
}
END_TEST

/* --- pipes ---------------------------------------------------------------- */

/* What went by cannot be read again: it is told, and nothing is counted. */
START_TEST(another_log_from_a_pipe_is_told)
{
	char *line = mem_printf("cat '%s/other'", t.dir);
	FILE *pipe;

	write_log("mail.log", 1, 60);
	shell("cp mail.log other");
	write_log("mail.log", 61, 100);
	write_log("other", 201, 300);
	ingest("mail.log");
	pipe = popen(line, "r");
	ck_assert_ptr_nonnull(pipe);
	ck_assert_int_eq(dup2(fileno(pipe), STDIN_FILENO), STDIN_FILENO);
	ingest("-");
	pclose(pipe);
	ck_assert_int_eq(delivered(), 100);
	ck_assert_ptr_nonnull(strstr(t.troubles.data, "-: begins as a log"));
	ingest("other mail.log");
	ck_assert_int_eq(delivered(), 200);
	free(line);
}
END_TEST

/* --- while it is followed ------------------------------------------------- */

/* Looks away for a while: what happened meanwhile, a row each. */
static const struct {
	const char *name, *happens;
	int counted;
} meanwhile[] = {
	{ "twice renamed",
	    "mv mail.log mail.log.2; cp more mail.log.1; "
	    "touch -d '1 hour ago' mail.log.1; : > mail.log",
	    200 },
	{ "twice copied",
	    "cp mail.log mail.log.2; cp more mail.log.1; : > mail.log", 200 },
	{ "the end was lost and others came",
	    "truncate -s -5000 mail.log; echo >> mail.log; cat more >> "
	    "mail.log",
	    200 },
	{ "a log that begins alike",
	    "head -n 60 mail.log > m; cat more >> m; cat m > mail.log", 200 },
};

START_TEST(what_happens_between_two_looks)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 100);
	write_log("more", 201, 300);
	add_names(ingest, "mail.log");
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 100);
	shell(meanwhile[_i].happens);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_msg(delivered_in(store) == meanwhile[_i].counted, "%s: %lld",
	    meanwhile[_i].name, (long long)delivered_in(store));
	write_log("mail.log", 301, 310);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_msg(delivered_in(store) == meanwhile[_i].counted + 10,
	    "%s: %lld", meanwhile[_i].name, (long long)delivered_in(store));
	ingest_close(ingest);
	store_close(store);
	ck_assert_msg(t.troubles.len == 0, "%s", t.troubles.data);
}
END_TEST

/* A copy of a begin grows into the log, or into one of its own. */
START_TEST(a_copy_of_the_begin_grows)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 100);
	shell("head -n 60 mail.log > copy");
	add_names(ingest, "mail.log copy");
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 100);
	if (_i == 0)
		shell("head -n 180 mail.log | tail -n 120 >> copy");
	else
		write_log("copy", 201, 210);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), _i == 0 ? 100 : 110);
	shell(_i == 0 ? "cp mail.log copy" : ":");
	write_log("copy", 301, 400);
	write_log("mail.log", 101, 105);
	for (int i = 0; i < 2; i++) {
		ingest_look(ingest);
		read_on(ingest);
		ck_assert_int_eq(delivered_in(store), _i == 0 ? 205 : 215);
	}
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* It is empty again when it is looked at. */
START_TEST(an_empty_log_is_copied_and_truncated)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 100);
	add_names(ingest, "mail.log");
	read_on(ingest);
	shell("mv mail.log mail.log.1 && : > mail.log");
	ingest_look(ingest);
	read_on(ingest);
	write_log("mail.log", 101, 110);
	shell("mv mail.log.1 mail.log.2; cp mail.log mail.log.1; : > mail.log");
	if (_i == 1)
		write_log("mail.log", 111, 120);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 110 + 10 * _i);
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* The name is no file's for a while. */
START_TEST(a_name_may_be_a_pipe_for_a_while)
{
	static const char *const makes[] = { "mkfifo mail.log",
		"ln -s /dev/null mail.log" };
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 100);
	write_log("other", 201, 210);
	add_names(ingest, "mail.log other");
	read_on(ingest);
	shell("mv mail.log mail.log.1");
	shell(makes[_i]);
	write_log("mail.log.1", 101, 110);
	for (int i = 0; i < 2; i++) {
		ingest_look(ingest);
		read_on(ingest);
	}
	ck_assert_int_eq(delivered_in(store), 120);
	shell("rm mail.log");
	write_log("mail.log", 111, 120);
	write_log("other", 211, 220);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 140);
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* A pipe that has nothing now holds up no other log. */
START_TEST(a_silent_pipe_is_not_waited_for)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);
	struct buf text = { 0 };
	char *path = in_dir("pipe");
	struct error err;
	bool more = true;
	FILE *f;

	for (int i = 201; i <= 210; i++)
		add_message(&text, i);
	shell("mkfifo pipe");
	f = fopen(path, "r+");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text.data, 1, text.len, f), text.len);
	ck_assert_int_eq(fflush(f), 0);
	add_names(ingest, "pipe");
	write_log("mail.log", 1, 100);
	add_names(ingest, "mail.log");
	for (int i = 0; i < 20 && more; i++)
		must(ingest_turn(ingest, 1000, &more, &err), &err);
	ck_assert(!more);
	must(ingest_commit(ingest, &err), &err);
	ck_assert_int_eq(delivered_in(store), 110);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '4' && text.data[i + 1] == 'X')
			text.data[i] = '5';
	ck_assert_uint_eq(fwrite(text.data, 1, text.len, f), text.len);
	ck_assert_int_eq(fflush(f), 0);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 120);
	ck_assert_int_eq(fclose(f), 0);
	ingest_close(ingest);
	store_close(store);
	buf_free(&text);
	free(path);
}
END_TEST

Suite *
suite_alike(void)
{
	Suite *suite = suite_create("alike");
	TCase *tc = tcase_create("alike");

	tcase_add_checked_fixture(tc, place_begin, place_end);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_line_counts_once, 0,
	    (int)(sizeof(stories) / sizeof(stories[0])));
	tcase_add_loop_test(tc, rotations_that_nobody_saw, 0,
	    (int)(sizeof(rotations) / sizeof(rotations[0])));
	tcase_add_test(tc, a_rotated_log_is_one_log);
	tcase_add_test(tc, logs_of_an_older_store_are_known);
	tcase_add_test(tc, another_log_from_a_pipe_is_told);
	tcase_add_loop_test(tc, what_happens_between_two_looks, 0,
	    (int)(sizeof(meanwhile) / sizeof(meanwhile[0])));
	tcase_add_loop_test(tc, a_copy_of_the_begin_grows, 0, 2);
	tcase_add_loop_test(tc, an_empty_log_is_copied_and_truncated, 0, 2);
	tcase_add_loop_test(tc, a_name_may_be_a_pipe_for_a_while, 0, 2);
	tcase_add_test(tc, a_silent_pipe_is_not_waited_for);
	suite_add_tcase(suite, tc);
	return suite;
}
