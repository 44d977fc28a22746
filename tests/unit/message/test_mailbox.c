/* Address lists and dates. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sendtop/message.h"
#include "suites.h"

static const struct {
	const char *value;
	bool whole;
	/* "display|local|domain", one after the other with ";" between. */
	const char *boxes;
} lists[] = {
	{ "a@b.example", true, "|a|b.example;" },
	{ "<a@b.example>", true, "|a|b.example;" },
	{ "News <a@b.example>", true, "News|a|b.example;" },
	{ "\"Shop, Ltd.\" <a@b.example>", true, "Shop, Ltd.|a|b.example;" },
	{ "\"a\\\"b\" <a@b.example>", true, "a\"b|a|b.example;" },
	{ "Two Words (and a comment) <a.b@b.example> (x)", true,
	    "Two Words|a.b|b.example;" },
	{ "\"odd local\"@b.example", false, "" },
	{ "\"odd.local\"@b.example", true, "|odd.local|b.example;" },
	{ "a@b.example, c <c@d.example>", true, "|a|b.example;c|c|d.example;" },
	{ "team: a@b.example, c@d.example;", true,
	    "|a|b.example;|c|d.example;" },
	{ "undisclosed-recipients:;", true, "" },
	{ "team: a@b.example", false, "|a|b.example;" },
	{ "a@[192.0.2.1]", true, "|a|[192.0.2.1];" },
	{ "J\xc3\xb6rg <j@b.example>", true, "J\xc3\xb6rg|j|b.example;" },
	{ "(nested (comment)) a@b.example", true, "|a|b.example;" },
	{ "", true, "" },
	{ ",a@b.example,,", true, "|a|b.example;" },
	{ "no address", false, "" },
	{ "a@", false, "" },
	{ "@b.example", false, "" },
	{ "<a@b.example", false, "" },
	{ "<a@b.example> junk", false, "|a|b.example;" },
	{ "\"open <a@b.example>", false, "" },
	{ "(open", false, "" },
	{ "a b@c.example", false, "" },
};

START_TEST(test_list)
{
	struct arena *arena = arena_new();
	struct buf got = { 0 };
	struct mailbox *boxes;
	size_t count;
	bool whole = mailboxes_parse(lists[_i].value, arena, &boxes, &count);

	buf_str(&got, "");
	for (size_t i = 0; i < count; i++)
		buf_printf(&got, "%s|%s|%s;", boxes[i].display, boxes[i].local,
		    boxes[i].domain);
	ck_assert_msg(whole == lists[_i].whole, "%s", lists[_i].value);
	ck_assert_str_eq(got.data != NULL ? got.data : "", lists[_i].boxes);
	buf_free(&got);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *value;
	int64_t at; /* -1: no date */
} dates[] = {
	{ "Sat, 21 Nov 2026 23:40:00 +0000", 1795304400 },
	{ "21 Nov 2026 23:40:00 +0000", 1795304400 },
	{ "Sun, 22 Nov 2026 00:40 +0100", 1795304400 },
	{ "Sat, 21 Nov 26 18:40:00 EST", 1795304400 },
	{ "Sat, 21 Nov 2026 23:40:00 GMT (comment)", 1795304400 },
	{ "1 Jan 1970 00:00:00 -0000", 0 },
	{ "Sat, 30 Feb 2026 00:00:00 +0000", -1 },
	{ "Sat, 21 Nov 2026 24:00:00 +0000", -1 },
	{ "Sat, 21 Nov 2026", -1 },
	{ "2026-11-21T23:40:00Z", -1 },
	{ "Sat 21 Nov 2026 23:40:00 +0000", -1 },
	{ "0 Nov 2026 23:40:00 +0000", -1 },
	{ "21 Nov 2026 23:40:00 +0099", -1 },
	{ "21 Nov 2026 23:40:00", -1 },
	{ "", -1 },
};

START_TEST(test_date)
{
	int64_t at = -1;
	bool ok = message_date_parse(dates[_i].value, &at);

	ck_assert_msg(ok == (dates[_i].at >= 0), "%s", dates[_i].value);
	if (ok)
		ck_assert_int_eq(at, dates[_i].at);
}
END_TEST

Suite *
suite_mailbox(void)
{
	Suite *suite = suite_create("mailbox");
	TCase *tc = tcase_create("mailbox");

	tcase_add_loop_test(tc, test_list, 0, ROWS(lists));
	tcase_add_loop_test(tc, test_date, 0, ROWS(dates));
	suite_add_tcase(suite, tc);
	return suite;
}
