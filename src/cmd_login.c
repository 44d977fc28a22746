/* sendtop login: from an OAuth client to credentials on disk. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/http.h"
#include "sendtop/postmaster.h"

/* Without --client the file that Google's console offers for download. */
static char *
client_path(const struct cmd *cmd, struct error *err)
{
	char *dir, *path;

	if (cmd->client != NULL)
		return mem_dup(cmd->client);
	if (settings_config_dir(&dir, err) != STATUS_OK)
		return NULL;
	path = mem_printf("%s/client.json", dir);
	free(dir);
	if (access(path, R_OK) == 0)
		return path;
	error_set(err, STATUS_USAGE,
	    "%s is missing: in the Google Cloud console make an OAuth client "
	    "of type \"Desktop app\", download its JSON, and give it with "
	    "--client FILE",
	    path);
	free(path);
	return NULL;
}

static char *
out_path(const struct cmd *cmd, struct error *err)
{
	char *dir, *path;

	if (cmd->out != NULL)
		return mem_dup(cmd->out);
	if (cmd->settings->credentials != NULL)
		return mem_dup(cmd->settings->credentials);
	if (settings_config_dir(&dir, err) != STATUS_OK)
		return NULL;
	path = mem_printf("%s/google.json", dir);
	free(dir);
	return path;
}

int
cmd_login(struct cmd *cmd)
{
	struct loop *loop = NULL;
	struct http *http = NULL;
	struct error err;
	enum status status;
	char *client, *out = NULL;

	client = client_path(cmd, &err);
	if (client != NULL)
		out = out_path(cmd, &err);
	status = out == NULL ? err.status : loop_open(&loop, &err);
	if (status == STATUS_OK) {
		http = http_open(loop, cmd->settings->ca_file);
		status = http_ready(http, &err);
	}
	if (status == STATUS_OK)
		status = login_run(
		    loop, http, client, out, cmd->paste, stdin, stdout, &err);
	if (status == STATUS_OK && cmd->settings->credentials == NULL)
		printf("Put this into sendtop.conf, section [postmaster]:\n"
		       "  credentials = %s\n",
		    out);
	http_close(http);
	loop_close(loop);
	free(client);
	free(out);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
