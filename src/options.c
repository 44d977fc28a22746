/* Reading the command line by its tables. */
/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "sendtop/log.h"
#include "sendtop/text.h"

enum option_kind {
	OPTION_FLAG,    /* a bool in struct cmd */
	OPTION_WORD,    /* a const char * */
	OPTION_LIST,    /* a struct words, repeatable */
	OPTION_VERDICT, /* an enum verdict */
	OPTION_SETTING, /* settings_set() under the name in `setting` */
	OPTION_HELP,
	OPTION_VERSION,
};

struct option_row {
	const char *name;
	enum option_kind kind;
	size_t at;       /* offset in struct cmd */
	const char *arg; /* NULL: takes none */
	unsigned commands;
	const char *help;
	const char *setting; /* key=value, or the key alone with an arg */
};

#define AT(member) offsetof(struct cmd, member)

static const struct option_row rows[] = {
	{ "config", OPTION_WORD, AT(config), "FILE", FOR_ALL,
	    "settings file instead of the usual one", NULL },
	{ "store", OPTION_WORD, AT(store), "PATH",
	    FOR_SCREEN | FOR_COLLECT | FOR_SNAPSHOT | FOR_CHECK | FOR_RAMP |
		FOR_METRICS | FOR_EXPORT | FOR_IMPORT | FOR_INGEST | FOR_LINT |
		FOR_NOTE | FOR_MUTE,
	    "store instead of the usual one", NULL },
	{ "resolver", OPTION_LIST, AT(resolvers), "ADDR:PORT",
	    FOR_SCREEN | FOR_COLLECT | FOR_PROBE | FOR_SPF | FOR_LINT,
	    "ask this DNS server (may be repeated)", NULL },
	{ "no-collector", OPTION_FLAG, AT(no_collector), NULL, FOR_SCREEN,
	    "watch the store only; start no collector", NULL },
	{ "once", OPTION_FLAG, AT(once), NULL, FOR_COLLECT,
	    "poll and probe everything once, then end", NULL },
	{ "pipes", OPTION_WORD, AT(pipes), "FD,FD", FOR_COLLECT, NULL, NULL },
	{ "beside", OPTION_FLAG, AT(beside), NULL, FOR_SNAPSHOT | FOR_EXPORT,
	    NULL, NULL },
	{ "ip", OPTION_LIST, AT(ips), "IP", FOR_PROBE | FOR_SPF | FOR_LINT,
	    "an address that sends (probe: may be repeated)", NULL },
	{ "selector", OPTION_LIST, AT(selectors), "NAME", FOR_PROBE,
	    "a DKIM selector (may be repeated)", NULL },
	{ "no-smtp", OPTION_FLAG, AT(no_smtp), NULL, FOR_PROBE,
	    "DNS only: connect to no mail server", NULL },
	{ "stdin", OPTION_FLAG, AT(from_stdin), NULL, FOR_PROBE,
	    "read domains from standard input, one a line", NULL },
	{ "fail-on", OPTION_VERDICT, AT(fail_on), "VERDICT",
	    FOR_PROBE | FOR_RAMP | FOR_LINT,
	    "exit 1 from note, warn or fail on [fail]", NULL },
	{ "helo", OPTION_WORD, AT(helo), "NAME", FOR_PROBE | FOR_SPF | FOR_LINT,
	    "the name that the address says in EHLO", NULL },
	{ "mail-from", OPTION_WORD, AT(mail_from), "ADDRESS", FOR_LINT,
	    "the envelope sender it was handed over with", NULL },
	{ "default-explanation", OPTION_WORD, AT(explanation), "TEXT", FOR_SPF,
	    "what to say of a fail without one of its own", NULL },
	{ "header", OPTION_FLAG, AT(header), NULL, FOR_SPF,
	    "print the Received-SPF header field alone", NULL },
	{ "format", OPTION_WORD, AT(format), "NAME",
	    FOR_PROBE | FOR_SNAPSHOT | FOR_RAMP | FOR_LINT | FOR_EXPLAIN,
	    "text, json, csv or markdown [text]", NULL },
	{ "provider", OPTION_WORD, AT(provider), "NAME", FOR_EXPLAIN,
	    "whose relay gave the reply: gmail, yahoo, ..., or a host name",
	    NULL },
	{ "target", OPTION_WORD, AT(target), "N", FOR_RAMP,
	    "messages a day to lead to [the domain's target]", NULL },
	{ "at", OPTION_WORD, AT(at), "DAY", FOR_SNAPSHOT | FOR_RAMP,
	    "as of the end of a day: 2026-11-19, yesterday, -3", NULL },
	{ "since", OPTION_WORD, AT(since), "DAY", FOR_SNAPSHOT,
	    "only what changed since a day began: 2026-11-19, yesterday, -3",
	    NULL },
	{ "redact", OPTION_FLAG, AT(redact), NULL, FOR_SNAPSHOT,
	    "aliases in place of names and addresses, always the same ones",
	    NULL },
	{ "snapshot-on-exit", OPTION_WORD, AT(snapshot_on_exit), "FILE",
	    FOR_SCREEN, "write what is open to a file at the end; - prints it",
	    NULL },
	{ "format", OPTION_WORD, AT(format), "NAME", FOR_EXPORT,
	    "csv or json, an object a line [csv]", NULL },
	{ "since", OPTION_WORD, AT(since), "DAY", FOR_EXPORT,
	    "nothing from before a day: 2026-11-19, yesterday, -30", NULL },
	{ "add", OPTION_FLAG, AT(add), NULL, FOR_IMPORT,
	    "domains that are not watched here: from now on they are", NULL },
	{ "replace", OPTION_FLAG, AT(replace), NULL, FOR_IMPORT,
	    "where numbers differ, the file's instead of the store's", NULL },
	{ "dry-run", OPTION_FLAG, AT(dry_run), NULL, FOR_IMPORT,
	    "say what would come in, and keep nothing", NULL },
	{ "follow", OPTION_FLAG, AT(follow), NULL, FOR_INGEST,
	    "read on as the logs grow and are rotated, until a signal ends it",
	    NULL },
	{ "format", OPTION_WORD, AT(log_format), "NAME", FOR_INGEST,
	    "the logs' format [what they look like]", NULL },
	{ "zone", OPTION_WORD, AT(zone), "NAME", FOR_INGEST,
	    "the time zone of stamps without one [this machine's]", NULL },
	{ "at", OPTION_WORD, AT(at), "TIME", FOR_NOTE,
	    "when it was: 2026-11-19, \"2026-11-19 14:02\", -3 [now]", NULL },
	{ "drop", OPTION_WORD, AT(drop), "N", FOR_NOTE,
	    "take out the note with this number", NULL },
	{ "until", OPTION_WORD, AT(until), "DAY", FOR_MUTE,
	    "to the end of a day: 2026-12-01, tomorrow, +7", NULL },
	{ "for-good", OPTION_FLAG, AT(for_good), NULL, FOR_MUTE,
	    "until it is ended with --end", NULL },
	{ "why", OPTION_WORD, AT(why), "TEXT", FOR_MUTE,
	    "the reason, for who comes after you", NULL },
	{ "end", OPTION_WORD, AT(end), "N", FOR_MUTE,
	    "end the mute with this number now", NULL },
	{ "paste", OPTION_FLAG, AT(paste), NULL, FOR_LOGIN,
	    "paste the redirect's URL instead of listening for it", NULL },
	{ "client", OPTION_WORD, AT(client), "FILE", FOR_LOGIN,
	    "the OAuth client's JSON from the Google Cloud console", NULL },
	{ "out", OPTION_WORD, AT(out), "FILE",
	    FOR_LOGIN | FOR_METRICS | FOR_SNAPSHOT | FOR_EXPORT,
	    "the file to write [login: postmaster.credentials]", NULL },
	{ "color", OPTION_SETTING, 0, "WHEN", FOR_ALL, "auto, always or never",
	    "screen.color" },
	{ "ascii", OPTION_SETTING, 0, NULL, FOR_SCREEN | FOR_SNAPSHOT,
	    "draw with ASCII characters only", "screen.ascii=yes" },
	{ "linear", OPTION_SETTING, 0, NULL, FOR_SCREEN,
	    "sentences line by line instead of a screen, and a prompt",
	    "screen.linear=yes" },
	{ "verbose", OPTION_FLAG, AT(verbose), NULL, FOR_ALL,
	    "log to standard error (not of the screen)", NULL },
	{ "help", OPTION_HELP, 0, NULL, FOR_ALL, "this text", NULL },
	{ "version", OPTION_VERSION, 0, NULL, FOR_ALL, "name and version",
	    NULL },
};
/* LONG_FIRST: what getopt_long() says of the first row; letters are less. */
enum { ROWS = sizeof(rows) / sizeof(rows[0]), LONG_FIRST = 1000 };

static void
print_options(FILE *out, unsigned bit)
{
	char left[64];
	size_t i;

	for (i = 0; i < ROWS; i++) {
		/* Without a line of help it is for the screen's own use. */
		if ((rows[i].commands & bit) == 0 || rows[i].help == NULL)
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
		    rows[i].arg != NULL ? " " : "",
		    rows[i].arg != NULL ? rows[i].arg : "");
		fprintf(out, "  %-27s %s\n", left, rows[i].help);
	}
}

static void
print_settings(FILE *out)
{
	const struct settings_help *row;
	const char *section = "";
	char left[64];
	size_t i;

	fputs("\nSettings (sendtop.conf(5)), with what they are without one:\n",
	    out);
	for (i = 0; (row = settings_help(i)) != NULL; i++) {
		if (strcmp(section, row->section) != 0)
			fprintf(out, "  [%s]\n", row->section);
		section = row->section;
		snprintf(left, sizeof(left), "%s = %s", row->key,
		    row->standard != NULL ? row->standard : "");
		fprintf(out, "    %s (%s)\n        %s\n", left, row->type,
		    row->help);
	}
}

static void
print_help(FILE *out, const struct command *command)
{
	const struct command *c;

	if (command != &commands[0]) {
		fprintf(out, "usage: sendtop %s %s\n%s\n\n", command->name,
		    command->args, command->help);
		print_options(out, command->bit);
		return;
	}
	fputs("sendtop: top for the mail you send\n\n"
	      "usage: sendtop [OPTION]... [DOMAIN]...\n",
	    out);
	for (c = &commands[1]; c->name != NULL; c++)
		fprintf(out, "       sendtop %s %s\n", c->name, c->args);
	fputc('\n', out);
	for (c = commands; c->name != NULL; c++)
		fprintf(out, "  %-11s %s\n",
		    c->name[0] != '\0' ? c->name : "(none)", c->help);
	fputs("\nOptions of the dashboard (sendtop COMMAND --help for a "
	      "command's own):\n",
	    out);
	print_options(out, FOR_SCREEN);
	fputs("\nExit: 0 fine; 1 findings; 2 usage; 3 could not do the job.\n",
	    out);
	print_settings(out);
}

/* The command of that name, or the screen, which has none. */
static const struct command *
command_named(const char *name)
{
	const struct command *c;

	for (c = &commands[1]; c->name != NULL; c++)
		if (strcmp(name, c->name) == 0)
			return c;
	return &commands[0];
}

static const struct command *
find_command(int argc, char **argv)
{
	return command_named(argc > 1 ? argv[1] : "");
}

static void
add_word(struct words *words, const char *word)
{
	words->items = mem_grow(
	    words->items, words->count, &words->cap, sizeof(*words->items));
	words->items[words->count++] = word;
}

static int
misuse(const struct command *command, const char *what, const char *word)
{
	struct error err;

	error_set(&err, STATUS_USAGE, "%s%s%s (see sendtop %s%s--help)", what,
	    word[0] != '\0' ? " " : "", word, command->name,
	    command->name[0] != '\0' ? " " : "");
	return command->fail(&err);
}

/* Settings from the command line wait until the file has been read. */
struct late {
	const struct option_row *rows[ROWS * 4];
	const char *values[ROWS * 4];
	size_t count;
};

static int
apply(const struct option_row *row, const char *value, struct cmd *cmd,
    struct late *late, const struct command *command)
{
	char *base = (char *)cmd;
	int v;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)(base + row->at) = true;
		return -1;
	case OPTION_WORD:
		*(const char **)(void *)(base + row->at) = value;
		return -1;
	case OPTION_LIST:
		add_word((struct words *)(void *)(base + row->at), value);
		return -1;
	case OPTION_VERDICT:
		v = verdict_parse(value);
		if (v != VERDICT_NOTE && v != VERDICT_WARN && v != VERDICT_FAIL)
			return misuse(command,
			    "--fail-on takes note, warn or fail, not", value);
		*(enum verdict *)(void *)(base + row->at) = (enum verdict)v;
		return -1;
	case OPTION_SETTING:
		if (late->count < sizeof(late->rows) / sizeof(late->rows[0])) {
			late->values[late->count] = value;
			late->rows[late->count++] = row;
		}
		return -1;
	case OPTION_HELP:
		print_help(stdout, command);
		return EXIT_FINE;
	case OPTION_VERSION:
		printf("sendtop %s\n", SENDTOP_VERSION);
		return EXIT_FINE;
	}
	return EXIT_USAGE;
}

/* The option that getopt_long() refused: a letter may stand among others, in a
 * word that is not behind it yet. */
static const char *
bad_word(char letter[3], char **argv)
{
	if (optopt <= ' ' || optopt >= LONG_FIRST)
		return argv[optind - 1];
	letter[0] = '-';
	letter[1] = (char)optopt;
	letter[2] = '\0';
	return letter;
}

static int
read_words(int argc, char **argv, const struct command *command,
    struct cmd *cmd, struct late *late)
{
	struct option longs[ROWS + 1];
	size_t i, n = 0;
	int code, found, index[ROWS];
	char letter[3];

	memset(longs, 0, sizeof(longs));
	for (i = 0; i < ROWS; i++) {
		if ((rows[i].commands & command->bit) == 0)
			continue;
		index[n] = (int)i;
		longs[n].name = rows[i].name;
		longs[n].has_arg = rows[i].arg != NULL;
		longs[n].val = LONG_FIRST + (int)n;
		n++;
	}
	optind = 1;
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":hVv", longs, NULL)) != -1) {
		const struct option_row *row = NULL;

		if (found >= LONG_FIRST)
			row = &rows[index[found - LONG_FIRST]];
		for (i = 0; i < ROWS && found < LONG_FIRST; i++)
			if ((found == 'h' && rows[i].kind == OPTION_HELP) ||
			    (found == 'V' && rows[i].kind == OPTION_VERSION) ||
			    (found == 'v' &&
				strcmp(rows[i].name, "verbose") == 0))
				row = &rows[i];
		if (row == NULL)
			return misuse(command,
			    found == ':' ? "a value is missing after"
					 : "unknown option",
			    bad_word(letter, argv));
		code = apply(row, optarg, cmd, late, command);
		if (code >= 0)
			return code;
	}
	for (; optind < argc; optind++)
		add_word(&cmd->args, argv[optind]);
	return -1;
}

static enum status
apply_late(struct cmd *cmd, const struct late *late, struct error *err)
{
	enum status status = STATUS_OK;
	struct buf servers = { 0 };
	size_t i, len;

	for (i = 0; status == STATUS_OK && i < late->count; i++) {
		const char *setting = late->rows[i]->setting;
		char *key;

		len = strcspn(setting, "=");
		key = mem_ndup(setting, len);
		status = settings_set(cmd->settings, key,
		    setting[len] == '=' ? setting + len + 1 : late->values[i],
		    err);
		free(key);
	}
	for (i = 0; i < cmd->resolvers.count; i++)
		buf_printf(&servers, "%s%s", i > 0 ? ", " : "",
		    cmd->resolvers.items[i]);
	if (status == STATUS_OK && cmd->resolvers.count > 0)
		status = settings_set(
		    cmd->settings, "resolver.servers", servers.data, err);
	buf_free(&servers);
	return status;
}

/* What is watched stays watched, so a mistyped command must not become a
 * domain. */
static int
check_domains(const struct command *command, const struct cmd *cmd)
{
	size_t i;

	if ((command->bit & (FOR_SCREEN | FOR_COLLECT)) == 0)
		return -1;
	for (i = 0; i < cmd->args.count; i++)
		if (command_named(cmd->args.items[i]) != &commands[0])
			return misuse(command,
			    "a command has to be the first word:",
			    cmd->args.items[i]);
		else if (strchr(cmd->args.items[i], '.') == NULL)
			return misuse(command,
			    "neither a command nor a domain name:",
			    cmd->args.items[i]);
	return -1;
}

const struct command *
options_read(int argc, char **argv, struct cmd *cmd, int *code)
{
	const struct command *command = find_command(argc, argv);
	struct late late = { .count = 0 };
	struct error err;

	memset(cmd, 0, sizeof(*cmd));
	cmd->name = command->name;
	cmd->format = "text";
	cmd->fail_on = VERDICT_FAIL;
	if (command != &commands[0]) {
		argc--;
		argv++;
	}
	*code = read_words(argc, argv, command, cmd, &late);
	if (*code < 0)
		*code = check_domains(command, cmd);
	if (*code >= 0)
		return NULL;
	if (command != &commands[0] || cmd->verbose)
		log_to(stderr, cmd->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN);
	if (settings_load(cmd->config, &cmd->settings, &err) != STATUS_OK ||
	    apply_late(cmd, &late, &err) != STATUS_OK) {
		*code = command->fail(&err);
		return NULL;
	}
	if (cmd->store == NULL)
		cmd->store = cmd->settings->store;
	return command;
}

void
options_free(struct cmd *cmd)
{
	free(cmd->args.items);
	free(cmd->ips.items);
	free(cmd->selectors.items);
	free(cmd->resolvers.items);
	settings_free(cmd->settings);
}
