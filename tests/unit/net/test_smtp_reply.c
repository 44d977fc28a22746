/* SMTP replies as text: the parser, the texts, the extensions, the record. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "src/net/smtp_reply.h"
#include "suites.h"

static const struct {
	const char *why, *data;
	int found, code;
	size_t octets, lines;
} rows[] = {
	{ "one line", "220 hello\r\n", 1, 220, 11, 1 },
	{ "no text", "250\r\n", 1, 250, 5, 1 },
	{ "no text after a space", "250 \r\n", 1, 250, 6, 1 },
	{ "bare LF", "220 hello\n", 1, 220, 10, 1 },
	{ "three lines", "250-a\r\n250-b\r\n250 c\r\n", 1, 250, 21, 3 },
	{ "ends in a bare code", "250-a\r\n250\r\n", 1, 250, 12, 2 },
	{ "more behind it", "250 a\r\n221 b\r\n", 1, 250, 7, 1 },
	{ "nothing yet", "", 0, 0, 0, 0 },
	{ "two digits yet", "22", 0, 0, 0, 0 },
	{ "no line end yet", "220 hel", 0, 0, 0, 0 },
	{ "CR alone yet", "220 hello\r", 0, 0, 0, 0 },
	{ "a line to come", "250-a\r\n", 0, 250, 0, 1 },
	{ "half a line to come", "250-a\r\n25", 0, 250, 0, 1 },
	{ "code changes", "250-a\r\n550 b\r\n", -1, 250, 0, 1 },
	{ "letters", "HTTP/1.1 400\r\n", -1, 0, 0, 0 },
	{ "a letter at once", "S", -1, 0, 0, 0 },
	{ "first digit 1", "120 a\r\n", -1, 0, 0, 0 },
	{ "first digit 6", "650 a\r\n", -1, 0, 0, 0 },
	{ "too short", "22\r\n", -1, 0, 0, 0 },
	{ "four digits", "2200 a\r\n", -1, 0, 0, 0 },
	{ "an empty line", "\r\n", -1, 0, 0, 0 },
	{ "text on the code", "220hello\r\n", -1, 0, 0, 0 },
	{ "an empty line within", "250-a\r\n\r\n", -1, 250, 0, 1 },
};

START_TEST(replies)
{
	struct smtp_reply reply;
	int found = smtp_reply_parse(
	    rows[_i].data, strlen(rows[_i].data), &reply);

	ck_assert_msg(found == rows[_i].found, "%s: %d", rows[_i].why, found);
	ck_assert_msg(reply.code == rows[_i].code, "%s: code %d", rows[_i].why,
	    reply.code);
	ck_assert_msg(reply.octets == rows[_i].octets, "%s: %zu octets",
	    rows[_i].why, reply.octets);
	ck_assert_msg(reply.lines == rows[_i].lines, "%s: %zu lines",
	    rows[_i].why, reply.lines);
}
END_TEST

/* Every start of a good reply asks for more, never fails. */
START_TEST(starts)
{
	static const char data[] = "250-mx.test\r\n250-SIZE 5\r\n250 HELP\r\n";
	struct smtp_reply reply;
	size_t len;

	for (len = 0; len < sizeof(data) - 1; len++)
		ck_assert_int_eq(smtp_reply_parse(data, len, &reply), 0);
	ck_assert_int_eq(smtp_reply_parse(data, len, &reply), 1);
}
END_TEST

static int
parse_lines(size_t lines, size_t width, const char *last)
{
	struct smtp_reply reply;
	struct buf data = { 0 };
	int found;
	size_t i;

	while (lines-- > 0) {
		buf_str(&data, "250-");
		for (i = 6; i < width; i++)
			buf_char(&data, 'x');
		buf_str(&data, "\r\n");
	}
	buf_str(&data, last);
	found = smtp_reply_parse(data.data, data.len, &reply);
	buf_free(&data);
	return found;
}

START_TEST(caps)
{
	ck_assert_int_eq(parse_lines(SMTP_LINES_MAX - 1, 10, "250 x\r\n"), 1);
	ck_assert_int_eq(parse_lines(SMTP_LINES_MAX, 10, "250 x\r\n"), -1);
	ck_assert_int_eq(parse_lines(SMTP_LINES_MAX + 1, 10, ""), -1);
	ck_assert_int_eq(parse_lines(1, SMTP_LINE_MAX, "250 x\r\n"), 1);
	ck_assert_int_eq(parse_lines(1, SMTP_LINE_MAX + 1, "250 x\r\n"), -1);
	ck_assert_int_eq(parse_lines(15, SMTP_LINE_MAX, "250 x\r\n"), 1);
	ck_assert_int_eq(parse_lines(16, SMTP_LINE_MAX, "250 x\r\n"), -1);
	ck_assert_int_eq(parse_lines(16, SMTP_LINE_MAX, "2"), -1);
}
END_TEST

static const struct {
	const char *why, *data, *text, *extensions;
	size_t lines;
	bool starttls;
} texts[] = {
	{ "plain", "250-mx\r\n250-SIZE 5\r\n250 StartTLS\r\n",
	    "250 mx SIZE 5 StartTLS", "SIZE 5, StartTLS", 9, true },
	{ "first line alone", "220-a\r\n220 b\r\n", "220 a", "b", 1, false },
	{ "as a greeting it does not count", "250 STARTTLS\r\n", "250 STARTTLS",
	    "", 9, false },
	{ "a longer word", "250-a\r\n250 STARTTLSX\r\n", "250 a STARTTLSX",
	    "STARTTLSX", 9, false },
	{ "with arguments", "250-a\r\n250 STARTTLS now\r\n",
	    "250 a STARTTLS now", "STARTTLS now", 9, true },
	{ "empty lines", "250-\r\n250-\r\n250 HELP\r\n", "250 HELP", "HELP", 9,
	    false },
	{ "no text", "250\r\n", "250", "", 9, false },
	{ "escapes", "250-a\r\n250 \x1b[2J\xff\r\n", "250 a \\x1b[2J\\xff",
	    "\\x1b[2J\\xff", 9, false },
};

START_TEST(words)
{
	char text[SMTP_TEXT_SIZE], list[SMTP_EHLO_SIZE];
	struct smtp_reply reply;

	ck_assert_int_eq(
	    smtp_reply_parse(texts[_i].data, strlen(texts[_i].data), &reply),
	    1);
	smtp_reply_text(texts[_i].data, &reply, texts[_i].lines, text);
	ck_assert_str_eq(text, texts[_i].text);
	ck_assert_msg(smtp_reply_extensions(texts[_i].data, &reply, list) ==
		texts[_i].starttls,
	    "%s", texts[_i].why);
	ck_assert_str_eq(list, texts[_i].extensions);
}
END_TEST

START_TEST(record)
{
	char greeting[] = "220 hi";
	struct smtp_session from = {
		.outcome = SMTP_OK,
		.greeting = greeting,
		.key_type = "RSA",
		.key_bits = 2048,
		.not_after_s = 5000000000,
	};
	struct smtp_session *made = smtp_session_make(&from);

	greeting[0] = 'X';
	ck_assert_str_eq(made->greeting, "220 hi");
	ck_assert_str_eq(made->key_type, "RSA");
	ck_assert_str_eq(made->phase, "");
	ck_assert_str_eq(made->cert_names, "");
	ck_assert_int_eq(made->key_bits, 2048);
	ck_assert_int_eq(made->not_after_s, 5000000000);
	free(made);
}
END_TEST

Suite *
suite_smtp_reply(void)
{
	Suite *suite = suite_create("smtp_reply");
	TCase *tc = tcase_create("smtp_reply");

	tcase_add_loop_test(
	    tc, replies, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, starts);
	tcase_add_test(tc, caps);
	tcase_add_loop_test(
	    tc, words, 0, (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(tc, record);
	suite_add_tcase(suite, tc);
	return suite;
}
