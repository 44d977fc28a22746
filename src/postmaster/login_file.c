/* Credentials on disk: whole or not at all, and for their owner alone. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "login.h"

/* Up to its last slash; "." when it has none. */
static char *
dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_dup(".");
	return mem_ndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static enum status
make_dirs(char *path, struct error *err)
{
	char *p = path, c;

	do {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		c = *p;
		*p = '\0';
		if (path[0] != '\0' && mkdir(path, 0700) != 0 &&
		    errno != EEXIST && access(path, F_OK) != 0)
			return error_system(
			    err, errno, "cannot make directory %s", path);
		*p = c;
	} while (c != '\0');
	return STATUS_OK;
}

enum status
login_file_prepare(const char *path, struct error *err)
{
	char *dir = dir_of(path);
	enum status status = make_dirs(dir, err);
	struct stat st;

	if (status == STATUS_OK && access(dir, W_OK | X_OK) != 0)
		status = error_system(err, errno, "cannot write to %s", dir);
	if (status == STATUS_OK && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		status = error_set(err, STATUS_USAGE,
		    "%s is not a plain file: give another with --out", path);
	free(dir);
	return status;
}

static char *
make_text(const struct login_client *client, const char *refresh_token)
{
	json_t *root = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type",
	    "authorized_user", "client_id", client->client_id, "client_secret",
	    client->client_secret, "refresh_token", refresh_token, "token_uri",
	    client->token_uri);
	char *text = json_dumps(root, JSON_INDENT(2));

	json_decref(root);
	return text;
}

static bool
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

/* The new file replaces the old one in one step, when it is on the disk. */
static enum status
put_file(const char *path, const char *text, struct error *err)
{
	char *temp = mem_printf("%s.XXXXXX", path);
	/* mkostemp makes it with mode 0600. */
	int fd = mkostemp(temp, O_CLOEXEC), saved = 0;

	if (fd < 0)
		saved = errno;
	else if (!write_all(fd, text, strlen(text)) ||
	    !write_all(fd, "\n", 1) || fsync(fd) != 0)
		saved = errno;
	if (fd >= 0 && close(fd) != 0 && saved == 0)
		saved = errno;
	if (saved == 0 && rename(temp, path) != 0)
		saved = errno;
	if (saved != 0 && fd >= 0)
		unlink(temp);
	free(temp);
	if (saved != 0)
		return error_system(err, saved, "cannot write %s", path);
	return STATUS_OK;
}

enum status
login_file_write(const char *path, const struct login_client *client,
    const char *refresh_token, struct error *err)
{
	char *text = make_text(client, refresh_token);
	enum status status;

	if (text == NULL)
		return error_set(err, STATUS_PARSE,
		    "%s: the refresh token is not text", path);
	status = put_file(path, text, err);
	mem_wipe(text, strlen(text));
	free(text);
	return status;
}
