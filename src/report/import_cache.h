/* What an import holds back until it is worth writing. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_IMPORT_CACHE_H
#define SENDTOP_REPORT_IMPORT_CACHE_H

#include "report/import_row.h"

/* A domain that has rows. */
struct import_series;
struct import_place {
	int64_t id;
	char *name;
	struct import_series *series[METRIC_COUNT]; /* those held back */
};

/* --- measures: a series is written at once --------------------------------- */

struct import_measures {
	const struct import_options *o;
	struct import_sum *sum;
	struct import_series *first, **next;
	size_t octets;
};

enum status import_measure(struct import_measures *m,
    struct import_place *place, const struct import_row *row,
    struct error *err) MUST_CHECK;
/* Writes all that is held back. */
enum status import_measures_flush(
    struct import_measures *m, struct error *err) MUST_CHECK;
void import_measures_fini(struct import_measures *m);

/* --- traffic: an hour is put together of its rows -------------------------- */

struct import_hour;
struct import_hours {
	struct bringing *bringing;
	struct import_sum *sum;
	bool replace;
	struct map *known; /* by domain, time, provider and stream */
	struct import_hour **items;
	size_t count, cap;
	struct import_hour *last;
};

void import_hours_init(struct import_hours *h, struct bringing *bringing,
    struct import_sum *sum, bool replace);
enum status import_traffic(struct import_hours *h, struct import_place *place,
    const struct import_row *row, struct error *err) MUST_CHECK;
/* STATUS_PARSE: an hour lacks a row. */
enum status import_hours_flush(
    struct import_hours *h, struct error *err) MUST_CHECK;
void import_hours_fini(struct import_hours *h);

/* Counts one row, or an hour; of those that differ the first is told. */
void import_count(
    struct import_sum *sum, enum import_kind kind, enum fate fate, int32_t day);
void import_differs(struct import_sum *sum, const char *fmt, ...) PRINTF(2, 3);

#endif
