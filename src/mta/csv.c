/* Splitting CSV: quotes doubled within quotes, the rest as it is. */
/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { OPEN_MOST = 100 };

void
csv_fini(struct csv *csv)
{
	free(csv->names);
	buf_free(&csv->text);
}

/* One field into the text; returns where the next one begins, or NULL. */
static const char *
take_field(struct buf *out, const char *at, const char *end)
{
	bool quoted = at < end && *at == '"';

	for (at += quoted; at < end; at++) {
		if (quoted && *at == '"') {
			if (at + 1 < end && at[1] == '"')
				at++;
			else {
				quoted = false;
				continue;
			}
		} else if (!quoted && *at == ',') {
			break;
		}
		buf_char(out, *at);
	}
	return quoted ? NULL : at;
}

bool
csv_line(struct csv *csv, const char *line, size_t len)
{
	const char *at = line, *end = line + len;
	size_t starts[CSV_COLUMNS + 1];

	csv->fields = 0;
	csv->text.len = 0;
	for (;;) {
		if (csv->fields == CSV_COLUMNS)
			return false;
		starts[csv->fields++] = csv->text.len;
		at = take_field(&csv->text, at, end);
		if (at == NULL) {
			csv->open = 1;
			return false;
		}
		if (at == end)
			break;
		at++;
	}
	starts[csv->fields] = csv->text.len;
	for (size_t i = 0; i < csv->fields; i++)
		csv->field[i] = (struct span){
			csv->text.data != NULL ? csv->text.data + starts[i]
					       : "",
			starts[i + 1] - starts[i],
		};
	return true;
}

bool
csv_goes_on(struct csv *csv, const char *line, size_t len)
{
	bool within = csv->open > 0;
	size_t quotes = 0;

	if (!within)
		return false;
	for (size_t i = 0; i < len; i++)
		quotes += line[i] == '"';
	/* A quote that never ends must not hide the rest of the log. */
	csv->open = quotes % 2 == 1 || csv->open == OPEN_MOST ? 0
							      : csv->open + 1;
	return true;
}

bool
csv_header(struct csv *csv, const char *line, size_t len)
{
	char *at;

	if (!csv_line(csv, line, len))
		return false;
	free(csv->names);
	csv->columns = csv->fields;
	at = csv->names = mem_alloc(csv->text.len + csv->fields);
	for (size_t i = 0; i < csv->fields; i++) {
		memcpy(at, csv->field[i].at, csv->field[i].len);
		csv->name[i] = at;
		at += csv->field[i].len;
		*at++ = '\0';
	}
	return true;
}

struct span
csv_get(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->columns && i < csv->fields; i++)
		if (strcasecmp(csv->name[i], name) == 0)
			return csv->field[i];
	return (struct span){ NULL, 0 };
}
