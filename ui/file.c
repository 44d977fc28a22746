/* Files that the screen writes: new ones, and the copy. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/settings.h"

enum {
	DOMAIN_PART = 100,
	FILE_NAME_SIZE = 160,
	SAME_SECOND = 99, /* files of one name */
};

static const char *
ending(const char *format)
{
	static const struct {
		const char *format, *ending;
	} endings[] = { { "markdown", "md" }, { "json", "json" },
		{ "csv", "csv" } };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (strcmp(endings[i].format, format) == 0)
			return endings[i].ending;
	return "txt";
}

/* sendtop-news.example.com-2026-11-21T234007Z.txt, -2.txt, ...: nothing of the
 * domain but what is harmless in a file name. */
static void
name_file(const char *domain, const char *what, const char *format, int number,
    char out[FILE_NAME_SIZE])
{
	const char *from = domain[0] != '\0' ? domain : what;
	char when[TIME_TEXT_SIZE], safe[DOMAIN_PART + 1], more[8] = "";
	size_t n = 0;

	for (; from[n] != '\0' && n < DOMAIN_PART; n++) {
		char c = from[n];
		bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || (c == '.' && n > 0);

		safe[n] = fine ? c : '_';
	}
	safe[n] = '\0';
	time_text(when, clock_utc_s());
	if (number > 1)
		snprintf(more, sizeof(more), "-%d", number % 100);
	snprintf(out, FILE_NAME_SIZE, "sendtop-%s-%.13s%.2s%.2sZ%s.%s", safe,
	    when, when + 14, when + 17, more, ending(format));
}

static enum status
make(const char *path, int *fd, struct error *err)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (*fd >= 0)
		return STATUS_OK;
	if (errno == EEXIST)
		return error_set(err, STATUS_USAGE,
		    "%s is there already: name another file", path);
	return error_system(err, errno, "cannot write %s", path);
}

/* A new file in a folder, under a name that is not taken. */
static enum status
make_new(const char *folder, const char *domain, const char *what,
    const char *format, int *fd, char **path, struct error *err)
{
	enum status status = STATUS_USAGE;
	char name[FILE_NAME_SIZE];

	for (int i = 1; status == STATUS_USAGE && i <= SAME_SECOND; i++) {
		name_file(domain, what, format, i, name);
		free(*path);
		*path = mem_printf(
		    "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
		status = make(*path, fd, err);
	}
	return status;
}

enum status
file_new(const char *domain, const char *what, const char *format,
    const char *asked, int *fd, char **path, struct error *err)
{
	enum status status;
	char *state;

	*path = NULL;
	if (asked[0] != '\0') {
		*path = mem_dup(asked);
		status = make(asked, fd, err);
	} else {
		status = make_new("", domain, what, format, fd, path, err);
		if (status != STATUS_OK &&
		    settings_state_dir(&state, err) == STATUS_OK) {
			status = make_new(
			    state, domain, what, format, fd, path, err);
			free(state);
		}
	}
	if (status != STATUS_OK) {
		free(*path);
		*path = NULL;
	}
	return status;
}

static enum status
put_all(int fd, const char *path, const char *text, struct error *err)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system(
			    err, errno, "cannot write %s", path);
		text += n;
		len -= (size_t)n;
	}
	return STATUS_OK;
}

enum status
file_put(int fd, const char *path, const char *text, struct error *err)
{
	enum status status = put_all(fd, path, text, err);

	if (close(fd) != 0 && status == STATUS_OK)
		status = error_system(err, errno, "cannot write %s", path);
	if (status != STATUS_OK)
		unlink(path);
	return status;
}

enum status
file_copy(const char *text, char **path, struct error *err)
{
	char *state;
	enum status status = settings_state_dir(&state, err);
	int fd;

	*path = NULL;
	if (status != STATUS_OK)
		return status;
	*path = mem_printf("%s/copy.txt", state);
	free(state);
	fd = open(
	    *path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	status = fd < 0 ? error_system(err, errno, "cannot write %s", *path)
			: file_put(fd, *path, text, err);
	if (status != STATUS_OK) {
		free(*path);
		*path = NULL;
	}
	return status;
}
