/* What the files of the screen share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_APP_DATA_H
#define SENDTOP_UI_APP_DATA_H

#include "act.h"
#include "app.h"
#include "beside.h"
#include "clocks.h"
#include "load.h"
#include "roster.h"
#include "term.h"

enum {
	REQUESTS_MOST = 16,
	SAID_MOST = 200,
	WRITES_MOST = 16,
};

/* What is to be written to the store; kept while the collector writes. */
enum write_kind { WRITE_REQUEST, WRITE_NOTE, WRITE_MUTE, WRITE_UNMUTE };
struct store_write {
	enum write_kind kind;
	enum request_kind request;
	struct order order;
	int64_t at_s;
};

/* A request whose end is waited for. */
struct asked {
	int64_t id;
	enum request_state state;
};

/* A file that a process beside the screen writes. */
enum file_use { FILE_ASKED, FILE_COPY, FILE_JOBS };
struct file_job {
	struct beside beside; /* pid 0: none */
	char *path;
	const char *told; /* before the path, when it is written */
	bool brief;       /* a text that is ready: done in a moment */
};

struct app {
	const struct ui_options *options;
	struct store *store;
	struct loader *loader;
	struct term *term;
	struct canvas *canvas;
	struct frame frame;
	struct model model;
	char *selected; /* model.selected */
	char *group;    /* under the cursor instead, or NULL */
	char message[MESSAGE_SIZE], trouble[MESSAGE_SIZE];
	char store_trouble[MESSAGE_SIZE];
	struct said said[SAID_MOST]; /* model.said; texts are malloced */
	size_t said_count;
	struct asked asked[REQUESTS_MOST];
	size_t asked_count;
	struct store_write writes[WRITES_MOST]; /* not written yet */
	size_t write_count;
	struct theme theme;
	struct arena *lasting; /* names of themes */
	int news_fd, signal_fd;
	uint64_t changes;   /* the store's, when it was read last */
	uint64_t roster_at; /* the same, when the roster was begun */
	int64_t minute;     /* that the clock shows */
	int64_t check_ms, key_ms, message_ms; /* monotonic */
	int64_t looked_ms;                    /* when check_ms came last */
	int64_t roster_ms;                    /* when it was begun last */
	int64_t start_ms;                     /* when the screen was begun */
	struct clocks clocks;
	bool dirty, whole, quit, stale;
	bool grown;        /* something was read since memory was given back */
	int32_t roster_of; /* the day that is being read */
	bool unordered;    /* the order waits for the roster */
	bool asked_order;  /* the user waits for a new order */
	bool settling;     /* the order is renewed at rest */
	bool past_missing; /* rows of a past day are not worked out yet */
	bool gone;         /* the open domain is not watched any more */
	struct file_job files[FILE_JOBS];
	char writing[MESSAGE_SIZE]; /* model.writing */
};

/* Says something in the status line, and keeps it for the events. */
void app_say(struct app *app, enum role role, const char *text);
/* Only says it: of what passes. */
void app_show(struct app *app, enum role role, const char *text);
/* Only keeps it. */
void app_keep(struct app *app, enum role role, const char *text);

/* --- app.c ------------------------------------------------------------------------ */

/* Does what is wanted (WANT_ bits). */
void app_obey(struct app *app, unsigned want);
/* Looks at the store, the collector and what was asked for; says in check_ms
 * when to do so again. */
void app_look_around(struct app *app, int64_t now_ms);
/* The collector's pipe is readable. */
void app_drain_news(struct app *app);
/* What share/ has on replies. */
void app_read_shared(struct app *app);

/* --- app_read.c: the store into the model --------------------------------------- */

/* How the list is read. */
enum list_order {
	ORDER_KEPT,     /* the rows stay where they are */
	ORDER_PAGE,     /* another part of the same order */
	ORDER_NEW,      /* a new order; the cursor stays */
	ORDER_FOLLOWED, /* the same; the cursor goes with its domain */
};
void app_open_store(struct app *app);
/* Everything that the frame shows. */
void app_read_all(struct app *app, enum list_order order);
/* What a dialog that was just opened offers. */
void app_read_dialog(struct app *app);
/* What the row under the cursor is called becomes the selection. */
void app_select(struct app *app);
void app_select_domain(struct app *app, const char *name);
/* Begins to read all domains, where that is of use. */
void app_want_roster(struct app *app, bool anew);
/* A few milliseconds of what is read beside the keys; true: there is more. */
bool app_read_on(struct app *app);
/* Reads again when somebody wrote; rows stay in place unless the cursor has
 * been at rest. */
void app_take_news(struct app *app, int64_t now_ms);
void app_look_for_trouble(struct app *app);

/* --- app_ask.c: the user's wishes ------------------------------------------------ */

/* Writes it now, or when the store lets us. */
void app_write(
    struct app *app, enum write_kind kind, enum request_kind request);
void app_write_waiting(struct app *app);
void app_cancel(struct app *app);
void app_follow_requests(struct app *app);
void app_theme(struct app *app, const char *name);

/* --- app_files.c: the clipboard and files ---------------------------------------- */

void app_copy(struct app *app);
/* Writes the file that is ordered. */
void app_file(struct app *app);
/* How far those that are being written are. */
void app_follow_files(struct app *app);
/* False when none is. */
bool app_cancel_file(struct app *app);
bool app_writes_files(const struct app *app);
/* What takes longer than a moment is given up; that path, free(3), or NULL. */
char *app_stop_files(struct app *app) MUST_CHECK;

/* --- app_last.c -------------------------------------------------------------------- */

/* The screen that is open as a snapshot has it, the list from its first row to
 * its last; free(3). */
char *app_snapshot_text(struct app *app);

#endif
