/* Logs read into text, for the tests of the readers. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_MTA_LOGS_H
#define TESTS_MTA_LOGS_H

#include "sendtop/mem.h"
#include "sendtop/mta.h"

/* 2026-11-22T12:00:00Z: when the tests' logs were written. */
#define WRITTEN_S 1795348800

/*
 * Everything that comes out of a reader, a line each:
 *   "2026-11-22T03:12:44Z ID <sender> source -> domain host[ip] done tls: reply"
 * "?" stands for what the log does not tell.  Selectors are "dkim domain
 * selector".
 */
void log_sink(struct mta_sink *sink, struct buf *out);

/* Reads a log in pieces of `piece` octets (0: at once), to its end.  The caller
 * frees. */
char *log_read(const char *log, size_t len, const struct mta_options *options,
    size_t piece, struct mta_stats *stats);
/* The same of a text, with the moment above and UTC. */
char *log_told(const char *log);

#endif
