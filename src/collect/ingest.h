/* What the parts of ingesting share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COLLECT_INGEST_H
#define SENDTOP_COLLECT_INGEST_H

#include "sendtop/ingest.h"
#include "sendtop/journal.h"
#include "sendtop/source.h"
#include "sendtop/store_mail.h"

/*
 * A new reader of a log that was read before is shown so much of what comes
 * before the place, uncounted: deliveries there hang on lines from there.
 */
enum { WARM_OCTETS = 4 * 1024 * 1024 };

/* What a log holds, in whatever file that is now: one cursor of the store. */
struct content {
	char *key;    /* its path in the store */
	char *stored; /* the path it has there now, or NULL */
	struct source_mark at;
	int64_t read_s, first_s, last_s;
	int64_t lines, attempts, skipped; /* up to the reader's begin */
	char *state;                      /* of an earlier reader */
	char *error;
	bool dirty;
	/* While it is read. */
	struct mta_reader *reader;
	/* By which file it was begun, and which gave octets last: only to be
	 * compared. */
	const struct logfile *begun_by, *fed_by;
	struct journal *journal; /* an export of journald's, or NULL */
	uint64_t began;          /* where the reader's octets begin */
	uint64_t fed;            /* up to where it was fed */
	struct mta_stats before; /* what the reader did before it counted */
	struct mta_stats told;   /* what the totals have of it */
};

struct logfile {
	char *path;
	char *trouble; /* told of it, or NULL */
	struct source *source;
	struct content *content;
	uint64_t fed;             /* of a journal's export */
	uint64_t passed;          /* of what is read but once: known already */
	struct source_mark begin; /* its head, when it was opened or read */
	uint64_t seen;            /* octets it had when it was looked at */
	bool settled;             /* read as far as it goes by now */
	bool passing;             /* found by rotation: once read, it goes */
	bool stdin_log;
	bool gone;  /* to be dropped */
	bool cut;   /* it was copied and truncated */
	bool copy;  /* it holds a begin of its content, and no more */
	bool waits; /* for its other side, in this turn */
	/* What its content begins as and is not, by their tails. */
	struct source_mark *others;
	size_t other_count, other_cap;
	int64_t quiet_s;   /* since when it did not grow, or is not there */
	int64_t written_s; /* for the order */
	int64_t opened_s;
	int64_t folder_ns; /* when its folder was looked through */
	int64_t retry_s;   /* when to try again to open it */
};

struct ingest {
	struct ingest_options o;
	struct count *count;
	char **patterns;
	size_t pattern_count, pattern_cap;
	int64_t globbed_s;
	struct content **contents;
	size_t content_count, content_cap;
	struct logfile **files;
	size_t file_count, file_cap;
	char **dropped; /* cursors that are no longer */
	size_t dropped_count, dropped_cap;
	uint64_t batch; /* octets since the last commit */
	int64_t batch_ms;
	bool waits;
	struct map *touched; /* domains, to struct touched */
	struct mta_sink sink;
	char *chunk;
	size_t logs, troubles;
	int64_t lines, attempts, skipped;
	char *first_trouble, *reading;
	const char *format;
	bool zone_unknown, years_late;
	char *last_writer; /* the store's word when cursors were loaded */
	char *writer;      /* the one of our last write, or NULL */
	uint64_t writes;
	struct map *known; /* cursors by path, as of then */
	bool outrun; /* another one wrote since: what is known is of no use */
};

/* A domain that a batch counted for, since which day. */
struct touched {
	int64_t domain;
	int32_t since;
};

/* The key of what is read of journald, and where the moments end that are known
 * of it in its state. */
#define JOURNAL_KEY "journal"
#define JOURNAL_END "."

/* --- writers.c: who counted last ------------------------------------------ */

/* Before the cursors are loaded. */
enum status writers_look(struct ingest *ingest, struct error *err) MUST_CHECK;
/* First within the transaction that counts.  STATUS_BUSY: somebody else counted
 * of one of these logs since the cursors were loaded, see ingest_outrun(). */
enum status writers_pass(struct ingest *ingest, struct error *err) MUST_CHECK;
void writers_forget(struct ingest *ingest);

/* --- contents.c: what was read, kept and stored --------------------------- */

enum status contents_load(struct ingest *ingest, struct error *err) MUST_CHECK;
void contents_free(struct ingest *ingest);
/* What a stored cursor knows a content by. */
struct source_mark content_mark(const struct log_cursor *cursor);
/* The content of that key, or NULL. */
struct content *content_keyed(const struct ingest *ingest, const char *key);
/* The same, made when there is none: for what cannot be read. */
struct content *content_for_error(struct ingest *ingest, const char *key);
struct content *content_add(struct ingest *ingest, const char *key);
/* Forgets one of which nothing was read; no file may have it. */
void content_drop(struct ingest *ingest, const char *key);
/* Gives it that key; who had it is named by its head. */
void content_take_key(
    struct ingest *ingest, struct content *content, const char *key);
/* It is read from that file by now. */
void content_set_home(
    struct content *content, const struct source_facts *facts);
/* Its reader's state by now; the caller frees. */
char *content_state(const struct content *content);
/* A reader of the file's lines that goes on from a state; goes_on: it is that
 * of this log, not of one before it. */
struct mta_reader *content_reader(struct ingest *ingest,
    const struct logfile *file, const char *state, bool goes_on);
/* A reader for what comes after `fed`. */
void content_begin(struct ingest *ingest, struct logfile *file);
/* Ends the reader and keeps its state. */
void content_end(struct content *content);
/* Drops a reader that was begun with this file, which is another log. */
void content_abandon(struct content *content, const struct logfile *file);
/* The file, which has its content, lost its end: what comes, comes there. */
void content_set_back(
    struct ingest *ingest, struct content *content, struct logfile *file);
/* What comes before the place, as it is in the file, is what the content will
 * be known by; before it is stored, or its file closed. */
void content_keep_tail(struct content *content, struct logfile *file);
/* Until the next turn no log is read. */
void contents_rest(struct ingest *ingest);
/* Brings offset, head and times up to what the reader took. */
void content_advance(struct ingest *ingest, struct logfile *file);
enum status contents_put(struct ingest *ingest, struct error *err) MUST_CHECK;
void contents_put_done(struct ingest *ingest);

/* --- survey.c: all of a log at once ---------------------------------------- */

struct survey;
/* Tells a new reader when the log was written, and of one that is read from its
 * begin and whose stamps lack the year lets it look at all of it.  NULL: it need
 * not, or cannot (a pipe, a large archive). */
struct survey *survey_open(struct ingest *ingest, const struct logfile *file,
    struct mta_options *options);
void survey_close(struct survey *survey);

/* --- content_find.c: which content a file holds --------------------------- */

/* Finds or makes the content that the file's source holds.  When what was read
 * under its path before is another one, it sets *rotated and finds none; with
 * rotated NULL it does not mind.  file->copy: there is nothing new in it. */
void content_find(struct ingest *ingest, struct logfile *file, bool *rotated);
/* What is read but once ended before the content's place: false: it is another
 * log, as far as can be told. */
bool content_holds(struct ingest *ingest, struct logfile *file);

/* --- siblings.c: what rotation made of a log ------------------------------ */

/* Opens those files beside a log that rotation made of it since it was read:
 * what is younger, in their order, than the one that the mark is of, and what
 * was written since.  mark may be NULL. */
void siblings_open(struct ingest *ingest, struct logfile *file, int64_t since_s,
    const struct source_mark *mark);

/* --- logfiles.c: which files there are ------------------------------------ */

struct logfile *logfile_add(struct ingest *ingest, const char *path);
/* Adds it and opens it, unless it is there. */
void logfiles_add(struct ingest *ingest, const char *path);
/* What glob(3) makes of it; a pattern that matches nothing stands for itself,
 * so that it is told. */
void logfiles_add_pattern(struct ingest *ingest, const char *pattern);
void logfile_free(struct logfile *file);
/* Opens it and finds its content; when it cannot be read that is told. */
void logfile_open(struct ingest *ingest, struct logfile *file);
enum source_fate logfile_fate(const struct logfile *file);
/* What became of it since. */
void logfile_look(struct ingest *ingest, struct logfile *file, int64_t now_s);
/* Drops those that are done with. */
void logfiles_sweep(struct ingest *ingest);
void logfile_close(struct logfile *file);
/* Whether a file of that path is read, and not only until its end. */
bool logfile_is_listed(const struct ingest *ingest, const char *path);
/* Its head as it is before it is read; false: it was cut. */
bool logfile_take_head(struct logfile *file);
/* It was cut: has other content by now. */
void logfile_was_cut(struct ingest *ingest, struct logfile *file);
/* It begins as its content does, and is another one. */
void logfile_is_other(struct ingest *ingest, struct logfile *file);
/* NULL: all is well again. */
void logfile_trouble(
    struct ingest *ingest, struct logfile *file, const char *sentence);

#endif
