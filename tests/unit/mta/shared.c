/* The real catalogue and the collected replies, for tests. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/mta/shared.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

char *
shared_path(const char *name)
{
	const char *tree = getenv("SENDTOP_SRCDIR");

	return mem_printf("%s/%s", tree != NULL ? tree : ".", name);
}

struct reply_catalogue *
shared_catalogue(void)
{
	struct reply_catalogue *catalogue = NULL;
	char *folder = shared_path("share");
	struct error err;

	ck_assert_msg(
	    reply_catalogue_load(folder, &catalogue, &err) == STATUS_OK, "%s",
	    err.text);
	free(folder);
	return catalogue;
}

const char *
shared_key(const struct reply_catalogue *catalogue, const char *provider,
    const char *text)
{
	struct reply_match match;

	reply_classify(catalogue, text, strlen(text), provider, &match);
	return match.row != NULL ? match.row->key : "unknown";
}

int
shared_lines(const char *name, void (*take)(void *arg, char *line), void *arg)
{
	char *path = shared_path(name), line[4096];
	FILE *in = fopen(path, "r");
	int count = 0;

	ck_assert_msg(in != NULL, "%s cannot be read", path);
	while (fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "# ", 2) == 0 || line[0] == '\0')
			continue;
		take(arg, line);
		count++;
	}
	fclose(in);
	free(path);
	return count;
}
