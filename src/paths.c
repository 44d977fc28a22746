/* Where the shared files are. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/mem.h"

/* share/NAME beside the program: so it runs from where it was built. */
static char *
beside_program(const char *name)
{
	char exe[4096], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	path = mem_printf("%s/share/%s", exe, name);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
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
