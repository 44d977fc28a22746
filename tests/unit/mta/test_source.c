/* Log files as octets: plain and packed ones, and how they are known again. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/day.h"
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

/* A name that is a pipe's or a device's for a while is a file's again. */
START_TEST(the_fate_of_a_pipe_is_seen)
{
	static const char *const makes[] = { "mkfifo log",
		"ln -s /dev/null log" };
	struct source *source;

	shell(makes[_i]);
	source = opened(in_folder("log"));
	ck_assert_int_eq(source_fate(source, 0, 0, 0), SOURCE_SAME);
	shell("rm log");
	ck_assert_int_eq(source_fate(source, 0, 0, 0), SOURCE_GONE);
	write_file("log", "w", "new\n", 4);
	ck_assert_int_eq(source_fate(source, 0, 0, 0), SOURCE_MOVED);
	source_close(source);
}
END_TEST

/* What is known of a text that was read up to `offset`; tail: of its tail as
 * well, as newer stores have it. */
static struct source_mark
mark_of(const char *text, size_t offset, uint64_t inode, bool tail)
{
	size_t head = offset < SOURCE_HEAD ? offset : SOURCE_HEAD;
	struct source_mark mark = { .inode = inode, .offset = offset };

	source_mark_head(&mark, text, head);
	if (tail)
		source_mark_tail(&mark, text + offset - head, head);
	return mark;
}

/* The mark that the octets fit, when they are a file of that inode. */
static size_t
match(const char *octets, size_t len, int inode, struct source_mark *marks,
    size_t count, enum source_fit *fit)
{
	const struct source_mark *all[16];
	struct source_facts facts;
	struct source *source;
	size_t found;

	write_file("log", "w", octets, len);
	source = opened(in_folder("log"));
	source_facts(source, &facts);
	for (size_t i = 0; i < count; i++) {
		marks[i].device = facts.device;
		if (marks[i].inode == (uint64_t)inode)
			marks[i].inode = facts.inode;
		all[i] = &marks[i];
	}
	found = source_match(source, all, count, fit);
	for (size_t i = 0; i < count; i++)
		if (marks[i].inode == facts.inode)
			marks[i].inode = (uint64_t)inode;
	source_close(source);
	return found;
}

START_TEST(a_content_is_known_by_its_head)
{
	size_t len;
	char *text = text_of(300, &len);
	struct source_mark marks[] = {
		mark_of(text, 0, 7, false),           /* nothing was read */
		mark_of(text + 7, len - 7, 8, false), /* another log */
		mark_of(text, 400, 9, false), /* a young copy of this one */
		mark_of(text, len - 100, 10, false),
		mark_of(text, len - 200, 11, false),
	};
	enum { MARKS = sizeof(marks) / sizeof(marks[0]) };
	const struct {
		size_t from, len;
		int inode;
		size_t want;
		enum source_fit fit;
	} cases[] = {
		{ 0, len, 99, 3, FIT_HEAD },   /* packed: another inode */
		{ 0, len, 11, 4, FIT_HEAD },   /* the inode decides */
		{ 0, 1000, 99, 2, FIT_WHOLE }, /* too short for long heads */
		{ 0, len - 150, 99, 4, FIT_HEAD },
		{ 0, 399, 99, 3, FIT_SHORT },
		{ 0, 31, 99, SIZE_MAX, FIT_NONE }, /* not even a step */
		{ 7, len - 7, 99, 1, FIT_HEAD },
		/* The inode alone is nothing. */
		{ 8, len - 8, 8, SIZE_MAX, FIT_NONE },
		{ 0, 0, 7, SIZE_MAX, FIT_NONE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum source_fit fit;
		size_t found = match(text + cases[i].from, cases[i].len,
		    cases[i].inode, marks, MARKS, &fit);

		ck_assert_msg(found == cases[i].want && fit == cases[i].fit,
		    "case %zu: mark %zu, fit %d", i, found, (int)fit);
	}
	free(text);
}
END_TEST

/* A pipe that nobody writes to, or not enough, is waited for once at most. */
START_TEST(a_silent_pipe_is_waited_for_once)
{
	struct source *source;
	const char *head;
	int64_t begin;
	FILE *f = NULL;

	shell("mkfifo pipe");
	if (_i == 1) {
		f = fopen(in_folder("pipe"), "r+");
		ck_assert_ptr_nonnull(f);
		fprintf(f, "a line of 20 octets\n");
		fflush(f);
	}
	begin = clock_mono_ms();
	source = opened(in_folder("pipe"));
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq((int)source_head(source, &head), _i * 20);
	ck_assert_int_lt(clock_mono_ms() - begin, _i == 0 ? 1900 : 3900);
	source_close(source);
	if (f != NULL)
		fclose(f);
}
END_TEST

/* They begin alike, by more than the head, and go on as they like. */
START_TEST(logs_that_begin_alike_are_told_by_their_tails)
{
	size_t len;
	char *text = text_of(300, &len), *other = mem_dup(text);
	struct source_mark marks[] = {
		mark_of(text, len - 100, 1, true),
		mark_of(other, len - 300, 2, true),
	};
	const struct {
		const char *octets;
		size_t len;
		int inode;
		size_t want;
		enum source_fit fit;
	} cases[] = {
		{ text, len, 99, 0, FIT_WHOLE },
		{ text, len, 2, 0, FIT_WHOLE }, /* whatever file it is in */
		{ other, len, 99, 1, FIT_WHOLE },
		{ other, len, 1, 1, FIT_WHOLE },
		{ text, len - 101, 99, 0, FIT_SHORT },
		{ text, 5000, 99, 0, FIT_SHORT },
		{ text, 5000, 2, 1, FIT_SHORT },
	};
	enum source_fit fit;

	for (size_t i = len - 5000; i < len; i++)
		other[i] = text[i] == ' ' ? '_' : text[i];
	marks[1] = mark_of(other, len - 300, 2, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t found = match(cases[i].octets, cases[i].len,
		    cases[i].inode, marks, 2, &fit);

		ck_assert_msg(found == cases[i].want && fit == cases[i].fit,
		    "case %zu: mark %zu, fit %d", i, found, (int)fit);
	}
	/* Neither of them. */
	other[len - 400] = '!';
	ck_assert_uint_ne(match(other, len, 99, marks, 2, &fit), SIZE_MAX);
	ck_assert_int_eq(fit, FIT_OTHER);
	free(text);
	free(other);
}
END_TEST

/* What is read but once tells when it was read up to the tail. */
START_TEST(a_tail_is_watched_for)
{
	static const struct {
		size_t cut, change; /* how much is left off; which octet */
		enum source_fit fit;
	} cases[] = {
		{ 0, 0, FIT_WHOLE },
		{ 0, 10000, FIT_OTHER },
		{ 15000, 0, FIT_SHORT },
	};
	size_t len, got, offset = 12345, i = (size_t)_i;
	char *text = text_of(300, &len), *all;
	struct source_mark mark = mark_of(text, offset, 1, true);
	struct source *source;
	enum status ended;

	if (cases[i].change > 0)
		text[cases[i].change] ^= 1;
	write_file("log", "w", text, len - cases[i].cut);
	shell("gzip -k log");
	source = opened(in_folder("log.gz"));
	ck_assert_int_eq(source_watched(source), FIT_HEAD);
	source_watch(source, &mark);
	all = read_all(source, 0, 5000, &got, &ended);
	ck_assert_int_eq(ended, STATUS_OK);
	ck_assert_uint_eq(got, len - cases[i].cut);
	ck_assert_mem_eq(all, text, got);
	ck_assert_int_eq(source_watched(source), cases[i].fit);
	free(all);
	source_close(source);
	free(text);
}
END_TEST

/* The octets before a place, of what was read but once those read last. */
START_TEST(a_tail_is_at_hand)
{
	static const char *const names[] = { "log", "log.gz" };
	char tail[SOURCE_TAIL];
	size_t len, got;
	char *text = text_of(300, &len);
	enum status ended;

	write_file("log", "w", text, len);
	shell("gzip -k log");
	for (size_t i = 0; i < 2; i++) {
		struct source *source = opened(in_folder(names[i]));

		free(read_all(source, 0, 3000, &got, &ended));
		ck_assert_uint_eq(source_tail(source, len, tail), SOURCE_TAIL);
		ck_assert_mem_eq(tail, text + len - SOURCE_TAIL, SOURCE_TAIL);
		ck_assert_uint_eq(
		    source_tail(source, len - 700, tail), SOURCE_TAIL);
		ck_assert_mem_eq(
		    tail, text + len - 700 - SOURCE_TAIL, SOURCE_TAIL);
		ck_assert_uint_eq(source_tail(source, len + 1, tail), 0);
		ck_assert_uint_eq(
		    source_tail(source, 100, tail), i == 0 ? 100 : 0);
		source_close(source);
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
	tcase_add_loop_test(files, the_fate_of_a_pipe_is_seen, 0, 2);
	tcase_add_loop_test(files, a_silent_pipe_is_waited_for_once, 0, 2);
	suite_add_tcase(suite, files);
	tcase_add_checked_fixture(known, make_folder, drop_folder);
	tcase_add_test(known, a_content_is_known_by_its_head);
	tcase_add_test(known, logs_that_begin_alike_are_told_by_their_tails);
	tcase_add_loop_test(known, a_tail_is_watched_for, 0, 3);
	tcase_add_test(known, a_tail_is_at_hand);
	tcase_add_test(known, names_that_rotation_makes);
	suite_add_tcase(suite, known);
	return suite;
}
