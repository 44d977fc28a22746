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

static char *
shared(const char *name)
{
	char *path = beside_program(name);

	if (path == NULL)
		path = mem_printf("%s/%s", SENDTOP_DATADIR, name);
	return path;
}

enum status
cmd_replies(struct providers **providers, struct reply_catalogue **catalogue,
    struct error *err)
{
	char *path = shared("providers.json"), *folder;
	enum status status = providers_load(path, providers, err);

	*catalogue = NULL;
	if (status == STATUS_OK) {
		folder = mem_ndup(path, (size_t)(strrchr(path, '/') - path));
		status = reply_catalogue_load(folder, catalogue, err);
		free(folder);
		if (status != STATUS_OK) {
			providers_free(*providers);
			*providers = NULL;
		}
	}
	free(path);
	return status;
}

char *
cmd_themes(void)
{
	return shared("themes");
}

enum status
cmd_requirements(struct requirements **out, struct error *err)
{
	char *path = shared("requirements.json");
	enum status status;

	status = requirements_load(path, out, err);
	free(path);
	return status;
}
