/* Files that are there whole or not at all. */
/* SPDX-License-Identifier: MIT */
#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/mem.h"

enum {
	PROC_SIZE = 40,
	NAMES_MOST = 100, /* that are tried beside the path */
};

/* --- beginning -------------------------------------------------------------------- */

/* Something that a name in a folder cannot take the place of. */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* The mode that a new file gets, or that of the one it follows. */
static mode_t
mode_of(const struct whole *whole)
{
	struct stat st;
	mode_t mask;

	if (whole->flags & WHOLE_PRIVATE)
		return 0600;
	mask = umask(0);
	umask(mask);
	return stat(whole->path, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask;
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_dup(".");
	return slash == path ? mem_dup("/")
			     : mem_ndup(path, (size_t)(slash - path));
}

static const char *
proc_name(char out[PROC_SIZE], int fd)
{
	snprintf(out, PROC_SIZE, "/proc/self/fd/%d", fd);
	return out;
}

/* A file that goes away with the process as long as it has no name; -1 where
 * the file system knows none, or none that could be named later. */
static int
open_nameless(const char *path)
{
	char *folder = folder_of(path), proc[PROC_SIZE];
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	free(folder);
	if (fd >= 0 && access(proc_name(proc, fd), F_OK) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
open_beside(struct whole *whole)
{
	int fd = open_nameless(whole->path);

	if (fd >= 0)
		return fd;
	whole->temporary = mem_printf("%s.XXXXXX", whole->path);
	return mkostemp(whole->temporary, O_CLOEXEC);
}

static enum status
taken(const struct whole *whole, struct error *err)
{
	return error_set(err, STATUS_USAGE,
	    "%s is there already: name another file", whole->path);
}

static enum status
open_file(struct whole *whole, struct error *err)
{
	enum status status;
	struct stat st;
	int fd;

	if (whole->flags & WHOLE_NEW && lstat(whole->path, &st) == 0)
		return taken(whole, err);
	fd = open_beside(whole);
	if (fd >= 0 && fchmod(fd, mode_of(whole)) == 0)
		whole->out = fdopen(fd, "w");
	if (whole->out != NULL)
		return STATUS_OK;
	status = error_system(err, errno, "cannot write %s", whole->path);
	if (fd >= 0) {
		close(fd);
		if (whole->temporary != NULL)
			unlink(whole->temporary);
	}
	return status;
}

enum status
whole_open(
    struct whole *whole, const char *path, unsigned flags, struct error *err)
{
	enum status status = STATUS_OK;

	*whole = (struct whole){ .path = mem_dup(path), .flags = flags };
	whole->direct = is_special(path);
	if (!whole->direct || flags & WHOLE_NEW)
		status = open_file(whole, err);
	else if ((whole->out = fopen(path, "we")) == NULL)
		status = error_system(err, errno, "cannot write %s", path);
	if (status != STATUS_OK) {
		free(whole->path);
		free(whole->temporary);
	}
	return status;
}

/* --- the end ---------------------------------------------------------------------- */

/* Why stdio failed some time ago: the same happens again with one octet more,
 * of a file that is thrown away. */
static int
reason_of(int fd, int reason)
{
	char c = '\n';
	ssize_t n = write(fd, &c, 1);

	if (n < 0)
		return errno;
	return reason != 0 ? reason : EIO;
}

/* On disk before it takes the place of what is there; 0, or why not. */
static int
settle(struct whole *whole)
{
	int fd = fileno(whole->out);
	bool failed = ferror(whole->out) != 0;

	if (fflush(whole->out) != 0 && !failed)
		return errno;
	if (failed)
		return reason_of(fd, errno);
	if (!whole->direct && fsync(fd) != 0)
		return errno;
	return 0;
}

/* Gives the nameless file a name: the path, or where that is taken one beside
 * it. */
static int
name_it(struct whole *whole, int fd)
{
	char proc[PROC_SIZE];
	int reason;

	proc_name(proc, fd);
	if (linkat(AT_FDCWD, proc, AT_FDCWD, whole->path, AT_SYMLINK_FOLLOW) ==
	    0)
		return 0;
	if (errno != EEXIST || whole->flags & WHOLE_NEW)
		return errno;
	for (int i = 0; i < NAMES_MOST; i++) {
		free(whole->temporary);
		whole->temporary = mem_printf(
		    "%s.%ld-%d", whole->path, (long)getpid(), i);
		if (linkat(AT_FDCWD, proc, AT_FDCWD, whole->temporary,
			AT_SYMLINK_FOLLOW) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	reason = errno;
	free(whole->temporary);
	whole->temporary = NULL;
	return reason;
}

/* From the name beside it to the path. */
static int
move_it(struct whole *whole)
{
	struct stat st;

	if (whole->flags & WHOLE_NEW) {
		if (link(whole->temporary, whole->path) == 0)
			return unlink(whole->temporary) == 0 ? 0 : errno;
		/* Some file systems have no second names. */
		if (errno == EEXIST || lstat(whole->path, &st) == 0)
			return EEXIST;
	}
	return rename(whole->temporary, whole->path) == 0 ? 0 : errno;
}

/* The name as well, as far as the file system can. */
static void
settle_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(folder);
}

static int
put_in_place(struct whole *whole)
{
	int reason = 0;

	if (whole->temporary == NULL)
		reason = name_it(whole, fileno(whole->out));
	if (reason == 0 && whole->temporary != NULL)
		reason = move_it(whole);
	if (reason == 0)
		settle_folder(whole->path);
	return reason;
}

enum status
whole_close(struct whole *whole, enum status status, struct error *err)
{
	/* Whoever wrote may have seen that it failed, but not why. */
	bool failed = status == STATUS_OK ||
	    (status == STATUS_FULL && ferror(whole->out));
	int reason = failed ? settle(whole) : 0;

	if (reason == 0 && status == STATUS_OK && !whole->direct)
		reason = put_in_place(whole);
	if (fclose(whole->out) != 0 && reason == 0 && status == STATUS_OK)
		reason = errno;
	if (reason == EEXIST && whole->flags & WHOLE_NEW)
		status = taken(whole, err);
	else if (reason != 0)
		status = error_system(
		    err, reason, "cannot write %s", whole->path);
	if (status != STATUS_OK && whole->temporary != NULL)
		unlink(whole->temporary);
	free(whole->temporary);
	free(whole->path);
	return status;
}

enum status
whole_text(
    const char *path, unsigned flags, const char *text, struct error *err)
{
	struct whole whole;
	enum status status = whole_open(&whole, path, flags, err);

	if (status != STATUS_OK)
		return status;
	fputs(text, whole.out);
	return whole_close(&whole, STATUS_OK, err);
}
