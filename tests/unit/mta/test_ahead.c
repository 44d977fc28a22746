/* Reading ahead: what is fetched tells the same as what is fed. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mta/newlines.h"
#include "mta/octets_find.h"
#include "tests/unit/mta/logs.h"
#include "tests/unit/mta/suites.h"

enum { MESSAGES = 12000, LONG = 70 * 1024, CHUNK = 100 * 1000 };

/* --- octets --------------------------------------------------------------- */

/* The text ends where the memory does, so that reading over it is seen. */
START_TEST(octets_are_found)
{
	for (size_t len = 0; len < 80; len++) {
		char *text = mem_alloc(len + (len == 0));

		memset(text, 'x', len);
		ck_assert_ptr_null(octets_find2(text, len, 'a', 'b'));
		for (size_t at = 0; at < len; at++) {
			memset(text, 'x', len);
			text[len - 1] = 'a';
			text[at] = 'b';
			ck_assert_ptr_eq(
			    octets_find2(text, len, 'a', 'b'), text + at);
			ck_assert_ptr_eq(
			    octets_find(text, len, 'b'), text + at);
		}
		free(text);
	}
	ck_assert_ptr_null(octets_find(NULL, 0, 'a'));
}
END_TEST

START_TEST(newlines_are_found)
{
	for (size_t every = 1; every < 150; every += 7) {
		enum { LEN = 1000 };
		char *text = mem_alloc(LEN);
		struct newlines lines;

		memset(text, 'x', LEN);
		newlines_begin(&lines, text, LEN);
		for (size_t at = every - 1; at < LEN; at += every)
			text[at] = '\n';
		for (size_t at = every - 1; at < LEN; at += every)
			ck_assert_ptr_eq(newlines_next(&lines), text + at);
		ck_assert_ptr_null(newlines_next(&lines));
		ck_assert(!lines.binary);
		free(text);
	}
}
END_TEST

START_TEST(binary_octets_are_found)
{
	for (size_t at = 0; at < 300; at++) {
		char text[300];
		struct newlines lines;

		memset(text, 'x', sizeof(text));
		text[sizeof(text) - 1] = '\n';
		text[at] = '\0';
		newlines_begin(&lines, text, sizeof(text));
		while (newlines_next(&lines) != NULL)
			;
		ck_assert(lines.binary);
	}
}
END_TEST

/* --- logs ----------------------------------------------------------------- */

/* What no writer of logs should write, here and there. */
static void
add_odd(struct buf *out, int i)
{
	if (i % 997 == 0)
		buf_add(out, "a\0b\n", 4);
	if (i % 1499 == 0)
		buf_add(out, "\n\r\n", 3);
	if (i % 2999 == 1) {
		for (int k = 0; k < LONG; k++)
			buf_char(out, 'y');
		buf_char(out, '\n');
	}
	if (i % 5003 == 2)
		for (int k = 0; k < 3000; k++)
			buf_char(out, '\n');
	if (i % 701 == 3)
		buf_str(out,
		    "Nov 22 00:00:01 mx1 postfix/smtp[7]: 4A0B1C2D3E: "
		    "to=<x@gmail.com>, relay=x\n");
}

static void
make_log(struct buf *out, bool odd)
{
	for (int i = 0; i < MESSAGES; i++) {
		const char *end = odd && i % 13 == 0 ? "\r\n" : "\n";
		int s = i / 40;

		buf_printf(out,
		    "Nov 22 00:%02d:%02d mx1 postfix/qmgr[5]: 4F%08X: "
		    "from=<b+%d@news%d.example.com>, size=1, nrcpt=1 (queue "
		    "active)%s",
		    s / 60 % 60, s % 60, i, i, i % 7, end);
		buf_printf(out,
		    "Nov 22 00:%02d:%02d mx1 postfix/smtpd[6]: connect%s",
		    s / 60 % 60, s % 60, end);
		buf_printf(out,
		    "Nov 22 00:%02d:%02d mx1 postfix/smtp[%d]: 4F%08X: "
		    "to=<u%d@gmail.com>, relay=gmail-smtp-in.l.google.com"
		    "[192.0.2.%d]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
		    "status=sent (250 ok %d)%s",
		    s / 60 % 60, s % 60, 100 + i % 9, i, i, i % 200, i, end);
		if (odd)
			add_odd(out, i);
	}
}

struct file {
	const char *text;
	size_t len;
	_Atomic size_t upto; /* as far as it goes by now */
};

static size_t
read_file(void *arg, uint64_t at, char *buf, size_t size)
{
	const struct file *file = arg;
	size_t left = at < file->upto ? file->upto - (size_t)at : 0;

	size = size < left ? size : left;
	if (size > 0)
		memcpy(buf, file->text + at, size);
	return size;
}

/* Fetches while that is offered, else feeds.  grows: the log is told to be
 * longer than it is just now. */
static char *
read_ahead(struct file *file, bool grows, struct mta_stats *stats, int *ahead)
{
	const struct mta_octets octets = { read_file, file };
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct buf out = { 0 };
	struct mta_sink sink;
	struct mta_reader *reader;
	char *chunk = mem_alloc(CHUNK);
	size_t at = 0, n;

	log_sink(&sink, &out);
	reader = mta_reader_new(&options, &sink);
	*ahead = 0;
	while (at < file->len) {
		n = grows ? at + at / 3 + CHUNK : file->len;
		file->upto = n < file->len ? n : file->len;
		n = mta_reader_ready(reader, &octets, at, file->len);
		if (n > 0) {
			if (++*ahead % 3 == 0)
				mta_reader_rest(reader);
			mta_reader_take(reader);
		} else {
			n = read_file(file, at, chunk, CHUNK);
			mta_reader_feed(reader, chunk, n);
		}
		at += n;
	}
	mta_reader_end(reader);
	mta_reader_stats(reader, stats);
	mta_reader_free(reader);
	free(chunk);
	return buf_take(&out);
}

/* _i & 1: the log has odd lines; _i & 2: it grows. */
START_TEST(it_tells_the_same)
{
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct buf log = { 0 };
	struct mta_stats fed, got;
	struct file file;
	char *want, *have;
	int ahead;

	make_log(&log, (_i & 1) != 0);
	file = (struct file){ log.data, log.len, 0 };
	want = log_read(log.data, log.len, &options, CHUNK, &fed);
	have = read_ahead(&file, (_i & 2) != 0, &got, &ahead);
	ck_assert_int_gt(ahead, 3);
	ck_assert(strcmp(have, want) == 0);
	ck_assert_int_eq(got.attempts, MESSAGES);
	ck_assert_int_eq(got.lines, fed.lines);
	ck_assert_int_eq(got.skipped, fed.skipped);
	ck_assert_int_eq(got.unjoined, fed.unjoined);
	ck_assert_uint_eq(got.octets, log.len);
	ck_assert_int_eq(got.first_s, fed.first_s);
	ck_assert_int_eq(got.last_s, fed.last_s);
	free(want);
	free(have);
	buf_free(&log);
}
END_TEST

/* Of other octets than those that were taken to come next nothing is told. */
START_TEST(it_begins_where_it_is_asked)
{
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct mta_octets octets = { read_file, NULL };
	struct buf log = { 0 }, out = { 0 };
	struct mta_reader *reader;
	struct mta_stats stats;
	struct mta_sink sink;
	struct file file;
	size_t begin, n;

	make_log(&log, false);
	file = (struct file){ log.data, log.len, log.len };
	octets.arg = &file;
	log_sink(&sink, &out);
	reader = mta_reader_new(&options, &sink);
	ck_assert_uint_eq(mta_reader_ready(reader, &octets, 0, log.len), 0);
	begin = strcspn(log.data, "\n") + 1;
	mta_reader_feed(reader, log.data, begin);
	n = mta_reader_ready(reader, &octets, begin, log.len);
	ck_assert_uint_gt(n, 0);
	mta_reader_take(reader);
	/* Not those behind it, but the same once more. */
	ck_assert_uint_eq(mta_reader_ready(reader, &octets, 0, log.len), n);
	mta_reader_take(reader);
	mta_reader_stats(reader, &stats);
	ck_assert_uint_eq(mta_reader_ready(reader, &octets, 5, 10), 0);
	ck_assert_uint_le(stats.octets, begin + 2 * n);
	mta_reader_free(reader);
	buf_free(&log);
	buf_free(&out);
}
END_TEST

Suite *
suite_ahead(void)
{
	Suite *suite = suite_create("ahead");
	TCase *tcase = tcase_create("ahead");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, octets_are_found);
	tcase_add_test(tcase, newlines_are_found);
	tcase_add_test(tcase, binary_octets_are_found);
	tcase_add_loop_test(tcase, it_tells_the_same, 0, 4);
	tcase_add_test(tcase, it_begins_where_it_is_asked);
	suite_add_tcase(suite, tcase);
	return suite;
}
