/* Everything a frame is drawn from: what was read, and where the user is. */
/* SPDX-License-Identifier: MIT */
#include "model.h"

/* Whether the cursor's line was loaded, and which of the page it is. */
static bool
cursor_line(const struct model *model, size_t *i)
{
	*i = model->ui.cursor - model->first;
	return model->ui.cursor >= model->first && *i < model->row_count;
}

const struct store_standing *
model_row(const struct model *model)
{
	size_t i;

	if (!cursor_line(model, &i) || model_heading(model) != NULL)
		return NULL;
	return &model->rows[i];
}

const struct group *
model_heading(const struct model *model)
{
	size_t i;

	if (!cursor_line(model, &i) || model->headings == NULL)
		return NULL;
	return model->headings[i];
}
