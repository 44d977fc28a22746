/* sendtop collect: the collector in the foreground. */
/* SPDX-License-Identifier: MIT */
#include "cmd.h"
#include "sendtop/collect.h"

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
	struct requirements *table;
	enum status status;
	struct error err;

	if (cmd_requirements(&table, &err) != STATUS_OK)
		return cmd_fail(&err);
	options.requirements = table;
	status = collect_run(&options, &err);
	requirements_free(table);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
