/* Ingesting: reads logs in slices and commits what was counted. */
/* SPDX-License-Identifier: MIT */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

enum {
	GLOB_S = 10,  /* how often patterns are looked at again */
	STALE_S = 60, /* a last line without its end that old is whole */
	FILES_MOST = 4096,
};

enum status
ingest_open(const struct ingest_options *options, struct ingest **out,
    struct error *err)
{
	const struct count_options count = { options->providers,
		options->catalogue };
	struct ingest *ingest = mem_zero(1, sizeof(*ingest));
	enum status status;

	ingest->o = *options;
	ingest->count = count_new(&count);
	count_sink(ingest->count, &ingest->sink);
	ingest->chunk = mem_alloc(SOURCE_CHUNK);
	ingest->touched = map_new();
	ingest->batch_ms = clock_mono_ms();
	ingest->first_trouble = mem_dup("");
	ingest->reading = mem_dup("");
	status = contents_load(ingest, err);
	if (status != STATUS_OK) {
		ingest_close(ingest);
		return status;
	}
	*out = ingest;
	return STATUS_OK;
}

void
ingest_close(struct ingest *ingest)
{
	size_t i;

	if (ingest == NULL)
		return;
	for (i = 0; i < ingest->file_count; i++)
		logfile_free(ingest->files[i]);
	free(ingest->files);
	contents_free(ingest);
	for (i = 0; i < ingest->pattern_count; i++)
		free(ingest->patterns[i]);
	free(ingest->patterns);
	for (i = 0; i < ingest->dropped_count; i++)
		free(ingest->dropped[i]);
	free(ingest->dropped);
	map_free(ingest->touched, free);
	count_free(ingest->count);
	free(ingest->chunk);
	free(ingest->first_trouble);
	free(ingest->reading);
	free(ingest);
}

enum status
ingest_watch(struct ingest *ingest, size_t *count, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	enum status status;
	size_t i;

	*count = 0;
	status = store_domains(ingest->o.store, arena, &domains, count, err);
	if (status == STATUS_OK) {
		count_watch_none(ingest->count);
		for (i = 0; i < *count; i++)
			count_watch(
			    ingest->count, domains[i].name, domains[i].id);
	}
	arena_free(arena);
	return status;
}

/* --- which logs ----------------------------------------------------------- */

static void
add_file(struct ingest *ingest, const char *path)
{
	for (size_t i = 0; i < ingest->file_count; i++)
		if (strcmp(ingest->files[i]->path, path) == 0 &&
		    !ingest->files[i]->passing)
			return;
	if (ingest->file_count < FILES_MOST)
		logfile_open(ingest, logfile_add(ingest, path));
}

/* What stood for the pattern is not missed any more. */
static void
found_one(struct ingest *ingest, const char *pattern)
{
	for (size_t i = 0; i < ingest->file_count; i++) {
		struct logfile *file = ingest->files[i];

		if (strcmp(file->path, pattern) != 0 || file->source != NULL)
			continue;
		logfile_trouble(ingest, file, NULL);
		file->gone = true;
		content_drop(ingest, pattern);
	}
}

/* A pattern that matches nothing stands for itself, so that it is told. */
static void
add_pattern(struct ingest *ingest, const char *pattern)
{
	glob_t found;

	if (glob(pattern, GLOB_NOCHECK, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		add_file(ingest, found.gl_pathv[i]);
	if (found.gl_pathc > 0 && strcmp(found.gl_pathv[0], pattern) != 0)
		found_one(ingest, pattern);
	globfree(&found);
}

void
ingest_add(struct ingest *ingest, const char *path, bool pattern)
{
	if (!pattern) {
		add_file(ingest, path);
		return;
	}
	ingest->patterns = mem_grow(ingest->patterns, ingest->pattern_count,
	    &ingest->pattern_cap, sizeof(*ingest->patterns));
	ingest->patterns[ingest->pattern_count++] = mem_dup(path);
	add_pattern(ingest, path);
	ingest->globbed_s = clock_utc_s();
}

void
ingest_look(struct ingest *ingest)
{
	int64_t now_s = clock_utc_s();
	size_t count = ingest->file_count, i;

	/* Files that come in meanwhile stand behind these. */
	for (i = 0; i < count; i++)
		logfile_look(ingest, ingest->files[i], now_s);
	if (now_s - ingest->globbed_s >= GLOB_S || now_s < ingest->globbed_s) {
		for (i = 0; i < ingest->pattern_count; i++)
			add_pattern(ingest, ingest->patterns[i]);
		ingest->globbed_s = now_s;
	}
	logfiles_sweep(ingest);
}

/* --- reading -------------------------------------------------------------- */

enum slice { SLICE_READ, SLICE_WAITS, SLICE_SETTLED };

static void
take_line(void *arg, const char *line, size_t len)
{
	mta_reader_feed(arg, line, len);
}

/* ahead: the reader has the octets. */
static void
feed(struct ingest *ingest, struct logfile *file, size_t len, bool ahead)
{
	struct content *content = file->content;

	if (ahead) {
		content->fed += len;
		mta_reader_take(content->reader);
	} else if (content->journal != NULL) {
		file->fed += len;
		journal_feed(content->journal, ingest->chunk, len, take_line,
		    content->reader);
	} else {
		content->fed += len;
		mta_reader_feed(content->reader, ingest->chunk, len);
	}
	if (content->journal == NULL && content->fed > file->seen)
		file->seen = content->fed;
	if (ingest->batch == 0)
		ingest->batch_ms = clock_mono_ms();
	ingest->batch += len;
	content_advance(ingest, file);
}

/* What comes no more is whole: archives, pipes, and what lies still. */
static void
settle(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;
	struct source_facts facts;
	bool last;

	source_facts(file->source, &facts);
	last = facts.packed || facts.piped || content->journal != NULL;
	file->settled = true;
	if (last || facts.written_s < clock_utc_s() - STALE_S) {
		mta_reader_end(content->reader);
		content_advance(ingest, file);
		last = true;
	}
	if (facts.packed) {
		content->at.device = facts.device;
		content->at.inode = facts.inode;
		content->read_s = clock_utc_s();
		content->dirty = true;
		ingest->waits = true;
		logfile_trouble(ingest, file, NULL);
	}
	if (content->journal != NULL)
		journal_fold(content->journal);
	if (last || !ingest->o.follow)
		content_end(content);
}

/* An archive that is being written is no damaged one. */
static enum slice
read_failed(
    struct ingest *ingest, struct logfile *file, const struct error *err)
{
	struct source_facts facts;

	if (err->status == STATUS_BUSY)
		return SLICE_WAITS;
	source_facts(file->source, &facts);
	content_end(file->content);
	file->settled = true;
	if (err->status == STATUS_PARSE && ingest->o.follow &&
	    facts.written_s > clock_utc_s() - STALE_S) {
		logfile_close(file);
		return SLICE_SETTLED;
	}
	logfile_trouble(ingest, file, err->text);
	return SLICE_SETTLED;
}

/* Whether a file that was read before has nothing more. */
static bool
is_at_end(const struct logfile *file)
{
	struct source_facts facts;

	source_facts(file->source, &facts);
	return !facts.packed && !facts.piped &&
	    file->content->journal == NULL &&
	    file->content->at.offset >= (uint64_t)facts.size;
}

/* An archive or a pipe that was read before is unpacked again up to the place,
 * a slice at a time; true while there is more of that. */
static bool
pass_over(struct ingest *ingest, struct logfile *file)
{
	const struct content *content = file->content;
	struct source_facts facts;
	struct error err;
	size_t got;

	source_facts(file->source, &facts);
	if ((!facts.packed && !facts.piped) || content->reader != NULL ||
	    content->journal != NULL ||
	    file->passed + WARM_OCTETS >= content->at.offset)
		return false;
	if (source_read(file->source, file->passed, ingest->chunk, SOURCE_CHUNK,
		&got, &err) != STATUS_OK ||
	    got == 0)
		return false;
	file->passed += got;
	return true;
}

static size_t
peek(void *arg, uint64_t at, char *buf, size_t size)
{
	return source_peek(arg, at, buf, size);
}

/* How many octets the reader fetched itself. */
static size_t
read_ahead(const struct logfile *file)
{
	const struct content *content = file->content;
	const struct mta_octets octets = { peek, file->source };
	struct source_facts facts;

	source_facts(file->source, &facts);
	if (facts.packed || facts.piped || content->journal != NULL)
		return 0;
	return mta_reader_ready(
	    content->reader, &octets, content->fed, (uint64_t)facts.size);
}

static enum slice
read_slice(struct ingest *ingest, struct logfile *file)
{
	struct content *content;
	enum status status = STATUS_OK;
	struct error err;
	size_t got;
	bool ahead;

	/* A copy of it may have been read since it was opened. */
	if (file->content->at.offset == 0 && file->content->reader == NULL)
		content_find(ingest, file, NULL);
	content = file->content;
	if (content->reader == NULL && is_at_end(file)) {
		file->settled = true;
		return SLICE_SETTLED;
	}
	if (pass_over(ingest, file))
		return SLICE_READ;
	if (content->reader == NULL) {
		content_begin(ingest, file);
		ingest->logs++;
	}
	if (strcmp(ingest->reading, file->path) != 0) {
		free(ingest->reading);
		ingest->reading = mem_dup(file->path);
	}
	got = read_ahead(file);
	ahead = got > 0;
	if (!ahead)
		status = source_read(file->source,
		    content->journal != NULL ? file->fed : content->fed,
		    ingest->chunk, SOURCE_CHUNK, &got, &err);
	/* What was read may be of a file that was cut just now. */
	if (logfile_fate(file) == SOURCE_CUT) {
		logfile_look(ingest, file, clock_utc_s());
		return SLICE_READ;
	}
	if (status != STATUS_OK)
		return read_failed(ingest, file, &err);
	if (got > 0) {
		feed(ingest, file, got, ahead);
		return SLICE_READ;
	}
	settle(ingest, file);
	return SLICE_SETTLED;
}

static struct logfile *
next_file(const struct ingest *ingest)
{
	struct logfile *next = NULL;

	for (size_t i = 0; i < ingest->file_count; i++) {
		struct logfile *file = ingest->files[i];

		if (file->source == NULL || file->settled || file->gone)
			continue;
		if (next == NULL || file->written_s < next->written_s)
			next = file;
	}
	return next;
}

static bool
batch_is_full(const struct ingest *ingest)
{
	return ingest->waits &&
	    (ingest->batch >= ingest->o.batch_octets ||
		count_rows(ingest->count) >= ingest->o.batch_rows ||
		clock_mono_ms() - ingest->batch_ms >= ingest->o.batch_ms);
}

enum status
ingest_turn(
    struct ingest *ingest, int64_t max_ms, bool *more, struct error *err)
{
	int64_t begin = clock_mono_ms();
	enum status status = STATUS_OK;
	struct logfile *file;

	*more = true;
	do {
		if (batch_is_full(ingest)) {
			status = ingest_commit(ingest, err);
			continue;
		}
		file = next_file(ingest);
		if (file == NULL) {
			*more = false;
			break;
		}
		if (read_slice(ingest, file) == SLICE_WAITS)
			break;
	} while (status == STATUS_OK && clock_mono_ms() - begin < max_ms);
	contents_rest(ingest);
	logfiles_sweep(ingest);
	return status;
}

/* --- committing ----------------------------------------------------------- */

static void
touch(struct ingest *ingest, int64_t domain, int32_t day)
{
	struct touched *t;
	char key[24];

	snprintf(key, sizeof(key), "%lld", (long long)domain);
	t = map_get(ingest->touched, key);
	if (t == NULL) {
		t = mem_zero(1, sizeof(*t));
		*t = (struct touched){ domain, day };
		map_put(ingest->touched, key, t);
	}
	t->since = day < t->since ? day : t->since;
}

/* An hour that no log can be of is left out, and the rest is kept. */
static enum status
forgive(struct ingest *ingest, enum status status, const struct error *err)
{
	if (status != STATUS_USAGE)
		return status;
	ingest->skipped++;
	if (ingest->first_trouble[0] == '\0') {
		free(ingest->first_trouble);
		ingest->first_trouble = mem_dup(err->text);
	}
	return STATUS_OK;
}

static enum status
put_traffic(
    void *arg, int64_t domain, const struct traffic *traffic, struct error *err)
{
	struct ingest *ingest = arg;
	enum status status = store_traffic_add(
	    ingest->o.store, domain, traffic, err);

	if (status == STATUS_OK)
		touch(ingest, domain, day_of(traffic->hour_s));
	return forgive(ingest, status, err);
}

static enum status
put_reply(void *arg, int64_t domain, const struct reply_count *reply,
    struct error *err)
{
	struct ingest *ingest = arg;

	return forgive(
	    ingest, store_reply_add(ingest->o.store, domain, reply, err), err);
}

static enum status
put_sender(void *arg, int64_t domain, const struct sender_seen *sender,
    struct error *err)
{
	struct ingest *ingest = arg;

	return store_sender_add(ingest->o.store, domain, sender, err);
}

static enum status
put_learned(void *arg, int64_t domain, const char *kind, const char *value,
    int64_t first_s, int64_t last_s, struct error *err)
{
	struct ingest *ingest = arg;
	const struct learned learned = { kind, value, "log", first_s, last_s };

	return store_learned_add(ingest->o.store, domain, &learned, err);
}

static enum status
begin(struct ingest *ingest, struct error *err)
{
	if (ingest->o.before != NULL)
		ingest->o.before(ingest->o.arg);
	return store_begin(ingest->o.store, err);
}

static enum status
write_batch(struct ingest *ingest, struct error *err)
{
	static const struct count_ops ops = { put_traffic, put_reply,
		put_sender, put_learned };
	struct store *store = ingest->o.store;
	enum status status = begin(ingest, err);

	if (status != STATUS_OK)
		return status;
	status = count_flush(ingest->count, &ops, ingest, err);
	if (status == STATUS_OK)
		status = contents_put(ingest, err);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	return store_commit(store, err);
}

static enum status
settle_touched(struct ingest *ingest, struct error *err)
{
	struct log_span *spans = NULL;
	enum status status;
	size_t count, cursor = 0;
	const char *key;
	void *value;
	bool changed;

	status = begin(ingest, err);
	if (status != STATUS_OK)
		return status;
	status = ingest_spans(ingest->o.store, &spans, &count, err);
	while (status == STATUS_OK &&
	    map_next(ingest->touched, &cursor, &key, &value)) {
		const struct touched *t = value;

		status = ingest_settle_days(ingest->o.store, t->domain,
		    t->since, spans, count, &changed, err);
	}
	free(spans);
	if (status != STATUS_OK) {
		store_rollback(ingest->o.store);
		return status;
	}
	return store_commit(ingest->o.store, err);
}

static void
tell_touched(struct ingest *ingest)
{
	size_t cursor = 0;
	const char *key;
	void *value;

	while (map_next(ingest->touched, &cursor, &key, &value))
		if (ingest->o.touched != NULL)
			ingest->o.touched(ingest->o.arg,
			    ((const struct touched *)value)->domain);
	map_free(ingest->touched, free);
	ingest->touched = map_new();
}

bool
ingest_waits(const struct ingest *ingest)
{
	return ingest->waits || map_count(ingest->touched) > 0;
}

enum status
ingest_commit(struct ingest *ingest, struct error *err)
{
	enum status status;

	if (ingest->waits) {
		status = write_batch(ingest, err);
		if (status != STATUS_OK)
			return status;
		count_forget(ingest->count);
		contents_put_done(ingest);
		ingest->waits = false;
		ingest->batch = 0;
		ingest->batch_ms = clock_mono_ms();
	}
	if (map_count(ingest->touched) == 0)
		return STATUS_OK;
	/* The sums of days follow the hours, and can be made again. */
	status = settle_touched(ingest, err);
	if (status == STATUS_OK)
		tell_touched(ingest);
	return status;
}

void
ingest_totals(const struct ingest *ingest, struct ingest_totals *out)
{
	*out = (struct ingest_totals){
		.logs = ingest->logs,
		.troubles = ingest->troubles,
		.lines = ingest->lines,
		.attempts = ingest->attempts,
		.skipped = ingest->skipped,
		.trouble = ingest->first_trouble,
		.format = ingest->format,
		.zone_unknown = ingest->zone_unknown,
		.years_late = ingest->years_late,
		.reading = ingest->reading,
		.count = ingest->count,
	};
}
