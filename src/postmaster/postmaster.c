/* Opening the API, and the list of domains. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "api.h"

enum {
	LIST_MAX = 200000, /* domains of one account */
	PAGES_MAX = 2000,
	BACK_OFF_FIRST_MS = 500,
	BACK_OFF_MAX_MS = 300000,
	TIMEOUT_MS = 60000,
};

/* One walk over all pages of domains.list. */
struct listing {
	struct listing *next, *prev;
	struct postmaster *pm;
	struct arena *arena;
	struct postmaster_domain *domains;
	size_t count, cap, pages;
	const char *page; /* token of the page asked for; from the arena */
	postmaster_domains_done *done;
	void *arg;
};

enum status
postmaster_open(struct loop *loop, struct http *http,
    const struct settings *settings, struct postmaster **out, struct error *err)
{
	struct postmaster *pm = mem_zero(1, sizeof(*pm));
	struct buf definitions = { 0 };
	enum status status;
	size_t len;

	status = oauth_open(http, settings->credentials, &pm->oauth, err);
	if (status != STATUS_OK) {
		free(pm);
		return status;
	}
	pm->loop = loop;
	pm->http = http;
	pm->pace.first_ms = BACK_OFF_FIRST_MS;
	pm->pace.longest_ms = BACK_OFF_MAX_MS;
	pm->pace.second_ms = 1000;
	pm->pace.timeout_ms = TIMEOUT_MS;
	pm->endpoint = mem_dup(settings->endpoint);
	for (len = strlen(pm->endpoint);
	     len > 0 && pm->endpoint[len - 1] == '/'; len--)
		pm->endpoint[len - 1] = '\0';
	body_definitions(&definitions);
	pm->definitions = buf_take(&definitions);
	*out = pm;
	return STATUS_OK;
}

static void
listing_unlink(struct listing *listing)
{
	if (listing->prev != NULL)
		listing->prev->next = listing->next;
	else
		listing->pm->listings = listing->next;
	if (listing->next != NULL)
		listing->next->prev = listing->prev;
}

static void
listing_free(struct listing *listing)
{
	free(listing->domains);
	arena_free(listing->arena);
	free(listing);
}

void
postmaster_close(struct postmaster *postmaster)
{
	struct listing *listing;

	if (postmaster == NULL)
		return;
	oauth_close(postmaster->oauth);
	calls_drop(postmaster);
	queries_drop(postmaster);
	while ((listing = postmaster->listings) != NULL) {
		listing_unlink(listing);
		listing_free(listing);
	}
	free(postmaster->endpoint);
	free(postmaster->definitions);
	free(postmaster);
}

/* The listing is unlinked first: its owner may close everything. */
static void
listing_end(struct listing *listing, const struct error *err)
{
	listing_unlink(listing);
	listing->done(listing->arg, err == NULL ? listing->domains : NULL,
	    err == NULL ? listing->count : 0, err);
	listing_free(listing);
}

static void got_page(void *arg, const struct call_result *result);

static void
ask_page(struct listing *listing)
{
	struct buf path = { 0 };

	buf_str(&path, "/v2/domains?pageSize=200");
	if (listing->page != NULL) {
		buf_str(&path, "&pageToken=");
		http_escape(&path, listing->page);
	}
	call_start(listing->pm, path.data, NULL, CALL_TRIES, got_page, listing);
	buf_free(&path);
}

/* Google may send empty pages; but not for ever, nor one token twice. */
static enum status
take_page(
    struct listing *listing, const struct domain_page *page, struct error *err)
{
	size_t i;

	for (i = 0; i < page->count; i++) {
		listing->domains = mem_grow(listing->domains, listing->count,
		    &listing->cap, sizeof(*listing->domains));
		listing->domains[listing->count++] = page->domains[i];
	}
	if (page->next != NULL &&
	    (++listing->pages >= PAGES_MAX || listing->count > LIST_MAX ||
		(listing->page != NULL &&
		    strcmp(listing->page, page->next) == 0)))
		return error_set(err, STATUS_PARSE,
		    "Postmaster's list of domains never ends (%zu so far)",
		    listing->count);
	listing->page = page->next;
	return STATUS_OK;
}

static void
got_page(void *arg, const struct call_result *result)
{
	struct listing *listing = arg;
	struct domain_page page;
	struct error err = result->error;

	if (result->failure != API_FINE ||
	    parse_domains(result->body, result->len, listing->arena, &page,
		&err) != STATUS_OK ||
	    take_page(listing, &page, &err) != STATUS_OK)
		listing_end(listing, &err);
	else if (listing->page != NULL)
		ask_page(listing);
	else
		listing_end(listing, NULL);
}

void
postmaster_domains(
    struct postmaster *postmaster, postmaster_domains_done *done, void *arg)
{
	struct listing *listing = mem_zero(1, sizeof(*listing));

	listing->pm = postmaster;
	listing->arena = arena_new();
	listing->done = done;
	listing->arg = arg;
	listing->next = postmaster->listings;
	if (listing->next != NULL)
		listing->next->prev = listing;
	postmaster->listings = listing;
	ask_page(listing);
}

void
postmaster_counts(
    const struct postmaster *postmaster, struct postmaster_counts *out)
{
	*out = postmaster->counts;
}
