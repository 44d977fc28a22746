/* Aliases for names and addresses in a text. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/redact.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/address.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

struct redact {
	uint64_t seed[2];
	char **words; /* the operator's own, such as customers' names */
	size_t word_count, word_cap;
};

enum { SECRET_LEAST = 20, TOKEN_MOST = 512 };

static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";

/* --- keys -------------------------------------------------------------------------- */

struct redact *
redact_new(const char *key)
{
	struct redact *redact;
	uint64_t seed[2];
	char half[17] = { 0 };
	char *end;

	if (strlen(key) != REDACT_KEY_SIZE - 1 ||
	    strspn(key, "0123456789abcdef") != REDACT_KEY_SIZE - 1)
		return NULL;
	for (int i = 0; i < 2; i++) {
		memcpy(half, key + 16 * i, 16);
		seed[i] = strtoull(half, &end, 16);
	}
	redact = mem_zero(1, sizeof(*redact));
	memcpy(redact->seed, seed, sizeof(seed));
	return redact;
}

void
redact_free(struct redact *redact)
{
	for (size_t i = 0; redact != NULL && i < redact->word_count; i++)
		free(redact->words[i]);
	if (redact != NULL)
		free(redact->words);
	free(redact);
}

void
redact_learn(struct redact *redact, const char *word)
{
	if (word[0] == '\0')
		return;
	for (size_t i = 0; i < redact->word_count; i++)
		if (text_equal_nocase(redact->words[i], word))
			return;
	redact->words = mem_grow(redact->words, redact->word_count,
	    &redact->word_cap, sizeof(*redact->words));
	redact->words[redact->word_count++] = mem_dup(word);
}

/* The tags of all domains: they are hidden in what people write as well. */
static enum status
learn_tags(struct redact *redact, struct store *store, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	size_t count = 0;
	enum status status = store_domains(store, arena, &domains, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		redact_learn(redact, domains[i].tag);
	arena_free(arena);
	return status;
}

static enum status
random_key(char out[REDACT_KEY_SIZE], struct error *err)
{
	uint8_t octets[16];

	if (getentropy(octets, sizeof(octets)) != 0)
		return error_set(err, STATUS_SYSTEM,
		    "random numbers: the system's generator gave none");
	for (size_t i = 0; i < sizeof(octets); i++)
		snprintf(out + 2 * i, 3, "%02x", octets[i]);
	return STATUS_OK;
}

enum status
redact_open(
    struct store *store, struct redact **out, bool *lasting, struct error *err)
{
	struct arena *arena = arena_new();
	char made[REDACT_KEY_SIZE];
	struct error unwritten;
	enum status status;
	const char *key;

	*lasting = true;
	*out = NULL;
	status = store_value_get(store, "redact.key", arena, &key, err);
	if (status == STATUS_OK && (*out = redact_new(key)) == NULL) {
		status = random_key(made, err);
		if (status == STATUS_OK) {
			*lasting = store_value_set(store, "redact.key", made,
				       &unwritten) == STATUS_OK;
			*out = redact_new(made);
		}
	}
	arena_free(arena);
	if (status == STATUS_OK)
		status = learn_tags(*out, store, err);
	if (status != STATUS_OK) {
		redact_free(*out);
		*out = NULL;
	}
	return status;
}

/* --- aliases ------------------------------------------------------------------------ */

/* `letters` letters of the alphabet that stand for the text, in any case. */
static void
add_alias(const struct redact *r, struct buf *out, const char *text, size_t len,
    int letters)
{
	char *key = mem_ndup(text, len);
	uint64_t hash;

	text_lower(key);
	hash = map_hash(r->seed, key);
	for (int i = 0; i < letters; i++, hash >>= 5)
		buf_char(out, alphabet[hash & 31]);
	free(key);
}

/* Names that tell nothing of the sender: of receivers, standards and lists. */
static const char *const public_names[] = { "google.com", "googlemail.com",
	"gmail.com", "googleapis.com", "yahoo.com", "yahoodns.net",
	"yahooinc.com", "outlook.com", "hotmail.com", "microsoft.com", "aka.ms",
	"icloud.com", "apple.com", "spamhaus.org", "spamcop.net", "abuse.net",
	"rfc-editor.org", "in-addr.arpa", "ip6.arpa" };

static bool
is_public(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(public_names) / sizeof(*public_names);
	     i++) {
		size_t n = strlen(public_names[i]);

		if (len >= n && text_ends_nocase(name, public_names[i]) &&
		    (len == n || name[len - n - 1] == '.'))
			return true;
	}
	return false;
}

/* Google's rows are called google.spf and so on: words, not names. */
static bool
is_row(const char *name)
{
	static const char *const rows[] = { "spf", "dkim", "spf_and_dkim",
		"dmarc_policy", "dmarc_alignment", "message_formatting",
		"dns_records", "encryption", "user_reported_spam_rate",
		"one_click_unsubscribe", "honor_unsubscribe",
		"deliverability" };

	if (strncmp(name, "google.", 7) != 0)
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(name + 7, rows[i]) == 0)
			return true;
	return false;
}

/* A host name: at least two labels, the last one of letters. */
static bool
is_name(const char *name)
{
	const char *last = strrchr(name, '.');
	size_t n = 0;

	if (last == NULL || last == name || strstr(name, "..") != NULL)
		return false;
	for (last++; last[n] != '\0'; n++)
		if (!isalpha((unsigned char)last[n]) && (last[n] & 0x80) == 0 &&
		    strncmp(last, "xn--", 4) != 0)
			return false;
	return n >= 2 && !is_row(name);
}

/* Names of files end in what no domain does: the name before that counts. */
static size_t
file_ending(const char *name)
{
	static const char *const endings[] = { ".conf", ".csv", ".json", ".log",
		".pem", ".svg", ".txt" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (len > strlen(endings[i]) &&
		    text_ends_nocase(name, endings[i]))
			return strlen(endings[i]);
	return 0;
}

/* Labels and mailboxes that a standard gives to everybody. */
static bool
is_common(const char *label, size_t len)
{
	static const char *const labels[] = { "abuse", "default", "hostmaster",
		"mailer-daemon", "mta-sts", "postmaster", "www" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strlen(labels[i]) == len &&
		    text_starts_nocase(label, labels[i]))
			return true;
	return false;
}

/* The labels in front of the registrable part. */
static void
add_labels(
    const struct redact *r, struct buf *out, const char *name, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t n = strcspn(name + at, ".");

		if (name[at] == '_' || is_common(name + at, n))
			buf_add(out, name + at, n);
		else
			add_alias(r, out, name + at, n, 4);
		buf_char(out, '.');
		at += n + 1;
	}
}

static void
add_name(const struct redact *r, struct buf *out, const char *name)
{
	size_t len = strlen(name), tail;
	char registrable[ORG_NAME_SIZE];
	const char *arpa = strstr(name, ".in-addr.arpa"), *owner = name;

	if (arpa == NULL)
		arpa = strstr(name, ".ip6.arpa");
	if (arpa != NULL) {
		add_alias(r, out, name, len, 7);
		buf_str(out, arpa);
		return;
	}
	if (is_public(name)) {
		buf_str(out, name);
		return;
	}
	/* An underscore is no part of a registrable name. */
	if (org_registrable(name, registrable))
		owner = registrable;
	tail = strlen(owner);
	if (tail > len)
		tail = len;
	add_labels(r, out, name, len > tail ? len - tail - 1 : 0);
	buf_char(out, 'd');
	add_alias(r, out, owner, strlen(owner), 7);
	buf_str(out, ".example");
}

static void
add_address(
    const struct redact *r, struct buf *out, const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	address_text(address, text);
	buf_str(out, "ip-");
	add_alias(r, out, text, strlen(text), 6);
}

/* --- finding them -------------------------------------------------------------------- */

static bool
in_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' ||
	    (c & 0x80) != 0;
}

static bool
in_v6(char c)
{
	return isxdigit((unsigned char)c) || c == ':' || c == '.';
}

/* Keys, tokens, queue ids: long runs with digits among letters. */
static bool
is_secret(const char *text, size_t len)
{
	bool digit = false, letter = false;

	/* Ciphers are told by names as long. */
	if (text_starts_nocase(text, "TLS_") ||
	    text_starts_nocase(text, "ECDHE-") ||
	    text_starts_nocase(text, "DHE-"))
		return false;
	for (size_t i = 0; i < len; i++) {
		digit = digit || isdigit((unsigned char)text[i]);
		letter = letter || isalpha((unsigned char)text[i]);
	}
	return len >= SECRET_LEAST && digit && letter;
}

/* An IPv6 address at the start of the text: how long, 0 for none. */
static size_t
v6_at(const char *text, struct address *out)
{
	size_t len = 0, colons = 0;
	char copy[ADDRESS_TEXT_SIZE];

	while (in_v6(text[len]))
		colons += text[len++] == ':';
	while (len > 0 &&
	    (text[len - 1] == '.' ||
		(text[len - 1] == ':' && len > 1 && text[len - 2] != ':')))
		len--;
	if (colons < 2 || len < 3 || len >= sizeof(copy))
		return 0;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return address_parse(copy, out) ? len : 0;
}

/* A token by itself: an address, a name, a name of a file, a secret. */
static void
add_kind(const struct redact *r, struct buf *out, char *token)
{
	size_t len = strlen(token), ending = file_ending(token);
	struct address address;
	char last = token[len - ending];

	token[len - ending] = '\0';
	if (address_parse(token, &address))
		add_address(r, out, &address);
	else if (is_name(token))
		add_name(r, out, token);
	else if (is_secret(token, len))
		buf_str(out, "[hidden]");
	else
		buf_str(out, token);
	token[len - ending] = last;
	buf_str(out, token + len - ending);
}

/* A token that ends where in_name() does; what is behind it decides whether it
 * is the left side of an address. */
static void
add_token(const struct redact *r, struct buf *out, const char *text, size_t len)
{
	char token[TOKEN_MOST];
	size_t dots = 0;

	while (len > 1 && text[len - 1] == '.') {
		len--;
		dots++;
	}
	if (len >= sizeof(token)) {
		buf_str(out, "[hidden]");
		return;
	}
	memcpy(token, text, len);
	token[len] = '\0';
	if (text[len] != '@')
		add_kind(r, out, token);
	else if (is_common(token, len))
		buf_str(out, token);
	else {
		buf_char(out, 'u');
		add_alias(r, out, token, len, 4);
	}
	while (dots-- > 0)
		buf_char(out, '.');
}

/* A run of base64, as of a DKIM key: it can be looked up as well as a name. */
static size_t
base64_at(const char *text)
{
	size_t len = 0, signs = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '+' ||
	    text[len] == '/')
		signs += !isalnum((unsigned char)text[len++]);
	while (text[len] == '=' && signs > 0)
		len++;
	return len >= 2 * SECRET_LEAST && signs > 0 && signs * 8 < len &&
		is_secret(text, len)
	    ? len
	    : 0;
}

/* A word of the operator's own that stands here by itself: how long, 0 for
 * none. */
static size_t
own_at(const struct redact *r, const char *start, const char *at)
{
	size_t longest = 0;

	if (at > start && in_name(at[-1]))
		return 0;
	for (size_t i = 0; i < r->word_count; i++) {
		size_t len = strlen(r->words[i]);

		if (len > longest && text_starts_nocase(at, r->words[i]) &&
		    (!in_name(at[len]) || at[len] == '.'))
			longest = len;
	}
	return longest;
}

static void
add_word(const struct redact *r, struct buf *out, const char *word, size_t len)
{
	buf_str(out, "name-");
	add_alias(r, out, word, len, 5);
}

/* What stands here is written in its place; returns how long it was. */
static size_t
add_next(const struct redact *r, struct buf *out, const char *at)
{
	struct address address;
	size_t len = v6_at(at, &address);

	if (len > 0) {
		add_address(r, out, &address);
		return len;
	}
	len = base64_at(at);
	if (len > 0) {
		buf_str(out, "[hidden]");
		return len;
	}
	while (in_name(at[len]))
		len++;
	if (len > 0) {
		add_token(r, out, at, len);
		return len;
	}
	buf_char(out, *at);
	return 1;
}

static const char *
replaced(const struct redact *redact, struct arena *arena, const char *text,
    bool own)
{
	struct buf out = { 0 };
	const char *result, *at = text;

	if (text == NULL)
		return NULL;
	while (*at != '\0') {
		size_t len = own ? own_at(redact, text, at) : 0;

		if (len > 0)
			add_word(redact, &out, at, len);
		else
			len = add_next(redact, &out, at);
		at += len;
	}
	result = arena_ndup(arena, out.data != NULL ? out.data : "", out.len);
	buf_free(&out);
	return result;
}

const char *
redact_text(const struct redact *redact, struct arena *arena, const char *text)
{
	return replaced(redact, arena, text, false);
}

const char *
redact_own(const struct redact *redact, struct arena *arena, const char *text)
{
	return replaced(redact, arena, text, true);
}

const char *
redact_word(const struct redact *redact, struct arena *arena, const char *word)
{
	struct buf out = { 0 };
	const char *result;

	if (word == NULL || word[0] == '\0')
		return word;
	add_word(redact, &out, word, strlen(word));
	result = arena_dup(arena, out.data);
	buf_free(&out);
	return result;
}
