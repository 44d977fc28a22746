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
	free(redact);
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
		if (!isalpha((unsigned char)last[n]) &&
		    strncmp(last, "xn--", 4) != 0)
			return false;
	return n >= 2 && !is_row(name);
}

/* The labels in front of the registrable part. */
static void
add_labels(
    const struct redact *r, struct buf *out, const char *name, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t n = strcspn(name + at, ".");

		if (name[at] == '_')
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
	const char *arpa = strstr(name, ".in-addr.arpa");

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
	if (!org_registrable(name, registrable))
		snprintf(registrable, sizeof(registrable), "%s", name);
	tail = strlen(registrable);
	if (tail > len)
		tail = len;
	add_labels(r, out, name, len > tail ? len - tail - 1 : 0);
	buf_char(out, 'd');
	add_alias(r, out, registrable, strlen(registrable), 7);
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

/* A token that ends where in_name() does; what is behind it decides whether it
 * is the left side of an address. */
static void
add_token(const struct redact *r, struct buf *out, const char *text, size_t len)
{
	char token[TOKEN_MOST];
	struct address address;
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
	if (address_parse(token, &address))
		add_address(r, out, &address);
	else if (text[len] == '@') {
		buf_char(out, 'u');
		add_alias(r, out, token, len, 4);
	} else if (is_name(token))
		add_name(r, out, token);
	else if (is_secret(token, len))
		buf_str(out, "[hidden]");
	else
		buf_str(out, token);
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

const char *
redact_text(const struct redact *redact, struct arena *arena, const char *text)
{
	struct buf out = { 0 };
	struct address address;
	const char *result;
	size_t len;

	if (text == NULL)
		return NULL;
	for (const char *at = text; *at != '\0'; at += len) {
		if ((len = v6_at(at, &address)) > 0) {
			add_address(redact, &out, &address);
			continue;
		}
		if ((len = base64_at(at)) > 0) {
			buf_str(&out, "[hidden]");
			continue;
		}
		while (in_name(at[len]))
			len++;
		if (len > 0) {
			add_token(redact, &out, at, len);
			continue;
		}
		buf_char(&out, *at);
		len = 1;
	}
	result = arena_ndup(arena, out.data != NULL ? out.data : "", out.len);
	buf_free(&out);
	return result;
}

const char *
redact_word(const struct redact *redact, struct arena *arena, const char *word)
{
	struct buf out = { 0 };
	const char *result;

	if (word == NULL || word[0] == '\0')
		return word;
	buf_str(&out, "name-");
	add_alias(redact, &out, word, strlen(word), 5);
	result = arena_dup(arena, out.data);
	buf_free(&out);
	return result;
}
