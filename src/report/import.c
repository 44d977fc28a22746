/* A file of rows into the store: all of it, or nothing. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/import_cache.h"
#include "report/import_text.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

/* More is no export of anybody. */
enum { DOMAINS_MOST = 100000, NAMES_MOST = 200000, LOGS_MOST = 10000 };

struct log_span {
	int64_t first_s, last_s;
};

struct import {
	const struct import_options *o;
	struct import_sum *sum;
	struct bringing *bringing;
	struct arena *arena; /* of one row */
	/* Domains, by the names that the file has for them and by their own. */
	struct map *names;
	struct import_place **places;
	size_t place_cap;
	char last_name[ORG_NAME_SIZE];
	struct import_place *last;
	struct import_measures measures;
	struct import_hours hours;
	struct log_span *logs;
	size_t log_count, log_cap, new_logs;
	bool logs_loaded;
};

/* --- what is told ---------------------------------------------------------- */

void
import_count(
    struct import_sum *sum, enum import_kind kind, enum fate fate, int32_t day)
{
	sum->fates[kind][fate]++;
	if (fate != FATE_NEW || day == DAY_NONE)
		return;
	if (sum->first_day == DAY_NONE || day < sum->first_day)
		sum->first_day = day;
	if (sum->last_day == DAY_NONE || day > sum->last_day)
		sum->last_day = day;
}

void
import_differs(struct import_sum *sum, const char *fmt, ...)
{
	va_list args;

	if (sum->other[0] != '\0')
		return;
	va_start(args, fmt);
	text_format(sum->other, sizeof(sum->other), fmt, args);
	va_end(args);
}

/* --- domains --------------------------------------------------------------- */

static enum status
place_new(struct import *im, const char *ascii, struct import_place **out,
    struct error *err)
{
	struct store_domain domain = { 0 };
	enum status status = store_domain_get(
	    im->o->store, ascii, im->arena, &domain, err);

	if (status == STATUS_NOT_FOUND) {
		im->sum->added++;
		if (im->sum->added == 1)
			snprintf(im->sum->added_name,
			    sizeof(im->sum->added_name), "%s", ascii);
		status = store_domain_add(
		    im->o->store, ascii, FROM_USER, NULL, &domain.id, err);
	}
	if (status != STATUS_OK)
		return status;
	im->places = mem_grow(im->places, im->sum->domains, &im->place_cap,
	    sizeof(struct import_place *));
	*out = mem_zero(1, sizeof(**out));
	(*out)->id = domain.id;
	(*out)->name = mem_dup(ascii);
	im->places[im->sum->domains++] = *out;
	return STATUS_OK;
}

static enum status
bad_name(const char *name, const char *why, struct error *err)
{
	return error_set(err, STATUS_PARSE, "domain: \"%.60s\" %s", name, why);
}

static enum status
find_place(struct import *im, const char *name, struct import_place **out,
    struct error *err)
{
	char ascii[ORG_NAME_SIZE];
	enum status status = STATUS_OK;

	*out = map_get(im->names, name);
	if (*out != NULL)
		return STATUS_OK;
	if (!org_ascii(name, ascii))
		return bad_name(name, "is not a domain name", err);
	if (im->sum->domains == DOMAINS_MOST ||
	    map_count(im->names) >= NAMES_MOST)
		return bad_name(
		    name, "is one too many: 100000 domains are the most", err);
	*out = map_get(im->names, ascii);
	if (*out == NULL)
		status = place_new(im, ascii, out, err);
	if (status == STATUS_OK) {
		map_put(im->names, ascii, *out);
		map_put(im->names, name, *out);
	}
	return status;
}

static enum status
place_of(struct import *im, const char *name, struct import_place **out,
    struct error *err)
{
	size_t len = strlen(name);
	enum status status = STATUS_OK;

	if (len >= ORG_NAME_SIZE)
		return bad_name(name, "is too long for a domain name", err);
	if (im->last == NULL || strcmp(im->last_name, name) != 0) {
		status = find_place(im, name, &im->last, err);
		memcpy(im->last_name, name, len + 1);
	}
	*out = im->last;
	if (status != STATUS_OK)
		im->last = NULL;
	return status;
}

/* --- kinds ----------------------------------------------------------------- */

static enum status
take_measure(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	return import_measure(&im->measures, place, row, err);
}

static enum status
take_traffic(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	return import_traffic(&im->hours, place, row, err);
}

static enum status
take_feedback(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	const struct feedback *f = &row->feedback;
	char day[DAY_TEXT_SIZE];
	enum fate fate;
	enum status status = bring_feedback(
	    im->bringing, place->id, f, &fate, err);

	if (status != STATUS_OK)
		return status;
	if (fate == FATE_OTHER)
		import_differs(im->sum,
		    "feedback %.60s of %s on %s is not what it is here", f->id,
		    place->name, day_text(day, f->day));
	import_count(im->sum, row->kind, fate, f->day);
	return STATUS_OK;
}

static enum status
take_finding(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	enum fate fate;
	enum status status = bring_finding(
	    im->bringing, place->id, &row->finding, &fate, err);

	if (status == STATUS_OK)
		import_count(im->sum, row->kind, fate, row->first_day);
	return status;
}

static enum status
take_reply(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	const struct reply_count *reply = &row->reply;
	char at[TIME_TEXT_SIZE];
	enum fate fate;
	enum status status = bring_reply(
	    im->bringing, place->id, reply, &fate, err);

	if (status != STATUS_OK)
		return status;
	if (fate == FATE_OTHER)
		import_differs(im->sum,
		    "reply %s to %s at %s is not what it is here", reply->key,
		    place->name, time_text(at, reply->hour_s));
	import_count(im->sum, row->kind, fate, row->first_day);
	return STATUS_OK;
}

/* Unless nobody asked for the days between, they are one span. */
static enum status
take_asked(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	int32_t first = row->asked.first, last = row->asked.last;
	struct store_domain d;
	enum fate fate = FATE_NEW;
	enum status status = store_domain_get(
	    im->o->store, place->name, im->arena, &d, err);

	if (status != STATUS_OK)
		return status;
	if (d.asked_first != DAY_NONE && d.asked_last != DAY_NONE) {
		if (first > d.asked_last + 1 || last < d.asked_first - 1)
			fate = FATE_OWN;
		first = d.asked_first < first ? d.asked_first : first;
		last = d.asked_last > last ? d.asked_last : last;
	}
	if (fate == FATE_NEW && first == d.asked_first && last == d.asked_last)
		fate = FATE_KNOWN;
	d.asked_first = first;
	d.asked_last = last;
	if (fate == FATE_NEW)
		status = store_domain_update(im->o->store, &d, err);
	import_count(im->sum, row->kind, fate, DAY_NONE);
	return status;
}

/* The newest day that Google has published, as far as anybody knows. */
static enum status
take_published(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	char text[DAY_TEXT_SIZE];
	const char *old;
	int32_t day;
	bool known;
	enum status status = store_value_get(
	    im->o->store, "postmaster.newest_day", im->arena, &old, err);

	(void)place;
	if (status != STATUS_OK)
		return status;
	known = day_parse(old, 0, &day) && day >= row->published;
	import_count(
	    im->sum, row->kind, known ? FATE_KNOWN : FATE_NEW, DAY_NONE);
	return known ? STATUS_OK
		     : store_value_set(im->o->store, "postmaster.newest_day",
			   day_text(text, row->published), err);
}

/* The spans of the logs that the store knows of. */
static enum status
load_logs(struct import *im, struct error *err)
{
	struct log_cursor *all;
	size_t count = 0;
	enum status status = store_cursors(
	    im->o->store, im->arena, &all, &count, err);

	im->logs_loaded = status == STATUS_OK;
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		im->logs = mem_grow(
		    im->logs, im->log_count, &im->log_cap, sizeof(*im->logs));
		im->logs[im->log_count++] = (struct log_span){ all[i].first_s,
			all[i].last_s };
	}
	return status;
}

/* Told already, or within what the store had before. */
static bool
has_log(const struct import *im, int64_t first_s, int64_t last_s)
{
	for (size_t i = 0; i < im->log_count; i++) {
		const struct log_span *log = &im->logs[i];
		bool same = log->first_s == first_s && log->last_s == last_s;

		if (same ||
		    (i + im->new_logs < im->log_count &&
			log->first_s <= first_s && log->last_s >= last_s))
			return true;
	}
	return false;
}

/* Kept as a log that is no file, so that it is never read on. */
static enum status
take_log(struct import *im, struct import_place *place, struct import_row *row,
    struct error *err)
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE], path[96];
	const struct log_cursor cursor = { .path = path,
		.first_s = row->log.first_s,
		.last_s = row->log.last_s,
		.state = "",
		.error = "" };
	enum status status = STATUS_OK;
	bool known;

	(void)place;
	if (!im->logs_loaded)
		status = load_logs(im, err);
	if (status != STATUS_OK)
		return status;
	known = has_log(im, cursor.first_s, cursor.last_s);
	import_count(
	    im->sum, row->kind, known ? FATE_KNOWN : FATE_NEW, DAY_NONE);
	if (known)
		return STATUS_OK;
	if (im->new_logs++ == LOGS_MOST)
		return error_set(
		    err, STATUS_PARSE, "more than 10000 logs are no export");
	im->logs = mem_grow(
	    im->logs, im->log_count, &im->log_cap, sizeof(*im->logs));
	im->logs[im->log_count++] = (struct log_span){ cursor.first_s,
		cursor.last_s };
	snprintf(path, sizeof(path), "import:%s..%s",
	    time_text(first, cursor.first_s), time_text(last, cursor.last_s));
	return store_cursor_put(im->o->store, &cursor, err);
}

static enum status
take_event(struct import *im, struct import_place *place,
    struct import_row *row, struct error *err)
{
	enum fate fate;
	enum status status;

	(void)place;
	status = bring_event(im->bringing, &row->event, &fate, err);
	if (status == STATUS_OK)
		import_count(im->sum, row->kind, fate, row->first_day);
	return status;
}

static enum status
take_note(struct import *im, struct import_place *place, struct import_row *row,
    struct error *err)
{
	const struct store_note *note = &row->note;
	enum fate fate = FATE_NEW;
	struct store_note *all;
	size_t count = 0;
	enum status status = store_notes(im->o->store, note->domain, note->at_s,
	    note->at_s, im->arena, &all, &count, err);

	(void)place;
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (strcmp(all[i].domain, note->domain) == 0 &&
		    strcmp(all[i].text, note->text) == 0)
			fate = FATE_KNOWN;
	if (status == STATUS_OK && fate == FATE_NEW)
		status = store_note_add(
		    im->o->store, note->domain, note->at_s, note->text, err);
	import_count(im->sum, row->kind, fate, row->first_day);
	return status;
}

/* One that was ended here stays ended. */
static enum status
take_mute(struct import *im, struct import_place *place, struct import_row *row,
    struct error *err)
{
	const struct store_mute *mute = &row->mute;
	enum fate fate = FATE_NEW;
	struct store_mute *all;
	size_t count = 0;
	enum status status = store_mutes(im->o->store, mute->domain,
	    mute->since_s, im->arena, &all, &count, err);

	(void)place;
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (all[i].since_s == mute->since_s &&
		    strcmp(all[i].domain, mute->domain) == 0 &&
		    strcmp(all[i].check, mute->check) == 0 &&
		    strcmp(all[i].subject, mute->subject) == 0)
			fate = FATE_KNOWN;
	if (status == STATUS_OK && fate == FATE_NEW)
		status = store_mute_add(im->o->store, mute, err);
	import_count(im->sum, row->kind, fate, row->first_day);
	return status;
}

/* named: only the name of the domain is kept, watched or not. */
static const struct {
	bool named;
	enum status (*take)(struct import *im, struct import_place *place,
	    struct import_row *row, struct error *err);
} kinds[IMPORT_KINDS] = {
	[IMPORT_MEASURE] = { false, take_measure },
	[IMPORT_FEEDBACK] = { false, take_feedback },
	[IMPORT_FINDING] = { false, take_finding },
	[IMPORT_TRAFFIC] = { false, take_traffic },
	[IMPORT_REPLY] = { false, take_reply },
	[IMPORT_EVENT] = { true, take_event },
	[IMPORT_NOTE] = { true, take_note },
	[IMPORT_MUTE] = { true, take_mute },
	[IMPORT_ASKED] = { false, take_asked },
	[IMPORT_PUBLISHED] = { true, take_published },
	[IMPORT_LOG] = { true, take_log },
};

/* --- all of it ------------------------------------------------------------- */

/* The name in the form that the store has it in. */
static enum status
check_name(struct import *im, struct import_row *row, struct error *err)
{
	char ascii[ORG_NAME_SIZE];

	if (row->domain[0] == '\0')
		return STATUS_OK;
	if (strlen(row->domain) >= ORG_NAME_SIZE ||
	    !org_ascii(row->domain, ascii))
		return bad_name(row->domain, "is not a domain name", err);
	row->domain = arena_dup(im->arena, ascii);
	if (row->kind == IMPORT_EVENT)
		row->event.event.domain = row->domain;
	else if (row->kind == IMPORT_NOTE)
		row->note.domain = row->domain;
	else
		row->mute.domain = row->domain;
	return STATUS_OK;
}

static void
note_unknown(struct import *im, const struct export_row *row)
{
	bool measure = strcmp(row->kind, "measure") == 0;

	if (im->sum->unknown++ == 0)
		snprintf(im->sum->unknown_what, sizeof(im->sum->unknown_what),
		    "%s %.60s", measure ? "measure" : "kind",
		    measure ? row->name : row->kind);
}

static enum status
take_row(struct import *im, const struct export_row *text, struct error *err)
{
	struct import_place *place = NULL;
	struct import_row row;
	enum status status;
	bool known;

	arena_reset(im->arena);
	status = import_row_read(
	    text, im->o->now_s, im->arena, &row, &known, err);
	if (status != STATUS_OK)
		return status;
	if (!known) {
		note_unknown(im, text);
		return STATUS_OK;
	}
	status = kinds[row.kind].named ? check_name(im, &row, err)
				       : place_of(im, row.domain, &place, err);
	return status == STATUS_OK ? kinds[row.kind].take(im, place, &row, err)
				   : status;
}

static enum status
take_rows(struct import *im, struct import_text *text, struct error *err)
{
	struct export_row row;
	enum status status;
	bool end = false;

	for (;;) {
		status = import_text_next(text, &row, &end, err);
		if (status != STATUS_OK || end)
			return status;
		status = take_row(im, &row, err);
		if (status == STATUS_PARSE || status == STATUS_USAGE)
			return error_prefix(
			    err, "line %zu", import_text_line(text));
		if (status != STATUS_OK)
			return status;
	}
}

static enum status
check_added(const struct import *im, struct error *err)
{
	const struct import_sum *sum = im->sum;

	if (sum->added == 0 || im->o->add)
		return STATUS_OK;
	if (sum->added == 1)
		return error_set(err, STATUS_NOT_FOUND,
		    "%s is not watched here; --add watches it from now on",
		    sum->added_name);
	return error_set(err, STATUS_NOT_FOUND,
	    "%zu of its domains are not watched here, %s among them; --add "
	    "watches them from now on",
	    sum->added, sum->added_name);
}

static enum status
run(struct import *im, int fd, struct error *err)
{
	struct import_text *text = import_text_new(fd);
	enum status status = take_rows(im, text, err);

	if (status == STATUS_OK)
		status = import_hours_flush(&im->hours, err);
	if (status == STATUS_OK)
		status = check_added(im, err);
	if (status == STATUS_OK)
		status = import_measures_flush(&im->measures, err);
	snprintf(im->sum->ignored, sizeof(im->sum->ignored), "%s",
	    import_text_ignored(text));
	import_text_free(text);
	return status;
}

static void
import_fini(struct import *im)
{
	import_measures_fini(&im->measures);
	import_hours_fini(&im->hours);
	map_free(im->names, NULL);
	for (size_t i = 0; i < im->sum->domains; i++) {
		free(im->places[i]->name);
		free(im->places[i]);
	}
	free(im->places);
	free(im->logs);
	arena_free(im->arena);
}

enum status
import_file(int fd, const struct import_options *options,
    struct import_sum *sum, struct error *err)
{
	struct import im = { .o = options, .sum = sum };
	struct error undone;
	enum status status;

	*sum = (struct import_sum){ .first_day = DAY_NONE,
		.last_day = DAY_NONE };
	status = store_bring_begin(
	    options->store, options->replace, &im.bringing, err);
	if (status != STATUS_OK)
		return status;
	im.arena = arena_new();
	im.names = map_new();
	im.measures = (struct import_measures){ .o = options, .sum = sum };
	import_hours_init(&im.hours, im.bringing, sum, options->replace);
	status = run(&im, fd, err);
	if (status != STATUS_OK || options->dry_run)
		(void)!store_bring_end(im.bringing, false, &undone);
	else
		status = store_bring_end(im.bringing, true, err);
	import_fini(&im);
	return status;
}
