/* What a view takes from the logs and from the operator. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_VIEW_MAIL_H
#define SENDTOP_VIEW_MAIL_H

#include "sendtop/view.h"

/* Fills the log's members of view->history (its domain, today and now_s are
 * set), its notes, mutes and what was learned; nothing younger than now_s. */
enum status view_mail_load(struct store *store, struct arena *arena,
    struct view *view, struct error *err) MUST_CHECK;

/* Marks those of the findings that a mute of the view covers. */
void view_mute(const struct view *view, struct finding *findings, size_t count);

#endif
