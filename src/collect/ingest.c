/* Ingesting: reads logs in slices and commits what was counted. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

enum {
	GLOB_S = 10,  /* how often patterns are looked at again */
	STALE_S = 60, /* a last line without its end that old is whole */
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
	status = writers_look(ingest, err);
	if (status == STATUS_OK)
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
	writers_forget(ingest);
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

void
ingest_add(struct ingest *ingest, const char *path, bool pattern)
{
	if (!pattern) {
		logfiles_add(ingest, path);
		return;
	}
	ingest->patterns = mem_grow(ingest->patterns, ingest->pattern_count,
	    &ingest->pattern_cap, sizeof(*ingest->patterns));
	ingest->patterns[ingest->pattern_count++] = mem_dup(path);
	logfiles_add_pattern(ingest, path);
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
			logfiles_add_pattern(ingest, ingest->patterns[i]);
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
	content->fed_by = file;
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
	if (source_watched(file->source) == FIT_SHORT) {
		content_abandon(content, file);
		if (content_holds(ingest, file)) {
			logfile_trouble(ingest, file, NULL);
			file->copy = true;
			file->settled = true;
		} else {
			logfile_is_other(ingest, file);
		}
		return;
	}
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
	content_keep_tail(content, file);
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
	content_keep_tail(file->content, file);
	content_end(file->content);
	file->settled = true;
	if (err->status == STATUS_PARSE && ingest->o.follow &&
	    facts.written_s > clock_utc_s() - STALE_S) {
		logfile_close(file);
		file->gone = file->passing;
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

/* Of two files with one content the other was read last: they may have parted
 * since they were opened. */
static void
take_over(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;

	content_end(content);
	for (size_t i = 0; i < ingest->file_count; i++) {
		struct logfile *other = ingest->files[i];

		if (other == content->fed_by && other->content == content &&
		    other->source != NULL)
			content_keep_tail(content, other);
	}
	content_find(ingest, file, NULL);
	file->content->fed_by = file;
}

/* Whether it is a plain file whose head is still to be learned. */
static bool
knows_no_head(const struct logfile *file)
{
	struct source_facts facts;

	source_facts(file->source, &facts);
	return !facts.packed && !facts.piped &&
	    file->content->journal == NULL &&
	    file->content->at.head_len < SOURCE_HEAD;
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
	else if (file->content->fed_by != NULL &&
	    file->content->fed_by != file && file->content->journal == NULL)
		take_over(ingest, file);
	content = file->content;
	if (file->copy || (content->reader == NULL && is_at_end(file))) {
		file->settled = true;
		return SLICE_SETTLED;
	}
	if (knows_no_head(file)) {
		if (!logfile_take_head(file)) {
			logfile_was_cut(ingest, file);
			return SLICE_READ;
		}
		if (file->begin.head_len == 0) {
			file->settled = true;
			return SLICE_SETTLED;
		}
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
	if (source_watched(file->source) == FIT_OTHER) {
		content_abandon(content, file);
		logfile_is_other(ingest, file);
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

		if (file->source == NULL || file->settled || file->gone ||
		    file->waits)
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
		if (read_slice(ingest, file) != SLICE_WAITS)
			continue;
		/* The others are not held up by it. */
		file->waits = ingest->o.follow;
		if (!file->waits)
			break;
	} while (status == STATUS_OK && clock_mono_ms() - begin < max_ms);
	contents_rest(ingest);
	logfiles_sweep(ingest);
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
