/* Which content a file holds: one that was read before, or a new one. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/ingest.h"

/* What is looked for, and what was found out so far. */
struct search {
	struct ingest *ingest;
	struct logfile *file;
	const char *head;
	size_t len;
	struct source_facts facts;
	bool plain;
	char *key;
	struct content *holder; /* of the key, or NULL */
	/* Contents that begin alike and are others. */
	const struct content **tried;
	size_t tried_count, tried_cap;
	struct content *whole;     /* whose begin the file is, or NULL */
	const struct content *kin; /* whose lines it has up to `begin` */
	uint64_t begin;
};

/* --- one that fits -------------------------------------------------------- */

static bool
was_tried(const struct search *s, const struct content *content)
{
	const struct logfile *file = s->file;
	size_t i;

	for (i = 0; i < s->tried_count; i++)
		if (s->tried[i] == content)
			return true;
	for (i = 0; i < file->other_count; i++)
		if (file->others[i].head_hash == content->at.head_hash &&
		    file->others[i].tail_end == content->at.tail_end &&
		    file->others[i].tail_hash == content->at.tail_hash)
			return true;
	return false;
}

static struct content *
match(const struct search *s, enum source_fit *fit)
{
	struct content *const *contents = s->ingest->contents;
	size_t count = s->ingest->content_count, found, i;
	const struct source_mark **marks = mem_alloc(
	    (count + 1) * sizeof(*marks));

	for (i = 0; i < count; i++)
		marks[i] = was_tried(s, contents[i]) ? NULL : &contents[i]->at;
	found = source_match(s->file->source, marks, count, fit);
	free(marks);
	return found == SIZE_MAX ? NULL : contents[found];
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

/* --- one that begins alike ------------------------------------------------ */

/* Whether a source can be looked at anywhere, and holds all that was read. */
static bool
is_home(struct source *source, const struct source_mark *mark)
{
	struct source_facts facts;
	enum source_fit fit;

	source_facts(source, &facts);
	if (facts.packed || facts.piped)
		return false;
	source_match(source, &mark, 1, &fit);
	return fit <= FIT_HEAD;
}

static struct source *
home_by_path(const struct content *content)
{
	const struct source_mark *mark = &content->at;
	struct source *source;
	struct error err;
	struct stat st;

	if (stat(content->key, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_dev != mark->device ||
	    (uint64_t)st.st_ino != mark->inode ||
	    source_open(content->key, &source, &err) != STATUS_OK)
		return NULL;
	if (is_home(source, mark))
		return source;
	source_close(source);
	return NULL;
}

/* A plain file that holds all that was read of a content; *own: to be closed.
 * NULL: none is known. */
static struct source *
home_open(const struct ingest *ingest, const struct content *content,
    const struct logfile *but, bool *own)
{
	*own = false;
	for (size_t i = 0; i < ingest->file_count; i++) {
		const struct logfile *file = ingest->files[i];

		if (file != but && file->content == content && !file->copy &&
		    !file->gone && file->source != NULL &&
		    is_home(file->source, &content->at))
			return file->source;
	}
	*own = true;
	return home_by_path(content);
}

/* Whether both have the same octets just before the place. */
static bool
are_alike(struct source *a, struct source *b, uint64_t end)
{
	char x[SOURCE_TAIL], y[SOURCE_TAIL];
	size_t n = source_tail(a, end, x), m = source_tail(b, end, y);

	return n == m && memcmp(x, y, n) == 0;
}

/* The begin of the line that a place is in. */
static uint64_t
line_begin(struct source *source, uint64_t at)
{
	char tail[SOURCE_TAIL];
	size_t len;

	while (at > 0 && (len = source_tail(source, at, tail)) > 0) {
		for (size_t n = len; n > 0; n--)
			if (tail[n - 1] == '\n')
				return at - len + n;
		at -= len;
	}
	return 0;
}

/* Where two logs part that are alike up to one place, and not before the
 * other. */
static uint64_t
parting(struct source *a, struct source *b, uint64_t alike, uint64_t other)
{
	while (other - alike > 1) {
		uint64_t middle = alike + (other - alike) / 2;

		if (are_alike(a, b, middle))
			alike = middle;
		else
			other = middle;
	}
	return line_begin(a, alike);
}

/* --- what is younger ------------------------------------------------------ */

/* Whether lines behind the place are of the time that was read. */
static bool
has_older(
    struct search *s, const struct content *content, uint64_t at, uint64_t end)
{
	struct mta_reader *reader;
	struct mta_stats stats;
	char *chunk = s->ingest->chunk, *line;
	size_t size = end - at < SOURCE_CHUNK ? (size_t)(end - at)
					      : SOURCE_CHUNK;

	size = source_peek(s->file->source, at, chunk, size);
	line = memchr(chunk, '\n', size);
	if (line == NULL)
		return false;
	reader = content_reader(s->ingest, s->file, content->state, true);
	mta_reader_feed(reader, line, size - (size_t)(line - chunk));
	mta_reader_stats(reader, &stats);
	mta_reader_free(reader);
	return stats.first_s > 0 && stats.first_s <= content->last_s;
}

/* Where the first line is that is younger than the content's last one. */
static uint64_t
seek_younger(
    struct search *s, const struct content *content, uint64_t at, uint64_t end)
{
	struct mta_reader *reader = content_reader(
	    s->ingest, s->file, content->state, true);
	char *chunk = s->ingest->chunk, *from, *to;
	struct mta_stats stats = { 0 };
	uint64_t line = at, younger = end;
	size_t got = 1;

	while (got > 0 && younger == end) {
		got = source_peek(s->file->source, at, chunk, SOURCE_CHUNK);
		for (from = chunk; from < chunk + got; from = to) {
			to = memchr(from, '\n', (size_t)(chunk + got - from));
			to = to != NULL ? to + 1 : chunk + got;
			mta_reader_feed(reader, from, (size_t)(to - from));
			mta_reader_stats(reader, &stats);
			if (stats.last_s > content->last_s) {
				younger = line;
				break;
			}
			if (to[-1] == '\n')
				line = at + (uint64_t)(to - chunk);
		}
		at += got;
	}
	mta_reader_free(reader);
	return younger;
}

/*
 * Where lines begin in a plain file that are younger than all that was read of
 * a content whose lines it has before those; its end: there are none.  What
 * was lost and written since is told from what was read by nothing else.
 */
static uint64_t
younger_from(struct search *s, const struct content *content)
{
	uint64_t end = (uint64_t)s->facts.size, step = WARM_OCTETS, at;

	if (content->last_s == 0)
		return end;
	at = content->at.offset < end ? content->at.offset : end;
	count_mute(s->ingest->count, true);
	do {
		at = at > step ? at - step : 0;
		step *= 4;
	} while (at > 0 && !has_older(s, content, at, end));
	at = seek_younger(s, content, at, end);
	count_mute(s->ingest->count, false);
	return at;
}

/* --- the verdict ---------------------------------------------------------- */

static bool
is_same_file(const struct search *s, const struct content *content)
{
	return s->plain && content->at.device == s->facts.device &&
	    content->at.inode == s->facts.inode;
}

static void
take_begin(struct search *s, const struct content *content, uint64_t begin)
{
	if (s->kin != NULL && begin <= s->begin)
		return;
	s->kin = content;
	s->begin = begin;
}

/* Its own log lost its end, or was cut: what is younger is new. */
static void
judge_own(struct search *s, struct content *content)
{
	uint64_t begin = younger_from(s, content);

	if (begin < (uint64_t)s->facts.size)
		take_begin(s, content, begin);
	else
		s->whole = content;
}

/* Another file that begins alike and still has what was read: this is a copy of
 * its begin, or a log that parts somewhere. */
static void
judge_beside(struct search *s, struct content *content, enum source_fit fit,
    struct source *home)
{
	struct source *source = s->file->source;
	uint64_t end = fit == FIT_SHORT ? (uint64_t)s->facts.size
					: content->at.tail_end;

	if (fit == FIT_SHORT && are_alike(source, home, end))
		s->whole = content;
	else
		take_begin(s, content, parting(source, home, 0, end));
}

/* Looks at one that begins alike; returns whether that settles it. */
static bool
judge(struct search *s, struct content *content, enum source_fit fit)
{
	bool same = is_same_file(s, content), own;
	struct source *home = same
	    ? NULL
	    : home_open(s->ingest, content, s->file, &own);

	if (home != NULL) {
		judge_beside(s, content, fit, home);
		if (own)
			source_close(home);
		return s->whole != NULL;
	}
	same |= content == s->holder && !s->file->stdin_log;
	if (same || fit == FIT_SHORT)
		judge_own(s, content);
	else
		take_begin(s, content, 0);
	return same || s->whole != NULL;
}

/* Looks at all that begin alike. */
static struct content *
search_plain(struct search *s, enum source_fit *fit)
{
	struct content *content;
	bool settled = false;

	while (
	    (content = match(s, fit)) != NULL && *fit > FIT_HEAD && !settled) {
		settled = judge(s, content, *fit);
		s->tried = mem_grow(
		    s->tried, s->tried_count, &s->tried_cap, sizeof(*s->tried));
		s->tried[s->tried_count++] = content;
	}
	return settled || content == NULL ? NULL : content;
}

/* --- new ones ------------------------------------------------------------- */

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

/* A new one, whose lines before `begin` were read as another's. */
static struct content *
add_new(struct search *s)
{
	struct content *content = find_new(s->ingest, s->file, s->key);
	struct source_mark *at = &content->at;
	char tail[SOURCE_TAIL];
	size_t len;

	if (s->begin == 0)
		return content;
	at->offset = content->fed = s->begin;
	len = s->len < s->begin ? s->len : (size_t)s->begin;
	source_mark_head(at, s->head, len);
	len = source_tail(s->file->source, at->offset, tail);
	source_mark_tail(at, tail, len);
	free(content->state);
	content->state = content_state(s->kin);
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

void
content_set_home(struct content *content, const struct source_facts *facts)
{
	content->at.device = facts->device;
	content->at.inode = facts->inode;
}

/* --- finding -------------------------------------------------------------- */

/* It holds what the content does, under this name by now. */
static void
take_home(struct search *s, struct content *content)
{
	struct logfile *file = s->file;
	struct source_mark *at = &content->at;

	forget_guess(s->ingest, content);
	if (at->step_count == 0 && at->head_len <= s->len)
		source_mark_head(at, s->head, (size_t)at->head_len);
	if (!file->stdin_log && strcmp(content->key, s->key) != 0 &&
	    !is_at_home(s->ingest, content, file))
		content_take_key(s->ingest, content, s->key);
	if (s->plain && !file->stdin_log &&
	    at->offset <= (uint64_t)s->facts.size &&
	    strcmp(content->key, file->path) == 0)
		content_set_home(content, &s->facts);
}

static bool
is_read_elsewhere(const struct search *s, const struct content *content)
{
	const struct ingest *ingest = s->ingest;

	for (size_t i = 0; i < ingest->file_count; i++)
		if (ingest->files[i] != s->file &&
		    ingest->files[i]->content == content &&
		    !ingest->files[i]->copy)
			return true;
	return false;
}

/* It has no more than was read, or not even that. */
static void
take_whole(struct search *s)
{
	struct content *content = s->whole;

	s->file->copy = !is_same_file(s, content) || content->reader != NULL ||
	    is_read_elsewhere(s, content);
	if (!s->file->copy)
		content_set_back(s->ingest, content, s->file);
	s->file->content = content;
}

static bool
search(struct search *s, bool may_rotate)
{
	struct logfile *file = s->file;
	struct content *content;
	enum source_fit fit;

	content = match(s, &fit);
	if (may_rotate && s->holder != NULL &&
	    (s->holder->at.offset > 0 || s->holder->read_s > 0) &&
	    !file->stdin_log && !file->passing &&
	    (content != s->holder || (s->plain && fit > FIT_HEAD)))
		return false;
	if (s->plain && fit > FIT_HEAD)
		content = search_plain(s, &fit);
	if (s->whole != NULL) {
		take_whole(s);
		return true;
	}
	if (content != NULL && fit <= FIT_HEAD)
		take_home(s, content);
	file->content = content != NULL ? content : add_new(s);
	source_watch(file->source, &file->content->at);
	return true;
}

void
content_find(struct ingest *ingest, struct logfile *file, bool *rotated)
{
	struct search s = { .ingest = ingest, .file = file };

	file->copy = false;
	s.len = source_head(file->source, &s.head);
	if (journal_begins(s.head, s.len)) {
		file->content = find_journal(ingest);
		file->fed = 0;
		return;
	}
	source_facts(file->source, &s.facts);
	s.plain = !s.facts.packed && !s.facts.piped;
	s.key = own_key(file, s.head, s.len);
	s.holder = content_keyed(ingest, s.key);
	if (!search(&s, rotated != NULL))
		*rotated = true;
	free(s.tried);
	free(s.key);
}

bool
content_holds(struct ingest *ingest, struct logfile *file)
{
	uint64_t end = source_at(file->source);
	struct source *home;
	bool own, alike;

	home = home_open(ingest, file->content, file, &own);
	alike = home == NULL || are_alike(file->source, home, end);
	if (own)
		source_close(home);
	return alike;
}
