/* What rotation made of a log: found beside it, and put in order. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/ingest.h"

enum { TRIES = 5 };

struct sibling {
	char *path;
	const char *suffix; /* what rotation added: ".1", "-20261122.gz" */
	int64_t written_s;
	dev_t device;
	ino_t inode;
};

struct siblings {
	struct sibling *all;
	size_t count, cap;
};

/* --- which there are ------------------------------------------------------ */

static void
add(struct siblings *siblings, char *path)
{
	struct sibling *sibling;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		free(path);
		return;
	}
	siblings->all = mem_grow(siblings->all, siblings->count, &siblings->cap,
	    sizeof(*siblings->all));
	sibling = &siblings->all[siblings->count++];
	*sibling = (struct sibling){
		.path = path,
		.suffix = path + source_family_len(path),
		.written_s = st.st_mtime,
		.device = st.st_dev,
		.inode = st.st_ino,
	};
}

static void
find(struct siblings *siblings, const char *log)
{
	const char *slash = strrchr(log, '/');
	size_t len = slash != NULL ? (size_t)(slash + 1 - log) : 0;
	char *folder = len > 0 ? mem_ndup(log, len) : mem_dup(".");
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (source_is_rotated(log, entry->d_name))
			add(siblings,
			    mem_printf("%.*s%s", (int)len, log, entry->d_name));
	if (dir != NULL)
		closedir(dir);
	free(folder);
}

/* --- their order ---------------------------------------------------------- */

static int
younger_number(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;
	long m = strtol(x->suffix + 1, NULL, 10);
	long n = strtol(y->suffix + 1, NULL, 10);

	return m != n ? (m > n) - (m < n) : strcmp(x->suffix, y->suffix);
}

static int
younger_date(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;
	size_t m = strcspn(x->suffix, "."), n = strcspn(y->suffix, ".");
	int order = memcmp(y->suffix, x->suffix, m < n ? m : n);

	if (order != 0)
		return order;
	return m != n ? (m < n) - (m > n) : strcmp(x->suffix, y->suffix);
}

static int
younger_written(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;

	if (x->written_s != y->written_s)
		return x->written_s > y->written_s ? -1 : 1;
	return strcmp(x->path, y->path);
}

static bool
is_numbered(const struct sibling *sibling)
{
	return sibling->suffix[0] == '.' && sibling->suffix[1] >= '0' &&
	    sibling->suffix[1] <= '9';
}

static bool
is_dated(const struct sibling *sibling)
{
	return sibling->suffix[0] == '-';
}

/* The youngest first: as their names say, when all say it alike, or else as
 * they were written. */
static void
put_in_order(struct siblings *siblings)
{
	size_t numbered = 0, dated = 0, i;

	for (i = 0; i < siblings->count; i++) {
		numbered += is_numbered(&siblings->all[i]);
		dated += is_dated(&siblings->all[i]);
	}
	if (siblings->count > 0)
		qsort(siblings->all, siblings->count, sizeof(*siblings->all),
		    numbered == siblings->count    ? younger_number
			: dated == siblings->count ? younger_date
						   : younger_written);
}

/* --- opening -------------------------------------------------------------- */

static bool
holds(const struct sibling *sibling, const struct source_mark *mark)
{
	struct source *source;
	enum source_fit fit;
	struct error err;

	if (source_open(sibling->path, &source, &err) != STATUS_OK)
		return false;
	source_match(source, &mark, 1, &fit);
	source_close(source);
	return fit <= FIT_HEAD;
}

/* How many there are up to the one that the mark is of, which may have more
 * itself; 0: it is not there. */
static size_t
count_younger(const struct siblings *siblings, const struct source_mark *mark)
{
	if (mark == NULL || mark->head_len == 0)
		return 0;
	for (size_t i = 0; i < siblings->count; i++)
		if (holds(&siblings->all[i], mark))
			return i + 1;
	return 0;
}

/* A packer is at work beside it: its file is not whole yet. */
static bool
is_being_packed(const struct siblings *siblings, size_t at)
{
	const char *path = siblings->all[at].path;

	for (size_t i = 0; i < siblings->count; i++) {
		size_t len = strlen(siblings->all[i].path);

		if (strncmp(path, siblings->all[i].path, len) == 0 &&
		    path[len] == '.')
			return true;
	}
	return false;
}

static void
open_all(struct ingest *ingest, const struct siblings *siblings,
    int64_t since_s, const struct source_mark *mark)
{
	size_t younger = count_younger(siblings, mark), i;
	int64_t before_s = INT64_MAX;

	for (i = 0; i < siblings->count; i++) {
		const struct sibling *sibling = &siblings->all[i];
		struct logfile *file;

		if ((i >= younger && sibling->written_s < since_s) ||
		    is_being_packed(siblings, i) ||
		    logfile_is_listed(ingest, sibling->path))
			continue;
		file = logfile_add(ingest, sibling->path);
		file->passing = true;
		logfile_open(ingest, file);
		/* They are read in their order, whatever touched them. */
		if (i < younger && file->written_s >= before_s)
			file->written_s = before_s - 1;
		before_s = file->written_s;
	}
}

static bool
are_same(const struct siblings *a, const struct siblings *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->all[i].path, b->all[i].path) == 0 &&
		    a->all[i].device == b->all[i].device &&
		    a->all[i].inode == b->all[i].inode;
	return same;
}

static void
forget(struct siblings *siblings)
{
	for (size_t i = 0; i < siblings->count; i++)
		free(siblings->all[i].path);
	free(siblings->all);
}

void
siblings_open(struct ingest *ingest, struct logfile *log, int64_t since_s,
    const struct source_mark *mark)
{
	struct siblings siblings = { 0 }, now;
	bool same = false;

	find(&siblings, log->path);
	put_in_order(&siblings);
	/* They may be renamed while they are looked at. */
	for (int i = 0; i < TRIES && !same; i++) {
		open_all(ingest, &siblings, since_s, mark);
		now = (struct siblings){ 0 };
		find(&now, log->path);
		put_in_order(&now);
		same = are_same(&siblings, &now);
		forget(&siblings);
		siblings = now;
	}
	forget(&siblings);
}
