/* sendtop: one row a command. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

const struct command commands[] = {
	{ "", FOR_SCREEN, "[DOMAIN]...", "the dashboard", cmd_screen,
	    cmd_fail },
	{ "collect", FOR_COLLECT, "[--once] [DOMAIN]...",
	    "the collector alone: polls, probes, writes the store", cmd_collect,
	    cmd_fail },
	{ "probe", FOR_PROBE, "[--ip IP]... [--selector NAME]... DOMAIN...",
	    "live checks now, printed; needs no account and no store",
	    cmd_probe, cmd_fail },
	{ "spf", FOR_SPF, "--ip IP [--helo NAME] ADDRESS",
	    "what SPF says of a client address, and why", cmd_spf, cmd_fail },
	{ "snapshot", FOR_SNAPSHOT,
	    "[--at DAY] [--since DAY] [--redact] [--format NAME] [DOMAIN]...",
	    "the panels as text, or the data as json, csv, markdown",
	    cmd_snapshot, cmd_fail },
	{ "check", FOR_CHECK, "[DOMAIN]...",
	    "monitoring plugin: one line, exit 0, 1, 2 or 3", cmd_check,
	    cmd_check_fail },
	{ "explain", FOR_EXPLAIN, "[--provider NAME] [--format NAME] [REPLY]",
	    "what a receiver's reply means, what to do, and what proves it",
	    cmd_explain, cmd_fail },
	{ "metrics", FOR_METRICS, "[--out FILE]",
	    "the domains as OpenMetrics text, for Prometheus", cmd_metrics,
	    cmd_fail },
	{ "export", FOR_EXPORT,
	    "[--format NAME] [--since DAY] [--out FILE] [DOMAIN]...",
	    "what the store remembers as rows of csv or json, for other tools",
	    cmd_export, cmd_fail },
	{ "import", FOR_IMPORT, "[--add] [--replace] [--dry-run] FILE...",
	    "takes what an export wrote back into a store, each row once",
	    cmd_import, cmd_fail },
	{ "ingest", FOR_INGEST,
	    "[--follow] [--format NAME] [--zone NAME] LOG...",
	    "reads the MTA's logs into the store, each line once", cmd_ingest,
	    cmd_fail },
	{ "ramp", FOR_RAMP, "[--target N] [--format NAME] [--at DAY] DOMAIN",
	    "what may be sent tomorrow, why, and the way to a target", cmd_ramp,
	    cmd_fail },
	{ "lint", FOR_LINT, "[--ip IP] [--mail-from ADDRESS] MESSAGE",
	    "one message against the guidelines: form, DKIM, unsubscribe",
	    cmd_lint, cmd_fail },
	{ "note", FOR_NOTE, "[--at TIME] [--drop N] [DOMAIN] [TEXT]",
	    "keeps a remark on the time line, or lists them", cmd_note,
	    cmd_fail },
	{ "mute", FOR_MUTE, "[--until DAY --why TEXT] [--end N] [DOMAIN CHECK]",
	    "takes a check out of the standing for a while, or lists mutes",
	    cmd_mute, cmd_fail },
	{ "login", FOR_LOGIN, "[--paste] [--client FILE]",
	    "connects sendtop to Postmaster Tools", cmd_login, cmd_fail },
	{ NULL, 0, NULL, NULL, NULL, NULL },
};

int
cmd_fail(const struct error *err)
{
	fprintf(stderr, "sendtop: %s\n", err->text);
	return err->status == STATUS_USAGE || err->status == STATUS_PARSE
	    ? EXIT_USAGE
	    : EXIT_TROUBLE;
}

bool
cmd_color(const struct cmd *cmd)
{
	const char *no = getenv("NO_COLOR");

	if (strcmp(cmd->settings->color, "auto") != 0)
		return strcmp(cmd->settings->color, "always") == 0;
	return (no == NULL || no[0] == '\0') && isatty(STDOUT_FILENO);
}

bool
cmd_reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* A full disk shows when the last of the output is written. */
static int
flush_output(int code)
{
	if ((fflush(stdout) == 0 && !ferror(stdout)) || cmd_reader_left() ||
	    code == EXIT_TROUBLE) /* which was told */
		return code;
	fprintf(stderr, "sendtop: cannot write the output\n");
	return EXIT_TROUBLE;
}

int
main(int argc, char **argv)
{
	const struct command *command;
	struct cmd cmd;
	int code;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	/* A file that may not grow is told like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	command = options_read(argc, argv, &cmd, &code);
	if (command != NULL)
		code = command->run(&cmd);
	options_free(&cmd);
	return flush_output(code);
}
