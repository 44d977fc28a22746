/* Where a command writes to: standard output, or a file that is there whole. */
/* SPDX-License-Identifier: MIT */
#include "cmd_out.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "ui/beside.h"

enum { TELL_MS = 100 };

enum status
cmd_out_open(struct cmd_out *out, const struct cmd *cmd, struct error *err)
{
	sigset_t term;

	*out = (struct cmd_out){ .stream = stdout, .beside = cmd->beside };
	if (cmd->out == NULL || strcmp(cmd->out, "-") == 0)
		return STATUS_OK;
	if (cmd->beside) {
		sigemptyset(&term);
		sigaddset(&term, SIGTERM);
		sigprocmask(SIG_BLOCK, &term, NULL);
	}
	out->file = true;
	if (whole_open(&out->whole, cmd->out, cmd->beside ? WHOLE_NEW : 0,
		err) != STATUS_OK)
		return err->status;
	out->stream = out->whole.out;
	return STATUS_OK;
}

bool
cmd_out_progress(void *arg, size_t done, size_t total)
{
	struct cmd_out *out = arg;
	sigset_t waiting;
	int64_t now_ms;

	if (!out->beside)
		return true;
	if (sigpending(&waiting) == 0 && sigismember(&waiting, SIGTERM) == 1)
		return false;
	now_ms = clock_mono_ms();
	if (out->told_ms != 0 && now_ms - out->told_ms < TELL_MS)
		return true;
	out->told_ms = now_ms;
	dprintf(STDERR_FILENO, BESIDE_PROGRESS, done, total,
	    (long long)ftello(out->stream));
	return true;
}

enum status
cmd_out_close(struct cmd_out *out, enum status status, struct error *err)
{
	return out->file ? whole_close(&out->whole, status, err) : status;
}
