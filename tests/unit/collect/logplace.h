/* A directory with logs and a store, and short ways to ingest and to count. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_COLLECT_LOGPLACE_H
#define TESTS_COLLECT_LOGPLACE_H

#include "sendtop/ingest.h"

enum { START = 1795305600 }; /* 2026-11-22T00:00:00Z */

extern struct logplace {
	char dir[64];
	struct providers *providers;
	struct reply_catalogue *catalogue;
	struct buf troubles; /* all that was told */
	int64_t domain;      /* example.com */
	const char *format;  /* that ingest_of() names, or NULL */
} t;

void place_begin(void);
void place_end(void);

void must(enum status status, const struct error *err);
/* The caller frees it. */
char *in_dir(const char *name);
struct store *opened(enum store_mode mode);
void shell(const char *line);

/* Message i as Postfix logs it: two lines and the end, a second a message. */
void add_message(struct buf *out, int i);
/* Appends a text. */
void write_file(const char *name, const char *text);
/* Messages first..last go to the end of a log. */
void write_log(const char *name, int first, int last);

struct ingest *ingest_of(struct store *store, bool follow);
/* Names with blanks between them. */
void add_names(struct ingest *ingest, const char *names);
/* All there is by now, and committed. */
void read_on(struct ingest *ingest);
/* In a process of its own each time, as far as the store can tell. */
void ingest(const char *names);
void ingest_as(const char *format, const char *names);

/*
 * What happens to logs, a step a row: "W 1 100" writes messages to mail.log, or
 * to the log that is named behind them; "I a b" ingests, "S ..." is for the
 * shell, "= 100" is how many must be counted, without a trouble.
 */
enum { STORY_STEPS = 16 };
struct story {
	const char *name;
	const char *steps[STORY_STEPS];
};
void play_story(const struct story *story);

int64_t delivered_in(struct store *store);
int64_t delivered(void);

#endif
