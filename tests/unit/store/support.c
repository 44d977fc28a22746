/* A directory for one test's store, and short ways to open and ask it. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/store/support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/db.h"

struct place
place_new(void)
{
	const char *tmp = getenv("TMPDIR");
	struct place place;

	place.dir = mem_printf(
	    "%s/sendtop-store.XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(place.dir));
	place.path = mem_printf("%s/store.db", place.dir);
	return place;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
place_free(struct place *place)
{
	ck_assert_int_eq(
	    nftw(place->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(place->dir);
	free(place->path);
}

void
must(enum status status, const struct error *err)
{
	ck_assert_msg(status == STATUS_OK, "%s", err->text);
}

void
must_be(enum status status, enum status wanted, const struct error *err)
{
	ck_assert_msg(status == wanted, "status %d, not %d: %s", (int)status,
	    (int)wanted, status != STATUS_OK ? err->text : "ok");
}

struct store *
open_store(const struct place *place, enum store_mode mode)
{
	struct store *store = NULL;
	struct error err;

	must(store_open(place->path, mode, &store, &err), &err);
	return store;
}

int64_t
add_domain(struct store *store, const char *name)
{
	struct error err;
	int64_t id = 0;

	must(store_domain_add(store, name, FROM_USER, NULL, &id, &err), &err);
	return id;
}

char *
slurp(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	struct buf buf = { 0 };
	char block[4096];
	size_t n;

	ck_assert_msg(file != NULL, "%s", path);
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&buf, block, n);
	fclose(file);
	*len = buf.len;
	return buf_take(&buf);
}

void
spill(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "wb");

	ck_assert_msg(file != NULL, "%s", path);
	ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

void
run_sql(const struct place *place, const char *sql)
{
	struct db *db = NULL;
	struct error err;

	must(db_sqlite.open(place->path, DB_MAKE, &db, &err), &err);
	must(db_sqlite.accept(db, &err), &err);
	must(db_sqlite.exec(db, sql, &err), &err);
	db_sqlite.close(db);
}
