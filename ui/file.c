/* The names of files that the screen writes: new ones, and the copy. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A name in a folder that is not taken. */
static char *
free_name(const char *folder, const char *domain, const char *what,
    const char *format)
{
	char name[FILE_NAME_SIZE], *path = NULL;

	for (int i = 1; i <= SAME_SECOND; i++) {
		free(path);
		name_file(domain, what, format, i, name);
		path = mem_printf(
		    "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
		if (!is_there(path))
			break;
	}
	return path;
}

static enum status
asked_name(const char *asked, char **path, struct error *err)
{
	const char *home = getenv("HOME");

	*path = strncmp(asked, "~/", 2) == 0 && home != NULL
	    ? mem_printf("%s%s", home, asked + 1)
	    : mem_dup(asked);
	if (!is_there(*path))
		return STATUS_OK;
	error_set(
	    err, STATUS_USAGE, "%s is there already: name another file", *path);
	free(*path);
	*path = NULL;
	return STATUS_USAGE;
}

enum status
file_new_path(const char *domain, const char *what, const char *format,
    const char *asked, char **path, struct error *err)
{
	enum status status;
	char *state;

	*path = NULL;
	if (asked[0] != '\0')
		return asked_name(asked, path, err);
	if (access(".", W_OK | X_OK) == 0) {
		*path = free_name("", domain, what, format);
		return STATUS_OK;
	}
	status = settings_state_dir(&state, err);
	if (status != STATUS_OK)
		return status;
	*path = free_name(state, domain, what, format);
	free(state);
	return STATUS_OK;
}

enum status
file_copy_path(char **path, struct error *err)
{
	char *state;
	enum status status = settings_state_dir(&state, err);

	*path = NULL;
	if (status != STATUS_OK)
		return status;
	*path = mem_printf("%s/copy.txt", state);
	free(state);
	return STATUS_OK;
}

char *
file_size_text(char out[FILE_SIZE_TEXT], long long octets)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double size = (double)octets / 1024;
	size_t i = 0;

	if (octets < 1024) {
		snprintf(out, FILE_SIZE_TEXT, "%lld octets", octets);
		return out;
	}
	for (; size >= 1000 && i < 3; i++)
		size /= 1024;
	snprintf(out, FILE_SIZE_TEXT, "%.1f %s", size, units[i]);
	return out;
}
