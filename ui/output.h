/* Octets on their way to a terminal that may be slow. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_OUTPUT_H
#define SENDTOP_UI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct output;

/*
 * Writes to the terminal that fd is, through a description of its own that does
 * not block (so that whoever shares fd, such as the shell, is not changed).
 * Where the terminal cannot be opened anew, small pieces are written while
 * there is room.
 */
struct output *output_new(int fd);
void output_free(struct output *output);
/* Takes octets; they are written as far as the terminal takes them now. */
void output_add(struct output *output, const void *data, size_t len);
/* Writes what is left, as far as it is taken. */
void output_flush(struct output *output);
/* Whether there is anything left. */
bool output_pending(const struct output *output);
/* The descriptor to wait on for room. */
int output_fd(const struct output *output);
/*
 * Drops what is left, and, when there was any, what the terminal's driver has
 * not passed on; true when something was dropped, so that the terminal's state
 * is not known.
 */
bool output_drop(struct output *output);

#endif
