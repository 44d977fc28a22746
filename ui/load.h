/* Reading the store into a model: only what a frame shows. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_LOAD_H
#define SENDTOP_UI_LOAD_H

#include "model.h"

struct loader;

/* settings and requirements (which may be NULL) are borrowed. */
struct loader *loader_new(
    const struct settings *settings, const struct requirements *requirements);
void loader_free(struct loader *loader);

/*
 * Each of these reads one part of the model anew.  What was there before stays
 * good until the part is read again with success; so a failing store leaves
 * the last good picture.  The model's pointers are the loader's.
 */

/* The head: counts, ages, what the collector does. */
enum status load_head(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

/* The page from ui.top on, `rows` long, in the order of now.  With `follow`
 * (a domain's name, or NULL) the cursor is moved to wherever that domain is,
 * if it is still there. */
enum status load_page(struct loader *loader, struct store *store,
    struct model *model, size_t rows, const char *follow,
    struct error *err) MUST_CHECK;

/* The same rows in the same places, with what is known of them now. */
enum status load_rows(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

/* model->view, of model->selected as of ui.as_of. */
enum status load_view(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

#endif
