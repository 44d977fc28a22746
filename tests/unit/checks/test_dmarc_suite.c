/* The public DMARC suite of RFC 7489's time, judged as RFC 9989 wants it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/dmarc.h"
#include "checks/list.h"
#include "suites.h"
#include "world.h"

enum {
	CASES = 60,
	LINE_SIZE = 1024,
	FIELDS_MAX = 16,
};

/*
 * The cases that RFC 9989 answers in another way, each with the section that
 * does.  In all others the organizational domain comes from the tree walk
 * (4.10) as well, but it is the one that the public suffix list gave.
 */
static const struct changed {
	int number;
	const char *section;
	/* The message is judged, and so; NULL: as before. */
	const char *judged;
	/* Tags that are no longer read; the check has to name them. */
	const char *obsolete;
	/* Names that the walk asks, up to the top-level domain. */
	size_t asked;
} changed[] = {
	/* pct= is gone, and no value of it is wrong any more. */
	{ 6, "A.6", NULL, "pct", 0 },
	{ 8, "A.6", NULL, "pct", 0 },
	{ 30, "A.6", NULL, "pct", 0 },
	{ 40, "A.6 and 4.7", NULL, "pct, ri", 0 },
	{ 41, "A.6", NULL, "pct", 0 },
	{ 42, "A.6", NULL, "pct", 0 },
	{ 43, "A.6", NULL, "pct", 0 },
	{ 45, "A.6", NULL, "pct", 0 },
	/* Nor is ri= among the tags. */
	{ 44, "4.7", NULL, "ri", 0 },
	/* Several mailboxes of one domain are one author domain, which is asked
	 * (and has no record there). */
	{ 25, "5.3.1", "none\t-\t-\t-\t-\t-", NULL, 0 },
	/* No list says where to stop. */
	{ 53, "4.10", NULL, NULL, 1 },
	{ 54, "4.10", NULL, NULL, 4 },
	{ 55, "4.10", NULL, NULL, 2 },
};

struct suite_case {
	int number;
	char name[LINE_SIZE], line[LINE_SIZE]; /* V or R */
	struct buf zone;
};

static const struct changed *
change_of(int number)
{
	for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++)
		if (changed[i].number == number)
			return &changed[i];
	return NULL;
}

static FILE *
fixture_open(void)
{
	const char *top = getenv("SENDTOP_SRCDIR");
	char path[LINE_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/fixtures/dmarc-rfc7489.tsv",
	    top != NULL ? top : ".");
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "cannot read %s", path);
	return file;
}

/* Reads on to the case of that number; false at the end of the file. */
static bool
case_read(int number, struct suite_case *out)
{
	FILE *file = fixture_open();
	char line[LINE_SIZE], *text;

	memset(out, 0, sizeof(*out));
	buf_str(&out->zone, "");
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == 'N') {
			if (out->line[0] != '\0')
				break;
			out->number = (int)strtol(line + 2, &text, 10);
			snprintf(out->name, sizeof(out->name), "%s", text + 1);
		} else if (out->number != number) {
			continue;
		} else if (line[0] == 'Z') {
			text = strchr(line + 2, '\t');
			ck_assert_ptr_nonnull(text);
			buf_printf(&out->zone, "%.*s TXT %s\n",
			    (int)(text - line - 2), line + 2, text + 1);
		} else {
			memcpy(out->line, line, sizeof(line));
		}
	}
	fclose(file);
	return out->line[0] != '\0';
}

static size_t
split(char *line, char *fields[FIELDS_MAX])
{
	size_t n = 0;

	while (line != NULL && n < FIELDS_MAX)
		fields[n++] = strsep(&line, "\t");
	return n;
}

static void
walk_whole(struct world *world, const char *domain, struct dmarc_walk *out)
{
	dmarc_walk(world_facts(world), domain, out);
	while (out->waiting) {
		ck_assert_uint_gt(world_answer(world), 0);
		dmarc_walk(world_facts(world), domain, out);
	}
}

/* --- V: the verdict on a message ------------------------------------------ */

/* The author domain, or NULL where there are several (5.3.1). */
static const char *
author_domain(char *from)
{
	const char *domain = NULL;
	char *mailbox;

	while ((mailbox = strsep(&from, ",")) != NULL) {
		const char *at = strchr(mailbox, '@');
		const char *its = at != NULL ? at + 1 : mailbox;

		if (domain != NULL && strcmp(domain, its) != 0)
			return NULL;
		domain = its;
	}
	return domain;
}

static bool
vouched_for(struct world *world, const struct dmarc_walk *author, char *domains,
    bool strict)
{
	struct dmarc_walk other;
	const char *domain;
	bool aligned = false;

	if (strcmp(domains, "-") == 0)
		return false;
	while ((domain = strsep(&domains, ",")) != NULL) {
		walk_whole(world, domain, &other);
		aligned |= dmarc_aligned(author, &other, strict);
	}
	return aligned;
}

static const char *
word(enum dmarc_policy policy)
{
	return policy == DMARC_ABSENT ? "-" : dmarc_policy_name(policy);
}

/* "result policy spf dkim p sp" as the suite writes it. */
static void
verdict(struct world *world, char *fields[], char *out, size_t size)
{
	const char *domain = author_domain(fields[1]);
	const struct dmarc_step *step;
	struct dmarc_record record;
	struct dmarc_walk author;
	bool spf, dkim;

	ck_assert_ptr_nonnull(domain);
	walk_whole(world, domain, &author);
	step = dmarc_walk_policy(&author);
	if (author.failed != NULL || step == NULL) {
		snprintf(out, size, "%s\t-\t-\t-\t-\t-",
		    author.failed != NULL ? "temperror" : "none");
		return;
	}
	dmarc_record_read(step->record, &record);
	spf = vouched_for(world, &author, fields[2], record.strict_spf);
	dkim = vouched_for(world, &author, fields[3], record.strict_dkim);
	snprintf(out, size, "%s\t%s\t%s\t%s\t%s\t%s",
	    spf || dkim ? "pass" : "fail",
	    word(dmarc_record_policy(&record, step != &author.steps[0], true)),
	    spf ? "yes" : "no", dkim ? "yes" : "no", word(record.p),
	    word(record.sp));
}

static void
judge_message(const struct suite_case *c, struct world *world)
{
	const struct changed *change = change_of(c->number);
	char line[LINE_SIZE], got[LINE_SIZE], *fields[FIELDS_MAX];
	const char *expected = c->line;

	for (int tab = 0; tab < 4; tab++)
		expected = strchr(expected, '\t') + 1;
	if (change != NULL && change->judged != NULL)
		expected = change->judged;
	memcpy(line, c->line, sizeof(line));
	ck_assert_uint_eq(split(line, fields), 10);
	verdict(world, fields, got, sizeof(got));
	ck_assert_msg(strcmp(got, expected) == 0, "%d %s: %s, not %s",
	    c->number, c->name, got, expected);
}

/* --- R: the record of a domain -------------------------------------------- */

static bool
is_obsolete(const char *tag)
{
	return strncmp(tag, "pct=", 4) == 0 || strncmp(tag, "ri=", 3) == 0 ||
	    strncmp(tag, "rf=", 3) == 0;
}

static void
expect_tag(const struct suite_case *c, struct dmarc_record *record, char *text)
{
	char *value = strchr(text, '=');
	const struct tag *tag;

	if (is_obsolete(text))
		return;
	*value++ = '\0';
	tag = tags_find(&record->tags, text);
	ck_assert_msg(tag != NULL && tag->len == strlen(value) &&
		memcmp(tag->value, value, tag->len) == 0,
	    "%d %s: not %s=%s", c->number, c->name, text, value);
}

static void
look_up(const struct suite_case *c, struct world *world)
{
	char line[LINE_SIZE], *fields[FIELDS_MAX];
	const struct dmarc_step *step;
	struct dmarc_record record;
	struct dmarc_walk walk;
	size_t n;

	memcpy(line, c->line, sizeof(line));
	n = split(line, fields);
	walk_whole(world, fields[1], &walk);
	step = dmarc_walk_policy(&walk);
	if (strcmp(fields[2], "none") == 0) {
		ck_assert_msg(step == NULL, "%d %s", c->number, c->name);
		return;
	}
	ck_assert_msg(step != NULL, "%d %s", c->number, c->name);
	ck_assert_str_eq(step == &walk.steps[0] ? "own" : "parent", fields[2]);
	ck_assert_int_eq(
	    memcmp(step->record->data, fields[3], strlen(fields[3])), 0);
	dmarc_record_read(step->record, &record);
	ck_assert_ptr_null(dmarc_record_broken(&record));
	for (size_t i = 4; i < n; i++)
		expect_tag(c, &record, fields[i]);
}

/* --- what RFC 9989 changed ------------------------------------------------- */

static const char *
domain_of(const struct suite_case *c, char line[LINE_SIZE])
{
	char *fields[FIELDS_MAX];

	memcpy(line, c->line, LINE_SIZE);
	split(line, fields);
	return line[0] == 'V' ? author_domain(fields[1]) : fields[1];
}

static void
expect_change(const struct suite_case *c, const struct changed *change)
{
	struct world *world = world_new(c->zone.data);
	const struct finding *f;
	char line[LINE_SIZE];
	struct dmarc_walk walk;
	const char *domain = domain_of(c, line);

	if (change->asked > 0) {
		walk_whole(world, domain, &walk);
		ck_assert_uint_eq(world_asked(world), change->asked);
	}
	if (change->obsolete != NULL) {
		world_domain(world, &check_dmarc, domain);
		f = world_finding(world, 0);
		ck_assert_msg(strcmp(f->reason, "obsolete_tag") == 0 &&
			strstr(f->detail, change->obsolete) != NULL,
		    "%d %s (%s): %s %s", c->number, c->name, change->section,
		    f->reason, f->detail);
		ck_assert_ptr_nonnull(strstr(f->cure, " ; was \""));
	}
	world_free(world);
}

START_TEST(test_case)
{
	struct suite_case c;
	struct world *world;

	ck_assert(case_read(_i, &c));
	world = world_new(c.zone.data);
	if (c.line[0] == 'V')
		judge_message(&c, world);
	else
		look_up(&c, world);
	world_free(world);
	if (change_of(_i) != NULL)
		expect_change(&c, change_of(_i));
	buf_free(&c.zone);
}
END_TEST

START_TEST(test_all_there)
{
	struct suite_case c;

	ck_assert(!case_read(CASES + 1, &c));
	buf_free(&c.zone);
}
END_TEST

Suite *
suite_dmarc_suite(void)
{
	Suite *suite = suite_create("dmarc_suite");
	TCase *tc = tcase_create("dmarc_suite");

	tcase_add_loop_test(tc, test_case, 1, CASES + 1);
	tcase_add_test(tc, test_all_there);
	suite_add_tcase(suite, tc);
	return suite;
}
