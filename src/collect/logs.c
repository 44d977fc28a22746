/* The logs that the settings name: followed in slices, beside all else. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "sendtop/day.h"
#include "sendtop/ingest.h"
#include "sendtop/log.h"

enum {
	SLICE_MS = 8, /* the loop is not held longer at a stretch */
	PAUSE_MS = 1,
	BATCH_OCTETS = 16 * 1024 * 1024,
	BATCH_MS = 1000,
	BATCH_ROWS = 256, /* what a commit writes in some milliseconds */
	BEAT_S = 30,
	SETTLE_DAYS = 40, /* older days were settled when they were read */
};

struct logs {
	struct collector *c;
	struct ingest *ingest;
	struct loop_timer *timer;
	struct map *names;    /* of domains, by their number as text */
	struct map *troubled; /* logs that cannot be read, to the sentence */
	int64_t shown_lines;
	bool idle; /* all was read, and is committed */
	/* Domains whose days are to be settled, since a day is over. */
	int64_t *ids;
	size_t id_count, id_next;
	int32_t settled_day;
	struct log_span *spans;
	size_t span_count;
};

/* --- what ingesting tells ------------------------------------------------- */

/* The activity's error is that of any log that is troubled now. */
static void
show_trouble(struct logs *logs)
{
	struct work *work = &logs->c->log_work;
	const char *path;
	size_t cursor = 0;
	void *sentence;

	work->error[0] = '\0';
	if (map_next(logs->troubled, &cursor, &path, &sentence)) {
		snprintf(work->error, sizeof(work->error), "%s",
		    (const char *)sentence);
		work->error_s = clock_utc_s();
	}
}

static void
on_trouble(void *arg, const char *path, const char *sentence)
{
	struct logs *logs = arg;
	struct event_text event = { .kind = "log" };

	free(map_remove(logs->troubled, path));
	if (sentence != NULL) {
		map_put(logs->troubled, path, mem_dup(sentence));
		event.verdict = VERDICT_WARN;
		event.begins = true;
		snprintf(event.text, sizeof(event.text), "%s", sentence);
		tell(logs->c, sentence);
	} else {
		event.verdict = VERDICT_PASS;
		snprintf(event.text, sizeof(event.text),
		    "%s: can be read again", path);
	}
	write_news(logs->c, "", &event, "", path);
	show_trouble(logs);
}

static void
on_touched(void *arg, int64_t domain)
{
	struct logs *logs = arg;
	const char *name;
	char key[24];

	snprintf(key, sizeof(key), "%lld", (long long)domain);
	name = map_get(logs->names, key);
	if (name != NULL)
		judge_later(logs->c, name);
}

static void
before_write(void *arg)
{
	struct logs *logs = arg;

	write_commit(logs->c);
}

/* --- which domains -------------------------------------------------------- */

static enum status
load_domains(struct logs *logs, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	enum status status;
	size_t count, i;
	char key[24];

	status = store_domains(logs->c->store, arena, &domains, &count, err);
	if (status == STATUS_OK) {
		map_free(logs->names, free);
		logs->names = map_new();
		free(logs->ids);
		logs->ids = mem_zero(count + 1, sizeof(*logs->ids));
		logs->id_count = count;
		logs->id_next = count;
		logs->settled_day = DAY_NONE;
	}
	for (i = 0; status == STATUS_OK && i < count; i++) {
		snprintf(key, sizeof(key), "%lld", (long long)domains[i].id);
		map_put(logs->names, key, mem_dup(domains[i].name));
		logs->ids[i] = domains[i].id;
	}
	arena_free(arena);
	if (status == STATUS_OK)
		status = ingest_watch(logs->ingest, &count, err);
	if (status == STATUS_OK)
		logs->c->logs_stale = false;
	return status;
}

/* --- days that are over --------------------------------------------------- */

/* A new day makes zeros of the one before for who sent nothing. */
static enum status
begin_settling(struct logs *logs, struct error *err)
{
	enum status status;

	free(logs->spans);
	logs->spans = NULL;
	status = ingest_spans(
	    logs->c->store, &logs->spans, &logs->span_count, err);
	if (status != STATUS_OK || logs->span_count == 0)
		return status;
	if (day_of(logs->spans[logs->span_count - 1].last_s) !=
	    logs->settled_day) {
		logs->settled_day = day_of(
		    logs->spans[logs->span_count - 1].last_s);
		logs->id_next = 0;
	}
	return STATUS_OK;
}

static void
settle_some(struct logs *logs)
{
	int64_t begin = clock_mono_ms();
	struct collector *c = logs->c;
	struct error err;
	bool changed;

	while (logs->id_next < logs->id_count &&
	    clock_mono_ms() - begin < SLICE_MS) {
		int64_t id = logs->ids[logs->id_next];

		if (!write_begin(c))
			return;
		if (ingest_settle_days(c->store, id,
			logs->settled_day - SETTLE_DAYS, logs->spans,
			logs->span_count, &changed, &err) != STATUS_OK) {
			write_failed(c, &err);
			return;
		}
		logs->id_next++;
		if (changed)
			on_touched(logs, id);
	}
}

/* --- turns ---------------------------------------------------------------- */

static void
show(struct logs *logs)
{
	struct work *work = &logs->c->log_work;
	struct ingest_totals totals;
	const char *slash;

	ingest_totals(logs->ingest, &totals);
	work->since_s = work->since_s > 0 ? work->since_s : clock_utc_s();
	work->done = totals.lines;
	work->running = false;
	slash = strrchr(totals.reading, '/');
	work->text[0] = '\0';
	if (totals.lines > 0)
		snprintf(work->text, sizeof(work->text),
		    "log%s%.40s: %lld lines, %lld attempts",
		    totals.reading[0] != '\0' ? " " : "",
		    slash != NULL ? slash + 1 : totals.reading,
		    (long long)totals.lines, (long long)totals.attempts);
	if (totals.lines != logs->shown_lines ||
	    loop_now_ms(logs->c->loop) - work->shown_ms > BEAT_S * 1000)
		show_work(logs->c, work, false);
	logs->shown_lines = totals.lines;
}

static void
failed(struct logs *logs, const struct error *err)
{
	struct collector *c = logs->c;

	c->lost = *err;
	if (!c->told)
		tell(c, err->text);
	c->told = true;
	loop_timer_start(logs->timer, c->settings->log_interval_s * 1000, 0);
}

static enum status open_ingest(struct logs *logs, struct error *err);

/* An ingest of the operator's counted meanwhile: what that read is known to the
 * store, and the rest is read from there. */
static enum status
read_again(struct logs *logs, struct error *err)
{
	ingest_close(logs->ingest);
	logs->ingest = NULL;
	return open_ingest(logs, err);
}

static void
turn(void *arg)
{
	struct logs *logs = arg;
	struct collector *c = logs->c;
	enum status status = STATUS_OK;
	struct error err;
	bool more = false;

	if (logs->ingest == NULL || ingest_outrun(logs->ingest))
		status = read_again(logs, &err);
	else if (c->logs_stale)
		status = load_domains(logs, &err);
	if (status == STATUS_OK && logs->idle)
		ingest_look(logs->ingest);
	if (status == STATUS_OK)
		status = ingest_turn(logs->ingest, SLICE_MS, &more, &err);
	if (status == STATUS_OK && !more && ingest_waits(logs->ingest))
		status = ingest_commit(logs->ingest, &err);
	if (status == STATUS_OK && !more && logs->id_next >= logs->id_count)
		status = begin_settling(logs, &err);
	if (status != STATUS_OK && ingest_outrun(logs->ingest)) {
		loop_timer_start(logs->timer, PAUSE_MS, 0);
		return;
	}
	if (status != STATUS_OK) {
		failed(logs, &err);
		return;
	}
	if (!more)
		settle_some(logs);
	logs->idle = !more && logs->id_next >= logs->id_count;
	show(logs);
	loop_timer_start(logs->timer,
	    logs->idle ? c->settings->log_interval_s * 1000 : PAUSE_MS, 0);
}

bool
logs_idle(const struct collector *c)
{
	return c->logs == NULL || c->logs->idle;
}

/* --- beginning and end ---------------------------------------------------- */

static enum status
open_ingest(struct logs *logs, struct error *err)
{
	struct collector *c = logs->c;
	const struct settings *s = c->settings;
	struct ingest_options options = {
		.store = c->store,
		.providers = c->o->providers,
		.catalogue = c->o->catalogue,
		.format = strcmp(s->log_format, "auto") != 0 ? s->log_format
							     : NULL,
		.zone = s->log_zone,
		.batch_octets = BATCH_OCTETS,
		.batch_ms = BATCH_MS,
		.batch_rows = BATCH_ROWS,
		.follow = true,
		.remember = true,
		.trouble = on_trouble,
		.touched = on_touched,
		.before = before_write,
		.arg = logs,
	};
	enum status status = ingest_open(&options, &logs->ingest, err);
	size_t i;

	if (status == STATUS_OK)
		status = load_domains(logs, err);
	for (i = 0; status == STATUS_OK && i < s->log_files.count; i++)
		ingest_add(logs->ingest, s->log_files.items[i], true);
	if (status != STATUS_OK) {
		ingest_close(logs->ingest);
		logs->ingest = NULL;
	}
	return status;
}

enum status
logs_open(struct collector *c, struct error *err)
{
	struct logs *logs;
	enum status status;

	if (c->settings->log_files.count == 0 || c->o->catalogue == NULL)
		return STATUS_OK;
	logs = mem_zero(1, sizeof(*logs));
	c->logs = logs;
	logs->c = c;
	logs->names = map_new();
	logs->troubled = map_new();
	logs->timer = loop_timer_new(c->loop, turn, logs);
	status = open_ingest(logs, err);
	if (status == STATUS_OK)
		loop_timer_start(logs->timer, 0, 0);
	return status;
}

void
logs_close(struct collector *c)
{
	struct logs *logs = c->logs;
	struct error err;

	if (logs == NULL)
		return;
	if (logs->ingest != NULL && ingest_waits(logs->ingest) &&
	    ingest_commit(logs->ingest, &err) != STATUS_OK)
		tell(c, err.text);
	ingest_close(logs->ingest);
	loop_timer_free(logs->timer);
	map_free(logs->names, free);
	map_free(logs->troubled, free);
	free(logs->ids);
	free(logs->spans);
	free(logs);
	c->logs = NULL;
}
