/* A small DNS for SPF tests: records in, answers to a facts cache. */
/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/dns.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum { ROWS_MAX = 512, CHAIN_MAX = 8, ANY = 255 };

struct row {
	char *name; /* octets */
	unsigned type;
	bool failure; /* then outcome; else a record */
	enum dns_outcome outcome;
	uint16_t preference;
	uint8_t *data;
	size_t len;
};

struct spf_world {
	struct row rows[ROWS_MAX];
	size_t count;
};

static const struct {
	const char *name;
	unsigned type;
} types[] = { { "A", DNS_A }, { "AAAA", DNS_AAAA }, { "MX", DNS_MX },
	{ "TXT", DNS_TXT }, { "SPF", 99 }, { "PTR", DNS_PTR },
	{ "CNAME", DNS_CNAME }, { "ANY", ANY } };

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

size_t
spf_world_octets(char *text)
{
	char *out = text, *start = text;

	while (*text != '\0') {
		if (text[0] == '\\' && text[1] == 'x' && hex(text[2]) >= 0 &&
		    hex(text[3]) >= 0) {
			*out++ = (char)(hex(text[2]) * 16 + hex(text[3]));
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
	return (size_t)(out - start);
}

static unsigned
type_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].type;
	ck_abort_msg("no record type %s", name);
	return 0;
}

static bool
set_outcome(struct row *row, const char *value)
{
	row->failure = true;
	row->outcome = strcmp(value, "!timeout") == 0 ? DNS_TIMEOUT
	    : strcmp(value, "!servfail") == 0         ? DNS_SERVFAIL
						      : DNS_NONE;
	return true;
}

static void
set_data(struct row *row, const char *value)
{
	struct address address;
	char *end;

	if (row->type == DNS_MX) {
		row->preference = (uint16_t)strtoul(value, &end, 10);
		value = end + strspn(end, " \t");
	}
	row->data = (uint8_t *)mem_dup(value);
	row->len = spf_world_octets((char *)row->data);
	if (row->type != DNS_A && row->type != DNS_AAAA)
		return;
	ck_assert_msg(address_parse(value, &address), "address %s", value);
	row->len = address.family == 6 ? 16 : 4;
	free(row->data);
	row->data = mem_alloc(16);
	memcpy(row->data, address.bytes, 16);
}

void
spf_world_add(struct spf_world *world, const char *name, const char *type,
    const char *value)
{
	struct row *row = &world->rows[world->count++];

	ck_assert_uint_lt(world->count, ROWS_MAX);
	row->name = mem_dup(name);
	row->type = type_of(type);
	if (value[0] == '!')
		set_outcome(row, value);
	else
		set_data(row, value);
}

struct spf_world *
spf_world_new(void)
{
	return mem_zero(1, sizeof(struct spf_world));
}

struct spf_world *
spf_world_of(const char *lines)
{
	struct spf_world *world = spf_world_new();
	char *copy = mem_dup(lines), *rest = copy, *line, *name, *type;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line == '\0')
			continue;
		name = strsep(&line, " ");
		type = strsep(&line, " ");
		ck_assert_msg(type != NULL, "no type for %s", name);
		spf_world_add(world, name, type, line ? line : "");
	}
	free(copy);
	return world;
}

void
spf_world_free(struct spf_world *world)
{
	size_t i;

	for (i = 0; world != NULL && i < world->count; i++) {
		free(world->rows[i].name);
		free(world->rows[i].data);
	}
	free(world);
}

/* \DDD in a name that facts want, back to octets. */
static char *
unescape(const char *text)
{
	char *copy = mem_dup(text), *out = copy;

	for (; *text != '\0'; text++)
		if (*text == '\\') {
			char digits[4] = { text[1], text[2], text[3], 0 };

			*out++ = (char)strtoul(digits, NULL, 10);
			text += 3;
		} else {
			*out++ = *text;
		}
	*out = '\0';
	return copy;
}

static const struct row *
find(const struct spf_world *world, const char *name, unsigned type,
    bool failure)
{
	size_t i;

	for (i = 0; i < world->count; i++) {
		const struct row *row = &world->rows[i];

		if (row->failure == failure && row->type == type &&
		    text_equal_nocase(row->name, name))
			return row;
	}
	return NULL;
}

static struct dns_answer *
collect(const struct spf_world *world, const char *name, unsigned type)
{
	struct dns_record records[ROWS_MAX];
	size_t i, n = 0;

	for (i = 0; i < world->count; i++) {
		const struct row *row = &world->rows[i];

		if (row->failure || row->type != type ||
		    !text_equal_nocase(row->name, name))
			continue;
		records[n].data = row->data;
		records[n].len = row->len;
		records[n++].preference = row->preference;
	}
	return dns_answer_make(records, n, 300);
}

static struct dns_answer *
nothing(const struct spf_world *world, const char *name)
{
	const struct row *row = find(world, name, ANY, true);
	struct dns_answer *answer = dns_answer_empty(
	    row != NULL ? row->outcome : DNS_NONE);
	size_t i;

	answer->nxdomain = row == NULL;
	for (i = 0; i < world->count; i++)
		if (text_equal_nocase(world->rows[i].name, name))
			answer->nxdomain = false;
	return answer;
}

static struct dns_answer *
resolve(const struct spf_world *world, const char *name, unsigned type)
{
	struct dns_answer *answer;
	const struct row *row;
	int hops;

	for (hops = 0; hops < CHAIN_MAX; hops++) {
		row = find(world, name, type, true);
		if (find(world, name, type, false) != NULL)
			answer = collect(world, name, type);
		else if (row != NULL && row->outcome != DNS_NONE)
			answer = dns_answer_empty(row->outcome);
		else if ((row = find(world, name, DNS_CNAME, false)) == NULL)
			answer = nothing(world, name);
		else {
			name = (const char *)row->data;
			continue;
		}
		answer->cname = hops > 0;
		answer->owner = hops > 0 ? name : NULL;
		return answer;
	}
	return dns_answer_empty(DNS_MALFORMED);
}

size_t
spf_world_answer(struct spf_world *world, struct facts *facts)
{
	const struct fact_want *wants;
	size_t count = facts_wanted(facts, &wants), i;

	for (i = 0; i < count; i++) {
		char *name = unescape(wants[i].name);

		facts_put_dns(facts, wants[i].name, wants[i].type,
		    resolve(world, name, wants[i].type));
		free(name);
	}
	return count;
}
