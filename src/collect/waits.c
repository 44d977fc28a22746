/* Which jobs wait for which wanted fact. */
/* SPDX-License-Identifier: MIT */
#include "collect/waits.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

enum { PAGE = 256 };

/* The jobs that wait for one wanted fact. */
struct waiters {
	uint32_t first; /* nearly always the only one */
	uint32_t *jobs; /* the others */
	size_t count, cap;
};

struct wait_page {
	size_t waited_for;
	struct waiters wants[PAGE];
};

static struct wait_page *
page_of(struct waits *waits, uint32_t id)
{
	size_t old = waits->page_cap;

	while (id / PAGE >= waits->page_cap) {
		waits->pages = mem_grow(waits->pages, waits->page_cap,
		    &waits->page_cap, sizeof(*waits->pages));
		memset(&waits->pages[old], 0,
		    (waits->page_cap - old) * sizeof(*waits->pages));
		old = waits->page_cap;
	}
	if (waits->pages[id / PAGE] == NULL)
		waits->pages[id / PAGE] = mem_zero(1, sizeof(struct wait_page));
	return waits->pages[id / PAGE];
}

static uint32_t
last(const struct waiters *w)
{
	return w->count == 1 ? w->first : w->jobs[w->count - 2];
}

bool
waits_add(struct waits *waits, uint32_t id, uint32_t job)
{
	struct wait_page *page = page_of(waits, id);
	struct waiters *w = &page->wants[id % PAGE];

	if (w->count > 0 && last(w) == job)
		return false;
	if (w->count == 0) {
		page->waited_for++;
		w->first = job;
	} else {
		w->jobs = mem_grow(
		    w->jobs, w->count - 1, &w->cap, sizeof(*w->jobs));
		w->jobs[w->count - 1] = job;
	}
	w->count++;
	return true;
}

void
waits_tell(struct waits *waits, uint32_t id,
    void (*fn)(void *arg, uint32_t job), void *arg)
{
	struct wait_page **page;
	struct waiters *w;
	size_t i;

	if (id / PAGE >= waits->page_cap || waits->pages[id / PAGE] == NULL)
		return;
	page = &waits->pages[id / PAGE];
	w = &(*page)->wants[id % PAGE];
	if (w->count == 0)
		return;
	fn(arg, w->first);
	for (i = 1; i < w->count; i++)
		fn(arg, w->jobs[i - 1]);
	free(w->jobs);
	memset(w, 0, sizeof(*w));
	if (--(*page)->waited_for == 0) {
		free(*page);
		*page = NULL;
	}
}

void
waits_free(struct waits *waits)
{
	size_t i, k;

	for (i = 0; i < waits->page_cap; i++) {
		for (k = 0; waits->pages[i] != NULL && k < PAGE; k++)
			free(waits->pages[i]->wants[k].jobs);
		free(waits->pages[i]);
	}
	free(waits->pages);
	memset(waits, 0, sizeof(*waits));
}
