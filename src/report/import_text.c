/* The rows of a file: CSV or JSON by what is in it, a block at a time. */
/* SPDX-License-Identifier: MIT */
#include "report/import_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/import_octets.h"
#include "report/report.h"
#include "sendtop/metric.h"

enum {
	BLOCK = 256 * 1024,
	BUFFER = BLOCK + IMPORT_RECORD_MOST,
	IGNORED_MOST = 200,
	NAME_SHOWN = 40,
};

/* What a column of CSV is. */
enum column_kind { COLUMN_OF_EXPORT, COLUMN_MEASURE, COLUMN_IGNORED };
struct column {
	enum column_kind kind;
	size_t at; /* of an export's columns, or the metric */
};

struct import_text {
	int fd;
	char *data; /* what was read and is not used: at to len */
	size_t at, len;
	bool last; /* no more comes */
	bool begun;
	bool json;
	size_t line, next_line;
	struct import_cells cells;
	struct column columns[IMPORT_CELLS];
	size_t column_count;
	bool measures; /* the columns are measures */
	size_t next;   /* column whose cell makes the next row */
	struct export_row plain;
	struct buf ignored;
};

struct import_text *
import_text_new(int fd)
{
	struct import_text *t = mem_zero(1, sizeof(*t));

	t->fd = fd;
	t->data = mem_alloc(BUFFER);
	t->cells.out = mem_alloc(BUFFER + IMPORT_CELLS);
	t->ignored.max = IGNORED_MOST;
	t->line = t->next_line = 1;
	return t;
}

void
import_text_free(struct import_text *t)
{
	if (t == NULL)
		return;
	free(t->data);
	free(t->cells.out);
	buf_free(&t->ignored);
	free(t);
}

size_t
import_text_line(const struct import_text *t)
{
	return t->line;
}

const char *
import_text_ignored(const struct import_text *t)
{
	return t->ignored.data != NULL ? t->ignored.data : "";
}

/* --- octets ---------------------------------------------------------------- */

static enum status
fill(struct import_text *t, struct error *err)
{
	memmove(t->data, t->data + t->at, t->len - t->at);
	t->len -= t->at;
	t->at = 0;
	while (!t->last && t->len < BUFFER) {
		ssize_t n = read(t->fd, t->data + t->len, BUFFER - t->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system(err, errno, "cannot be read");
		t->last = n == 0;
		t->len += (size_t)n;
	}
	return STATUS_OK;
}

static bool
begins(const struct import_text *t, const char *magic, size_t len)
{
	return t->len - t->at >= len &&
	    memcmp(t->data + t->at, magic, len) == 0;
}

/* What is no text at all, by its first octets. */
static const struct {
	const char *magic;
	size_t len;
	const char *why;
} strange[] = {
	{ "\x1f\x8b", 2,
	    "it is packed with gzip; unpack it: zcat FILE | "
	    "sendtop import -" },
	{ "BZh", 3, "it is packed with bzip2; unpack it first" },
	{ "\xfd"
	  "7zXZ",
	    5, "it is packed with xz; unpack it first" },
	{ "\x28\xb5\x2f\xfd", 4, "it is packed with zstd; unpack it first" },
	{ "PK\x03\x04", 4,
	    "it is an archive or a spreadsheet; save that as CSV" },
	{ "SQLite format 3", 15,
	    "it is a store, not an export of one; --store names it" },
	{ "\xff\xfe", 2, "it is UTF-16; save it as CSV in UTF-8" },
	{ "\xfe\xff", 2, "it is UTF-16; save it as CSV in UTF-8" },
	{ "[", 1,
	    "it is a JSON array; an export has an object a line, as "
	    "jq -c '.[]' makes of it" },
};

static enum status
begin(struct import_text *t, struct error *err)
{
	enum status status = fill(t, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		if (begins(t, strange[i].magic, strange[i].len))
			return error_set(
			    err, STATUS_PARSE, "%s", strange[i].why);
	if (begins(t, "\xef\xbb\xbf", 3))
		t->at += 3;
	while (t->at < t->len && strchr(" \t\r\n", t->data[t->at]) != NULL &&
	    t->data[t->at] != '\0')
		t->next_line += t->data[t->at++] == '\n';
	if (t->at == t->len)
		return error_set(err, STATUS_PARSE,
		    "there is nothing in it; an export has at least its "
		    "header");
	t->json = t->data[t->at] == '{';
	t->begun = true;
	return STATUS_OK;
}

static enum status
bad(struct import_text *t, const char *why, struct error *err)
{
	return error_set(err, STATUS_PARSE, "line %zu: %s", t->line, why);
}

/* Takes the octets of a record. */
static enum status
use(struct import_text *t, size_t used, struct error *err)
{
	const char *data = t->data + t->at, *p = data, *end = data + used;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		t->next_line++;
		p++;
	}
	t->at += used;
	return import_utf8(data, used)
	    ? STATUS_OK
	    : bad(t, "it is no UTF-8, or has a NUL in it", err);
}

#define TOO_LONG "it is longer than 256 KiB; perhaps a quote is not closed"

/* --- CSV ------------------------------------------------------------------- */

/* The next record; *end: there is none. */
static enum status
csv_record(struct import_text *t, bool *end, struct error *err)
{
	enum import_got got = GOT_PART;
	enum status status = STATUS_OK;
	const char *why;

	t->line = t->next_line;
	for (;;) {
		*end = t->last && t->at == t->len;
		if (*end)
			return STATUS_OK;
		if (t->at < t->len)
			got = import_csv(t->data + t->at, t->len - t->at,
			    t->last, &t->cells, &why);
		if (got != GOT_PART)
			break;
		if (t->last || t->len - t->at > IMPORT_RECORD_MOST)
			return bad(t, TOO_LONG, err);
		status = fill(t, err);
		if (status != STATUS_OK)
			return status;
	}
	if (got == GOT_BAD)
		return bad(t, why, err);
	if (t->cells.used > IMPORT_RECORD_MOST)
		return bad(t, TOO_LONG, err);
	return use(t, t->cells.used, err);
}

static bool
is_blank(const struct import_cells *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		if (cells->cell[i][0] != '\0')
			return false;
	return true;
}

static void
ignore(struct import_text *t, const char *name)
{
	buf_printf(&t->ignored, "%s%.*s", t->ignored.len > 0 ? ", " : "",
	    NAME_SHOWN, name);
}

/* Which column of an export has that name in a file that an operator made. */
static size_t
find_plain(const char *name)
{
	if (strcmp(name, "day") == 0 || strcmp(name, "date") == 0)
		name = "at";
	return strcmp(name, "at") == 0 || strcmp(name, "domain") == 0
	    ? export_find(name, strlen(name))
	    : EXPORT_COLUMNS;
}

static struct column
column_of(struct import_text *t, const char *name, bool kinds)
{
	size_t at = kinds ? export_find(name, strlen(name)) : find_plain(name);

	if (at < EXPORT_COLUMNS)
		return (struct column){ COLUMN_OF_EXPORT, at };
	if (!kinds && metric_find(name) < METRIC_COUNT) {
		t->measures = true;
		return (struct column){ COLUMN_MEASURE, metric_find(name) };
	}
	if (name[0] != '\0')
		ignore(t, name);
	return (struct column){ COLUMN_IGNORED, 0 };
}

static bool
has_column(const struct import_text *t, const char *name)
{
	size_t at = export_find(name, strlen(name));

	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].kind == COLUMN_OF_EXPORT &&
		    t->columns[i].at == at)
			return true;
	return false;
}

static bool
has_cell(const struct import_cells *cells, const char *name)
{
	for (size_t i = 0; i < cells->count; i++)
		if (strcmp(cells->cell[i], name) == 0)
			return true;
	return false;
}

static enum status
check_header(struct import_text *t, bool kinds, struct error *err)
{
	const struct import_cells *cells = &t->cells;

	for (size_t i = 0; i < t->column_count; i++)
		for (size_t k = 0; k < i; k++)
			if (t->columns[i].kind != COLUMN_IGNORED &&
			    t->columns[i].kind == t->columns[k].kind &&
			    t->columns[i].at == t->columns[k].at)
				return error_set(err, STATUS_PARSE,
				    "line %zu: column %.40s stands there twice",
				    t->line, cells->cell[i]);
	if (has_column(t, "domain") && has_column(t, "at") &&
	    (kinds || t->measures))
		return STATUS_OK;
	if (kinds && has_cell(cells, "day"))
		return bad(t,
		    "it is a snapshot, which has not all; take what sendtop "
		    "export writes",
		    err);
	if (cells->count == 1 && strpbrk(cells->cell[0], ";\t") != NULL)
		return bad(t, "its columns are not separated by commas", err);
	return bad(t,
	    "no header of an export (kind,domain,at,...), nor one of domain, "
	    "day and names of measures",
	    err);
}

static enum status
read_header(struct import_text *t, struct error *err)
{
	bool end, kinds;
	enum status status = csv_record(t, &end, err);

	if (status != STATUS_OK)
		return status;
	kinds = has_cell(&t->cells, "kind");
	t->column_count = t->cells.count;
	for (size_t i = 0; i < t->column_count; i++)
		t->columns[i] = column_of(t, t->cells.cell[i], kinds);
	t->next = t->column_count;
	return check_header(t, kinds, err);
}

/* Takes off the mark that keeps a cell from being a formula. */
static const char *
unmarked(const char *text)
{
	return text[0] == '\'' && text[1] != '\0' &&
		strchr(CSV_MARKED, text[1]) != NULL
	    ? text + 1
	    : text;
}

static enum status
check_width(struct import_text *t, struct error *err)
{
	const struct import_cells *cells = &t->cells;

	for (size_t i = t->column_count; i < cells->count; i++)
		if (cells->cell[i][0] != '\0')
			return bad(
			    t, "there are more cells than the header has", err);
	if (!cells->ended && cells->count < t->column_count)
		return bad(t, "the file ends within this row", err);
	return STATUS_OK;
}

static void
take_cells(struct import_text *t, struct export_row *row)
{
	const struct import_cells *cells = &t->cells;

	*row = (struct export_row){ 0 };
	for (size_t i = 0; i < t->column_count && i < cells->count; i++)
		if (t->columns[i].kind == COLUMN_OF_EXPORT &&
		    cells->cell[i][0] != '\0')
			export_set(
			    row, t->columns[i].at, unmarked(cells->cell[i]));
}

/* A cell of a measure, as the row that an export has for it. */
static bool
take_measure(struct import_text *t, struct export_row *row)
{
	for (; t->next < t->column_count && t->next < t->cells.count;
	     t->next++) {
		const struct column *column = &t->columns[t->next];

		if (column->kind != COLUMN_MEASURE ||
		    t->cells.cell[t->next][0] == '\0')
			continue;
		*row = t->plain;
		row->kind = "measure";
		row->name = metric_row((enum metric)column->at)->name;
		row->value = t->cells.cell[t->next++];
		return true;
	}
	return false;
}

static enum status
csv_next(
    struct import_text *t, struct export_row *row, bool *end, struct error *err)
{
	enum status status;

	*end = false;
	if (t->measures && take_measure(t, row))
		return STATUS_OK;
	for (;;) {
		status = csv_record(t, end, err);
		if (status != STATUS_OK || *end)
			return status;
		if (is_blank(&t->cells))
			continue;
		status = check_width(t, err);
		if (status != STATUS_OK)
			return status;
		take_cells(t, row);
		if (!t->measures)
			return STATUS_OK;
		t->plain = *row;
		t->next = 0;
		if (take_measure(t, row))
			return STATUS_OK;
	}
}

/* --- JSON ------------------------------------------------------------------ */

struct members {
	struct import_text *text;
	struct export_row *row;
};

static bool
take_member(void *arg, const char *name, const char *text, bool number,
    const char **why)
{
	struct members *m = arg;
	size_t at = export_find(name, strlen(name));
	bool value = strcmp(name, "value") == 0;

	*why = "it is a snapshot, which has not all; take what sendtop export "
	       "writes";
	if (strcmp(name, "schema") == 0)
		return false;
	*why = "a member is neither a text nor a number";
	if (text == NULL)
		return false;
	if (at == EXPORT_COLUMNS) {
		if (strstr(import_text_ignored(m->text), name) == NULL)
			ignore(m->text, name);
		return true;
	}
	*why = value ? "value is not a number"
		     : "a number stands where a text belongs";
	if (number != value)
		return false;
	*why = "a member stands there twice";
	if (export_get(m->row, at) != NULL)
		return false;
	export_set(m->row, at, text);
	return true;
}

/* The octets of the next line, its end left out; *end: there is none. */
static enum status
json_line(struct import_text *t, size_t *len, size_t *used, bool *end,
    struct error *err)
{
	enum status status;

	for (;;) {
		const char *data = t->data + t->at, *stop;

		*end = t->last && t->at == t->len;
		if (*end)
			return STATUS_OK;
		stop = memchr(data, '\n', t->len - t->at);
		if (stop != NULL || t->last) {
			*len = stop != NULL ? (size_t)(stop - data)
					    : t->len - t->at;
			*used = *len + (stop != NULL);
			return *used > IMPORT_RECORD_MOST
			    ? bad(t, "it is longer than 256 KiB", err)
			    : STATUS_OK;
		}
		if (t->len - t->at > IMPORT_RECORD_MOST)
			return bad(t, "it is longer than 256 KiB", err);
		status = fill(t, err);
		if (status != STATUS_OK)
			return status;
	}
}

static enum status
json_next(
    struct import_text *t, struct export_row *row, bool *end, struct error *err)
{
	struct members members = { t, row };
	const char *data, *why;
	size_t len = 0, used = 0;
	enum status status;

	do {
		t->line = t->next_line;
		status = json_line(t, &len, &used, end, err);
		if (status != STATUS_OK || *end)
			return status;
		data = t->data + t->at;
		status = use(t, used, err);
		if (status != STATUS_OK)
			return status;
		while (len > 0 && strchr(" \t\r", *data) != NULL) {
			data++;
			len--;
		}
	} while (len == 0);
	*row = (struct export_row){ 0 };
	if (!import_json(data, len, t->cells.out, take_member, &members, &why))
		return bad(t, why, err);
	return STATUS_OK;
}

enum status
import_text_next(
    struct import_text *t, struct export_row *row, bool *end, struct error *err)
{
	enum status status = STATUS_OK;

	if (!t->begun) {
		status = begin(t, err);
		if (status == STATUS_OK && !t->json)
			status = read_header(t, err);
	}
	if (status != STATUS_OK)
		return status;
	return t->json ? json_next(t, row, end, err)
		       : csv_next(t, row, end, err);
}
