/* Lists of domains and batch answers, told in JSON. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "postmaster/parse.h"
#include "sendtop/day.h"
#include "suites.h"

/* names: what was read, "name:state" each. */
static const struct {
	const char *why, *body;
	enum status status;
	const char *names, *next;
} lists[] = {
	{ "nothing", "{}", STATUS_OK, "", NULL },
	{ "null is nothing", "{\"domains\":null,\"nextPageToken\":null}",
	    STATUS_OK, "", NULL },
	{ "all states",
	    "{\"domains\":[{\"name\":\"domains/A.example\","
	    "\"permission\":\"OWNER\",\"verificationState\":\"VERIFIED\"},"
	    "{\"name\":\"domains/b.example\",\"permission\":\"NONE\","
	    "\"verificationState\":\"VERIFIED\"},"
	    "{\"name\":\"domains/c.example\",\"permission\":\"NONE\","
	    "\"verificationState\":\"UNVERIFIED\"},"
	    "{\"name\":\"domains/d.example\",\"permission\":\"CHIEF\"}]}",
	    STATUS_OK,
	    "a.example:ok b.example:denied c.example:unverified "
	    "d.example:ok ",
	    NULL },
	{ "a page token", "{\"domains\":[],\"nextPageToken\":\"t/1=\"}",
	    STATUS_OK, "", "t/1=" },
	{ "names that are none",
	    "{\"domains\":[{\"name\":\"a.example\"},{},{\"name\":7},"
	    "{\"name\":\"domains/..\"},{\"name\":\"domains/x.example/y\"},"
	    "{\"name\":\"domains/\\u001b[2J.example\"},"
	    "{\"name\":\"domains/ok.example\"}]}",
	    STATUS_OK, "ok.example:ok ", NULL },
	{ "an object for a list", "{\"domains\":{\"0\":\"x\"}}", STATUS_PARSE,
	    "", NULL },
	{ "texts for rows", "{\"domains\":[\"x\"]}", STATUS_PARSE, "", NULL },
	{ "a number for a token", "{\"domains\":[],\"nextPageToken\":7}",
	    STATUS_PARSE, "", NULL },
	{ "cut", "{\"domains\":[{\"name\":\"domains/a.ex", STATUS_PARSE, "",
	    NULL },
	{ "empty", "", STATUS_PARSE, "", NULL },
	{ "an array", "[]", STATUS_PARSE, "", NULL },
	{ "a page of HTML", "<!DOCTYPE html>\n<p>\033[31m", STATUS_PARSE, "",
	    NULL },
	{ "the same key twice", "{\"domains\":[],\"domains\":[]}", STATUS_PARSE,
	    "", NULL },
	{ "octets behind the end", "{} {}", STATUS_PARSE, "", NULL },
	{ "bad UTF-8", "{\"domains\":[{\"name\":\"domains/\xff\"}]}",
	    STATUS_PARSE, "", NULL },
};

START_TEST(domains)
{
	struct arena *arena = arena_new();
	struct buf names = { 0 };
	struct domain_page page;
	struct error err;
	enum status status;
	size_t i;

	status = parse_domains(
	    lists[_i].body, strlen(lists[_i].body), arena, &page, &err);
	ck_assert_msg(status == lists[_i].status, "%s: %s", lists[_i].why,
	    status != STATUS_OK ? err.text : "ok");
	buf_str(&names, "");
	for (i = 0; status == STATUS_OK && i < page.count; i++)
		buf_printf(&names, "%s:%s ", page.domains[i].name,
		    poll_state_name(page.domains[i].state));
	ck_assert_str_eq(names.data, lists[_i].names);
	if (status == STATUS_OK)
		ck_assert_pstr_eq(page.next, lists[_i].next);
	buf_free(&names);
	arena_free(arena);
}
END_TEST

/* Small on the wire for what it costs a parser. */
START_TEST(expensive)
{
	static const char *const parts[] = { "{},", "[],", "1,", "[" };
	struct buf body = { 0 };
	struct arena *arena = arena_new();
	struct domain_page page;
	struct error err;

	buf_str(&body, "{\"domains\":[");
	while (body.len < 3900000)
		buf_str(&body, parts[_i]);
	buf_str(&body, "{}]}");
	ck_assert_int_eq(parse_domains(body.data, body.len, arena, &page, &err),
	    STATUS_PARSE);
	ck_assert_ptr_nonnull(strstr(err.text, "more values"));
	buf_free(&body);
	arena_free(arena);
}
END_TEST

START_TEST(braces_in_texts_are_no_objects)
{
	struct buf body = { 0 };
	struct arena *arena = arena_new();
	struct domain_page page;
	struct error err;

	buf_str(&body, "{\"x\":\"\\\"");
	while (body.len < 400000)
		buf_str(&body, "{[,\\\\");
	buf_str(&body, "\"}");
	ck_assert_int_eq(
	    parse_domains(body.data, body.len, arena, &page, &err), STATUS_OK);
	buf_free(&body);
	arena_free(arena);
}
END_TEST

START_TEST(long_tokens)
{
	char *body = mem_printf(
	    "{\"nextPageToken\":\"%0*d\"}", _i == 0 ? 4096 : 4097, 7);
	struct arena *arena = arena_new();
	struct domain_page page;
	struct error err;

	ck_assert_int_eq(parse_domains(body, strlen(body), arena, &page, &err),
	    _i == 0 ? STATUS_OK : STATUS_PARSE);
	free(body);
	arena_free(arena);
}
END_TEST

START_TEST(deep)
{
	struct buf body = { 0 };
	struct arena *arena = arena_new();
	struct domain_page page;
	struct error err;
	int i;

	buf_str(&body, "{\"domains\":");
	for (i = 0; i < 100000; i++)
		buf_char(&body, '[');
	for (i = 0; i < 100000; i++)
		buf_char(&body, ']');
	buf_char(&body, '}');
	ck_assert_int_eq(parse_domains(body.data, body.len, arena, &page, &err),
	    STATUS_PARSE);
	buf_free(&body);
	arena_free(arena);
}
END_TEST

/* --- batches of two ------------------------------------------------------- */

#define EMPTY "{\"response\":{}}"
#define DENIED "{\"error\":{\"code\":7,\"message\":\"no\"}}"

static const struct {
	const char *why, *body;
	enum status status;
	enum api_failure first, second;
	const char *next; /* of the first */
} batches[] = {
	{ "two without numbers", "{\"results\":[" EMPTY "," EMPTY "]}",
	    STATUS_OK, API_FINE, API_FINE, NULL },
	{ "bare objects",
	    "{\"results\":[{},{\"response\":{\"domainStats\":[]}}"
	    "]}",
	    STATUS_OK, API_FINE, API_FINE, NULL },
	{ "one refused", "{\"results\":[" EMPTY "," DENIED "]}", STATUS_OK,
	    API_FINE, API_DENIED, NULL },
	{ "both members, the error counts",
	    "{\"results\":[{\"response\":{},\"error\":{\"code\":5}}," EMPTY
	    "]}",
	    STATUS_OK, API_ABSENT, API_FINE, NULL },
	{ "a page token",
	    "{\"results\":[{\"response\":{\"nextPageToken\":\"p2\"}}," EMPTY
	    "]}",
	    STATUS_OK, API_FINE, API_FINE, "p2" },
	{ "an empty token is none",
	    "{\"results\":[{\"response\":{\"nextPageToken\":\"\"}}," EMPTY "]}",
	    STATUS_OK, API_FINE, API_FINE, NULL },
	{ "a token of another type",
	    "{\"results\":[{\"response\":{\"nextPageToken\":[]}}," EMPTY "]}",
	    STATUS_OK, API_FATAL, API_FINE, NULL },
	{ "null is no item", "{\"results\":[null,1]}", STATUS_OK, API_FATAL,
	    API_FATAL, NULL },
	{ "texts and lists",
	    "{\"results\":[{\"response\":[]},{\"error\":\"no\"}]}", STATUS_OK,
	    API_FATAL, API_FATAL, NULL },
	{ "something unknown", "{\"results\":[{\"warning\":{}}," EMPTY "]}",
	    STATUS_OK, API_FATAL, API_FINE, NULL },
	{ "stats of another type",
	    "{\"results\":[{\"response\":{\"domainStats\":\"none\"}},"
	    "{\"response\":{\"domainStats\":[7]}}]}",
	    STATUS_OK, API_FATAL, API_FATAL, NULL },
	{ "null stats are none",
	    "{\"results\":[{\"response\":{\"domainStats\":null}}," EMPTY "]}",
	    STATUS_OK, API_FINE, API_FINE, NULL },
	{ "too few", "{\"results\":[" EMPTY "]}", STATUS_PARSE, API_FINE,
	    API_FINE, NULL },
	{ "too many", "{\"results\":[" EMPTY "," EMPTY "," EMPTY "]}",
	    STATUS_PARSE, API_FINE, API_FINE, NULL },
	{ "no results", "{}", STATUS_PARSE, API_FINE, API_FINE, NULL },
	{ "results of another type", "{\"results\":{}}", STATUS_PARSE, API_FINE,
	    API_FINE, NULL },
	{ "not a number",
	    "{\"results\":[{\"response\":{\"domainStats\":[{\"value\":"
	    "{\"floatValue\":NaN}}]}}," EMPTY "]}",
	    STATUS_PARSE, API_FINE, API_FINE, NULL },
};

START_TEST(batch)
{
	struct arena *arena = arena_new();
	struct stats stats[2] = { { .first = 10, .last = 12 },
		{ .first = 10, .last = 12 } };
	struct stats *both[] = { &stats[0], &stats[1] };
	double *series[METRIC_GOOGLE];
	struct stats_item items[2];
	struct error err;
	enum status status;
	int m;

	for (m = 0; m < METRIC_GOOGLE; m++)
		series[m] = arena_alloc(arena, 3 * sizeof(double));
	stats[0].values = stats[1].values = series;
	stats[0].arena = stats[1].arena = arena;
	status = parse_batch(batches[_i].body, strlen(batches[_i].body), 2,
	    both, arena, items, &err);
	ck_assert_msg(status == batches[_i].status, "%s: %s", batches[_i].why,
	    status != STATUS_OK ? err.text : "ok");
	if (status == STATUS_OK) {
		ck_assert_msg(items[0].failure == batches[_i].first,
		    "%s: first %d", batches[_i].why, items[0].failure);
		ck_assert_msg(items[1].failure == batches[_i].second,
		    "%s: second %d", batches[_i].why, items[1].failure);
		ck_assert_pstr_eq(items[0].next, batches[_i].next);
		if (items[0].failure != API_FINE)
			ck_assert_str_ne(items[0].error.text, "");
	}
	arena_free(arena);
}
END_TEST

Suite *
suite_parse(void)
{
	Suite *suite = suite_create("parse");
	TCase *tc = tcase_create("answers");

	tcase_add_loop_test(tc, domains, 0, COUNT(lists));
	tcase_add_loop_test(tc, expensive, 0, 4);
	tcase_add_test(tc, braces_in_texts_are_no_objects);
	tcase_add_loop_test(tc, long_tokens, 0, 2);
	tcase_add_test(tc, deep);
	tcase_add_loop_test(tc, batch, 0, COUNT(batches));
	suite_add_tcase(suite, tc);
	return suite;
}
