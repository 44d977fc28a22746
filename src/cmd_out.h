/* Where a command writes to: standard output, or a file that is there whole. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_CMD_OUT_H
#define SENDTOP_CMD_OUT_H

#include "cmd.h"
#include "ui/whole.h"

/*
 * --out FILE.  With --beside, of the screen's own use, the file must be new,
 * SIGTERM ends it with nothing written, and standard error is told how far it
 * is (ui/beside.h).
 */
struct cmd_out {
	FILE *stream;
	struct whole whole;
	bool file, beside;
	int64_t told_ms;
};
enum status cmd_out_open(
    struct cmd_out *out, const struct cmd *cmd, struct error *err) MUST_CHECK;
/* Of what writes: arg is the struct cmd_out; false when it is to end. */
bool cmd_out_progress(void *arg, size_t done, size_t total);
enum status cmd_out_close(
    struct cmd_out *out, enum status status, struct error *err) MUST_CHECK;

#endif
