/* Whether a host name was made from its address. */
/* SPDX-License-Identifier: MIT */
#include "checks/generic.h"

#include <stdio.h>
#include <string.h>

#include "sendtop/text.h"

enum {
	NAME_MAX_READ = 256,
	RUNS_MAX = 128,
	/* Shorter digit strings turn up in names by chance. */
	JOINED_MIN = 7,
	HEX_LEN = 8,
};

/* A stretch of decimal digits in the name. */
struct run {
	size_t at, len;
	unsigned value; /* UINT_MAX-like 1000 when it is no octet */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static size_t
runs_find(const char *name, struct run runs[RUNS_MAX])
{
	size_t count = 0, i = 0;

	while (name[i] != '\0' && count < RUNS_MAX) {
		struct run *run = &runs[count];

		if (!is_digit(name[i])) {
			i++;
			continue;
		}
		run->at = i;
		run->value = 0;
		for (; is_digit(name[i]); i++)
			if (run->value < 1000)
				run->value = run->value * 10 +
				    (unsigned)(name[i] - '0');
		run->len = i - run->at;
		count++;
	}
	return count;
}

/* Four numbers in a row, one character between each two: ip-192-0-2-1. */
static bool
four_in_a_row(const struct run *runs, size_t count, const uint8_t octets[4])
{
	size_t i, k;

	for (i = 0; i + 4 <= count; i++) {
		for (k = 0; k < 4; k++) {
			const struct run *run = &runs[i + k];

			if (run->value != octets[k] || run->len > 3 ||
			    (k > 0 && run->at != run[-1].at + run[-1].len + 1))
				break;
		}
		if (k == 4)
			return true;
	}
	return false;
}

/* The whole needle with no character of its alphabet on either side. */
static bool
stands_alone(const char *name, const char *needle, bool (*inside)(char))
{
	size_t len = strlen(needle);
	const char *at = name;

	while ((at = strstr(at, needle)) != NULL) {
		if ((at == name || !inside(at[-1])) && !inside(at[len]))
			return true;
		at++;
	}
	return false;
}

static bool
joined_digits(const char *name, const uint8_t o[4])
{
	char plain[16], padded[16];

	snprintf(plain, sizeof(plain), "%u%u%u%u", o[0], o[1], o[2], o[3]);
	snprintf(
	    padded, sizeof(padded), "%03u%03u%03u%03u", o[0], o[1], o[2], o[3]);
	return stands_alone(name, padded, is_digit) ||
	    (strlen(plain) >= JOINED_MIN &&
		stands_alone(name, plain, is_digit));
}

static bool
hex_digits(const char *name, const uint8_t o[4])
{
	char hex[HEX_LEN + 1];

	snprintf(hex, sizeof(hex), "%02x%02x%02x%02x", o[0], o[1], o[2], o[3]);
	return stands_alone(name, hex, is_hex);
}

/* The longest stretch of an alphabet: most names need no closer look. */
static size_t
longest(const char *name, bool (*inside)(char))
{
	size_t most = 0, len = 0;

	for (; *name != '\0'; name++) {
		len = inside(*name) ? len + 1 : 0;
		if (len > most)
			most = len;
	}
	return most;
}

static bool
v4_in(
    const char *name, const struct run *runs, size_t count, const uint8_t o[4])
{
	return four_in_a_row(runs, count, o) ||
	    (longest(name, is_digit) >= JOINED_MIN && joined_digits(name, o)) ||
	    (longest(name, is_hex) >= HEX_LEN && hex_digits(name, o));
}

static bool
v4_generic(const char *name, const uint8_t o[4])
{
	const uint8_t back[4] = { o[3], o[2], o[1], o[0] };
	struct run runs[RUNS_MAX];
	size_t count = runs_find(name, runs);

	return v4_in(name, runs, count, o) || v4_in(name, runs, count, back);
}

static void
dashes_for_colons(char *text)
{
	for (; *text != '\0'; text++)
		if (*text == ':')
			*text = '-';
}

/* The groups as people write them, dashes for colons. */
static bool
groups_in(const char *name, const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE], *p = text;
	const uint8_t *b = address->bytes;
	int i;

	address_text(address, text);
	dashes_for_colons(text);
	if (stands_alone(name, text, is_hex))
		return true;
	for (i = 0; i < 16; i += 2)
		p += snprintf(p, 6, i > 0 ? "-%x" : "%x",
		    (unsigned)(b[i] << 8 | b[i + 1]));
	return stands_alone(name, text, is_hex);
}

/* All 32 digits with whatever separates them left out, either way round. */
static bool
nibbles_in(const char *name, const uint8_t bytes[16])
{
	static const char digits[] = "0123456789abcdef";
	char bare[NAME_MAX_READ], ahead[33], back[33];
	size_t len = 0, i;

	for (; *name != '\0' && len + 1 < sizeof(bare); name++)
		if (*name != '-' && *name != '.' && *name != '_')
			bare[len++] = *name;
	bare[len] = '\0';
	for (i = 0; i < 32; i++) {
		unsigned octet = bytes[i / 2];

		ahead[i] = digits[i % 2 == 0 ? octet >> 4 : octet & 15];
		back[31 - i] = ahead[i];
	}
	ahead[32] = back[32] = '\0';
	return strstr(bare, ahead) != NULL || strstr(bare, back) != NULL;
}

bool
generic_name(const char *name, const struct address *address)
{
	char lower[NAME_MAX_READ];
	struct address a = *address;

	snprintf(lower, sizeof(lower), "%s", name);
	text_lower(lower);
	address_unmap(&a);
	if (a.family == 4)
		return v4_generic(lower, a.bytes);
	return groups_in(lower, &a) || nibbles_in(lower, a.bytes);
}
