/* What the other domains under the same registrable domain sent. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "store/internal.h"

/*
 * Who reads one domain after the other would read each of them anew for each of
 * the others.  So the sums over many are kept, for a time that grows with what
 * they cost: to read a row takes some hundredth of what it is kept for.
 */
enum {
	ROWS_FEW = 200, /* nothing is kept for so few */
	KEPT_MS = 10,   /* a row */
	KEPT_MOST_MS = 60 * 1000,
	ORGANIZATIONS_MOST = 256,
	ENDED = 2,
};

static const enum metric ended[ENDED] = { METRIC_LOG_DELIVERED,
	METRIC_LOG_BOUNCED };

struct organization {
	struct day_sums all;
	int64_t until_ms;
};

static struct organization *
organization_new(int32_t first, size_t count)
{
	struct organization *org = mem_zero(1, sizeof(*org));

	org->all.first = first;
	org->all.count = count;
	org->all.sum = mem_zero(count + 1, sizeof(*org->all.sum));
	org->all.of = mem_zero(count + 1, sizeof(*org->all.of));
	return org;
}

static void
organization_free(void *value)
{
	struct organization *org = value;

	if (org == NULL)
		return;
	free(org->all.sum);
	free(org->all.of);
	free(org);
}

void
store_organizations_forget(struct store *store)
{
	map_free(store->organizations, organization_free);
	store->organizations = NULL;
}

static void
keep(struct store *store, const char *registrable, struct organization *org)
{
	if (store->organizations != NULL &&
	    map_count(store->organizations) >= ORGANIZATIONS_MOST)
		store_organizations_forget(store);
	if (store->organizations == NULL)
		store->organizations = map_new();
	organization_free(map_put(store->organizations, registrable, org));
}

static struct organization *
kept(const struct store *store, const char *registrable, int32_t first,
    size_t count)
{
	struct organization *org = store->organizations != NULL
	    ? map_get(store->organizations, registrable)
	    : NULL;

	return org != NULL && org->all.first == first &&
		org->all.count == count && clock_mono_ms() < org->until_ms
	    ? org
	    : NULL;
}

static enum status
add_up(struct store *store, const char *registrable, struct organization *org,
    bool *many, struct error *err)
{
	enum status status = STATUS_OK;
	size_t rows = 0;
	int64_t ms;

	for (size_t i = 0; status == STATUS_OK && i < ENDED; i++)
		status = store_series_add_all(
		    store, registrable, ended[i], &org->all, &rows, err);
	ms = rows < KEPT_MOST_MS / KEPT_MS ? (int64_t)rows * KEPT_MS
					   : KEPT_MOST_MS;
	org->until_ms = clock_mono_ms() + ms;
	*many = rows >= ROWS_FEW;
	return status;
}

/* The own numbers may be younger than the sums. */
static void
leave_out(const struct day_sums *all, double *const own[ENDED], double *out)
{
	for (size_t i = 0; i < all->count; i++) {
		double sum = all->sum[i];
		uint32_t of = all->of[i];

		for (size_t k = 0; k < ENDED; k++)
			if (!isnan(own[k][i])) {
				sum -= own[k][i];
				of -= of > 0;
			}
		out[i] = of == 0 ? (double)NAN : sum > 0 ? sum : 0;
	}
}

static enum status
others(struct store *store, int64_t domain, const struct day_sums *all,
    double *out, struct error *err)
{
	double *own[ENDED];
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ENDED; i++) {
		own[i] = mem_alloc((all->count + 1) * sizeof(**own));
		if (status == STATUS_OK)
			status = store_series_get(store, domain, ended[i],
			    all->first, all->count, own[i], err);
	}
	if (status == STATUS_OK)
		leave_out(all, own, out);
	for (size_t i = 0; i < ENDED; i++)
		free(own[i]);
	return status;
}

enum status
store_series_siblings(struct store *store, int64_t domain,
    const char *registrable, int32_t first, size_t count, double *out,
    struct error *err)
{
	struct organization *org = kept(store, registrable, first, count);
	bool many = true, new = org == NULL;
	enum status status = STATUS_OK;

	if (new) {
		org = organization_new(first, count);
		status = add_up(store, registrable, org, &many, err);
	}
	if (status == STATUS_OK)
		status = others(store, domain, &org->all, out, err);
	if (new &&status == STATUS_OK && many)
		keep(store, registrable, org);
	else if (new)
		organization_free(org);
	return status;
}
