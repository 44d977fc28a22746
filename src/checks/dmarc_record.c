/* One DMARC record: its tags and where its reports go (RFC 9989 4.7, 4.8). */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "checks/dmarc.h"
#include "checks/record.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

enum { URI_MAX = 1024 };

static const char *const policies[] = {
	[DMARC_ABSENT] = "",
	[DMARC_NONE] = "none",
	[DMARC_QUARANTINE] = "quarantine",
	[DMARC_REJECT] = "reject",
	[DMARC_INVALID] = "",
};

const char *
dmarc_policy_name(enum dmarc_policy policy)
{
	return policies[policy];
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Reads "v" *WSP "=" *WSP and a word; returns what is behind the word. */
static const char *
version(const struct dns_record *record, const char *word, size_t *rest)
{
	const char *s = (const char *)record->data, *end = s + record->len;
	size_t len = strlen(word);

	if (s == end || (*s != 'v' && *s != 'V'))
		return NULL;
	for (s++; s < end && is_space(*s); s++)
		;
	if (s == end || *s++ != '=')
		return NULL;
	while (s < end && is_space(*s))
		s++;
	if ((size_t)(end - s) < len || memcmp(s, word, len) != 0)
		return NULL;
	s += len;
	*rest = (size_t)(end - s);
	return s;
}

bool
dmarc_is_record(const struct dns_record *record)
{
	size_t rest;
	const char *s = version(record, "DMARC1", &rest);

	while (s != NULL && rest > 0 && is_space(*s)) {
		s++;
		rest--;
	}
	return s != NULL && (rest == 0 || *s == ';');
}

bool
dmarc_is_meant(const struct dns_record *record)
{
	static const char word[] = "dmarc1";
	const char *s = (const char *)record->data;
	size_t len = sizeof(word) - 1, i;

	if (dmarc_is_record(record))
		return false;
	for (i = 0; i + len <= record->len; i++)
		if (strncasecmp(s + i, word, len) == 0)
			return true;
	return false;
}

static enum dmarc_policy
policy_read(struct tags *tags, const char *name)
{
	const struct tag *tag = tags_find(tags, name);
	enum dmarc_policy policy;

	if (tag == NULL)
		return DMARC_ABSENT;
	for (policy = DMARC_NONE; policy <= DMARC_REJECT; policy++)
		if (tag_is(tags, tag, policies[policy]))
			return policy;
	return DMARC_INVALID;
}

void
dmarc_record_read(const struct dns_record *record, struct dmarc_record *out)
{
	const struct tag *psd;

	out->record = record;
	tags_parse(record->data, record->len, true, &out->tags);
	out->p = policy_read(&out->tags, "p");
	out->sp = policy_read(&out->tags, "sp");
	out->np = policy_read(&out->tags, "np");
	psd = tags_find(&out->tags, "psd");
	out->psd = tag_is(&out->tags, psd, "y") ? 'y'
	    : tag_is(&out->tags, psd, "n")      ? 'n'
						: 'u';
	out->testing = tag_is(&out->tags, tags_find(&out->tags, "t"), "y");
	out->strict_dkim = tag_is(
	    &out->tags, tags_find(&out->tags, "adkim"), "s");
	out->strict_spf = tag_is(
	    &out->tags, tags_find(&out->tags, "aspf"), "s");
}

enum dmarc_policy
dmarc_record_policy(
    const struct dmarc_record *record, bool inherited, bool exists)
{
	if (inherited && !exists && record->np != DMARC_ABSENT)
		return record->np;
	if (inherited && record->sp != DMARC_ABSENT)
		return record->sp;
	return record->p;
}

const char *
dmarc_record_broken(struct dmarc_record *record)
{
	if (record->tags.twice != NULL)
		return "a tag comes twice";
	if (record->p == DMARC_ABSENT)
		return "there is no p= tag";
	if (record->p == DMARC_INVALID)
		return "p= is not none, quarantine or reject";
	if (record->sp == DMARC_INVALID)
		return "sp= is not none, quarantine or reject";
	if (record->np == DMARC_INVALID)
		return "np= is not none, quarantine or reject";
	return NULL;
}

/* dmarc-fo of RFC 9989 4.8, read as a set: each value once, 0 or 1. */
static bool
fo_good(const struct tag *tag)
{
	bool zero = tag_has(tag, "0"), one = tag_has(tag, "1");
	size_t i;

	for (i = 0; i < tag->len; i++)
		if (strchr("01ds: \t", tag->value[i]) == NULL)
			return false;
	return tag->len > 0 && !(zero && one) &&
	    (zero || one || tag_has(tag, "d") || tag_has(tag, "s"));
}

static const struct {
	const char *name, *words[3], *text;
} choices[] = {
	{ "adkim", { "r", "s" }, "adkim= is neither r nor s" },
	{ "aspf", { "r", "s" }, "aspf= is neither r nor s" },
	{ "psd", { "y", "n", "u" }, "psd= is none of y, n and u" },
	{ "t", { "y", "n" }, "t= is neither y nor n" },
};

static bool
choice_good(const struct tags *tags, const struct tag *tag, size_t row)
{
	size_t i;

	for (i = 0; i < 3 && choices[row].words[i] != NULL; i++)
		if (tag_is(tags, tag, choices[row].words[i]))
			return true;
	return false;
}

const char *
dmarc_record_ignored(struct dmarc_record *record, const char **name)
{
	const struct tag *tag;
	size_t i;

	*name = NULL;
	if (record->tags.problem != NULL)
		return record->tags.problem;
	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		*name = choices[i].name;
		tag = tags_find(&record->tags, *name);
		if (tag != NULL && !choice_good(&record->tags, tag, i))
			return choices[i].text;
	}
	*name = "fo";
	tag = tags_find(&record->tags, *name);
	if (tag != NULL && !fo_good(tag))
		return "fo= is not made of 0 or 1, d and s";
	return NULL;
}

/* A scheme of RFC 3986 3.1 with its colon; 0 when there is none. */
static size_t
scheme_len(const char *uri)
{
	size_t len = strspn(uri,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return len > 0 && uri[len] == ':' && (uri[0] < '0' || uri[0] > '9')
	    ? len + 1
	    : 0;
}

/* The host of a mailto: URI in lower case, or false. */
static bool
mailto_host(char *uri, char host[ORG_NAME_SIZE])
{
	char *at;

	uri[strcspn(uri, "?")] = '\0';
	at = strrchr(uri, '@');
	return at != NULL && at > uri && org_ascii(at + 1, host);
}

static void
host_add(struct dmarc_rua *out, struct arena *arena, const char *host)
{
	size_t i;

	for (i = 0; i < out->host_count; i++)
		if (strcmp(out->hosts[i], host) == 0)
			return;
	if (out->host_count < DMARC_HOSTS_MAX)
		out->hosts[out->host_count++] = arena_dup(arena, host);
}

/* Reports go by mail; other schemes are passed over (RFC 9989 4.7, rua). */
static void
uri_read(struct dmarc_rua *out, struct arena *arena, const char *s, size_t len)
{
	char uri[URI_MAX], host[ORG_NAME_SIZE];
	size_t scheme;
	bool good;

	while (len > 0 && is_space(*s)) {
		s++;
		len--;
	}
	while (len > 0 && is_space(s[len - 1]))
		len--;
	if (len < sizeof(uri)) {
		memcpy(uri, s, len);
		uri[len] = '\0';
		/* The size limit "!10m" of old is passed over as well. */
		uri[strcspn(uri, "!")] = '\0';
		scheme = scheme_len(uri);
		good = scheme > 0 && strchr(uri, ' ') == NULL;
		if (good && !text_starts_nocase(uri, "mailto:"))
			return;
		if (good && mailto_host(uri + scheme, host)) {
			out->valid++;
			host_add(out, arena, host);
			return;
		}
	}
	if (out->invalid == NULL)
		out->invalid = record_quote(arena, s, len);
}

/* The value again, with mailto: before what is an address without it; NULL
 * when that is not all that is wrong. */
static const char *
rua_mended(const struct tag *rua, struct arena *arena)
{
	char uri[URI_MAX], host[ORG_NAME_SIZE];
	const char *value = arena_ndup(arena, rua->value, rua->len);
	const char *all = "", *part, *scheme;
	size_t len, used;

	for (part = value;; part += len + 1) {
		part += strspn(part, " \t");
		used = len = strcspn(part, ",");
		while (used > 0 && is_space(part[used - 1]))
			used--;
		if (used == 0 || used >= sizeof(uri))
			return NULL;
		snprintf(uri, sizeof(uri), "%.*s", (int)used, part);
		scheme = text_starts_nocase(uri, "mailto:") ? "" : "mailto:";
		all = arena_printf(arena, "%s%s%s%s", all,
		    part != value ? "," : "", scheme, uri);
		if (strpbrk(uri, " \t") != NULL ||
		    (scheme[0] != '\0' && strchr(uri, ':') != NULL) ||
		    !mailto_host(
			uri + (scheme[0] == '\0' ? strlen("mailto:") : 0),
			host))
			return NULL;
		if (part[len] == '\0')
			return all;
	}
}

void
dmarc_rua_read(
    struct dmarc_record *record, struct arena *arena, struct dmarc_rua *out)
{
	const struct tag *rua = tags_find(&record->tags, "rua");
	size_t at = 0, n;

	memset(out, 0, sizeof(*out));
	if (rua == NULL || rua->len == 0)
		return;
	out->present = true;
	while (at <= rua->len) {
		const char *s = rua->value + at;
		const char *comma = memchr(s, ',', rua->len - at);

		n = comma != NULL ? (size_t)(comma - s) : rua->len - at;
		uri_read(out, arena, s, n);
		at += n + 1;
	}
	if (out->invalid != NULL)
		out->mended = rua_mended(rua, arena);
}
