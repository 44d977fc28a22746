/* The commands that write files: what is meant by their words. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_COMMAND_FILE_H
#define SENDTOP_UI_COMMAND_FILE_H

#include "act.h"

/* What :snapshot, or :export (history), orders with these words, the last of
 * which may be a file's name; what is wrong with them, or "". */
const char *command_file_order(const struct model *model, bool history,
    const char *arg, struct order *order);

/* Word i that may stand there; NULL past the last. */
const char *command_file_word(bool history, size_t i);

#endif
