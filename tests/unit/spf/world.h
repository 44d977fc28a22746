/* A small DNS for SPF tests: records in, answers to a facts cache. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SPF_WORLD_H
#define TESTS_UNIT_SPF_WORLD_H

#include "sendtop/facts.h"

struct spf_world;

struct spf_world *spf_world_new(void);
/* The same from lines of "name TYPE value"; MX values begin with the
 * preference.  The value "!timeout", "!servfail" or "!none" says how the
 * question ends (ANY: every type without a record); \xHH is one octet. */
struct spf_world *spf_world_of(const char *lines);
void spf_world_free(struct spf_world *world);

/* Adds one record; fields as above. */
void spf_world_add(struct spf_world *world, const char *name, const char *type,
    const char *value);

/* Answers everything that facts want; returns how many questions it were. */
size_t spf_world_answer(struct spf_world *world, struct facts *facts);

/* Replaces \xHH in place; returns the octets there are. */
size_t spf_world_octets(char *text);

#endif
