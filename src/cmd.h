/* Commands: one row each in main.c, one file each beside it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_CMD_H
#define SENDTOP_CMD_H

#include "sendtop/reply.h"
#include "sendtop/settings.h"
#include "sendtop/standing.h"

/* The exit codes of every command but check, which has its own. */
enum {
	EXIT_FINE = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_TROUBLE = 3,
	/* To the screen alone: somebody else collects for this store. */
	EXIT_COLLECTED = 10,
	/* And the signal's number, as shells say it: ended before its time. */
	EXIT_SIGNAL = 128,
};

struct words {
	const char **items;
	size_t count, cap;
};

/* What the command line said, after the settings file was read. */
struct cmd {
	const char *name;
	struct settings *settings;
	struct words args; /* what is no option */
	const char *config, *store;
	const char *format; /* text, json, csv, markdown */
	const char *at, *since;
	const char *target; /* messages a day */
	const char *mail_from;
	const char *provider;          /* whose relay gave a reply */
	const char *log_format, *zone; /* of logs */
	const char *helo, *explanation, *out, *client;
	const char *drop, *end, *until, *why; /* of notes and mutes */
	const char *pipes; /* to the screen: two descriptors, "5,7" */
	struct words ips, selectors, resolvers;
	enum verdict fail_on;
	bool once, paste, no_collector, no_smtp, from_stdin, header;
	bool follow;
	bool for_good;
	bool redact;
	bool add, replace, dry_run;   /* of an import */
	bool beside;                  /* the screen: see cmd_out.h */
	const char *snapshot_on_exit; /* a file, or "-" */
	bool verbose;
};

int cmd_screen(struct cmd *cmd);
int cmd_collect(struct cmd *cmd);
int cmd_probe(struct cmd *cmd);
int cmd_spf(struct cmd *cmd);
int cmd_snapshot(struct cmd *cmd);
int cmd_check(struct cmd *cmd);
int cmd_export(struct cmd *cmd);
int cmd_import(struct cmd *cmd);
int cmd_ingest(struct cmd *cmd);
int cmd_explain(struct cmd *cmd);
int cmd_metrics(struct cmd *cmd);
int cmd_ramp(struct cmd *cmd);
int cmd_lint(struct cmd *cmd);
int cmd_note(struct cmd *cmd);
int cmd_mute(struct cmd *cmd);
int cmd_login(struct cmd *cmd);

/* Prints "sendtop: ..." and returns the exit code that fits the status. */
int cmd_fail(const struct error *err);

/* The same for check: a plugin speaks on stdout and says UNKNOWN. */
int cmd_check_fail(const struct error *err);

/* Whether stdout is a pipe whose reader has seen enough (| head): no
 * trouble. */
bool cmd_reader_left(void);

/* Whether text on stdout is to be coloured (--color, NO_COLOR, a terminal). */
bool cmd_color(const struct cmd *cmd);

/* share/providers.json and the reply catalogue, found in the same way as the
 * requirements. */
enum status cmd_replies(struct providers **providers,
    struct reply_catalogue **catalogue, struct error *err) MUST_CHECK;

/* The folder of themes, found in the same way; free(3). */
char *cmd_themes(void);

/* share/requirements.json beside the program, or where it was installed. */
enum status cmd_requirements(
    struct requirements **out, struct error *err) MUST_CHECK;

#endif
