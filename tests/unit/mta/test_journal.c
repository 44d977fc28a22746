/* journald's export form: lines out of entries, and entries known again. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/journal.h"
#include "sendtop/mem.h"
#include "tests/unit/mta/suites.h"

#define A "0123456789abcdef0123456789abcdef"
#define B "fedcba9876543210fedcba9876543210"

static void
take(void *arg, const char *line, size_t len)
{
	buf_add(arg, line, len);
}

static void
add_entry(struct buf *out, const char *machine, long long us, const char *text)
{
	buf_printf(out,
	    "__CURSOR=s=%s;i=%llx;b=1;m=2;t=3;x=4\n__REALTIME_TIMESTAMP=%lld\n"
	    "_MACHINE_ID=%s\n"
	    "_HOSTNAME=mx1\nPRIORITY=6\nSYSLOG_IDENTIFIER=postfix/smtp\n"
	    "_PID=4711\nMESSAGE=%s\n\n",
	    machine, us, us, machine, text);
}

/* Feeds all in pieces, and returns the lines. */
static char *
lines_of(struct journal *journal, const struct buf *in, size_t piece)
{
	struct buf out = { 0 };

	for (size_t at = 0; at < in->len; at += piece)
		journal_feed(journal, in->data + at,
		    in->len - at < piece ? in->len - at : piece, take, &out);
	return buf_take(&out);
}

START_TEST(entries_become_lines)
{
	static const size_t pieces[] = { 1, 7, 64, 100000 };
	static const char want[] =
	    "2026-11-22T03:12:44.123456+00:00 mx1 postfix/smtp[4711]: to=<a>\n"
	    "2026-11-22T03:12:44.123457+00:00 mx1 postfix/smtp[4711]: two "
	    "lines, status=sent\n"
	    "2026-11-22T03:12:45.000000+00:00 localhost unknown: x\n";
	struct buf in = { 0 };

	add_entry(&in, A, 1795317164123456, "to=<a>");
	/* A binary field: what begins a new line in it begins no entry. */
	buf_printf(&in,
	    "__CURSOR=x\n__REALTIME_TIMESTAMP=1795317164123457\n_MACHINE_ID=" A
	    "\n_HOSTNAME=m x1\nSYSLOG_IDENTIFIER=postfix/smtp\nSYSLOG_PID=4711"
	    "\n_PID=1\nMESSAGE\n");
	buf_add(&in, "\x16\0\0\0\0\0\0\0two\nlines, status=sent\n\n", 8 + 24);
	add_entry(&in, A, 0, "no moment");
	buf_printf(&in, "__REALTIME_TIMESTAMP=1795317165000000\nMESSAGE=x\n\n");
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct journal *journal = journal_new("");
		char *lines = lines_of(journal, &in, pieces[i]);

		ck_assert_str_eq(lines, want);
		free(lines);
		journal_free(journal);
	}
	buf_free(&in);
}
END_TEST

START_TEST(a_long_field_is_cut)
{
	struct buf in = { 0 };
	struct journal *journal = journal_new("");
	char *text = mem_alloc(3 * JOURNAL_FIELD_MOST), *lines;

	memset(text, 'x', 3 * JOURNAL_FIELD_MOST - 1);
	text[3 * JOURNAL_FIELD_MOST - 1] = '\0';
	add_entry(&in, A, 1000000, text);
	add_entry(&in, A, 2000000, "next");
	lines = lines_of(journal, &in, 1000);
	ck_assert_uint_lt(strlen(lines), JOURNAL_FIELD_MOST + 200);
	ck_assert_ptr_nonnull(strstr(lines, ": next\n"));
	free(lines);
	free(text);
	journal_free(journal);
	buf_free(&in);
}
END_TEST

/* Exports as they may come, one run after the other. */
static const struct {
	const char *machine;
	long long first, last;
	size_t fresh;
} exports[] = {
	{ A, 100, 109, 10 }, { A, 100, 109, 0 }, /* the same again */
	{ A, 105, 114, 5 },                      /* it overlaps */
	{ A, 90, 99, 10 },   /* older ones after newer ones */
	{ A, 85, 120, 11 },  /* around all of them */
	{ A, 200, 209, 10 }, /* with a hole before it */
	{ A, 150, 151, 2 },  /* in the hole */
	{ B, 100, 104, 5 },  /* another machine's same moments */
	{ A, 80, 210, 83 },  /* everything, what was read and what was not */
};

START_TEST(an_entry_is_read_once)
{
	for (int fold = 0; fold < 2; fold++) {
		struct journal *journal = journal_new("");
		size_t i, count;

		for (i = 0; i < sizeof(exports) / sizeof(exports[0]); i++) {
			struct buf in = { 0 };
			char *lines, *state, *at;

			for (long long us = exports[i].first;
			     us <= exports[i].last; us++)
				add_entry(&in, exports[i].machine, us, "text");
			lines = lines_of(journal, &in, 333);
			for (count = 0, at = lines;
			     (at = strchr(at, '\n')) != NULL; at++)
				count++;
			ck_assert_msg(count == exports[i].fresh,
			    "export %zu, fold %d: %zu new", i, fold, count);
			free(lines);
			buf_free(&in);
			/* In the next process, or in the same. */
			if (fold == 1) {
				journal_fold(journal);
				continue;
			}
			state = journal_state(journal);
			journal_free(journal);
			journal = journal_new(state);
			free(state);
		}
		journal_free(journal);
	}
}
END_TEST

static size_t
fed(struct journal *journal, struct buf *in)
{
	char *lines = lines_of(journal, in, 333), *at;
	size_t count = 0;

	for (at = lines; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	free(lines);
	buf_free(in);
	*in = (struct buf){ 0 };
	return count;
}

/* One file may hold several exports, one behind the other. */
START_TEST(an_entry_is_read_once_in_a_run)
{
	struct journal *journal = journal_new("");
	struct buf in = { 0 };
	long long us;

	for (us = 1000; us < 1100; us += 2)
		add_entry(&in, A, us, "one unit's");
	for (us = 1000; us < 1100; us += 2)
		add_entry(&in, A, us, "one unit's");
	ck_assert_uint_eq(fed(journal, &in), 50);
	for (us = 1001; us < 1100; us += 2)
		add_entry(&in, A, us, "the other's");
	for (us = 1000; us < 1110; us++)
		add_entry(&in, A, us, "both");
	ck_assert_uint_eq(fed(journal, &in), 60);
	for (us = 1000; us < 1110; us++)
		add_entry(&in, B, us, "another machine's");
	ck_assert_uint_eq(fed(journal, &in), 110);
	ck_assert_int_eq(journal_known(journal), 50 + 100);
	/* A writer that knows no cursors, and one that has but one. */
	for (us = 2000; us < 2010; us++)
		buf_printf(&in,
		    "__CURSOR=%s\n__REALTIME_TIMESTAMP=%lld\nMESSAGE=x\n\n",
		    us % 2 == 0 ? "s=x" : "s=1;i=2", us);
	ck_assert_uint_eq(fed(journal, &in), 10);
	journal_free(journal);
}
END_TEST

/* Far more than the memory for it: what is remembered is the newest. */
START_TEST(memory_is_bounded)
{
	struct journal *journal = journal_new("");
	struct buf in = { 0 };
	long long i, step = 32768;

	for (int pass = 0; pass < 2; pass++) {
		for (i = 1; i <= 5000; i++)
			add_entry(&in, A, i * step, "x");
		ck_assert_uint_eq(fed(journal, &in), 5000);
	}
	for (i = 2000; i <= 5000; i++)
		add_entry(&in, A, i * step, "x");
	ck_assert_uint_eq(fed(journal, &in), 0);
	journal_free(journal);
}
END_TEST

START_TEST(a_damaged_state_is_no_trouble)
{
	static const char *const states[] = { "", "\n\n", A, A " 5", A " 5-",
		A " 9-5", A " -1-5", A " 1-2-3", "x y z",
		A " 99999999999999999999-5",
		A " 1-2 3-4 5-6 7-8 9-10 11-12 "
		  "13-14 15-16 17-18 19-20" };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct journal *journal = journal_new(states[i]);
		struct buf in = { 0 };
		char *lines;

		add_entry(&in, A, 1000, "text");
		lines = lines_of(journal, &in, 10);
		ck_assert_ptr_nonnull(strstr(lines, "text"));
		free(lines);
		buf_free(&in);
		journal_free(journal);
	}
}
END_TEST

START_TEST(its_begin_is_known)
{
	ck_assert(journal_begins("__CURSOR=s=", 11));
	ck_assert(!journal_begins("__CURSOR", 8));
	ck_assert(!journal_begins("Nov 22 03:12:44 mx1 postfix", 27));
}
END_TEST

Suite *
suite_journal(void)
{
	Suite *suite = suite_create("journal");
	TCase *tc = tcase_create("export");

	tcase_add_test(tc, entries_become_lines);
	tcase_add_test(tc, a_long_field_is_cut);
	tcase_add_test(tc, an_entry_is_read_once);
	tcase_add_test(tc, an_entry_is_read_once_in_a_run);
	tcase_add_test(tc, memory_is_bounded);
	tcase_add_test(tc, a_damaged_state_is_no_trouble);
	tcase_add_test(tc, its_begin_is_known);
	suite_add_tcase(suite, tc);
	return suite;
}
