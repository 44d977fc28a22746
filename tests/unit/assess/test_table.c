/* Loading the table of requirements, and the table that is shipped. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess/requirements.h"
#include "sendtop/text.h"
#include "table.h"

#define SOURCES(text) "\"sources\":[" text "]"
#define HEAD "{\"requirements\":[{\"id\":\"R1\","
#define WORDS "\"audience\":\"all\",\"title\":\"t\",\"remedy\":\"r\","
#define ROW HEAD WORDS

/* Each sentence, behind the file's name. */
static const struct {
	const char *text, *error;
} bad[] = {
	{ "", "1: '[' or '{' expected near end of file" },
	{ "{\"requirements\":", "1: unexpected token near end of file" },
	{ "{\"a\":1,\"a\":2}", "1: duplicate object key near '\"a\"'" },
	{ "[]", "\"requirements\" must hold 1 to 200 rows" },
	{ "{\"requirements\":[]}", "\"requirements\" must hold 1 to 200 rows" },
	{ "{\"requirements\":7}", "\"requirements\" must hold 1 to 200 rows" },
	{ "{\"requirements\":[7]}",
	    "requirement \"\" needs id, audience (all or bulk), title and "
	    "remedy" },
	{ HEAD "\"audience\":\"some\",\"title\":\"t\",\"remedy\":\"r\"}]}",
	    "requirement \"R1\" needs id, audience (all or bulk), title and "
	    "remedy" },
	{ HEAD "\"audience\":\"all\",\"title\":\"t\",\"remedy\":\"\"}]}",
	    "requirement \"R1\" needs id, audience (all or bulk), title and "
	    "remedy" },
	{ ROW "\"colour\":1}]}", "R1: there is no key \"colour\"" },
	{ ROW "\"need\":\"some\"}]}", "R1: \"need\" must be all or any" },
	{ ROW "\"need\":1}]}", "R1: \"need\" must be all or any" },
	{ ROW "\"most\":\"note\"}]}", "R1: \"most\" must be fail or warn" },
	{ ROW "\"hard\":true}]}", "R1: \"sources\" must hold 1 to 32 rows" },
	{ ROW SOURCES("") "}]}", "R1: \"sources\" must hold 1 to 32 rows" },
	{ ROW SOURCES("7") "}]}",
	    "R1: a source needs one of \"check\", \"google\" and \"measure\"" },
	{ ROW SOURCES("{\"family\":4}") "}]}",
	    "R1: a source needs one of \"check\", \"google\" and \"measure\"" },
	{ ROW SOURCES("{\"check\":\"spf\",\"google\":\"google.spf\"}") "}]}",
	    "R1: a source needs one of \"check\", \"google\" and \"measure\"" },
	{ ROW SOURCES("{\"google\":\"spf\"}") "}]}",
	    "R1: \"spf\" does not begin with google." },
	{ ROW SOURCES("{\"measure\":\"spam\",\"warn_from\":0.1}") "}]}",
	    "R1: there is no measure \"spam\"" },
	{ ROW SOURCES("{\"measure\":\"reject_count\",\"warn_from\":1}") "}]}",
	    "R1: measure \"reject_count\" is a count, a ratio is needed" },
	{ ROW SOURCES("{\"measure\":\"spam_rate\"}") "}]}",
	    "R1: measure \"spam_rate\" needs a line such as warn_from" },
	{ ROW SOURCES("{\"measure\":\"spam_rate\",\"warn_form\":0.1}") "}]}",
	    "R1: there is no key \"warn_form\"" },
	{ ROW SOURCES("{\"measure\":\"spam_rate\",\"warn_from\":\"1\"}") "}]}",
	    "R1: \"warn_from\" must be a ratio above 0 and at most 1" },
	{ ROW SOURCES("{\"measure\":\"spam_rate\",\"fail_from\":0.3,"
		      "\"fail_below\":30}") "}]}",
	    "R1: \"fail_below\" must be a ratio above 0 and at most 1" },
	{ ROW SOURCES("{\"check\":\"spf\",\"fail_from\":0.3}") "}]}",
	    "R1: \"spf\" is no measure and has no lines" },
	{ ROW SOURCES("{\"check\":\"spf\",\"reasons\":[]}") "}]}",
	    "R1: \"reasons\" must be a list of 1 to 32 words" },
	{ ROW SOURCES("{\"check\":\"spf\",\"reasons\":\"ok\"}") "}]}",
	    "R1: \"reasons\" must be a list of 1 to 32 words" },
	{ ROW SOURCES("{\"check\":\"spf\",\"reasons\":[1]}") "}]}",
	    "R1: a reason must be a word" },
	{ ROW SOURCES("{\"google\":\"google.spf\",\"reasons\":[\"ok\"]}") "}]}",
	    "R1: only a check has \"reasons\"" },
	{ ROW SOURCES("{\"check\":\"ptr\",\"family\":5}") "}]}",
	    "R1: \"family\" must be 4 or 6, and of a check" },
	{ ROW SOURCES("{\"google\":\"google.spf\",\"family\":4}") "}]}",
	    "R1: \"family\" must be 4 or 6, and of a check" },
	{ ROW SOURCES("{\"check\":\"ptr\"}") "},{\"id\":\"R1\"," WORDS SOURCES(
	      "{\"check\":\"ptr\"}") "}]}",
	    "R1: there are two rows of this id" },
};

START_TEST(test_bad)
{
	struct requirements *table = NULL;
	struct error err;
	const char *text;

	ck_assert_msg(
	    table_load_text(bad[_i].text, &table, &err) == STATUS_PARSE, "%s",
	    bad[_i].text);
	ck_assert_ptr_eq(table, NULL);
	text = strchr(err.text, ':');
	ck_assert(text != NULL);
	text += strspn(text, ": ");
	ck_assert_str_eq(text, bad[_i].error);
}
END_TEST

START_TEST(test_files)
{
	struct requirements *table = NULL;
	struct error err;
	char *large = mem_zero(1100000, 1);

	ck_assert_int_eq(requirements_load("/nonexistent/table", &table, &err),
	    STATUS_SYSTEM);
	ck_assert_str_eq(
	    err.text, "/nonexistent/table: No such file or directory");
	ck_assert_int_eq(requirements_load("/", &table, &err), STATUS_SYSTEM);
	ck_assert_str_eq(err.text, "/: Is a directory");
	memset(large, ' ', 1099999);
	ck_assert_int_eq(table_load_text(large, &table, &err), STATUS_PARSE);
	ck_assert(strstr(err.text, ": larger than 1024 KiB") != NULL);
	ck_assert_ptr_eq(table, NULL);
	free(large);
	requirements_free(NULL);
}
END_TEST

/* What the file holds is printed, so it cannot steer a terminal. */
START_TEST(test_harmless)
{
	struct requirements *table;
	struct error err;

	ck_assert_msg(
	    table_load_text("{\"requirements\":[{\"id\":\"R\\u001b["
			    "2J\"," WORDS SOURCES("{\"check\":\"ptr\"}") "}]}",
		&table, &err) == STATUS_OK,
	    "%s", err.text);
	ck_assert_str_eq(table->rows[0].row.id, "R\\x1b[2J");
	requirements_free(table);
}
END_TEST

START_TEST(test_fields)
{
	struct requirements *table;
	const struct requirement_row *row;
	struct error err;

	ck_assert_msg(
	    table_load("\"need\":\"any\",\"most\":\"warn\",\"hard\":true,"
		       "\"page\":\"https://p\",\"sources\":[{\"check\":\"ptr\","
		       "\"family\":6,\"reasons\":[\"missing\"]},{\"measure\":"
		       "\"auth_spf\",\"warn_below\":0.99}]",
		&table, &err) == STATUS_OK,
	    "%s", err.text);
	ck_assert_uint_eq(requirements_count(table), 1);
	row = &table->rows[0];
	ck_assert(row->any && row->row.hard && !row->bulk_only);
	ck_assert_int_eq(row->most, VERDICT_WARN);
	ck_assert_str_eq(row->row.page, "https://p");
	ck_assert_uint_eq(row->source_count, 2);
	ck_assert_int_eq(row->sources[0].family, 6);
	ck_assert_str_eq(row->sources[0].reasons[0], "missing");
	ck_assert_int_eq(row->sources[1].metric, METRIC_AUTH_SPF);
	ck_assert(row->sources[1].warn_below == 0.99);
	requirements_free(table);
}
END_TEST

/* --- the table that is shipped -------------------------------------------- */

static void
add_file(struct buf *out, const char *name)
{
	char path[512], block[4096];
	FILE *in = fopen(table_path(path, sizeof(path), name), "re");
	size_t n;

	ck_assert_msg(in != NULL, "%s", path);
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(out, block, n);
	fclose(in);
}

/* All C of a folder, as one text. */
static void
add_folder(struct buf *out, const char *name)
{
	char path[512], file[512];
	DIR *dir = opendir(table_path(path, sizeof(path), name));
	const struct dirent *entry;

	ck_assert_msg(dir != NULL, "%s", path);
	while ((entry = readdir(dir)) != NULL) {
		if (!text_ends_nocase(entry->d_name, ".c"))
			continue;
		snprintf(file, sizeof(file), "%s/%.200s", name, entry->d_name);
		add_file(out, file);
	}
	closedir(dir);
}

static void
expect(const struct buf *text, const char *id, const char *before,
    const char *word)
{
	char *wanted = mem_printf(
	    "%s%s%s", before, word, before[0] == '"' ? "\"" : ",");
	char *logged = mem_printf("say(s, \"%s\"", word);

	ck_assert_msg(strstr(text->data, wanted) != NULL ||
		(before[0] == '&' && strstr(text->data, logged) != NULL),
	    "%s: %s is unknown", id, word);
	free(wanted);
	free(logged);
}

/* Every check, every row of Google's and every reason is a word that the code
 * knows. */
START_TEST(test_share_words)
{
	struct requirements *table = table_load_share();
	struct buf list = { 0 }, checks = { 0 }, google = { 0 };
	size_t i, k, r;

	add_file(&list, "src/checks/check_list.c");
	add_folder(&checks, "src/checks");
	/* What is judged from the log. */
	add_file(&list, "src/assess/traffic.c");
	add_file(&checks, "src/assess/traffic.c");
	add_file(&google, "src/postmaster/compliance.c");
	for (i = 0; i < table->count; i++)
		for (k = 0; k < table->rows[i].source_count; k++) {
			const struct source *s = &table->rows[i].sources[k];
			const char *id = table->rows[i].row.id;

			if (s->kind == SOURCE_CHECK)
				expect(&list, id, "&check_", s->name);
			else if (s->kind == SOURCE_GOOGLE)
				expect(&google, id, "\"", s->name);
			for (r = 0; r < s->reason_count; r++)
				expect(&checks, id, "\"", s->reasons[r]);
		}
	buf_free(&list);
	buf_free(&checks);
	buf_free(&google);
	requirements_free(table);
}
END_TEST

START_TEST(test_share_texts)
{
	struct requirements *table = table_load_share();
	size_t i;

	for (i = 0; i < table->count; i++) {
		const struct requirement *row = &table->rows[i].row;

		ck_assert_msg(text_width(row->title) <= 72, "%s", row->id);
		ck_assert_msg(text_width(row->remedy) <= 160, "%s", row->id);
		ck_assert_msg(
		    row->remedy[strlen(row->remedy) - 1] == '.', "%s", row->id);
		ck_assert_msg(
		    strncmp(row->page, "https://support.google.com/", 27) == 0,
		    "%s", row->id);
	}
	requirements_free(table);
}
END_TEST

/* All that findings or measures can decide is there. */
START_TEST(test_share_ids)
{
	static const char *const ids[] = { "A1-AUTH", "A2-PTR", "A3-TLS",
		"A4-SPAM", "A5-RFC5322", "B1-BOTH", "B2-DMARC", "B3-ALIGN",
		"B4-ONECLICK", "B5-HONOR", "B6-SPAM", "C1", "C2", "C3", "C4",
		"D1", "D2", "D3", "D4", "D7", "F14", "G4", "G9", "H2" };
	struct requirements *table = table_load_share();
	size_t i;

	ck_assert_uint_eq(requirements_count(table), ROWS(ids));
	for (i = 0; i < table->count; i++) {
		ck_assert_str_eq(table->rows[i].row.id, ids[i]);
		ck_assert_msg(table->rows[i].bulk_only == (ids[i][0] == 'B'),
		    "%s", ids[i]);
	}
	requirements_free(table);
}
END_TEST

Suite *
suite_table(void)
{
	Suite *suite = suite_create("table");
	TCase *tc = tcase_create("table");

	tcase_add_loop_test(tc, test_bad, 0, ROWS(bad));
	tcase_add_test(tc, test_files);
	tcase_add_test(tc, test_harmless);
	tcase_add_test(tc, test_fields);
	tcase_add_test(tc, test_share_words);
	tcase_add_test(tc, test_share_texts);
	tcase_add_test(tc, test_share_ids);
	suite_add_tcase(suite, tc);
	return suite;
}
