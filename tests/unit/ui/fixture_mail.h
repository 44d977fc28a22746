/* What a log would have told of the fixture's domains. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UI_FIXTURE_MAIL_H
#define TESTS_UI_FIXTURE_MAIL_H

#include "sendtop/view.h"

/* Fills the log members of the view, and its notes, mutes and what was
 * learned, for the stories that have them. */
void fixture_mail(struct arena *arena, const char *key, struct view *view);

/* Replies to all domains together, newest first. */
extern const struct reply_count fixture_replies[];
extern const size_t fixture_reply_count;

#endif
