/* What stays the same from message to message: stems of senders, gists. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mta/octets_find.h"
#include "sendtop/count.h"
#include "sendtop/source.h"
#include "sendtop/text.h"

enum {
	TOKEN_LEAST = 4, /* a part with digits that long is no word */
	WHOLE_LEAST = 12,
	ID_LEAST = 12,    /* of a reply: letters and digits mixed */
	NUMBER_LEAST = 5, /* digits in a row that are an id, or a time */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* --- senders -------------------------------------------------------------- */

static bool
is_joint(char c)
{
	return c == '-' || c == '.' || c == '_' || c == '+';
}

/* A last part of digits alone, or one with digits before its end: a short one
 * only where other parts stand before it. */
static bool
is_token(const char *part, size_t len, bool whole)
{
	size_t least = whole ? WHOLE_LEAST : TOKEN_LEAST;
	size_t digits = 0, tail = 0;

	for (size_t i = 0; i < len; i++) {
		digits += is_digit(part[i]);
		tail = is_digit(part[i]) ? tail + 1 : 0;
	}
	return len > 0 && (digits == len || (digits > tail && len >= least));
}

/* Cuts tokens off the end: "news-20261122-0a1b2c3d" becomes "news". */
static size_t
without_tokens(const char *local, size_t len)
{
	for (;;) {
		size_t part = len;

		while (part > 0 && !is_joint(local[part - 1]))
			part--;
		if (!is_token(local + part, len - part, part == 0)) {
			/* "bounce4711" */
			while (part < len && is_digit(local[len - 1]))
				len--;
			return len;
		}
		len = part;
		while (len > 0 && is_joint(local[len - 1]))
			len--;
		if (len == 0)
			return 0;
	}
}

/* BATV (prvs=TAG=user) and SRS (SRS0=HASH=TT=domain=user) hold others'
 * names. */
static void
unwrap(const char **local, size_t *len)
{
	const char *second;

	if (*len <= 5 || strchr("pPsS", **local) == NULL)
		return;
	if (strncasecmp(*local, "prvs=", 5) == 0) {
		second = memchr(*local + 5, '=', *len - 5);
		if (second != NULL) {
			*len -= (size_t)(second + 1 - *local);
			*local = second + 1;
		}
	} else if (strncasecmp(*local, "srs", 3) == 0 &&
	    is_digit((*local)[3]) && !is_letter((*local)[4])) {
		*len = 4;
	}
}

static size_t
stem_len(const char *local, size_t len)
{
	const char *plus = octets_find(local, len, '+');
	const char *equal;

	if (plus != NULL && plus > local)
		return without_tokens(local, (size_t)(plus - local));
	equal = octets_find(local, len, '=');
	if (equal != NULL) {
		/* bounce-ann=example.org: the recipient begins at a joint. */
		len = (size_t)(equal - local);
		while (len > 0 && !is_joint(local[len - 1]))
			len--;
		while (len > 0 && is_joint(local[len - 1]))
			len--;
	}
	return without_tokens(local, len);
}

struct span
sender_local(const char *local, size_t len)
{
	unwrap(&local, &len);
	return (struct span){ local, stem_len(local, len) };
}

/* Most addresses are plain already. */
static size_t
copy_printable(char *out, size_t size, const char *text, size_t len)
{
	size_t i;

	if (len >= size)
		return text_printable(out, size, text, len);
	for (i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return text_printable(out, size, text, len);
		out[i] = text[i];
	}
	out[len] = '\0';
	return len;
}

char *
sender_stem(const char *address, size_t len, char out[SENDER_SIZE])
{
	const char *at = memrchr(address, '@', len);
	size_t local_len = at != NULL ? (size_t)(at - address) : len, n;
	struct span kept = sender_local(address, local_len);

	if (kept.len == 0)
		n = copy_printable(out, SENDER_SIZE, "*", 1);
	else
		n = copy_printable(out, SENDER_SIZE / 2, kept.at, kept.len);
	if (at != NULL) {
		copy_printable(
		    out + n, SENDER_SIZE - n, at, len - (size_t)(at - address));
		text_lower(out + n);
	}
	return out;
}

/* --- replies -------------------------------------------------------------- */

/* What stands between words. */
static const bool ends_word[256] = {
	[' '] = true,
	['\t'] = true,
	['('] = true,
	[')'] = true,
	['['] = true,
	[']'] = true,
	['<'] = true,
	['>'] = true,
	[','] = true,
	[';'] = true,
};

/* Ids have letters and digits mixed and no point, as names and addresses
 * have. */
static bool
is_id(const char *word, size_t len)
{
	size_t digits = 0, letters = 0, run = 0;

	for (size_t i = 0; i < len; i++) {
		if (word[i] == '.')
			return false;
		run = is_digit(word[i]) ? run + 1 : 0;
		if (run >= NUMBER_LEAST)
			return true;
		digits += is_digit(word[i]);
		letters += is_letter(word[i]);
	}
	return len >= ID_LEAST && digits > 1 && letters > 0;
}

/* Google ends its replies with the session's id: "ffacd0b85a97d-... - gsmtp",
 * which may hold points. */
static bool
before_gsmtp(const char *rest, size_t len)
{
	return len >= 8 && memcmp(rest, " - gsmtp", 8) == 0;
}

static uint64_t
mix(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

static uint64_t
hash_word(uint64_t hash, const char *word, size_t len)
{
	uint64_t eight;

	for (; len >= 8; word += 8, len -= 8) {
		memcpy(&eight, word, 8);
		hash = mix(hash, eight);
	}
	eight = len;
	while (len-- > 0)
		eight = eight << 8 | (unsigned char)word[len];
	return mix(hash, eight);
}

uint64_t
reply_hash(const char *text, size_t len)
{
	uint64_t hash = HEAD_HASH_EMPTY;
	size_t at = 0;

	while (at < len) {
		size_t word = 0;

		while (at + word < len &&
		    !ends_word[(unsigned char)text[at + word]])
			word++;
		if (word > 0 && !is_id(text + at, word) &&
		    !before_gsmtp(text + at + word, len - at - word))
			hash = hash_word(hash, text + at, word);
		at += word + 1;
	}
	return hash;
}
