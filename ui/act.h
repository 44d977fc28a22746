/* What a key does: the user's state changes, and what is wanted then. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_ACT_H
#define SENDTOP_UI_ACT_H

#include "frame.h"
#include "keys.h"

enum {
	WANT_PAGE = 1, /* read the list anew */
	WANT_VIEW = 2, /* read the selected domain anew */
	WANT_OPEN = 4, /* the row under the cursor is entered */
	WANT_QUIT = 8,
	WANT_PROBE = 16,
	WANT_POLL = 32,
	WANT_SNAPSHOT = 64,
	WANT_WHOLE = 128, /* send the whole frame anew */
	WANT_SUSPEND = 256,
	WANT_FOLLOW = 512, /* with WANT_PAGE: the cursor goes where the
				   selected domain went */
};

/* Takes one key; frame is what the user sees.  Changes ui alone and returns
 * WANT_ bits for the caller.  Pure: needs no terminal and no store. */
unsigned act(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui);

#endif
