/* Where the shared files are. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/mem.h"

/* Where it is when run from where it was built, and when installed below any
 * prefix at all. */
static const char *const beside[] = { "share", "../share/sendtop" };

static char *
beside_program(const char *name)
{
	char exe[4096], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	size_t i;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	for (i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		path = mem_printf("%s/%s/%s", exe, beside[i], name);
		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

enum status
cmd_requirements(struct requirements **out, struct error *err)
{
	char *path = beside_program("requirements.json");
	enum status status;

	if (path == NULL)
		path = mem_printf("%s/requirements.json", SENDTOP_DATADIR);
	status = requirements_load(path, out, err);
	free(path);
	return status;
}
