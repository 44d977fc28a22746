/* Files that the screen writes: new ones, and the copy. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_FILE_H
#define SENDTOP_UI_FILE_H

#include "sendtop/mem.h"

/*
 * Makes a new file: `asked`, or if that is "" sendtop-<domain or what>-<time>
 * with the ending of a format (text, markdown, json, csv), in the working
 * directory, or in the state directory where that cannot be written to.  What
 * is there already is never overwritten.  *fd and *path are the caller's.
 */
enum status file_new(const char *domain, const char *what, const char *format,
    const char *asked, int *fd, char **path, struct error *err) MUST_CHECK;
/* Writes the text and closes fd; a file that fails is taken away. */
enum status file_put(
    int fd, const char *path, const char *text, struct error *err) MUST_CHECK;
/* Writes the text to copy.txt in the state directory, for nobody else to read;
 * the one before is replaced.  *path is the caller's. */
enum status file_copy(
    const char *text, char **path, struct error *err) MUST_CHECK;

#endif
