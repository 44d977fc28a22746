/* A file that claims to be an export: its rows are in bounds, and written again
 * they read the same. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/import_row.h"
#include "report/import_text.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-11-21T23:40:00Z */
enum { NOW = 1795304400, ROWS_MOST = 40 };

static void
hold(bool is)
{
	if (!is)
		abort();
}

static bool
same(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* What this file holds is the data, read from its start. */
static void
fill(FILE *file, const void *data, size_t size)
{
	rewind(file);
	hold(ftruncate(fileno(file), 0) == 0);
	hold(size == 0 || write(fileno(file), data, size) == (ssize_t)size);
	hold(lseek(fileno(file), 0, SEEK_SET) == 0);
}

/* --- the same again -------------------------------------------------------- */

static void
write_again(const char *format, const struct export_row *rows, size_t count)
{
	static FILE *file;
	const struct export_format *f = export_format(format);
	struct buf scratch = { 0 };
	struct import_text *text;
	struct export_row again;
	struct error err;
	char *data = NULL;
	size_t size = 0;
	bool end = true;
	FILE *out = open_memstream(&data, &size);

	f->head(out);
	for (size_t i = 0; i < count; i++)
		f->row(out, &rows[i], &scratch);
	hold(fclose(out) == 0);
	if (file == NULL)
		file = tmpfile();
	fill(file, data, size);
	text = import_text_new(fileno(file));
	for (size_t i = 0; i < count; i++) {
		hold(import_text_next(text, &again, &end, &err) == STATUS_OK);
		hold(!end);
		for (size_t k = 0; k < EXPORT_COLUMNS; k++)
			hold(same(
			    export_get(&rows[i], k), export_get(&again, k)));
	}
	hold(import_text_next(text, &again, &end, &err) == STATUS_OK && end);
	import_text_free(text);
	buf_free(&scratch);
	free(data);
}

/* --- what a row says ------------------------------------------------------- */

static void
printable(const char *text)
{
	size_t len = strlen(text), room = len * 10 + 1;
	char *clean = mem_alloc(room);

	text_printable(clean, room, text, len);
	hold(strcmp(clean, text) == 0);
	free(clean);
}

static void
prove(const struct import_row *row)
{
	const struct finding *f = &row->finding.finding;
	int32_t today = day_of(NOW);

	hold(row->first_day == DAY_NONE || row->first_day <= today + 1);
	switch (row->kind) {
	case IMPORT_MEASURE:
		hold(isfinite(row->measure.value) && row->measure.value >= 0);
		hold(row->measure.day <= today);
		break;
	case IMPORT_FEEDBACK:
		hold(!(row->feedback.rate < 0) && !(row->feedback.rate > 1));
		printable(row->feedback.id);
		break;
	case IMPORT_FINDING:
		hold(row->finding.ended_s == 0 ||
		    row->finding.ended_s >= row->finding.begun_s);
		printable(f->check);
		printable(f->subject);
		printable(f->detail);
		printable(f->record);
		break;
	case IMPORT_TRAFFIC:
		hold(row->traffic.hour.hour_s % HOUR_SECONDS == 0);
		hold(row->traffic.hour.delivered >= 0);
		printable(row->traffic.hour.stream);
		break;
	case IMPORT_REPLY:
		hold(row->reply.count >= 0);
		printable(row->reply.sample);
		break;
	case IMPORT_EVENT:
		printable(row->event.event.text);
		break;
	case IMPORT_NOTE:
		printable(row->note.text);
		break;
	case IMPORT_MUTE:
		printable(row->mute.why);
		break;
	default:
		break;
	}
}

static bool
is_number(const char *text)
{
	double value;

	return text == NULL ||
	    (text_to_double(text, -HUGE_VAL, HUGE_VAL, &value) &&
		strchr("-.", text[0]) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *file;
	struct arena *arena = arena_new(), *all = arena_new();
	struct export_row kept[ROWS_MOST] = { 0 };
	struct import_text *text;
	struct export_row row;
	struct import_row out;
	struct error err;
	bool end = false, known;
	size_t line = 0, rows = 0, count = 0;

	if (file == NULL)
		file = tmpfile();
	fill(file, data, size);
	text = import_text_new(fileno(file));
	while (rows++ < ROWS_MOST &&
	    import_text_next(text, &row, &end, &err) == STATUS_OK && !end) {
		hold(import_text_line(text) >= line);
		line = import_text_line(text);
		arena_reset(arena);
		if (import_row_read(&row, NOW, arena, &out, &known, &err) ==
			STATUS_OK &&
		    known)
			prove(&out);
		if (row.kind == NULL || !is_number(row.value))
			continue;
		for (size_t i = 0; i < EXPORT_COLUMNS; i++)
			if (export_get(&row, i) != NULL)
				export_set(&kept[count], i,
				    arena_dup(all, export_get(&row, i)));
		count++;
	}
	if (count > 0) {
		write_again("csv", kept, count);
		write_again("json", kept, count);
	}
	arena_free(all);
	import_text_free(text);
	arena_free(arena);
	return 0;
}
