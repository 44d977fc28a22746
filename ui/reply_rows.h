/* Rows of replies as the domain's tab and the fleet's screen show them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_REPLY_ROWS_H
#define SENDTOP_UI_REPLY_ROWS_H

#include "model.h"
#include "reply_sum.h"

/* What the table has room for, and what it is drawn from. */
struct reply_table {
	const struct model *model;
	/* The domain that the replies were given to: its findings tell the
	 * cause.  NULL for the fleet. */
	const struct view *view;
	int hours; /* of the strip: 24 or 48 */
	bool wide; /* provider and age have columns of their own */
	int64_t now_s;
	int64_t known_s; /* stamps before are not covered; 0: nothing is */
	int64_t known_to_s;
	/* What shares are of: attempts to Gmail in 24 hours, of the fleet all
	 * replies; 0 unknown. */
	int64_t attempts;
	const char *of; /* the same as the title of a column */
};

/* Widths and span by the pane's. */
void reply_table_fit(struct reply_table *table, int w);
/* Each returns the rows it took. */
int reply_put_titles(
    const struct pane *pane, int y, const struct reply_table *table);
/* A strip of the table for something that is no reply: "delivered". */
int reply_put_strip(const struct pane *pane, int y,
    const struct reply_table *table, const char *label, enum role role,
    const int64_t hours[SUM_HOURS]);
int reply_put_row(const struct pane *pane, int y,
    const struct reply_table *table, const struct reply_sum *sum);
/* Whom it names, what it means, what to do, what proves it, and one. */
int reply_put_detail(const struct pane *pane, int y,
    const struct reply_table *table, const struct reply_sum *sum);

enum role reply_role(const struct reply_sum *sum);
/* "Gmail", or the provider's own word. */
const char *reply_provider(const struct model *model, const char *provider);
/* The row of the catalogue, or NULL. */
const struct reply_row *reply_known(const struct model *model, const char *key);
/* "4.7.23 and `ptr 192.0.2.10 missing` since Nov 19"; "" without a check
 * that could tell. */
void reply_proof(char *out, size_t size, const struct view *view,
    const struct reply_row *row, const struct reply_sum *sum);

#endif
