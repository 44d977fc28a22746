/* lint: messages of a public suite, and messages made and signed here. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "sendtop/lint.h"
#include "sendtop/sign.h"
#include "suites.h"
#include "world.h"

/* --- running ---------------------------------------------------------------------- */

struct linted {
	struct world *world;
	struct arena *arena, *kept;
	struct message message;
	struct lint lint;
	struct findings findings;
	struct lint_result result;
};

static void
lint_text(struct linted *l, const char *zone, const char *text, size_t len)
{
	struct error err;

	l->world = world_new(zone);
	l->arena = arena_new();
	l->kept = arena_new();
	ck_assert_int_eq(
	    message_parse(text, len, l->kept, &l->message, &err), STATUS_OK);
	l->lint.message = &l->message;
	if (l->lint.now_s == 0)
		l->lint.now_s = WORLD_NOW;
	do {
		arena_reset(l->arena);
		findings_init(&l->findings, l->arena);
	} while (lint_run(world_facts(l->world), &l->lint, &l->findings,
		     &l->result) == CHECK_WAITING &&
	    world_answer(l->world) > 0);
}

static void
lint_end(struct linted *l)
{
	arena_free(l->arena);
	arena_free(l->kept);
	world_free(l->world);
}

static const struct finding *
found(const struct linted *l, const char *check, const char *reason)
{
	for (size_t i = 0; i < l->findings.count; i++)
		if (strcmp(l->findings.items[i].check, check) == 0 &&
		    (reason == NULL ||
			strcmp(l->findings.items[i].reason, reason) == 0))
			return &l->findings.items[i];
	return NULL;
}

/* --- the public suite --------------------------------------------------------------- */

enum { SUITE_NOW = 1667843664, SUITE = 6 };

static char *
read_fixture(const char *name, size_t *len)
{
	const char *dir = getenv("SENDTOP_SRCDIR");
	char *path = mem_printf(
	    "%s/tests/fixtures/messages/%s", dir != NULL ? dir : ".", name);
	FILE *in = fopen(path, "rb");
	char *data = mem_alloc(1 << 20);

	ck_assert_msg(in != NULL, "%s is not there", path);
	*len = fread(data, 1, (1 << 20) - 1, in);
	data[*len] = '\0';
	fclose(in);
	free(path);
	return data;
}

/* The last signature passes, as the suite says. */
START_TEST(test_suite)
{
	struct linted l = { .lint.now_s = SUITE_NOW };
	size_t len, zone_len;
	char *name = mem_printf("dkim-%03d.eml", _i + 1);
	char *text = read_fixture(name, &len);
	char *zone = read_fixture("keys.txt", &zone_len);
	const struct lint_signature *last;

	lint_text(&l, zone, text, len);
	ck_assert_uint_gt(l.result.signature_count, 0);
	last = &l.result.signatures[l.result.signature_count - 1];
	ck_assert_msg(last->verified, "%s: %s", name,
	    found(&l, "signature", NULL)->detail);
	lint_end(&l);
	free(text);
	free(zone);
	free(name);
}
END_TEST

/* One octet of the body or of a signed field changed: it does not verify. */
START_TEST(test_suite_changed)
{
	static const char *const reasons[] = { "body_hash", "bad_signature" };
	struct linted l = { .lint.now_s = SUITE_NOW };
	size_t len, zone_len;
	char *text = read_fixture("dkim-002.eml", &len);
	char *zone = read_fixture("keys.txt", &zone_len);
	char *at = _i == 0 ? strstr(text, "\r\n\r\n") + 6
			   : strstr(text, "Subject:") + 10;

	*at = *at == 'x' ? 'y' : 'x';
	lint_text(&l, zone, text, len);
	ck_assert_ptr_nonnull(found(&l, "signature", reasons[_i]));
	ck_assert(!l.result.signatures[0].verified);
	lint_end(&l);
	free(text);
	free(zone);
}
END_TEST

/* --- signed here ------------------------------------------------------------------- */

#define FROM "From: News <news@example.com>\r\n"
#define DATE "Date: Sat, 21 Nov 2026 23:00:00 +0000\r\n"
#define ID "Message-ID: <1@example.com>\r\n"
#define SUBJECT "Subject: Hello\r\n"
#define LIST "List-Unsubscribe: <https://u.example.com/1>\r\n"
#define POST "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
#define BODY "\r\nHi \t there\r\n\r\n"
#define HEAD FROM DATE ID SUBJECT
#define H "from:date:subject:list-unsubscribe:list-unsubscribe-post"

/* A key made for the run: a private key has no place in a source tree. */
static struct {
	char *pem, *public_key;
} key;

static char *
base64(const void *data, size_t len)
{
	char *out = mem_alloc(len * 2 + 8);

	EVP_EncodeBlock((unsigned char *)out, data, (int)len);
	return out;
}

static void
make_key(void)
{
	EVP_PKEY *pkey = EVP_RSA_gen(2048);
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned char *der = NULL;
	char *data;
	long len;
	int n;

	ck_assert_int_eq(
	    PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &data);
	key.pem = mem_ndup(data, (size_t)len);
	n = i2d_PUBKEY(pkey, &der);
	key.public_key = base64(der, (size_t)n);
	OPENSSL_free(der);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
}

static void
forget_key(void)
{
	free(key.pem);
	free(key.public_key);
}

static void
read_made(const char *text, struct arena *arena, struct message *out)
{
	struct error err;

	ck_assert_int_eq(
	    message_parse(text, strlen(text), arena, out, &err), STATUS_OK);
}

/* The message with a signature over it; tags: all but h, bh and b. */
static char *
sign(const char *head, const char *tags, enum dkim_form form)
{
	struct buf body = { 0 }, header = { 0 }, b = { 0 };
	struct arena *arena = arena_new();
	char *bh, *open, *text, *signature;
	uint8_t digest[SHA256_SIZE];
	struct message m;
	struct error err;

	text = mem_printf("%s" BODY, head);
	read_made(text, arena, &m);
	dkim_body(&m, form, -1, &body);
	digest_sha256(body.data, body.len, digest);
	bh = base64(digest, sizeof(digest));
	free(text);
	open = mem_printf(
	    "DKIM-Signature: v=1; %s; h=" H ";\r\n bh=%s; b=", tags, bh);
	text = mem_printf("%s\r\n%s" BODY, open, head);
	read_made(text, arena, &m);
	dkim_header(&m, form, H, strlen(H), &m.fields[0], &header);
	ck_assert_int_eq(
	    sign_rs256(key.pem, header.data, header.len, &b, &err), STATUS_OK);
	free(text);
	signature = base64(b.data, b.len);
	text = mem_printf("%s%s\r\n%s" BODY, open, signature, head);
	free(signature);
	free(open);
	free(bh);
	buf_free(&body);
	buf_free(&header);
	buf_free(&b);
	arena_free(arena);
	return text;
}

#define TAGS "a=rsa-sha256; d=example.com; s=s1; c="
#define SIMPLE DKIM_SIMPLE
#define RELAXED DKIM_RELAXED

/* record: "%s" is the key; NULL: the usual one. */
static const struct {
	const char *why, *head, *tags;
	enum dkim_form form;
	const char *record, *check;
	enum verdict verdict;
	const char *reason;
} signed_rows[] = {
	{ "simple", HEAD, TAGS "simple", SIMPLE, NULL, "signature",
	    VERDICT_PASS, "ok" },
	{ "relaxed", HEAD, TAGS "relaxed/relaxed", RELAXED, NULL, "signature",
	    VERDICT_PASS, "ok" },
	{ "i= of a subdomain", HEAD, TAGS "simple; i=@a.example.com", SIMPLE,
	    NULL, "signature", VERDICT_PASS, "ok" },
	{ "which t=s forbids", HEAD, TAGS "simple; i=@a.example.com", SIMPLE,
	    "v=DKIM1; t=s; p=%s", "signature", VERDICT_FAIL, "bad_key" },
	{ "i= of another domain", HEAD, TAGS "simple; i=@example.net", SIMPLE,
	    NULL, "signature", VERDICT_FAIL, "syntax" },
	{ "i= that only ends alike", HEAD, TAGS "simple; i=@xexample.com",
	    SIMPLE, NULL, "signature", VERDICT_FAIL, "syntax" },
	{ "expired", HEAD, TAGS "simple; x=1795304399", SIMPLE, NULL,
	    "signature", VERDICT_FAIL, "expired" },
	{ "not expired yet", HEAD, TAGS "simple; x=1795304400", SIMPLE, NULL,
	    "signature", VERDICT_PASS, "ok" },
	{ "from the future", HEAD, TAGS "simple; t=1795500000", SIMPLE, NULL,
	    "signature", VERDICT_FAIL, "future" },
	{ "SHA-1", HEAD, "a=rsa-sha1; d=example.com; s=s1; c=simple", SIMPLE,
	    NULL, "signature", VERDICT_FAIL, "sha1" },
	{ "a key of another algorithm", HEAD,
	    "a=ed25519-sha256; d=example.com; s=s1; c=simple", SIMPLE, NULL,
	    "signature", VERDICT_FAIL, "bad_key" },
	{ "revoked", HEAD, TAGS "simple", SIMPLE, "v=DKIM1; p=", "signature",
	    VERDICT_FAIL, "revoked" },
	{ "no key", HEAD, TAGS "simple", SIMPLE, "!none", "signature",
	    VERDICT_FAIL, "no_key" },
	{ "a time-out is not a missing key", HEAD, TAGS "simple", SIMPLE,
	    "!timeout", "signature", VERDICT_UNKNOWN, "timeout" },
	{ "a key that is not for SHA-256", HEAD, TAGS "simple", SIMPLE,
	    "h=sha1; p=%s", "signature", VERDICT_FAIL, "bad_key" },
	{ "a key that is not for email", HEAD, TAGS "simple", SIMPLE,
	    "s=other; p=%s", "signature", VERDICT_FAIL, "bad_key" },
	{ "a field twice", HEAD SUBJECT, TAGS "simple", SIMPLE, NULL, "format",
	    VERDICT_FAIL, "twice" },
	{ "in line", HEAD, TAGS "simple", SIMPLE, NULL, "alignment",
	    VERDICT_PASS, "aligned" },
	{ "in line by its organization", "From: n@news.example.com\r\n" DATE ID,
	    TAGS "simple", SIMPLE, NULL, "alignment", VERDICT_PASS, "aligned" },
	{ "of another organization", "From: n@example.net\r\n" DATE ID,
	    TAGS "simple", SIMPLE, NULL, "alignment", VERDICT_FAIL,
	    "not_aligned" },
	{ "nobody vouches", HEAD, TAGS "simple", SIMPLE, "!none", "alignment",
	    VERDICT_FAIL, "unauthenticated" },
	{ "one click", HEAD LIST POST, TAGS "relaxed/relaxed", RELAXED, NULL,
	    "unsubscribe", VERDICT_PASS, "one_click" },
	{ "its signature does not verify", HEAD LIST POST, TAGS "simple",
	    SIMPLE, "!none", "unsubscribe", VERDICT_FAIL, "unsigned" },
	{ "two clicks", HEAD LIST, TAGS "simple", SIMPLE, NULL, "unsubscribe",
	    VERDICT_WARN, "no_one_click" },
	{ "a POST field of another word",
	    HEAD LIST "List-Unsubscribe-Post: yes\r\n", TAGS "simple", SIMPLE,
	    NULL, "unsubscribe", VERDICT_FAIL, "post_syntax" },
	{ "mailto", HEAD "List-Unsubscribe: <mailto:u@example.com>\r\n" POST,
	    TAGS "simple", SIMPLE, NULL, "unsubscribe", VERDICT_WARN,
	    "mailto_only" },
	{ "http", HEAD "List-Unsubscribe: <http://u.example.com>\r\n" POST,
	    TAGS "simple", SIMPLE, NULL, "unsubscribe", VERDICT_FAIL,
	    "no_https" },
	{ "two links",
	    HEAD "List-Unsubscribe: <https://a.example>, <https://b.example>"
		 "\r\n" POST,
	    TAGS "simple", SIMPLE, NULL, "unsubscribe", VERDICT_WARN,
	    "several" },
	{ "a link that is open", HEAD "List-Unsubscribe: <https://a\r\n" POST,
	    TAGS "simple", SIMPLE, NULL, "unsubscribe", VERDICT_FAIL,
	    "syntax" },
	{ "none", HEAD, TAGS "simple", SIMPLE, NULL, "unsubscribe",
	    VERDICT_NOTE, "missing" },
};

static void
expect(const struct linted *l, const char *why, const char *check,
    enum verdict verdict, const char *reason)
{
	const struct finding *f = found(l, check, reason), *other;

	other = found(l, check, NULL);
	ck_assert_msg(f != NULL, "%s: %s/%s (%s)", why, check,
	    other != NULL ? other->reason : "nothing",
	    other != NULL ? other->detail : "");
	ck_assert_msg(
	    f->verdict == verdict, "%s: %s", why, verdict_name(f->verdict));
}

START_TEST(test_signed)
{
	const char *form = signed_rows[_i].record != NULL
	    ? signed_rows[_i].record
	    : "v=DKIM1; k=rsa; p=%s";
	char *percent = strstr(form, "%s");
	char *zone = mem_printf("s1._domainkey.example.com TXT %.*s%s\n",
	    percent != NULL ? (int)(percent - form) : (int)strlen(form), form,
	    percent != NULL ? key.public_key : "");
	char *text = sign(
	    signed_rows[_i].head, signed_rows[_i].tags, signed_rows[_i].form);
	struct linted l = { .lint.now_s = 0 };

	lint_text(&l, zone, text, strlen(text));
	expect(&l, signed_rows[_i].why, signed_rows[_i].check,
	    signed_rows[_i].verdict, signed_rows[_i].reason);
	lint_end(&l);
	free(text);
	free(zone);
}
END_TEST

/* --- form --------------------------------------------------------------------------- */

static const struct {
	const char *why, *text;
	enum verdict verdict;
	const char *reason; /* NULL: nothing is wrong */
} forms[] = {
	{ "fine", HEAD BODY, VERDICT_PASS, "ok" },
	{ "no From", DATE ID SUBJECT BODY, VERDICT_FAIL, "from_missing" },
	{ "two authors", "From: a@b.example, c@d.example\r\n" DATE ID SUBJECT,
	    VERDICT_FAIL, "from_many" },
	{ "no author", "From: nobody\r\n" DATE ID SUBJECT, VERDICT_FAIL,
	    "from_syntax" },
	{ "an author without a domain", "From: a@localhost\r\n" DATE ID SUBJECT,
	    VERDICT_FAIL, "from_syntax" },
	{ "Gmail's own name", "From: a@GMail.com\r\n" DATE ID SUBJECT,
	    VERDICT_FAIL, "gmail_from" },
	{ "an address as name",
	    "From: \"ceo@bank.example\" <a@b.example>\r\n" DATE ID SUBJECT,
	    VERDICT_NOTE, "name_address" },
	{ "no Date", FROM ID SUBJECT, VERDICT_FAIL, "date_missing" },
	{ "no such Date", FROM "Date: today\r\n" ID SUBJECT, VERDICT_FAIL,
	    "date_syntax" },
	{ "a Date ahead", FROM "Date: 24 Nov 2026 00:00 +0000\r\n" ID SUBJECT,
	    VERDICT_WARN, "date_future" },
	{ "no Message-ID", FROM DATE SUBJECT, VERDICT_FAIL, "id_missing" },
	{ "a Message-ID without @", FROM DATE "Message-ID: <1>\r\n" SUBJECT,
	    VERDICT_FAIL, "id_syntax" },
	{ "two Message-IDs in one",
	    FROM DATE "Message-ID: <1@b> <2@b>\r\n" SUBJECT, VERDICT_FAIL,
	    "id_syntax" },
	{ "no Subject", FROM DATE ID BODY, VERDICT_NOTE, "subject_missing" },
	{ "an answer to nothing", FROM DATE ID "Subject: Re: you\r\n",
	    VERDICT_NOTE, "false_reply" },
	{ "UTF-8 in the open", FROM DATE ID "Subject: J\xc3\xb6rg\r\n",
	    VERDICT_WARN, "raw_octets" },
	{ "a line that is no field", HEAD "oops\r\n" BODY, VERDICT_FAIL,
	    "syntax" },
	{ "an LF alone", HEAD "\r\na\nb\r\n", VERDICT_FAIL, "line_end" },
};

START_TEST(test_form)
{
	struct linted l = { .lint.now_s = 0 };

	lint_text(&l, "", forms[_i].text, strlen(forms[_i].text));
	expect(
	    &l, forms[_i].why, "format", forms[_i].verdict, forms[_i].reason);
	ck_assert_ptr_nonnull(found(&l, "signature", "none"));
	lint_end(&l);
}
END_TEST

/* What is too much, and the most that is not. */
static const struct {
	const char *before;
	size_t octets;
	const char *after, *reason;
	bool bad;
} sizes[] = {
	{ "X: ", 997, "\r\n", "long_line", true },
	{ "X: ", 995, "\r\n", "long_line", false },
	{ "Message-ID: <", 495, "@b>\r\n", "too_large", false },
	{ "Message-ID: <", 497, "@b>\r\n", "too_large", true },
	{ "X: ", 33000, "\r\n", "too_large", true },
	{ "References: ", 33000, "\r\n", "too_large", false },
	{ "X", 1024, ": y\r\n", "too_large", true },
	{ "X: ", 520000, "\r\n", "too_large", true },
};

START_TEST(test_size)
{
	struct linted l = { .lint.now_s = 0 };
	struct buf text = { 0 };

	buf_str(&text, FROM DATE SUBJECT);
	buf_str(&text, sizes[_i].before);
	for (size_t i = 0; i < sizes[_i].octets; i++)
		buf_char(&text, 'x');
	buf_str(&text, sizes[_i].after);
	lint_text(&l, "", text.data, text.len);
	ck_assert_msg(
	    (found(&l, "format", sizes[_i].reason) != NULL) == sizes[_i].bad,
	    "%s %zu", sizes[_i].before, sizes[_i].octets);
	buf_free(&text);
	lint_end(&l);
}
END_TEST

START_TEST(test_hops)
{
	struct linted l = { .lint.now_s = 0 };
	struct buf text = { 0 };

	for (int i = 0; i < 50 + _i; i++)
		buf_printf(&text, "Received: %d\r\n", i);
	buf_str(&text, HEAD BODY);
	lint_text(&l, "", text.data, text.len);
	ck_assert_int_eq(found(&l, "format", "hops") != NULL, _i);
	buf_free(&text);
	lint_end(&l);
}
END_TEST

/* --- how it was handed over ---------------------------------------------------------- */

static const struct {
	const char *zone, *mail_from;
	enum verdict verdict;
	const char *reason, *alignment;
} handed[] = {
	{ "example.com TXT v=spf1 ip4:192.0.2.1 -all\n", "b@example.com",
	    VERDICT_PASS, "pass", "aligned" },
	{ "bounce.example.com TXT v=spf1 ip4:192.0.2.1 -all\n",
	    "b@bounce.example.com", VERDICT_PASS, "pass", "aligned" },
	{ "example.net TXT v=spf1 ip4:192.0.2.1 -all\n", "b@example.net",
	    VERDICT_PASS, "pass", "not_aligned" },
	{ "example.com TXT v=spf1 -all\n", "b@example.com", VERDICT_FAIL,
	    "fail", "unauthenticated" },
	{ "example.com TXT v=spf1 ~all\n", "b@example.com", VERDICT_WARN,
	    "softfail", "unauthenticated" },
	{ "", "b@example.com", VERDICT_FAIL, "none", "unauthenticated" },
	{ "example.com TXT !timeout\n", "b@example.com", VERDICT_UNKNOWN,
	    "timeout", NULL },
	{ "bounce.example.com TXT v=spf1 ip4:192.0.2.1 -all\n"
	  "_dmarc.example.com TXT v=DMARC1; p=none; aspf=s\n",
	    "b@bounce.example.com", VERDICT_PASS, "pass", "not_aligned" },
};

START_TEST(test_handed)
{
	struct linted l = { .lint.now_s = 0 };
	struct address ip;

	ck_assert(address_parse("192.0.2.1", &ip));
	l.lint.ip = &ip;
	l.lint.mail_from = handed[_i].mail_from;
	lint_text(&l, handed[_i].zone, HEAD BODY, strlen(HEAD BODY));
	expect(&l, handed[_i].zone, "spf_sender", handed[_i].verdict,
	    handed[_i].reason);
	if (handed[_i].alignment != NULL)
		ck_assert_msg(
		    found(&l, "alignment", handed[_i].alignment) != NULL,
		    "%s: %s", handed[_i].zone,
		    found(&l, "alignment", NULL)->reason);
	lint_end(&l);
}
END_TEST

Suite *
suite_lint(void)
{
	Suite *suite = suite_create("lint");
	TCase *tc = tcase_create("suite");

	tcase_add_loop_test(tc, test_suite, 0, SUITE);
	tcase_add_loop_test(tc, test_suite_changed, 0, 2);
	suite_add_tcase(suite, tc);
	tc = tcase_create("lint");
	tcase_add_unchecked_fixture(tc, make_key, forget_key);
	tcase_add_loop_test(tc, test_signed, 0, ROWS(signed_rows));
	tcase_add_loop_test(tc, test_form, 0, ROWS(forms));
	tcase_add_loop_test(tc, test_size, 0, ROWS(sizes));
	tcase_add_loop_test(tc, test_hops, 0, 2);
	tcase_add_loop_test(tc, test_handed, 0, ROWS(handed));
	suite_add_tcase(suite, tc);
	return suite;
}
