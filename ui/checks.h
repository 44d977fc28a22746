/* The rows of the Checks tab, and the cursor over them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_CHECKS_H
#define SENDTOP_UI_CHECKS_H

#include "frame.h"

/* A heading, a finding or what was learned of the senders: one of them. */
struct check_row {
	const char *title;
	const struct finding *finding;
	const struct learned *learned;
};
struct check_rows {
	struct check_row *items;
	size_t count;
};
/* In the order of the list: groups worst first, Google's answers one of them,
 * and what was learned.  Borrows from the view. */
struct check_rows checks_rows(const struct view *view);
void checks_free(struct check_rows *rows);
/* The row under the cursor: of the same check and subject, wherever it came to
 * stand, else near where it was; rows->count when there is none. */
size_t checks_selected(
    const struct check_rows *rows, const struct ui_state *ui);

/* Whether the tab is on the screen with its cursor. */
bool checks_shown(const struct model *model);
/* The finding under the cursor there, or NULL. */
const struct finding *checks_finding(const struct model *model);
/* The same of what was learned. */
const struct learned *checks_learned(const struct model *model);
/* Moves the cursor, or of a row that is open its text. */
void checks_go(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action);
/* A click on a line of the list; again on the same opens it. */
void checks_click(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const struct key_event *event);
/* What is under the cursor stays there, even if nobody moved it. */
void checks_pin(const struct model *model, struct ui_state *ui);
/* A domain is opened: the cursor stands on its worst. */
void checks_reset(struct ui_state *ui);

/* The whole tab with its cursor, in all of the pane. */
void checks_draw(
    const struct pane *pane, const struct model *model, struct frame *out);
/* All that is known of the row under the cursor; returns the rows it took. */
int checks_detail(const struct pane *pane, const struct model *model,
    const struct check_row *row);

/* --- panel_checks.c ---------------------------------------------------------------- */

/* One line of a finding; as wide as the pane. */
void checks_line(const struct pane *pane, int y, const struct view *view,
    const struct finding *finding);
/* "address 192.0.2.77 (log, Nov 9, last 3 h ago)" */
void checks_learned_text(const struct view *view, const struct learned *learned,
    char *out, size_t size);
/* How long ago it was probed, at the right end of a row. */
void checks_age(const struct pane *pane, int y, const struct view *view);
bool checks_is_google(const struct finding *finding);
/* Number of the group that a finding belongs to, and its title. */
int checks_group(const struct finding *finding);
const char *checks_group_title(int group);
enum { CHECK_GROUPS = 5 };
/* How far up a finding stands: muted trouble behind what is not. */
int checks_weight(const struct finding *finding);

#endif
