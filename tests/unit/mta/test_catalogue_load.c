/* catalogue_load: every wrong member is refused, with its file and row. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "tests/unit/mta/shared.h"
#include "tests/unit/mta/suites.h"

#define ROW(key, codes, match, rest)                          \
	"{\"key\": \"" key "\", " codes ", \"match\": " match \
	", \"category\": \"ptr\", \"class\": \"permanent\", " \
	"\"severity\": \"warn\", \"slow_down\": false, "      \
	"\"meaning\": \"m\", \"remedy\": \"r\", \"edition\": \"e\"" rest "}"
#define CODES "\"reply\": 550, \"enhanced\": \"5.7.1\""
#define MATCH "[\"some words\"]"
#define FILE_OF(rows)                                  \
	"{\"about\": \"a\", \"provider\": \"yahoo\", " \
	"\"marks\": [\"mark.test\"], \"replies\": [" rows "]}"
#define GOOD ROW("a", CODES, MATCH, "")

static const struct {
	const char *text, *words; /* NULL: it is read */
} rows[] = {
	{ FILE_OF(GOOD), NULL },
	{ FILE_OF(ROW("a", "\"reply\": 550", MATCH, "")), NULL },
	{ FILE_OF(ROW(
	      "a", "\"reply\": 550, \"enhanced\": \"5.7.606-649\"", MATCH, "")),
	    NULL },
	{ FILE_OF(ROW("a", CODES, MATCH, ", \"note\": \"n\"")), NULL },
	{ FILE_OF(ROW("a", CODES, MATCH, ", \"generic\": true")), NULL },
	{ "", "yahoo-replies.json:1: " },
	{ "[]", "an object is needed" },
	{ "{", "yahoo-replies.json:1: " },
	{ "{\"provider\": \"yahoo\", \"marks\": [\"a.test\"]}",
	    "\"replies\" must be a list" },
	{ "{\"provider\": \"gmail\", \"marks\": [\"a.test\"], \"replies\": "
	  "[" GOOD "]}",
	    "\"provider\" must be \"yahoo\"" },
	{ "{\"provider\": \"yahoo\", \"replies\": [" GOOD "]}",
	    "the file: \"marks\" must be a list" },
	{ "{\"provider\": \"yahoo\", \"marks\": [\"a.test\"], \"replies\": "
	  "[" GOOD "], \"more\": 1}",
	    "the file: there is no member \"more\"" },
	{ FILE_OF("7"), "row 1: \"key\" must be a text" },
	{ FILE_OF(GOOD ", {}"), "row 2: \"key\" must be a text" },
	{ FILE_OF(GOOD ", " GOOD), "a: there are two rows" },
	{ FILE_OF(ROW("rcpt_first", CODES, MATCH, "")),
	    "rcpt_first: there are two rows" },
	{ FILE_OF(ROW("a", CODES, MATCH, ", \"colour\": 1")),
	    "a: there is no member \"colour\"" },
	{ FILE_OF(ROW("a", "\"reply\": \"550\"", MATCH, "")),
	    "a: \"reply\" must be a number" },
	{ FILE_OF(ROW("a", "\"reply\": 250", MATCH, "")),
	    "a: \"reply\" must be a number" },
	{ FILE_OF(ROW("a", "\"reply\": 451", MATCH, "")),
	    "a: \"class\" does not fit" },
	{ FILE_OF(ROW("a", "\"reply\": 550, \"enhanced\": \"5.7\"", MATCH, "")),
	    "a: \"enhanced\" must be like" },
	{ FILE_OF(
	      ROW("a", "\"reply\": 550, \"enhanced\": \"5.7.9-5\"", MATCH, "")),
	    "a: \"enhanced\" must be like" },
	{ FILE_OF(
	      ROW("a", "\"reply\": 550, \"enhanced\": \"5.7.1x\"", MATCH, "")),
	    "a: \"enhanced\" must be like" },
	{ FILE_OF(ROW("a", "\"reply\": 550, \"enhanced\": 5", MATCH, "")),
	    "a: \"enhanced\" must be a text" },
	{ FILE_OF(ROW("a", CODES, "[]", "")), "a: \"match\" must be a list" },
	{ FILE_OF(ROW("a", CODES, "\"some words\"", "")),
	    "a: \"match\" must be a list" },
	{ FILE_OF(ROW("a", CODES, "[\"\"]", "")),
	    "a: \"match\" must be a list" },
	{ FILE_OF(ROW("a", CODES, "[\" . \"]", "")),
	    "a: \"match\" must be a list" },
	{ FILE_OF(ROW("a", CODES, "[7]", "")), "a: \"match\" must be a list" },
	{ FILE_OF(ROW("a", CODES, "[\"550 some words\"]", "")),
	    "a: \"550 some words\" has a code in it" },
	{ FILE_OF("{\"key\": \"a\", " CODES ", \"match\": " MATCH
		  ", \"category\": \"colour\", \"class\": \"permanent\"}"),
	    "a: \"category\" must be" },
	{ FILE_OF("{\"key\": \"a\", " CODES ", \"match\": " MATCH
		  ", \"category\": \"ptr\", \"class\": \"forever\"}"),
	    "a: \"class\" must be" },
	{ FILE_OF("{\"key\": \"a\", " CODES ", \"match\": " MATCH
		  ", \"category\": \"ptr\", \"class\": \"permanent\", "
		  "\"severity\": 3}"),
	    "a: \"severity\" must be" },
	{ FILE_OF("{\"key\": \"a\", " CODES ", \"match\": " MATCH
		  ", \"category\": \"ptr\", \"class\": \"permanent\", "
		  "\"severity\": \"warn\", \"slow_down\": 1}"),
	    "a: \"slow_down\" must be true or false" },
	{ FILE_OF("{\"key\": \"a\", " CODES ", \"match\": " MATCH
		  ", \"category\": \"ptr\", \"class\": \"permanent\", "
		  "\"severity\": \"warn\", \"slow_down\": true}"),
	    "a: \"meaning\" must be a text" },
	{ FILE_OF(ROW("a", CODES, MATCH, ", \"generic\": 1")),
	    "a: \"generic\" must be true or false" },
	{ FILE_OF(ROW("a", CODES, MATCH, ", \"check\": 1")),
	    "a: \"check\" must be a text" },
};

static char folder[64];

static void
make_folder(void)
{
	static const char *const files[] = { "gmail-replies.json",
		"microsoft-replies.json" };
	char *from = shared_path("share"), *command;

	snprintf(folder, sizeof(folder), "/tmp/test_catalogue.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	for (size_t i = 0; i < 2; i++) {
		command = mem_printf("cp '%s/%s' '%s'", from, files[i], folder);
		ck_assert_int_eq(system(command), 0);
		free(command);
	}
	free(from);
}

static void
drop_folder(void)
{
	char *command = mem_printf("rm -r '%s'", folder);

	ck_assert_int_eq(system(command), 0);
	free(command);
}

START_TEST(test_rows)
{
	struct reply_catalogue *catalogue = NULL;
	char *path = mem_printf("%s/yahoo-replies.json", folder);
	FILE *out = fopen(path, "w");
	struct error err = { .text = "" };
	enum status status;

	ck_assert_ptr_nonnull(out);
	fputs(rows[_i].text, out);
	ck_assert_int_eq(fclose(out), 0);
	status = reply_catalogue_load(folder, &catalogue, &err);
	if (rows[_i].words == NULL)
		ck_assert_msg(
		    status == STATUS_OK, "%s: %s", rows[_i].text, err.text);
	else {
		ck_assert_msg(status == STATUS_PARSE &&
			strstr(err.text, rows[_i].words) != NULL &&
			strstr(err.text, path) != NULL,
		    "%s: %s", rows[_i].text, err.text);
		ck_assert_ptr_null(catalogue);
	}
	reply_catalogue_free(catalogue);
	free(path);
}
END_TEST

START_TEST(test_missing)
{
	struct reply_catalogue *catalogue;
	struct error err;

	ck_assert_int_eq(
	    reply_catalogue_load(folder, &catalogue, &err), STATUS_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.text, "yahoo-replies.json"));
}
END_TEST

/* More than a mebibyte is not even parsed. */
START_TEST(test_large)
{
	struct reply_catalogue *catalogue;
	char *path = mem_printf("%s/yahoo-replies.json", folder);
	FILE *out = fopen(path, "w");
	struct error err;

	ck_assert_ptr_nonnull(out);
	for (int i = 0; i < 1100 * 1024; i++)
		fputc(' ', out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(
	    reply_catalogue_load(folder, &catalogue, &err), STATUS_PARSE);
	ck_assert_ptr_nonnull(strstr(err.text, "larger than 1024 KiB"));
	free(path);
}
END_TEST

Suite *
suite_catalogue_load(void)
{
	Suite *suite = suite_create("catalogue_load");
	TCase *tcase = tcase_create("catalogue_load");

	tcase_add_checked_fixture(tcase, make_folder, drop_folder);
	tcase_add_loop_test(
	    tcase, test_rows, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, test_missing);
	tcase_add_test(tcase, test_large);
	suite_add_tcase(suite, tcase);
	return suite;
}
