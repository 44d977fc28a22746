/* Everything a frame is drawn from: what was read, and where the user is. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_MODEL_H
#define SENDTOP_UI_MODEL_H

#include "canvas.h"
#include "sendtop/view.h"

enum screen {
	SCREEN_DOMAINS,
	SCREEN_DOMAIN,
};

enum { FILTER_SIZE = 64, MESSAGE_SIZE = ERROR_TEXT_SIZE };

/* What the user has chosen; changed by act.c alone. */
struct ui_state {
	enum screen screen;
	bool help;   /* over either screen */
	bool typing; /* the filter is being typed */
	bool paused; /* the screen stands still */
	bool moved;  /* the cursor was ever moved by hand */
	enum standing_sort sort;
	bool reverse;
	char filter[FILTER_SIZE];
	char search[FILTER_SIZE]; /* in the help */
	size_t cursor, top;       /* row numbers of the whole list */
	size_t tab;
	int scroll, help_scroll; /* rows that the panel is moved up */
	int32_t as_of;           /* DAY_NONE: live */
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
	size_t row_count, first, total;
	const char *selected;    /* the domain under the cursor, or "" */
	const struct view *view; /* of it, on the domain's screen; or NULL */
	const char *message;     /* one sentence, or "" */
	enum role message_role;
	const char *trouble; /* store or collector failing, or "" */
	struct ui_state ui;
};

/* The row under the cursor, or NULL when it is not among those loaded. */
const struct store_standing *model_row(const struct model *model);

#endif
