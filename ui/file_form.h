/* The form for a file: what of it, in which form, since when, under what names. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_FILE_FORM_H
#define SENDTOP_UI_FILE_FORM_H

#include "act.h"

enum form_field {
	FORM_WHAT,
	FORM_FORMAT,
	FORM_SINCE,
	FORM_NAMES,
	FORM_PATH, /* typed */
	FORM_FIELDS,
};
enum { FORM_OPTIONS = 5 };

void file_form_open(const struct model *model, struct ui_state *ui);
unsigned file_form_key(
    const struct model *model, struct ui_state *ui, uint32_t code);
/* A click on option `at` of a field; of one that is typed: into it. */
void file_form_click(
    const struct model *model, struct ui_state *ui, size_t field, size_t at);

/* The words of option i of a field, in the order of the form; NULL past the
 * last, and where the field means nothing for what is chosen. */
const char *file_form_option(const struct model *model, size_t field, size_t i);
/* Which of them is chosen. */
size_t file_form_chosen(const struct model *model, size_t field);
/* Whether a day is to be typed behind the options of FORM_SINCE. */
bool file_form_types_day(const struct model *model);

/* What is ordered by the form as it stands; what is wrong with it, or "". */
const char *file_form_order(
    const struct model *model, const struct ui_state *ui, struct order *out);
/* The command line that writes the same, or what it is that has none. */
void file_form_command(const struct model *model, char *out, size_t size);

#endif
