/* sendtop collect: the collector, alone or started by a screen. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "cmd.h"
#include "sendtop/collect.h"
#include "sendtop/log.h"
#include "sendtop/text.h"

/* "5,7": the descriptors of the pipes for news and for sentences. */
static enum status
take_pipes(const char *text, struct collect_options *options, struct error *err)
{
	char first[16] = "";
	size_t len = strcspn(text, ",");
	int64_t news, say;

	if (len < sizeof(first))
		memcpy(first, text, len);
	if (text[len] != ',' || !text_to_int(first, 3, 1023, &news) ||
	    !text_to_int(text + len + 1, 3, 1023, &say) ||
	    fcntl((int)news, F_GETFL) < 0 || fcntl((int)say, F_GETFL) < 0)
		return error_set(
		    err, STATUS_USAGE, "--pipes is for the screen's own use");
	options->news_fd = (int)news;
	options->say_fd = (int)say;
	fcntl((int)news, F_SETFD, FD_CLOEXEC);
	fcntl((int)say, F_SETFD, FD_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	log_to(NULL, LOG_LEVEL_ERROR);
	return STATUS_OK;
}

static int
ended(const struct collect_options *options, const struct error *err)
{
	if (options->say_fd < 0)
		return cmd_fail(err);
	if (err->status == STATUS_BUSY)
		return EXIT_COLLECTED;
	dprintf(options->say_fd, "%s\n", err->text);
	return EXIT_TROUBLE;
}

int
cmd_collect(struct cmd *cmd)
{
	struct collect_options options = {
		.settings = cmd->settings,
		.location = cmd->store,
		.domains = cmd->args.items,
		.domain_count = cmd->args.count,
		.once = cmd->once,
		.news_fd = -1,
		.say_fd = -1,
	};
	struct requirements *table = NULL;
	struct reply_catalogue *catalogue = NULL;
	struct providers *providers = NULL;
	enum status status = STATUS_OK;
	struct error err;

	if (cmd->pipes != NULL)
		status = take_pipes(cmd->pipes, &options, &err);
	if (status == STATUS_OK)
		status = cmd_requirements(&table, &err);
	if (status == STATUS_OK && cmd->settings->log_files.count > 0)
		status = cmd_replies(&providers, &catalogue, &err);
	options.requirements = table;
	options.providers = providers;
	options.catalogue = catalogue;
	if (status == STATUS_OK)
		status = collect_run(&options, &err);
	requirements_free(table);
	reply_catalogue_free(catalogue);
	providers_free(providers);
	return status == STATUS_OK ? EXIT_FINE : ended(&options, &err);
}
