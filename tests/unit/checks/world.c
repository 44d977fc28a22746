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

enum { LINES_MAX = 256, RECORDS_MAX = 64, ROUNDS_MAX = 50, CHAIN_MAX = 9 };

struct line {
	const char *name, *type;
	char *value;
	bool authentic, unchecked; /* TYPE+, TYPE/cd */
};

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

static size_t
unescape(const char *value, uint8_t *out)
{
	size_t len = 0;

	while (*value != '\0') {
		unsigned octet;

		if (*value == '\\' && sscanf(value + 1, "%3u", &octet) == 1) {
			out[len++] = (uint8_t)octet;
			value += 4;
		} else {
			out[len++] = (uint8_t)*value++;
		}
	}
	return len;
}

static size_t
unhex(const char *value, uint8_t *out)
{
	size_t len = 0;
	unsigned octet;

	for (; sscanf(value, "%2x", &octet) == 1; value += 2) {
		out[len++] = (uint8_t)octet;
		ck_assert_msg(value[1] != '\0', "odd: %s", value);
	}
	return len;
}

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
		record.len = unescape(value, data);
	} else if (type == DNS_TLSA) {
		record.len = unhex(value, data);
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

/* --- SMTP ----------------------------------------------------------------- */

static const char *const smtp_words[] = {
	[SMTP_OK] = "ok",
	[SMTP_REJECTED] = "rejected",
	[SMTP_TIMEOUT] = "timeout",
	[SMTP_UNREACHABLE] = "unreachable",
	[SMTP_RESET] = "reset",
	[SMTP_MALFORMED] = "malformed",
	[SMTP_UNSAFE] = "unsafe",
	[SMTP_NETWORK] = "network",
};

static const char *const starttls_words[] = {
	[STARTTLS_NOT_REACHED] = "not_reached",
	[STARTTLS_OK] = "ok",
	[STARTTLS_NOT_OFFERED] = "not_offered",
	[STARTTLS_REFUSED] = "refused",
	[STARTTLS_HANDSHAKE] = "handshake",
	[STARTTLS_PLAINTEXT_AFTER] = "plaintext_after",
	[STARTTLS_INJECTED] = "injected",
	[STARTTLS_TIMEOUT] = "timeout",
	[STARTTLS_RESET] = "reset",
};

static const char *const tls_names[] = { "TLSv1", "TLSv1.1", "TLSv1.2",
	"TLSv1.3" };

static unsigned
word_index(const char *const *words, size_t count, const char *word)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	ck_abort_msg("no such word: %s", word);
	return 0;
}
#define WORD(words, word) \
	word_index(words, sizeof(words) / sizeof(words[0]), word)

static int64_t
days_from_now(const char *value)
{
	return WORLD_NOW + strtol(value, NULL, 10) * (int64_t)DAY_SECONDS;
}

static void
session_set(struct smtp_session *s, const char *key, char *value)
{
	if (strcmp(key, "outcome") == 0)
		s->outcome = WORD(smtp_words, value);
	else if (strcmp(key, "starttls") == 0)
		s->starttls = WORD(starttls_words, value);
	else if (strcmp(key, "phase") == 0)
		s->phase = value;
	else if (strcmp(key, "tls") == 0)
		s->tls_version = 0x0301 + (value[2] - '0');
	else if (strcmp(key, "cert") == 0)
		s->has_cert = strcmp(value, "no") != 0;
	else if (strcmp(key, "trust") == 0)
		s->trust = strcmp(value, "self") == 0 ? CERT_SELF_SIGNED
						      : CERT_UNTRUSTED;
	else if (strcmp(key, "match") == 0)
		s->name_match = strcmp(value, "no") != 0;
	else if (strcmp(key, "from") == 0)
		s->not_before_s = days_from_now(value);
	else if (strcmp(key, "until") == 0)
		s->not_after_s = days_from_now(value);
	else if (strcmp(key, "names") == 0)
		s->cert_names = value;
	else if (strcmp(key, "chain") == 0) {
		s->chain = (const uint8_t *)value;
		s->chain_len = unhex(value, (uint8_t *)value);
	} else if (strcmp(key, "key") == 0) {
		s->key_type = strsep(&value, "/");
		s->key_bits = (int)strtol(value, NULL, 10);
	} else {
		ck_abort_msg("no such word: %s", key);
	}
}

static const struct smtp_session good_session = {
	.outcome = SMTP_OK,
	.phase = "quit",
	.greeting = "220 mx ESMTP ready",
	.reply = "",
	.ehlo = "STARTTLS, SIZE",
	.starttls = STARTTLS_OK,
	.tls_error = "",
	.tls_version = 0x0304,
	.cipher = "TLS_AES_256_GCM_SHA384",
	.has_cert = true,
	.trust = CERT_TRUSTED,
	.trust_error = "",
	.name_match = true,
	.cert_subject = "CN=mx",
	.cert_issuer = "CN=Test CA",
	.cert_names = "mx.example",
	.not_before_s = WORLD_NOW - 30 * (int64_t)DAY_SECONDS,
	.not_after_s = WORLD_NOW + 60 * (int64_t)DAY_SECONDS,
	.key_type = "RSA",
	.key_bits = 2048,
};

static struct smtp_session *
session_parse(const char *words)
{
	struct smtp_session s = good_session;
	char *copy = mem_dup(words), *rest = copy, *word;
	struct smtp_session *made;

	while ((word = strsep(&rest, " ")) != NULL) {
		char *value = strchr(word, '=');

		if (*word == '\0')
			continue;
		ck_assert_msg(value != NULL, "%s", word);
		*value++ = '\0';
		if (strcmp(word, "reply") == 0) {
			if (rest != NULL)
				rest[-1] = ' ';
			s.reply = s.tls_error = s.trust_error = value;
			break;
		}
		session_set(&s, word, value);
	}
	s.tls_name = tls_names[s.tls_version - 0x0301];
	made = smtp_session_make(&s);
	free(copy);
	return made;
}

static struct smtp_session *
session_make(
    struct world *world, const char *host, const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];
	size_t i, len;

	address_text(address, text);
	len = strlen(text);
	for (i = 0; i < world->line_count; i++) {
		const struct line *l = &world->lines[i];

		if (strcmp(l->type, "SMTP") == 0 &&
		    strcasecmp(l->name, host) == 0 &&
		    strncmp(l->value, text, len) == 0 &&
		    (l->value[len] == ' ' || l->value[len] == '\0'))
			return session_parse(l->value + len);
	}
	return session_parse(
	    "outcome=unreachable starttls=not_reached phase=connect");
}

/* --- HTTPS ---------------------------------------------------------------- */

static const char *const https_words[] = {
	[HTTPS_OK] = "ok",
	[HTTPS_UNTRUSTED] = "untrusted",
	[HTTPS_UNREACHABLE] = "unreachable",
	[HTTPS_TIMEOUT] = "timeout",
	[HTTPS_TOO_LARGE] = "too_large",
	[HTTPS_BROKEN] = "broken",
	[HTTPS_UNSAFE] = "unsafe",
	[HTTPS_NETWORK] = "network",
};

/* Words up to body=, which takes the rest; "|" in it is a line end. */
static struct https_answer *
https_parse(const char *words)
{
	struct https_answer from = {
		.code = 200,
		.content_type = "text/plain; charset=utf-8",
		.body = "",
		.error = "why",
	};
	char *copy = mem_dup(words), *rest = copy, *word, *at;
	struct https_answer *made;

	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		if (strncmp(word, "body=", 5) == 0) {
			if (rest != NULL)
				rest[-1] = ' ';
			for (at = word + 5; *at != '\0'; at++)
				*at = *at == '|' ? '\n' : *at;
			from.body = word + 5;
			from.body_len = unescape(
			    from.body, (uint8_t *)word + 5);
			break;
		}
		if (strncmp(word, "code=", 5) == 0)
			from.code = (int)strtol(word + 5, NULL, 10);
		else if (strncmp(word, "type=", 5) == 0)
			from.content_type = word + 5;
		else
			from.outcome = WORD(https_words, word);
	}
	made = https_answer_make(&from);
	free(copy);
	return made;
}

static struct https_answer *
https_make(struct world *world, const char *url, const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];
	size_t i, len;

	address_text(address, text);
	len = strlen(text);
	for (i = 0; i < world->line_count; i++) {
		const struct line *l = &world->lines[i];

		if (strcmp(l->type, "HTTPS") == 0 &&
		    strcmp(l->name, url) == 0 &&
		    strncmp(l->value, text, len) == 0 &&
		    (l->value[len] == ' ' || l->value[len] == '\0'))
			return https_parse(l->value + len);
	}
	return https_parse("unreachable");
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
		    session_make(world, w->name, &w->address));
		return;
	case FACT_EGRESS:
		world->egress_wanted = true;
		return;
	case FACT_HTTPS:
		facts_put_https(world->facts, w->name, &w->address,
		    https_make(world, w->name, &w->address));
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
