/* Reading messages: lines, fields, body. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/message.h"
#include "suites.h"

static const struct {
	const char *why, *text;
	size_t fields, body;
	size_t bad_line, bare_lf, bare_cr, longest;
} rows[] = {
	{ "as on the wire", "From: a@b\r\nTo: c@d\r\n\r\nHi\r\n", 2, 4, 0, 0, 0,
	    9 },
	{ "as saved on Unix", "From: a@b\nTo: c@d\n\nHi\n", 2, 4, 0, 0, 0, 9 },
	{ "from an mbox", "From x Sat Nov 21\nFrom: a@b\n\nHi\n", 1, 4, 0, 0, 0,
	    9 },
	{ "one LF among CRLFs", "From: a@b\r\n\r\nHi\nHo\r\n", 1, 7, 0, 1, 0,
	    9 },
	{ "a CR alone", "From: a@b\r\n\r\nHi\rHo\r\n", 1, 7, 0, 0, 1, 9 },
	{ "no body", "From: a@b\r\n", 1, 0, 0, 0, 0, 9 },
	{ "an empty body", "From: a@b\r\n\r\n", 1, 0, 0, 0, 0, 9 },
	{ "no line end at all", "From: a@b", 1, 0, 0, 0, 0, 9 },
	{ "folded", "Subject: a\r\n b\r\n\tc\r\n\r\n", 1, 0, 0, 0, 0, 10 },
	{ "a line that is no field", "From: a@b\r\nhello\r\nTo: c@d\r\n\r\n", 2,
	    0, 2, 0, 0, 9 },
	{ "folding at the very start", " x\r\nFrom: a@b\r\n\r\n", 1, 0, 1, 0, 0,
	    9 },
	{ "a name with a blank in it", "My Name: a\r\nFrom: a@b\r\n\r\n", 1, 0,
	    1, 0, 0, 10 },
};

START_TEST(test_parse)
{
	struct arena *arena = arena_new();
	struct message m;
	struct error err;

	ck_assert_int_eq(message_parse(rows[_i].text, strlen(rows[_i].text),
			     arena, &m, &err),
	    STATUS_OK);
	ck_assert_msg(m.field_count == rows[_i].fields, "%s: %zu fields",
	    rows[_i].why, m.field_count);
	ck_assert_msg(m.body_len == rows[_i].body, "%s: body of %zu",
	    rows[_i].why, m.body_len);
	ck_assert_msg(
	    m.bad_line == rows[_i].bad_line, "%s: bad line", rows[_i].why);
	ck_assert_uint_eq(m.bare_lf, rows[_i].bare_lf);
	ck_assert_uint_eq(m.bare_cr, rows[_i].bare_cr);
	ck_assert_uint_eq(m.longest, rows[_i].longest);
	arena_free(arena);
}
END_TEST

START_TEST(test_refused)
{
	static const char *const none[] = { "", "\r\n\r\nbody", "hello\r\n",
		": x\r\n" };
	struct arena *arena = arena_new();
	struct message m;
	struct error err;

	for (int i = 0; i < ROWS(none); i++)
		ck_assert_int_eq(
		    message_parse(none[i], strlen(none[i]), arena, &m, &err),
		    STATUS_PARSE);
	ck_assert_int_eq(
	    message_parse("x", (size_t)MESSAGE_MOST + 1, arena, &m, &err),
	    STATUS_USAGE);
	arena_free(arena);
}
END_TEST

START_TEST(test_fields)
{
	static const char text[] = "Received: one\r\nSUBJECT : a\r\n"
				   "\t folded  \r\nreceived: two\r\n\r\n";
	struct arena *arena = arena_new();
	struct message m;
	struct error err;

	ck_assert_int_eq(
	    message_parse(text, strlen(text), arena, &m, &err), STATUS_OK);
	ck_assert_uint_eq(message_field_count(&m, "Received"), 2);
	ck_assert_str_eq(
	    message_value(message_field(&m, "received", 1), arena), "two");
	ck_assert_ptr_null(message_field(&m, "Received", 2));
	ck_assert_str_eq(message_value(message_field(&m, "Subject", 0), arena),
	    "a\t folded");
	ck_assert_uint_eq(message_field(&m, "Subject", 0)->raw_len,
	    strlen("SUBJECT : a\r\n\t folded  \r\n"));
	arena_free(arena);
}
END_TEST

/* Cut anywhere, it is read or refused; nothing is read past its end. */
START_TEST(test_cut)
{
	static const char text[] = "From x\r\nFrom: a@b\r\nTo: c\r\n d\r\n\r\n"
				   "Hi\r\n.\r\n";
	struct arena *arena = arena_new();
	struct message m;
	struct error err;

	for (size_t n = 0; n < sizeof(text); n++) {
		char *copy = mem_ndup(text, n);
		enum status status = message_parse(copy, n, arena, &m, &err);

		ck_assert(status == STATUS_OK || status == STATUS_PARSE);
		if (status == STATUS_OK) {
			ck_assert_uint_gt(m.field_count, 0);
			ck_assert_ptr_eq(m.body + m.body_len, m.data + m.len);
		}
		free(copy);
	}
	arena_free(arena);
}
END_TEST

Suite *
suite_message(void)
{
	Suite *suite = suite_create("message");
	TCase *tc = tcase_create("message");

	tcase_add_loop_test(tc, test_parse, 0, ROWS(rows));
	tcase_add_test(tc, test_refused);
	tcase_add_test(tc, test_fields);
	tcase_add_test(tc, test_cut);
	suite_add_tcase(suite, tc);
	return suite;
}
