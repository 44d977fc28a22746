/* sendtop import: what an export wrote comes back into a store. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/import.h"

/* --- what came of it ------------------------------------------------------- */

static const struct {
	const char *one, *many;
} nouns[IMPORT_KINDS] = {
	[IMPORT_MEASURE] = { "measure", "measures" },
	[IMPORT_FEEDBACK] = { "feedback rate", "feedback rates" },
	[IMPORT_FINDING] = { "finding", "findings" },
	[IMPORT_TRAFFIC] = { "hour of traffic", "hours of traffic" },
	[IMPORT_REPLY] = { "reply", "replies" },
	[IMPORT_EVENT] = { "event", "events" },
	[IMPORT_NOTE] = { "note", "notes" },
	[IMPORT_MUTE] = { "mute", "mutes" },
	[IMPORT_ASKED] = { "span asked of Google", "spans asked of Google" },
	[IMPORT_PUBLISHED] = { "day of publication", "days of publication" },
	[IMPORT_LOG] = { "log span", "log spans" },
};

static size_t
total(const struct import_sum *sum, enum fate fate)
{
	size_t n = 0;

	for (int i = 0; i < IMPORT_KINDS; i++)
		n += sum->fates[i][fate];
	return n;
}

/* "4800 measures, 1 note" */
static void
add_kinds(struct buf *out, const struct import_sum *sum)
{
	const char *comma = "";

	for (int i = 0; i < IMPORT_KINDS; i++) {
		size_t n = sum->fates[i][FATE_NEW];

		if (n == 0)
			continue;
		buf_printf(out, "%s%zu %s", comma, n,
		    n == 1 ? nouns[i].one : nouns[i].many);
		comma = ", ";
	}
}

static void
add_days(struct buf *out, const struct import_sum *sum)
{
	char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];

	if (sum->first_day == DAY_NONE)
		return;
	buf_printf(out, "; %s", day_text(first, sum->first_day));
	if (sum->last_day != sum->first_day)
		buf_printf(out, " to %s", day_text(last, sum->last_day));
}

static void
print_sum(const struct cmd *cmd, const char *name, const struct import_sum *sum)
{
	size_t known = total(sum, FATE_KNOWN);
	struct buf out = { 0 };

	if (total(sum, FATE_NEW) == 0) {
		buf_str(&out, "nothing new");
	} else {
		buf_printf(
		    &out, "%s ", cmd->dry_run ? "would import" : "imported");
		add_kinds(&out, sum);
	}
	if (sum->domains > 0)
		buf_printf(&out, "; %zu domain%s", sum->domains,
		    sum->domains == 1 ? "" : "s");
	if (sum->added > 0)
		buf_printf(
		    &out, ", %zu of them not watched until now", sum->added);
	add_days(&out, sum);
	if (known > 0)
		buf_printf(&out, "; %zu known already", known);
	printf("%s: %s\n", name, out.data);
	buf_free(&out);
}

static void warn(const char *name, const char *fmt, ...) PRINTF(2, 3);

/* As an error, which makes what is not printable harmless. */
static void
warn(const char *name, const char *fmt, ...)
{
	char text[ERROR_TEXT_SIZE];
	struct error err;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	error_set(&err, STATUS_OK, "%s: %s", name, text);
	fprintf(stderr, "sendtop: %s\n", err.text);
}

static void
print_warnings(
    const struct cmd *cmd, const char *name, const struct import_sum *sum)
{
	size_t other = total(sum, FATE_OTHER);
	size_t own = sum->fates[IMPORT_FINDING][FATE_OWN];
	size_t asked = sum->fates[IMPORT_ASKED][FATE_OWN];

	if (other > 0)
		warn(name, "%zu differ%s from what the store has, %s; %s%s",
		    other, other == 1 ? "s" : "",
		    cmd->replace ? "and took its place"
				 : "which stayed (--replace takes the file's)",
		    other == 1 ? "" : "the first: ", sum->other);
	if (own > 0)
		warn(name,
		    "%zu finding%s of a time that this store watched itself "
		    "stayed out",
		    own, own == 1 ? "" : "s");
	if (asked > 0)
		warn(name,
		    "%zu span%s asked of Google, far from the store's own, "
		    "stayed out",
		    asked, asked == 1 ? "" : "s");
	if (sum->unknown > 0)
		warn(name,
		    "%zu row%s stayed out that this sendtop knows nothing of; "
		    "the first: %s",
		    sum->unknown, sum->unknown == 1 ? "" : "s",
		    sum->unknown_what);
	if (sum->ignored[0] != '\0')
		warn(name, "columns that no export has were passed over: %s",
		    sum->ignored);
}

/* --- files ----------------------------------------------------------------- */

/* What comes bit by bit is kept first, so that the store does not wait. */
static enum status
spool(int from, int *out, struct error *err)
{
	static const char template[] = "%s/sendtop-import-XXXXXX";
	const char *dir = getenv("TMPDIR");
	char block[65536], *path;
	ssize_t n = 1;

	path = mem_printf(
	    template, dir != NULL && dir[0] != '\0' ? dir : "/tmp");
	*out = mkostemp(path, O_CLOEXEC);
	if (*out < 0)
		n = -1;
	else
		unlink(path);
	while (n > 0 && (n = read(from, block, sizeof(block))) > 0)
		for (ssize_t at = 0, done; n > 0 && at < n; at += done) {
			done = write(*out, block + at, (size_t)(n - at));
			if (done < 0)
				n = -1;
		}
	if (n == 0 && lseek(*out, 0, SEEK_SET) == 0) {
		free(path);
		return STATUS_OK;
	}
	error_system(err, errno, "cannot be kept in %.*s meanwhile",
	    (int)(strlen(path) - strlen(strrchr(path, '/'))), path);
	if (*out >= 0)
		close(*out);
	free(path);
	return STATUS_SYSTEM;
}

static enum status
open_file(const char *name, int *out, struct error *err)
{
	bool input = strcmp(name, "-") == 0;
	int fd = input ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	enum status status = STATUS_OK;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		status = error_system(err, errno, "cannot be opened");
	else if (S_ISDIR(st.st_mode))
		status = error_set(err, STATUS_SYSTEM, "is a directory");
	else if (S_ISREG(st.st_mode) && !input) {
		*out = fd;
		return STATUS_OK;
	} else {
		status = spool(fd, out, err);
	}
	if (fd >= 0 && !input)
		close(fd);
	return status;
}

static const char *
name_of(const char *word)
{
	return strcmp(word, "-") == 0 ? "standard input" : word;
}

/* --- a store to try it with ------------------------------------------------ */

struct trial {
	char *dir, *path;
};

static void
trial_fini(struct trial *trial)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0;
	     trial->dir != NULL && i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *path = mem_printf("%s%s", trial->path, ends[i]);

		unlink(path);
		free(path);
	}
	if (trial->dir != NULL)
		rmdir(trial->dir);
	free(trial->dir);
	free(trial->path);
}

/* Where there is no store, a dry run makes none. */
static enum status
trial_open(const struct cmd *cmd, struct trial *trial, struct error *err)
{
	const char *dir = getenv("TMPDIR");
	struct store *store = NULL;
	enum status status = store_open(cmd->store, STORE_READ, &store, err);

	store_close(store);
	if (status != STATUS_NOT_FOUND)
		return status;
	trial->dir = mem_printf("%s/sendtop-trial-XXXXXX",
	    dir != NULL && dir[0] != '\0' ? dir : "/tmp");
	if (mkdtemp(trial->dir) == NULL) {
		status = error_system(err, errno, "%s", trial->dir);
		free(trial->dir);
		trial->dir = NULL;
		return status;
	}
	trial->path = mem_printf("%s/store.db", trial->dir);
	return STATUS_OK;
}

/* --- the command ----------------------------------------------------------- */

/* What is wrong with a file is no misuse of the command. */
static int
refuse(const char *name, const struct error *err)
{
	warn(name, "%s; nothing of it was imported", err->text);
	return EXIT_TROUBLE;
}

static int
import_one(const struct cmd *cmd, struct store *store, const char *word)
{
	const struct import_options options = { .store = store,
		.add = cmd->add,
		.replace = cmd->replace,
		.dry_run = cmd->dry_run,
		.now_s = clock_utc_s() };
	const char *name = name_of(word);
	struct import_sum sum;
	struct error err;
	enum status status;
	int fd;

	status = open_file(word, &fd, &err);
	if (status != STATUS_OK)
		return refuse(name, &err);
	status = import_file(fd, &options, &sum, &err);
	close(fd);
	if (status != STATUS_OK)
		return refuse(name, &err);
	print_warnings(cmd, name, &sum);
	print_sum(cmd, name, &sum);
	return EXIT_FINE;
}

static enum status
check_words(const struct cmd *cmd, struct error *err)
{
	if (cmd->args.count == 0)
		return error_set(err, STATUS_USAGE,
		    "name the files that sendtop export wrote, or - for "
		    "standard input");
	/* A name that is wrong makes no store. */
	for (size_t i = 0; i < cmd->args.count; i++)
		if (strcmp(cmd->args.items[i], "-") != 0 &&
		    access(cmd->args.items[i], R_OK) != 0)
			return error_system(
			    err, errno, "%s", cmd->args.items[i]);
	return STATUS_OK;
}

int
cmd_import(struct cmd *cmd)
{
	struct trial trial = { 0 };
	struct store *store = NULL;
	struct error err;
	int code = EXIT_FINE;
	enum status status = check_words(cmd, &err);

	if (status == STATUS_OK && cmd->dry_run)
		status = trial_open(cmd, &trial, &err);
	if (status == STATUS_OK)
		status = store_open(
		    trial.path != NULL ? trial.path : cmd->store, STORE_WRITE,
		    &store, &err);
	if (status != STATUS_OK)
		code = cmd_fail(&err);
	for (size_t i = 0; code == EXIT_FINE && i < cmd->args.count; i++)
		code = import_one(cmd, store, cmd->args.items[i]);
	store_close(store);
	trial_fini(&trial);
	return code;
}
