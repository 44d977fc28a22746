/* tls_rpt: one record, and destinations that reports can go to. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define AT "_smtp._tls.example.com TXT "
#define CURE "_smtp._tls.example.com. IN TXT \"v=TLSRPTv1; rua=mailto:"

static const struct {
	const char *lines;
	enum verdict verdict;
	const char *reason, *text, *cure;
} rows[] = {
	{ AT "v=TLSRPTv1; rua=mailto:tls@example.com\n", VERDICT_PASS, "ok",
	    "mailto:tls@example.com", NULL },
	{ AT "v=TLSRPTv1;rua=mailto:a@b.test , https://r.test/v1?a=b;\n",
	    VERDICT_PASS, "ok", "https://r.test/v1?a=b", NULL },
	{ AT "v=TLSRPTv1; rua=mailto:a@b.test?subject=x; ext=1\n", VERDICT_PASS,
	    "ok", "", NULL },
	{ "_smtp._tls.example.com CNAME t.host.test\n"
	  "t.host.test TXT v=TLSRPTv1; rua=mailto:a@b.test\n",
	    VERDICT_PASS, "ok", "", NULL },
	{ AT "hello\n" AT "v=TLSRPTv1; rua=mailto:a@b.test\n", VERDICT_PASS,
	    "ok", "", NULL },
	{ "example.com A 8.8.8.8\n", VERDICT_NOTE, "missing",
	    "_smtp._tls.example.com", CURE "tlsrpt@example.com\"" },
	{ AT "hello\n", VERDICT_NOTE, "missing", "", CURE },
	{ AT "v=TLSRPTv1 rua=mailto:a@b.test\n", VERDICT_FAIL, "syntax",
	    "must begin with", CURE "a@b.test\" ; was \"v=TLSRPTv1 rua" },
	{ AT "v=tlsrptv1; rua=mailto:a@b.test\n", VERDICT_FAIL, "syntax",
	    "must begin with", CURE "a@b.test\"" },
	{ AT "\"v=TLSRPTv1; rua=mailto:a@b.test\"\n", VERDICT_FAIL, "syntax",
	    "must begin with", CURE "a@b.test\"" },
	{ "_smtp._tls.example.com CNAME t.host.test\n"
	  "t.host.test TXT v=TLSRPTv1; rua=a@b.test\n",
	    VERDICT_FAIL, "syntax", "\"a@b.test\"",
	    "t.host.test. IN TXT \"v=TLSRPTv1; rua=mailto:a@b.test\" ; was "
	    "\"v=TLSRPTv1; rua=a@b.test\" ; _smtp._tls.example.com is an" },
	{ AT "v=TLSRPTv1;\n", VERDICT_FAIL, "syntax", "no rua=", CURE },
	{ AT "v=TLSRPTv1; rua=\n", VERDICT_FAIL, "syntax", "without a value",
	    CURE },
	{ AT "v=TLSRPTv1; rua=a@b.test, https://r.test/\n", VERDICT_FAIL,
	    "syntax", "\"a@b.test\"", CURE "a@b.test,https://r.test/\"" },
	{ AT "v=TLSRPTv1; rua=mailto:nobody\n", VERDICT_FAIL, "syntax",
	    "mailto:nobody", CURE "tlsrpt@example.com\"" },
	{ AT "v=TLSRPTv1; rua=mailto:@b.test\n", VERDICT_FAIL, "syntax", "",
	    CURE },
	{ AT "v=TLSRPTv1; rua=http://r.test/\n", VERDICT_FAIL, "syntax",
	    "neither mailto: nor https:", CURE },
	{ AT "v=TLSRPTv1; rua=mailto:a@b.test,\n", VERDICT_FAIL, "syntax",
	    "\"\"", CURE },
	{ AT "v=TLSRPTv1; rua=mailto:a@b.test!10m\n", VERDICT_FAIL, "syntax",
	    "10m", CURE },
	{ AT "v=TLSRPTv1; rua=mailto:a@b.test; rua=mailto:c@d.test\n",
	    VERDICT_FAIL, "syntax", "comes twice", CURE },
	{ AT "v=TLSRPTv1; rua=mailto:a@b.test\n" AT
	     "v=TLSRPTv1; rua=mailto:c@d.test\n",
	    VERDICT_FAIL, "syntax", "several records",
	    CURE "a@b.test,mailto:c@d.test\" ; as the only one" },
	{ AT "!timeout\n", VERDICT_UNKNOWN, "timeout", "", NULL },
	{ AT "!servfail\n", VERDICT_UNKNOWN, "servfail", "", NULL },
};

START_TEST(test_reasons)
{
	struct world *world = world_new(rows[_i].lines);

	world_domain(world, &check_tls_rpt, "example.com");
	world_expect(world, rows[_i].lines, rows[_i].verdict, rows[_i].reason,
	    rows[_i].text, rows[_i].cure);
	ck_assert_uint_eq(world_asked(world), 1);
	world_free(world);
}
END_TEST

Suite *
suite_tls_rpt(void)
{
	Suite *suite = suite_create("tls_rpt");
	TCase *tc = tcase_create("tls_rpt");

	tcase_add_loop_test(tc, test_reasons, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
