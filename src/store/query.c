/* One query from its placeholders to its rows. */
/* SPDX-License-Identifier: MIT */
#include "store/query.h"

#include "store/internal.h"

void
query_open(struct query *query, struct store *store, const char *sql,
    struct error *err)
{
	*query = (struct query){ .store = store, .err = err };
	query->status = store_statement(store, sql, &query->stmt, err);
}

void
query_int(struct query *query, int64_t value)
{
	query->bound++;
	if (query->status == STATUS_OK)
		query->status = query->stmt->ops->bind_int(
		    query->stmt, query->bound, value, query->err);
}

void
query_double(struct query *query, double value)
{
	query->bound++;
	if (query->status == STATUS_OK)
		query->status = query->stmt->ops->bind_double(
		    query->stmt, query->bound, value, query->err);
}

/* NULL, "not given", is stored as an empty text. */
void
query_text(struct query *query, const char *value)
{
	query->bound++;
	if (query->status == STATUS_OK)
		query->status = query->stmt->ops->bind_text(query->stmt,
		    query->bound, value != NULL ? value : "", query->err);
}

void
query_blob(struct query *query, const void *value, size_t len)
{
	query->bound++;
	if (query->status == STATUS_OK)
		query->status = query->stmt->ops->bind_blob(
		    query->stmt, query->bound, value, len, query->err);
}

bool
query_row(struct query *query)
{
	bool row = false;

	if (query->status == STATUS_OK)
		query->status = query->stmt->ops->step(
		    query->stmt, &row, query->err);
	return query->status == STATUS_OK && row;
}

int64_t
query_get_int(struct query *query, int column)
{
	return query->stmt->ops->column_int(query->stmt, column);
}

double
query_get_double(struct query *query, int column)
{
	return query->stmt->ops->column_double(query->stmt, column);
}

const char *
query_get_text(struct query *query, int column)
{
	return query->stmt->ops->column_text(query->stmt, column);
}

const void *
query_get_blob(struct query *query, int column, size_t *len)
{
	return query->stmt->ops->column_blob(query->stmt, column, len);
}

enum status
query_end(struct query *query)
{
	if (query->stmt != NULL)
		query->stmt->ops->reset(query->stmt);
	return query->status;
}

enum status
query_run(struct query *query)
{
	while (query_row(query))
		;
	return query_end(query);
}
