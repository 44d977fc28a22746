/* The public RFC 7208 suite: 203 senders in 16 worlds, told in facts. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/spf.h"
#include "suites.h"
#include "world.h"

enum {
	CASES = 203,
	SCENARIOS = 16,
	FIELDS_MAX = 9,
	LINE_SIZE = 4096,
	ROUNDS_MAX = 200,
};

/* How the fixture begins the text of the checker's own explanation. */
static const char default_explanation[] = "DEFAULT";

static FILE *
open_fixture(void)
{
	const char *top = getenv("SENDTOP_SRCDIR");
	char path[LINE_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/fixtures/rfc7208.lines",
	    top ? top : ".");
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "cannot read %s", path);
	return file;
}

static size_t
split(char *line, char *fields[FIELDS_MAX])
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (line != NULL && n < FIELDS_MAX)
		fields[n++] = strsep(&line, "\t");
	return n;
}

/* TXT strings are joined; an MX keeps its preference in front. */
static void
add_record(struct spf_world *world, char *fields[], size_t n)
{
	const char *between = strcmp(fields[2], "MX") == 0 ? " " : "";
	char value[LINE_SIZE] = "";
	size_t i, len = 0;

	for (i = 3; i < n; i++) {
		len += (size_t)snprintf(value + len, sizeof(value) - len,
		    "%s%s", i > 3 ? between : "", fields[i]);
		ck_assert_uint_lt(len, sizeof(value));
	}
	spf_world_octets(fields[1]);
	spf_world_add(world, fields[1], fields[2], value);
}

static const char *
field(const char *text)
{
	return strcmp(text, "-") == 0 ? "" : text;
}

static void
check_host(struct spf_world *world, const struct spf_request *request,
    struct arena *arena, struct spf_outcome *out)
{
	struct facts *facts = facts_new();
	int rounds = 0;

	facts_begin(facts, request->now_s);
	while (spf_check_host(facts, request, arena, out) == CHECK_WAITING) {
		ck_assert_uint_gt(spf_world_answer(world, facts), 0);
		ck_assert_int_lt(++rounds, ROUNDS_MAX);
	}
	facts_free(facts);
}

/* The first of the results allowed is the preferred one; it is what we say. */
static void
compare(char *fields[], const struct spf_outcome *out)
{
	const char *got = spf_result_name(out->result);
	char *want = fields[5], *first = strsep(&want, ",");

	ck_assert_msg(strcmp(got, first) == 0, "%s: %s instead of %s (%s)",
	    fields[1], got, first, out->problem);
	if (strcmp(fields[6], "-") == 0)
		return;
	ck_assert_msg(strcmp(out->explanation, fields[6]) == 0,
	    "%s: explanation \"%s\" instead of \"%s\"", fields[1],
	    out->explanation, fields[6]);
}

static void
run_case(struct spf_world *world, char *fields[])
{
	struct arena *arena = arena_new();
	struct address ip;
	struct spf_request request = {
		.ip = &ip,
		.helo = field(fields[2]),
		.mail_from = field(fields[4]),
		.default_explanation = default_explanation,
		.now_s = 1795305600,
	};
	struct spf_outcome out;

	ck_assert_msg(address_parse(fields[3], &ip), "%s", fields[3]);
	spf_world_octets(fields[2]);
	spf_world_octets(fields[4]);
	spf_world_octets(fields[6]);
	check_host(world, &request, arena, &out);
	compare(fields, &out);
	arena_free(arena);
}

/* One scenario, so that a failure names it and the others still run. */
START_TEST(test_scenario)
{
	struct spf_world *world = spf_world_new();
	FILE *file = open_fixture();
	char line[LINE_SIZE], *fields[FIELDS_MAX];
	int scenario = -1;
	size_t n;

	while (fgets(line, sizeof(line), file) != NULL) {
		n = split(line, fields);
		if (fields[0][0] == 'S')
			scenario++;
		if (scenario != _i)
			continue;
		if (fields[0][0] == 'R')
			add_record(world, fields, n);
		else if (fields[0][0] == 'T')
			run_case(world, fields);
	}
	fclose(file);
	spf_world_free(world);
}
END_TEST

START_TEST(test_complete)
{
	FILE *file = open_fixture();
	char line[LINE_SIZE];
	int scenarios = 0, cases = 0;

	while (fgets(line, sizeof(line), file) != NULL) {
		scenarios += line[0] == 'S';
		cases += line[0] == 'T';
	}
	fclose(file);
	ck_assert_int_eq(scenarios, SCENARIOS);
	ck_assert_int_eq(cases, CASES);
}
END_TEST

Suite *
suite_rfc7208(void)
{
	Suite *suite = suite_create("rfc7208");
	TCase *tc = tcase_create("suite");

	tcase_add_test(tc, test_complete);
	tcase_add_loop_test(tc, test_scenario, 0, SCENARIOS);
	suite_add_tcase(suite, tc);
	return suite;
}
