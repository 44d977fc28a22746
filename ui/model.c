/* Everything a frame is drawn from: what was read, and where the user is. */
/* SPDX-License-Identifier: MIT */
#include "model.h"

const struct store_standing *
model_row(const struct model *model)
{
	size_t i = model->ui.cursor - model->first;

	if (model->ui.cursor < model->first || i >= model->row_count)
		return NULL;
	return &model->rows[i];
}
