/* Postfix's lines, many at once: the same as one by one. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mta/postfix_line.h"
#include "tests/unit/mta/logs.h"
#include "tests/unit/mta/suites.h"

enum { TOGETHER = 50 };

#define OLD "Nov 22 03:12:44 mx1 "
#define ISO "2026-11-22T03:12:44.123456+01:00 mail-out-7 "
#define TO "postfix/smtp[4711]: 4f0000000000A5: to=<u@gmail.com>, "
#define RELAY "relay=gmail-smtp-in.l.google.com[142.250.110.26]:25, "
#define REST "delay=1.1, delays=0.07/0.01/0.2/0.43, dsn=2.0.0, "
#define SENT "status=sent (250 2.0.0 OK  1795305601 38308e7f.288 - gsmtp)"

static const char *const kinds[] = {
	OLD TO RELAY REST SENT,
	ISO TO RELAY REST SENT,
	OLD TO RELAY "conn_use=3, " REST SENT,
	OLD TO RELAY "delay=1, delays=1/0/0/0, tls=may:none, dsn=2.0.0, " SENT,
	OLD TO RELAY "delay=1, delays=1/0/0/0, dsn=4.7.28, status=deferred "
		     "(host gmail-smtp-in.l.google.com[142.250.110.26] said: "
		     "421-4.7.28 unusual rate, <a@b>, relay=x, status=sent)",
	OLD TO RELAY REST "status=deferred (host mx.x[192.0.2.1] said: 421 a)",
	OLD TO RELAY REST "status=bounced (host mx.x[192.0.2.1] said: 550, b)",
	OLD TO "orig_to=<v@example.com>, " RELAY REST SENT,
	OLD TO "relay=none, " REST "status=deferred (connect: timed out)",
	OLD "postfix/lmtp[7]: 4C1F3A0B7D: to=<\"a>, b\"@x.test>, "
	    "relay=mx[private/dovecot-lmtp], " REST SENT,
	OLD TO RELAY REST "status=sent (250 ok <a@b>, relay=c, status=sent)",
	OLD TO RELAY REST "status=sent (250 [InternalId=1, Hostname=A, B, C])",
	OLD "postfix/smtp[12345]: Trusted TLS connection established to "
	    "gmail-smtp-in.l.google.com[142.250.110.26]:25: TLSv1.3 with "
	    "cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
	ISO "postfix/smtp[1]: Untrusted TLS connection reused to "
	    "mx.x.test[2001:db8::1]:25: TLSv1.3",
	OLD "postfix/qmgr[605]: 4f00000000000C29: from=<bounce+9@news.x.test>, "
	    "size=51325, nrcpt=1 (queue active)",
	ISO "postfix-out/qmgr[605]: 1234A: from=<>, size=1, nrcpt=1",
	OLD "postfix/qmgr[605]: 4f00000000000C29: removed",
	OLD "postfix/qmgr[605]: 4f0000C29: from=<a@b.test>, size=1 removed",
	OLD "postfix/qmgr[605]: 4f0000C29: from=<a@b.test>, nrcpt=1 (removed)",
	OLD
	"postfix/smtp[123456789]: 4f0000000000A5: to=<u@gmail.com>, " RELAY REST
	    SENT,
	OLD "opendkim[611]: 4f000000000B: DKIM-Signature field added (s=s1, "
	    "d=news28.example.com)",
	OLD "postfix-of-the-outgoing-relay/submission/smtp[906]: 4f00000023: "
	    "to=<a@b.test>, " RELAY REST SENT,
	OLD "postfix/submission/smtpd[906]: connect from app0[198.51.100.10]",
	"<22>1 2026-11-22T03:12:44Z mx1 postfix/smtp 4711 - - 4C1F3A0B7D: "
	"to=<u@gmail.com>, " RELAY REST SENT,
};

static bool
same_cut(struct cut a, struct cut b)
{
	return a.at == b.at && (a.at == 0 || a.len == b.len);
}

/* All that a kind tells. */
static bool
same_line(const struct postfix_line *a, const struct postfix_line *b)
{
	bool id = a->kind == POSTFIX_SENDER || a->kind == POSTFIX_DELIVERY;

	if (a->kind != b->kind)
		return false;
	if (a->kind == POSTFIX_OTHER)
		return true;
	if ((a->form != 0 && b->form != 0 && a->second != b->second) ||
	    !same_cut(a->stamp, b->stamp))
		return false;
	if (id &&
	    (a->id_hash != b->id_hash || !same_cut(a->id, b->id) ||
		!same_cut(a->address, b->address)))
		return false;
	if (a->kind == POSTFIX_SIGNER && a->id_hash != b->id_hash)
		return false;
	if (a->kind != POSTFIX_SENDER && a->kind != POSTFIX_DELIVERY &&
	    a->kind != POSTFIX_SESSION)
		return same_cut(a->tag, b->tag) && same_cut(a->text, b->text);
	if (a->kind == POSTFIX_SESSION)
		return a->pid == b->pid && a->relay_hash == b->relay_hash;
	return a->kind != POSTFIX_DELIVERY ||
	    (a->pid == b->pid && a->relay_hash == b->relay_hash &&
		a->end == b->end && a->tls == b->tls &&
		a->reused == b->reused && same_cut(a->host, b->host) &&
		same_cut(a->ip, b->ip) && same_cut(a->reply, b->reply));
}

typedef size_t reader(struct frame_memory *memory, struct newlines *lines,
    const char **at, size_t most, struct postfix_line *out, size_t *count);

/* Lines of a block, each as one by one; both remember what went before. */
struct both {
	reader *read;
	struct buf block;
	struct frame_memory quick, plain;
	size_t lines, ours;
};

static struct both *
begin(bool quick)
{
	struct both *both = mem_zero(1, sizeof(*both));

	both->read = quick ? postfix_lines_read : postfix_lines_plain;
	return both;
}

/* Of two lines of one form the minute is the same. */
static bool
same_minute(const char *block, const struct postfix_line *a,
    const struct postfix_line *b)
{
	size_t len = a->stamp.len > 15 ? strlen("2026-11-22T03:12")
				       : strlen("Nov 22 03:12");

	return a->form == 0 || a->form != b->form ||
	    memcmp(block + a->line + a->stamp.at, block + b->line + b->stamp.at,
		len) == 0;
}

/* The line that begins at `from` is out[*n], unless it is none of ours, or a
 * signer's that one of both remembers. */
static bool
is_there(const struct postfix_line *out, size_t count, size_t *n,
    const struct postfix_line *one, size_t from)
{
	bool there = *n < count && out[*n].line == from;

	if (!there || one->kind == POSTFIX_OTHER) {
		*n += there;
		return there
		    ? out[*n - 1].kind == POSTFIX_SIGNER
		    : one->kind == POSTFIX_OTHER || one->kind == POSTFIX_SIGNER;
	}
	return same_line(&out[(*n)++], one);
}

static void
compare(struct both *both)
{
	struct postfix_line out[TOGETHER + 1], one;
	/* Nothing may be read behind it. */
	char *block = mem_alloc(both->block.len + (both->block.len == 0));
	const char *at = block, *end = at + both->block.len, *lf;
	struct newlines lines;
	size_t count, n;

	if (both->block.len > 0)
		memcpy(block, both->block.data, both->block.len);
	newlines_begin(&lines, at, both->block.len);
	while (at < end) {
		const char *from = at;

		both->lines += both->read(
		    &both->quick, &lines, &at, TOGETHER, out, &count);
		both->ours += count;
		for (n = 0; from < at; from = lf + 1) {
			lf = memchr(from, '\n', (size_t)(end - from));
			postfix_line_read(&both->plain, from,
			    (size_t)(lf - from) - (lf > from && lf[-1] == '\r'),
			    &one);
			ck_assert_msg(is_there(out, count, &n, &one,
					  (size_t)(from - block)),
			    "%.*s", (int)(lf - from), from);
		}
		ck_assert_uint_eq(n, count);
		for (n = 1; n < count; n++)
			ck_assert(same_minute(block, &out[n], &out[n - 1]));
	}
	both->block.len = 0;
	free(block);
}

static void
add(struct both *both, const char *head, size_t len, const char *tail)
{
	buf_add(&both->block, head, len);
	buf_str(&both->block, tail);
	buf_char(&both->block, '\n');
	if (both->block.len > 16000)
		compare(both);
}

/* Each octet is left out, there twice, another one, and the last. */
START_TEST(many_are_as_one_by_one)
{
	static const char others[] = " ,<>\":[]=@\r-.7xZ\xc3)";
	const char *line = kinds[_i / 2];
	size_t len = strlen(line);
	struct both *both = begin(_i % 2 == 0);
	char *odd = mem_dup(line);

	for (size_t i = 0; i <= len; i++) {
		add(both, line, len, "");
		add(both, line, len, "\r");
		add(both, line, i, "");
		add(both, line, len, "");
		add(both, line, i, line + i + (i < len));
		add(both, line, len, "");
		add(both, line, i, line + i - (i > 0));
		for (const char *c = others; *c != '\0' && i < len; c++) {
			odd[i] = *c;
			/* Behind a usual one. */
			add(both, line, len, "");
			add(both, odd, len, "");
			odd[i] = line[i];
		}
		add(both, kinds[i % 15], strlen(kinds[i % 15]), "");
	}
	compare(both);
	ck_assert_uint_gt(both->lines, 20 * len);
	ck_assert_uint_gt(both->ours, len / 2);
	buf_free(&both->block);
	free(odd);
	free(both);
}
END_TEST

/* Stamps go on, hosts take turns. */
START_TEST(seconds_pass)
{
	struct both *both = begin(_i == 0);
	char line[400];

	for (int i = 0; i < 4000; i++) {
		int s = i / 7;

		snprintf(line, sizeof(line),
		    i % 5 == 0 ? "2026-11-22T03:%02d:%02d.%06d+01:00 mx%d %s"
			       : "2026-11-22T03:%02d:%02d.%03dx+01:00 mx%d %s",
		    s / 60, s % 60, i, i % 3 == 0 && i > 2000,
		    kinds[0] + strlen(OLD));
		add(both, line, strlen(line), "");
		snprintf(line, sizeof(line), "Nov 22 03:%02d:%02d mx1 %s",
		    s / 60, s % 60, kinds[i % 2 ? 0 : 12] + strlen(OLD));
		add(both, line, strlen(line), "");
	}
	compare(both);
	ck_assert_uint_gt(both->ours, 4000);
	buf_free(&both->block);
	free(both);
}
END_TEST

Suite *
suite_quick(void)
{
	Suite *suite = suite_create("quick");
	TCase *tcase = tcase_create("quick");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, many_are_as_one_by_one, 0,
	    (int)(2 * sizeof(kinds) / sizeof(kinds[0])));
	tcase_add_loop_test(tcase, seconds_pass, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
