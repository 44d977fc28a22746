/* Reading the shared tables: a bounded JSON file, its members checked. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_JSON_FILE_H
#define SENDTOP_MTA_JSON_FILE_H

#include <jansson.h>

#include "sendtop/error.h"
#include "sendtop/mem.h"

/* The file's one object, at most 1 MiB; free with json_decref(). */
enum status json_file_read(
    const char *path, json_t **out, struct error *err) MUST_CHECK;

/* Whether the object has no member but those of the list, which ends in NULL;
 * what names the object in the error. */
enum status json_file_members(json_t *object, const char *const *names,
    const char *what, struct error *err) MUST_CHECK;

/* A text of 1 to max octets, from the arena; a member that is missing or
 * empty is "" if it is optional. */
enum { JSON_NEEDED, JSON_OPTIONAL };
enum status json_file_text(struct arena *arena, const json_t *object,
    const char *name, int optional, const char **out, const char *what,
    struct error *err) MUST_CHECK;

#endif
