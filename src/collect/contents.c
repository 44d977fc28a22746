/* Contents of logs: known again in whatever file they are, read on, stored. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

/* --- making and keeping --------------------------------------------------- */

struct content *
content_add(struct ingest *ingest, const char *key)
{
	struct content *content = mem_zero(1, sizeof(*content));

	ingest->contents = mem_grow(ingest->contents, ingest->content_count,
	    &ingest->content_cap, sizeof(struct content *));
	ingest->contents[ingest->content_count++] = content;
	content->key = mem_dup(key);
	content->state = mem_dup("");
	content->error = mem_dup("");
	content->at.head_hash = HEAD_HASH_EMPTY;
	return content;
}

/* --- marks ---------------------------------------------------------------- */

static void
take_steps(struct source_mark *mark, const char *text)
{
	for (; mark->step_count < SOURCE_STEPS && strlen(text) >= 8;
	     text += 8) {
		char digits[9] = { 0 };

		memcpy(digits, text, 8);
		mark->steps[mark->step_count++] = (uint32_t)strtoul(
		    digits, NULL, 16);
	}
}

static char *
steps_text(const struct source_mark *mark)
{
	struct buf out = { 0 };

	buf_str(&out, "");
	for (size_t i = 0; i < mark->step_count; i++)
		buf_printf(&out, "%08x", (unsigned)mark->steps[i]);
	return buf_take(&out);
}

struct source_mark
content_mark(const struct log_cursor *c)
{
	struct source_mark mark = {
		.device = c->device,
		.inode = c->inode,
		.offset = c->offset,
		.head_len = c->head_len,
		.head_hash = c->head_hash,
	};

	take_steps(&mark, c->head_steps);
	if (c->tail_len <= SOURCE_TAIL && c->tail_len <= c->tail_end &&
	    c->tail_end <= c->offset) {
		mark.tail_end = c->tail_end;
		mark.tail_len = c->tail_len;
		mark.tail_hash = c->tail_hash;
	}
	return mark;
}

enum status
contents_load(struct ingest *ingest, struct error *err)
{
	struct arena *arena = arena_new();
	struct log_cursor *cursors;
	enum status status;
	size_t count, i;

	status = store_cursors(ingest->o.store, arena, &cursors, &count, err);
	for (i = 0; status == STATUS_OK && i < count; i++) {
		const struct log_cursor *c = &cursors[i];
		struct content *content = content_add(ingest, c->path);

		content->stored = mem_dup(c->path);
		content->at = content_mark(c);
		content->fed = c->offset;
		content->read_s = c->read_s;
		content->first_s = c->first_s;
		content->last_s = c->last_s;
		content->lines = c->lines;
		content->attempts = c->attempts;
		content->skipped = c->skipped;
		free(content->state);
		content->state = mem_dup(c->state);
		free(content->error);
		content->error = mem_dup(c->error);
	}
	arena_free(arena);
	return status;
}

static void
content_free(struct content *content)
{
	mta_reader_free(content->reader);
	journal_free(content->journal);
	free(content->key);
	free(content->stored);
	free(content->state);
	free(content->error);
	free(content);
}

void
contents_free(struct ingest *ingest)
{
	for (size_t i = 0; i < ingest->content_count; i++)
		content_free(ingest->contents[i]);
	free(ingest->contents);
}

struct content *
content_keyed(const struct ingest *ingest, const char *key)
{
	for (size_t i = 0; i < ingest->content_count; i++)
		if (strcmp(ingest->contents[i]->key, key) == 0)
			return ingest->contents[i];
	return NULL;
}

static void
drop_later(struct ingest *ingest, const char *key)
{
	ingest->dropped = mem_grow(ingest->dropped, ingest->dropped_count,
	    &ingest->dropped_cap, sizeof(*ingest->dropped));
	ingest->dropped[ingest->dropped_count++] = mem_dup(key);
}

struct content *
content_for_error(struct ingest *ingest, const char *key)
{
	struct content *content = content_keyed(ingest, key);

	return content != NULL ? content : content_add(ingest, key);
}

void
content_drop(struct ingest *ingest, const char *key)
{
	struct content *content = content_keyed(ingest, key);
	size_t i = 0;

	if (content == NULL || content->at.offset > 0)
		return;
	if (content->stored != NULL) {
		drop_later(ingest, content->stored);
		ingest->waits = true;
	}
	while (ingest->contents[i] != content)
		i++;
	ingest->contents[i] = ingest->contents[--ingest->content_count];
	content_free(content);
}

static void
set_key(struct ingest *ingest, struct content *content, char *key)
{
	if (content->stored != NULL && strcmp(content->stored, key) != 0)
		drop_later(ingest, content->stored);
	free(content->key);
	content->key = key;
	content->dirty = true;
	ingest->waits = true;
}

/* A log that went where nobody sees it is still known by its head, or if
 * others begin alike by its tail as well. */
static char *
past_key(
    const struct ingest *ingest, const struct content *content, const char *key)
{
	unsigned long long hash = content->at.head_hash;
	char *name = NULL;

	do {
		free(name);
		name = mem_printf(
		    "%.*s#%016llx", (int)strcspn(key, "#"), key, hash);
		hash = hash * 31 + content->at.tail_hash + 1;
	} while (content_keyed(ingest, name) != NULL);
	return name;
}

void
content_take_key(
    struct ingest *ingest, struct content *content, const char *key)
{
	struct content *holder = content_keyed(ingest, key);
	char *name;

	if (holder == content)
		return;
	name = mem_dup(key);
	if (holder != NULL)
		set_key(ingest, holder, past_key(ingest, holder, key));
	set_key(ingest, content, name);
}

/* --- reading -------------------------------------------------------------- */

char *
content_state(const struct content *content)
{
	return content->reader != NULL ? mta_reader_state(content->reader)
				       : mem_dup(content->state);
}

/* What the log before this one left open goes on here: the youngest of the
 * same writer that is older than this. */
static char *
state_before(const struct ingest *ingest, const struct logfile *file)
{
	const char *path = file->content->key;
	size_t len = source_family_len(path);
	const struct content *best = NULL;
	struct source_facts facts;

	source_facts(file->source, &facts);
	for (size_t i = 0; i < ingest->content_count; i++) {
		const struct content *c = ingest->contents[i];
		const char *hash = strchr(c->key, '#');
		char *key = mem_ndup(c->key,
		    hash != NULL ? (size_t)(hash - c->key) : strlen(c->key));

		if (c != file->content && c->journal == NULL &&
		    source_family_len(key) == len &&
		    strncmp(key, path, len) == 0 && c->at.offset > 0 &&
		    c->last_s <= facts.written_s &&
		    (best == NULL || c->last_s > best->last_s))
			best = c;
		free(key);
	}
	return best != NULL ? content_state(best) : mem_dup("");
}

/* The reader sees where it is to begin, and nothing of it counts. */
static void
warm_up(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;
	uint64_t end = content->at.offset;
	uint64_t at = end > WARM_OCTETS ? end - WARM_OCTETS : 0;
	struct error err;
	size_t got, size;
	char *line, *last;
	bool whole;

	at = at < file->passed ? file->passed : at;
	whole = at == 0;
	count_mute(ingest->count, true);
	while (at < end) {
		size = end - at < SOURCE_CHUNK ? (size_t)(end - at)
					       : SOURCE_CHUNK;
		if (source_read(file->source, at, ingest->chunk, size, &got,
			&err) != STATUS_OK ||
		    got == 0)
			break;
		at += got;
		line = ingest->chunk;
		last = line + got;
		if (!whole)
			line = memchr(line, '\n', got);
		if (line == NULL)
			continue;
		line += !whole;
		whole = true;
		/* A last line that was taken without its end is over. */
		while (at == end && last > line && last[-1] != '\n')
			last--;
		mta_reader_feed(content->reader, line, (size_t)(last - line));
	}
	mta_reader_here(content->reader);
	count_mute(ingest->count, false);
}

struct mta_reader *
content_reader(struct ingest *ingest, const struct logfile *file,
    const char *state, bool goes_on)
{
	struct mta_options options = {
		.format = ingest->o.format,
		.zone = ingest->o.zone,
		.state = state[0] != '\0' ? state : NULL,
		.goes_on = goes_on,
	};
	struct survey *survey = survey_open(ingest, file, &options);
	struct mta_reader *reader = mta_reader_new(&options, &ingest->sink);

	survey_close(survey);
	return reader;
}

void
content_begin(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;
	char *state;

	state = content->at.offset == 0 && content->state[0] == '\0' &&
		content->journal == NULL
	    ? state_before(ingest, file)
	    : mem_dup(content->state);
	content->reader = content_reader(
	    ingest, file, state, content->at.offset > 0);
	content->begun_by = file;
	free(state);
	content->began = content->fed = content->at.offset;
	if (content->at.offset > 0 && content->journal == NULL)
		warm_up(ingest, file);
	mta_reader_stats(content->reader, &content->before);
	content->told = content->before;
	ingest->zone_unknown |= content->before.zone_unknown;
}

/* A file may be cut while its octets are taken: what it began with before they
 * were read is theirs. */
static void
learn_head(struct source_mark *at, const struct logfile *file)
{
	const struct source_mark *begin = &file->begin;
	const char *head;
	size_t len;

	if (at->head_len >= SOURCE_HEAD)
		return;
	len = source_head(file->source, &head);
	if (len >= begin->head_len &&
	    source_hash(head, (size_t)begin->head_len) == begin->head_hash) {
		if (len > at->offset)
			len = (size_t)at->offset;
		if (len > at->head_len)
			source_mark_head(at, head, len);
	} else if (begin->head_len <= at->offset &&
	    begin->head_len > at->head_len) {
		at->head_len = begin->head_len;
		at->head_hash = begin->head_hash;
		at->step_count = begin->step_count;
		memcpy(at->steps, begin->steps, sizeof(at->steps));
	}
}

void
content_advance(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;
	struct source_facts facts;
	struct mta_stats now;

	mta_reader_stats(content->reader, &now);
	if (now.octets == content->told.octets &&
	    now.lines == content->told.lines &&
	    now.skipped == content->told.skipped)
		return;
	ingest->lines += now.lines - content->told.lines;
	ingest->attempts += now.attempts - content->told.attempts;
	ingest->skipped += now.skipped - content->told.skipped;
	if (now.skipped > content->before.skipped &&
	    ingest->first_trouble[0] == '\0') {
		free(ingest->first_trouble);
		ingest->first_trouble = mem_printf(
		    "%s: %s", file->path, now.trouble);
	}
	ingest->years_late |= now.years_late;
	if (now.format != NULL)
		ingest->format = now.format;
	if (now.first_s > 0 &&
	    (content->first_s == 0 || now.first_s < content->first_s))
		content->first_s = now.first_s;
	if (now.last_s > content->last_s)
		content->last_s = now.last_s;
	content->told = now;
	content->read_s = clock_utc_s();
	content->dirty = true;
	ingest->waits = true;
	if (content->journal != NULL)
		return;
	content->at.offset = content->began + now.octets -
	    content->before.octets;
	/* Of two that begin alike it is this one that holds all of it. */
	source_facts(file->source, &facts);
	if (!facts.packed && !facts.piped)
		content_set_home(content, &facts);
	learn_head(&content->at, file);
}

void
content_keep_tail(struct content *content, struct logfile *file)
{
	struct source_mark *at = &content->at;
	char tail[SOURCE_TAIL];
	size_t len;

	if (!content->dirty || content->journal != NULL || file->copy ||
	    at->offset == 0 || (at->tail_len > 0 && at->tail_end == at->offset))
		return;
	len = source_tail(file->source, at->offset, tail);
	/* They may be of what came after a cut. */
	if (len > 0 && logfile_fate(file) != SOURCE_CUT)
		source_mark_tail(at, tail, len);
}

void
content_set_back(
    struct ingest *ingest, struct content *content, struct logfile *file)
{
	struct source_mark *at = &content->at;
	struct source_facts facts;
	const char *head;
	size_t len = source_head(file->source, &head);

	source_facts(file->source, &facts);
	at->offset = content->fed = (uint64_t)facts.size;
	if (at->head_len > at->offset)
		source_mark_head(at, head, len);
	if (at->tail_end > at->offset)
		at->tail_len = 0;
	content->dirty = true;
	ingest->waits = true;
}

void
contents_rest(struct ingest *ingest)
{
	for (size_t i = 0; i < ingest->content_count; i++)
		if (ingest->contents[i]->reader != NULL)
			mta_reader_rest(ingest->contents[i]->reader);
}

void
content_abandon(struct content *content, const struct logfile *file)
{
	if (content->begun_by != file)
		return;
	mta_reader_free(content->reader);
	content->reader = NULL;
	content->fed = content->at.offset;
}

void
content_end(struct content *content)
{
	struct mta_stats now;

	if (content->reader == NULL)
		return;
	mta_reader_stats(content->reader, &now);
	content->lines += now.lines - content->before.lines;
	content->attempts += now.attempts - content->before.attempts;
	content->skipped += now.skipped - content->before.skipped;
	free(content->state);
	content->state = mta_reader_state(content->reader);
	mta_reader_free(content->reader);
	content->reader = NULL;
	/* What the reader held of a line is fed again to the next. */
	content->fed = content->at.offset;
}

/* --- storing -------------------------------------------------------------- */

static enum status
put(struct ingest *ingest, const struct content *content, struct error *err)
{
	struct mta_stats now = { 0 }, none = { 0 };
	const struct mta_stats *before = &none;
	struct log_cursor cursor;
	char *state, *spans, *both, *steps = steps_text(&content->at);
	enum status status;

	if (content->reader != NULL) {
		mta_reader_stats(content->reader, &now);
		before = &content->before;
	}
	state = content_state(content);
	if (content->journal != NULL) {
		spans = journal_state(content->journal);
		both = mem_printf("%s" JOURNAL_END "\n%s", spans, state);
		free(spans);
		free(state);
		state = both;
	}
	cursor = (struct log_cursor){
		.path = content->key,
		.device = content->at.device,
		.inode = content->at.inode,
		.offset = content->at.offset,
		.head_len = content->at.head_len,
		.head_hash = content->at.head_hash,
		.tail_end = content->at.tail_end,
		.tail_len = content->at.tail_len,
		.tail_hash = content->at.tail_hash,
		.head_steps = steps,
		.read_s = content->read_s,
		.first_s = content->first_s,
		.last_s = content->last_s,
		.lines = content->lines + now.lines - before->lines,
		.attempts = content->attempts + now.attempts - before->attempts,
		.skipped = content->skipped + now.skipped - before->skipped,
		.state = state,
		.error = content->error,
	};
	status = store_cursor_put(ingest->o.store, &cursor, err);
	free(state);
	free(steps);
	return status;
}

/* Of what nothing was read there is nothing to say. */
static bool
is_to_put(const struct content *content)
{
	return content->dirty &&
	    (content->at.offset > 0 || content->read_s > 0 ||
		content->stored != NULL || content->journal != NULL ||
		content->error[0] != '\0');
}

enum status
contents_put(struct ingest *ingest, struct error *err)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < ingest->dropped_count; i++)
		if (content_keyed(ingest, ingest->dropped[i]) == NULL)
			status = store_cursor_drop(
			    ingest->o.store, ingest->dropped[i], err);
	for (i = 0; status == STATUS_OK && i < ingest->content_count; i++)
		if (is_to_put(ingest->contents[i]))
			status = put(ingest, ingest->contents[i], err);
	return status;
}

void
contents_put_done(struct ingest *ingest)
{
	size_t i;

	for (i = 0; i < ingest->content_count; i++) {
		struct content *content = ingest->contents[i];

		if (!is_to_put(content))
			continue;
		content->dirty = false;
		free(content->stored);
		content->stored = mem_dup(content->key);
	}
	for (i = 0; i < ingest->dropped_count; i++)
		free(ingest->dropped[i]);
	ingest->dropped_count = 0;
}
