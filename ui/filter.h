/* The list's filter: a text, or a regular expression. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_FILTER_H
#define SENDTOP_UI_FILTER_H

#include <stdbool.h>

struct filter;

/* Whether a text is meant as a POSIX extended regular expression: it has a
 * character of its own meaning there.  A dot alone is none, since names are
 * full of them. */
bool filter_is_regex(const char *text);

/*
 * A filter for what is typed; never fails.  *error (may be NULL) is "" or a
 * few words about what is wrong with the expression, which is then looked for
 * as it stands.  Letters' case is aside (ASCII).
 */
struct filter *filter_new(const char *text, const char **error);
void filter_free(struct filter *filter);
/* words: lower case, its fields each on a line; ^ and $ mean a field's ends. */
bool filter_matches(const struct filter *filter, const char *words);

#endif
