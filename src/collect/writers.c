/* Who counted of logs last: two that read one at once would count it twice. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/ingest.h"
#include "sendtop/day.h"
#include "sendtop/store_live.h"

/* A word that each write of counts changes. */
static const char key[] = "logs.writer";

/* A cursor as the store has it, as far as is known here. */
struct known {
	struct source_mark at;
	char path[];
};

static void
know(struct ingest *ingest, const char *path, const struct source_mark *at)
{
	size_t size = strlen(path) + 1;
	struct known *known = mem_zero(1, sizeof(*known) + size);

	known->at = *at;
	memcpy(known->path, path, size);
	free(map_put(ingest->known, path, known));
}

static enum status
know_all(struct ingest *ingest, struct arena *arena, struct error *err)
{
	struct log_cursor *cursors;
	size_t count;
	enum status status = store_cursors(
	    ingest->o.store, arena, &cursors, &count, err);

	map_free(ingest->known, free);
	ingest->known = map_new();
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		struct source_mark at = content_mark(&cursors[i]);

		know(ingest, cursors[i].path, &at);
	}
	return status;
}

enum status
writers_look(struct ingest *ingest, struct error *err)
{
	struct arena *arena = arena_new();
	const char *last;
	enum status status = store_value_get(
	    ingest->o.store, key, arena, &last, err);

	if (status == STATUS_OK) {
		ingest->last_writer = mem_dup(last);
		status = know_all(ingest, arena, err);
	}
	arena_free(arena);
	return status;
}

void
writers_forget(struct ingest *ingest)
{
	map_free(ingest->known, free);
	free(ingest->last_writer);
	free(ingest->writer);
}

/* --- what another one wrote ----------------------------------------------- */

static bool
is_as_known(const struct ingest *ingest, const struct log_cursor *row)
{
	const struct known *known = map_get(ingest->known, row->path);

	return known != NULL && known->at.offset == row->offset &&
	    known->at.device == row->device && known->at.inode == row->inode &&
	    known->at.head_len == row->head_len &&
	    known->at.head_hash == row->head_hash;
}

/* Whether a cursor is of a log that is about to be counted from. */
static bool
is_ours(const struct content *content, const struct log_cursor *row)
{
	const struct source_mark *at = &content->at;

	return strcmp(row->path, content->key) == 0 ||
	    (content->stored != NULL &&
		strcmp(row->path, content->stored) == 0) ||
	    (at->inode != 0 && row->inode == at->inode &&
		row->device == at->device) ||
	    (at->head_len > 0 && row->head_len == at->head_len &&
		row->head_hash == at->head_hash);
}

static bool
has_row(const struct log_cursor *rows, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].path, path) == 0)
			return true;
	return false;
}

/* Whether what is about to be counted was touched by somebody else. */
static enum status
look_again(struct ingest *ingest, struct arena *arena, struct error *err)
{
	struct log_cursor *rows;
	size_t count;
	enum status status = store_cursors(
	    ingest->o.store, arena, &rows, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < ingest->content_count;
	     i++) {
		const struct content *content = ingest->contents[i];

		if (!content->dirty)
			continue;
		ingest->outrun = ingest->outrun ||
		    (content->stored != NULL &&
			!has_row(rows, count, content->stored));
		for (size_t k = 0; k < count; k++)
			if (is_ours(content, &rows[k]) &&
			    !is_as_known(ingest, &rows[k]))
				ingest->outrun = true;
	}
	if (status == STATUS_OK && ingest->outrun)
		return error_set(err, STATUS_BUSY,
		    "another sendtop counts of the same log at the same time; "
		    "what this one read is left to be read again");
	return status == STATUS_OK ? know_all(ingest, arena, err) : status;
}

/* --- a write of ours ------------------------------------------------------ */

/* Nobody else's, and none of an earlier write. */
static char *
new_word(struct ingest *ingest)
{
	return mem_printf("%ld %lld %lld %p %llu", (long)getpid(),
	    (long long)clock_utc_s(), (long long)clock_mono_ms(),
	    (void *)ingest, (unsigned long long)++ingest->writes);
}

/* A write of ours may have come to nothing: then the word before it is there
 * still. */
enum status
writers_pass(struct ingest *ingest, struct error *err)
{
	struct arena *arena = arena_new();
	const char *last;
	enum status status = store_value_get(
	    ingest->o.store, key, arena, &last, err);

	if (status == STATUS_OK && strcmp(last, ingest->last_writer) != 0) {
		if (ingest->writer == NULL || strcmp(last, ingest->writer) != 0)
			status = look_again(ingest, arena, err);
		free(ingest->last_writer);
		ingest->last_writer = mem_dup(last);
	}
	if (status == STATUS_OK) {
		free(ingest->writer);
		ingest->writer = new_word(ingest);
		status = store_value_set(
		    ingest->o.store, key, ingest->writer, err);
	}
	for (size_t i = 0; status == STATUS_OK && i < ingest->content_count;
	     i++)
		if (ingest->contents[i]->dirty)
			know(ingest, ingest->contents[i]->key,
			    &ingest->contents[i]->at);
	arena_free(arena);
	return status;
}

bool
ingest_outrun(const struct ingest *ingest)
{
	return ingest != NULL && ingest->outrun;
}
