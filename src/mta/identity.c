/* Finds whom a reply names. */
/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/address.h"

enum { DOMAIN_MOST = 253 };

/* Words in front of a name in brackets.  Where the words stand without one,
 * the reply means somebody whom it does not name. */
static const struct {
	const char *words;
	const char *kind;
} named[] = {
	{ "your dkim domain", "dkim" },
	{ "your spf domain", "spf" },
	{ "your url domains", "url" },
	{ "your ip netblock", "netblock" },
	{ "spf check for", "spf" },
	{ "mail from domain", "spf" },
	{ " spf", "spf" },
};
enum { LIMITS = 4 }; /* of these rows the first ones tell whose the quota is */

/* Of other replies an address in brackets says nothing of the sender. */
static const char *const about_address[] = { "rate_limit", "reputation_ip",
	"ptr", "content", "policy", "auth_spf", "auth_none" };

static bool
is_domain(const char *name, size_t len)
{
	size_t i;
	bool dot = false;

	if (len < 3 || len > DOMAIN_MOST)
		return false;
	for (i = 0; i < len; i++) {
		char c = name[i];

		if (c == '.' && i > 0 && i + 1 < len && name[i - 1] != '.')
			dot = true;
		else if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    c != '-' && c != '_')
			return false;
	}
	return dot;
}

static bool
put_name(char out[REPLY_IDENTITY_SIZE], const char *kind, const char *name,
    size_t len)
{
	struct address address;
	char text[DOMAIN_MOST + 1];
	unsigned bits;

	if (len > DOMAIN_MOST)
		return false;
	memcpy(text, name, len);
	text[len] = '\0';
	if (strcmp(kind, "netblock") == 0
		? !address_parse_prefix(text, &address, &bits)
		: !is_domain(text, len))
		return false;
	snprintf(out, REPLY_IDENTITY_SIZE, "%s %s", kind, text);
	return true;
}

/* "[news.example.com 36]": the name, and a figure that Google does not
 * explain. */
static bool
find_named(
    const char *said, size_t row, char out[REPLY_IDENTITY_SIZE], bool *spoken)
{
	const char *at = said, *name;
	size_t len;

	while ((at = strstr(at, named[row].words)) != NULL) {
		at += strlen(named[row].words);
		*spoken = *spoken || row < LIMITS;
		name = at + strspn(at, " ");
		if (*name++ != '[')
			continue;
		len = strcspn(name, " ]");
		if (put_name(out, named[row].kind, name, len))
			return true;
	}
	return false;
}

/* In front of an address: other numbers with dots (Yahoo's 4.16.55.1) are
 * none. */
static size_t
address_begins(const char *at)
{
	static const char *const before[] = { "[", "(", " from ", " ip " };
	size_t i;

	if (*at != '[' && *at != '(' && *at != ' ')
		return 0;
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (strncmp(at, before[i], strlen(before[i])) == 0)
			return strlen(before[i]);
	return 0;
}

static bool
find_address(const char *said, char out[REPLY_IDENTITY_SIZE])
{
	struct address address;
	char text[ADDRESS_TEXT_SIZE];
	const char *at;
	size_t skip, len;

	for (; *said != '\0'; said++) {
		skip = address_begins(said);
		at = said + skip;
		len = strspn(at, "0123456789abcdef.:");
		if (skip == 0 || len < 2 || len >= sizeof(text) ||
		    strchr(" ])>,;", at[len]) == NULL)
			continue;
		memcpy(text, at, len);
		text[len] = '\0';
		if (!address_parse(text, &address))
			continue;
		snprintf(out, REPLY_IDENTITY_SIZE, "ip %s",
		    address_text(&address, text));
		return true;
	}
	return false;
}

void
identity_find(const struct gist *gist, const struct reply_row *row,
    char out[REPLY_IDENTITY_SIZE])
{
	const char *said = gist->line + gist->said;
	bool spoken = false;
	size_t i;

	out[0] = '\0';
	if (row == NULL)
		return;
	for (i = 0; i < sizeof(about_address) / sizeof(about_address[0]); i++)
		if (strcmp(row->category, about_address[i]) == 0)
			break;
	if (i == sizeof(about_address) / sizeof(about_address[0]))
		return;
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (find_named(said, i, out, &spoken))
			return;
	if (!spoken)
		find_address(said, out);
}
