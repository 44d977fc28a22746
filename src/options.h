/* The command line: tables of commands and options feed parser and help. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_OPTIONS_H
#define SENDTOP_OPTIONS_H

#include "cmd.h"

enum {
	FOR_SCREEN = 1,
	FOR_COLLECT = 2,
	FOR_PROBE = 4,
	FOR_SPF = 8,
	FOR_SNAPSHOT = 16,
	FOR_CHECK = 32,
	FOR_LOGIN = 64,
	FOR_INGEST = 128,
	FOR_EXPLAIN = 256,
	FOR_RAMP = 512,
	FOR_METRICS = 1024,
	FOR_NOTE = 2048,
	FOR_MUTE = 4096,
	FOR_LINT = 8192,
	FOR_EXPORT = 16384,
	FOR_IMPORT = 32768,
	FOR_ALL = 65535,
};

struct command {
	const char *name;
	unsigned bit;
	const char *args; /* for the usage line */
	const char *help;
	int (*run)(struct cmd *cmd);
	/* Says why it cannot be run at all and gives the exit code. */
	int (*fail)(const struct error *err);
};

/* Ends with a row whose name is NULL. */
extern const struct command commands[];

/*
 * Reads argv into cmd and loads the settings.  Returns the command to run, or
 * NULL when the program is to end with *code (help, version, misuse).
 */
const struct command *options_read(
    int argc, char **argv, struct cmd *cmd, int *code);
void options_free(struct cmd *cmd);

#endif
