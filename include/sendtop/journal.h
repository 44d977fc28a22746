/* journald's export form: entries become lines as syslog writes them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_JOURNAL_H
#define SENDTOP_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;

/* Whether octets begin as an export does (journalctl -o export). */
bool journal_begins(const char *head, size_t len);

/*
 * An entry is known by its machine and moment, not by where it stands: the
 * same hour may be exported again with another begin.  Within a run it is known
 * by its cursor, as one file may hold several exports; of more than some hundred
 * million entries the oldest are forgotten.  state: what journal_state() wrote
 * of earlier ones, or "".
 */
struct journal *journal_new(const char *state);
void journal_free(struct journal *journal);

/*
 * Hands over each entry that was not read before as one line with its newline:
 * "2026-11-22T03:12:44.123456+00:00 host name[pid]: text".  Entries may be cut
 * anywhere; fields longer than JOURNAL_FIELD_MOST are cut there.
 */
enum { JOURNAL_FIELD_MOST = 64 * 1024 };
void journal_feed(struct journal *journal, const char *data, size_t len,
    void (*line)(void *arg, const char *line, size_t len), void *arg);

/* An export ended: what follows is another, and what was read is known. */
void journal_fold(struct journal *journal);

/* Entries that were known already. */
int64_t journal_known(const struct journal *journal);
/* The moments of all that was read, of the last JOURNAL_MACHINES machines; the
 * caller frees.  Later entries of this run are still read, whatever it says. */
enum { JOURNAL_MACHINES = 16, JOURNAL_SPANS = 8 };
char *journal_state(const struct journal *journal);

#endif
