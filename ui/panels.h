/* The panels: each draws the model on a pane and knows nothing else. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_PANELS_H
#define SENDTOP_UI_PANELS_H

#include "model.h"

/*
 * Draws from 0,0 of the pane and returns how many rows that needed, which may
 * be more than the pane has: the caller scrolls.  A panel that can use any
 * height fills the pane's.
 */
typedef int panel_draw(const struct pane *pane, const struct model *model);

/* A tab of the domain's screen. */
struct panel {
	const char *name;  /* a word: summary, spam, ... */
	const char *title; /* of the tab */
	panel_draw *draw;
};
/* Tab i, NULL past the last. */
const struct panel *panel_row(size_t i);
size_t panel_count(void);

/* The parts of the frame. */
panel_draw panel_header;        /* two rows: the fleet */
panel_draw panel_domain_header; /* two rows: one domain */
panel_draw panel_domains;       /* the list */
panel_draw panel_status;        /* one row: message, filter, selected row */
panel_draw panel_footer;        /* one row: keys */
panel_draw panel_preview;       /* the row under the cursor, in some lines */
panel_draw panel_help;

/* Screens of the fleet. */
panel_draw panel_fleet_replies; /* what receivers answer, of all domains */
panel_draw panel_events;
panel_draw panel_changes; /* since ui.since: of a domain, or of all */

/* The tabs; they need model->view. */
panel_draw panel_summary;
panel_draw panel_spam;
panel_draw panel_checks;
panel_draw panel_measures;
panel_draw panel_tls;
panel_draw panel_replies;
panel_draw panel_ramp;
panel_draw panel_guidelines;
panel_draw panel_timeline;

/* Blocks that more than one panel shows. */
panel_draw block_chart;  /* the spam rate */
panel_draw block_volume; /* the volume a day */
panel_draw block_advice;
panel_draw block_numbers;
panel_draw block_google;   /* Google's answer beside ours */
panel_draw block_clock;    /* who asked for silence, until when; 0 rows: none */
panel_draw block_rates;    /* authentication and delivery errors */
panel_draw block_events;   /* what changed, a line each; fills the pane */
panel_draw block_feedback; /* which campaigns are complained about */
panel_draw block_replies;  /* the newest in short; 0 rows: no log */

/* How to have the log read, where nobody does; returns the rows it took. */
int words_no_log(const struct pane *pane, int y, const struct model *model);

#endif
