/* Log files: opened, followed through rotation, and dropped. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

enum {
	RETRY_S = 10,  /* to open what could not be opened */
	GONE_S = 5,    /* between renaming and making anew there is a moment */
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
	free(file);
}

/* --- troubles ------------------------------------------------------------- */

static struct content *
content_of_path(
    struct ingest *ingest, struct logfile *file, const char *sentence)
{
	struct content *content = file->content;

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

static bool
is_listed(const struct ingest *ingest, const char *path)
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

/* What rotation made of this log since then. */
static void
find_siblings(struct ingest *ingest, struct logfile *file, int64_t since)
{
	const char *slash = strrchr(file->path, '/');
	char *folder = slash == NULL ? mem_dup(".")
	    : slash == file->path
	    ? mem_dup("/")
	    : mem_ndup(file->path, (size_t)(slash - file->path));
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *path;

		if (!source_is_rotated(file->path, entry->d_name))
			continue;
		path = slash == NULL
		    ? mem_dup(entry->d_name)
		    : mem_printf("%.*s%s", (int)(slash + 1 - file->path),
			  file->path, entry->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtime >= since && !is_listed(ingest, path)) {
			struct logfile *sibling = logfile_add(ingest, path);

			sibling->passing = true;
			logfile_open(ingest, sibling);
		}
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
	free(folder);
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

/* It is another content than before: the rest of that is found first. */
static void
find_rest(struct ingest *ingest, struct logfile *file)
{
	const struct content *before = content_keyed(ingest, file->path);
	int64_t since = before != NULL ? before->read_s : 0;

	if (file->opened_s > since)
		since = file->opened_s;
	find_siblings(ingest, file, since - 1);
}

/* Its end was lost, by a crash or by hand: what comes now comes at its end.  (A
 * copy of its begin is another file, and holds nothing new.) */
static void
take_loss(struct ingest *ingest, struct content *content,
    const struct source_facts *facts)
{
	if (facts->packed || facts->piped || content->reader != NULL ||
	    content->at.device != facts->device ||
	    content->at.inode != facts->inode ||
	    content->at.offset <= (uint64_t)facts->size)
		return;
	content->at.offset = content->fed = (uint64_t)facts->size;
	content->dirty = true;
	ingest->waits = true;
}

static void
keep_head(struct logfile *file)
{
	const char *head;

	file->head_len = source_head(file->source, &head);
	file->head_hash = source_hash(head, file->head_len);
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
	content_find(ingest, file, &rotated);
	if (rotated || file->cut) {
		find_rest(ingest, file);
		content_find(ingest, file, NULL);
	}
	file->cut = false;
	file->opened_s = clock_utc_s();
	keep_head(file);
	source_facts(file->source, &facts);
	take_loss(ingest, file->content, &facts);
	file->seen = facts.size > 0 ? (uint64_t)facts.size : 0;
	file->written_s = facts.written_s;
	file->quiet_s = clock_utc_s();
	file->settled = is_done(file, &facts);
	if (!facts.packed)
		logfile_trouble(ingest, file, NULL);
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
	old->quiet_s = clock_utc_s();
	old->passing = true;
	file->source = NULL;
	file->content = NULL;
	file->settled = false;
}

static void
look_at_growth(struct logfile *file, int64_t now_s)
{
	struct source_facts facts;

	source_facts(file->source, &facts);
	if (facts.packed || facts.piped)
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
		return source_fate(
		    file->source, file->fed, file->head_len, file->head_hash);
	if (file->head_len > at->head_len)
		return source_fate(
		    file->source, upto, file->head_len, file->head_hash);
	return source_fate(file->source, upto, at->head_len, at->head_hash);
}

void
logfile_look(struct ingest *ingest, struct logfile *file, int64_t now_s)
{
	if (file->gone)
		return;
	if (file->source == NULL) {
		if (now_s >= file->retry_s && !file->passing)
			logfile_open(ingest, file);
		return;
	}
	switch (logfile_fate(file)) {
	case SOURCE_SAME:
		look_at_growth(file, now_s);
		break;
	case SOURCE_CUT:
		content_end(file->content);
		logfile_close(file);
		file->cut = true;
		if (file->passing)
			file->gone = true;
		else
			logfile_open(ingest, file);
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
	if (!file->passing || !file->settled)
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
