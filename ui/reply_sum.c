/* Replies added up by their meaning, hour by hour, for the screens. */
/* SPDX-License-Identifier: MIT */
#include "reply_sum.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

/* More meanings than these are not told apart; the catalogue has fewer. */
enum { WORK_MOST = 512 };

struct work {
	struct reply_sum *sums;
	size_t count;
};

int64_t
reply_sums_first(int64_t now_s)
{
	return now_s - now_s % HOUR_SECONDS - (SUM_HOURS - 1) * HOUR_SECONDS;
}

static struct reply_sum *
sum_of(struct work *work, const struct reply_count *r)
{
	struct reply_sum *sum;

	for (size_t i = 0; i < work->count; i++) {
		sum = &work->sums[i];
		if (strcmp(sum->key, r->key) == 0 &&
		    strcmp(sum->provider, r->provider) == 0)
			return sum;
	}
	if (work->count == WORK_MOST)
		return NULL;
	sum = &work->sums[work->count++];
	*sum = (struct reply_sum){ .provider = r->provider,
		.key = r->key,
		.category = r->category,
		.reply = r->reply,
		.sample = r->sample };
	return sum;
}

/* Brings item i to its place: most first. */
static void
settle(struct reply_names *names, size_t i)
{
	for (; i > 0 && names->items[i].count > names->items[i - 1].count;
	     i--) {
		const char *name = names->items[i].name;
		int64_t count = names->items[i].count;

		names->items[i] = names->items[i - 1];
		names->items[i - 1].name = name;
		names->items[i - 1].count = count;
	}
}

static void
add_name(struct reply_names *names, const char *name, int64_t count)
{
	size_t i = 0;

	if (name == NULL || name[0] == '\0')
		return;
	while (i < names->count && strcmp(names->items[i].name, name) != 0)
		i++;
	if (i == SUM_NAMES) {
		names->more = true;
		return;
	}
	if (i == names->count) {
		names->items[i].name = name;
		names->items[i].count = 0;
		names->count++;
	}
	names->items[i].count += count;
	settle(names, i);
}

/* A row that spans a day counts for no hour; names are those of the last 24
 * hours, as the count is that stands beside them. */
static void
add_time(struct reply_sum *sum, const struct reply_count *r, int64_t first_s)
{
	int64_t at = (r->hour_s - first_s) / HOUR_SECONDS;

	if (r->span_s > HOUR_SECONDS || r->hour_s < first_s || at >= SUM_HOURS)
		return;
	sum->hours[at] += r->count;
	if (at < SUM_HOURS - SUM_DAY)
		return;
	sum->day += r->count;
	add_name(&sum->identities, r->identity, r->count);
	add_name(&sum->domains, r->domain, r->count);
	if (at >= SUM_HOURS - 2)
		sum->hour += r->count;
}

static void
add(struct work *work, const struct reply_count *r, int64_t first_s)
{
	struct reply_sum *sum = sum_of(work, r);

	if (sum == NULL)
		return;
	sum->total += r->count;
	sum->permanent = sum->permanent || r->permanent;
	sum->slow_down = sum->slow_down || r->slow_down;
	if (r->last_s > sum->last_s) {
		sum->last_s = r->last_s;
		sum->sample = r->sample;
		sum->reply = r->reply;
	}
	add_time(sum, r, first_s);
}

static int
compare(const void *a, const void *b)
{
	const struct reply_sum *x = a, *y = b;
	int order;

	if (x->day != y->day)
		return x->day > y->day ? -1 : 1;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	order = strcmp(x->provider, y->provider);
	return order != 0 ? order : strcmp(x->key, y->key);
}

size_t
reply_sums(const struct reply_count *replies, size_t count, int64_t now_s,
    struct reply_sum *out, size_t max)
{
	struct work work = { .count = 0 };
	int64_t first_s = reply_sums_first(now_s);

	if (count == 0)
		return 0;
	work.sums = mem_zero(WORK_MOST, sizeof(*work.sums));
	for (size_t i = 0; i < count; i++)
		add(&work, &replies[i], first_s);
	qsort(work.sums, work.count, sizeof(*work.sums), compare);
	if (work.count > max)
		work.count = max;
	memcpy(out, work.sums, work.count * sizeof(*out));
	free(work.sums);
	return work.count;
}

struct traffic_sum
traffic_sum(const struct traffic *traffic, size_t count, int64_t since_s,
    int64_t until_s)
{
	struct traffic_sum sum = { 0 };
	int64_t hour_s = 0;

	for (size_t i = 0; i < count; i++) {
		const struct traffic *t = &traffic[i];

		if (t->hour_s < since_s || t->hour_s >= until_s)
			continue;
		sum.delivered += t->delivered;
		sum.deferred += t->deferred;
		sum.bounced += t->bounced;
		sum.tls += t->tls;
		sum.clear += t->clear;
		if (t->hour_s != hour_s)
			sum.hours++;
		hour_s = t->hour_s;
	}
	sum.attempts = sum.delivered + sum.deferred + sum.bounced;
	return sum;
}
