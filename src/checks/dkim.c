/* dkim: the key record of one selector (RFC 6376 3.6, RFC 8301, RFC 8463). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/record.h"
#include "checks/remarks.h"
#include "sendtop/day.h"
#include "sendtop/tags.h"
#include "sendtop/sign.h"

enum {
	ED25519_OCTETS = 32,
	RSA_BITS_FLOOR = 1024, /* RFC 8301 3.2: shorter keys do not verify */
	RSA_BITS_GOOD = 2048,
	RSA_BITS_MUST = 4096, /* what every verifier has to take */
	KEY_OCTETS_MAX = 8192,
	KEY_TYPE_SIZE = 16,
	RETIRED_DAYS = 30,
};

#define NEW_KEY                                                         \
	"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 " \
	"-out new-selector.pem ; publish its public half under a new selector"

struct key {
	const char *name; /* that was asked for the record */
	const struct dns_answer *answer;
	const struct dns_record *record;
	struct tags tags;
	struct remarks remarks;
	char type[KEY_TYPE_SIZE];
	int bits;
};

/* A record of something else, as a wildcard answers with: SPF, DMARC, a
 * site verification. */
static bool
is_foreign(struct tags *tags)
{
	const struct tag *tag = tags_find(tags, "p");

	if (tag != NULL || tags->count == 0)
		return false;
	tag = &tags->items[0];
	return tag->name_len == 1 && tag->name[0] == 'v' &&
	    (tag->len < 4 || memcmp(tag->value, "DKIM", 4) != 0);
}

/* The words of what is wrong with the record as such, or NULL. */
static const char *
syntax_problem(struct tags *tags)
{
	const struct tag *v = tags_find(tags, "v");

	if (tags->problem != NULL)
		return tags->problem;
	if (v != NULL && v != &tags->items[0])
		return "v= is not the first tag";
	if (v != NULL && !tag_is(tags, v, "DKIM1"))
		return "v= is not DKIM1";
	if (tags_find(tags, "p") == NULL)
		return "no p= tag";
	return NULL;
}

/* The record with another value for a tag, or without it (NULL). */
static const char *
changed(struct key *key, const char *name, const char *value)
{
	struct tags tags = key->tags;

	tags_set(&tags, name, value);
	return record_cure(key->remarks.arena, key->answer, key->name,
	    tags_join(&tags, key->remarks.arena), key->record);
}

/* A record that is good once what people put around it is gone: a panel that
 * wants it without quotes or without "\;" has them in it. */
static void
cure_syntax(struct key *key, struct findings *out)
{
	char *bare = record_bare(out->arena, key->record);
	struct tags tags;

	tags_parse(bare, strlen(bare), false, &tags);
	if (syntax_problem(&tags) == NULL)
		finding_cure(out, "%s",
		    record_cure(
			out->arena, key->answer, key->name, bare, key->record));
}

static void
remark_bad(struct key *key, const char *why)
{
	remark(&key->remarks, VERDICT_FAIL, "bad_key", NULL, "%s", why);
}

static void
judge_usage(struct key *key)
{
	const struct tag *h = tags_find(&key->tags, "h");
	const struct tag *s = tags_find(&key->tags, "s");
	const struct tag *t = tags_find(&key->tags, "t");

	if (h != NULL && !tag_has(h, "sha256")) {
		if (tag_has(h, "sha1"))
			remark(&key->remarks, VERDICT_FAIL, "sha1_only",
			    changed(key, "h", NULL),
			    "h= allows only SHA-1, which verifiers must not "
			    "accept (RFC 8301)");
		else
			remark_bad(key, "h= allows no hash that is in use");
	}
	if (s != NULL && !tag_has(s, "*") && !tag_has(s, "email"))
		remark(&key->remarks, VERDICT_FAIL, "bad_key",
		    changed(key, "s", NULL),
		    "s= does not allow the key for email");
	if (tag_has(t, "y"))
		remark(&key->remarks, VERDICT_WARN, "testing",
		    changed(key, "t", tag_has(t, "s") ? "s" : NULL),
		    "t=y: verifiers may treat the mail as unsigned");
}

static void
judge_size(struct key *key)
{
	if (key->bits < RSA_BITS_FLOOR)
		remark(&key->remarks, VERDICT_FAIL, "weak_key", NEW_KEY,
		    "RSA %d bits: receivers ignore keys below %d", key->bits,
		    RSA_BITS_FLOOR);
	else if (key->bits < RSA_BITS_GOOD)
		remark(&key->remarks, VERDICT_NOTE, "short_key", NEW_KEY,
		    "RSA %d bits: %d are recommended", key->bits,
		    RSA_BITS_GOOD);
}

static void
judge_rsa(struct key *key, const struct buf *der)
{
	if (key_describe((const uint8_t *)der->data, der->len, key->type,
		&key->bits, NULL) != STATUS_OK)
		remark_bad(key, "p= is not a public key");
	else if (strcmp(key->type, "RSA") != 0)
		remark(&key->remarks, VERDICT_FAIL, "bad_key", NULL,
		    "p= is a key of type %s, k= says rsa", key->type);
	else
		judge_size(key);
}

/* RFC 8463 4: the 32 octets themselves, not wrapped in DER. */
static void
judge_ed25519(struct key *key, const struct buf *raw)
{
	if (raw->len == ED25519_OCTETS) {
		memcpy(key->type, "Ed25519", sizeof("Ed25519"));
		key->bits = ED25519_OCTETS * 8;
		return;
	}
	remark(&key->remarks, VERDICT_FAIL, "bad_key", NULL,
	    "an Ed25519 key has %d octets, p= has %zu", ED25519_OCTETS,
	    raw->len);
}

static void
judge_key(struct key *key)
{
	const struct tag *p = tags_find(&key->tags, "p");
	const struct tag *k = tags_find(&key->tags, "k");
	struct buf octets = { .max = KEY_OCTETS_MAX };

	if (!base64_decode(p->value, p->len, &octets) || octets.full)
		remark_bad(key, "p= is not base64");
	else if (k == NULL || tag_is(&key->tags, k, "rsa"))
		judge_rsa(key, &octets);
	else if (tag_is(&key->tags, k, "ed25519"))
		judge_ed25519(key, &octets);
	else
		remark(&key->remarks, VERDICT_FAIL, "bad_key", NULL,
		    "no verifier knows the key type k=%s",
		    record_quote(key->remarks.arena, k->value, k->len));
	buf_free(&octets);
}

static void
remark_good(struct key *key)
{
	remark(&key->remarks, VERDICT_PASS, "ok", NULL, "%s %d bits%s",
	    key->type, key->bits,
	    key->bits > RSA_BITS_MUST
		? ", more than every verifier has to take (4096)"
		: "");
}

static enum check_state
judge(struct key *key, struct findings *out)
{
	const char *problem = syntax_problem(&key->tags);

	if (problem != NULL) {
		finding(out, VERDICT_FAIL, "syntax", "%s: %s", problem,
		    record_quote(
			out->arena, key->record->data, key->record->len));
		cure_syntax(key, out);
		return CHECK_DONE;
	}
	if (tags_find(&key->tags, "p")->len == 0)
		return finding(out, VERDICT_WARN, "revoked",
		    "p= is empty: what is still signed with it fails");
	judge_key(key);
	judge_usage(key);
	if (key->remarks.count == 0)
		remark_good(key);
	return remarks_report(&key->remarks, out, NULL);
}

static enum check_state
choose(struct findings *out, const char *name, const struct dns_answer *a)
{
	struct key key = {
		.name = name,
		.answer = a,
		.remarks.arena = out->arena,
	};
	size_t foreign = 0, i;

	for (i = 0; i < a->count; i++) {
		key.record = &a->records[i];
		tags_parse(key.record->data, key.record->len, false, &key.tags);
		if (is_foreign(&key.tags))
			foreign++;
	}
	if (foreign == a->count)
		return finding(out, VERDICT_FAIL, "missing",
		    "what %s holds is no DKIM key: %s", name,
		    record_quote(
			out->arena, a->records[0].data, a->records[0].len));
	/* RFC 6376 3.6.2.2: which of them is read is undefined. */
	if (a->count > 1)
		finding(out, VERDICT_FAIL, "multiple",
		    "%zu TXT records at %s: verifiers may read any of them",
		    a->count, name);
	else
		judge(&key, out);
	finding_record(
	    out, "%s", record_texts(out->arena, a, NULL, RECORD_BETWEEN));
	return CHECK_DONE;
}

/* A selector that a log told of and that fell out of use.  One that the
 * operator names is never retired. */
static bool
is_retired(const struct subject *subject)
{
	return subject->selector_seen_s > 0 &&
	    subject->now_s - subject->selector_seen_s >
	    (int64_t)RETIRED_DAYS * DAY_SECONDS;
}

static enum check_state
missing(const struct subject *subject, struct findings *out, const char *name,
    const struct dns_answer *a)
{
	if (is_retired(subject))
		return finding(out, VERDICT_SKIP, "retired",
		    "no key at %s, and nothing was signed with it for %d days",
		    name, RETIRED_DAYS);
	if (a->owner != NULL)
		return finding(out, VERDICT_FAIL, "missing",
		    "%s is an alias of %s, where there is no key: ask whose "
		    "name that is, or publish a key",
		    name, a->owner);
	return finding(out, VERDICT_FAIL, "missing", "no key at %s", name);
}

static enum check_state
dkim_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	char name[DNS_NAME_SIZE];
	const struct dns_answer *a;

	record_name(
	    name, "%s._domainkey.%s", subject->selector, subject->domain);
	a = facts_dns(facts, name, DNS_TXT);
	if (a == NULL)
		return CHECK_WAITING;
	if (a->outcome == DNS_NONE)
		return missing(subject, out, name, a);
	if (a->outcome != DNS_OK)
		return finding_unknown(out, a->outcome, name);
	return choose(out, name, a);
}

const struct check check_dkim = {
	.name = "dkim",
	.subject = SUBJECT_SELECTOR,
	.interval_s = 3600,
	.run = dkim_run,
};
