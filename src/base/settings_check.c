/* Whether a value is a host, a selector, an endpoint, a server. */
/* SPDX-License-Identifier: MIT */
#include "settings_check.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/address.h"
#include "sendtop/mem.h"
#include "sendtop/settings.h"
#include "sendtop/text.h"

enum { LABEL_MOST = 63, NAME_MOST = 253, DNS_PORT = 53, WEIGHT_MOST = 100 };

bool
settings_is_printable(const char *text)
{
	size_t len = strlen(text);
	char *shown = text_printable_dup(text, len, len);
	bool same = strcmp(shown, text) == 0;

	free(shown);
	return same;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* Dotted labels that begin and end with a letter or digit; others is what may
 * stand at any place besides. */
static bool
is_name(const char *text, size_t len, const char *others)
{
	size_t start = 0;

	if (len == 0 || len > NAME_MOST)
		return false;
	for (size_t i = 0; i <= len; i++) {
		char c = i < len ? text[i] : '.';

		if (c != '.') {
			if (!is_alnum(c) && c != '-' && !strchr(others, c))
				return false;
			continue;
		}
		if (i == start || i - start > LABEL_MOST ||
		    text[start] == '-' || text[i - 1] == '-')
			return false;
		start = i + 1;
	}
	return true;
}

bool
settings_is_host(const char *text)
{
	return is_name(text, strlen(text), "");
}

bool
settings_is_selector(const char *text)
{
	return is_name(text, strlen(text), "_");
}

char *
settings_zone(const char *text, int64_t *weight)
{
	size_t len = strcspn(text, ":");
	char *name;

	*weight = 1;
	if (text[len] == ':' &&
	    !text_to_int(text + len + 1, 0, WEIGHT_MOST, weight))
		return NULL;
	if (len > 0 && text[len - 1] == '.')
		len--;
	if (!is_name(text, len, "_") || memchr(text, '.', len) == NULL)
		return NULL;
	name = mem_ndup(text, len);
	text_lower(name);
	return name;
}

static bool
is_port(const char *text, size_t len)
{
	char number[6];
	int64_t port;

	if (len == 0 || len >= sizeof(number))
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	return text_to_int(number, 1, 65535, &port);
}

/* Reads an address of len octets. */
static bool
to_address(const char *text, size_t len, struct address *out)
{
	char copy[ADDRESS_TEXT_SIZE];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return address_parse(copy, out);
}

/* The host of an URL, "[v6]" or a name or a v4 address. */
static bool
host_of(const char *text, size_t len, bool *loopback)
{
	struct address address;
	const char *word = NULL;

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		if (!to_address(text + 1, len - 2, &address) ||
		    address.family != 6)
			return false;
		word = address_special(&address);
	} else if (!is_name(text, len, ""))
		return false;
	else if (to_address(text, len, &address))
		word = address_special(&address);
	else if (len == strlen("localhost") &&
	    text_starts_nocase(text, "localhost"))
		word = "loopback";
	*loopback = word != NULL && strcmp(word, "loopback") == 0;
	return true;
}

bool
settings_is_endpoint(const char *text)
{
	bool secure = text_starts_nocase(text, "https://"), loopback;
	const char *host, *end;
	size_t len, bracket;

	if (!secure && !text_starts_nocase(text, "http://"))
		return false;
	host = strchr(text, '/') + 2;
	len = strcspn(host, "/");
	end = host + len;
	/* A query, a fragment or a user has no business in a base URL. */
	if (strpbrk(text, "?#@\\ \"") != NULL || !settings_is_printable(text))
		return false;
	bracket = host[0] == '[' ? strcspn(host, "]") : 0;
	if (bracket > len)
		return false;
	len = bracket + strcspn(host + bracket, ":/");
	if (host + len < end &&
	    !is_port(host + len + 1, (size_t)(end - host) - len - 1))
		return false;
	return host_of(host, len, &loopback) && (secure || loopback);
}

char *
settings_server(const char *text)
{
	size_t len = strlen(text), host = len;
	struct address address;
	char shown[ADDRESS_TEXT_SIZE];
	const char *port = NULL;

	if (text[0] == '[') {
		host = strcspn(text, "]");
		if (text[host] == '\0' ||
		    (text[host + 1] != '\0' && text[host + 1] != ':') ||
		    !to_address(text + 1, host - 1, &address) ||
		    address.family != 6)
			return NULL;
		if (text[host + 1] == ':')
			port = text + host + 2;
	} else if (!to_address(text, len, &address)) {
		host = strcspn(text, ":");
		if (text[host] == '\0' || !to_address(text, host, &address))
			return NULL;
		port = text + host + 1;
	}
	if (port != NULL && !is_port(port, strlen(port)))
		return NULL;
	address_text(&address, shown);
	if (port == NULL)
		return mem_printf(
		    address.family == 6 ? "[%s]:%d" : "%s:%d", shown, DNS_PORT);
	return mem_printf(
	    address.family == 6 ? "[%s]:%s" : "%s:%s", shown, port);
}
