/* bimi: the record, the DMARC behind it, the logo and its certificate. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checks/bimi.h"
#include "checks/list.h"
#include "marks.h"
#include "suites.h"
#include "world.h"

#define OWNER "default._bimi.example.com TXT "
#define RECORD OWNER "v=BIMI1; l=https://w.test/l.svg; a=https://w.test/m.pem\n"
#define DMARC "_dmarc.example.com TXT v=DMARC1; p=reject\n"
#define WEB "w.test A 8.8.8.8\n"
#define LOGO_AT "https://w.test/l.svg HTTPS 8.8.8.8 type=image/svg+xml "
#define MARK_AT "https://w.test/m.pem HTTPS 8.8.8.8 "
#define SVG                                                                  \
	"<?xml version=\"1.0\"?>|<svg xmlns=\"http://www.w3.org/2000/svg\" " \
	"version=\"1.2\" baseProfile=\"tiny-ps\"><title>x</title></svg>|"
#define LOGO LOGO_AT "body=" SVG "\n"
#define MARK MARK_AT "body=" MARK_GOOD "\n"
#define ALL RECORD WEB LOGO MARK
#define WITH(policy) ALL "_dmarc.example.com TXT v=DMARC1; " policy "\n"

static const struct {
	const char *why, *lines;
	enum verdict verdict;
	const char *reason, *text, *cure;
} rows[] = {
	{ "good", ALL DMARC, VERDICT_PASS, "ok", "l=https://w.test/l.svg",
	    NULL },
	{ "quarantine", WITH("p=quarantine; pct=100"), VERDICT_PASS, "ok", "",
	    NULL },
	{ "the logo is in the certificate",
	    OWNER "v=BIMI1; l=; a=https://w.test/m.pem\n" WEB MARK DMARC,
	    VERDICT_PASS, "ok", "", NULL },
	{ "a port that is the usual one",
	    OWNER "v=BIMI1;l=https://w.test:443/l.svg;a=https://w.test/m.pem\n"
		  "https://w.test:443/l.svg HTTPS 8.8.8.8 body=" SVG
		  "\n" WEB MARK DMARC,
	    VERDICT_PASS, "ok", "", NULL },

	{ "nothing", DMARC, VERDICT_NOTE, "missing",
	    "default._bimi.example.com", NULL },
	{ "another record", OWNER "hello\n" DMARC, VERDICT_NOTE, "missing", "",
	    NULL },
	{ "declined", OWNER "v=BIMI1; l=; a=;\n" DMARC, VERDICT_SKIP,
	    "declined", "no logo", NULL },
	{ "declined without a=", OWNER "v=BIMI1; l=;\n" DMARC, VERDICT_SKIP,
	    "declined", "", NULL },

	{ "the version is not first",
	    OWNER "l=https://w.test/l.svg; v=BIMI1\n" DMARC, VERDICT_WARN,
	    "syntax", "must begin with", NULL },
	{ "the version in small letters",
	    OWNER "v=bimi1; l=https://w.test/l.svg\n" DMARC, VERDICT_WARN,
	    "syntax", "must begin with", NULL },
	{ "no l=", OWNER "v=BIMI1; a=https://w.test/m.pem\n" DMARC,
	    VERDICT_WARN, "syntax", "no l=", NULL },
	{ "http", OWNER "v=BIMI1; l=http://w.test/l.svg\n" DMARC, VERDICT_WARN,
	    "syntax", "l= is not an https URL", NULL },
	{ "an address", OWNER "v=BIMI1; l=https://8.8.8.8/l.svg\n" DMARC,
	    VERDICT_WARN, "syntax", "l= is not", NULL },
	{ "another port", OWNER "v=BIMI1; l=https://w.test:25/l.svg\n" DMARC,
	    VERDICT_WARN, "syntax", "l= is not", NULL },
	{ "a user", OWNER "v=BIMI1; l=https://a@w.test/l.svg\n" DMARC,
	    VERDICT_WARN, "syntax", "l= is not", NULL },
	{ "a= is no URL",
	    OWNER "v=BIMI1; l=https://w.test/l.svg; a=self\n" DMARC,
	    VERDICT_WARN, "syntax", "a= is not", NULL },
	{ "a part without =", OWNER "v=BIMI1; l=; x\n" DMARC, VERDICT_WARN,
	    "syntax", "without \"=\"", NULL },
	{ "several", RECORD OWNER "v=BIMI1; l=;\n" DMARC, VERDICT_WARN,
	    "syntax", "several records", NULL },

	{ "no DMARC", ALL, VERDICT_NOTE, "dmarc_too_weak", "see dmarc", NULL },
	{ "p=none", WITH("p=none; rua=mailto:a@example.com"), VERDICT_NOTE,
	    "dmarc_too_weak", "policy is none",
	    "\"v=DMARC1; p=quarantine; rua=mailto:a@example.com\" ; was" },
	{ "sp=none", WITH("p=reject; sp=none"), VERDICT_NOTE, "dmarc_too_weak",
	    "sp=none", "\"v=DMARC1; p=reject\" ; was" },
	{ "t=y", WITH("p=reject; t=y"), VERDICT_NOTE, "dmarc_too_weak", "t=y",
	    "\"v=DMARC1; p=reject\"" },
	{ "pct=50", WITH("p=quarantine; pct=50"), VERDICT_NOTE,
	    "dmarc_too_weak", "pct=", "\"v=DMARC1; p=quarantine\"" },
	{ "broken", WITH("p=perhaps"), VERDICT_NOTE, "dmarc_too_weak", "broken",
	    NULL },

	{ "no certificate",
	    OWNER "v=BIMI1; l=https://w.test/l.svg\n" WEB LOGO DMARC,
	    VERDICT_NOTE, "no_certificate", "Gmail", NULL },
	{ "no host", RECORD DMARC, VERDICT_WARN, "logo_unreachable",
	    "w.test has no address; certificate_unreachable", NULL },
	{ "404", RECORD WEB LOGO_AT "code=404\n" MARK DMARC, VERDICT_WARN,
	    "logo_unreachable", "HTTP 404", NULL },
	{ "untrusted", RECORD WEB LOGO_AT "untrusted\n" MARK DMARC,
	    VERDICT_WARN, "logo_unreachable", "not trusted", NULL },
	{ "too large", RECORD WEB LOGO_AT "too_large\n" MARK DMARC,
	    VERDICT_WARN, "logo_unreachable", "64 KiB", NULL },
	{ "HTML", RECORD WEB LOGO_AT "body=<html><svg/></html>\n" MARK DMARC,
	    VERDICT_WARN, "logo_format", "<html>", NULL },
	{ "compressed", RECORD WEB LOGO_AT "body=\\031\\139\\008\n" MARK DMARC,
	    VERDICT_NOTE, "logo_compressed", "", NULL },
	{ "the certificate's 404", RECORD WEB LOGO MARK_AT "code=404\n" DMARC,
	    VERDICT_WARN, "certificate_unreachable", "HTTP 404", NULL },
	{ "no PEM", RECORD WEB LOGO MARK_AT "body=hello\n" DMARC, VERDICT_WARN,
	    "certificate_format", "no PEM", NULL },
	{ "another kind of certificate",
	    RECORD WEB LOGO MARK_AT "body=" MARK_PLAIN "\n" DMARC, VERDICT_WARN,
	    "certificate_format", "not one for marks", NULL },
	{ "expired", RECORD WEB LOGO MARK_AT "body=" MARK_EXPIRED "\n" DMARC,
	    VERDICT_WARN, "certificate_expired", "ended on 2026-01-01", NULL },
	{ "too early", RECORD WEB LOGO MARK_AT "body=" MARK_FUTURE "\n" DMARC,
	    VERDICT_WARN, "certificate_expired", "begins on 2030-01-01", NULL },
	{ "a private address", RECORD "w.test A 10.0.0.1\n" DMARC, VERDICT_WARN,
	    "unsafe", "special address", NULL },
	{ "the worst comes first",
	    RECORD WEB LOGO MARK_AT "code=404\n"
				    "_dmarc.example.com TXT v=DMARC1; "
				    "p=none\n",
	    VERDICT_WARN, "certificate_unreachable",
	    "; dmarc_too_weak: ", NULL },

	{ "DNS is silent", OWNER "!timeout\n" DMARC, VERDICT_UNKNOWN, "timeout",
	    "default._bimi.example.com", NULL },
	{ "DMARC is silent", ALL "_dmarc.example.com TXT !timeout\n",
	    VERDICT_UNKNOWN, "timeout", "_dmarc.example.com", NULL },
	{ "DMARC is silent, no record", "_dmarc.example.com TXT !timeout\n",
	    VERDICT_UNKNOWN, "timeout", "_dmarc.example.com", NULL },
	{ "the host cannot be looked up", RECORD "w.test A !servfail\n" DMARC,
	    VERDICT_UNKNOWN, "servfail", "w.test", NULL },
	{ "the logo is silent", RECORD WEB LOGO_AT "timeout\n" MARK DMARC,
	    VERDICT_UNKNOWN, "timeout", "w.test", NULL },
	{ "the certificate is silent",
	    RECORD WEB LOGO MARK_AT "timeout\n" DMARC, VERDICT_UNKNOWN,
	    "timeout", "w.test", NULL },
	{ "our own network", RECORD WEB LOGO_AT "network\n" MARK DMARC,
	    VERDICT_UNKNOWN, "network", "this machine", NULL },
	{ "a fault outdoes silence",
	    RECORD WEB LOGO_AT "timeout\n" MARK_AT "code=404\n" DMARC,
	    VERDICT_WARN, "certificate_unreachable", "", NULL },
};

START_TEST(test_reasons)
{
	struct world *world = world_new(rows[_i].lines);

	world_domain(world, &check_bimi, "example.com");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].text, rows[_i].cure);
	world_free(world);
}
END_TEST

/* A subdomain shows the logo of its organizational domain. */
static const struct {
	const char *dmarc;
	enum verdict verdict;
	const char *reason, *text;
} below[] = {
	{ DMARC, VERDICT_PASS, "ok", "found at default._bimi.example.com" },
	{ "_dmarc.example.com TXT v=DMARC1; p=none; sp=reject\n", VERDICT_PASS,
	    "ok", "" },
	{ "_dmarc.example.com TXT v=DMARC1; p=reject; sp=none\n", VERDICT_NOTE,
	    "dmarc_too_weak", "sp=none" },
	{ DMARC "_dmarc.news.example.com TXT v=DMARC1; p=none\n", VERDICT_NOTE,
	    "dmarc_too_weak", "policy is none" },
	{ DMARC "default._bimi.news.example.com TXT v=BIMI1; l=;\n",
	    VERDICT_SKIP, "declined", "" },
	{ "_dmarc.com TXT !timeout\n", VERDICT_UNKNOWN, "timeout",
	    "_dmarc.com" },
};

START_TEST(test_below)
{
	struct arena *arena = arena_new();
	struct world *world = world_new(
	    arena_printf(arena, "%s%s", ALL, below[_i].dmarc));

	world_domain(world, &check_bimi, "news.example.com");
	world_expect(world, below[_i].dmarc, below[_i].verdict,
	    below[_i].reason, below[_i].text, world_finding(world, 0)->cure);
	world_free(world);
	arena_free(arena);
}
END_TEST

START_TEST(test_nowhere)
{
	struct world *world = world_new(DMARC);

	world_domain(world, &check_bimi, "news.example.com");
	world_expect(world, "nowhere", VERDICT_NOTE, "missing",
	    "default._bimi.news.example.com nor at default._bimi.example.com",
	    NULL);
	world_free(world);
}
END_TEST

START_TEST(test_https_off)
{
	struct world *world = world_new(ALL DMARC);
	struct subject subject = {
		.domain = "example.com",
		.now_s = WORLD_NOW,
	};

	world_run(world, &check_bimi, &subject);
	world_expect(
	    world, "off", VERDICT_SKIP, "not_fetched", "[https]", NULL);
	world_free(world);
	world = world_new(WITH("p=none"));
	world_run(world, &check_bimi, &subject);
	ck_assert_str_eq(world_finding(world, 0)->reason, "dmarc_too_weak");
	world_free(world);
}
END_TEST

/* Logo and certificate are fetched in one round. */
START_TEST(test_rounds)
{
	struct world *world = world_new(ALL DMARC);

	world_domain(world, &check_bimi, "example.com");
	ck_assert_uint_eq(world_rounds(world), 3);
	world_free(world);
}
END_TEST

/* --- the logo alone ------------------------------------------------------- */

#define NS "xmlns=\"http://www.w3.org/2000/svg\" "
#define TINY "version=\"1.2\" baseProfile=\"tiny-ps\""

static const struct {
	const char *body, *problem; /* NULL: good */
} logos[] = {
	{ "<svg " NS TINY "><title>x</title></svg>", NULL },
	{ "\xef\xbb\xbf<?xml version='1.0'?>\r\n<!-- a > b <svg> -->\n"
	  "<!DOCTYPE svg [ <!ENTITY a \"b\"> ]>\n<svg\n\tbaseProfile = "
	  "'tiny-ps' version='1.2'\n" NS ">\n<title/></svg>",
	    NULL },
	{ "<svg " NS TINY "><!-- <script> --><![CDATA[<image>]]><title>"
	  "</title></svg>",
	    NULL },
	{ "<svg " NS TINY "><setting/><title/></svg>", NULL },
	{ "", "empty" },
	{ "GIF89a", "not SVG" },
	{ "   ", "not SVG" },
	{ "<!-- <svg> ", "not SVG" },
	{ "<", "root element is <>" },
	{ "<html>", "root element is <html>" },
	{ "<svgx " NS TINY ">", "root element is <svgx>" },
	{ "<\x1b[2J>", "root element is <\\x1b[2J>" },
	{ "<svg " NS TINY, "broken" },
	{ "<svg " NS "version=1.2 baseProfile=\"tiny-ps\">", "broken" },
	{ "<svg " NS "version=\"1.2>", "broken" },
	{ "<svg " TINY "><title/></svg>", "namespace" },
	{ "<svg " NS "version=\"1.1\" baseProfile=\"tiny-ps\"><title/>",
	    "version=\"1.2\"" },
	{ "<svg " NS "baseProfile=\"tiny-ps\"><title/>", "version=\"1.2\"" },
	{ "<svg " NS "version=\"1.2\" baseProfile=\"tiny\"><title/>",
	    "tiny-ps" },
	{ "<svg " NS TINY " x=\"0\"><title/></svg>", "x= or y=" },
	{ "<svg " NS TINY "><g/></svg>", "no <title>" },
	{ "<svg " NS TINY "><title/><script>1</script></svg>", "<script>" },
	{ "<svg " NS TINY "><title/><image href=\"x\"/></svg>", "<image>" },
	{ "<svg " NS TINY "><title/><g><animate/></g></svg>", "<animate>" },
};

START_TEST(test_logo)
{
	struct arena *arena = arena_new();
	const char *body = logos[_i].body;
	/* A copy of just its size: nothing behind may be looked at. */
	char *copy = mem_ndup(body, strlen(body));
	const char *problem = logo_problem(copy, strlen(body), arena);

	if (logos[_i].problem == NULL)
		ck_assert_msg(problem == NULL, "%s: %s", body, problem);
	else
		ck_assert_msg(problem != NULL &&
			strstr(problem, logos[_i].problem) != NULL,
		    "%s: %s", body, problem);
	free(copy);
	arena_free(arena);
}
END_TEST

START_TEST(test_large_logo)
{
	static const char head[] = "<svg " NS TINY "><title/>";
	struct arena *arena = arena_new();
	char *body = mem_alloc(LOGO_MAX + 1);

	memset(body, ' ', LOGO_MAX + 1);
	memcpy(body, head, sizeof(head) - 1);
	ck_assert_ptr_null(logo_problem(body, LOGO_MAX, arena));
	ck_assert_ptr_nonnull(logo_problem(body, LOGO_MAX + 1, arena));
	free(body);
	arena_free(arena);
}
END_TEST

/* --- the certificate alone ------------------------------------------------ */

static bool
read_marks(const char *text, size_t cut, struct mark *out)
{
	char *body = mem_ndup(text, strlen(text) - cut), *at;
	size_t len = strlen(body);
	bool good;

	for (at = body; *at != '\0'; at++)
		if (*at == '|')
			*at = '\n';
	good = mark_read(body, len, out);
	free(body);
	return good;
}

START_TEST(test_marks)
{
	struct mark mark;
	size_t i;

	ck_assert(read_marks("a word before|" MARK_GOOD MARK_PLAIN, 0, &mark));
	ck_assert_uint_eq(mark.count, 2);
	ck_assert(mark.for_mark);
	ck_assert_int_eq(mark.not_before_s, 1767225600);
	ck_assert_int_eq(mark.not_after_s, 2082758400);
	ck_assert(read_marks(MARK_FUTURE, 0, &mark));
	/* GeneralizedTime from 2050 on. */
	ck_assert_int_eq(mark.not_after_s, 2556144000);
	ck_assert(read_marks(MARK_PLAIN, 0, &mark));
	ck_assert(!mark.for_mark);
	/* Cut anywhere, it is none. */
	for (i = 2; i < sizeof(MARK_GOOD); i++)
		ck_assert(!read_marks(MARK_GOOD, i, &mark));
	ck_assert(!read_marks("-----BEGIN CERTIFICATE-----|AAAA|"
			      "-----END CERTIFICATE-----|",
	    0, &mark));
	ck_assert(!read_marks("-----BEGIN CERTIFICATE-----|****|"
			      "-----END CERTIFICATE-----|",
	    0, &mark));
	ck_assert(!read_marks("-----BEGIN CERTIFICATE-----"
			      "-----END CERTIFICATE-----|",
	    0, &mark));
}
END_TEST

Suite *
suite_bimi(void)
{
	Suite *suite = suite_create("bimi");
	TCase *tc = tcase_create("bimi");

	tcase_add_loop_test(tc, test_reasons, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_below, 0, ROWS(below));
	tcase_add_test(tc, test_nowhere);
	tcase_add_test(tc, test_https_off);
	tcase_add_test(tc, test_rounds);
	tcase_add_loop_test(tc, test_logo, 0, ROWS(logos));
	tcase_add_test(tc, test_large_logo);
	tcase_add_test(tc, test_marks);
	suite_add_tcase(suite, tc);
	return suite;
}
