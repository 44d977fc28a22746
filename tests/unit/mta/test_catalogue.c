/* catalogue: what replies mean, as they came and in every guise. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/traffic.h"
#include "tests/unit/mta/shared.h"
#include "tests/unit/mta/suites.h"

static struct reply_catalogue *catalogue;

static void
setup(void)
{
	catalogue = shared_catalogue();
}

static void
teardown(void)
{
	reply_catalogue_free(catalogue);
}

/* --- replies as they came ------------------------------------------------- */

static void
take_gmail(void *arg, char *line)
{
	char *key = strrchr(line, '\t');
	struct reply_match match;

	(void)arg;
	ck_assert_ptr_nonnull(key);
	*key++ = '\0';
	ck_assert_msg(strcmp(shared_key(catalogue, NULL, line), key) == 0,
	    "%s is %s, not %s", line, shared_key(catalogue, NULL, line), key);
	ck_assert_str_eq(shared_key(catalogue, PROVIDER_GMAIL, line), key);
	reply_classify(catalogue, line, strlen(line), "amazon", &match);
	ck_assert(match.row == NULL || strcmp(match.row->key, key) == 0);
}

START_TEST(test_gmail_seen)
{
	int count = shared_lines(
	    "tests/fixtures/gmail-replies-seen.tsv", take_gmail, NULL);

	ck_assert_int_eq(count, 57);
}
END_TEST

static char *
next_cell(char **line)
{
	char *cell = strsep(line, "\t");

	ck_assert_ptr_nonnull(cell);
	return cell;
}

static void
take_any(void *arg, char *line)
{
	const char *provider = next_cell(&line), *key = next_cell(&line);
	const char *identity = next_cell(&line);
	struct reply_match match;

	(void)arg;
	reply_classify(catalogue, line, strlen(line), NULL, &match);
	ck_assert_msg(
	    strcmp(match.row != NULL ? match.row->key : "unknown", key) == 0,
	    "%s is %s, not %s", line,
	    match.row != NULL ? match.row->key : "unknown", key);
	ck_assert_msg(strcmp(match.provider != NULL ? match.provider : "-",
			  provider) == 0,
	    "%s is of %s", line, match.provider);
	ck_assert_msg(strcmp(match.identity[0] != '\0' ? match.identity : "-",
			  identity) == 0,
	    "%s names \"%s\"", line, match.identity);
}

START_TEST(test_seen)
{
	ck_assert_int_gt(
	    shared_lines("tests/fixtures/replies-seen.tsv", take_any, NULL),
	    70);
}
END_TEST

/* --- properties ----------------------------------------------------------- */

/*
 * Words of the first row that the second one has as well, behind the same
 * code: the wire cannot tell the two apart, or the second has more of them.
 */
static const struct {
	const char *row, *stands_for;
} twins[] = {
	{ "illegal_attachment", "content_security_5" },
	{ "relay_daily_limit_customer_old", "relay_daily_limit_customer" },
};

static bool
is_twin(const char *key, const char *other)
{
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
		if (strcmp(twins[i].row, key) == 0 &&
		    strcmp(twins[i].stands_for, other) == 0)
			return true;
	return strcmp(key, other) == 0;
}

/* The rows with their texts; the loader keeps the texts for itself, so the
 * files are read again, and simply: texts between "match": [ and ]. */
struct reading {
	char key[80], reply[8], enhanced[16];
	bool in_match;
	void (*take)(const struct reading *row, const char *text);
	int texts;
};

static bool
member(const char *line, const char *name, char *out, size_t size)
{
	char *needle = mem_printf("\"%s\": ", name);
	const char *at = strstr(line, needle);
	size_t len;

	if (at != NULL) {
		at += strlen(needle);
		at += *at == '"';
		len = strcspn(at, "\",");
		ck_assert_uint_lt(len, size);
		memcpy(out, at, len);
		out[len] = '\0';
	}
	free(needle);
	return at != NULL;
}

static void
take_texts(struct reading *r, char *line)
{
	char *at = line, *end;

	while ((at = strchr(at, '"')) != NULL) {
		for (end = ++at; *end != '"' || end[-1] == '\\'; end++)
			ck_assert_int_ne(*end, '\0');
		*end = '\0';
		r->take(r, at);
		r->texts++;
		at = end + 1;
	}
}

static void
take_line(void *arg, char *line)
{
	struct reading *r = arg;
	char *match = strstr(line, "\"match\": [");

	if (match == NULL && member(line, "key", r->key, sizeof(r->key))) {
		member(line, "reply", r->reply, sizeof(r->reply));
		member(line, "enhanced", r->enhanced, sizeof(r->enhanced));
		r->enhanced[strcspn(r->enhanced, "-")] = '\0';
	}
	if (match != NULL)
		line = match + strlen("\"match\": [");
	if (match == NULL && !r->in_match)
		return;
	r->in_match = strchr(line, ']') == NULL || strstr(line, "\",") != NULL;
	if (strncmp(line, "      ]", 7) == 0)
		r->in_match = false;
	else
		take_texts(r, line);
}

static void
each_text(void (*take)(const struct reading *row, const char *text))
{
	static const char *const files[] = { "share/gmail-replies.json",
		"share/yahoo-replies.json", "share/microsoft-replies.json" };
	struct reading r = { .take = take };

	for (size_t i = 0; i < 3; i++)
		shared_lines(files[i], take_line, &r);
	ck_assert_int_gt(r.texts, 350);
}

/* Whether text behind the row's codes is that row. */
static void
expect(const struct reading *row, const char *fmt, const char *text)
{
	const struct reply_row *known = reply_catalogue_find(
	    catalogue, row->key);
	const char *key;
	char *reply, *codes;

	ck_assert_msg(known != NULL, "%s", row->key);
	codes = mem_printf("%s%s%s", row->reply,
	    row->enhanced[0] != '\0' ? " " : "", row->enhanced);
	reply = strchr(fmt, '~') != NULL
	    ? mem_printf("%.*s%s%s%s", (int)(strchr(fmt, '~') - fmt), fmt,
		  codes, strchr(fmt, '~') + 1, text)
	    : mem_printf("%s%s", codes, text);
	key = shared_key(catalogue, known->provider, reply);
	ck_assert_msg(
	    is_twin(row->key, key), "%s: \"%s\" is %s", row->key, reply, key);
	free(codes);
	free(reply);
}

static void
expect_own(const struct reading *row, const char *text)
{
	static const char *const guises[] = { "~ ", "~-", "~ and then ",
		"host mx.test[192.0.2.1] said: ~ ",
		"SMTP error from remote mail server after end of data: ~ ",
		"Diagnostic-Code: smtp; ~ ", "~ [198.51.100.7      15] ",
		"554-5.4.7 [internal] message timeout (exceeded max time, "
		"last transfail: ~ ",
		"An error occurred while trying to deliver the mail to the "
		"following recipients: <a@example.com> smtp; ~ " };

	for (size_t i = 0; i < sizeof(guises) / sizeof(guises[0]); i++) {
		/* A pair behind the wrapper's own is needed to tell them. */
		if (strstr(guises[i], "5.4.7") != NULL &&
		    row->enhanced[0] == '\0')
			continue;
		expect(row, guises[i], text);
	}
}

START_TEST(test_own_words)
{
	each_text(expect_own);
}
END_TEST

/* Upper case, words behind it, joined lines, other blanks: the same answer. */
static void
expect_changed(const struct reading *row, const char *text)
{
	struct buf joined = { 0 }, upper = { 0 }, encoded = { 0 };
	const char *c;

	for (c = text; *c != '\0'; c++) {
		buf_char(&upper, (char)toupper((unsigned char)*c));
		if (*c == ' ')
			buf_printf(&joined, "\r\n%s%s%s ", row->reply,
			    row->enhanced[0] != '\0' ? "-" : "", row->enhanced);
		else
			buf_char(&joined, *c);
		if (*c == ' ')
			buf_str(&encoded, "%20");
		else
			buf_char(&encoded, *c);
	}
	expect(row, "~ ", upper.data);
	expect(row, "~ ", joined.data);
	expect(row, "~%20", encoded.data);
	buf_str(&upper, " And More Of It (in reply to end of DATA command)");
	expect(row, "~ ", upper.data);
	buf_free(&joined);
	buf_free(&upper);
	buf_free(&encoded);
}

START_TEST(test_changed)
{
	each_text(expect_changed);
}
END_TEST

/* Cut at any word, a reply is its row from some word on, and stays it. */
static void
take_cut(void *arg, char *line)
{
	char *key = strrchr(line, '\t'), *end;
	bool known = false;

	(void)arg;
	*key++ = '\0';
	/* Its last line alone has the code that decides. */
	if (strcmp(key, "dmarc_reject_mixed_450") == 0)
		return;
	for (end = line; end != NULL; end = strchr(end + 1, ' ')) {
		char c = *end;
		bool is;

		*end = '\0';
		is = strcmp(shared_key(catalogue, PROVIDER_GMAIL, line), key) ==
		    0;
		ck_assert_msg(is || !known, "%s is %s, no longer %s", line,
		    shared_key(catalogue, PROVIDER_GMAIL, line), key);
		known = is;
		*end = c;
	}
}

START_TEST(test_cut)
{
	shared_lines("tests/fixtures/gmail-replies-seen.tsv", take_cut, NULL);
}
END_TEST

/* --- who speaks ----------------------------------------------------------- */

static const struct {
	const char *text, *given, *provider, *key;
} speakers[] = {
	/* the text tells, whatever the relay */
	{ "550 5.1.1 The email account that you tried to reach does not exist. "
	  "x - gsmtp",
	    "amazon", "gmail", "no_such_user" },
	{ "550 5.1.1 The email account that you tried to reach does not exist.",
	    "amazon", "amazon", "unknown" },
	{ "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred",
	    "gmail", "yahoo", "yahoo_tss04" },
	/* marks of two: the relay decides, else the first */
	{ "550 5.1.1 no gsmtp, see postmaster.yahoo.com", "gmail", "gmail",
	    "unknown" },
	{ "550 5.1.1 no gsmtp, see postmaster.yahoo.com", "yahoo", "yahoo",
	    "unknown" },
	{ "550 5.1.1 no gsmtp, see postmaster.yahoo.com", "apple", "gmail",
	    "unknown" },
	{ "550 5.1.1 no gsmtp, see postmaster.yahoo.com", NULL, "gmail",
	    "unknown" },
	/* words of everybody mean something of who is known */
	{ "503 5.5.1 Bad sequence of commands", "gmail", "gmail",
	    "bad_sequence" },
	{ "503 5.5.1 Bad sequence of commands", "other", "other", "unknown" },
	{ "503 5.5.1 Bad sequence of commands", NULL, NULL, "unknown" },
	/* the twin of 5.7.26, cut before Yahoo says its name */
	{ "550 5.7.9 This mail has been blocked because the sender is "
	  "unauthenticated.",
	    "yahoo", "yahoo", "yahoo_unauthenticated" },
	{ "550 5.7.9 This mail has been blocked because the sender is "
	  "unauthenticated.",
	    NULL, "yahoo", "yahoo_unauthenticated" },
	{ "550 5.7.9 This mail has been blocked because the sender is "
	  "unauthenticated.",
	    "apple", "apple", "unknown" },
	{ "550 5.7.26 This mail has been blocked because the sender is "
	  "unauthenticated. Yahoo requires",
	    "gmail", "yahoo", "yahoo_unauthenticated" },
	/* a code without text is not enough */
	{ "421 4.7.32", "gmail", "gmail", "unknown" },
	/* the same words behind codes that nobody knows: the same class only */
	{ "550 5.7.99 likely suspicious due to the very low reputation of the "
	  "sending domain",
	    "gmail", "gmail", "low_reputation_domain" },
	{ "450 4.7.99 likely suspicious due to the very low reputation of the "
	  "sending domain",
	    "gmail", "gmail", "low_reputation_domain_temp" },
	{ "450 4.1.1 The email account that you tried to reach does not exist",
	    "gmail", "gmail", "unknown" },
	/* no code: two rows of the same words, one for now, one for good */
	{ "The SPF record of the sending domain has one or more suspicious "
	  "entries",
	    "gmail", "gmail", "unknown" },
	{ "451 The SPF record of the sending domain has one or more suspicious "
	  "entries",
	    "gmail", "gmail", "spf_suspicious_temp" },
	{ "5.7.24 The SPF record of the sending domain has one or more "
	  "suspicious entries",
	    "gmail", "gmail", "spf_suspicious_perm" },
	/* the link alone */
	{ "550 5.1.1 see https://support.google.com/mail/?p=NoSuchUser x", NULL,
	    "gmail", "no_such_user" },
	{ "450 4.2.1 p=ReceivingRate", "gmail", "gmail", "rcpt_rate_temp" },
	{ "450 4.2.1 p=ReceivingRatePerm", "gmail", "gmail", "unknown" },
	/* the first line alone, as sendmail logs it */
	{ "450-4.2.1 The user you are trying to contact is receiving mail at "
	  "a rate that",
	    "gmail", "gmail", "rcpt_rate_temp" },
	{ "550-5.2.1 The user you are trying to contact is receiving mail at "
	  "a rate that",
	    "gmail", "gmail", "rcpt_rate_perm" },
	{ "550-5.7.26 Unauthenticated email from example.com is not accepted "
	  "due to",
	    "gmail", "gmail", "dmarc_reject" },
};

START_TEST(test_speakers)
{
	struct reply_match match;

	reply_classify(catalogue, speakers[_i].text, strlen(speakers[_i].text),
	    speakers[_i].given, &match);
	ck_assert_msg(strcmp(match.row != NULL ? match.row->key : "unknown",
			  speakers[_i].key) == 0,
	    "%s: %s", speakers[_i].text,
	    match.row != NULL ? match.row->key : "unknown");
	if (speakers[_i].provider == NULL)
		ck_assert_ptr_null(match.provider);
	else
		ck_assert_str_eq(match.provider, speakers[_i].provider);
}
END_TEST

static const struct {
	const char *text, *reply;
	bool permanent;
} codes[] = {
	{ "421-4.7.28 x 421 4.7.28 y", "421 4.7.28", false },
	{ "550 nobody knows", "550", true },
	{ "5.1.1 nobody knows", "5.1.1", true },
	{ "421 5.7.32 x", "421 5.7.32", false },
	{ "250 2.0.0 ok", "", false },
	{ "lost connection", "", false },
	{ "", "", false },
};

START_TEST(test_codes)
{
	struct reply_match match;

	reply_classify(
	    catalogue, codes[_i].text, strlen(codes[_i].text), "gmail", &match);
	ck_assert_str_eq(match.reply, codes[_i].reply);
	ck_assert_int_eq(match.permanent, codes[_i].permanent);
	ck_assert_ptr_null(match.row);
	ck_assert_str_eq(match.identity, "");
}
END_TEST

/* More words that tell something than are kept: still an answer, in bounds. */
START_TEST(test_hostile)
{
	struct buf text = { 0 };
	struct reply_match match;

	buf_str(&text, "550 5.1.1 ");
	while (text.len < 100000)
		buf_str(&text, "tss04 p=NoSuchUser likely unsolicited mail ");
	reply_classify(catalogue, text.data, text.len, "gmail", &match);
	ck_assert_str_eq(match.provider, "yahoo");
	buf_free(&text);
	buf_str(&text,
	    "421 4.7.28 gsmtp unusual rate of mail originating from "
	    "your DKIM domain [");
	while (text.len < 3000)
		buf_str(&text, "a.");
	buf_str(&text, "]");
	reply_classify(catalogue, text.data, text.len, NULL, &match);
	ck_assert_str_eq(match.row->key, "rate_limited_dkim_domain");
	ck_assert_str_eq(match.identity, "");
	reply_classify(catalogue, "\0\0\xff", 3, NULL, &match);
	ck_assert_ptr_null(match.row);
	buf_free(&text);
}
END_TEST

/* --- the rows ------------------------------------------------------------- */

static bool
file_has(const char *name, const char *fmt, const char *word)
{
	char *path = shared_path(name);
	char *needle = mem_printf("%s%s%s", fmt, word, "\"");
	struct buf text = { 0 };
	FILE *in = fopen(path, "r");
	char block[4096];
	size_t n;
	bool found;

	ck_assert_msg(in != NULL, "%s", path);
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(&text, block, n);
	fclose(in);
	found = strstr(text.data, needle) != NULL;
	buf_free(&text);
	free(needle);
	free(path);
	return found;
}

static bool
check_exists(const char *name)
{
	char *file = mem_printf("src/checks/%s.c", name);
	char *path = shared_path(file);
	FILE *in;
	bool found;

	/* spf_sender lives beside spf; burst is seen in the log. */
	if (strcmp(name, "spf_sender") == 0 || strcmp(name, "burst") == 0)
		found = true;
	else {
		in = fopen(path, "r");
		found = in != NULL;
		if (in != NULL)
			fclose(in);
	}
	free(path);
	free(file);
	return found;
}

START_TEST(test_rows)
{
	const struct reply_row *row;
	size_t i, gmail = 0;

	for (i = 0; (row = reply_catalogue_row(catalogue, i)) != NULL; i++) {
		gmail += strcmp(row->provider, PROVIDER_GMAIL) == 0;
		ck_assert_ptr_eq(
		    reply_catalogue_find(catalogue, row->key), row);
		ck_assert_msg(row->requirement[0] == '\0' ||
			file_has("share/requirements.json", "\"id\": \"",
			    row->requirement),
		    "%s: %s", row->key, row->requirement);
		ck_assert_msg(row->check[0] == '\0' || check_exists(row->check),
		    "%s: %s", row->key, row->check);
		ck_assert_msg(row->meaning[strlen(row->meaning) - 1] == '.' &&
			row->remedy[strlen(row->remedy) - 1] == '.',
		    "%s", row->key);
		ck_assert_msg(
		    row->slow_down || strcmp(row->category, "rate_limit") != 0,
		    "%s", row->key);
	}
	ck_assert_uint_eq(gmail, 160);
	ck_assert_uint_gt(i, 280);
	ck_assert_ptr_null(reply_catalogue_row(catalogue, i));
	ck_assert_ptr_null(reply_catalogue_find(catalogue, "nothing"));
}
END_TEST

Suite *
suite_catalogue(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tcase = tcase_create("catalogue");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_gmail_seen);
	tcase_add_test(tcase, test_seen);
	tcase_add_test(tcase, test_own_words);
	tcase_add_test(tcase, test_changed);
	tcase_add_test(tcase, test_cut);
	tcase_add_loop_test(tcase, test_speakers, 0,
	    (int)(sizeof(speakers) / sizeof(speakers[0])));
	tcase_add_loop_test(
	    tcase, test_codes, 0, (int)(sizeof(codes) / sizeof(codes[0])));
	tcase_add_test(tcase, test_hostile);
	tcase_add_test(tcase, test_rows);
	suite_add_tcase(suite, tcase);
	return suite;
}
