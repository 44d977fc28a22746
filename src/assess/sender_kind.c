/* What kind of mail a sender's address stands for. */
/* SPDX-License-Identifier: MIT */
#include "sender_kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *
sender_kind_name(enum sender_kind kind)
{
	static const char *const names[] = {
		[KIND_OTHER] = "other",
		[KIND_MARKETING] = "marketing",
		[KIND_TRANSACTIONAL] = "transactional",
		[KIND_ACCOUNT] = "account",
	};

	return names[kind];
}

/* Whole words, a final "s" aside: "news" is none of its own plural. */
static const struct {
	const char *word;
	enum sender_kind kind;
} words[] = {
	{ "news", KIND_MARKETING },
	{ "newsletter", KIND_MARKETING },
	{ "promo", KIND_MARKETING },
	{ "promotion", KIND_MARKETING },
	{ "offer", KIND_MARKETING },
	{ "deal", KIND_MARKETING },
	{ "sale", KIND_MARKETING },
	{ "marketing", KIND_MARKETING },
	{ "campaign", KIND_MARKETING },
	{ "mailing", KIND_MARKETING },
	{ "digest", KIND_MARKETING },
	{ "invoice", KIND_TRANSACTIONAL },
	{ "receipt", KIND_TRANSACTIONAL },
	{ "order", KIND_TRANSACTIONAL },
	{ "billing", KIND_TRANSACTIONAL },
	{ "payment", KIND_TRANSACTIONAL },
	{ "shipping", KIND_TRANSACTIONAL },
	{ "shipment", KIND_TRANSACTIONAL },
	{ "delivery", KIND_TRANSACTIONAL },
	{ "booking", KIND_TRANSACTIONAL },
	{ "ticket", KIND_TRANSACTIONAL },
	{ "alert", KIND_ACCOUNT },
	{ "security", KIND_ACCOUNT },
	{ "password", KIND_ACCOUNT },
	{ "account", KIND_ACCOUNT },
	{ "login", KIND_ACCOUNT },
	{ "signup", KIND_ACCOUNT },
	{ "verify", KIND_ACCOUNT },
	{ "verification", KIND_ACCOUNT },
	{ "notification", KIND_ACCOUNT },
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static enum sender_kind
kind_of_word(const char *s, size_t len)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t whole = strlen(words[i].word);
		bool plural = len == whole + 1 && (s[whole] | 0x20) == 's';

		if ((len == whole || plural) &&
		    strncasecmp(s, words[i].word, whole) == 0)
			return words[i].kind;
	}
	return KIND_OTHER;
}

enum sender_kind
sender_kind(const char *address)
{
	const char *s = address, *end = address + strcspn(address, "@");

	while (s < end) {
		const char *from = s;
		enum sender_kind kind;

		while (s < end && is_letter(*s))
			s++;
		kind = kind_of_word(from, (size_t)(s - from));
		if (kind != KIND_OTHER)
			return kind;
		while (s < end && !is_letter(*s))
			s++;
	}
	return KIND_OTHER;
}
