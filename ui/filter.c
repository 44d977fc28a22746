/* The list's filter: a text, or a regular expression. */
/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700
#include "filter.h"

#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

enum { REPEATS_MOST = 1000 }; /* a{30}{30} is 900 copies of a */

struct filter {
	char *text; /* lower case */
	bool compiled;
	regex_t regex;
};

/* What regcomp(3) answers, in words. */
static const struct {
	int code;
	const char *words;
} faults[] = {
	{ REG_EBRACK, "a [ is not closed" },
	{ REG_EPAREN, "a ( or ) has no partner" },
	{ REG_EBRACE, "a { is not closed" },
	{ REG_BADBR, "what { } holds is no count" },
	{ REG_BADRPT, "nothing stands before *, +, ? or {" },
	{ REG_ERANGE, "a range in [ ] ends before it begins" },
	{ REG_ECTYPE, "[: :] names no class of characters" },
	{ REG_EESCAPE, "nothing stands behind the backslash" },
};

static const char *
fault_words(int code)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (faults[i].code == code)
			return faults[i].words;
	return "it is no regular expression";
}

bool
filter_is_regex(const char *text)
{
	return strpbrk(text, "^$*+?()[]{}|\\") != NULL;
}

/* Lower case, but for what a backslash stands before. */
static void
lower(char *text)
{
	char pair[2] = "";

	for (; *text != '\0'; text++) {
		if (text[0] == '\\' && text[1] != '\0') {
			text++;
			continue;
		}
		pair[0] = *text;
		text_lower(pair);
		*text = pair[0];
	}
}

/* The repeats of a pattern multiply, and so does the memory of the library;
 * references back to a group take it exponential time. */
static const char *
refuse(const char *text)
{
	long product = 1;

	for (const char *at = text; *at != '\0'; at++) {
		long most = 0;

		if (*at == '\\' && at[1] >= '1' && at[1] <= '9')
			return "references to groups are not understood";
		if (*at == '\\' && at[1] != '\0')
			at++;
		if (*at != '{')
			continue;
		for (const char *p = at; *p != '\0' && *p != '}'; p++) {
			long n = strtol(p + 1, NULL, 10);

			most = n > most ? n : most;
		}
		if (most > REPEATS_MOST || product * most > REPEATS_MOST)
			return "it repeats too often";
		product *= most > 0 ? most : 1;
	}
	return NULL;
}

/* In the C locale an expression works on octets, which is many times quicker
 * and the same for names. */
static int
compile(regex_t *regex, const char *text)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), before;
	int flags = REG_EXTENDED | REG_NOSUB | REG_NEWLINE, failed;

	if (plain == (locale_t)0)
		return regcomp(regex, text, flags);
	before = uselocale(plain);
	failed = regcomp(regex, text, flags);
	uselocale(before);
	freelocale(plain);
	return failed;
}

/* What is wrong with the expression, or "". */
static const char *
compile_filter(struct filter *filter)
{
	const char *refused;
	int failed;

	lower(filter->text);
	refused = refuse(filter->text);
	if (refused != NULL)
		return refused;
	failed = compile(&filter->regex, filter->text);
	filter->compiled = failed == 0;
	return failed == 0 ? "" : fault_words(failed);
}

struct filter *
filter_new(const char *text, const char **error)
{
	struct filter *filter = mem_zero(1, sizeof(*filter));
	const char *wrong = "";

	filter->text = mem_dup(text);
	if (filter_is_regex(text))
		wrong = compile_filter(filter);
	if (!filter->compiled)
		text_lower(filter->text);
	if (error != NULL)
		*error = wrong;
	return filter;
}

void
filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	if (filter->compiled)
		regfree(&filter->regex);
	free(filter->text);
	free(filter);
}

bool
filter_matches(const struct filter *filter, const char *words)
{
	if (filter->compiled)
		return regexec(&filter->regex, words, 0, NULL, 0) == 0;
	return strstr(words, filter->text) != NULL;
}
