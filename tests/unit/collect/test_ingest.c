/* Ingesting: each line counts once, whatever becomes of its file. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logplace.h"
#include "sendtop/store_mail.h"
#include "suites.h"

/* --- stories of rotation -------------------------------------------------- */

/* What happens to mail.log, a step a row. */
static const struct story stories[] = {
	{ "read again",
	    { "W 1 100", "I mail.log", "= 100", "I mail.log", "= 100",
		"W 101 150", "I mail.log", "= 150" } },
	{ "renamed, only the name given",
	    { "W 1 100", "I mail.log", "W 101 120", "S mv mail.log mail.log.1",
		"W 121 200", "I mail.log", "= 200", "I mail.log", "= 200" } },
	{ "renamed twice and packed between",
	    { "W 1 100", "I mail.log", "W 101 120", "S mv mail.log mail.log.1",
		"W 121 200", "S gzip mail.log.1",
		"S mv mail.log.1.gz "
		"mail.log.2.gz",
		"S mv mail.log mail.log.1", "W 201 210", "I mail.log", "= 210",
		"I mail.log mail.log.1 mail.log.2.gz", "= 210" } },
	{ "every file named, packed afterwards",
	    { "W 1 900", "S mv mail.log mail.log.1", "W 901 1000",
		"I mail.log mail.log.1", "= 1000", "S gzip mail.log.1",
		"S mv mail.log.1.gz mail.log.2.gz", "S mv mail.log mail.log.1",
		"W 1001 1100", "I mail.log mail.log.1 mail.log.2.gz", "= 1100",
		"S mv mail.log.2.gz mail.log.3.gz",
		"I mail.log mail.log.1 mail.log.3.gz", "= 1100" } },
	{ "a tail that only the archive has",
	    { "W 1 900", "I mail.log", "W 901 950", "S mv mail.log mail.log.1",
		"S xz mail.log.1", "I mail.log.1.xz", "= 950",
		"I mail.log.1.xz", "= 950" } },
	{ "a long archive with a new tail",
	    { "W 1 20000", "I mail.log", "W 20001 20010", "S gzip mail.log",
		"I mail.log.gz", "= 20010", "I mail.log.gz", "= 20010" } },
	{ "copied and truncated",
	    { "W 1 100", "I mail.log", "W 101 120", "S cp mail.log mail.log.1",
		"S : > mail.log", "W 121 200", "I mail.log", "= 200",
		"I mail.log mail.log.1", "= 200" } },
	{ "copied and truncated, and longer than before",
	    { "W 1 10", "I mail.log", "W 11 12", "S cp mail.log mail.log.1",
		"S : > mail.log", "W 13 200", "I mail.log", "= 200" } },
	{ "truncated, and nobody kept it",
	    { "W 1 100", "I mail.log", "S : > mail.log", "I mail.log", "= 100",
		"W 101 110", "I mail.log", "= 110", "I mail.log", "= 110" } },
	{ "an empty log that fills",
	    { "S : > mail.log", "I mail.log", "= 0", "W 1 10", "I mail.log",
		"= 10" } },
	{ "copies and links",
	    { "W 1 100", "S cp mail.log copy", "S ln mail.log link",
		"I mail.log copy link", "= 100", "I copy", "= 100", "W 101 110",
		"I link", "= 110", "I mail.log", "= 110" } },
	{ "dated names",
	    { "W 1 100", "I mail.log", "W 101 120",
		"S mv mail.log mail.log-20261122", "W 121 130",
		"S gzip mail.log-20261122", "I mail.log*", "= 130",
		"I mail.log*", "= 130" } },
	{ "a file that was not read yet beside those that were",
	    { "W 1 100", "S mv mail.log mail.log.1", "W 101 200", "I mail.log",
		"= 100", "I mail.log.1", "= 200", "I mail.log*", "= 200" } },
	{ "gone where nobody sees it, and back again",
	    { "W 1 100", "I mail.log", "S mkdir far", "S mv mail.log far/old",
		"W 101 200", "I mail.log", "= 200", "S gzip far/old",
		"I far/old.gz", "= 200", "I mail.log", "= 200" } },
};

START_TEST(each_line_counts_once)
{
	play_story(&stories[_i]);
}
END_TEST

/* --- while it is followed ------------------------------------------------- */

static const struct {
	const char *name, *rotate;
} ways[] = {
	{ "renamed", "mv mail.log mail.log.1" },
	{ "renamed and made anew", "mv mail.log mail.log.1 && : > mail.log" },
	{ "copied", "cp mail.log mail.log.1 && : > mail.log" },
	{ "renamed and packed",
	    "mv mail.log mail.log.1 && gzip -k mail.log.1 && rm mail.log.1" },
};

START_TEST(rotation_is_followed)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 100);
	add_names(ingest, "mail.log");
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 100);
	for (int i = 0; i < 5; i++) {
		int last = 100 + 20 * i;

		/* Some of it was not read when it is rotated. */
		write_log("mail.log", last + 1, last + 10);
		shell(ways[_i].rotate);
		if (i % 2 == 0) {
			ingest_look(ingest);
			read_on(ingest);
		}
		write_log("mail.log", last + 11, last + 20);
		ingest_look(ingest);
		read_on(ingest);
		ck_assert_msg(delivered_in(store) == last + 20,
		    "%s, round %d: %lld", ways[_i].name, i,
		    (long long)delivered_in(store));
		shell("rm -f mail.log.1.gz.old; for f in mail.log.1 "
		      "mail.log.1.gz; do test ! -e $f || mv $f $f.old; done");
	}
	ingest_close(ingest);
	store_close(store);
	ck_assert_msg(t.troubles.len == 0, "%s", t.troubles.data);
}
END_TEST

/* The writer still has the old file open after it was renamed. */
START_TEST(a_late_writer_is_heard)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);

	write_log("mail.log", 1, 10);
	add_names(ingest, "mail.log*");
	read_on(ingest);
	shell("mv mail.log mail.log.1");
	ingest_look(ingest);
	write_log("mail.log.1", 11, 15);
	ingest_look(ingest);
	read_on(ingest);
	write_log("mail.log", 16, 20);
	write_log("mail.log.1", 21, 25);
	ingest_look(ingest);
	read_on(ingest);
	write_log("mail.log.1", 26, 30);
	ingest_look(ingest);
	read_on(ingest);
	ck_assert_int_eq(delivered_in(store), 30);
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* It is cut while it is read: what was not read is in the copy. */
START_TEST(a_log_may_be_cut_in_the_middle)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);
	struct error err;
	bool more = true;

	write_log("mail.log", 1, 5000);
	add_names(ingest, "mail.log");
	/* A single slice of some 2 MB. */
	must(ingest_turn(ingest, 1, &more, &err), &err);
	shell(_i == 0 ? "cp mail.log mail.log.1 && : > mail.log"
		      : "mv mail.log mail.log.1");
	write_log("mail.log", 5001, 5100);
	for (int i = 0; i < 3; i++) {
		ingest_look(ingest);
		read_on(ingest);
	}
	ck_assert_int_eq(delivered_in(store), 5100);
	ingest_close(ingest);
	store_close(store);
	ingest = NULL;
	shell("gzip mail.log.1");
}
END_TEST

/* --- troubles ------------------------------------------------------------- */

START_TEST(a_cut_archive_is_named_and_read_on)
{
	write_log("mail.log.1", 1, 3000);
	shell("gzip -k mail.log.1 && mv mail.log.1.gz whole.gz && "
	      "head -c 20000 whole.gz > mail.log.2.gz && rm mail.log.1");
	ingest("mail.log.2.gz");
	ck_assert_ptr_nonnull(strstr(t.troubles.data, "cut short"));
	ck_assert_int_gt(delivered(), 10);
	ck_assert_int_lt(delivered(), 3000);
	ingest("mail.log.2.gz");
	shell("cp whole.gz mail.log.2.gz");
	ingest("mail.log.2.gz");
	ck_assert_int_eq(delivered(), 3000);
	ingest("mail.log.2.gz whole.gz");
	ck_assert_int_eq(delivered(), 3000);
}
END_TEST

/* What was taken for nothing, or for another's log, counted nothing. */
START_TEST(a_format_named_later_is_read_anew)
{
	struct ingest_totals totals;
	struct ingest *reading;
	struct store *store;

	write_file("mail.log", "begin\n");
	shell("touch -d '1 hour ago' mail.log");
	store = opened(STORE_WRITE);
	reading = ingest_of(store, false);
	add_names(reading, "mail.log");
	read_on(reading);
	ingest_totals(reading, &totals);
	ck_assert_int_eq(totals.skipped, 1);
	ck_assert_ptr_nonnull(strstr(totals.trouble, "not a log of a known"));
	ingest_close(reading);
	store_close(store);

	write_log("old.log", 1, 10);
	ingest_as("exim", "old.log");
	ck_assert_int_eq(delivered(), 0);
	ingest_as("exim", "old.log");
	ingest("old.log");
	ck_assert_int_eq(delivered(), 0);
	ingest_as("postfix", "old.log");
	ck_assert_int_eq(delivered(), 10);
	ingest_as("postfix", "old.log");
	ingest_as("exim", "old.log");
	ingest_as("postfix", "old.log");
	ck_assert_int_eq(delivered(), 10);
}
END_TEST

START_TEST(others_go_on_beside_a_trouble)
{
	write_log("mail.log", 1, 10);
	shell("mkdir folder && printf '\\037\\213junk' > bad.gz");
	ingest("folder gone bad.gz mail.log");
	ck_assert_int_eq(delivered(), 10);
	ck_assert_ptr_nonnull(strstr(t.troubles.data, "is a directory"));
	ck_assert_ptr_nonnull(strstr(t.troubles.data, "there is no such log"));
	ck_assert_ptr_nonnull(strstr(t.troubles.data, "bad.gz: damaged"));
}
END_TEST

/* A followed log that goes is told of once, and so is its return. */
START_TEST(trouble_is_told_once)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, true);
	struct log_cursor cursor;
	struct arena *arena = arena_new();
	struct error err;
	char *path = in_dir("mail.log");

	add_names(ingest, "mail.log");
	for (int i = 0; i < 3; i++)
		ingest_look(ingest);
	ck_assert_ptr_nonnull(strstr(t.troubles.data, "no such log\n"));
	ck_assert_ptr_eq(strchr(t.troubles.data, '\n') + 1,
	    t.troubles.data + t.troubles.len);
	write_log("mail.log", 1, 10);
	ingest_close(ingest);
	ingest = ingest_of(store, true);
	add_names(ingest, "mail.log");
	read_on(ingest);
	must(store_cursor_get(store, path, arena, &cursor, &err), &err);
	ck_assert_str_eq(cursor.error, "");
	ck_assert_int_eq(cursor.attempts, 10);
	ck_assert_int_eq(cursor.lines, 30);
	free(path);
	arena_free(arena);
	ingest_close(ingest);
	store_close(store);
}
END_TEST

/* What is still being written is no line yet. */
START_TEST(a_line_counts_when_it_is_whole)
{
	struct buf text = { 0 };
	char *path = in_dir("mail.log");
	FILE *f;

	write_log("mail.log", 1, 10);
	add_message(&text, 11);
	for (size_t cut = 0; cut < text.len; cut += 100) {
		f = fopen(path, "a");
		fwrite(text.data + cut, 1,
		    text.len - cut < 100 ? text.len - cut : 100, f);
		fclose(f);
		ingest("mail.log");
	}
	ck_assert_int_eq(delivered(), 11);
	buf_free(&text);
	/* Unless nobody will write it to its end. */
	add_message(&text, 12);
	f = fopen(path, "a");
	fwrite(text.data, 1,
	    (size_t)(strstr(text.data, "- gsmtp)") - text.data) + 8, f);
	fclose(f);
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 11);
	shell("touch -d '2 hours ago' mail.log");
	ingest("mail.log");
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 12);
	buf_free(&text);
	/* It was not the end after all: what follows is another line. */
	write_file("mail.log", "\n");
	write_log("mail.log", 13, 13);
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 13);
	free(path);
}
END_TEST

/* More messages are under way than a cursor could name: their senders are read
 * again with the log. */
START_TEST(a_sender_is_known_when_its_delivery_comes)
{
	enum { MESSAGES = 3000 };
	struct buf from = { 0 }, to = { 0 };

	for (int i = 1; i <= MESSAGES; i++) {
		struct buf text = { 0 };
		size_t line;

		add_message(&text, i);
		line = strcspn(text.data, "\n") + 1;
		buf_add(&from, text.data, line);
		buf_str(&to, text.data + line);
		buf_free(&text);
	}
	write_file("mail.log", from.data);
	ingest("mail.log");
	ck_assert_int_eq(delivered(), 0);
	write_file("mail.log", to.data);
	ingest("mail.log");
	ck_assert_int_eq(delivered(), MESSAGES);
	buf_free(&from);
	buf_free(&to);
}
END_TEST

Suite *
suite_ingest(void)
{
	Suite *suite = suite_create("ingest");
	TCase *tc = tcase_create("ingest");

	tcase_add_checked_fixture(tc, place_begin, place_end);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_line_counts_once, 0,
	    (int)(sizeof(stories) / sizeof(stories[0])));
	tcase_add_loop_test(
	    tc, rotation_is_followed, 0, (int)(sizeof(ways) / sizeof(ways[0])));
	tcase_add_test(tc, a_late_writer_is_heard);
	tcase_add_loop_test(tc, a_log_may_be_cut_in_the_middle, 0, 2);
	tcase_add_test(tc, a_cut_archive_is_named_and_read_on);
	tcase_add_test(tc, a_format_named_later_is_read_anew);
	tcase_add_test(tc, others_go_on_beside_a_trouble);
	tcase_add_test(tc, trouble_is_told_once);
	tcase_add_test(tc, a_line_counts_when_it_is_whole);
	tcase_add_test(tc, a_sender_is_known_when_its_delivery_comes);
	suite_add_tcase(suite, tc);
	return suite;
}
