/* A world for checks: a facts cache that is filled from text. */
/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sendtop/day.h"
#include "sendtop/dns.h"
#include "sendtop/https.h"
#include "sendtop/smtp.h"
#include "worldline.h"

enum { LINES_MAX = 256, RECORDS_MAX = 64, ROUNDS_MAX = 50, CHAIN_MAX = 9 };

struct world {
	char *text;
	struct line lines[LINES_MAX];
	size_t line_count;
	struct facts *facts;
	struct arena *arena;
	struct findings found;
	struct map *seen;
	unsigned rounds;
	size_t asked;
	bool egress_wanted;
};

static const struct {
	const char *name;
	enum dns_type type;
} types[] = {
	{ "A", DNS_A },
	{ "AAAA", DNS_AAAA },
	{ "CNAME", DNS_CNAME },
	{ "MX", DNS_MX },
	{ "NS", DNS_NS },
	{ "PTR", DNS_PTR },
	{ "SOA", DNS_SOA },
	{ "TLSA", DNS_TLSA },
	{ "TXT", DNS_TXT },
};

static const char *const outcomes[] = {
	[DNS_NONE] = "!none",
	[DNS_SERVFAIL] = "!servfail",
	[DNS_REFUSED] = "!refused",
	[DNS_TIMEOUT] = "!timeout",
	[DNS_UNREACHABLE] = "!unreachable",
	[DNS_MALFORMED] = "!malformed",
};

static const char *
type_name(enum dns_type type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	return "?";
}

/* Takes the marks off a type. */
static const char *
type_read(struct line *line, char *type)
{
	char *cd = strstr(type, "/cd"), *plus = strchr(type, '+');

	line->unchecked = cd != NULL;
	line->authentic = plus != NULL;
	type[strcspn(type, "/+")] = '\0';
	return type;
}

struct world *
world_new(const char *lines)
{
	struct world *world = mem_zero(1, sizeof(*world));
	char *line, *rest;

	world->text = rest = mem_dup(lines);
	world->facts = facts_new();
	world->arena = arena_new();
	world->seen = map_new();
	facts_begin(world->facts, WORLD_NOW);
	findings_init(&world->found, world->arena);
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct line *l = &world->lines[world->line_count];

		if (*line == '\0')
			continue;
		ck_assert(world->line_count++ < LINES_MAX);
		l->name = strsep(&line, " ");
		l->type = type_read(l, strsep(&line, " "));
		ck_assert_ptr_nonnull(line);
		l->value = line;
	}
	return world;
}

void
world_free(struct world *world)
{
	facts_free(world->facts);
	arena_free(world->arena);
	map_free(world->seen, NULL);
	free(world->text);
	free(world);
}

/* --- DNS ------------------------------------------------------------------ */

/* The RDATA of a line; owned by the caller. */
static struct dns_record
record_of(const struct line *line, enum dns_type type)
{
	uint8_t *data = mem_zero(1, strlen(line->value) + 17);
	struct dns_record record = { .data = data };
	const char *value = line->value;
	struct address address;

	if (type == DNS_A || type == DNS_AAAA) {
		ck_assert_msg(address_parse(value, &address), "%s", value);
		record.len = type == DNS_A ? 4 : 16;
		memcpy(data, address.bytes, record.len);
		return record;
	}
	if (type == DNS_MX) {
		record.preference = (uint16_t)strtoul(value, NULL, 10);
		value = strchr(value, ' ') + 1;
		if (strcmp(value, ".") == 0)
			value = "";
	}
	if (type == DNS_TXT) {
		record.len = world_unescape(value, data);
	} else if (type == DNS_TLSA) {
		record.len = world_unhex(value, data);
	} else {
		record.len = strlen(value);
		memcpy(data, value, record.len);
	}
	return record;
}

static int
outcome_of(const char *value)
{
	for (size_t i = DNS_NONE; i < sizeof(outcomes) / sizeof(outcomes[0]);
	     i++)
		if (strcmp(value, outcomes[i]) == 0)
			return (int)i;
	return -1;
}

/* Whether there are lines of their own for a question without checking. */
static bool
has_unchecked(const struct world *world, const char *name, enum dns_type type)
{
	for (size_t i = 0; i < world->line_count; i++)
		if (world->lines[i].unchecked &&
		    strcasecmp(world->lines[i].name, name) == 0 &&
		    strcmp(world->lines[i].type, type_name(type)) == 0)
			return true;
	return false;
}

static struct dns_answer *
answer_make(struct world *world, const char *name, enum dns_type type,
    bool unchecked, unsigned depth)
{
	struct dns_record records[RECORDS_MAX];
	struct dns_answer *answer;
	bool exists = false, authentic = false;
	bool open = unchecked && has_unchecked(world, name, type);
	size_t count = 0, i;

	for (i = 0; i < world->line_count; i++) {
		const struct line *l = &world->lines[i];
		int outcome = outcome_of(l->value);

		if (strcasecmp(l->name, name) != 0)
			continue;
		exists = true;
		if (strcmp(l->type, "CNAME") == 0 && type != DNS_CNAME) {
			ck_assert_uint_lt(depth, CHAIN_MAX);
			answer = answer_make(
			    world, l->value, type, unchecked, depth + 1);
			answer->cname = true;
			if (answer->owner == NULL)
				answer->owner = l->value;
			answer->authentic = answer->authentic && l->authentic;
			return answer;
		}
		if (strcmp(l->type, type_name(type)) != 0 ||
		    l->unchecked != open)
			continue;
		authentic = l->authentic;
		if (outcome >= 0) {
			answer = dns_answer_empty((enum dns_outcome)outcome);
			answer->authentic = authentic;
			return answer;
		}
		ck_assert_uint_lt(count, RECORDS_MAX);
		records[count++] = record_of(l, type);
	}
	answer = count > 0 ? dns_answer_make(records, count, 300)
			   : dns_answer_empty(DNS_NONE);
	answer->nxdomain = !exists;
	answer->authentic = authentic;
	while (count > 0)
		free((void *)(uintptr_t)records[--count].data);
	return answer;
}

/* --- asking --------------------------------------------------------------- */

static void
never_twice(struct world *world, const struct fact_want *want)
{
	char key[DNS_NAME_SIZE + 80], address[ADDRESS_TEXT_SIZE];

	snprintf(key, sizeof(key), "%d %s %d %s", want->kind, want->name,
	    want->type,
	    want->address.family != 0 ? address_text(&want->address, address)
				      : "");
	ck_assert_msg(
	    map_put(world->seen, key, world) == NULL, "wanted twice: %s", key);
}

static void
answer_one(struct world *world, const struct fact_want *w)
{
	switch (w->kind) {
	case FACT_DNS:
		facts_put_dns(world->facts, w->name, w->type,
		    answer_make(world, w->name, w->type, false, 0));
		return;
	case FACT_DNS_CD:
		facts_put_dns_cd(world->facts, w->name, w->type,
		    answer_make(world, w->name, w->type, true, 0));
		return;
	case FACT_SMTP:
		facts_put_smtp(world->facts, w->name, &w->address,
		    world_session(
			world->lines, world->line_count, w->name, &w->address));
		return;
	case FACT_EGRESS:
		world->egress_wanted = true;
		return;
	case FACT_HTTPS:
		facts_put_https(world->facts, w->name, &w->address,
		    world_https(
			world->lines, world->line_count, w->name, &w->address));
		return;
	}
}

/* As the gatherer does: once nothing else is wanted. */
static size_t
settle(struct world *world)
{
	if (!world->egress_wanted)
		return 0;
	world->egress_wanted = false;
	facts_settle_egress(world->facts);
	return 1;
}

size_t
world_answer(struct world *world)
{
	const struct fact_want *wants;
	size_t count = facts_wanted(world->facts, &wants), i;

	if (count > 0)
		world->rounds++;
	world->asked += count;
	for (i = 0; i < count; i++) {
		const struct fact_want *w = &wants[i];

		never_twice(world, w);
		answer_one(world, w);
	}
	return count > 0 ? count : settle(world);
}

static void
answer_or_fail(struct world *world)
{
	ck_assert_msg(world_answer(world) > 0, "waits, but wants nothing");
	ck_assert_uint_lt(world->rounds, ROUNDS_MAX);
}

void
world_run(struct world *world, const struct check *check,
    const struct subject *subject)
{
	world->found.check = check->name;
	world->found.subject = subject;
	while (
	    check->run(world->facts, subject, &world->found) == CHECK_WAITING) {
		ck_assert_uint_eq(world->found.count, 0);
		answer_or_fail(world);
	}
}

void
world_domain(struct world *world, const struct check *check, const char *domain)
{
	struct subject subject = {
		.domain = domain,
		.https_enabled = true,
		.now_s = WORLD_NOW,
	};

	world_run(world, check, &subject);
}

void
world_address(struct world *world, const struct check *check, const char *text)
{
	struct address address;
	struct subject subject = {
		.domain = "example.com",
		.address = &address,
		.now_s = WORLD_NOW,
	};

	ck_assert(address_parse(text, &address));
	world_run(world, check, &subject);
}

void
world_mx(struct world *world, const struct check *check, const char *host,
    const char *text)
{
	struct address address;
	struct subject subject = {
		.domain = "example.com",
		.host = host,
		.address = &address,
		.now_s = WORLD_NOW,
	};

	ck_assert(address_parse(text, &address));
	world_run(world, check, &subject);
}

static void
same_findings(const struct findings *a, const struct findings *b)
{
	size_t i;

	ck_assert_uint_eq(a->count, b->count);
	for (i = 0; i < a->count; i++) {
		ck_assert_str_eq(a->items[i].check, b->items[i].check);
		ck_assert_str_eq(a->items[i].subject, b->items[i].subject);
		ck_assert_int_eq(a->items[i].verdict, b->items[i].verdict);
		ck_assert_str_eq(a->items[i].reason, b->items[i].reason);
		ck_assert_str_eq(a->items[i].detail, b->items[i].detail);
		ck_assert_str_eq(a->items[i].cure, b->items[i].cure);
		ck_assert_str_eq(a->items[i].record, b->items[i].record);
	}
}

void
world_plan(struct world *world, const struct check_plan *plan)
{
	struct check_plan kept = *plan, alone = *plan;
	struct arena *plain_arena = arena_new();
	struct findings plain;

	world->found.count = 0;
	kept.memo = check_memo_new(world->arena);
	while (
	    checks_run(world->facts, &kept, &world->found) == CHECK_WAITING) {
		ck_assert_uint_eq(world->found.count, 0);
		answer_or_fail(world);
	}
	/* What was kept between the runs is what one run finds. */
	findings_init(&plain, plain_arena);
	alone.memo = NULL;
	ck_assert_int_eq(checks_run(world->facts, &alone, &plain), CHECK_DONE);
	same_findings(&world->found, &plain);
	arena_free(plain_arena);
}

/* --- looking -------------------------------------------------------------- */

struct facts *
world_facts(struct world *world)
{
	return world->facts;
}

struct arena *
world_arena(struct world *world)
{
	return world->arena;
}

unsigned
world_rounds(const struct world *world)
{
	return world->rounds;
}

size_t
world_asked(const struct world *world)
{
	return world->asked;
}

size_t
world_count(const struct world *world)
{
	return world->found.count;
}

const struct finding *
world_finding(const struct world *world, size_t i)
{
	ck_assert_uint_lt(i, world->found.count);
	return &world->found.items[i];
}

const struct finding *
world_find(const struct world *world, const char *check, const char *subject)
{
	for (size_t i = 0; i < world->found.count; i++)
		if (strcmp(world->found.items[i].check, check) == 0 &&
		    strcmp(world->found.items[i].subject, subject) == 0)
			return &world->found.items[i];
	return NULL;
}

void
world_expect(const struct world *world, const char *why, enum verdict verdict,
    const char *reason, const char *text, const char *cure)
{
	const struct finding *item;

	ck_assert_msg(world->found.count == 1, "%s: %zu findings", why,
	    world->found.count);
	item = &world->found.items[0];
	ck_assert_msg(
	    item->verdict == verdict && strcmp(item->reason, reason) == 0,
	    "%s: %s %s (%s), expected %s %s", why, verdict_name(item->verdict),
	    item->reason, item->detail, verdict_name(verdict), reason);
	ck_assert_msg(strstr(item->detail, text) != NULL, "%s: detail \"%s\"",
	    why, item->detail);
	if (cure == NULL)
		ck_assert_msg(
		    item->cure[0] == '\0', "%s: cure \"%s\"", why, item->cure);
	else
		ck_assert_msg(strstr(item->cure, cure) != NULL,
		    "%s: cure \"%s\"", why, item->cure);
}
