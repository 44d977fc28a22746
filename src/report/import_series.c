/* Measures of an import: days gathered, then a whole series at a time. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/import_cache.h"
#include "sendtop/day.h"

/* Held back at most; then everything is written. */
enum { OCTETS_MOST = 48 * 1024 * 1024, CAP_LEAST = 32 };

struct import_series {
	struct import_series *next;
	struct import_place *place;
	enum metric metric;
	int32_t first;
	size_t count, cap;
	double *values; /* NaN: no row */
};

static struct import_series *
series_of(struct import_measures *m, struct import_place *place,
    enum metric metric, int32_t day)
{
	struct import_series *s = place->series[metric];

	if (s != NULL)
		return s;
	s = mem_zero(1, sizeof(*s));
	s->place = place;
	s->metric = metric;
	s->first = day;
	m->octets += sizeof(*s);
	if (m->next == NULL)
		m->next = &m->first;
	*m->next = s;
	m->next = &s->next;
	place->series[metric] = s;
	return s;
}

/* Makes the series reach to that day, at either end. */
static void
reach(struct import_measures *m, struct import_series *s, int32_t day)
{
	size_t before = day < s->first ? (size_t)(s->first - day) : 0;
	size_t need = before + s->count;

	if (day >= s->first && (size_t)(day - s->first) >= s->count)
		need = (size_t)(day - s->first) + 1;
	if (need > s->cap) {
		size_t cap = s->cap < CAP_LEAST ? CAP_LEAST : s->cap * 2;

		cap = cap < need ? need : cap;
		m->octets += (cap - s->cap) * sizeof(double);
		s->values = mem_resize(s->values, cap, sizeof(double));
		s->cap = cap;
	}
	memmove(s->values + before, s->values, s->count * sizeof(double));
	for (size_t i = 0; i < before; i++)
		s->values[i] = (double)NAN;
	for (size_t i = before + s->count; i < need; i++)
		s->values[i] = (double)NAN;
	s->first -= (int32_t)before;
	s->count = need;
}

static void
differs(struct import_measures *m, const struct import_series *s, int32_t day,
    double here, double there)
{
	char text[DAY_TEXT_SIZE];

	import_differs(m->sum, "%s %s of %s is %.12g there and %.12g here",
	    s->place->name, metric_row(s->metric)->name, day_text(text, day),
	    there, here);
	import_count(m->sum, IMPORT_MEASURE, FATE_OTHER, day);
}

enum status
import_measure(struct import_measures *m, struct import_place *place,
    const struct import_row *row, struct error *err)
{
	int32_t day = row->measure.day;
	struct import_series *s = series_of(m, place, row->measure.metric, day);
	double *value;

	if (day < s->first || (size_t)(day - s->first) >= s->count)
		reach(m, s, day);
	value = &s->values[day - s->first];
	if (isnan(*value)) {
		*value = row->measure.value;
	} else if (bring_same(*value, row->measure.value)) {
		import_count(m->sum, IMPORT_MEASURE, FATE_KNOWN, day);
	} else {
		differs(m, s, day, *value, row->measure.value);
		if (m->o->replace)
			*value = row->measure.value;
	}
	return m->octets > OCTETS_MOST ? import_measures_flush(m, err)
				       : STATUS_OK;
}

/* Puts what is stored in place of what may not change it; true: something is
 * left to write. */
static bool
merge(struct import_measures *m, const struct import_series *s, double *stored)
{
	bool changed = false;

	for (size_t i = 0; i < s->count; i++) {
		int32_t day = s->first + (int32_t)i;
		double value = s->values[i];

		if (isnan(value))
			continue;
		if (isnan(stored[i])) {
			import_count(m->sum, IMPORT_MEASURE, FATE_NEW, day);
		} else if (bring_same(stored[i], value)) {
			import_count(m->sum, IMPORT_MEASURE, FATE_KNOWN, day);
			continue;
		} else {
			differs(m, s, day, stored[i], value);
			if (!m->o->replace)
				continue;
		}
		stored[i] = value;
		changed = true;
	}
	return changed;
}

static enum status
write_series(struct import_measures *m, const struct import_series *s,
    double **room, size_t *cap, struct error *err)
{
	struct store *store = m->o->store;
	enum status status;

	if (s->count > *cap) {
		*room = mem_resize(*room, s->count, sizeof(double));
		*cap = s->count;
	}
	status = store_series_get(
	    store, s->place->id, s->metric, s->first, s->count, *room, err);
	if (status == STATUS_OK && merge(m, s, *room))
		status = store_series_put(store, s->place->id, s->metric,
		    s->first, s->count, *room, err);
	return status;
}

enum status
import_measures_flush(struct import_measures *m, struct error *err)
{
	enum status status = STATUS_OK;
	double *room = NULL;
	size_t cap = 0;

	for (const struct import_series *s = m->first;
	     status == STATUS_OK && s != NULL; s = s->next)
		status = write_series(m, s, &room, &cap, err);
	free(room);
	import_measures_fini(m);
	return status;
}

void
import_measures_fini(struct import_measures *m)
{
	struct import_series *s;

	while ((s = m->first) != NULL) {
		m->first = s->next;
		s->place->series[s->metric] = NULL;
		free(s->values);
		free(s);
	}
	m->next = NULL;
	m->octets = 0;
}
