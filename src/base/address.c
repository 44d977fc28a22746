/* IPv4 and IPv6 addresses: text, comparison, what they are for. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/text.h"

static unsigned
width_bits(const struct address *address)
{
	return address->family == 4 ? 32 : 128;
}

bool
address_parse(const char *text, struct address *out)
{
	struct address a = { 0 };
	bool v6 = strchr(text, ':') != NULL;

	a.family = v6 ? 6 : 4;
	if (inet_pton(v6 ? AF_INET6 : AF_INET, text, a.bytes) != 1)
		return false;
	*out = a;
	return true;
}

bool
address_parse_prefix(const char *text, struct address *out, unsigned *bits)
{
	char host[ADDRESS_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	struct address a;
	int64_t n;

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (!address_parse(host, &a))
		return false;
	n = width_bits(&a);
	if (slash != NULL &&
	    ((slash[1] == '0' && slash[2] != '\0') ||
		!text_to_int(slash + 1, 0, n, &n)))
		return false;
	*out = a;
	*bits = (unsigned)n;
	return true;
}

/* "192.0.2.1", and its end.  Fleets have many of them: no printf. */
static char *
dotted(char *p, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t octets[4] = { a, b, c, d };

	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*p++ = '.';
		if (octets[i] >= 100)
			*p++ = (char)('0' + octets[i] / 100);
		if (octets[i] >= 10)
			*p++ = (char)('0' + octets[i] / 10 % 10);
		*p++ = (char)('0' + octets[i] % 10);
	}
	*p = '\0';
	return p;
}

char *
address_text(const struct address *address, char out[ADDRESS_TEXT_SIZE])
{
	const uint8_t *b = address->bytes;

	if (address->family == 4)
		dotted(out, b[0], b[1], b[2], b[3]);
	else if (address->family != 6 ||
	    inet_ntop(AF_INET6, b, out, ADDRESS_TEXT_SIZE) == NULL)
		snprintf(out, ADDRESS_TEXT_SIZE, "-");
	return out;
}

char *
address_reverse(const struct address *address, char out[ADDRESS_REVERSE_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *b = address->bytes;
	char *p = out;

	if (address->family == 4) {
		p = dotted(p, b[3], b[2], b[1], b[0]);
		memcpy(p, ".in-addr.arpa", sizeof(".in-addr.arpa"));
		return out;
	}
	for (int i = 15; i >= 0; i--) {
		*p++ = hex[b[i] & 15];
		*p++ = '.';
		*p++ = hex[b[i] >> 4];
		*p++ = '.';
	}
	memcpy(p, "ip6.arpa", sizeof("ip6.arpa"));
	return out;
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return address_compare(a, b) == 0;
}

int
address_compare(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool
address_in(
    const struct address *address, const struct address *net, unsigned bits)
{
	size_t whole;
	uint8_t mask;

	if (address->family != net->family)
		return false;
	if (bits > width_bits(net))
		bits = width_bits(net);
	whole = bits / 8;
	if (memcmp(address->bytes, net->bytes, whole) != 0)
		return false;
	if (bits % 8 == 0)
		return true;
	mask = (uint8_t)(0xff << (8 - bits % 8));
	return ((address->bytes[whole] ^ net->bytes[whole]) & mask) == 0;
}

/* IANA's special-purpose registries, the narrower rows first. */
static const struct special {
	struct address net;
	unsigned bits;
	const char *word;
} specials[] = {
	{ { 4, { 0 } }, 32, "unspecified" },
	{ { 4, { 0 } }, 8, "reserved" },
	{ { 4, { 10 } }, 8, "private" },
	{ { 4, { 100, 64 } }, 10, "shared" }, /* RFC 6598 */
	{ { 4, { 127 } }, 8, "loopback" },
	{ { 4, { 169, 254 } }, 16, "link-local" },
	{ { 4, { 172, 16 } }, 12, "private" },
	{ { 4, { 192, 0, 0 } }, 24, "reserved" }, /* RFC 6890 */
	{ { 4, { 192, 0, 2 } }, 24, "documentation" },
	{ { 4, { 192, 88, 99 } }, 24, "reserved" }, /* RFC 7526 */
	{ { 4, { 192, 168 } }, 16, "private" },
	{ { 4, { 198, 18 } }, 15, "benchmarking" },
	{ { 4, { 198, 51, 100 } }, 24, "documentation" },
	{ { 4, { 203, 0, 113 } }, 24, "documentation" },
	{ { 4, { 224 } }, 4, "multicast" },
	{ { 4, { 255, 255, 255, 255 } }, 32, "broadcast" },
	{ { 4, { 240 } }, 4, "reserved" },
	{ { 6, { 0 } }, 128, "unspecified" },
	{ { 6, { [15] = 1 } }, 128, "loopback" },
	{ { 6, { 0x20, 0x01, 0x00, 0x02 } }, 48, "benchmarking" },
	{ { 6, { 0x20, 0x01, 0x0d, 0xb8 } }, 32, "documentation" },
	{ { 6, { 0x20, 0x01 } }, 23, "reserved" },      /* RFC 2928; Teredo */
	{ { 6, { 0x3f, 0xff } }, 20, "documentation" }, /* RFC 9637 */
	{ { 6, { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 } }, 48, "private" },
	{ { 6, { 0xfc } }, 7, "private" },
	{ { 6, { 0xfe, 0x80 } }, 10, "link-local" },
	{ { 6, { 0xfe, 0xc0 } }, 10, "private" }, /* RFC 3879 */
	{ { 6, { 0xff } }, 8, "multicast" },
};

/* Forms of IPv6 that carry an IPv4 address which decides. */
static const struct {
	struct address net;
	unsigned bits, at; /* the octet where the IPv4 address begins */
} carriers[] = {
	{ { 6, { [10] = 0xff, [11] = 0xff } }, 96, 12 },
	{ { 6, { 0x00, 0x64, 0xff, 0x9b } }, 96, 12 }, /* RFC 6052 */
	{ { 6, { 0x20, 0x02 } }, 16, 2 },              /* RFC 3056 */
};

static bool
carried(const struct address *address, struct address *v4)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (!address_in(address, &carriers[i].net, carriers[i].bits))
			continue;
		*v4 = (struct address){ .family = 4 };
		memcpy(v4->bytes, address->bytes + carriers[i].at, 4);
		return true;
	}
	return false;
}

const char *
address_special(const struct address *address)
{
	static const struct address global = { 6, { 0x20 } };
	struct address v4;

	if (carried(address, &v4))
		address = &v4;
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (address_in(address, &specials[i].net, specials[i].bits))
			return specials[i].word;
	/* Only 2000::/3 has been given out as global unicast. */
	if (address->family == 6 && !address_in(address, &global, 3))
		return "reserved";
	return address->family == 4 || address->family == 6 ? NULL : "invalid";
}

void
address_unmap(struct address *address)
{
	struct address v4 = { .family = 4 };

	if (!address_in(address, &carriers[0].net, carriers[0].bits))
		return;
	memcpy(v4.bytes, address->bytes + carriers[0].at, 4);
	*address = v4;
}
