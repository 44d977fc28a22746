/* The address and port of a resolver, between text and octets. */
/* SPDX-License-Identifier: MIT */
#include "net/dnsserver.h"

#include <stdio.h>
#include <string.h>

#include "sendtop/text.h"

bool
dnsserver_parse(const char *text, struct dnsserver *out)
{
	char host[ADDRESS_TEXT_SIZE];
	const char *port = NULL, *end = text + strlen(text);
	int64_t number = DNSSERVER_PORT;
	bool bracket = *text == '[';

	if (bracket) {
		end = strchr(++text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		port = end[1] == ':' ? end + 2 : NULL;
	} else if (strchr(text, ':') != NULL &&
	    strchr(text, ':') == strrchr(text, ':')) {
		end = strchr(text, ':');
		port = end + 1;
	}
	if ((size_t)(end - text) >= sizeof(host))
		return false;
	memcpy(host, text, (size_t)(end - text));
	host[end - text] = '\0';
	if (!address_parse(host, &out->address) ||
	    (bracket && out->address.family != 6))
		return false;
	if (port != NULL && !text_to_int(port, 1, UINT16_MAX, &number))
		return false;
	out->port = (uint16_t)number;
	return true;
}

char *
dnsserver_text(const struct dnsserver *server, char out[DNSSERVER_TEXT_SIZE])
{
	char host[ADDRESS_TEXT_SIZE];

	snprintf(out, DNSSERVER_TEXT_SIZE,
	    server->address.family == 6 ? "[%s]:%u" : "%s:%u",
	    address_text(&server->address, host), (unsigned)server->port);
	return out;
}

bool
dnsserver_local(const struct dnsserver *server)
{
	static const struct address loopback4 = { 4, { 127 } };
	static const struct address loopback6 = { 6, { [15] = 1 } };

	return address_in(&server->address, &loopback4, 8) ||
	    address_equal(&server->address, &loopback6);
}
