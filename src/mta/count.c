/* Counting: what a reader tells, by hour, sender, provider and stream. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/count.h"

#include <stdlib.h>
#include <string.h>

#include "mta/count_names.h"
#include "mta/count_rows.h"
#include "mta/count_who.h"
#include "sendtop/address.h"
#include "sendtop/text.h"

enum {
	HELOS_MOST = 256,
	HELO_SIZE = 256,
	MEANINGS_MOST = 1024,
};

/* What a reply means, by its gist. */
struct meaning {
	uint64_t hash;
	const char *provider; /* as it was asked with */
	struct reply_match match;
};

struct count {
	struct count_options o;
	struct names names;
	bool muted;
	uint32_t epoch;
	struct whos whos;
	struct row_table meanings;
	struct arena *meant;
	struct map *helos; /* address to name */
	struct rows rows;
	struct traffic_row *last; /* deliveries come in runs */
	struct count_totals totals;
	struct count_name providers[PROVIDERS_MOST]; /* by their number */
	struct count_name sorted[PROVIDERS_MOST];
	struct map *unwatched; /* name to index + 1 */
	struct count_name others[COUNT_UNWATCHED_MOST];
	size_t other_count;
};

struct count *
count_new(const struct count_options *options)
{
	struct count *count = mem_zero(1, sizeof(*count));

	count->o = *options;
	names_init(&count->names, options->providers);
	count->epoch = 1;
	whos_init(&count->whos);
	count->meant = arena_new();
	count->helos = map_new();
	count->unwatched = map_new();
	rows_init(&count->rows);
	return count;
}

void
count_free(struct count *count)
{
	size_t i;

	if (count == NULL)
		return;
	names_fini(&count->names);
	whos_fini(&count->whos);
	row_table_clear(&count->meanings);
	arena_free(count->meant);
	map_free(count->helos, free);
	map_free(count->unwatched, NULL);
	for (i = 0; i < count->other_count; i++)
		free(count->others[i].owned);
	rows_fini(&count->rows);
	free(count);
}

void
count_watch(struct count *count, const char *name, int64_t id)
{
	names_watch(&count->names, name, id);
	whos_forget(&count->whos);
}

void
count_watch_none(struct count *count)
{
	names_watch_none(&count->names);
	whos_forget(&count->whos);
}

/* --- totals --------------------------------------------------------------- */

static void
add_end(struct count_name *name, enum delivery_end end)
{
	name->count++;
	name->done += end == DELIVERY_DONE;
	name->deferred += end == DELIVERY_DEFERRED;
	name->bounced += end == DELIVERY_BOUNCED;
}

/* When all places are taken, the least one's is given to the newcomer with its
 * count, so that who sends much stays in the list whatever comes between. */
static struct count_name *
least_other(struct count *count)
{
	size_t least = 0, i;

	for (i = 1; i < count->other_count; i++)
		if (count->others[i].count < count->others[least].count)
			least = i;
	map_remove(count->unwatched, count->others[least].name);
	free(count->others[least].owned);
	return &count->others[least];
}

static void
count_other(
    struct count *count, const struct span *sender, enum delivery_end end)
{
	const struct zone *zone = names_zone_of(&count->names, sender);
	uintptr_t n;
	struct count_name *other;
	char name[ORG_NAME_SIZE];

	text_printable(name, sizeof(name), zone->text, zone->len);
	n = (uintptr_t)map_get(count->unwatched, name);
	if (n == 0) {
		if (count->other_count < COUNT_UNWATCHED_MOST)
			other = &count->others[count->other_count++];
		else
			other = least_other(count);
		other->owned = mem_dup(name);
		other->name = other->owned;
		n = (uintptr_t)(other - count->others) + 1;
		map_put(count->unwatched, name, (void *)n);
	}
	add_end(&count->others[n - 1], end);
}

void
count_totals(const struct count *count, struct count_totals *out)
{
	*out = count->totals;
}

static int
compare_names(const void *a, const void *b)
{
	const struct count_name *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->name, y->name);
}

size_t
count_providers(struct count *count, const struct count_name **out)
{
	size_t n = count->names.provider_count, i;

	for (i = 0; i < n; i++) {
		count->sorted[i] = count->providers[i];
		count->sorted[i].name = count->names.providers_met[i];
	}
	qsort(count->sorted, n, sizeof(count->sorted[0]), compare_names);
	*out = count->sorted;
	return n;
}

size_t
count_unwatched(struct count *count, const struct count_name **out)
{
	size_t i;

	qsort(count->others, count->other_count, sizeof(count->others[0]),
	    compare_names);
	for (i = 0; i < count->other_count; i++)
		map_put(count->unwatched, count->others[i].name,
		    (void *)(uintptr_t)(i + 1));
	*out = count->others;
	return count->other_count;
}

/* --- replies -------------------------------------------------------------- */

static bool
same_meaning(const void *row, const void *key)
{
	const struct meaning *a = row, *b = key;

	return a->provider == b->provider;
}

static const struct reply_match *
meaning_of(struct count *count, const struct span *reply, const char *provider)
{
	uint64_t hash = row_hash(
	    reply_hash(reply->at, reply->len), (uintptr_t)provider);
	const struct meaning key = { .provider = provider };
	struct meaning *meaning;
	void **slot;

	if (count->meanings.count >= MEANINGS_MOST) {
		row_table_clear(&count->meanings);
		arena_reset(count->meant);
	}
	slot = row_table_seek(&count->meanings, hash, same_meaning, &key);
	if (*slot != NULL)
		return &((struct meaning *)*slot)->match;
	meaning = arena_alloc(count->meant, sizeof(*meaning));
	meaning->hash = hash;
	meaning->provider = provider;
	reply_classify(count->o.catalogue, reply->at, reply->len, provider,
	    &meaning->match);
	*slot = meaning;
	count->meanings.count++;
	return &meaning->match;
}

/* Only what a receiver said counts as a reply: a connection that timed out has
 * no code. */
static void
count_reply(struct count *count, int64_t domain, const struct delivery *d,
    const struct traffic_row *row)
{
	const struct reply_match *match;
	struct reply_row_counted *counted;
	struct reply_count like;
	size_t len;

	if (d->end == DELIVERY_DONE || d->reply.len == 0)
		return;
	match = meaning_of(count, &d->reply, row->traffic.provider);
	if (match->reply[0] != '4' && match->reply[0] != '5')
		return;
	like = (struct reply_count){
		.hour_s = row->traffic.hour_s,
		.span_s = HOUR_SECONDS,
		.provider = match->provider != NULL ? match->provider
						    : row->traffic.provider,
		.stream = row->traffic.stream,
		.key = match->row != NULL ? match->row->key : "unknown",
		.category = match->row != NULL ? match->row->category : "",
		.reply = match->reply,
		.identity = match->identity,
		.permanent = match->permanent,
		.slow_down = match->row != NULL && match->row->slow_down,
	};
	counted = rows_reply(&count->rows, domain, &like);
	counted->reply.count++;
	if (counted->reply.count > 1 && d->at_s < counted->reply.last_s)
		return;
	counted->reply.last_s = d->at_s;
	len = d->reply.len < SAMPLE_MOST ? d->reply.len : SAMPLE_MOST;
	memcpy(counted->sample, d->reply.at, len);
	counted->sample_len = len;
}

/* --- deliveries ----------------------------------------------------------- */

static const char *
stream_of(struct count *count, const struct span *ip)
{
	const char *last = count->last != NULL ? count->last->traffic.stream
					       : "";

	if (ip->len == 0)
		return "";
	if (strlen(last) == ip->len && memcmp(last, ip->at, ip->len) == 0)
		return last;
	return names_stream(&count->names, ip);
}

/* Its rows are of this flush, or none. */
static struct who *
who_is(struct count *count, const struct span *sender)
{
	struct who *who = whos_find(&count->whos, &count->names, sender);

	if (who->epoch != count->epoch) {
		who->epoch = count->epoch;
		who->row = NULL;
		memset(who->traffic, 0, sizeof(who->traffic));
	}
	return who;
}

static void
count_sender(struct count *count, int64_t domain, struct who *who,
    const struct delivery *d, const char *stream)
{
	char stem[SENDER_SIZE];
	struct sender_row *row = who->row;

	if (row == NULL || who->stream != stream) {
		sender_stem(d->sender.at, d->sender.len, stem);
		row = rows_sender(&count->rows, domain, stem, stream);
		who->row = row;
		who->stream = stream;
	}
	row->sender.count++;
	if (d->at_s < row->sender.first_s)
		row->sender.first_s = d->at_s;
	if (d->at_s > row->sender.last_s)
		row->sender.last_s = d->at_s;
}

/* Mostly it is that where this sender was counted last. */
static struct traffic_row *
traffic_row_of(struct count *count, struct who *who, int64_t domain,
    int64_t at_s, const struct host *host, const char *stream)
{
	struct traffic_row **last = &who->traffic[host->number % WHO_ROWS];
	struct traffic_row *row = *last;

	if (row == NULL || at_s < row->traffic.hour_s ||
	    at_s - row->traffic.hour_s >= HOUR_SECONDS ||
	    row->traffic.provider != host->provider ||
	    row->traffic.stream != stream)
		row = rows_traffic(&count->rows, domain,
		    at_s - at_s % HOUR_SECONDS, host->provider, stream);
	count->last = row;
	*last = row;
	return row;
}

static void
add_delivery(struct traffic_row *row, const struct delivery *d)
{
	struct traffic *t = &row->traffic;

	t->delivered += d->end == DELIVERY_DONE;
	t->deferred += d->end == DELIVERY_DEFERRED;
	t->bounced += d->end == DELIVERY_BOUNCED;
	if (d->end == DELIVERY_DONE) {
		t->tls += d->tls == TLS_USED;
		t->clear += d->tls == TLS_NONE;
	}
	if (d->end != DELIVERY_DEFERRED)
		t->minutes[(d->at_s - t->hour_s) / 60]++;
	row->first_s = d->at_s < row->first_s ? d->at_s : row->first_s;
	row->last_s = d->at_s > row->last_s ? d->at_s : row->last_s;
}

static void
take_delivery(void *arg, const struct delivery *d)
{
	struct count *count = arg;
	const struct host *host;
	struct traffic_row *row;
	struct who *who;
	const char *stream;
	int64_t domain;

	if (count->muted)
		return;
	host = names_host(&count->names, &d->relay_host);
	count->totals.attempts++;
	if (host->number < PROVIDERS_MOST)
		add_end(&count->providers[host->number], d->end);
	if (d->sender.at == NULL) {
		count->totals.unjoined++;
		return;
	}
	if (d->sender.len == 0) {
		count->totals.null_sender++;
		return;
	}
	who = who_is(count, &d->sender);
	if (who->domain == DOMAIN_NONE) {
		count_other(count, &d->sender, d->end);
		return;
	}
	if (d->at_s < 0)
		return;
	count->totals.watched++;
	domain = count->names.watched[who->domain].id;
	stream = stream_of(count, &d->source_ip);
	row = traffic_row_of(count, who, domain, d->at_s, host, stream);
	add_delivery(row, d);
	count_sender(count, domain, who, d, stream);
	count_reply(count, domain, d, row);
}

/* A key is at SELECTOR._domainkey.DOMAIN, so that only the very domain learns
 * from it. */
static void
take_selector(void *arg, struct span domain, struct span selector, int64_t at_s)
{
	struct count *count = arg;
	const struct zone *zone;
	char name[ORG_NAME_SIZE];
	int32_t index;

	if (count->muted || domain.len == 0 || selector.len == 0 ||
	    selector.len >= sizeof(name))
		return;
	zone = names_zone(&count->names, domain.at, domain.len);
	index = zone->domain;
	if (index == DOMAIN_NONE ||
	    strcmp(count->names.watched[index].name, zone->text) != 0)
		return;
	for (size_t i = 0; i < selector.len; i++)
		if (strchr("._-", selector.at[i]) == NULL &&
		    !((selector.at[i] | 32) >= 'a' &&
			(selector.at[i] | 32) <= 'z') &&
		    !(selector.at[i] >= '0' && selector.at[i] <= '9'))
			return;
	memcpy(name, selector.at, selector.len);
	name[selector.len] = '\0';
	text_lower(name);
	rows_learned(&count->rows, count->names.watched[index].id, "selector",
	    name, at_s, at_s);
}

static void
take_helo(void *arg, struct span ip, struct span name, int64_t at_s)
{
	struct count *count = arg;
	const char *address = names_stream(&count->names, &ip);
	char *said;

	(void)at_s;
	if (count->muted || address[0] == '\0' || name.len == 0 ||
	    name.len > HELO_SIZE)
		return;
	if (map_get(count->helos, address) == NULL &&
	    map_count(count->helos) >= HELOS_MOST)
		return;
	said = text_printable_dup(name.at, name.len, HELO_SIZE);
	free(map_put(count->helos, address, said));
}

void
count_sink(struct count *count, struct mta_sink *out)
{
	*out = (struct mta_sink){
		.delivery = take_delivery,
		.selector = take_selector,
		.helo = take_helo,
		.arg = count,
	};
}

void
count_mute(struct count *count, bool muted)
{
	count->muted = muted;
}

/* --- flushing ------------------------------------------------------------- */

size_t
count_rows(const struct count *count)
{
	return rows_count(&count->rows);
}

/* What sends is an address of ours: loopback is a filter's, no sender. */
static void
learn_stream(struct count *count, const struct traffic_row *row)
{
	const char *ip = row->traffic.stream, *special, *helo;
	struct address address;
	char *value;

	if (ip[0] == '\0' || !address_parse(ip, &address))
		return;
	special = address_special(&address);
	if (special != NULL &&
	    (strcmp(special, "loopback") == 0 ||
		strcmp(special, "unspecified") == 0))
		return;
	rows_learned(
	    &count->rows, row->domain, "ip", ip, row->first_s, row->last_s);
	helo = map_get(count->helos, ip);
	if (helo == NULL)
		return;
	value = mem_printf("%s %s", ip, helo);
	rows_learned(&count->rows, row->domain, "helo", value, row->first_s,
	    row->last_s);
	free(value);
}

enum status
count_flush(struct count *count, const struct count_ops *ops, void *arg,
    struct error *err)
{
	for (size_t i = 0; i < count->rows.traffic.cap; i++)
		if (count->rows.traffic.slots[i] != NULL)
			learn_stream(count, count->rows.traffic.slots[i]);
	return rows_flush(&count->rows, ops, arg, err);
}

void
count_forget(struct count *count)
{
	rows_forget(&count->rows);
	count->last = NULL;
	count->epoch++;
}
