/* Retry-After, loopback hosts, failures in words, percent-encoding. */
/* SPDX-License-Identifier: MIT */
#include "http_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/address.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum { VALUE_SIZE = 64, WAIT_MAX_S = 366 * DAY_SECONDS };

/* 1..12, or 0. */
static int
month_number(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *at = strlen(name) == 3 ? strstr(names, name) : NULL;

	return at != NULL && (at - names) % 3 == 0 ? (int)(at - names) / 3 + 1
						   : 0;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7, the form in use). */
static bool
http_date(const char *text, int64_t *time_s)
{
	char month[4];
	int mday, year, hour, minute, second, end = 0;

	if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
		&mday, month, &year, &hour, &minute, &second, &end) != 6 ||
	    end == 0 || text[end] != '\0' || month_number(month) == 0 ||
	    mday < 1 || mday > 31 || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60 || year < 1970)
		return false;
	*time_s = day_start(day_civil(year, month_number(month), mday)) +
	    hour * 3600 + minute * 60 + second;
	return true;
}

void
http_retry_after(const char *line, size_t len, int64_t now_s, int64_t *seconds)
{
	static const char name[] = "retry-after:";
	char value[VALUE_SIZE];
	int64_t number, when;

	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	if (len < sizeof(name) - 1)
		return;
	if (len - (sizeof(name) - 1) >= sizeof(value))
		return;
	snprintf(value, sizeof(name), "%.*s", (int)len, line);
	if (!text_equal_nocase(value, name))
		return;
	line += sizeof(name) - 1;
	len -= sizeof(name) - 1;
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	snprintf(value, sizeof(value), "%.*s", (int)len, line);
	if (text_to_int(value, 0, INT64_MAX, &number))
		*seconds = number < WAIT_MAX_S ? number : WAIT_MAX_S;
	else if (http_date(value, &when)) {
		number = when > now_s ? when - now_s : 0;
		*seconds = number < WAIT_MAX_S ? number : WAIT_MAX_S;
	}
}

bool
http_host_is_loopback(const char *host)
{
	char bare[ADDRESS_TEXT_SIZE];
	struct address address;
	const char *word;
	size_t len = strlen(host);

	if (text_equal_nocase(host, "localhost"))
		return true;
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len >= sizeof(bare))
		return false;
	snprintf(bare, sizeof(bare), "%.*s", (int)len, host);
	if (!address_parse(bare, &address))
		return false;
	/* Mapped and translated forms are not this machine's own spelling. */
	word = address.family == 4 || strcmp(bare, "::1") == 0
	    ? address_special(&address)
	    : NULL;
	return word != NULL && strcmp(word, "loopback") == 0;
}

enum status
http_scheme_allowed(
    const char *scheme, const char *host, bool loopback, struct error *err)
{
	if (strcmp(scheme, "https") == 0 ||
	    (strcmp(scheme, "http") == 0 && loopback))
		return STATUS_OK;
	return error_set(err, STATUS_USAGE,
	    "%s://%s: only https is asked (http on this machine's own loopback "
	    "addresses alone)",
	    scheme, host);
}

bool
http_own_fault(long number)
{
	return number == ENETUNREACH || number == ENETDOWN ||
	    number == EADDRNOTAVAIL || number == EAFNOSUPPORT ||
	    number == EMFILE || number == ENFILE || number == EACCES ||
	    number == EPERM;
}

/* A value that would end its header line early could add others. */
static bool
one_line(const char *value)
{
	return value == NULL || strpbrk(value, "\r\n") == NULL;
}

const char *
http_request_bad(const struct http_request *request)
{
	if (strcmp(request->method, "GET") != 0 &&
	    strcmp(request->method, "POST") != 0)
		return "expected the method GET or POST";
	if (!one_line(request->bearer) || !one_line(request->content_type))
		return "a header value with a line break";
	return NULL;
}

/* What stands behind "HOST: "; words: the library's own follow. */
static const struct {
	enum status status;
	bool words;
	const char *text;
} failures[] = {
	[HTTP_OTHER] = { STATUS_NETWORK, true,
	    "the request failed; try again later" },
	[HTTP_NO_ADDRESS] = { STATUS_NETWORK, false,
	    "no address found; check the name and this machine's DNS" },
	[HTTP_PROXY] = { STATUS_NETWORK, true,
	    "the proxy failed; check https_proxy in the environment" },
	[HTTP_NO_CONNECTION] = { STATUS_NETWORK, false,
	    "cannot connect; check the network and any firewall" },
	[HTTP_LATE] = { STATUS_TIMEOUT, false,
	    "no whole answer in time; try again later" },
	[HTTP_UNTRUSTED] = { STATUS_NETWORK, true,
	    "its certificate is not trusted; check ca-file in [tls] and this "
	    "machine's clock" },
	[HTTP_CA_FILE] = { STATUS_SYSTEM, false,
	    "the trusted authorities cannot be read; set ca-file in [tls]" },
	[HTTP_TLS] = { STATUS_NETWORK, true,
	    "the TLS handshake failed; check the port and any proxy in "
	    "between" },
	[HTTP_NO_ANSWER] = { STATUS_NETWORK, false,
	    "the connection was closed without an answer; try again later" },
	[HTTP_BROKEN] = { STATUS_NETWORK, false,
	    "the connection broke before the answer was whole; try again "
	    "later" },
	[HTTP_STRANGE] = { STATUS_PARSE, false,
	    "the answer is not HTTP; check the address and port" },
	[HTTP_BODY_FULL] = { STATUS_PARSE, true,
	    "the answer is too large and was not read; ask for less at a "
	    "time" },
	[HTTP_HEAD_FULL] = { STATUS_PARSE, false,
	    "the answer has more than 64 KiB of headers and was not read; "
	    "check the address" },
	[HTTP_NO_NETWORK] = { STATUS_NETWORK, true,
	    "no way there from this machine; check its network" },
	[HTTP_NO_LIBRARY] = { STATUS_SYSTEM, true,
	    "no way there without a library; install what is missing" },
};

void
http_size_words(char *out, size_t size, size_t octets)
{
	static const char *const units[] = { "octets", "KiB", "MiB" };
	size_t unit = 0;

	while (unit < 2 && octets >= 1024 && octets % 1024 == 0) {
		octets /= 1024;
		unit++;
	}
	snprintf(out, size, "larger than %zu %s", octets, units[unit]);
}

enum status
http_explain(enum http_failure failure, const char *host, const char *words,
    struct error *err)
{
	bool told = failures[failure].words && words[0] != '\0';

	return error_set(err, failures[failure].status, "%s: %s%s%s%s", host,
	    failures[failure].text, told ? " (" : "", told ? words : "",
	    told ? ")" : "");
}

void
http_escape(struct buf *out, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	const unsigned char *at;

	for (at = (const unsigned char *)text; *at != '\0'; at++) {
		if ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
		    (*at >= '0' && *at <= '9') || strchr("-._~", *at) != NULL) {
			buf_char(out, (char)*at);
			continue;
		}
		buf_char(out, '%');
		buf_char(out, hex[*at >> 4]);
		buf_char(out, hex[*at & 15]);
	}
}
