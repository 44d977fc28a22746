/* The screen line by line: sentences and a prompt, without moving a cursor. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_LINEAR_H
#define SENDTOP_UI_LINEAR_H

#include "app_data.h"

enum { LINEAR_ROWS = 20 }; /* domains that are listed at once */

struct linear {
	struct app *app;
	FILE *out;
	bool ascii, tty;
	char line[EDIT_SIZE * 4]; /* typed so far */
	size_t len;
	bool long_line; /* the rest of it is dropped */
	bool ended;     /* nothing more will be typed */
	int64_t end_ms; /* until then what was asked for may be written */
	bool prompted;  /* the prompt stands there, and nothing behind it */
	/* Names under the numbers that were told last. */
	char **names;
	size_t name_count, name_cap;
	int64_t event, event_s; /* the newest that was told */
	uint64_t changes;       /* the store's, when it was looked at */
	char trouble[MESSAGE_SIZE];
};

/* Makes ready what app needs without a screen. */
enum status linear_start(struct app *app, struct error *err) MUST_CHECK;
/* Runs until the user leaves, standard input ends or a signal comes.
 * STATUS_BUSY: what was asked for at last could not be written. */
enum status linear_run(struct app *app, struct error *err) MUST_CHECK;

/* What is between linear.c and linear_words.c. */
void linear_obey(struct linear *l, const char *line);
/* What is open, from its top. */
void linear_show(struct linear *l);
/* One sentence on a line of its own. */
void linear_say(struct linear *l, const char *text);
void linear_forget(struct linear *l); /* the numbers */

#endif
