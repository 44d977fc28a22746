/* The rows of an export as CSV (RFC 4180) and as JSON, one object a line. */
/* SPDX-License-Identifier: MIT */
#include "report/export.h"

#include <stddef.h>
#include <string.h>

#include "report/json_finding.h"
#include "report/report.h"

/* In this order; who reads them may count on the names. */
static const struct {
	const char *name;
	size_t at;
	bool number;
} columns[] = {
	{ "kind", offsetof(struct export_row, kind), false },
	{ "domain", offsetof(struct export_row, domain), false },
	{ "at", offsetof(struct export_row, at), false },
	{ "until", offsetof(struct export_row, until), false },
	{ "provider", offsetof(struct export_row, provider), false },
	{ "stream", offsetof(struct export_row, stream), false },
	{ "name", offsetof(struct export_row, name), false },
	{ "subject", offsetof(struct export_row, subject), false },
	{ "value", offsetof(struct export_row, value), true },
	{ "verdict", offsetof(struct export_row, verdict), false },
	{ "reason", offsetof(struct export_row, reason), false },
	{ "text", offsetof(struct export_row, text), false },
	{ "cure", offsetof(struct export_row, cure), false },
	{ "record", offsetof(struct export_row, record), false },
	{ "first_seen", offsetof(struct export_row, first_seen), false },
	{ "last_seen", offsetof(struct export_row, last_seen), false },
	{ "known", offsetof(struct export_row, known), false },
	{ "check", offsetof(struct export_row, check), false },
	{ "category", offsetof(struct export_row, category), false },
	{ "slow_down", offsetof(struct export_row, slow_down), false },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };
_Static_assert(
    (int)COLUMNS == (int)EXPORT_COLUMNS, "the header counts the columns");

const char *
export_column(size_t i)
{
	return columns[i].name;
}

const char *
export_get(const struct export_row *row, size_t i)
{
	const char *const *text =
	    (const void *)((const char *)row + columns[i].at);

	return *text;
}

void
export_set(struct export_row *row, size_t i, const char *text)
{
	*(const char **)(void *)((char *)row + columns[i].at) = text;
}

size_t
export_find(const char *name, size_t len)
{
	size_t i = 0;

	while (i < COLUMNS &&
	    (strlen(columns[i].name) != len ||
		memcmp(columns[i].name, name, len) != 0))
		i++;
	return i;
}

static void
csv_head(FILE *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		fprintf(out, "%s%s", columns[i].name,
		    i + 1 < COLUMNS ? "," : "\r\n");
}

static void
csv_row(FILE *out, const struct export_row *row, struct buf *scratch)
{
	(void)scratch;
	for (size_t i = 0; i < COLUMNS; i++) {
		const char *text = export_get(row, i);
		const char *after = i + 1 < COLUMNS ? "," : "\r\n";

		if (text == NULL || text[0] == '\0')
			fputs(after, out);
		else if (columns[i].number)
			fprintf(out, "%s%s", text, after);
		else
			csv_cell(out, text, after);
	}
}

static void
json_head(FILE *out)
{
	(void)out;
}

static void
json_row(FILE *out, const struct export_row *row, struct buf *scratch)
{
	const char *text;

	buf_shift(scratch, scratch->len);
	for (size_t i = 0; i < COLUMNS; i++) {
		text = export_get(row, i);
		if (text == NULL || text[0] == '\0')
			continue;
		buf_printf(scratch, "%s\"%s\":", scratch->len > 0 ? "," : "{",
		    columns[i].name);
		if (columns[i].number)
			buf_str(scratch, text);
		else
			json_text_add(scratch, text);
	}
	buf_str(scratch, "}\n");
	fwrite(scratch->data, 1, scratch->len, out);
}

static const struct export_format formats[] = {
	{ "csv", csv_head, csv_row },
	{ "json", json_head, json_row },
};

const struct export_format *
export_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}
