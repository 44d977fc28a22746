/* What the files of the snapshot share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_SNAPSHOT_JOB_H
#define SENDTOP_UI_SNAPSHOT_JOB_H

#include "panels.h"
#include "snapshot.h"

struct snapshot_job {
	FILE *out;
	const struct snapshot_options *options;
	struct view_head head;
	struct model model;
	int width;
};

/* Draws a panel on a canvas as high as it needs; `rows` is the height that a
 * panel which fills what it gets is told. */
void snapshot_panel(struct snapshot_job *job, panel_draw *draw, int rows);
/* The same with an empty line behind it. */
void snapshot_section(struct snapshot_job *job, panel_draw *draw, int rows);

/* Loads the domain, points the model at it and calls put. */
enum status snapshot_with(struct snapshot_job *job, const char *name,
    void (*put)(struct snapshot_job *job), struct error *err) MUST_CHECK;

/* What changed, domain by domain (snapshot_since.c). */
enum status snapshot_since(
    struct snapshot_job *job, struct error *err) MUST_CHECK;

#endif
