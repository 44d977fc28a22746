/* A lock file: flock(2), so that it goes when its holder goes. */
/* SPDX-License-Identifier: MIT */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"
#include "store/file.h"

struct db_lock {
	int fd;
};

/* The holder writes its number after it has the lock, so it may be missing
 * for a moment. */
static enum status
name_holder(int fd, const char *path, struct error *err)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	int64_t pid;

	if (n > 0) {
		text[n] = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (text_to_int(text, 1, INT32_MAX, &pid))
			return error_set(err, STATUS_BUSY,
			    "store %s: another collector, process %ld, is "
			    "working on it",
			    path, (long)pid);
	}
	return error_set(err, STATUS_BUSY,
	    "store %s: another collector is working on it", path);
}

/* Only for people: the lock itself is the kernel's. */
static enum status
write_pid(int fd, const char *path, struct error *err)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return file_failed(
		    path, "its lock file", errno != 0 ? errno : ENOSPC, err);
	return STATUS_OK;
}

static enum status
take(int fd, const char *path, struct error *err)
{
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			return name_holder(fd, path, err);
		if (errno != EINTR)
			return error_system(
			    err, errno, "store %s: cannot lock it", path);
	}
	return write_pid(fd, path, err);
}

enum status
lock_take(const char *path, struct db_lock **out, struct error *err)
{
	enum status status = file_regular(path, err);
	char *name;
	int fd;

	if (status != STATUS_OK)
		return status;
	name = mem_printf("%s.lock", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(name);
	if (fd < 0)
		return file_failed(path, "its lock file", errno, err);
	status = take(fd, path, err);
	if (status != STATUS_OK) {
		close(fd);
		return status;
	}
	*out = mem_zero(1, sizeof(**out));
	(*out)->fd = fd;
	return STATUS_OK;
}

/* The file stays: unlinking it would let two take it, one each. */
void
lock_drop(struct db_lock *lock)
{
	if (lock == NULL)
		return;
	close(lock->fd);
	free(lock);
}
