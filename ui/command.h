/* The command line: one table for what it does, completes and explains. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_COMMAND_H
#define SENDTOP_UI_COMMAND_H

#include "act.h"

/* What an argument of a command may be. */
enum argument {
	ARG_NONE,
	ARG_DOMAIN,
	ARG_DAY,
	ARG_TEXT,
	ARG_MUTE,
	ARG_MUTED,
	ARG_SORT,
	ARG_GROUP,
	ARG_THEME,
	ARG_TAB,
	ARG_SNAPSHOT,
	ARG_EXPORT,
};

struct command {
	const char *name;
	const char *arguments; /* as the help has them: "[DOMAIN]", or "" */
	const char *help;      /* a line */
	enum argument argument;
	/* Runs it; arg is without blanks at its ends.  Sets ui->dialog.wrong
	 * and returns 0 when it cannot. */
	unsigned (*run)(const struct model *model, const struct frame *frame,
	    struct ui_state *ui, const char *arg);
};
/* Row i, in the order of the help; NULL past the last. */
const struct command *command_row(size_t i);

/* Takes a key while DIALOG_COMMAND is open. */
unsigned command_key(const struct model *model, const struct frame *frame,
    struct ui_state *ui, uint32_t code);

/* Word i that an argument of that kind may be, where these are fixed; NULL past
 * the last. */
const char *command_word(enum argument argument, size_t i);

/* What the word before the cursor could become; returns how many.  *len is how
 * many octets of it there are. */
enum { COMPLETIONS_MOST = 48 };
struct completion {
	char text[DOMAIN_SIZE];
};
size_t command_complete(const struct model *model, const struct edit *line,
    struct completion *out, size_t max, size_t *len);

/* The command that a line begins with (exactly, or the only one that begins
 * so), or NULL; *arg (may be NULL) is what follows. */
const struct command *command_of(const char *line, const char **arg);

#endif
