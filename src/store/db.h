/* The database driver: what the store needs of SQLite, PostgreSQL, ... */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_DB_H
#define SENDTOP_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

/*
 * Queries are written once, for all drivers: placeholders $1, $2, ... that
 * first appear in this order, ON CONFLICT for upserts, RETURNING for new
 * numbers, 0 and 1 for truth, and no NULL in a column that is sorted by.
 */

/* One connection and one prepared statement; drivers put their own behind. */
struct db {
	const struct db_ops *ops;
};
struct db_stmt {
	const struct db_ops *ops;
};
struct db_lock;

enum db_mode {
	DB_READ, /* what is there; writable if the system lets us */
	DB_MAKE, /* made when missing; writable or STATUS_FULL */
};

/* What a schema's {words} become, and what is said otherwise. */
struct db_words {
	const char *id;        /* a key that the database numbers itself */
	const char *integer;   /* 64 bits */
	const char *real;      /* a double */
	const char *blob;      /* bytes */
	const char *clustered; /* after a table that is its primary key */
	const char *begin;     /* a transaction that will write */
	const char *look;      /* one that only reads, all at one moment */
};

struct db_ops {
	const char *scheme; /* how its locations begin; "" a path */
	struct db_words words;

	/* The collector's lock: STATUS_BUSY names its holder. */
	enum status (*lock)(
	    const char *location, struct db_lock **out, struct error *err);
	void (*unlock)(struct db_lock *lock);

	/* Looks, but changes nothing that is there.  STATUS_NOT_FOUND: nothing
	 * there; STATUS_CORRUPT: damaged, or not a store. */
	enum status (*open)(const char *location, enum db_mode mode,
	    struct db **out, struct error *err);
	void (*close)(struct db *db);
	/* The schema's version, 0 when empty; set inside a transaction. */
	enum status (*version)(struct db *db, int64_t *out, struct error *err);
	enum status (*set_version)(
	    struct db *db, int64_t version, struct error *err);
	/* A bounded look for damage. */
	enum status (*examine)(struct db *db, struct error *err);
	/* The store was accepted: from here on it may be written to. */
	enum status (*accept)(struct db *db, struct error *err);
	bool (*read_only)(struct db *db);
	/* STATUS_NOT_FOUND: it has been deleted or replaced under us. */
	enum status (*present)(struct db *db, struct error *err);
	/* Differs after every commit of anybody. */
	uint64_t (*changes)(struct db *db);

	void (*rollback)(struct db *db);
	/* False once the database undid a transaction by itself. */
	bool (*in_transaction)(struct db *db);

	/* One or several statements without results. */
	enum status (*exec)(struct db *db, const char *sql, struct error *err);
	enum status (*prepare)(struct db *db, const char *sql,
	    struct db_stmt **out, struct error *err);
	void (*finalize)(struct db_stmt *stmt);
	/* Placeholders count from 1.  Bytes and texts are borrowed until the
	 * reset.  NaN is stored as NULL, and read as NaN again. */
	enum status (*bind_int)(
	    struct db_stmt *stmt, int at, int64_t value, struct error *err);
	enum status (*bind_double)(
	    struct db_stmt *stmt, int at, double value, struct error *err);
	enum status (*bind_text)(
	    struct db_stmt *stmt, int at, const char *value, struct error *err);
	enum status (*bind_blob)(struct db_stmt *stmt, int at,
	    const void *value, size_t len, struct error *err);
	enum status (*step)(struct db_stmt *stmt, bool *row, struct error *err);
	/* Columns count from 0; text and bytes live until the next step.
	 * Text is never NULL. */
	int64_t (*column_int)(struct db_stmt *stmt, int column);
	double (*column_double)(struct db_stmt *stmt, int column);
	const char *(*column_text)(struct db_stmt *stmt, int column);
	const void *(*column_blob)(
	    struct db_stmt *stmt, int column, size_t *len);
	void (*reset)(struct db_stmt *stmt);
};

/* The driver whose scheme the location begins with, or NULL. */
const struct db_ops *db_find(const char *location);

extern const struct db_ops db_sqlite;

#endif
