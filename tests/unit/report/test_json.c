/* The JSON contract: every member by name and type. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "report/json_finding.h"
#include "world.h"

static struct world world;
static json_t *root, *domain;

static void
setup(void)
{
	char *text;
	json_error_t err;

	world_init(&world);
	text = world_report(&world, "json", 1);
	root = json_loads(text, JSON_REJECT_DUPLICATES, &err);
	ck_assert_msg(root != NULL, "%s: %s", err.text, text);
	domain = json_array_get(json_object_get(root, "domains"), 0);
	free(text);
}

static void
teardown(void)
{
	json_decref(root);
	world_fini(&world);
}

/* A path of members and indexes; value "" only asks that it is null. */
static const struct {
	const char *path, *value;
} rows[] = {
	{ "schema", "\"sendtop/1\"" },
	{ "taken_at", "\"2026-11-21T23:40:00Z\"" },
	{ "as_of", "\"2026-11-21\"" },
	{ "sources.postmaster.newest_day", "\"2026-11-19\"" },
	{ "sources.resolver.0", "\"127.0.0.1:5300\"" },
	{ "domains.0.name", "\"news.example.com\"" },
	{ "domains.0.standing.state", "\"critical\"" },
	{ "domains.0.standing.reasons.0", "\"spam_violation\"" },
	{ "domains.0.standing.reasons.1", "\"ptr/192.0.2.10/missing\"" },
	{ "domains.0.spam.band", "\"violation\"" },
	{ "domains.0.spam.data", "\"value\"" },
	{ "domains.0.spam.day", "\"2026-11-19\"" },
	{ "domains.0.spam.rate", "0.0041" },
	{ "domains.0.spam.mean7", "0.00205" },
	{ "domains.0.spam.clean_days", "0" },
	{ "domains.0.spam.series.0.day", "\"2026-11-18\"" },
	{ "domains.0.spam.series.0.rate", "0.0" },
	{ "domains.0.spam.series.1.rate", "0.0041" },
	{ "domains.0.measures.auth_spf.0.value", "0.999" },
	{ "domains.0.feedback.0.id", "\"camp2\"" },
	{ "domains.0.findings.0.check", "\"ptr\"" },
	{ "domains.0.findings.0.subject", "\"192.0.2.10\"" },
	{ "domains.0.findings.0.verdict", "\"fail\"" },
	{ "domains.0.findings.0.reason", "\"missing\"" },
	{ "domains.0.findings.0.detail", "\"has | no \\\"PTR\\\"\"" },
	{ "domains.0.findings.0.since", "\"2026-11-20T23:40:00Z\"" },
	{ "domains.0.findings.1.record", "\"v=DMARC1; p=none\"" },
	{ "domains.0.findings.2.record", "\"10 mx.example.com\"" },
	{ "domains.0.findings.2.last_known.verdict", "\"pass\"" },
	{ "domains.0.requirements.0.id", "\"A2-PTR\"" },
	{ "domains.0.requirements.0.audience", "\"all\"" },
	{ "domains.0.requirements.0.google", "\"needs_work\"" },
	{ "domains.0.requirements.0.why.0", "\"ptr/192.0.2.10/missing\"" },
	{ "domains.0.requirements.0.remedy", "\"Set it.\"" },
	{ "domains.0.reputation.estimate", "\"low\"" },
	{ "domains.0.ramp.state", "\"stop\"" },
	{ "domains.0.ramp.reasons.0", "\"too much spam\"" },
	{ "domains.0.ramp.ceiling_tomorrow", "0.0" },
	{ "domains.0.ramp.base", "null" },
	{ "domains.0.ramp.growth", "null" },
	{ "domains.0.ramp.cap", "2.0" },
	{ "domains.0.ramp.target_day", "null" },
};

static const json_t *
walk(const char *path)
{
	const json_t *at = root;
	char part[64];
	size_t len;

	while (at != NULL && *path != '\0') {
		len = strcspn(path, ".");
		memcpy(part, path, len);
		part[len] = '\0';
		at = json_is_array(at)
		    ? json_array_get(at, (size_t)strtoul(part, NULL, 10))
		    : json_object_get(at, part);
		path += len + (path[len] == '.');
	}
	return at;
}

START_TEST(test_member)
{
	const json_t *found = walk(rows[_i].path);
	char *text = json_dumps(
	    found, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));

	ck_assert_msg(found != NULL, "%s is missing", rows[_i].path);
	ck_assert_msg(strcmp(text, rows[_i].value) == 0, "%s is %s, not %s",
	    rows[_i].path, text, rows[_i].value);
	free(text);
}
END_TEST

/* A gap is not a zero: only the two days with numbers are in the series. */
START_TEST(test_gaps)
{
	ck_assert_uint_eq(json_array_size(json_object_get(
			      json_object_get(domain, "spam"), "series")),
	    2);
	ck_assert_uint_eq(
	    json_object_size(json_object_get(domain, "measures")), 1);
}
END_TEST

START_TEST(test_many)
{
	char *text = world_report(&world, "json", 3);
	json_t *three = json_loads(text, 0, NULL);

	ck_assert_uint_eq(
	    json_array_size(json_object_get(three, "domains")), 3);
	json_decref(three);
	free(text);
	text = world_report(&world, "json", 0);
	three = json_loads(text, 0, NULL);
	ck_assert_uint_eq(
	    json_array_size(json_object_get(three, "domains")), 0);
	json_decref(three);
	free(text);
}
END_TEST

/* Whatever a text holds, a reader of JSON gets it back. */
START_TEST(texts)
{
	char text[8] = "a? \u00e9!";
	struct buf out = { 0 };
	json_t *back;
	int c;

	for (c = 1; c < 0x80; c++) {
		text[1] = (char)c;
		buf_shift(&out, out.len);
		json_text_add(&out, text);
		back = json_loads(out.data, JSON_DECODE_ANY, NULL);
		ck_assert_msg(back != NULL, "%s", out.data);
		ck_assert_str_eq(json_string_value(back), text);
		json_decref(back);
	}
	buf_free(&out);
}
END_TEST

/* The same wherever in it something stands that is escaped: texts are copied
 * eight octets at a time. */
START_TEST(places)
{
	static const char odd[] = "\"\\\1\x1f !#[]\x7f";
	char text[40];
	struct buf out = { 0 };
	json_t *back;
	size_t len, at;

	for (len = 1; len < sizeof(text); len++)
		for (at = 0; at < len; at++) {
			memset(text, 'x', len);
			text[len] = '\0';
			text[at] = odd[len % (sizeof(odd) - 1)];
			text[at / 2] = odd[(len + at) % (sizeof(odd) - 1)];
			if (at % 5 == 3)
				memcpy(text + at - 1, "\u00e9", 2);
			buf_shift(&out, out.len);
			json_text_add(&out, text);
			back = json_loads(out.data, JSON_DECODE_ANY, NULL);
			ck_assert_msg(back != NULL, "%s", out.data);
			ck_assert_str_eq(json_string_value(back), text);
			ck_assert_uint_eq(out.len, strlen(out.data));
			json_decref(back);
		}
	buf_free(&out);
}
END_TEST

Suite *
suite_json(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("contract");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, test_member, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, test_gaps);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, texts);
	tcase_add_test(tc, places);
	suite_add_tcase(suite, tc);
	return suite;
}
