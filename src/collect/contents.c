/* Contents of logs: known again in whatever file they are, read on, stored. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

#define JOURNAL_KEY "journal"
#define JOURNAL_END "."

/* --- making and keeping --------------------------------------------------- */

static struct content *
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
		content->at = (struct source_mark){ c->device, c->inode,
			c->offset, c->head_len, c->head_hash };
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

/* A log that went where nobody sees it is still known by its head. */
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
		set_key(ingest, holder,
		    mem_printf("%.*s#%016llx", (int)strcspn(key, "#"), key,
			(unsigned long long)holder->at.head_hash));
	set_key(ingest, content, name);
}

/* --- finding -------------------------------------------------------------- */

static struct content *
match(struct ingest *ingest, struct logfile *file, const char *head, size_t len)
{
	struct source_mark *marks = mem_alloc(
	    (ingest->content_count + 1) * sizeof(*marks));
	struct source_facts facts;
	size_t found, i;

	source_facts(file->source, &facts);
	for (i = 0; i < ingest->content_count; i++)
		marks[i] = ingest->contents[i]->at;
	found = source_match(marks, ingest->content_count, head, len, &facts);
	free(marks);
	return found == SIZE_MAX ? NULL : ingest->contents[found];
}

/* Whether the path that a content is known by still holds it. */
static bool
is_at_home(const struct ingest *ingest, const struct content *content,
    const struct logfile *file)
{
	struct stat st;
	size_t i;

	for (i = 0; i < ingest->file_count; i++)
		if (ingest->files[i] != file &&
		    ingest->files[i]->content == content &&
		    !ingest->files[i]->passing &&
		    strcmp(ingest->files[i]->path, content->key) == 0)
			return true;
	return stat(content->key, &st) == 0 &&
	    (uint64_t)st.st_dev == content->at.device &&
	    (uint64_t)st.st_ino == content->at.inode;
}

static struct content *
find_journal(struct ingest *ingest)
{
	struct content *content = content_keyed(ingest, JOURNAL_KEY);
	char *spans, *end;

	if (content == NULL)
		content = content_add(ingest, JOURNAL_KEY);
	if (content->journal != NULL)
		return content;
	/* The moments that are known, then the reader's own. */
	spans = content->state;
	end = strstr(spans, "\n" JOURNAL_END "\n");
	content->state = mem_dup(
	    end != NULL ? end + 2 + strlen(JOURNAL_END) : "");
	if (end != NULL)
		*end = '\0';
	content->journal = journal_new(end != NULL ? spans : "");
	free(spans);
	return content;
}

/* A pipe has no name of its own: it is called by how it begins. */
static char *
own_key(const struct logfile *file, const char *head, size_t len)
{
	if (!file->stdin_log)
		return mem_dup(file->path);
	return mem_printf(
	    "-#%016llx", (unsigned long long)source_hash(head, len));
}

static bool
is_in_use(const struct ingest *ingest, const struct content *content,
    const struct logfile *but)
{
	for (size_t i = 0; i < ingest->file_count; i++)
		if (ingest->files[i] != but &&
		    ingest->files[i]->content == content)
			return true;
	return false;
}

static struct content *
find_new(struct ingest *ingest, const struct logfile *file, const char *key)
{
	struct content *holder = content_keyed(ingest, key), *content;

	/* What nothing was read of is nobody's. */
	if (holder != NULL && holder->at.offset == 0 &&
	    !is_in_use(ingest, holder, file))
		return holder;
	content = content_add(ingest, "");
	content_take_key(ingest, content, key);
	return content;
}

/* A log was taken for another than what is named now, or for none, and so
 * nothing of it was counted: it is read from its begin. */
static void
forget_guess(const struct ingest *ingest, struct content *content)
{
	char *row;
	bool same;

	if (ingest->o.format == NULL || content->attempts > 0 ||
	    content->reader != NULL || content->at.offset == 0)
		return;
	row = mem_printf("format %s\n", ingest->o.format);
	same = strncmp(content->state, row, strlen(row)) == 0;
	free(row);
	if (same)
		return;
	content->at = (struct source_mark){ .head_hash = HEAD_HASH_EMPTY };
	content->fed = 0;
	content->lines = content->skipped = 0;
	content->state[0] = '\0';
}

static void
set_home(struct content *content, const struct source_facts *facts)
{
	content->at.device = facts->device;
	content->at.inode = facts->inode;
}

void
content_find(struct ingest *ingest, struct logfile *file, bool *rotated)
{
	const char *head;
	size_t len = source_head(file->source, &head);
	struct content *content = NULL, *holder;
	struct source_facts facts;
	char *key;

	source_facts(file->source, &facts);
	if (journal_begins(head, len)) {
		file->content = find_journal(ingest);
		file->fed = 0;
		return;
	}
	key = own_key(file, head, len);
	holder = content_keyed(ingest, key);
	content = match(ingest, file, head, len);
	if (rotated != NULL && holder != NULL && holder != content &&
	    holder->at.offset > 0 && !file->stdin_log && !file->passing) {
		*rotated = true;
		free(key);
		return;
	}
	if (content != NULL)
		forget_guess(ingest, content);
	if (content == NULL)
		content = find_new(ingest, file, key);
	else if (!file->stdin_log && strcmp(content->key, key) != 0 &&
	    !is_at_home(ingest, content, file))
		content_take_key(ingest, content, key);
	free(key);
	file->content = content;
	if (!facts.packed && !facts.piped && !file->stdin_log &&
	    content->at.offset <= (uint64_t)facts.size &&
	    strcmp(content->key, file->path) == 0)
		set_home(content, &facts);
}

/* --- reading -------------------------------------------------------------- */

static char *
present_state(const struct content *content)
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
	return best != NULL ? present_state(best) : mem_dup("");
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

void
content_begin(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;
	struct mta_options options = {
		.format = ingest->o.format,
		.zone = ingest->o.zone,
	};
	struct survey *survey;
	char *state;

	state = content->at.offset == 0 && content->state[0] == '\0' &&
		content->journal == NULL
	    ? state_before(ingest, file)
	    : mem_dup(content->state);
	options.state = state[0] != '\0' ? state : NULL;
	options.goes_on = content->at.offset > 0;
	survey = survey_open(ingest, file, &options);
	content->reader = mta_reader_new(&options, &ingest->sink);
	survey_close(survey);
	free(state);
	content->began = content->fed = content->at.offset;
	if (content->at.offset > 0 && content->journal == NULL)
		warm_up(ingest, file);
	mta_reader_stats(content->reader, &content->before);
	content->told = content->before;
	ingest->zone_unknown |= content->before.zone_unknown;
}

void
content_advance(struct ingest *ingest, struct logfile *file)
{
	struct content *content = file->content;
	struct source_facts facts;
	struct mta_stats now;
	const char *head;
	size_t len;

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
		set_home(content, &facts);
	if (content->at.head_len >= SOURCE_HEAD)
		return;
	len = source_head(file->source, &head);
	if (len > content->at.offset)
		len = (size_t)content->at.offset;
	if (len > content->at.head_len) {
		content->at.head_len = len;
		content->at.head_hash = source_hash(head, len);
	}
}

void
contents_rest(struct ingest *ingest)
{
	for (size_t i = 0; i < ingest->content_count; i++)
		if (ingest->contents[i]->reader != NULL)
			mta_reader_rest(ingest->contents[i]->reader);
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
	char *state, *spans, *both;
	enum status status;

	if (content->reader != NULL) {
		mta_reader_stats(content->reader, &now);
		before = &content->before;
	}
	state = present_state(content);
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
	return status;
}

/* Of what nothing was read there is nothing to say. */
static bool
is_to_put(const struct content *content)
{
	return content->dirty &&
	    (content->at.offset > 0 || content->stored != NULL ||
		content->journal != NULL || content->error[0] != '\0');
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
