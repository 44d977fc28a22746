/* Log files: opened, followed through rotation, and dropped. */
/* SPDX-License-Identifier: MIT */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

enum {
	RETRY_S = 10, /* to open what could not be opened */
	GONE_S = 5,   /* between renaming and making anew there is a moment */
	FILES_MOST = 4096,
	LINGER_S = 60, /* a writer goes on in the old file until it is told */
};

struct logfile *
logfile_add(struct ingest *ingest, const char *path)
{
	struct logfile *file = mem_zero(1, sizeof(*file));
	const struct content *content;

	ingest->files = mem_grow(ingest->files, ingest->file_count,
	    &ingest->file_cap, sizeof(struct logfile *));
	ingest->files[ingest->file_count++] = file;
	file->path = mem_dup(path);
	file->stdin_log = strcmp(path, "-") == 0;
	content = content_keyed(ingest, path);
	if (ingest->o.remember && content != NULL && content->error[0] != '\0')
		file->trouble = mem_dup(content->error);
	return file;
}

void
logfile_close(struct logfile *file)
{
	source_close(file->source);
	file->source = NULL;
	file->content = NULL;
	file->settled = false;
}

void
logfile_free(struct logfile *file)
{
	logfile_close(file);
	free(file->path);
	free(file->trouble);
	free(file->others);
	free(file);
}

/* --- troubles ------------------------------------------------------------- */

static struct content *
content_of_path(
    struct ingest *ingest, struct logfile *file, const char *sentence)
{
	struct content *content = file->copy ? NULL : file->content;

	if (content == NULL)
		content = content_keyed(ingest, file->path);
	if (content == NULL && sentence != NULL && ingest->o.remember)
		content = content_for_error(ingest, file->path);
	return content;
}

static void
set_error(struct ingest *ingest, struct content *content, const char *sentence)
{
	if (content == NULL || strcmp(content->error, sentence) == 0)
		return;
	free(content->error);
	content->error = mem_dup(sentence);
	content->dirty = true;
	ingest->waits = true;
}

void
logfile_trouble(
    struct ingest *ingest, struct logfile *file, const char *sentence)
{
	bool same = sentence == NULL
	    ? file->trouble == NULL
	    : file->trouble != NULL && strcmp(file->trouble, sentence) == 0;

	set_error(ingest, content_of_path(ingest, file, sentence),
	    sentence != NULL ? sentence : "");
	if (same)
		return;
	if (file->trouble == NULL)
		ingest->troubles++;
	free(file->trouble);
	file->trouble = mem_dup(sentence);
	if (ingest->o.trouble != NULL)
		ingest->o.trouble(ingest->o.arg, file->path, sentence);
}

/* --- opening -------------------------------------------------------------- */

bool
logfile_is_listed(const struct ingest *ingest, const char *path)
{
	for (size_t i = 0; i < ingest->file_count; i++)
		if (strcmp(ingest->files[i]->path, path) == 0 &&
		    !ingest->files[i]->passing)
			return true;
	return false;
}

/* One file under two names is read once.  A name that rotation gave to a file
 * which is still open goes to that one. */
static bool
is_open_already(struct ingest *ingest, struct logfile *file)
{
	struct source_facts mine, theirs;

	source_facts(file->source, &mine);
	for (size_t i = 0; i < ingest->file_count; i++) {
		struct logfile *other = ingest->files[i];

		if (other == file || other->source == NULL || other->gone ||
		    mine.piped)
			continue;
		source_facts(other->source, &theirs);
		if (theirs.device != mine.device ||
		    theirs.inode != mine.inode || theirs.piped)
			continue;
		if (other->passing && !file->passing) {
			free(other->path);
			other->path = mem_dup(file->path);
			other->passing = false;
		}
		if (other->content != NULL && other->content->journal == NULL &&
		    strcmp(other->path, file->path) != 0)
			content_take_key(ingest, other->content, file->path);
		return true;
	}
	return false;
}

/* An archive that was read to its end does not change. */
static bool
is_done(const struct logfile *file, const struct source_facts *facts)
{
	const struct content *content = file->content;

	return facts->packed && content->at.device == facts->device &&
	    content->at.inode == facts->inode && content->error[0] == '\0' &&
	    content->read_s > facts->written_s;
}

/* What was read last under this name, or, when that is empty, of this log. */
static const struct content *
read_before(const struct ingest *ingest, const char *path)
{
	const struct content *best = content_keyed(ingest, path);
	size_t len = source_family_len(path), i;

	if (best == NULL || best->at.offset > 0)
		return best;
	for (i = 0; i < ingest->content_count; i++) {
		const struct content *c = ingest->contents[i];

		if (c->at.offset > 0 && strncmp(c->key, path, len) == 0 &&
		    strchr("-.#", c->key[len]) != NULL &&
		    (best->at.offset == 0 || c->read_s > best->read_s))
			best = c;
	}
	return best;
}

/* When a name in the log's folder was last made, changed or taken away. */
static int64_t
folder_changed_ns(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash != NULL
	    ? mem_ndup(path, (size_t)(slash + 1 - path))
	    : mem_dup(".");
	struct stat st;
	int64_t ns = 0;

	if (stat(folder, &st) == 0)
		ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
		    st.st_mtim.tv_nsec;
	free(folder);
	return ns;
}

/* It is another content than before: the rest of that is found first. */
static void
find_rest(struct ingest *ingest, struct logfile *file)
{
	const struct content *before = read_before(ingest, file->path);
	int64_t since = before != NULL ? before->read_s : 0;
	struct source_mark mark = { 0 };

	file->folder_ns = folder_changed_ns(file->path);
	if (before != NULL)
		mark = before->at;
	if (file->opened_s > since)
		since = file->opened_s;
	siblings_open(ingest, file, since - 1, before != NULL ? &mark : NULL);
}

static void
keep_head(struct logfile *file)
{
	const char *head;
	size_t len = source_head(file->source, &head);

	source_mark_head(&file->begin, head, len);
}

static bool
begins_so(const struct source_mark *mark, const char *head, size_t len)
{
	return len >= mark->head_len &&
	    source_hash(head, (size_t)mark->head_len) == mark->head_hash;
}

bool
logfile_take_head(struct logfile *file)
{
	const char *head;
	size_t len = source_head(file->source, &head);

	if (!begins_so(&file->begin, head, len) ||
	    !begins_so(&file->content->at, head, len))
		return false;
	source_mark_head(&file->begin, head, len);
	return true;
}

void
logfile_open(struct ingest *ingest, struct logfile *file)
{
	struct source_facts facts;
	struct error err;
	bool rotated = false;

	file->retry_s = clock_utc_s() + RETRY_S;
	if (source_open(file->path, &file->source, &err) != STATUS_OK) {
		file->source = NULL;
		logfile_trouble(ingest, file, err.text);
		return;
	}
	if (!file->stdin_log && is_open_already(ingest, file)) {
		file->gone = true;
		return;
	}
	if (!file->cut)
		content_find(ingest, file, &rotated);
	if (rotated || file->cut) {
		find_rest(ingest, file);
		content_find(ingest, file, NULL);
		/* The log may be rotated again before anything is in it. */
		if (file->content->at.offset == 0)
			file->content->read_s = clock_utc_s();
	}
	file->cut = false;
	file->opened_s = clock_utc_s();
	keep_head(file);
	source_facts(file->source, &facts);
	file->seen = facts.size > 0 ? (uint64_t)facts.size : 0;
	file->written_s = facts.written_s;
	file->quiet_s = clock_utc_s();
	file->settled = file->copy || is_done(file, &facts);
	if (!facts.packed)
		logfile_trouble(ingest, file, NULL);
}

void
logfile_is_other(struct ingest *ingest, struct logfile *file)
{
	struct source_facts facts;
	char *why;

	source_facts(file->source, &facts);
	file->others = mem_grow(file->others, file->other_count,
	    &file->other_cap, sizeof(*file->others));
	file->others[file->other_count++] = file->content->at;
	if (facts.packed && !facts.piped) {
		logfile_close(file);
		file->passed = 0;
		logfile_open(ingest, file);
		return;
	}
	/* What came of it went by. */
	why = mem_printf("%s: begins as a log that was read before and is "
			 "another one, which is seen too late to count it; "
			 "write it to a file and name that",
	    file->path);
	logfile_trouble(ingest, file, why);
	free(why);
	file->copy = true;
	file->settled = true;
}

/* --- as they are named ---------------------------------------------------- */

void
logfiles_add(struct ingest *ingest, const char *path)
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

void
logfiles_add_pattern(struct ingest *ingest, const char *pattern)
{
	glob_t found;

	if (glob(pattern, GLOB_NOCHECK, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		logfiles_add(ingest, found.gl_pathv[i]);
	if (found.gl_pathc > 0 && strcmp(found.gl_pathv[0], pattern) != 0)
		found_one(ingest, pattern);
	globfree(&found);
}

/* --- following ------------------------------------------------------------ */

/* The open file goes on under a number; its name is another's. */
static void
retire(struct ingest *ingest, struct logfile *file)
{
	struct logfile *old = logfile_add(ingest, file->path);

	old->source = file->source;
	old->content = file->content;
	old->written_s = file->written_s;
	old->fed = file->fed;
	old->seen = file->seen;
	old->begin = file->begin;
	old->copy = file->copy;
	old->passed = file->passed;
	old->quiet_s = clock_utc_s();
	old->passing = true;
	if (old->content->fed_by == file)
		old->content->fed_by = old;
	file->source = NULL;
	file->content = NULL;
	file->settled = false;
}

static bool
has_grown(const struct logfile *file)
{
	struct source_facts facts;

	source_facts(file->source, &facts);
	return !facts.packed && !facts.piped &&
	    (uint64_t)facts.size > file->seen;
}

/* More of its content was read elsewhere; this may go on as another. */
static bool
is_behind(const struct logfile *file)
{
	struct source_facts facts;

	source_facts(file->source, &facts);
	return file->copy ||
	    (file->content->journal == NULL &&
		file->content->at.offset > (uint64_t)facts.size);
}

/* It grew, and before the place is not what was read: it was cut, or lost its
 * end, and began to grow anew. */
static bool
is_other_by_now(const struct logfile *file)
{
	const struct source_mark *at = &file->content->at;
	enum source_fit fit;

	if (file->content->journal != NULL || !has_grown(file))
		return false;
	source_match(file->source, &at, 1, &fit);
	return fit == FIT_OTHER;
}

/* A log of which nothing was read may have been copied and truncated unseen. */
static void
look_beside(struct ingest *ingest, struct logfile *file)
{
	const struct content *content = file->content;

	if (content->at.offset == 0 && content->read_s > 0 && !file->passing &&
	    file->folder_ns != folder_changed_ns(file->path))
		find_rest(ingest, file);
}

static void
look_at_growth(struct logfile *file, int64_t now_s)
{
	struct source_facts facts;

	source_facts(file->source, &facts);
	if (facts.packed || facts.piped || file->copy)
		return;
	file->seen = (uint64_t)facts.size;
	if ((uint64_t)facts.size > file->content->fed) {
		file->settled = false;
		file->quiet_s = now_s;
	}
}

/* What was read of it tells more than what was there when it was opened, once
 * it is more.  A content may have been read further than this file goes, in
 * another one that begins alike: that does not make it a cut one. */
enum source_fate
logfile_fate(const struct logfile *file)
{
	const struct source_mark *at = &file->content->at;
	uint64_t upto = at->offset < file->seen ? at->offset : file->seen;

	if (file->content->journal != NULL)
		return source_fate(file->source, file->fed,
		    file->begin.head_len, file->begin.head_hash);
	if (file->copy || file->begin.head_len > at->head_len)
		return source_fate(file->source, upto, file->begin.head_len,
		    file->begin.head_hash);
	return source_fate(file->source, upto, at->head_len, at->head_hash);
}

void
logfile_was_cut(struct ingest *ingest, struct logfile *file)
{
	if (!file->copy)
		content_end(file->content);
	logfile_close(file);
	file->cut = true;
	if (file->passing)
		file->gone = true;
	else
		logfile_open(ingest, file);
}

void
logfile_look(struct ingest *ingest, struct logfile *file, int64_t now_s)
{
	enum source_fate fate;

	file->waits = false;
	if (file->gone)
		return;
	if (file->source == NULL) {
		if (now_s >= file->retry_s && !file->passing)
			logfile_open(ingest, file);
		return;
	}
	fate = logfile_fate(file);
	if (fate != SOURCE_CUT && has_grown(file) && is_behind(file)) {
		logfile_close(file);
		logfile_open(ingest, file);
		return;
	}
	if (fate == SOURCE_SAME && is_other_by_now(file))
		fate = SOURCE_CUT;
	switch (fate) {
	case SOURCE_SAME:
		look_beside(ingest, file);
		look_at_growth(file, now_s);
		break;
	case SOURCE_CUT:
		logfile_was_cut(ingest, file);
		break;
	case SOURCE_MOVED:
		look_at_growth(file, now_s);
		if (file->passing)
			break;
		retire(ingest, file);
		logfile_open(ingest, file);
		break;
	case SOURCE_GONE:
		look_at_growth(file, now_s);
		if (!file->passing && now_s - file->quiet_s > GONE_S &&
		    file->trouble == NULL) {
			char *why = mem_printf(
			    "%s: there is no such log any more", file->path);

			logfile_trouble(ingest, file, why);
			free(why);
		}
		break;
	}
}

static bool
is_over(const struct ingest *ingest, const struct logfile *file, int64_t now_s)
{
	if (file->gone)
		return true;
	if (!file->passing || !(file->settled || file->waits))
		return false;
	return !ingest->o.follow || now_s - file->quiet_s > LINGER_S;
}

void
logfiles_sweep(struct ingest *ingest)
{
	int64_t now_s = clock_utc_s();
	size_t kept = 0, i;

	for (i = 0; i < ingest->file_count; i++) {
		struct logfile *file = ingest->files[i];

		if (is_over(ingest, file, now_s))
			logfile_free(file);
		else
			ingest->files[kept++] = file;
	}
	ingest->file_count = kept;
}
