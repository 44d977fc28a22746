/* normalise: what MTAs, wrappers and logs do to a reply, undone. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mta/normalise.h"
#include "sendtop/mem.h"
#include "tests/unit/mta/suites.h"

static const struct {
	const char *text;
	int reply;
	const char *enhanced, *words;
} rows[] = {
	{ "", 0, "", "" },
	{ "550 5.1.1 No such user", 550, "5.1.1", "no such user" },
	{ "mx postfix/smtp[450]: x said: 550 no", 550, "",
	    "mx postfix smtp x said no" },
	{ "550-5.1.1 No such\r\n550 5.1.1 user", 550, "5.1.1", "no such user" },
	{ "550-5.1.1 No such 550 5.1.1 user", 550, "5.1.1", "no such user" },
	{ "550-5.1.1 No such\\n550 5.1.1 user", 550, "5.1.1", "no such user" },
	{ "550-5.1.1 No such#015#012550 5.1.1 user", 550, "5.1.1",
	    "no such user" },
	{ "552 5.7.0 This 5.7.0 and 5.7.0 that", 552, "5.7.0",
	    "this and that" },
	{ "<<< 550-5.1.1 No <<< 550 5.1.1 user", 550, "5.1.1", "no user" },
	{ "(550, b'5.1.1 No user')", 550, "5.1.1", "no user" },
	{ "550; 5.7.515 No", 550, "5.7.515", "no" },
	{ "451- 4.7.652 The", 451, "4.7.652", "the" },
	{ "550 #5.1.1 No user", 550, "5.1.1", "no user" },
	{ "#5.1.1 No user", 0, "5.1.1", "no user" },
	{ "go to?550 5.1.1 page", 550, "5.1.1", "go to page" },
	{ "550_5.1.1_No_such_user", 550, "5.1.1", "no such user" },
	{ "550+5.1.1+No+such+user", 550, "5.1.1", "no such user" },
	{ "550%205.1.1%20No%20such%20user", 550, "5.1.1", "no such user" },
	{ "a_b and c_d e", 0, "", "a b and c d e" },
	{ "550-5.1.1 No such<br>550-5.1.1 user <br/>550 5.1.1 a<b>c", 550,
	    "5.1.1", "no such user a b c" },
	/* Lines joined without anything between them: OpenSMTPD. */
	{ "421-4.7.28 A rate of4.7.28 mail from10.4.7.28 limited.4.7.28  a "
	  "b-4.7.28 c4.7.26 d4.7.281",
	    421, "4.7.28",
	    "a rate of mail from10 4 7 28 limited a b 4 7 28 c4 7 26 d4 7 281" },
	/* several codes */
	{ "550-5.7.26 a 450 4.7.26 b", 450, "4.7.26", "a b" },
	{ "554-5.4.7 [x] (last: 452-4.2.2 full)", 452, "4.2.2", "x last full" },
	{ "421-4.7.28 a 421-x.x.xx b 421 x.x.xx c", 421, "4.7.28", "a b c" },
	{ "553 Mail not allowed - 5.7.1 [BL23] x [550]", 553, "",
	    "mail not allowed bl23 x" },
	{ "delay=421, host a[192.0.2.1] said: 550 no", 550, "",
	    "delay= host a 192 0 2 1 said no" },
	{ "H=a [192.0.2.1]: SMTP error from remote mail server after end of "
	  "data: 421 no",
	    421, "",
	    "h=a 192 0 2 1 smtp error from remote mail server after end of "
	    "data no" },
	/* what is no code */
	{ "RFC 5322 and 50 hops", 0, "", "rfc 5322 and 50 hops" },
	{ "421 x - 4.16.55.1; see", 421, "", "x 4 16 55 1 see" },
	{ "421 late - 4.16.50", 421, "", "late" },
	{ "g13si307otj.421 - gsmtp", 0, "", "g13si307otj 421 gsmtp" },
	{ "mail-550.example.com", 0, "", "mail 550 example com" },
	{ "250 2.0.0 fine", 0, "", "250 2 0 0 fine" },
	{ "5501 55 4.2 5.1.1a", 0, "", "5501 55 4 2 5 1 1a" },
	/* letters */
	{ "doesn't doesn\xe2\x80\x99t doesn`t doesn???t doesn&#39;t "
	  "doesn\\'t",
	    0, "", "doesnt doesnt doesnt doesnt doesnt doesnt" },
	{ "doesn\xc3\xa2\xe2\x82\xac\xe2\x84\xa2t doesn\x92t", 0, "",
	    "doesnt doesnt" },
	{ "a\xc2\xa0"
	  "b\xe2\x80\x93"
	  "c\td",
	    0, "", "a b c d" },
	{ "E-Mail email mail emails e-mails", 0, "",
	    "mail mail mail mails mails" },
	{ "e mail, me-mail, emailed", 0, "", "mail me mail emailed" },
	{ "https://x.test/mail/?p=NoSuchUser.", 0, "",
	    "https x test mail p=nosuchuser" },
	{ "answer.py?answer=6596&hl=en", 0, "", "answer py answer=6596 hl=en" },
	{ "[192.0.2.1      19] a,b.c", 0, "", "192 0 2 1 19 a b c" },
	{ "&lt;a&gt; \x01\x7f z", 0, "", "a z" },
	{ "100%zz %4", 0, "", "100 zz 4" },
};

START_TEST(test_rows)
{
	struct gist gist;

	normalise(rows[_i].text, strlen(rows[_i].text), &gist);
	ck_assert_msg(
	    gist.reply == rows[_i].reply, "%s: %d", rows[_i].text, gist.reply);
	ck_assert_str_eq(gist.enhanced, rows[_i].enhanced);
	ck_assert_str_eq(gist.words, rows[_i].words);
	ck_assert_uint_eq(gist.words_len, strlen(gist.words));
	ck_assert_uint_eq(gist.line_len, strlen(gist.line));
}
END_TEST

/* What is plain stays as it is, but for a number that had letters beside it. */
START_TEST(test_again)
{
	struct gist once, twice;

	if (strstr(rows[_i].words, "421") != NULL ||
	    strstr(rows[_i].words, "550") != NULL)
		return;
	normalise(rows[_i].text, strlen(rows[_i].text), &once);
	normalise(once.words, once.words_len, &twice);
	ck_assert_str_eq(once.words, twice.words);
}
END_TEST

START_TEST(test_line_and_said)
{
	static const char text[] =
	    "host mx.test[192.0.2.9] said: 421-4.7.28 [192.0.2.10      19] "
	    "Your 421 4.7.28 IP";
	struct gist gist;

	normalise(text, strlen(text), &gist);
	ck_assert_str_eq(
	    gist.line, "host mx.test[192.0.2.9] said: [192.0.2.10 19] your ip");
	ck_assert_str_eq(gist.line + gist.said, "[192.0.2.10 19] your ip");
}
END_TEST

/* Longer than anything: only its beginning is looked at, in bounds. */
START_TEST(test_long)
{
	size_t len = 1024 * 1024;
	char *text = mem_alloc(len);
	struct gist gist;

	for (size_t i = 0; i < len; i++)
		text[i] = "a 550-5.1.1 ?_%41\xff"[i % 18];
	normalise(text, len, &gist);
	ck_assert_uint_lt(gist.line_len, GIST_SIZE);
	ck_assert_uint_lt(gist.words_len, GIST_SIZE);
	memset(text, 'a', len);
	normalise(text, len, &gist);
	ck_assert_uint_eq(gist.words_len, GIST_SIZE - 1);
	ck_assert_int_eq(gist.words[GIST_SIZE - 1], '\0');
	memset(text, '\0', len);
	normalise(text, len, &gist);
	ck_assert_uint_eq(gist.words_len, 0);
	free(text);
}
END_TEST

Suite *
suite_normalise(void)
{
	Suite *suite = suite_create("normalise");
	TCase *tcase = tcase_create("normalise");
	int count = (int)(sizeof(rows) / sizeof(rows[0]));

	tcase_add_loop_test(tcase, test_rows, 0, count);
	tcase_add_loop_test(tcase, test_again, 0, count);
	tcase_add_test(tcase, test_line_and_said);
	tcase_add_test(tcase, test_long);
	suite_add_tcase(suite, tcase);
	return suite;
}
