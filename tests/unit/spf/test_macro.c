/* Macros: the examples of RFC 7208 7.4 and the corners of 7.1 and 7.3. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/spf_parts.h"
#include "suites.h"

#define SPAN(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct spf_values v4 = {
	.local = SPAN("strong-bad"),
	.sender_domain = SPAN("email.example.com"),
	.domain = SPAN("email.example.com"),
	.helo = SPAN("mx.example.org"),
	.ip = { 4, { 192, 0, 2, 3 } },
	.receiver = "in.test",
	.now_s = 1795305600,
};

static const struct spf_values v6 = {
	.local = SPAN("a=b/c_d"),
	.sender_domain = SPAN("email.example.com"),
	.domain = SPAN("email.example.com"),
	.helo = SPAN("x"),
	.ip = { 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 0xcb, [14] = 1 } },
	.validated = "mx.example.org",
};

static const struct {
	const struct spf_values *values;
	const char *text, *want;
} expansions[] = {
	{ &v4, "%{s}", "strong-bad@email.example.com" },
	{ &v4, "%{o}", "email.example.com" },
	{ &v4, "%{d}", "email.example.com" },
	{ &v4, "%{d4}", "email.example.com" },
	{ &v4, "%{d3}", "email.example.com" },
	{ &v4, "%{d2}", "example.com" },
	{ &v4, "%{d1}", "com" },
	{ &v4, "%{d999999999999}", "email.example.com" },
	{ &v4, "%{dr}", "com.example.email" },
	{ &v4, "%{d2r}", "example.email" },
	{ &v4, "%{d1R}", "email" },
	{ &v4, "%{l}", "strong-bad" },
	{ &v4, "%{l-}", "strong.bad" },
	{ &v4, "%{lr}", "strong-bad" },
	{ &v4, "%{lr-}", "bad.strong" },
	{ &v4, "%{l1r-}", "strong" },
	{ &v4, "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com" },
	{ &v4, "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com" },
	{ &v4, "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
	    "3.2.0.192.in-addr.strong.lp._spf.example.com" },
	{ &v4, "%{d2}.trusted-domains.example.net",
	    "example.com.trusted-domains.example.net" },
	{ &v4, "%{h}|%{c}|%{r}|%{t}|%{p}",
	    "mx.example.org|192.0.2.3|in.test|1795305600|unknown" },
	{ &v4, "%%%_%-x", "% %20x" },
	{ &v4, "%{S}", "strong-bad%40email.example.com" },
	{ &v6, "%{ir}.%{v}",
	    "B.C.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2"
	    ".ip6" },
	{ &v6, "%{i1}", "B" },
	{ &v6, "%{c}", "2001:db8::1cb" },
	{ &v6, "%{p}|%{r}", "mx.example.org|unknown" },
	{ &v6, "%{l=/_}", "a.b.c.d" },
	{ &v6, "%{L}", "a%3Db%2Fc_d" },
	{ &v6, "%{L2r=/_}", "b.a" },
	{ &v6, "", "" },
};

START_TEST(test_expand)
{
	struct spf_span text = { expansions[_i].text,
		strlen(expansions[_i].text) };
	struct buf out = { .max = 0 };
	struct spf_fault fault;

	ck_assert(spf_macros_ok(text, true, 0, &fault));
	buf_str(&out, "");
	spf_macros_expand(text, expansions[_i].values, &out);
	ck_assert_str_eq(out.data, expansions[_i].want);
	buf_free(&out);
}
END_TEST

/* A hostile record of macros only stays within its bounds. */
START_TEST(test_bounds)
{
	enum { MACROS = 12000 };
	static char text[MACROS * 5 + 9];
	static char local[SPF_SENDER_MAX - SPF_NAME_SIZE];
	struct spf_values values = v4;
	struct spf_span span = { text, sizeof(text) - 1 };
	struct buf out = { .max = SPF_EXPLANATION_MAX };
	char name[SPF_NAME_SIZE];
	size_t i;

	memset(local, '.', sizeof(local));
	values.local.s = local;
	values.local.len = sizeof(local);
	for (i = 0; i < MACROS; i++)
		memcpy(text + i * 5, "%{Sr}", 5);
	memcpy(text + i * 5, ".x12.test", 9);
	spf_macros_expand(span, &values, &out);
	ck_assert(out.full);
	ck_assert_uint_eq(out.len, SPF_EXPLANATION_MAX);
	/* What is left of the name is its right end, of empty labels. */
	span.len++;
	ck_assert(!spf_spec_expand(span, &values, name));
	values.local.len = 1;
	local[0] = 'a';
	ck_assert(spf_spec_expand(span, &values, name));
	ck_assert_uint_le(strlen(name), SPF_NAME_MAX);
	ck_assert_str_eq(name + strlen(name) - 9, ".x12.test");
	buf_free(&out);
}
END_TEST

static const struct {
	const char *text, *letters;
	bool beyond;
} uses[] = {
	{ "%{d}.x.test", "do", false },
	{ "%{D2r}.x.test", "do", false },
	{ "%{i}.x.test", "do", true },
	{ "%%%{P}", "slodihvcrt", true },
	{ "plain.test", "", false },
};

START_TEST(test_beyond)
{
	struct spf_span text = { uses[_i].text, strlen(uses[_i].text) };

	ck_assert_int_eq(
	    spf_macros_beyond(text, uses[_i].letters), uses[_i].beyond);
}
END_TEST

Suite *
suite_macro(void)
{
	Suite *suite = suite_create("spf_macro");
	TCase *tc = tcase_create("macro");

	tcase_add_loop_test(tc, test_expand, 0, ROWS(expansions));
	tcase_add_loop_test(tc, test_beyond, 0, ROWS(uses));
	tcase_add_test(tc, test_bounds);
	suite_add_tcase(suite, tc);
	return suite;
}
