/* lint signature: DKIM signatures verified (RFC 6376 6.1, RFC 8301, RFC 8463). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/lint.h"
#include "checks/record.h"
#include "sendtop/org.h"
#include "sendtop/sign.h"
#include "sendtop/text.h"

enum {
	LIST_MOST = 16384,  /* octets of h=: more is no list of fields */
	OCTETS_MOST = 8192, /* of a key or a signature */
	RSA_BITS_FLOOR = 1024,
	SKEW_S = 86400,
};

static void
say(struct signature *sig, enum verdict verdict, const char *reason,
    const char *detail)
{
	sig->verdict = verdict;
	sig->reason = reason;
	sig->detail = detail;
}

static bool
broken(struct signature *sig, const char *detail)
{
	say(sig, VERDICT_FAIL, "syntax", detail);
	return false;
}

static char *
value_of(struct lint_state *s, const struct tag *tag)
{
	return arena_ndup(s->arena, tag->value, tag->len);
}

/* Whether the list of field names in h= has it. */
static bool
names_field(const struct tag *h, const char *field)
{
	const char *at = h->value, *end = at + h->len;

	while (at < end) {
		size_t len = 0;

		while (at + len < end && strchr(": \t\r\n", at[len]) == NULL)
			len++;
		if (len == strlen(field) && strncasecmp(at, field, len) == 0)
			return true;
		at += len + 1;
	}
	return false;
}

/* --- reading the field ------------------------------------------------------------- */

static bool
has_needed(struct signature *sig)
{
	static const char *const needed[] = { "v", "a", "b", "bh", "d", "h",
		"s" };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const struct tag *tag = tags_find(&sig->tags, needed[i]);

		if (tag == NULL || tag->len == 0)
			return false;
	}
	return true;
}

static bool
ends_with_domain(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	return n >= d && strcasecmp(name + n - d, domain) == 0 &&
	    (n == d || name[n - d - 1] == '.');
}

static bool
read_names(struct lint_state *s, struct signature *sig)
{
	const struct tag *i = tags_find(&sig->tags, "i");
	const char *d = value_of(s, tags_find(&sig->tags, "d"));
	const char *selector = value_of(s, tags_find(&sig->tags, "s"));
	char ascii[ORG_NAME_SIZE], label[ORG_NAME_SIZE];
	const char *at;

	if (!org_ascii(d, ascii) || !org_ascii(selector, label))
		return broken(sig, "d= or s= is no name of DNS");
	sig->domain = arena_dup(s->arena, ascii);
	sig->selector = arena_dup(s->arena, label);
	sig->subject = arena_printf(
	    s->arena, "%s/%s", sig->domain, sig->selector);
	if (i == NULL)
		return true;
	at = strrchr(value_of(s, i), '@');
	if (at == NULL || !ends_with_domain(at + 1, d))
		return broken(sig, "i= is not of the domain in d=");
	return true;
}

static bool
read_field(struct lint_state *s, struct signature *sig)
{
	const struct tag *h, *q;

	tags_parse(sig->field->value, sig->field->len, false, &sig->tags);
	if (sig->tags.problem != NULL)
		return broken(sig, sig->tags.problem);
	if (!has_needed(sig))
		return broken(sig, "one of v= a= b= bh= d= h= s= is missing");
	if (!tag_is(&sig->tags, tags_find(&sig->tags, "v"), "1"))
		return broken(sig, "v= is not 1");
	if (!read_names(s, sig))
		return false;
	h = tags_find(&sig->tags, "h");
	if (h->len > LIST_MOST)
		return broken(sig, "h= is no list of fields");
	if (!names_field(h, "From"))
		return broken(sig, "h= does not name From");
	q = tags_find(&sig->tags, "q");
	if (q != NULL && !tag_has(q, "dns/txt"))
		return broken(sig, "q= knows no way that verifiers know");
	return true;
}

/* --- times --------------------------------------------------------------------------- */

static bool
read_time(
    struct lint_state *s, struct signature *sig, const char *name, int64_t *out)
{
	const struct tag *tag = tags_find(&sig->tags, name);

	return tag != NULL &&
	    text_to_int(value_of(s, tag), 0, INT64_C(999999999999), out);
}

static bool
is_in_time(struct lint_state *s, struct signature *sig)
{
	int64_t from, to, now = s->lint->now_s;

	if (read_time(s, sig, "x", &to) && to < now) {
		say(sig, VERDICT_FAIL, "expired", "x= has passed");
		return false;
	}
	if (read_time(s, sig, "t", &from) && from > now + SKEW_S) {
		say(sig, VERDICT_FAIL, "future", "t= is still to come");
		return false;
	}
	return true;
}

/* --- the key -------------------------------------------------------------------------- */

struct key {
	enum key_algorithm algorithm;
	struct buf octets;
};

/* NULL: it may be used. */
static const char *
refused(struct lint_state *s, struct signature *sig, struct tags *tags,
    enum key_algorithm algorithm)
{
	const struct tag *k = tags_find(tags, "k"), *h = tags_find(tags, "h");
	const struct tag *u = tags_find(tags, "s"), *t = tags_find(tags, "t");
	const struct tag *i = tags_find(&sig->tags, "i");
	bool ed = algorithm == KEY_ED25519_SHA256;
	const char *at;

	if (ed != (k != NULL && tag_is(tags, k, "ed25519")))
		return "a= and the key's k= name different algorithms";
	if (h != NULL && !tag_has(h, "sha256"))
		return "the key's h= does not allow SHA-256";
	if (u != NULL && !tag_has(u, "*") && !tag_has(u, "email"))
		return "the key's s= does not allow email";
	at = i != NULL ? strrchr(value_of(s, i), '@') : NULL;
	if (tag_has(t, "s") && at != NULL &&
	    strcasecmp(at + 1, sig->domain) != 0)
		return "the key's t=s does not allow a subdomain in i=";
	return NULL;
}

static bool
read_key(struct lint_state *s, struct signature *sig,
    const struct dns_record *record, struct key *key)
{
	const char *why;
	struct tags tags;
	struct tag *p;
	char type[16];
	int bits;

	tags_parse(record->data, record->len, false, &tags);
	p = tags_find(&tags, "p");
	if (tags.problem != NULL || p == NULL) {
		say(sig, VERDICT_FAIL, "bad_key", "the record is no DKIM key");
		return false;
	}
	if (p->len == 0) {
		say(sig, VERDICT_FAIL, "revoked", "the key's p= is empty");
		return false;
	}
	why = refused(s, sig, &tags, key->algorithm);
	if (why == NULL &&
	    (!base64_decode(p->value, p->len, &key->octets) ||
		key->octets.full))
		why = "the key's p= is not base64";
	if (why == NULL && key->algorithm == KEY_RSA_SHA256 &&
	    (key_describe((const uint8_t *)key->octets.data, key->octets.len,
		 type, &bits, NULL) != STATUS_OK ||
		bits < RSA_BITS_FLOOR))
		why = "the key is no RSA key of at least 1024 bits";
	if (why != NULL)
		say(sig, VERDICT_FAIL, "bad_key", why);
	return why == NULL;
}

/* Asks for the key; 1 it is there, 0 it is not, -1 wait. */
static int
find_key(struct lint_state *s, struct signature *sig, struct key *key)
{
	char name[DNS_NAME_SIZE];
	const struct dns_answer *a;

	record_name(name, "%s._domainkey.%s", sig->selector, sig->domain);
	a = facts_dns(s->facts, name, DNS_TXT);
	if (a == NULL)
		return -1;
	if (a->outcome == DNS_NONE) {
		say(sig, VERDICT_FAIL, "no_key",
		    arena_printf(s->arena, "no key at %s", name));
		return 0;
	}
	if (a->outcome != DNS_OK) {
		say(sig, VERDICT_UNKNOWN, "", arena_dup(s->arena, name));
		sig->outcome = a->outcome;
		return 0;
	}
	return read_key(s, sig, &a->records[0], key);
}

/* --- verifying -------------------------------------------------------------------------- */

static enum dkim_form
form_of(const struct tag *c, bool body)
{
	const char *slash;

	if (c == NULL)
		return DKIM_SIMPLE;
	slash = memchr(c->value, '/', c->len);
	if (body)
		return slash != NULL && strncmp(slash, "/relaxed", 8) == 0
		    ? DKIM_RELAXED
		    : DKIM_SIMPLE;
	return strncmp(c->value, "relaxed", 7) == 0 ? DKIM_RELAXED
						    : DKIM_SIMPLE;
}

static bool
body_matches(struct lint_state *s, struct signature *sig)
{
	const struct tag *bh = tags_find(&sig->tags, "bh");
	struct buf body = { 0 }, said = { .max = OCTETS_MOST };
	uint8_t digest[SHA256_SIZE];
	int64_t length = -1;
	size_t whole;
	bool ok;

	if (tags_find(&sig->tags, "l") != NULL &&
	    !read_time(s, sig, "l", &length))
		return broken(sig, "l= is no number");
	whole = dkim_body(s->lint->message,
	    form_of(tags_find(&sig->tags, "c"), true), length, &body);
	digest_sha256(body.data != NULL ? body.data : "", body.len, digest);
	ok = base64_decode(bh->value, bh->len, &said) &&
	    said.len == sizeof(digest) &&
	    memcmp(said.data, digest, sizeof(digest)) == 0 &&
	    (length < 0 || (uint64_t)length <= whole);
	buf_free(&body);
	buf_free(&said);
	if (!ok)
		say(sig, VERDICT_FAIL, "body_hash",
		    "the body is not the one that was signed");
	return ok;
}

static bool
signature_matches(
    struct lint_state *s, struct signature *sig, const struct key *key)
{
	const struct tag *b = tags_find(&sig->tags, "b");
	const struct tag *h = tags_find(&sig->tags, "h");
	struct buf header = { 0 }, said = { .max = OCTETS_MOST };
	bool ok;

	dkim_header(s->lint->message,
	    form_of(tags_find(&sig->tags, "c"), false), h->value, h->len,
	    sig->field, &header);
	ok = base64_decode(b->value, b->len, &said) && !said.full &&
	    key_verify(key->algorithm, (const uint8_t *)key->octets.data,
		key->octets.len, header.data, header.len,
		(const uint8_t *)said.data, said.len);
	buf_free(&header);
	buf_free(&said);
	if (!ok)
		say(sig, VERDICT_FAIL, "bad_signature",
		    "the header is not the one that was signed, or the key "
		    "is another");
	return ok;
}

static void
remark_good(struct lint_state *s, struct signature *sig)
{
	const struct tag *a = tags_find(&sig->tags, "a");
	bool partial = tags_find(&sig->tags, "l") != NULL;

	say(sig, VERDICT_PASS, "ok",
	    arena_printf(s->arena, "%s verifies%s", value_of(s, a),
		partial ? "; l= lets anybody add to the body: leave it out"
			: ""));
}

static bool
read_algorithm(struct signature *sig, struct key *key)
{
	const struct tag *a = tags_find(&sig->tags, "a");

	if (tag_is(&sig->tags, a, "rsa-sha256"))
		key->algorithm = KEY_RSA_SHA256;
	else if (tag_is(&sig->tags, a, "ed25519-sha256"))
		key->algorithm = KEY_ED25519_SHA256;
	else if (tag_is(&sig->tags, a, "rsa-sha1")) {
		say(sig, VERDICT_FAIL, "sha1",
		    "rsa-sha1: no verifier may take it (RFC 8301)");
		return false;
	} else {
		return broken(sig, "a= names no algorithm in use");
	}
	return true;
}

static enum check_state
verify(struct lint_state *s, struct signature *sig)
{
	struct key key = { .octets.max = OCTETS_MOST };
	int found;

	if (!read_field(s, sig) || !read_algorithm(sig, &key) ||
	    !is_in_time(s, sig))
		return CHECK_DONE;
	found = find_key(s, sig, &key);
	if (found == 1 && body_matches(s, sig) &&
	    signature_matches(s, sig, &key))
		remark_good(s, sig);
	buf_free(&key.octets);
	return found < 0 ? CHECK_WAITING : CHECK_DONE;
}

enum check_state
signatures_verify(struct lint_state *state)
{
	enum check_state all = CHECK_DONE;
	const struct message_field *field;
	struct signature *sig;

	while (state->signature_count < SIGNATURES_MOST &&
	    (field = message_field(state->lint->message, "DKIM-Signature",
		 state->signature_count)) != NULL) {
		sig = &state->signatures[state->signature_count++];
		sig->field = field;
		sig->subject = arena_printf(
		    state->arena, "signature %zu", state->signature_count);
		if (verify(state, sig) == CHECK_WAITING)
			all = CHECK_WAITING;
	}
	return all;
}

bool
signatures_cover(const struct lint_state *state, const char *field)
{
	for (size_t i = 0; i < state->signature_count; i++) {
		const struct signature *sig = &state->signatures[i];
		struct tags tags = sig->tags;

		if (sig->verdict == VERDICT_PASS && sig->domain != NULL &&
		    names_field(tags_find(&tags, "h"), field))
			return true;
	}
	return false;
}

enum check_state
lint_signature(struct lint_state *s)
{
	if (s->signed_state == CHECK_WAITING)
		return CHECK_WAITING;
	if (s->signature_count == 0)
		return finding_on(s->out, LINT_WHOLE, VERDICT_FAIL, "none",
		    "no DKIM-Signature: Gmail wants one of every sender of "
		    "bulk mail");
	for (size_t i = 0; i < s->signature_count; i++) {
		const struct signature *sig = &s->signatures[i];

		if (sig->verdict == VERDICT_UNKNOWN)
			finding_unknown_on(
			    s->out, sig->subject, sig->outcome, sig->detail);
		else
			finding_on(s->out, sig->subject, sig->verdict,
			    sig->reason, "%s", sig->detail);
	}
	return CHECK_DONE;
}
