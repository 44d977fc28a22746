/* What a key does: the user's state changes, and what is wanted then. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_ACT_H
#define SENDTOP_UI_ACT_H

#include "frame.h"
#include "keys.h"

enum {
	WANT_PAGE = 1 << 0,  /* another part of the list */
	WANT_ORDER = 1 << 1, /* the list in another order, or filtered */
	WANT_VIEW = 1 << 2,  /* read what the screen shows anew */
	WANT_OPEN = 1 << 3,  /* the row under the cursor is entered */
	WANT_QUIT = 1 << 4,
	WANT_PROBE = 1 << 5,
	WANT_POLL = 1 << 6,
	WANT_SNAPSHOT = 1 << 7,
	WANT_WHOLE = 1 << 8, /* send the whole frame anew */
	WANT_SUSPEND = 1 << 9,
	WANT_FOLLOW = 1 << 10, /* with WANT_PAGE or WANT_ORDER: the cursor goes
				   where the selected domain went */
	WANT_CANCEL = 1 << 11,
	WANT_NOTE = 1 << 12,
	WANT_MUTE = 1 << 13,
	WANT_UNMUTE = 1 << 14,
	WANT_COPY = 1 << 15,
	WANT_THEME = 1 << 16, /* order.text, or the next when it is "" */
	WANT_FOLD = 1 << 17,  /* the group under the cursor */
	WANT_FOLD_ALL = 1 << 18,
	WANT_GOTO = 1 << 19,  /* opens order.domain */
	WANT_TIME = 1 << 20,  /* another day */
	WANT_NAMES = 1 << 21, /* domains' names, for completion */
};

/* Takes one key; frame is what the user sees.  Changes ui alone and returns
 * WANT_ bits for the caller.  Pure: needs no terminal and no store. */
unsigned act(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui);

/* Performs an action as if its key had been pressed; for commands. */
unsigned act_perform(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action);

/* The keys' place that a screen is: ON_DOMAINS, ON_DOMAIN or ON_FLEET. */
unsigned act_where(const struct ui_state *ui);

/* The domain that an action concerns: the one under the cursor or open; ""
 * when there is none. */
const char *act_domain(const struct model *model);

/* Goes to a day (DAY_NONE or today: the present); false when there is nothing
 * that far back. */
bool act_at(const struct model *model, struct ui_state *ui, int32_t day);

#endif
