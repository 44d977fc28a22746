/* Tables of requirements for tests, through a file as in real life. */
/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

enum status
table_load_text(const char *text, struct requirements **out, struct error *err)
{
	char path[] = "/tmp/sendtop-table-XXXXXX";
	int fd = mkstemp(path);
	enum status status;

	ck_assert_int_ge(fd, 0);
	ck_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	*out = NULL;
	status = requirements_load(path, out, err);
	unlink(path);
	return status;
}

enum status
table_load(const char *rest, struct requirements **out, struct error *err)
{
	char *text = mem_printf(
	    "{\"requirements\":[{\"id\":\"R1\",\"audience\":"
	    "\"all\",\"title\":\"t\",\"remedy\":\"r\",%s}]}",
	    rest);
	enum status status = table_load_text(text, out, err);

	free(text);
	return status;
}

char *
table_path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("SENDTOP_SRCDIR");

	snprintf(out, size, "%s/%s", dir != NULL ? dir : ".", name);
	return out;
}

struct requirements *
table_load_share(void)
{
	struct requirements *table;
	char path[PATH_SIZE];
	struct error err;

	ck_assert_msg(requirements_load(table_path(path, sizeof(path),
					    "share/requirements.json"),
			  &table, &err) == STATUS_OK,
	    "%s", err.text);
	return table;
}
