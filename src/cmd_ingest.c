/* sendtop ingest: reads the MTA's logs into the store, each line once. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/ingest.h"
#include "sendtop/log.h"

enum {
	BATCH_OCTETS = 256 * 1024 * 1024,
	BATCH_MS = 5000,
	TURN_MS = 200,
	FOLLOW_MS = 1000, /* between two looks */
	NAMES_SHOWN = 10,
	/* Beside another who counts: small steps, so that they come through. */
	BESIDE_OCTETS = 8 * 1024 * 1024,
	BESIDE_MS = 200,
	BESIDE_MOST = 100, /* so often from where the store got to */
};

/* --- what is watched ------------------------------------------------------ */

/* Those of the settings count from now on, collector or not. */
static enum status
add_domains(
    struct store *store, const struct settings *settings, struct error *err)
{
	enum status status = store_begin(store, err);
	size_t i;

	if (status != STATUS_OK)
		return status;
	for (i = 0; status == STATUS_OK && i < settings->domain_count; i++)
		status = store_domain_add(store, settings->domains[i].name,
		    FROM_SETTINGS, settings->domains[i].tag, NULL, err);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	return store_commit(store, err);
}

/* Lines are read once: with nobody watched they would be lost. */
static enum status
watch(struct ingest *ingest, struct error *err)
{
	enum status status;
	size_t count;

	status = ingest_watch(ingest, &count, err);
	if (status == STATUS_OK && count == 0)
		return error_set(err, STATUS_NOT_FOUND,
		    "no domain is watched yet, so nothing could be counted: "
		    "name them in [domain \"...\"] sections of sendtop.conf or "
		    "run sendtop collect --once first");
	return status;
}

/* --- reading -------------------------------------------------------------- */

static void
trouble(void *arg, const char *path, const char *sentence)
{
	(void)arg;
	if (sentence != NULL)
		fprintf(stderr, "sendtop: %s\n", sentence);
	else
		fprintf(stderr, "sendtop: %s: can be read again\n", path);
}

/* Whether one of the signals came that end it, within that time. */
static bool
ended(const sigset_t *signals, int64_t wait_ms)
{
	const struct timespec wait = { wait_ms / 1000,
		wait_ms % 1000 * 1000000 };

	return sigtimedwait(signals, NULL, &wait) > 0;
}

/* Not in the midst of a write: what was read is committed first. */
static enum status
read_all(struct ingest *ingest, bool follow, struct error *err)
{
	enum status status = STATUS_OK;
	sigset_t signals, before;
	bool more = true;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &before);
	while (status == STATUS_OK && (more || follow) &&
	    !ended(&signals, more ? 0 : FOLLOW_MS)) {
		if (!more)
			ingest_look(ingest);
		status = ingest_turn(ingest, TURN_MS, &more, err);
		if (status == STATUS_OK && !more && ingest_waits(ingest))
			status = ingest_commit(ingest, err);
	}
	if (status == STATUS_OK)
		status = ingest_commit(ingest, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

/* New logs say of days that are over that there was no mail. */
static enum status
settle_all(struct store *store, struct error *err)
{
	struct arena *arena = arena_new();
	struct log_span *spans = NULL;
	struct store_domain *domains;
	size_t count, n = 0, i;
	enum status status;
	bool changed;

	status = store_begin(store, err);
	if (status != STATUS_OK) {
		arena_free(arena);
		return status;
	}
	status = ingest_spans(store, &spans, &n, err);
	if (status == STATUS_OK)
		status = store_domains(store, arena, &domains, &count, err);
	for (i = 0; status == STATUS_OK && n > 0 && i < count; i++)
		status = ingest_settle_days(store, domains[i].id,
		    day_of(spans[0].first_s), spans, n, &changed, err);
	free(spans);
	arena_free(arena);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	return store_commit(store, err);
}

/* --- what it was ---------------------------------------------------------- */

static void
print_names(const char *head, const struct count_name *names, size_t count,
    const struct providers *labels)
{
	size_t i;

	if (count == 0)
		return;
	printf("%-32s %12s %12s %12s %12s\n", head, "attempts", "delivered",
	    "deferred", "bounced");
	for (i = 0; i < count && i < NAMES_SHOWN; i++)
		printf("  %-30s %12lld %12lld %12lld %12lld\n",
		    labels != NULL ? provider_label(labels, names[i].name)
				   : names[i].name,
		    (long long)names[i].count, (long long)names[i].done,
		    (long long)names[i].deferred, (long long)names[i].bounced);
	if (count > NAMES_SHOWN)
		printf("  and %zu more\n", count - NAMES_SHOWN);
}

/* The log may be another than meant; without a word it would seem that no mail
 * was sent. */
static void
print_nothing(const struct ingest_totals *t)
{
	if (t->lines == 0 || t->attempts > 0)
		return;
	if (t->format == NULL)
		printf("no line tells whose log it is: name the log of the "
		       "MTA, or its format with --format\n");
	else
		printf("no line is an attempt to deliver as %s logs it; if it "
		       "is another's log, name its format with --format\n",
		    t->format);
}

static void
print_summary(const struct ingest *ingest, const struct providers *providers,
    const char *zone)
{
	const struct count_name *names;
	struct ingest_totals t;
	struct count_totals c;
	size_t count;

	ingest_totals(ingest, &t);
	count_totals(t.count, &c);
	printf("%zu log%s read on%s%s: %lld lines, %lld attempts\n", t.logs,
	    t.logs == 1 ? "" : "s", t.format != NULL ? ", " : "",
	    t.format != NULL ? t.format : "", (long long)t.lines,
	    (long long)t.attempts);
	count = count_providers(t.count, &names);
	print_names("provider", names, count, providers);
	if (c.attempts > 0)
		printf("of watched senders %lld, of the null sender <> %lld, "
		       "of senders that the log does not name %lld\n",
		    (long long)c.watched, (long long)c.null_sender,
		    (long long)c.unjoined);
	count = count_unwatched(t.count, &names);
	print_names("not watched, so not counted", names, count, NULL);
	if (t.skipped > 0)
		printf("%lld line%s not understood; the first: %s\n",
		    (long long)t.skipped, t.skipped == 1 ? " was" : "s were",
		    t.trouble);
	print_nothing(&t);
	if (t.zone_unknown)
		printf("the time zone %s is not known here, so stamps that "
		       "name none were read as UTC; --zone names another\n",
		    zone);
	if (t.years_late)
		printf("stamps without years go over more than a year, and "
		       "what came first was counted for a later one: from "
		       "standard input or a large archive years cannot be "
		       "looked up; read logs as plain files\n");
}

/* --- the command ---------------------------------------------------------- */

static enum status
check_words(const struct cmd *cmd, struct error *err)
{
	const char *name;
	size_t i;

	if (cmd->args.count == 0)
		return error_set(err, STATUS_USAGE,
		    "name the logs to read, or - for standard input");
	for (i = 0; cmd->log_format != NULL; i++) {
		name = mta_format(i);
		if (name == NULL)
			return error_set(err, STATUS_USAGE,
			    "--format: there is no format \"%s\"; see "
			    "sendtop(1)",
			    cmd->log_format);
		if (strcmp(name, cmd->log_format) == 0)
			break;
	}
	return STATUS_OK;
}

/* Whether all can be read again: what came through a pipe is gone. */
static bool
are_files(const struct words *logs)
{
	struct stat st;

	for (size_t i = 0; i < logs->count; i++)
		if (strcmp(logs->items[i], "-") == 0 ||
		    (stat(logs->items[i], &st) == 0 && !S_ISREG(st.st_mode)))
			return false;
	return true;
}

static enum status
read_once(struct cmd *cmd, const struct ingest_options *options,
    struct ingest **ingest, struct error *err)
{
	enum status status = ingest_open(options, ingest, err);
	size_t i;

	if (status == STATUS_OK)
		status = watch(*ingest, err);
	for (i = 0; status == STATUS_OK && i < cmd->args.count; i++)
		ingest_add(*ingest, cmd->args.items[i], false);
	return status == STATUS_OK ? read_all(*ingest, cmd->follow, err)
				   : status;
}

static enum status
ingest_logs(struct cmd *cmd, struct ingest_options *options, bool *troubles,
    struct error *err)
{
	struct ingest *ingest = NULL;
	struct ingest_totals totals;
	enum status status;
	int tries = are_files(&cmd->args) ? BESIDE_MOST : 0;

	status = add_domains(options->store, cmd->settings, err);
	if (status == STATUS_OK)
		status = read_once(cmd, options, &ingest, err);
	/* Its lines were counted by then, or are still to be. */
	while (ingest_outrun(ingest) && (cmd->follow || tries-- > 0)) {
		ingest_close(ingest);
		ingest = NULL;
		options->batch_octets = BESIDE_OCTETS;
		options->batch_ms = BESIDE_MS;
		status = read_once(cmd, options, &ingest, err);
	}
	if (status == STATUS_OK)
		status = settle_all(options->store, err);
	if (ingest != NULL) {
		ingest_totals(ingest, &totals);
		*troubles = totals.troubles > 0;
		if (status == STATUS_OK)
			print_summary(
			    ingest, options->providers, options->zone);
	}
	ingest_close(ingest);
	return status;
}

int
cmd_ingest(struct cmd *cmd)
{
	const struct settings *s = cmd->settings;
	struct ingest_options options = {
		.format = cmd->log_format,
		.zone = cmd->zone != NULL ? cmd->zone : s->log_zone,
		.batch_octets = BATCH_OCTETS,
		.batch_ms = BATCH_MS,
		.batch_rows = COUNT_ROWS_MOST,
		.follow = cmd->follow,
		.trouble = trouble,
	};
	struct reply_catalogue *catalogue = NULL;
	struct providers *providers = NULL;
	struct error err;
	enum status status;
	bool troubles = false;

	if (options.format == NULL && strcmp(s->log_format, "auto") != 0)
		options.format = s->log_format;
	status = check_words(cmd, &err);
	if (status == STATUS_OK)
		status = cmd_replies(&providers, &catalogue, &err);
	if (status == STATUS_OK) {
		options.providers = providers;
		options.catalogue = catalogue;
		status = store_open(
		    cmd->store, STORE_WRITE, &options.store, &err);
	}
	if (status == STATUS_OK) {
		status = ingest_logs(cmd, &options, &troubles, &err);
		store_close(options.store);
	}
	reply_catalogue_free(catalogue);
	providers_free(providers);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	return troubles ? EXIT_TROUBLE : EXIT_FINE;
}
