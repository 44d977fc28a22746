/* Tables of requirements for tests, through a file as in real life. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_ASSESS_TABLE_H
#define TESTS_UNIT_ASSESS_TABLE_H

#include "sendtop/standing.h"

/* The whole text of the file. */
enum status table_load_text(
    const char *text, struct requirements **out, struct error *err);
/* One row for all senders; rest is what follows its title and remedy. */
enum status table_load(
    const char *rest, struct requirements **out, struct error *err);
/* share/requirements.json. */
struct requirements *table_load_share(void);
/* Writes the path of a file of the source tree. */
char *table_path(char *out, size_t size, const char *name);

#endif
