/* The rows of a file that an export wrote, or a spreadsheet since. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_IMPORT_TEXT_H
#define SENDTOP_REPORT_IMPORT_TEXT_H

#include "report/export.h"

struct import_text;

/* Reads from the descriptor, which stays the caller's; what is read at once is
 * bounded, however long the file or a line of it. */
struct import_text *import_text_new(int fd);
void import_text_free(struct import_text *text);

/*
 * The next row; its texts live until the next call.  Of CSV with the names of
 * measures as columns each cell makes a row.  *end: there is no more.  Errors
 * name the line.
 */
enum status import_text_next(struct import_text *text, struct export_row *row,
    bool *end, struct error *err) MUST_CHECK;

/* The line that the last row begins in, from 1. */
size_t import_text_line(const struct import_text *text);

/* The names of columns and members that no export has, "" when there are
 * none; what they held was passed over. */
const char *import_text_ignored(const struct import_text *text);

#endif
