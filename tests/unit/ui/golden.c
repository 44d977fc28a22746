/* Comparing text with a file of tests/golden. */
/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

enum { PATH_SIZE = 4096 };

static char *
read_all(const char *path)
{
	FILE *in = fopen(path, "r");
	struct buf buf = { 0 };
	char block[4096];
	size_t n;

	if (in == NULL)
		return NULL;
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(&buf, block, n);
	fclose(in);
	return buf_take(&buf);
}

static void
write_all(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_msg(out != NULL, "cannot write %s", path);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
}

/* The first line of `got` that is not that of `want`. */
static void
report(const char *path, const char *got, const char *want)
{
	int line = 1;
	size_t i, start = 0;

	for (i = 0; got[i] == want[i] && got[i] != '\0'; i++)
		if (got[i] == '\n') {
			line++;
			start = i + 1;
		}
	ck_abort_msg("%s:%d differs\n got: %.*s\nwant: %.*s\n"
		     "(UPDATE_GOLDEN=1 rewrites it: read it then)",
	    path, line, (int)strcspn(got + start, "\n"), got + start,
	    (int)strcspn(want + start, "\n"), want + start);
}

void
golden_text(const char *name, const char *text)
{
	const char *source = getenv("SENDTOP_SRCDIR");
	const char *update = getenv("UPDATE_GOLDEN");
	char path[PATH_SIZE];
	char *want;

	snprintf(path, sizeof(path), "%s/tests/golden/%s.txt",
	    source != NULL ? source : ".", name);
	if (update != NULL && update[0] == '1') {
		write_all(path, text);
		return;
	}
	want = read_all(path);
	ck_assert_msg(
	    want != NULL, "%s is missing: UPDATE_GOLDEN=1 writes it", path);
	if (strcmp(text, want) != 0)
		report(path, text, want);
	free(want);
}

void
golden_canvas(const char *name, const struct canvas *canvas)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	canvas_text(canvas, out);
	fclose(out);
	golden_text(name, text);
	free(text);
}
