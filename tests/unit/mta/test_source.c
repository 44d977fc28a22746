/* Log files as octets: plain and packed ones, and how they are known again. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/source.h"
#include "tests/unit/mta/suites.h"

static char folder[64];

static void
make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/test_source.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
drop_folder(void)
{
	char *command = mem_printf("rm -rf '%s'", folder);

	ck_assert_int_eq(system(command), 0);
	free(command);
}

static const char *
in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name, const char *mode, const char *data, size_t len)
{
	FILE *f = fopen(in_folder(name), mode);

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

static void
shell(const char *command)
{
	char *line = mem_printf("cd '%s' && %s", folder, command);

	ck_assert_int_eq(system(line), 0);
	free(line);
}

/* lines numbered lines of some 80 octets. */
static char *
text_of(size_t lines, size_t *len)
{
	struct buf buf = { 0 };

	for (size_t i = 0; i < lines; i++)
		buf_printf(&buf,
		    "Nov 22 03:%02zu:%02zu mx1 postfix/smtp[%zu]: line %zu of "
		    "this log, which has some length\n",
		    i / 60 % 60, i % 60, 1000 + i % 7, i);
	*len = buf.len;
	return buf_take(&buf);
}

static struct source *
opened(const char *path)
{
	struct source *source;
	struct error err;

	if (source_open(path, &source, &err) != STATUS_OK)
		ck_abort_msg("%s", err.text);
	return source;
}

/* All from offset on, in pieces of `piece`. */
static char *
read_all(struct source *source, uint64_t offset, size_t piece, size_t *len,
    enum status *ended)
{
	struct buf all = { 0 };
	char *buf = mem_alloc(piece);
	struct error err;
	size_t got;

	do {
		*ended = source_read(
		    source, offset + all.len, buf, piece, &got, &err);
		buf_add(&all, buf, got);
	} while (*ended == STATUS_OK && got > 0);
	free(buf);
	*len = all.len;
	return buf_take(&all);
}

static const struct {
	const char *name, *command;
	bool packed;
} kinds[] = {
	{ "log", "true", false },
	{ "log.gz", "gzip -k log", true },
	{ "log.zst", "zstd -q -k log", true },
	{ "log.xz", "xz -k log", true },
	{ "log.bz2", "bzip2 -k log", true },
	/* Two gzip members behind each other are one log. */
	{ "two.gz",
	    "(head -c 1000 log | gzip; tail -c +1001 log | gzip) > "
	    "two.gz",
	    true },
};

static bool
has_packer(const char *command)
{
	char *line = mem_printf("command -v %.*s >/dev/null 2>&1",
	    (int)strcspn(command, " "), command);
	bool has = command[0] == '(' || system(line) == 0;

	free(line);
	return has;
}

START_TEST(every_packing_reads_alike)
{
	static const uint64_t offsets[] = { 0, 1, 4095, 4096, 4097, 150000 };
	size_t len, got, i = (size_t)_i;
	char *text = text_of(4000, &len);
	enum status ended;

	if (!has_packer(kinds[i].command)) {
		free(text);
		return;
	}
	write_file("log", "w", text, len);
	shell(kinds[i].command);
	for (size_t k = 0; k < sizeof(offsets) / sizeof(offsets[0]); k++) {
		struct source *source = opened(in_folder(kinds[i].name));
		struct source_facts facts;
		const char *head;
		char *all;

		source_facts(source, &facts);
		ck_assert(facts.packed == kinds[i].packed);
		ck_assert(!facts.piped);
		ck_assert_uint_eq(source_head(source, &head), SOURCE_HEAD);
		ck_assert_mem_eq(head, text, SOURCE_HEAD);
		all = read_all(source, offsets[k], 3000, &got, &ended);
		ck_assert_int_eq(ended, STATUS_OK);
		ck_assert_uint_eq(got, len - offsets[k]);
		ck_assert_mem_eq(all, text + offsets[k], got);
		free(all);
		source_close(source);
	}
	free(text);
}
END_TEST

START_TEST(a_packed_log_cut_short_gives_what_it_has)
{
	static const size_t pieces[] = { 10000, 1, 4096, 1 << 20 };
	size_t len, got, all_got = 0;
	char *text = text_of(4000, &len), *all;
	struct source *source;
	enum status ended;

	write_file("log", "w", text, len);
	shell("gzip -k log && head -c 9000 log.gz > cut.gz");
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		source = opened(in_folder("cut.gz"));
		all = read_all(source, 0, pieces[i], &got, &ended);
		ck_assert_int_eq(ended, STATUS_PARSE);
		ck_assert_uint_gt(got, 1000);
		ck_assert_uint_lt(got, len);
		ck_assert_mem_eq(all, text, got);
		/* However large the pieces are that are asked for. */
		all_got = i == 0 ? got : all_got;
		ck_assert_uint_eq(got, all_got);
		free(all);
		source_close(source);
	}
	free(text);
}
END_TEST

/* Wherever it ends: in the packer's own head, in the head that was looked at
 * before, or later. */
START_TEST(no_cut_is_taken_for_an_end)
{
	size_t len, got;
	char *text = text_of(4000, &len);
	enum status status, ended;
	struct source *source;
	const char *head;
	struct error err;

	write_file("log", "w", text, len);
	for (int size = 12; size < 4000; size += 300) {
		char *command = mem_printf(
		    "gzip -c log | head -c %d > cut.gz", size);

		shell(command);
		free(command);
		status = source_open(in_folder("cut.gz"), &source, &err);
		if (status != STATUS_OK) {
			ck_assert_int_eq(status, STATUS_PARSE);
			continue;
		}
		source_head(source, &head);
		free(read_all(source, 0, 10000, &got, &ended));
		ck_assert_int_eq(ended, STATUS_PARSE);
		source_close(source);
	}
	free(text);
}
END_TEST

START_TEST(refusals_name_the_log)
{
	static const struct {
		const char *name, *words;
		enum status status;
	} cases[] = {
		{ "gone", "there is no such log", STATUS_NOT_FOUND },
		{ ".", "is a directory", STATUS_USAGE },
		{ "gone/log", "there is no such log", STATUS_NOT_FOUND },
	};
	struct source *source;
	struct error err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(
		    source_open(in_folder(cases[i].name), &source, &err),
		    cases[i].status);
		ck_assert_ptr_nonnull(strstr(err.text, cases[i].words));
		ck_assert_ptr_nonnull(strstr(err.text, folder));
	}
	if (geteuid() == 0)
		return;
	write_file("secret", "w", "x\n", 2);
	ck_assert_int_eq(chmod(in_folder("secret"), 0), 0);
	ck_assert_int_eq(
	    source_open(in_folder("secret"), &source, &err), STATUS_DENIED);
}
END_TEST

/* A source read to `upto`, as its fate is asked for. */
static enum source_fate
fate_of(struct source *source, size_t upto)
{
	const char *head;
	size_t len = source_head(source, &head);

	len = len < upto ? len : upto;
	return source_fate(source, upto, len, source_hash(head, len));
}

START_TEST(the_fate_of_a_file_is_seen)
{
	size_t len;
	char *text = text_of(300, &len);
	uint64_t hash = source_hash(text, SOURCE_HEAD);
	struct source *source;

	write_file("log", "w", text, len);
	source = opened(in_folder("log"));
	ck_assert_int_eq(fate_of(source, len), SOURCE_SAME);
	write_file("log", "a", "more\n", 5);
	ck_assert_int_eq(
	    source_fate(source, len, SOURCE_HEAD, hash), SOURCE_SAME);
	shell("mv log log.1");
	ck_assert_int_eq(
	    source_fate(source, len, SOURCE_HEAD, hash), SOURCE_GONE);
	write_file("log", "w", "new\n", 4);
	ck_assert_int_eq(
	    source_fate(source, len, SOURCE_HEAD, hash), SOURCE_MOVED);
	source_close(source);

	source = opened(in_folder("log.1"));
	shell("cp log.1 log.2 && : > log.1");
	ck_assert_int_eq(
	    source_fate(source, len, SOURCE_HEAD, hash), SOURCE_CUT);
	/* Longer than it was read by now, but another content. */
	write_file("log.1", "w", text + 80, len - 80);
	write_file("log.1", "a", text, len);
	ck_assert_int_eq(
	    source_fate(source, len, SOURCE_HEAD, hash), SOURCE_CUT);
	source_close(source);
	free(text);
}
END_TEST

static struct source_mark
mark_of(const char *text, size_t offset, uint64_t inode)
{
	size_t head = offset < SOURCE_HEAD ? offset : SOURCE_HEAD;

	return (struct source_mark){ 1, inode, offset, head,
		source_hash(text, head) };
}

START_TEST(a_content_is_known_by_its_head)
{
	size_t len;
	char *text = text_of(300, &len);
	const struct source_mark marks[] = {
		mark_of(text, 0, 7),           /* nothing was read of it */
		mark_of(text + 7, len - 7, 8), /* another log */
		mark_of(text, 400, 9),         /* a young copy of this one */
		mark_of(text, len - 100, 10),
		mark_of(text, len - 200, 11),
	};
	enum { MARKS = sizeof(marks) / sizeof(marks[0]) };
	const struct {
		size_t from, len;
		uint64_t inode;
		size_t want;
	} cases[] = {
		{ 0, len, 99, 3 },  /* packed: another inode */
		{ 0, len, 11, 4 },  /* the inode decides between two */
		{ 0, 1000, 99, 2 }, /* too short for the long heads */
		{ 0, 399, 99, SIZE_MAX },
		{ 7, len - 7, 99, 1 },
		{ 8, len - 8, 8, SIZE_MAX }, /* the inode alone is nothing */
		{ 0, 0, 7, SIZE_MAX },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source_facts facts = { .device = 1,
			.inode = cases[i].inode };

		ck_assert_uint_eq(
		    source_match(marks, MARKS, text + cases[i].from,
			cases[i].len, &facts),
		    cases[i].want);
	}
	free(text);
}
END_TEST

START_TEST(names_that_rotation_makes)
{
	static const struct {
		const char *name;
		bool rotated;
	} cases[] = {
		{ "mail.log", false },
		{ "mail.log.1", true },
		{ "mail.log.0", true },
		{ "mail.log.2.gz", true },
		{ "mail.log.12.zst", true },
		{ "mail.log-20261122", true },
		{ "mail.log-20261122.xz", true },
		{ "mail.log-2026-11-22T03:00.bz2", true },
		{ "mail.log.gz", true },
		{ "mail.login", false },
		{ "mail.log.bak", false },
		{ "mail.log.1.tmp", false },
		{ "mail.log-", false },
		{ "mail.lo", false },
		{ "xmail.log.1", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(source_is_rotated("/var/log/mail.log",
				  cases[i].name) == cases[i].rotated,
		    "%s", cases[i].name);
}
END_TEST

Suite *
suite_source(void)
{
	Suite *suite = suite_create("source");
	TCase *files = tcase_create("files"), *known = tcase_create("known");

	tcase_add_checked_fixture(files, make_folder, drop_folder);
	tcase_set_timeout(files, 60);
	tcase_add_loop_test(files, every_packing_reads_alike, 0,
	    (int)(sizeof(kinds) / sizeof(kinds[0])));
	tcase_add_test(files, a_packed_log_cut_short_gives_what_it_has);
	tcase_add_test(files, no_cut_is_taken_for_an_end);
	tcase_add_test(files, refusals_name_the_log);
	tcase_add_test(files, the_fate_of_a_file_is_seen);
	suite_add_tcase(suite, files);
	tcase_add_test(known, a_content_is_known_by_its_head);
	tcase_add_test(known, names_that_rotation_makes);
	suite_add_tcase(suite, known);
	return suite;
}
