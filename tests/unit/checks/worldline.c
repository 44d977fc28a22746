/* A line of a world, and what it makes: a session, an answer. */
/* SPDX-License-Identifier: MIT */
#include "worldline.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sendtop/day.h"
#include "world.h"

size_t
world_unescape(const char *value, uint8_t *out)
{
	size_t len = 0;

	while (*value != '\0') {
		unsigned octet;

		if (*value == '\\' && sscanf(value + 1, "%3u", &octet) == 1) {
			out[len++] = (uint8_t)octet;
			value += 4;
		} else {
			out[len++] = (uint8_t)*value++;
		}
	}
	return len;
}

size_t
world_unhex(const char *value, uint8_t *out)
{
	size_t len = 0;
	unsigned octet;

	for (; sscanf(value, "%2x", &octet) == 1; value += 2) {
		out[len++] = (uint8_t)octet;
		ck_assert_msg(value[1] != '\0', "odd: %s", value);
	}
	return len;
}

/* What stands behind the address in the line of that type and name; NULL: there
 * is none. */
static const char *
words_of(const struct line *lines, size_t count, const char *type,
    const char *name, const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];
	size_t i, len;

	address_text(address, text);
	len = strlen(text);
	for (i = 0; i < count; i++) {
		const struct line *l = &lines[i];

		if (strcmp(l->type, type) == 0 &&
		    strcasecmp(l->name, name) == 0 &&
		    strncmp(l->value, text, len) == 0 &&
		    (l->value[len] == ' ' || l->value[len] == '\0'))
			return l->value + len;
	}
	return NULL;
}

/* --- SMTP ----------------------------------------------------------------- */

static const char *const smtp_words[] = {
	[SMTP_OK] = "ok",
	[SMTP_REJECTED] = "rejected",
	[SMTP_TIMEOUT] = "timeout",
	[SMTP_UNREACHABLE] = "unreachable",
	[SMTP_RESET] = "reset",
	[SMTP_MALFORMED] = "malformed",
	[SMTP_UNSAFE] = "unsafe",
	[SMTP_NETWORK] = "network",
};

static const char *const starttls_words[] = {
	[STARTTLS_NOT_REACHED] = "not_reached",
	[STARTTLS_OK] = "ok",
	[STARTTLS_NOT_OFFERED] = "not_offered",
	[STARTTLS_REFUSED] = "refused",
	[STARTTLS_HANDSHAKE] = "handshake",
	[STARTTLS_PLAINTEXT_AFTER] = "plaintext_after",
	[STARTTLS_INJECTED] = "injected",
	[STARTTLS_TIMEOUT] = "timeout",
	[STARTTLS_RESET] = "reset",
};

static const char *const tls_names[] = { "TLSv1", "TLSv1.1", "TLSv1.2",
	"TLSv1.3" };

static unsigned
word_index(const char *const *words, size_t count, const char *word)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	ck_abort_msg("no such word: %s", word);
	return 0;
}
#define WORD(words, word) \
	word_index(words, sizeof(words) / sizeof(words[0]), word)

static int64_t
days_from_now(const char *value)
{
	return WORLD_NOW + strtol(value, NULL, 10) * (int64_t)DAY_SECONDS;
}

static void
session_set(struct smtp_session *s, const char *key, char *value)
{
	if (strcmp(key, "outcome") == 0)
		s->outcome = WORD(smtp_words, value);
	else if (strcmp(key, "starttls") == 0)
		s->starttls = WORD(starttls_words, value);
	else if (strcmp(key, "phase") == 0)
		s->phase = value;
	else if (strcmp(key, "tls") == 0)
		s->tls_version = 0x0301 + (value[2] - '0');
	else if (strcmp(key, "cert") == 0)
		s->has_cert = strcmp(value, "no") != 0;
	else if (strcmp(key, "trust") == 0)
		s->trust = strcmp(value, "self") == 0 ? CERT_SELF_SIGNED
						      : CERT_UNTRUSTED;
	else if (strcmp(key, "match") == 0)
		s->name_match = strcmp(value, "no") != 0;
	else if (strcmp(key, "from") == 0)
		s->not_before_s = days_from_now(value);
	else if (strcmp(key, "until") == 0)
		s->not_after_s = days_from_now(value);
	else if (strcmp(key, "names") == 0)
		s->cert_names = value;
	else if (strcmp(key, "chain") == 0) {
		s->chain = (const uint8_t *)value;
		s->chain_len = world_unhex(value, (uint8_t *)value);
	} else if (strcmp(key, "key") == 0) {
		s->key_type = strsep(&value, "/");
		s->key_bits = (int)strtol(value, NULL, 10);
	} else {
		ck_abort_msg("no such word: %s", key);
	}
}

static const struct smtp_session good_session = {
	.outcome = SMTP_OK,
	.phase = "quit",
	.greeting = "220 mx ESMTP ready",
	.reply = "",
	.ehlo = "STARTTLS, SIZE",
	.starttls = STARTTLS_OK,
	.tls_error = "",
	.tls_version = 0x0304,
	.cipher = "TLS_AES_256_GCM_SHA384",
	.has_cert = true,
	.trust = CERT_TRUSTED,
	.trust_error = "",
	.name_match = true,
	.cert_subject = "CN=mx",
	.cert_issuer = "CN=Test CA",
	.cert_names = "mx.example",
	.not_before_s = WORLD_NOW - 30 * (int64_t)DAY_SECONDS,
	.not_after_s = WORLD_NOW + 60 * (int64_t)DAY_SECONDS,
	.key_type = "RSA",
	.key_bits = 2048,
};

static struct smtp_session *
session_parse(const char *words)
{
	struct smtp_session s = good_session;
	char *copy = mem_dup(words), *rest = copy, *word;
	struct smtp_session *made;

	while ((word = strsep(&rest, " ")) != NULL) {
		char *value = strchr(word, '=');

		if (*word == '\0')
			continue;
		ck_assert_msg(value != NULL, "%s", word);
		*value++ = '\0';
		if (strcmp(word, "reply") == 0) {
			if (rest != NULL)
				rest[-1] = ' ';
			s.reply = s.tls_error = s.trust_error = value;
			break;
		}
		session_set(&s, word, value);
	}
	s.tls_name = tls_names[s.tls_version - 0x0301];
	made = smtp_session_make(&s);
	free(copy);
	return made;
}

struct smtp_session *
world_session(const struct line *lines, size_t count, const char *host,
    const struct address *address)
{
	const char *words = words_of(lines, count, "SMTP", host, address);

	if (words != NULL)
		return session_parse(words);
	return session_parse(
	    "outcome=unreachable starttls=not_reached phase=connect");
}

/* --- HTTPS ---------------------------------------------------------------- */

static const char *const https_words[] = {
	[HTTPS_OK] = "ok",
	[HTTPS_UNTRUSTED] = "untrusted",
	[HTTPS_UNREACHABLE] = "unreachable",
	[HTTPS_TIMEOUT] = "timeout",
	[HTTPS_TOO_LARGE] = "too_large",
	[HTTPS_BROKEN] = "broken",
	[HTTPS_UNSAFE] = "unsafe",
	[HTTPS_NETWORK] = "network",
};

/* Words up to body=, which takes the rest; "|" in it is a line end. */
static struct https_answer *
https_parse(const char *words)
{
	struct https_answer from = {
		.code = 200,
		.content_type = "text/plain; charset=utf-8",
		.body = "",
		.error = "why",
	};
	char *copy = mem_dup(words), *rest = copy, *word, *at;
	struct https_answer *made;

	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		if (strncmp(word, "body=", 5) == 0) {
			if (rest != NULL)
				rest[-1] = ' ';
			for (at = word + 5; *at != '\0'; at++)
				*at = *at == '|' ? '\n' : *at;
			from.body = word + 5;
			from.body_len = world_unescape(
			    from.body, (uint8_t *)word + 5);
			break;
		}
		if (strncmp(word, "code=", 5) == 0)
			from.code = (int)strtol(word + 5, NULL, 10);
		else if (strncmp(word, "type=", 5) == 0)
			from.content_type = word + 5;
		else
			from.outcome = WORD(https_words, word);
	}
	made = https_answer_make(&from);
	free(copy);
	return made;
}

struct https_answer *
world_https(const struct line *lines, size_t count, const char *url,
    const struct address *address)
{
	const char *words = words_of(lines, count, "HTTPS", url, address);

	if (words != NULL)
		return https_parse(words);
	return https_parse("unreachable");
}
