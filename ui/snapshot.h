/* The panels as plain text, for tickets and mail. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_SNAPSHOT_H
#define SENDTOP_UI_SNAPSHOT_H

#include <stdio.h>

#include "model.h"
#include "sendtop/redact.h"

enum { SNAPSHOT_WIDTH = 80 };

struct snapshot_options {
	struct store *store;
	const struct settings *settings;
	/* What share/ holds; any may be NULL. */
	const struct requirements *requirements;
	const struct providers *providers;
	const struct reply_catalogue *catalogue;
	const struct redact *redact; /* NULL: names are shown */
	/* Each of these in full; none: the list of all, and in short those
	 * that are not well. */
	const char *const *domains;
	size_t domain_count;
	int32_t as_of; /* DAY_NONE: live */
	int32_t since; /* only what changed since this day began; DAY_NONE */
	int64_t now_s;
	int width; /* 0: SNAPSHOT_WIDTH */
	bool ascii;
	/* Called every so often with how many domains are done; false: it ends
	 * with STATUS_CANCELLED.  May be NULL. */
	bool (*progress)(void *arg, size_t done, size_t total);
	void *arg;
};
/* Asks progress. */
enum status snapshot_go_on(const struct snapshot_options *options, size_t done,
    size_t total, struct error *err) MUST_CHECK;

/* Writes it.  STATUS_NOT_FOUND: a domain is not watched.  The caller looks at
 * the stream's own errors. */
enum status snapshot_text(FILE *out, const struct snapshot_options *options,
    struct error *err) MUST_CHECK;

/* A domain as the options want it: as of their day, compared with since, and
 * redacted.  All from the arena. */
enum status snapshot_view(const struct snapshot_options *options,
    const char *name, struct arena *arena, struct view *out,
    struct error *err) MUST_CHECK;
/* The head, redacted as well. */
enum status snapshot_head(const struct snapshot_options *options,
    struct arena *arena, struct view_head *out, struct error *err) MUST_CHECK;
/* What changed at all domains together: sendtop's own events and notes that
 * are for all; a domain's own changes are without these unless it was named.
 * From the arena. */
enum status snapshot_fleet(const struct snapshot_options *options,
    struct arena *arena, const struct change **out, size_t *count,
    struct error *err) MUST_CHECK;
/* The rows of the list as of the options' day, worst first, under their real
 * names.  Free *out with free(3); its texts are the arena's. */
enum status snapshot_rows(const struct snapshot_options *options,
    struct arena *arena, struct store_standing **out, size_t *count,
    struct error *err) MUST_CHECK;

/* The screen that is open, as the order wants it: in a block of Markdown, with
 * aliases; what these need is read anew by the options. */
enum status snapshot_panel_file(FILE *out, const struct model *model,
    const struct snapshot_options *options, const struct order *order,
    struct error *err) MUST_CHECK;

/* The screen that is open, under the same head, as high as it needs. */
void snapshot_screen(FILE *out, const struct model *model, bool ascii);
/* The list's two parts: the heads, and the page that is loaded. */
void snapshot_list_head(FILE *out, const struct model *model, bool ascii);
void snapshot_list_page(FILE *out, const struct model *model, bool ascii);

#endif
