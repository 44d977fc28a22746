/* What is typed or chosen over the screen: filter, command, note, mute, ... */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_DIALOG_H
#define SENDTOP_UI_DIALOG_H

#include "act.h"

/* One of the things to choose from. */
enum { CHOICES_MOST = 40, CHOICE_SIZE = 512 };
struct choice {
	char text[CHOICE_SIZE];
	/* What it means: see dialog.c. */
	char value[CHOICE_SIZE];
	char check[DOMAIN_SIZE], subject[DOMAIN_SIZE];
	int64_t id;
	enum copy_part part;
	enum scope scope;
};
/* The choices of a dialog, most likely first; returns how many. */
size_t dialog_choices(const struct model *model, enum dialog kind,
    struct choice *out, size_t max);

/* The fields of the form for a mute. */
enum mute_field { MUTE_WHAT, MUTE_UNTIL, MUTE_WHY, MUTE_FIELDS };

void dialog_open(
    const struct model *model, struct ui_state *ui, enum dialog kind);
/* Takes a key while ui->dialog.kind is not DIALOG_NONE; WANT_ bits. */
unsigned dialog_key(const struct model *model, const struct frame *frame,
    struct ui_state *ui, uint32_t code);
/* A click on choice number `at`. */
unsigned dialog_click(
    const struct model *model, struct ui_state *ui, size_t at);

#endif
