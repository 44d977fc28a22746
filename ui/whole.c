/* Files that are there whole or not at all. */
/* SPDX-License-Identifier: MIT */
#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/mem.h"

/* Something that a name in a folder cannot take the place of. */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* The mode that a new file gets, or that of the one it follows. */
static mode_t
mode_of(const char *path)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	return stat(path, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask;
}

static enum status
open_temporary(struct whole *whole, struct error *err)
{
	int fd;

	whole->temporary = mem_printf("%s.XXXXXX", whole->path);
	fd = mkostemp(whole->temporary, O_CLOEXEC);
	if (fd >= 0 && fchmod(fd, mode_of(whole->path)) == 0)
		whole->out = fdopen(fd, "w");
	if (whole->out != NULL)
		return STATUS_OK;
	error_system(err, errno, "cannot write %s", whole->path);
	if (fd >= 0) {
		close(fd);
		unlink(whole->temporary);
	}
	return STATUS_SYSTEM;
}

enum status
whole_open(struct whole *whole, const char *path, struct error *err)
{
	enum status status = STATUS_OK;

	*whole = (struct whole){ .path = mem_dup(path) };
	if (!is_special(path))
		status = open_temporary(whole, err);
	else if ((whole->out = fopen(path, "we")) == NULL)
		status = error_system(err, errno, "cannot write %s", path);
	if (status != STATUS_OK) {
		free(whole->path);
		free(whole->temporary);
	}
	return status;
}

/* On disk before it takes the place of what is there. */
static bool
settle(struct whole *whole)
{
	bool good = fflush(whole->out) == 0 && ferror(whole->out) == 0;

	if (good && whole->temporary != NULL)
		good = fsync(fileno(whole->out)) == 0;
	return good;
}

enum status
whole_close(struct whole *whole, enum status status, struct error *err)
{
	bool good = settle(whole);
	int reason = errno;

	if (fclose(whole->out) != 0 && good) {
		good = false;
		reason = errno;
	}
	if (good && status == STATUS_OK && whole->temporary != NULL &&
	    rename(whole->temporary, whole->path) != 0) {
		good = false;
		reason = errno;
	}
	if (!good && status == STATUS_OK)
		status = error_system(
		    err, reason, "cannot write %s", whole->path);
	if (status != STATUS_OK && whole->temporary != NULL)
		unlink(whole->temporary);
	free(whole->temporary);
	free(whole->path);
	return status;
}
