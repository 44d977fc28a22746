/* The Received-SPF header field: its grammar, quoting and folding. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/spf.h"
#include "suites.h"
#include "world.h"

enum {
	ROUNDS_MAX = 200,
	TEXT_SIZE = 8192,
};

static const struct {
	const char *world, *ip, *helo, *from, *receiver, *text;
} rows[] = {
	{ "a.test TXT v=spf1 mx ip4:192.0.2.1 -all\n", "192.0.2.1",
	    "mail.a.test", "x@a.test", "mx.b.test",
	    "Received-SPF: pass\n"
	    "\t(mx.b.test: domain of x@a.test designates 192.0.2.1 as "
	    "permitted sender)\n"
	    "\treceiver=mx.b.test; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"x@a.test\"; helo=mail.a.test; "
	    "mechanism=\"ip4:192.0.2.1\"\n" },
	{ "a.test TXT v=spf1 ?all\n", "2001:db8::1", "a.test", "", NULL,
	    "Received-SPF: neutral\n"
	    "\t(unknown: domain of a.test says nothing about 2001:db8::1)\n"
	    "\treceiver=unknown; identity=helo; client-ip=\"2001:db8::1\";\n"
	    "\tenvelope-from=\"\"; helo=a.test; mechanism=?all\n" },
	{ "a.test TXT v=spf1 mx\n", "192.0.2.1", "", "x@a.test", NULL,
	    "Received-SPF: neutral\n"
	    "\t(unknown: domain of x@a.test says nothing about 192.0.2.1)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"x@a.test\"; mechanism=default\n" },
	{ "a.test TXT v=spf1 include:b.test -all\n"
	  "b.test TXT v=spf1 ip4:192.0.2.1 -all\n",
	    "192.0.2.1", "", "x@a.test", NULL,
	    "Received-SPF: pass\n"
	    "\t(unknown: domain of x@a.test designates 192.0.2.1 as "
	    "permitted sender)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"x@a.test\"; mechanism=\"include:b.test\"\n" },
	{ "a.test TXT v=spf1 redirect=b.test\n"
	  "b.test TXT v=spf1 ip4:192.0.2.9 ~all\n",
	    "192.0.2.1", "", "x@a.test", NULL,
	    "Received-SPF: softfail\n"
	    "\t(unknown: domain of x@a.test does not designate 192.0.2.1 as "
	    "permitted sender, but is not sure)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"x@a.test\"; mechanism=~all\n" },
	{ "", "192.0.2.1", "", "x@a.test", NULL,
	    "Received-SPF: none (unknown: domain of x@a.test publishes no SPF record)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"x@a.test\"\n" },
	{ "a.test TXT !timeout\n", "192.0.2.1", "", "x@a.test", NULL,
	    "Received-SPF: temperror (unknown: domain of x@a.test could not be looked up)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"x@a.test\"; "
	    "problem=\"a.test TXT: no answer in time\"\n" },
	/* Whatever a client says stays inside its quotes. */
	{ "a.test TXT v=spf1 -all\n", "192.0.2.1",
	    "e\"vil\\ ;x=1\r\nSubject: hi", "(o\"\\\t)@a.test", NULL,
	    "Received-SPF: fail\n"
	    "\t(unknown: domain of \\(o\"\\\\ \\)@a.test does not designate "
	    "192.0.2.1 as permitted sender)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"(o\\\"\\\\ )@a.test\";\n"
	    "\thelo=\"e\\\"vil\\\\ ;x=1\\\\x0d\\\\x0aSubject: hi\"; "
	    "mechanism=-all\n" },
	{ "a.test TXT v=spf1 -all\n", "192.0.2.1", ".a..b.", "@a.test", NULL,
	    "Received-SPF: fail\n"
	    "\t(unknown: domain of @a.test does not designate 192.0.2.1 as "
	    "permitted sender)\n"
	    "\treceiver=unknown; identity=mailfrom; client-ip=192.0.2.1;\n"
	    "\tenvelope-from=\"@a.test\"; helo=\".a..b.\"; "
	    "mechanism=-all\n" },
};

static void
header(const char *world, const struct spf_request *request, char *text)
{
	struct spf_world *w = spf_world_of(world);
	struct arena *arena = arena_new();
	struct facts *facts = facts_new();
	FILE *file = fmemopen(text, TEXT_SIZE, "w");
	struct spf_outcome out;
	int rounds = 0;

	ck_assert_ptr_nonnull(file);
	facts_begin(facts, 0);
	while (spf_check_host(facts, request, arena, &out) == CHECK_WAITING) {
		ck_assert_uint_gt(spf_world_answer(w, facts), 0);
		ck_assert_int_lt(++rounds, ROUNDS_MAX);
	}
	spf_print_header(file, request, &out);
	fclose(file);
	facts_free(facts);
	arena_free(arena);
	spf_world_free(w);
}

START_TEST(test_header)
{
	char text[TEXT_SIZE] = "";
	struct address ip;
	struct spf_request request = { .ip = &ip,
		.helo = rows[_i].helo,
		.mail_from = rows[_i].from,
		.receiver = rows[_i].receiver };

	ck_assert(address_parse(rows[_i].ip, &ip));
	header(rows[_i].world, &request, text);
	ck_assert_str_eq(text, rows[_i].text);
}
END_TEST

/* As long as they come: no line passes the 998 octets of RFC 5322 2.1.1, and
 * every further one begins with white space. */
START_TEST(test_long)
{
	static const char fills[] = "x\"\\(";
	char text[TEXT_SIZE] = "", long_text[1024], *line, *rest = text;
	struct address ip;
	struct spf_request request = { .ip = &ip,
		.helo = long_text,
		.mail_from = long_text,
		.receiver = long_text };
	size_t lines = 0;

	memset(long_text, fills[_i], sizeof(long_text));
	memcpy(long_text + 700, "@a.test", 8);
	ck_assert(address_parse("192.0.2.1", &ip));
	header("a.test TXT v=spf1 -all\n", &request, text);
	ck_assert_ptr_nonnull(strstr(text, "mechanism=-all\n"));
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		ck_assert_uint_le(strlen(line), 998);
		ck_assert(lines++ == 0 || *line == '\t');
	}
}
END_TEST

Suite *
suite_header(void)
{
	Suite *suite = suite_create("spf_header");
	TCase *tc = tcase_create("header");

	tcase_add_loop_test(tc, test_header, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_long, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
