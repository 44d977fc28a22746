/* The canonical forms, with the examples of RFC 6376 3.4.5. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sendtop/message.h"
#include "suites.h"

#define HEAD "A: X\r\nB : Y\t\r\n\tZ  \r\n"
#define EXAMPLE HEAD "\r\n C \r\nD \t E\r\n\r\n\r\n"

static const struct {
	const char *why, *text;
	enum dkim_form form;
	int64_t length;
	const char *body;
	size_t whole;
} bodies[] = {
	{ "the RFC's example", EXAMPLE, DKIM_RELAXED, -1, " C\r\nD E\r\n", 9 },
	{ "the same, simple", EXAMPLE, DKIM_SIMPLE, -1, " C \r\nD \t E\r\n",
	    12 },
	{ "cut by l=", EXAMPLE, DKIM_RELAXED, 4, " C\r\n", 9 },
	{ "l= beyond it", EXAMPLE, DKIM_RELAXED, 99, " C\r\nD E\r\n", 9 },
	{ "empty, simple", HEAD "\r\n", DKIM_SIMPLE, -1, "\r\n", 2 },
	{ "empty, relaxed", HEAD "\r\n", DKIM_RELAXED, -1, "", 0 },
	{ "empty lines, simple", HEAD "\r\n\r\n\r\n", DKIM_SIMPLE, -1, "\r\n",
	    2 },
	{ "empty lines, relaxed", HEAD "\r\n \r\n\t\r\n", DKIM_RELAXED, -1, "",
	    0 },
	{ "blank lines are not empty to simple", HEAD "\r\n \r\n", DKIM_SIMPLE,
	    -1, " \r\n", 3 },
	{ "no line end", HEAD "\r\nHi", DKIM_RELAXED, -1, "Hi\r\n", 4 },
	{ "no line end, simple", HEAD "\r\nHi", DKIM_SIMPLE, -1, "Hi\r\n", 4 },
	{ "blanks at the start stay", HEAD "\r\n \t x\r\n", DKIM_RELAXED, -1,
	    " x\r\n", 4 },
	{ "an LF alone is an octet of its line", HEAD "\r\na\nb\r\n",
	    DKIM_RELAXED, -1, "a\nb\r\n", 5 },
};

START_TEST(test_body)
{
	struct arena *arena = arena_new();
	struct buf out = { 0 };
	struct message m;
	struct error err;

	ck_assert_int_eq(message_parse(bodies[_i].text, strlen(bodies[_i].text),
			     arena, &m, &err),
	    STATUS_OK);
	ck_assert_uint_eq(
	    dkim_body(&m, bodies[_i].form, bodies[_i].length, &out),
	    bodies[_i].whole);
	ck_assert_msg(out.len == strlen(bodies[_i].body) &&
		memcmp(out.data != NULL ? out.data : "", bodies[_i].body,
		    out.len) == 0,
	    "%s: %.*s", bodies[_i].why, (int)out.len, out.data);
	buf_free(&out);
	arena_free(arena);
}
END_TEST

#define SIGNED                                                             \
	"Received: 1\r\nReceived: 2\r\nDKIM-Signature: v=1; b = aa\r\n b;" \
	" bh=cc\r\n" EXAMPLE

static const struct {
	const char *why, *h;
	enum dkim_form form;
	const char *header;
} headers[] = {
	{ "the RFC's example", "A:B", DKIM_RELAXED,
	    "a:X\r\nb:Y Z\r\ndkim-signature:v=1; b =; bh=cc" },
	{ "simple", "A:B", DKIM_SIMPLE,
	    "A: X\r\nB : Y\t\r\n\tZ  \r\n"
	    "DKIM-Signature: v=1; b =; bh=cc" },
	{ "from the last one up, and one too many",
	    "received : Received:\r\n RECEIVED:none", DKIM_RELAXED,
	    "received:2\r\nreceived:1\r\ndkim-signature:v=1; b =; bh=cc" },
	{ "the signature itself does not count", "dkim-signature:a",
	    DKIM_RELAXED, "a:X\r\ndkim-signature:v=1; b =; bh=cc" },
	{ "nothing", "::", DKIM_RELAXED, "dkim-signature:v=1; b =; bh=cc" },
};

START_TEST(test_header)
{
	struct arena *arena = arena_new();
	struct buf out = { 0 };
	struct message m;
	struct error err;

	ck_assert_int_eq(
	    message_parse(SIGNED, strlen(SIGNED), arena, &m, &err), STATUS_OK);
	dkim_header(&m, headers[_i].form, headers[_i].h, strlen(headers[_i].h),
	    message_field(&m, "DKIM-Signature", 0), &out);
	ck_assert_str_eq(out.data, headers[_i].header);
	buf_free(&out);
	arena_free(arena);
}
END_TEST

Suite *
suite_dkim_form(void)
{
	Suite *suite = suite_create("dkim_form");
	TCase *tc = tcase_create("dkim_form");

	tcase_add_loop_test(tc, test_body, 0, ROWS(bodies));
	tcase_add_loop_test(tc, test_header, 0, ROWS(headers));
	suite_add_tcase(suite, tc);
	return suite;
}
