/* Domain names between text and wire (RFC 1035 3.1, 4.1.4, 5.1). */
/* SPDX-License-Identifier: MIT */
#include "net/dnswire.h"

#include <string.h>

#include "sendtop/dns.h"

enum { LABEL_MAX = 63, POINTER = 0xc0 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One octet of a label's text, escapes undone; moves *text behind it. */
static bool
octet_parse(const char **text, uint8_t *out)
{
	const char *s = *text;
	int value;

	if (s[0] != '\\') {
		*out = (uint8_t)s[0];
		*text = s + 1;
		return true;
	}
	if (!is_digit(s[1])) {
		*out = (uint8_t)s[1];
		*text = s + 2;
		return s[1] != '\0';
	}
	if (!is_digit(s[2]) || !is_digit(s[3]))
		return false;
	value = (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0');
	*out = (uint8_t)value;
	*text = s + 4;
	return value <= UINT8_MAX;
}

/* One label with its length octet; moves *text to the dot or the end. */
static bool
label_parse(const char **text, struct dnswire_name *out)
{
	size_t start = out->len, n = 0;

	while (**text != '.' && **text != '\0') {
		/* The last octet of a name is the root's. */
		if (n == LABEL_MAX || start + n + 2 >= DNSWIRE_NAME_MAX)
			return false;
		if (!octet_parse(text, &out->octets[start + 1 + n]))
			return false;
		n++;
	}
	out->octets[start] = (uint8_t)n;
	out->len = (uint8_t)(start + 1 + n);
	return n > 0;
}

/* A name without escapes, as nearly all are: its dots become the lengths of
 * what follows them. */
static bool
plain_parse(const char *text, size_t len, struct dnswire_name *out)
{
	size_t start, n;
	const char *dot;

	if (text[len - 1] == '.')
		len--;
	if (len > DNSWIRE_NAME_MAX - 2)
		return false;
	memcpy(out->octets + 1, text, len);
	for (start = 0; start <= len && len > 0; start += n + 1) {
		dot = memchr(text + start, '.', len - start);
		n = dot != NULL ? (size_t)(dot - text) - start : len - start;
		if (n == 0 || n > LABEL_MAX)
			return false;
		out->octets[start] = (uint8_t)n;
	}
	out->octets[start] = 0;
	out->len = (uint8_t)(start + 1);
	return true;
}

bool
dnswire_name_parse(const char *text, struct dnswire_name *out)
{
	size_t len = strlen(text);

	if (len > 0 && memchr(text, '\\', len) == NULL)
		return plain_parse(text, len, out);
	out->len = 0;
	if (*text == '\0')
		return false;
	if (strcmp(text, ".") == 0)
		text++;
	while (*text != '\0') {
		if (!label_parse(&text, out))
			return false;
		if (*text == '.')
			text++;
	}
	out->octets[out->len++] = 0;
	return true;
}

bool
dns_name_ok(const char *name)
{
	struct dnswire_name wire;

	return dnswire_name_parse(name, &wire);
}

static char *
octet_text(uint8_t octet, char *out)
{
	if (octet == '.' || octet == '\\') {
		*out++ = '\\';
		*out++ = (char)octet;
	} else if (octet > 0x20 && octet < 0x7f) {
		*out++ = (char)octet;
	} else {
		*out++ = '\\';
		*out++ = (char)('0' + octet / 100);
		*out++ = (char)('0' + octet / 10 % 10);
		*out++ = (char)('0' + octet % 10);
	}
	return out;
}

size_t
dnswire_name_text(const struct dnswire_name *name, char out[DNS_NAME_SIZE])
{
	const uint8_t *label = name->octets;
	char *end = out;
	unsigned i;

	while (*label != 0) {
		if (end != out)
			*end++ = '.';
		for (i = 1; i <= *label; i++)
			end = octet_text(label[i], end);
		label += *label + 1;
	}
	*end = '\0';
	return (size_t)(end - out);
}

static uint8_t
lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet;
}

bool
dnswire_name_same(const struct dnswire_name *a, const struct dnswire_name *b)
{
	size_t i;

	if (a->len != b->len)
		return false;
	if (memcmp(a->octets, b->octets, a->len) == 0)
		return true;
	/* Length octets are below 64, so folding case leaves them alone. */
	for (i = 0; i < a->len; i++)
		if (lower(a->octets[i]) != lower(b->octets[i]))
			return false;
	return true;
}

bool
dnswire_name_read(
    const uint8_t *packet, size_t len, size_t *pos, struct dnswire_name *out)
{
	size_t at = *pos, before = at, used = 0, n;
	bool jumped = false;

	do {
		if (at >= len)
			return false;
		n = packet[at];
		if (n >= POINTER) {
			if (at + 1 >= len)
				return false;
			if (!jumped)
				*pos = at + 2;
			jumped = true;
			at = (n & ~(size_t)POINTER) << 8 | packet[at + 1];
			/* Only ever backwards: no pointer can come round. */
			if (at >= before || at < DNSWIRE_HEADER)
				return false;
			before = at;
			continue;
		}
		if (n > LABEL_MAX || n >= len - at ||
		    used + n + 1 > DNSWIRE_NAME_MAX)
			return false;
		memcpy(out->octets + used, packet + at, n + 1);
		used += n + 1;
		at += n + 1;
	} while (n != 0);
	if (!jumped)
		*pos = at;
	out->len = (uint8_t)used;
	return true;
}
