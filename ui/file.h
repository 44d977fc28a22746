/* The names of files that the screen writes: new ones, and the copy. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_FILE_H
#define SENDTOP_UI_FILE_H

#include "sendtop/mem.h"

/*
 * The path of a new file: `asked` (~/ is the home), or if that is "" a free
 * name sendtop-<domain or what>-<time> with the ending of a format (text,
 * markdown, json, csv), in the working directory, or in the state directory
 * where that cannot be written to.  STATUS_USAGE: it is there already.  *path is
 * the caller's.
 */
enum status file_new_path(const char *domain, const char *what,
    const char *format, const char *asked, char **path,
    struct error *err) MUST_CHECK;
/* Where a copy goes that the terminal does not take.  *path is the caller's. */
enum status file_copy_path(char **path, struct error *err) MUST_CHECK;

/* "812 octets", "1.2 MiB". */
enum { FILE_SIZE_TEXT = 32 };
char *file_size_text(char out[FILE_SIZE_TEXT], long long octets);

#endif
