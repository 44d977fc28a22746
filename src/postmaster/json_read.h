/* JSON from outside, bounded before memory is asked for it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_JSON_READ_H
#define SENDTOP_POSTMASTER_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sendtop/error.h"

/* Whether a text has no more values than any honest answer. */
bool json_read_affordable(const char *body, size_t len);

/* Parses one JSON object; what begins the error's sentence.  *out is NULL on
 * failure, else for json_decref. */
enum status json_read_object(const char *body, size_t len, const char *what,
    json_t **out, struct error *err) MUST_CHECK;

/* The text of a member, "" when it is missing or no text.  object may be NULL
 * or of any type, here and below. */
const char *json_read_text(const json_t *object, const char *key);

/* A member that must be of this type when it is there: false when it is of
 * another.  null counts as not there (*out is NULL), as proto3 has it. */
bool json_read_member(
    const json_t *object, const char *key, json_type type, const json_t **out);

#endif
