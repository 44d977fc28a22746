/* Everything a frame is drawn from: what was read, and where the user is. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_MODEL_H
#define SENDTOP_UI_MODEL_H

#include "canvas.h"
#include "edit.h"
#include "sendtop/change.h"
#include "sendtop/reply.h"
#include "sendtop/store_news.h"
#include "sendtop/view.h"

enum screen {
	SCREEN_DOMAINS, /* the list */
	SCREEN_DOMAIN,  /* one of them, in tabs */
	SCREEN_REPLIES, /* what receivers answer, of all domains */
	SCREEN_EVENTS,  /* what happened, of all domains and of sendtop */
	SCREEN_CHANGES, /* what changed since a day: of a domain, or all */
};

/* How the list is put into groups. */
enum grouping {
	GROUP_NONE,
	GROUP_TAG,         /* by the operator's own tag */
	GROUP_REGISTRABLE, /* by registrable domain */
	GROUP_COUNT,
};

/* What is being typed or chosen over the screen. */
enum dialog {
	DIALOG_NONE,
	DIALOG_FILTER,
	DIALOG_COMMAND,
	DIALOG_NOTE,
	DIALOG_MUTE,
	DIALOG_SNAPSHOT,
	DIALOG_COPY,
};

enum {
	FILTER_SIZE = 128,
	MESSAGE_SIZE = ERROR_TEXT_SIZE,
	DOMAIN_SIZE = 256, /* of a domain, with its NUL */
	HISTORY_LINES = 16,
};

struct dialog_state {
	enum dialog kind;
	struct edit line;  /* filter, command, note; of a mute: why */
	struct edit until; /* of a mute */
	size_t choice;     /* what of the choices, from 0 */
	size_t field;      /* of a mute: what, until, why */
	size_t recalled;   /* commands: lines back in the history, 0 none */
	const char *wrong; /* what is wrong with what was typed, or "" */
};

/* What is wanted of the store or the terminal, in full: set together with a
 * WANT_ bit (act.h). */
enum scope { SCOPE_PANEL, SCOPE_DOMAIN, SCOPE_ALL };
/* What a copy is of: order.text, or a text of a finding, whole. */
enum copy_part { COPY_TEXT, COPY_CURE, COPY_RECORD };
struct order {
	char domain[DOMAIN_SIZE]; /* "" for all */
	char check[DOMAIN_SIZE];
	char subject[DOMAIN_SIZE];
	char text[EDIT_SIZE]; /* of a note, a copy, why of a mute, a theme */
	char file[EDIT_SIZE]; /* "" a new one */
	const char *format;   /* text, markdown, json, csv */
	int64_t until_s;      /* of a mute; 0 for good */
	int64_t id;           /* of a mute that ends */
	enum copy_part part;  /* of the finding check and subject name */
	enum scope scope;
	int32_t since; /* of a file: what changed since that day; 0: as it is */
	bool redact;   /* of a file */
	bool history;  /* of a file: an export, all that the store remembers */
};

/* What was chosen of the form for files last (file_form.c). */
struct file_choice {
	size_t what, since;
	const char *format; /* NULL: not opened yet */
	bool redact;
	char day[32];
};

/* What the user has chosen; changed by act.c alone. */
struct ui_state {
	enum screen screen;
	bool help;        /* over any screen */
	bool paused;      /* the screen stands still */
	bool moved;       /* the cursor was ever moved by hand */
	enum screen from; /* where the way back from another screen leads */
	unsigned sort;    /* enum standing_sort, or more: see sort.h */
	bool reverse;
	enum grouping grouping;
	char filter[FILTER_SIZE];
	struct edit search; /* in the help */
	size_t cursor, top; /* row numbers of the whole list */
	size_t tab;
	int scroll, help_scroll; /* rows that the panel is moved up */
	int32_t as_of;           /* DAY_NONE: live */
	int32_t since;           /* SCREEN_CHANGES: the day compared with */
	struct dialog_state dialog;
	struct order order;
	struct file_choice file;
	char history[HISTORY_LINES][EDIT_SIZE]; /* of commands, newest first */
	/* Checks: what is under the cursor (learned and its value, for what was
	 * learned), where it stood, and the first row of the list. */
	char check[DOMAIN_SIZE], subject[DOMAIN_SIZE];
	size_t check_at, check_top;
	bool opened;      /* and it is shown in full */
	int64_t click_ms; /* when and where was clicked last */
	size_t click_row;
};

/* The heading of a group, in the list's place of a domain. */
struct group {
	const char *name;
	size_t counts[5]; /* by enum standing_state; [4] not judged */
	size_t total;
	bool folded; /* its domains are not shown */
};

/* What was said in the status line: kept for SCREEN_EVENTS. */
struct said {
	int64_t at_s;
	enum role role;
	const char *text;
};

/* What panels draw.  All borrowed from the loader. */
struct model {
	const char *label; /* the settings file's or host's name, or "" */
	const char *settings_path; /* where [domain] sections go */
	int64_t now_s;
	const struct view_head *head; /* NULL: nothing could be read yet */
	/* The page of the overview: rows first .. first + row_count - 1 of
	 * the `total` that match the filter. */
	const struct store_standing *rows;
	/* Beside rows: headings[i] is no NULL where line i of the page is a
	 * group's heading and rows[i] no domain; NULL when there are none. */
	const struct group *const *headings;
	size_t row_count, first, total;
	const char *selected;    /* the domain under the cursor, or "" */
	const struct view *view; /* of it, on the domain's screen; or NULL */
	/* How a finding of view went, newest first; of which, or NULL. */
	const struct finding_span *spans;
	size_t span_count;
	const char *span_check, *span_subject;
	bool spans_old;      /* the view was read anew since */
	const char *message; /* one sentence, or "" */
	const char *writing; /* the file that is being written and how far
				    it is, or "" or NULL */
	enum role message_role;
	const char *trouble;  /* store or collector failing, or "" */
	bool nobody_collects; /* the collector beside us has ended */
	/* What share/ holds; either may be NULL when it could not be read. */
	const struct reply_catalogue *catalogue;
	const struct providers *providers;
	/* Replies to all watched domains, a row a domain, by the hour, newest
	 * first, since replies_since_s; read on SCREEN_REPLIES. */
	const struct reply_count *replies;
	size_t reply_count;
	int64_t replies_since_s;
	const struct store_event *events; /* of all, newest first */
	size_t event_count;
	const struct said *said; /* newest first */
	size_t said_count;
	/* What was asked of the collector from here, newest first, with what
	 * came of it. */
	const struct store_request *requests;
	size_t request_count;
	const struct change *changes; /* newest first; on SCREEN_CHANGES */
	size_t change_count;
	/* Domains' names for completion, and the themes' names. */
	const struct roster *roster; /* NULL: not read yet */
	const char *const *themes;   /* NULL at the end; or NULL */
	const char *theme;           /* the one in use */
	const char *filter_wrong;    /* of ui.filter as expression, or "" */
	bool in_full;                /* drawn for a file: nothing is left out */
	bool reading;                /* the list is being read */
	size_t read_count;           /* how far: domains */
	struct ui_state ui;
};

/* The row under the cursor, or NULL when it is not among those loaded, or a
 * group's heading. */
const struct store_standing *model_row(const struct model *model);
/* The group whose heading is under the cursor, or NULL. */
const struct group *model_heading(const struct model *model);

#endif
