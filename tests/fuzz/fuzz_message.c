/* Fuzzes the reader of messages: fields, addresses, dates, canonical forms. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
check_fields(const struct message *m)
{
	const char *at = m->data;

	for (size_t i = 0; i < m->field_count; i++) {
		const struct message_field *f = &m->fields[i];

		require(f->raw >= at && f->name == f->raw);
		require(f->value > f->name &&
		    f->value + f->len <= f->raw + f->raw_len);
		at = f->raw + f->raw_len;
	}
	require(at <= m->data + m->header_len);
	require(m->body + m->body_len == m->data + m->len);
}

/* A form of a form is the form itself. */
static void
check_body(const struct message *m, enum dkim_form form, struct arena *arena)
{
	struct buf once = { 0 }, twice = { 0 };
	struct message again = *m;
	size_t n = dkim_body(m, form, -1, &once);

	require(n == once.len);
	again.body = arena_ndup(
	    arena, once.data != NULL ? once.data : "", once.len);
	again.body_len = once.len;
	dkim_body(&again, form, -1, &twice);
	require(once.len == twice.len &&
	    (once.len == 0 || memcmp(once.data, twice.data, once.len) == 0));
	buf_free(&once);
	buf_free(&twice);
}

static void
lint_it(const struct message *m, struct arena *arena)
{
	struct facts *facts = facts_new();
	struct lint lint = { .message = m, .now_s = 1795304400 };
	struct lint_result result;
	struct findings out;

	facts_begin(facts, lint.now_s);
	findings_init(&out, arena);
	(void)lint_run(facts, &lint, &out, &result);
	facts_free(facts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message m;
	struct error err;

	if (message_parse(data, size, arena, &m, &err) == STATUS_OK) {
		check_fields(&m);
		check_body(&m, DKIM_SIMPLE, arena);
		check_body(&m, DKIM_RELAXED, arena);
		lint_it(&m, arena);
	}
	arena_free(arena);
	return 0;
}
