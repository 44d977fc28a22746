/* The record beside a finding: a row a change, and a store of old. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/store/support.h"

enum { RUNS = 6 };

struct look {
	enum verdict verdict;
	const char *reason, *record;
};

/*
 * What the runs of one check found on one subject, ten seconds apart from 10
 * on.  `changes` is what was handed to the callback; `then` how each moment
 * stands after the last run: "reason record since".
 */
static const struct {
	const char *why;
	struct look runs[RUNS];
	const char *changes, *then[RUNS];
} rows[] = {
	{ "the same",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_PASS, "ok", "a" } }, "+a",
	    { "ok a 10", "ok a 10" } },
	{ "another record, as old as before",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_PASS, "ok", "b" },
		{ VERDICT_PASS, "ok", "b" } },
	    "+a a>b", { "ok a 10", "ok b 10", "ok b 10" } },
	{ "there and back",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_PASS, "ok", "b" },
		{ VERDICT_PASS, "ok", "a" } },
	    "+a a>b b>a", { "ok a 10", "ok b 10", "ok a 10" } },
	{ "with another verdict",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_WARN, "no_all", "b" } },
	    "+a a>b", { "ok a 10", "no_all b 20" } },
	{ "gone",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_FAIL, "missing", "" },
		{ VERDICT_PASS, "ok", "b" } },
	    "+a a> >b", { "ok a 10", "missing  20", "ok b 30" } },
	{ "unknown is no change",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_UNKNOWN, "timeout", "" },
		{ VERDICT_UNKNOWN, "timeout", NULL },
		{ VERDICT_PASS, "ok", "a" } },
	    "+a a>a a>a",
	    { "ok a 10", "timeout a 20", "timeout a 20", "ok a 10" } },
	{ "unknown hides no change",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_UNKNOWN, "timeout", "" },
		{ VERDICT_UNKNOWN, "servfail", "" },
		{ VERDICT_PASS, "ok", "b" } },
	    "+a a>a a>a a>b",
	    { "ok a 10", "timeout a 20", "servfail a 30", "ok b 10" } },
	{ "what an unknown says of the record counts no more",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_UNKNOWN, "timeout", "b" },
		{ VERDICT_PASS, "ok", "b" } },
	    "+a a>a a>b", { "ok a 10", "timeout a 20", "ok b 10" } },
	{ "told for the first time",
	    { { VERDICT_PASS, "ok", NULL }, { VERDICT_PASS, "ok", "a" },
		{ VERDICT_PASS, "ok", "b" } },
	    "+ a>b", { "ok a 10", "ok a 10", "ok b 10" } },
	{ "not told this time",
	    { { VERDICT_PASS, "ok", "a" }, { VERDICT_PASS, "ok", "" },
		{ VERDICT_PASS, "ok", "b" } },
	    "+a a>b", { "ok a 10", "ok a 10", "ok b 10" } },
	{ "unknown from the start",
	    { { VERDICT_UNKNOWN, "timeout", "" }, { VERDICT_PASS, "ok", "a" } },
	    "+ >a", { "timeout  10", "ok a 20" } },
};

static const char *
record_of(const struct finding *f)
{
	return f->record != NULL ? f->record : "";
}

static void
note_change(
    void *arg, const struct finding *before, const struct finding *after)
{
	struct buf *signs = arg;

	ck_assert_ptr_nonnull(after);
	if (signs->len > 0)
		buf_char(signs, ' ');
	if (before == NULL)
		buf_printf(signs, "+%s", record_of(after));
	else
		buf_printf(signs, "%s>%s", record_of(before), record_of(after));
}

static void
look(struct store *store, int64_t id, const struct look *found, int64_t at_s,
    struct buf *signs)
{
	static const char *const names[] = { "spf" };
	struct finding f = { .check = "spf",
		.subject = "example.com",
		.verdict = found->verdict,
		.reason = found->reason,
		.detail = "",
		.cure = "",
		.record = found->record };
	struct error err;

	must(store_findings_put(
		 store, id, names, 1, &f, 1, at_s, note_change, signs, &err),
	    &err);
}

static void
expect(struct store *store, int64_t id, int64_t at_s, const char *text,
    const char *why)
{
	struct arena *arena = arena_new();
	char got[256];
	struct finding *all;
	struct error err;
	size_t count;

	must(store_findings_get(store, id, at_s, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	snprintf(got, sizeof(got), "%s %s %ld", all[0].reason, all[0].record,
	    (long)all[0].first_seen_s);
	ck_assert_msg(strcmp(got, text) == 0, "%s at %ld: %s, not %s", why,
	    (long)at_s, got, text);
	arena_free(arena);
}

START_TEST(test_histories)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct buf signs = { 0 };
	size_t i;

	for (i = 0; i < RUNS && rows[_i].runs[i].reason != NULL; i++)
		look(store, id, &rows[_i].runs[i], ((int64_t)i + 1) * 10,
		    &signs);
	ck_assert_msg(strcmp(signs.data, rows[_i].changes) == 0,
	    "%s: %s, not %s", rows[_i].why, signs.data, rows[_i].changes);
	while (i-- > 0)
		expect(store, id, ((int64_t)i + 1) * 10, rows[_i].then[i],
		    rows[_i].why);
	buf_free(&signs);
	store_close(store);
	place_free(&place);
}
END_TEST

static void
copy_fixture(const struct place *place, const char *name)
{
	const char *top = getenv("SENDTOP_SRCDIR");
	char *path = mem_printf(
	    "%s/tests/fixtures/%s", top != NULL ? top : ".", name);
	size_t len;
	char *data = slurp(path, &len);

	spill(place->path, data, len);
	free(data);
	free(path);
}

/* What a look at "noptr.test" found in the store that version 1 wrote. */
static void
expect_old_spf(struct store *store, int64_t id, const char *record)
{
	struct arena *arena = arena_new();
	struct finding *all;
	struct error err;
	size_t count, i, found = 0;

	must(
	    store_findings_get(store, id, INT64_MAX, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 8);
	for (i = 0; i < count; i++)
		if (strcmp(all[i].check, "spf") == 0) {
			found++;
			ck_assert_str_eq(all[i].reason, "ok");
			ck_assert_str_eq(all[i].record, record);
			ck_assert_int_gt(all[i].first_seen_s, 1700000000);
		}
	ck_assert_uint_eq(found, 1);
	arena_free(arena);
}

/* A file as version 1 wrote it: opens, keeps what it has, learns the record
 * without an event, and then tells its first change. */
START_TEST(test_old_file)
{
	static const char *const names[] = { "spf" };
	struct finding f = { .check = "spf",
		.subject = "noptr.test",
		.verdict = VERDICT_PASS,
		.reason = "ok",
		.detail = "0 of 10 look-ups",
		.cure = "",
		.record = "v=spf1 mx -all" };
	struct place place = place_new();
	struct arena *arena = arena_new();
	struct buf signs = { 0 };
	struct store_domain domain;
	struct store *store;
	struct error err;
	int64_t now = INT64_C(1900000000);

	copy_fixture(&place, "store-1.db");
	store = open_store(&place, STORE_COLLECT);
	must(store_domain_get(store, "noptr.test", arena, &domain, &err), &err);
	ck_assert_int_gt(domain.probed_s, 0);
	expect_old_spf(store, domain.id, "");
	must(store_findings_put(store, domain.id, names, 1, &f, 1, now,
		 note_change, &signs, &err),
	    &err);
	ck_assert_uint_eq(signs.len, 0);
	expect_old_spf(store, domain.id, "v=spf1 mx -all");
	f.record = "v=spf1 -all";
	must(store_findings_put(store, domain.id, names, 1, &f, 1, now + 10,
		 note_change, &signs, &err),
	    &err);
	ck_assert_str_eq(signs.data, "v=spf1 mx -all>v=spf1 -all");
	store_close(store);
	/* And once more, now that it is of this version. */
	store = open_store(&place, STORE_READ);
	expect_old_spf(store, domain.id, "v=spf1 -all");
	store_close(store);
	buf_free(&signs);
	arena_free(arena);
	place_free(&place);
}
END_TEST

Suite *
suite_records(void)
{
	Suite *suite = suite_create("records");
	TCase *tc = tcase_create("records");

	tcase_add_loop_test(tc, test_histories, 0, (int)COUNT(rows));
	tcase_add_test(tc, test_old_file);
	suite_add_tcase(suite, tc);
	return suite;
}
