/* What others publish for mta_sts, tls_rpt and bimi: the first line is a TXT
 * record, the rest is what the servers it points to send. */
/* SPDX-License-Identifier: MIT */
#include "checks/bimi.h"
#include "checks/list.h"
#include "checks/sts_policy.h"
#include "fuzz_records.h"
#include "sendtop/https.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everybody lives here. */
static const uint8_t home[] = { 8, 8, 8, 8 };
static const struct dns_record home_record = { .data = home, .len = 4 };

static const struct {
	const struct check *check;
	const char *owner;
} checks[] = {
	{ &check_mta_sts, "_mta-sts.example.com" },
	{ &check_tls_rpt, "_smtp._tls.example.com" },
	{ &check_bimi, "default._bimi.example.com" },
};

static void
put_dns(
    struct facts *facts, const char *name, enum dns_type type, const char *text)
{
	const struct dns_record record = {
		.data = (const uint8_t *)text,
		.len = strlen(text),
	};

	facts_put_dns(facts, name, type, dns_answer_make(&record, 1, 60));
}

static void
answer(struct facts *facts, const struct fact_want *want,
    const struct https_answer *page)
{
	if (want->kind == FACT_HTTPS)
		facts_put_https(
		    facts, want->name, &want->address, https_answer_make(page));
	else
		facts_put_dns(facts, want->name, want->type,
		    want->type == DNS_A ? dns_answer_make(&home_record, 1, 60)
					: dns_answer_empty(DNS_NONE));
}

static void
run(const struct check *check, struct facts *facts,
    const struct https_answer *page)
{
	const struct subject subject = {
		.domain = "example.com",
		.https_enabled = true,
		.now_s = 1795304400,
	};
	struct arena *arena = arena_new();
	const struct fact_want *wants;
	struct findings found;
	size_t count, i, rounds = 0;

	findings_init(&found, arena);
	found.check = check->name;
	found.subject = &subject;
	while (check->run(facts, &subject, &found) == CHECK_WAITING) {
		count = facts_wanted(facts, &wants);
		if (count == 0 || rounds++ == FUZZ_ROUNDS)
			abort();
		for (i = 0; i < count; i++)
			answer(facts, &wants[i], page);
	}
	if (found.count != 1 || found.items[0].reason == NULL)
		abort();
	fuzz_text(found.items[0].detail, 1024);
	fuzz_text(found.items[0].cure, 8192 + 1);
	arena_free(arena);
}

/* The readers alone: a body need not be named by a record to be read. */
static void
read_body(const struct https_answer *page)
{
	struct arena *arena = arena_new();
	struct sts_policy policy;
	struct mark mark;
	const char *problem;

	sts_policy_read(page->body, page->body_len, &policy);
	sts_policy_covers(&policy, "mx1.example.com");
	problem = logo_problem(page->body, page->body_len, arena);
	if (problem != NULL)
		fuzz_text(problem, 1024);
	mark_read(page->body, page->body_len, &mark);
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	const struct dns_record record = {
		.data = data,
		.len = end != NULL ? (size_t)(end - data) : size,
	};
	/* A copy of its size, so that reading past it is seen. */
	char *body = mem_ndup(end != NULL ? (const char *)end + 1 : "",
	    end != NULL ? size - record.len - 1 : 0);
	const struct https_answer page = {
		.code = 200,
		.content_type = "text/plain",
		.body = body,
		.body_len = end != NULL ? size - record.len - 1 : 0,
		.error = "",
	};
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct facts *facts = facts_new();

		put_dns(
		    facts, "_dmarc.example.com", DNS_TXT, "v=DMARC1; p=reject");
		put_dns(facts, "example.com", DNS_MX, "mx1.example.com");
		facts_put_dns(facts, checks[i].owner, DNS_TXT,
		    dns_answer_make(&record, 1, 60));
		run(checks[i].check, facts, &page);
		facts_free(facts);
	}
	read_body(&page);
	free(body);
	return 0;
}
