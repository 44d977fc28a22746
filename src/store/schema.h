/* The schema, as the steps that lead to it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_SCHEMA_H
#define SENDTOP_STORE_SCHEMA_H

#include "store/db.h"

/*
 * Step i leads from version i to version i + 1.  A step that has been in a
 * release never changes; what is new is a new step at the end.  Words in
 * braces are the driver's.
 */
struct schema_steps {
	const char *const *steps;
	size_t count;
};
extern const struct schema_steps schema;

/* Compares a store's version with the steps.  STATUS_FUTURE: it is newer. */
enum status schema_check(struct db *db, const char *location,
    const struct schema_steps *steps, int64_t *version,
    struct error *err) MUST_CHECK;
/* Takes the store to the last version, all or nothing. */
enum status schema_migrate(struct db *db, const struct schema_steps *steps,
    struct error *err) MUST_CHECK;

#endif
