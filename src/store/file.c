/* The files of a store that is a file: found, made, and told apart. */
/* SPDX-License-Identifier: MIT */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/mem.h"

enum status
file_failed(const char *path, const char *what, int errnum, struct error *err)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return error_set(err, STATUS_NOT_FOUND,
		    "store %s: its directory does not exist; make it first",
		    path);
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return error_set(err, STATUS_FULL,
		    "store %s: %s cannot be written (%s); make room or give "
		    "leave to write",
		    path, what, strerror(errnum));
	default:
		return error_system(err, errnum, "store %s: %s", path, what);
	}
}

/* Made here and not by the library, so that nobody else can read it. */
static enum status
make(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST
		    ? STATUS_OK
		    : file_failed(path, "a new one", errno, err);
	close(fd);
	return STATUS_OK;
}

enum status
file_regular(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(
		    err, STATUS_USAGE, "store %s: is not a file", path);
	return STATUS_OK;
}

enum status
file_find(
    const char *path, enum db_mode mode, struct file_id *out, struct error *err)
{
	struct stat st;
	enum status status = file_regular(path, err);

	if (status == STATUS_OK && stat(path, &st) != 0 && mode == DB_MAKE)
		status = make(path, err);
	if (status != STATUS_OK)
		return status;
	if (stat(path, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return error_set(err, STATUS_NOT_FOUND,
			    "store %s: there is none yet; run sendtop collect",
			    path);
		return error_system(err, errno, "store %s", path);
	}
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	out->empty = st.st_size == 0;
	return STATUS_OK;
}

enum status
file_refused(const char *path, enum status status, struct error *err)
{
	return access(path, W_OK) == 0 ? status
				       : file_failed(path, "it", errno, err);
}

bool
file_same(const char *path, const struct file_id *id)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_ino == id->ino &&
	    st.st_dev == id->dev;
}

bool
file_has_journal(const char *path)
{
	char *name = mem_printf("%s-wal", path);
	struct stat st;
	bool found = stat(name, &st) == 0 && st.st_size > 0;

	free(name);
	return found;
}

enum status
file_still(
    const char *path, const struct file_id *id, bool at_rest, struct error *err)
{
	if (!file_same(path, id))
		return error_set(err, STATUS_NOT_FOUND,
		    "store %s: was deleted or replaced while in use; start "
		    "again",
		    path);
	if (at_rest && file_has_journal(path))
		return error_set(err, STATUS_BUSY,
		    "store %s: was at rest when it was opened and is now being "
		    "written to; start again",
		    path);
	return STATUS_OK;
}

/* SQLite gives names that begin with a colon a meaning of their own. */
char *
file_name(const char *path)
{
	return mem_printf("%s%s", path[0] == '/' ? "" : "./", path);
}

char *
file_name_immutable(const char *path)
{
	struct buf buf = { 0 };

	buf_str(&buf, path[0] == '/' ? "file:" : "file:./");
	for (const char *p = path; *p != '\0'; p++)
		if (*p == '?' || *p == '#' || *p == '%')
			buf_printf(&buf, "%%%02x", (unsigned)*p);
		else
			buf_char(&buf, *p);
	buf_str(&buf, "?immutable=1");
	return buf_take(&buf);
}
