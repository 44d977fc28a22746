/* What happened: in all domains, and to sendtop itself. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	TIME_WIDTH = 13,
	VERDICT_WIDTH = 8,
	DOMAIN_MOST = 40,
	DOMAIN_LEAST = 20,
	REQUESTS_SHOWN = 5,
	SHORT_WHILE_S = 3600, /* how long a request that ended is of interest */
};

/* One row of either kind. */
struct happened {
	int64_t at_s;
	enum role role;
	const char *word, *domain, *text;
};

static int
domain_width(const struct pane *pane)
{
	int w = pane->w / 4;

	if (w < DOMAIN_LEAST)
		return DOMAIN_LEAST;
	return w > DOMAIN_MOST ? DOMAIN_MOST : w;
}

static int
put_row(const struct pane *pane, int y, const struct happened *h)
{
	char when[TIME_TEXT_SIZE];
	int w = domain_width(pane), x;

	x = pane_fit(
	    pane, 1, y, TIME_WIDTH, ROLE_DIM, time_short(when, h->at_s));
	x = pane_fit(pane, x, y, VERDICT_WIDTH, h->role, h->word);
	/* What sendtop says of itself needs no name, but the room. */
	if (h->domain[0] != '\0')
		x = pane_fit(pane, x, y, w - 1, ROLE_STRONG, h->domain) + 1;
	return pane_wrap(pane, x, y, pane->w - x - 1, ROLE_PLAIN, h->text);
}

/* What was said here and what is in the store, newest first. */
static int
put_all(const struct pane *pane, int y, const struct model *model)
{
	size_t s = 0, e = 0;
	int start = y;

	while (s < model->said_count || e < model->event_count) {
		const struct said *said = s < model->said_count
		    ? &model->said[s]
		    : NULL;
		const struct store_event *event = e < model->event_count
		    ? &model->events[e]
		    : NULL;
		struct happened h;

		if (said != NULL &&
		    (event == NULL || said->at_s >= event->at_s)) {
			h = (struct happened){ said->at_s, said->role,
				said->role == ROLE_BAD ? "ERROR" : "said", "",
				said->text };
			s++;
		} else if (event != NULL) {
			h = (struct happened){ event->at_s,
				role_verdict(event->verdict),
				word_verdict(event->verdict), event->domain,
				event->text };
			e++;
		} else
			break;
		y += put_row(pane, y, &h);
	}
	return y - start;
}

static bool
is_news(const struct store_request *r, int64_t now_s)
{
	return r->ended_s == 0 || now_s - r->ended_s < SHORT_WHILE_S;
}

static int
put_requests(const struct pane *pane, int y, const struct model *model)
{
	static const char *const words[] = { "waits", "runs", "done",
		"FAILED" };
	int start = y;

	for (size_t i = 0; i < model->request_count && i < REQUESTS_SHOWN;
	     i++) {
		const struct store_request *r = &model->requests[i];
		char text[SENTENCE_SIZE];
		struct happened h = { r->asked_s,
			r->state == REQUEST_FAILED ? ROLE_BAD : ROLE_NOTE,
			words[r->state], r->domain, text };

		if (!is_news(r, model->now_s))
			continue;
		snprintf(text, sizeof(text), "%s%s%s",
		    request_kind_name(r->kind),
		    r->result[0] != '\0' ? ": " : "", r->result);
		y += put_row(pane, y, &h);
	}
	return y - start;
}

int
panel_events(const struct pane *pane, const struct model *model)
{
	int y = 0, rows;

	rows = put_requests(pane, 1, model);
	if (rows > 0) {
		pane_title(pane, 1, 0, pane->w - 2, "Asked of the collector");
		y = rows + 2;
	}
	pane_title(pane, 1, y++, pane->w - 2, "What happened (UTC)");
	rows = put_all(pane, y, model);
	if (rows == 0)
		rows = pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "Nothing has happened since sendtop first looked.");
	return y + rows;
}
