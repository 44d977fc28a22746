/* Which jobs wait for which wanted fact. */
/* SPDX-License-Identifier: MIT */
#ifndef COLLECT_WAITS_H
#define COLLECT_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Wants come with rising ids and are answered about in their order: pages of
 * them are there only while somebody waits.  Begin with zeros. */
struct waits {
	struct wait_page **pages; /* by the want's id */
	size_t page_cap;
};

/* False when the job, being the last that was added, waits for it already. */
bool waits_add(struct waits *waits, uint32_t id, uint32_t job);

/* The fact is there: fn is told of each job that waited for it, which then
 * does no longer.  fn must not add. */
void waits_tell(struct waits *waits, uint32_t id,
    void (*fn)(void *arg, uint32_t job), void *arg);

void waits_free(struct waits *waits);

#endif
