/* Any octets as an SPF record, in a world where every name answers. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/list.h"
#include "sendtop/dns.h"
#include "sendtop/spf.h"

enum {
	ROUNDS_MAX = 300, /* far beyond what the limits of SPF allow */
	MEMORY_MAX = 16 << 20,
	RECORDS_MAX = 12,
	TEXT_MAX = 65536,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t size;
};

static void
demand(bool ok)
{
	if (!ok)
		abort();
}

/* Where in the input the answer to a question lies. */
static size_t
place_of(const struct input *in, const char *name, enum dns_type type)
{
	size_t hash = 5381 + (size_t)type;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (unsigned char)(*name | 0x20);
	return hash % in->size;
}

static uint8_t
octet(const struct input *in, size_t at)
{
	return in->data[at % in->size];
}

/* A name of few letters, so that names meet again. */
static size_t
make_name(const struct input *in, size_t at, uint8_t out[16])
{
	static const char letters[] = "abAB.\\-1";
	size_t i, n = 0;

	for (i = 0; i < 3; i++) {
		char c = letters[octet(in, at + i) % 8];

		if (c == '.' || c == '\\') {
			out[n++] = '\\';
			out[n++] = (uint8_t)c;
		} else {
			out[n++] = (uint8_t)c;
		}
		out[n++] = '.';
	}
	memcpy(out + n, "test", 4);
	return n + 4;
}

static struct dns_answer *
answer_txt(const struct input *in, size_t at)
{
	static const char head[] = "v=spf1 ";
	char *text = malloc(sizeof(head) + in->size);
	struct dns_record record = { .data = (uint8_t *)text };
	struct dns_answer *answer;
	size_t n = sizeof(head) - 1;

	demand(text != NULL);
	memcpy(text, head, n);
	memcpy(text + n, in->data + at, in->size - at);
	record.len = n + in->size - at;
	answer = dns_answer_make(&record, 1, 1);
	free(text);
	return answer;
}

/* Outcomes, numbers of records and their contents: all out of the input. */
static struct dns_answer *
answer(const struct input *in, const char *name, enum dns_type type)
{
	size_t at = place_of(in, name, type), i;
	struct dns_record records[RECORDS_MAX];
	uint8_t octets[RECORDS_MAX][16];
	size_t count = 1 + octet(in, at) % RECORDS_MAX;

	if (octet(in, at + 1) % 4 == 3)
		return dns_answer_empty(
		    (enum dns_outcome)(1 + octet(in, at + 2) % 6));
	if (type == DNS_TXT)
		return answer_txt(in, at);
	for (i = 0; i < count; i++) {
		memset(octets[i], octet(in, at + i), sizeof(octets[i]));
		records[i].data = octets[i];
		records[i].preference = 0;
		if (type == DNS_A)
			records[i].len = 4;
		else if (type == DNS_AAAA)
			records[i].len = 16;
		else
			records[i].len = make_name(in, at + i, octets[i]);
	}
	return dns_answer_make(records, count, 1);
}

/* The input itself is the record of a.test. */
static void
answer_all(const struct input *in, struct facts *facts)
{
	const struct fact_want *wants;
	size_t count = facts_wanted(facts, &wants), i;

	demand(count > 0);
	for (i = 0; i < count; i++) {
		struct dns_record own = { .data = in->data, .len = in->size };
		bool first = strcmp(wants[i].name, "a.test") == 0 &&
		    wants[i].type == DNS_TXT;

		facts_put_dns(facts, wants[i].name, wants[i].type,
		    first ? dns_answer_make(&own, 1, 1)
			  : answer(in, wants[i].name, wants[i].type));
	}
}

static void
run_host(const struct input *in, struct facts *facts, struct arena *arena,
    const struct address *ip)
{
	struct spf_request request = { .ip = ip,
		.helo = "mx.a.test",
		.mail_from = "b-A+c@a.test",
		.default_explanation = "no" };
	struct spf_outcome out;
	FILE *file;
	int rounds = 0;

	while (spf_check_host(facts, &request, arena, &out) == CHECK_WAITING) {
		answer_all(in, facts);
		demand(++rounds < ROUNDS_MAX);
	}
	demand(out.lookups <= 11 && out.voids <= 3 && out.step_count <= 400);
	demand(strlen(out.explanation) <= 4096);
	demand(out.result == SPF_FAIL || out.explanation[0] == '\0');
	file = fopen("/dev/null", "w");
	if (file != NULL) {
		spf_print(file, &out);
		fclose(file);
	}
}

static void
run_check(const struct check *check, const struct input *in,
    struct facts *facts, struct arena *arena, const struct address *ip)
{
	struct subject subject = { .domain = "a.test" };
	struct findings found;
	int rounds = 0;

	if (check->subject != SUBJECT_DOMAIN)
		subject.address = ip;
	findings_init(&found, arena);
	found.subject = &subject;
	found.check = check->name;
	while (check->run(facts, &subject, &found) == CHECK_WAITING) {
		demand(found.count == 0);
		answer_all(in, facts);
		demand(++rounds < ROUNDS_MAX);
	}
	demand(found.count == 1 && found.items[0].reason != NULL);
}

static void
run_addresses(const struct input *in, struct facts *facts, struct arena *arena)
{
	struct address *addresses;
	size_t count;
	int rounds = 0;

	while (spf_addresses(facts, "a.test", NULL, arena, &addresses,
		   &count) == CHECK_WAITING) {
		answer_all(in, facts);
		demand(++rounds < ROUNDS_MAX);
	}
	demand(count <= 256);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct address addresses[] = { { 4, { 97, 97, 97, 97 } },
		{ 6, { 0x20, 1, 0x0d, 0xb8 } } };
	struct input in = { data, size };
	struct facts *facts;
	struct arena *arena;

	if (size == 0 || size > TEXT_MAX)
		return 0;
	facts = facts_new();
	arena = arena_new();
	facts_begin(facts, 0);
	run_host(&in, facts, arena, &addresses[size % 2]);
	run_check(&check_spf_sender, &in, facts, arena, &addresses[size % 2]);
	run_check(&check_spf, &in, facts, arena, NULL);
	run_addresses(&in, facts, arena);
	demand(facts_memory(facts) < MEMORY_MAX + 200 * size);
	arena_free(arena);
	facts_free(facts);
	return 0;
}
