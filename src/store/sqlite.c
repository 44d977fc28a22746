/* The driver for SQLite: the embedded default store. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "store/db.h"
#include "store/file.h"
#include "store/lock.h"

enum {
	APPLICATION_ID = 0x736e6474, /* "sndt" */
	READER_PATIENCE_MS = 200,    /* a key must not wait longer */
	WRITER_PATIENCE_MS = 5000,
	EXAMINE_MS = 1000,
	EXAMINE_STEPS = 10000, /* of SQLite's, between looks at the clock */
	JOURNAL_LIMIT = 16 * 1024 * 1024,
	PAGE_SIZE = 16384,
};

struct sqlite_db {
	struct db base;
	sqlite3 *handle;
	sqlite3_stmt *data_version;
	char *path;
	struct file_id id;
	bool immutable; /* opened as a file that nobody writes */
	int64_t examine_until_ms;
};

struct sqlite_stmt {
	struct db_stmt base;
	struct sqlite_db *db;
	sqlite3_stmt *handle;
};

static struct sqlite_db *
own(struct db *db)
{
	return (struct sqlite_db *)db;
}

static struct sqlite_stmt *
own_stmt(struct db_stmt *stmt)
{
	return (struct sqlite_stmt *)stmt;
}

/* --- errors ---------------------------------------------------------------- */

/* A write that failed for want of room or of leave, whatever SQLite calls it:
 * past a quota or a limit it is just another failed write to it. */
static bool
not_writable(int code, int errnum)
{
	switch (code) {
	case SQLITE_IOERR_WRITE:
	case SQLITE_IOERR_FSYNC:
	case SQLITE_IOERR_TRUNCATE:
	case SQLITE_IOERR_SHMSIZE:
		return true;
	}
	code &= 0xff;
	if (code == SQLITE_FULL || code == SQLITE_READONLY)
		return true;
	return (code == SQLITE_IOERR || code == SQLITE_CANTOPEN) &&
	    (errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG ||
		errnum == EROFS || errnum == EACCES || errnum == EPERM);
}

static enum status
say(const char *path, int code, int errnum, const char *words,
    struct error *err)
{
	bool refused = not_writable(code, errnum);

	code &= 0xff;
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return error_set(err, STATUS_BUSY,
		    "store %s: another process is writing to it; try again",
		    path);
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return error_set(err, STATUS_CORRUPT,
		    "store %s: damaged or not a sendtop store (%s); it is left "
		    "as it is: move it away or bring back a copy",
		    path, words);
	if (refused)
		return error_set(err, STATUS_FULL,
		    "store %s: cannot be written (%s%s%s); what is in it can "
		    "still be read: make room or give leave to write",
		    path, words, errnum != 0 ? ", " : "",
		    errnum != 0 ? strerror(errnum) : "");
	if (code == SQLITE_IOERR || code == SQLITE_CANTOPEN)
		return error_set(err, STATUS_SYSTEM, "store %s: %s%s%s", path,
		    words, errnum != 0 ? ", " : "",
		    errnum != 0 ? strerror(errnum) : "");
	return error_set(err, STATUS_SYSTEM, "store %s: %s", path, words);
}

static enum status
fail(const struct sqlite_db *db, int code, struct error *err)
{
	if (db->handle == NULL)
		return say(db->path, code, 0, sqlite3_errstr(code), err);
	return say(db->path, code, sqlite3_system_errno(db->handle),
	    sqlite3_errmsg(db->handle), err);
}

static enum status
run(struct sqlite_db *db, const char *sql, struct error *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? STATUS_OK : fail(db, code, err);
}

/* The number that a statement without placeholders gives. */
static enum status
ask(struct sqlite_db *db, const char *sql, int64_t *out, struct error *err)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
	enum status status = STATUS_OK;

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else
		status = fail(db, code, err);
	sqlite3_finalize(stmt);
	return status;
}

/* --- opening --------------------------------------------------------------- */

/*
 * Looks at the first bytes before SQLite does anything with the file.  They
 * are read through SQLite's own descriptor: closing another one would drop
 * the locks that this process has on the file (fcntl).
 */
static enum status
check_magic(struct sqlite_db *db, struct error *err)
{
	static const char magic[16] = "SQLite format 3";
	sqlite3_file *file = NULL;
	char head[sizeof(magic)];
	int code;

	sqlite3_file_control(
	    db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	if (file == NULL || file->pMethods == NULL)
		return fail(db, SQLITE_CANTOPEN, err);
	if (db->id.empty)
		return STATUS_OK;
	code = file->pMethods->xRead(file, head, sizeof(head), 0);
	if (code == SQLITE_OK && memcmp(head, magic, sizeof(magic)) == 0)
		return STATUS_OK;
	if (code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ)
		return say(db->path, SQLITE_NOTADB, 0,
		    sqlite3_errstr(SQLITE_NOTADB), err);
	return fail(db, code, err);
}

/* The first look inside: a database, and sendtop's or empty. */
static enum status
check_ours(struct sqlite_db *db, struct error *err)
{
	int64_t id = 0, things = 0;
	enum status status;

	status = ask(db, "PRAGMA application_id", &id, err);
	if (status == STATUS_OK)
		status = ask(
		    db, "SELECT count(*) FROM sqlite_master", &things, err);
	if (status == STATUS_OK && things > 0 && id != APPLICATION_ID)
		return error_set(err, STATUS_CORRUPT,
		    "store %s: a database, but not a sendtop store; it is left "
		    "as it is: name another file",
		    db->path);
	return status;
}

static enum status
set_up(struct sqlite_db *db, enum db_mode mode, struct error *err)
{
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle,
	    mode == DB_MAKE ? WRITER_PATIENCE_MS : READER_PATIENCE_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* A journal found beside a store that we may refuse stays there. */
	if (file_has_journal(db->path))
		sqlite3_db_config(
		    db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	/* A reader looks at a page at a time, and the system keeps the file at
	 * hand. */
	return run(db,
	    mode == DB_MAKE
		? "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
		  "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
		  "PRAGMA cache_size = -4096"
		: "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
		  "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
		  "PRAGMA cache_size = -1024",
	    err);
}

static void
shut(struct sqlite_db *db)
{
	sqlite3_finalize(db->data_version);
	db->data_version = NULL;
	sqlite3_close(db->handle);
	db->handle = NULL;
}

static enum status
attempt(struct sqlite_db *db, enum db_mode mode, int flags, struct error *err)
{
	char *name;
	enum status status;
	int code;

	db->immutable = (flags & SQLITE_OPEN_URI) != 0;
	name = db->immutable ? file_name_immutable(db->path)
			     : file_name(db->path);
	code = sqlite3_open_v2(name, &db->handle, flags, NULL);
	free(name);
	status = code == SQLITE_OK ? check_magic(db, err) : fail(db, code, err);
	if (status == STATUS_OK)
		status = set_up(db, mode, err);
	if (status == STATUS_OK)
		status = check_ours(db, err);
	if (status != STATUS_OK)
		shut(db);
	return status;
}

/*
 * A reader takes what it can get: beside a running collector it must be able
 * to write the shared index of the journal; on a read-only medium neither the
 * index nor the journal can be made, and only a file at rest can be read.
 */
static enum status
attempts(struct sqlite_db *db, enum db_mode mode, struct error *err)
{
	enum status status;

	status = attempt(db, mode, SQLITE_OPEN_READWRITE, err);
	if (mode == DB_MAKE && status == STATUS_SYSTEM)
		return file_refused(db->path, status, err);
	if (mode == DB_MAKE && status == STATUS_OK &&
	    sqlite3_db_readonly(db->handle, "main") == 1) {
		shut(db);
		return say(db->path, SQLITE_READONLY, 0,
		    sqlite3_errstr(SQLITE_READONLY), err);
	}
	if (mode == DB_MAKE ||
	    (status != STATUS_FULL && status != STATUS_SYSTEM))
		return status;
	status = attempt(db, mode, SQLITE_OPEN_READONLY, err);
	if ((status == STATUS_FULL || status == STATUS_SYSTEM) &&
	    !file_has_journal(db->path))
		status = attempt(
		    db, mode, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	return status;
}

static void
sqlite_close(struct db *base)
{
	struct sqlite_db *db = own(base);

	if (db == NULL)
		return;
	shut(db);
	free(db->path);
	free(db);
}

static enum status
sqlite_open(
    const char *location, enum db_mode mode, struct db **out, struct error *err)
{
	struct sqlite_db *db = mem_zero(1, sizeof(*db));
	enum status status;

	db->base.ops = &db_sqlite;
	db->path = mem_dup(location);
	status = file_find(db->path, mode, &db->id, err);
	if (status == STATUS_OK)
		status = attempts(db, mode, err);
	if (status != STATUS_OK) {
		sqlite_close(&db->base);
		return status;
	}
	*out = &db->base;
	return STATUS_OK;
}

static enum status
sqlite_version(struct db *db, int64_t *out, struct error *err)
{
	return ask(own(db), "PRAGMA user_version", out, err);
}

static enum status
sqlite_set_version(struct db *db, int64_t version, struct error *err)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
	    "PRAGMA application_id = %d; PRAGMA user_version = %ld",
	    (int)APPLICATION_ID, (long)version);
	return run(own(db), sql, err);
}

static int
examine_enough(void *arg)
{
	const struct sqlite_db *db = arg;

	return clock_mono_ms() >= db->examine_until_ms;
}

/* Stops after EXAMINE_MS: a large store must not keep a collector waiting.
 * What it did not get to is noticed when it is read. */
static enum status
sqlite_examine(struct db *base, struct error *err)
{
	struct sqlite_db *db = own(base);
	sqlite3_stmt *stmt = NULL;
	enum status status = STATUS_OK;
	const char *words;
	int code;

	db->examine_until_ms = clock_mono_ms() + EXAMINE_MS;
	sqlite3_progress_handler(db->handle, EXAMINE_STEPS, examine_enough, db);
	code = sqlite3_prepare_v2(
	    db->handle, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		words = (const char *)sqlite3_column_text(stmt, 0);
		if (words == NULL || strcmp(words, "ok") != 0)
			status = say(db->path, SQLITE_CORRUPT, 0,
			    words != NULL ? words : "quick_check", err);
	} else if (code != SQLITE_DONE && code != SQLITE_INTERRUPT) {
		status = fail(db, code, err);
	}
	sqlite3_finalize(stmt);
	sqlite3_progress_handler(db->handle, 0, NULL, NULL);
	return status;
}

static bool
sqlite_read_only(struct db *base)
{
	return sqlite3_db_readonly(own(base)->handle, "main") == 1;
}

static enum status
sqlite_accept(struct db *base, struct error *err)
{
	struct sqlite_db *db = own(base);
	char sql[160];

	sqlite3_db_config(
	    db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	if (sqlite_read_only(base))
		return STATUS_OK;
	snprintf(sql, sizeof(sql),
	    "PRAGMA page_size = %d; PRAGMA journal_mode = WAL;"
	    "PRAGMA journal_size_limit = %d",
	    (int)PAGE_SIZE, (int)JOURNAL_LIMIT);
	return run(db, sql, err);
}

static enum status
sqlite_present(struct db *base, struct error *err)
{
	const struct sqlite_db *db = own(base);

	return file_still(db->path, &db->id, db->immutable, err);
}

/* data_version counts what others committed, total_changes what we wrote. */
static uint64_t
sqlite_changes(struct db *base)
{
	struct sqlite_db *db = own(base);
	uint64_t theirs = 0;

	if (sqlite_present(base, NULL) != STATUS_OK)
		return UINT64_MAX;
	if (db->data_version == NULL &&
	    sqlite3_prepare_v2(db->handle, "PRAGMA data_version", -1,
		&db->data_version, NULL) != SQLITE_OK)
		return UINT64_MAX;
	if (sqlite3_step(db->data_version) == SQLITE_ROW)
		theirs = (uint64_t)sqlite3_column_int64(db->data_version, 0);
	sqlite3_reset(db->data_version);
	return theirs << 40 ^ (uint64_t)sqlite3_total_changes64(db->handle);
}

/* --- statements ------------------------------------------------------------ */

static enum status
sqlite_exec(struct db *db, const char *sql, struct error *err)
{
	return run(own(db), sql, err);
}

static bool
sqlite_in_transaction(struct db *db)
{
	return sqlite3_get_autocommit(own(db)->handle) == 0;
}

static void
sqlite_rollback(struct db *db)
{
	if (sqlite_in_transaction(db))
		sqlite3_exec(own(db)->handle, "ROLLBACK", NULL, NULL, NULL);
}

static enum status
sqlite_prepare(
    struct db *base, const char *sql, struct db_stmt **out, struct error *err)
{
	struct sqlite_db *db = own(base);
	struct sqlite_stmt *stmt;
	sqlite3_stmt *handle = NULL;
	int code = sqlite3_prepare_v3(
	    db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);

	if (code != SQLITE_OK)
		return fail(db, code, err);
	stmt = mem_zero(1, sizeof(*stmt));
	stmt->base.ops = &db_sqlite;
	stmt->db = db;
	stmt->handle = handle;
	*out = &stmt->base;
	return STATUS_OK;
}

static void
sqlite_finalize(struct db_stmt *base)
{
	struct sqlite_stmt *stmt = own_stmt(base);

	if (stmt == NULL)
		return;
	sqlite3_finalize(stmt->handle);
	free(stmt);
}

static enum status
bound(struct db_stmt *base, int code, struct error *err)
{
	return code == SQLITE_OK ? STATUS_OK
				 : fail(own_stmt(base)->db, code, err);
}

static enum status
sqlite_bind_int(struct db_stmt *stmt, int at, int64_t value, struct error *err)
{
	return bound(
	    stmt, sqlite3_bind_int64(own_stmt(stmt)->handle, at, value), err);
}

static enum status
sqlite_bind_double(
    struct db_stmt *stmt, int at, double value, struct error *err)
{
	return bound(
	    stmt, sqlite3_bind_double(own_stmt(stmt)->handle, at, value), err);
}

static enum status
sqlite_bind_text(
    struct db_stmt *stmt, int at, const char *value, struct error *err)
{
	return bound(stmt,
	    sqlite3_bind_text(
		own_stmt(stmt)->handle, at, value, -1, SQLITE_STATIC),
	    err);
}

static enum status
sqlite_bind_blob(struct db_stmt *stmt, int at, const void *value, size_t len,
    struct error *err)
{
	return bound(stmt,
	    sqlite3_bind_blob64(
		own_stmt(stmt)->handle, at, value, len, SQLITE_STATIC),
	    err);
}

static enum status
sqlite_step(struct db_stmt *base, bool *row, struct error *err)
{
	struct sqlite_stmt *stmt = own_stmt(base);
	int code = sqlite3_step(stmt->handle);

	*row = code == SQLITE_ROW;
	if (code == SQLITE_ROW || code == SQLITE_DONE)
		return STATUS_OK;
	return fail(stmt->db, code, err);
}

static int64_t
sqlite_column_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(own_stmt(stmt)->handle, column);
}

static double
sqlite_column_double(struct db_stmt *stmt, int column)
{
	sqlite3_stmt *handle = own_stmt(stmt)->handle;

	if (sqlite3_column_type(handle, column) == SQLITE_NULL)
		return (double)NAN;
	return sqlite3_column_double(handle, column);
}

static const char *
sqlite_column_text(struct db_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(
	    own_stmt(stmt)->handle, column);

	return text != NULL ? (const char *)text : "";
}

static const void *
sqlite_column_blob(struct db_stmt *stmt, int column, size_t *len)
{
	sqlite3_stmt *handle = own_stmt(stmt)->handle;
	const void *data = sqlite3_column_blob(handle, column);

	*len = (size_t)sqlite3_column_bytes(handle, column);
	return data;
}

static void
sqlite_reset(struct db_stmt *stmt)
{
	sqlite3_reset(own_stmt(stmt)->handle);
	sqlite3_clear_bindings(own_stmt(stmt)->handle);
}

const struct db_ops db_sqlite = {
	.scheme = "",
	.words = {
		.id = "INTEGER PRIMARY KEY",
		.integer = "INTEGER",
		.real = "REAL",
		.blob = "BLOB",
		.clustered = "WITHOUT ROWID",
		/* At once a writer: a reader that turns into one halfway can
		 * only fail. */
		.begin = "BEGIN IMMEDIATE",
		.look = "BEGIN DEFERRED",
	},
	.lock = lock_take,
	.unlock = lock_drop,
	.open = sqlite_open,
	.close = sqlite_close,
	.version = sqlite_version,
	.set_version = sqlite_set_version,
	.examine = sqlite_examine,
	.accept = sqlite_accept,
	.read_only = sqlite_read_only,
	.present = sqlite_present,
	.changes = sqlite_changes,
	.rollback = sqlite_rollback,
	.in_transaction = sqlite_in_transaction,
	.exec = sqlite_exec,
	.prepare = sqlite_prepare,
	.finalize = sqlite_finalize,
	.bind_int = sqlite_bind_int,
	.bind_double = sqlite_bind_double,
	.bind_text = sqlite_bind_text,
	.bind_blob = sqlite_bind_blob,
	.step = sqlite_step,
	.column_int = sqlite_column_int,
	.column_double = sqlite_column_double,
	.column_text = sqlite_column_text,
	.column_blob = sqlite_column_blob,
	.reset = sqlite_reset,
};
