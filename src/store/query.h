/* One query from its placeholders to its rows; the first failure sticks. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_QUERY_H
#define SENDTOP_STORE_QUERY_H

#include "sendtop/mem.h"
#include "sendtop/store.h"
#include "store/db.h"

struct query {
	struct store *store;
	struct db_stmt *stmt;
	struct error *err;
	enum status status;
	int bound;
};

/* Values are given in the order of the placeholders and borrowed until the
 * end.  Every query that was opened is ended, whatever happened. */
void query_open(struct query *query, struct store *store, const char *sql,
    struct error *err);
void query_int(struct query *query, int64_t value);
void query_double(struct query *query, double value);
void query_text(struct query *query, const char *value);
void query_blob(struct query *query, const void *value, size_t len);
/* False at the end and after a failure; query_end tells which. */
bool query_row(struct query *query);
int64_t query_get_int(struct query *query, int column);
double query_get_double(struct query *query, int column);
/* Borrowed until the next row; never NULL. */
const char *query_get_text(struct query *query, int column);
const void *query_get_blob(struct query *query, int column, size_t *len);
enum status query_end(struct query *query) MUST_CHECK;
/* Runs a write and ends it. */
enum status query_run(struct query *query) MUST_CHECK;

#endif
