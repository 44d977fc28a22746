/* A row of an export, understood and held to its bounds. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_IMPORT_ROW_H
#define SENDTOP_REPORT_IMPORT_ROW_H

#include "report/export.h"
#include "sendtop/import.h"
#include "sendtop/store_bring.h"

/* One of the rows that an hour of traffic has: a count, or its minutes. */
enum import_part {
	PART_DELIVERED,
	PART_DEFERRED,
	PART_BOUNCED,
	PART_TLS,
	PART_CLEAR,
	PARTS_NEEDED,
	PART_MINUTES = PARTS_NEEDED,
};

struct import_row {
	enum import_kind kind;
	const char *domain; /* as it stands there; "": of all */
	int32_t first_day;  /* what the row is of */
	union {
		struct {
			enum metric metric;
			int32_t day;
			double value;
		} measure;
		struct feedback feedback;
		struct finding_span finding;
		struct {
			enum import_part part;
			struct traffic hour; /* the part alone is set */
		} traffic;
		struct reply_count reply;
		struct store_news event;
		struct store_note note;
		struct store_mute mute;
		struct {
			int32_t first, last;
		} asked;
		int32_t published;
		struct {
			int64_t first_s, last_s;
		} log;
	};
};

/*
 * Reads it as of now_s: nothing may be yet to come.  Texts are borrowed from
 * the row, or the arena's.  *known false, and STATUS_OK: a kind or a measure
 * that this sendtop does not have.  STATUS_PARSE names the column.
 */
enum status import_row_read(const struct export_row *row, int64_t now_s,
    struct arena *arena, struct import_row *out, bool *known,
    struct error *err) MUST_CHECK;

#endif
