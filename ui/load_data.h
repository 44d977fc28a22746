/* What the loader's files share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_LOAD_DATA_H
#define SENDTOP_UI_LOAD_DATA_H

#include "load.h"
#include "roster.h"

enum part {
	PART_HEAD,
	PART_PAGE,
	PART_VIEW,
	PART_FLEET,
	PART_FINDING,
	PART_REQUESTS,
	PARTS,
};

struct loader {
	const struct settings *settings;
	const struct requirements *requirements;
	/* [0] is what the model points into, [1] is read into. */
	struct arena *arenas[PARTS][2];
	struct view_head *head; /* the model's */
	struct roster *roster;
	bool arranged;
	/* Standings of a past day, by domain. */
	struct map *past;
	int32_t past_day;
	struct arena *past_arena;
};

/* An empty arena to read into; loader_keep makes it what the model uses, and
 * frees what it used before. */
struct arena *loader_spare(struct loader *loader, enum part part);
void loader_keep(struct loader *loader, enum part part);

#endif
