/* Where settings and state live, and who may read what. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "settings_row.h"

char *
settings_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user;

	if (home != NULL && home[0] == '/')
		return mem_dup(home);
	user = getpwuid(getuid());
	return user != NULL ? mem_dup(user->pw_dir) : NULL;
}

char *
settings_expand(const char *path)
{
	char *home, *whole;

	if (path[0] != '~' || path[1] != '/')
		return mem_dup(path);
	home = settings_home();
	if (home == NULL)
		return NULL;
	whole = mem_printf("%s%s", home, path + 1);
	free(home);
	return whole;
}

/* $VARIABLE/sendtop, else ~/FALLBACK/sendtop.  The XDG specification wants
 * relative paths in the variables to be passed over. */
static enum status
xdg_dir(
    const char *variable, const char *fallback, char **out, struct error *err)
{
	const char *base = getenv(variable);
	char *home;

	if (base != NULL && base[0] == '/') {
		*out = mem_printf("%s/sendtop", base);
		return STATUS_OK;
	}
	home = settings_home();
	if (home == NULL)
		return error_set(err, STATUS_SYSTEM,
		    "no home directory: set HOME or %s", variable);
	*out = mem_printf("%s/%s/sendtop", home, fallback);
	free(home);
	return STATUS_OK;
}

enum status
settings_config_dir(char **out, struct error *err)
{
	return xdg_dir("XDG_CONFIG_HOME", ".config", out, err);
}

/* Makes path and the folders above it, all for the user alone. */
static enum status
make_dirs(char *path, struct error *err)
{
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST &&
		    (c == '\0' || access(path, F_OK) != 0))
			return error_system(
			    err, errno, "cannot make directory %s", path);
		*p = c;
		if (c == '\0')
			return STATUS_OK;
	}
}

enum status
settings_state_dir(char **out, struct error *err)
{
	enum status status;
	struct stat st;
	char *path;

	status = xdg_dir("XDG_STATE_HOME", ".local/state", &path, err);
	if (status != STATUS_OK)
		return status;
	if (stat(path, &st) != 0)
		status = make_dirs(path, err);
	else if (!S_ISDIR(st.st_mode))
		status = error_set(err, STATUS_SYSTEM,
		    "%s is not a directory: move it away", path);
	if (status != STATUS_OK) {
		free(path);
		return status;
	}
	*out = path;
	return STATUS_OK;
}

enum status
settings_check_private(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		int saved = errno;
		enum status status;

		status = error_system(err, saved, "cannot read %s", path);
		if (saved != ENOENT && saved != ENOTDIR)
			return status;
		if (err != NULL)
			err->status = STATUS_NOT_FOUND;
		return STATUS_NOT_FOUND;
	}
	if (!S_ISREG(st.st_mode))
		return error_set(
		    err, STATUS_DENIED, "%s is not a plain file", path);
	if ((st.st_mode & 077) != 0)
		return error_set(err, STATUS_DENIED,
		    "%s holds secrets but others may read or write it: run "
		    "chmod 600 '%s'",
		    path, path);
	return STATUS_OK;
}
