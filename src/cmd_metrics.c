/* sendtop metrics: the store as OpenMetrics text, printed or into a file. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/report.h"
#include "sendtop/store.h"

/* A new file beside the old one, which nobody sees half written: the name of
 * node_exporter's collector is *.prom, this one ends otherwise. */
static enum status
open_beside(const char *path, char **name, FILE **out, struct error *err)
{
	mode_t mask = umask(0);
	int fd, saved;

	umask(mask);
	*name = mem_printf("%s.XXXXXX", path);
	fd = mkstemp(*name);
	if (fd < 0)
		return error_system(err, errno, "--out: %s", *name);
	/* It is read by another user, as any file that is printed into. */
	*out = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "w") : NULL;
	if (*out != NULL)
		return STATUS_OK;
	saved = errno;
	close(fd);
	unlink(*name);
	return error_system(err, saved, "--out: %s", *name);
}

static enum status
close_beside(const char *path, const char *name, FILE *out, enum status status,
    struct error *err)
{
	if (status == STATUS_OK &&
	    (fflush(out) != 0 || ferror(out) || fsync(fileno(out)) != 0))
		status = error_system(err, errno, "--out: %s", name);
	if (fclose(out) != 0 && status == STATUS_OK)
		status = error_system(err, errno, "--out: %s", name);
	if (status == STATUS_OK && rename(name, path) != 0)
		status = error_system(err, errno, "--out: %s", path);
	if (status != STATUS_OK)
		unlink(name);
	return status;
}

static enum status
write_file(
    const char *path, struct store *store, int64_t now_s, struct error *err)
{
	char *name;
	FILE *out;
	enum status status = open_beside(path, &name, &out, err);

	if (status == STATUS_OK) {
		status = report_openmetrics(out, store, now_s, err);
		status = close_beside(path, name, out, status, err);
	}
	free(name);
	return status;
}

int
cmd_metrics(struct cmd *cmd)
{
	int64_t now_s = clock_utc_s();
	bool file = cmd->out != NULL && strcmp(cmd->out, "-") != 0;
	struct store *store = NULL;
	struct error err;
	enum status status;

	if (cmd->args.count > 0) {
		error_set(&err, STATUS_USAGE,
		    "metrics are of all domains: it takes no \"%.80s\"",
		    cmd->args.items[0]);
		return cmd_fail(&err);
	}
	status = store_open(cmd->store, STORE_READ, &store, &err);
	if (status == STATUS_OK && file)
		status = write_file(cmd->out, store, now_s, &err);
	else if (status == STATUS_OK)
		status = report_openmetrics(stdout, store, now_s, &err);
	store_close(store);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
