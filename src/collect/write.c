/* Writing to the store: short transactions, and what happens when it fails. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector.h"
#include "sendtop/day.h"
#include "sendtop/log.h"

enum { COMMIT_MS = 100, SHOW_MS = 500 };

/* A full pipe means that the screen has something to read already. */
static void
say(struct collector *c, int fd, const char *text)
{
	ssize_t n;

	if (fd < 0)
		return;
	n = write(fd, text, strlen(text));
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		loop_stop(c->loop);
}

void
tell(struct collector *c, const char *sentence)
{
	char line[ERROR_TEXT_SIZE + 2];

	log_write(LOG_LEVEL_WARN, "%s", sentence);
	snprintf(line, sizeof(line), "%s\n", sentence);
	say(c, c->o->say_fd, line);
}

void
write_failed(struct collector *c, const struct error *err)
{
	if (c->in_txn)
		store_rollback(c->store);
	c->in_txn = false;
	c->lost = *err;
	if (!c->told)
		tell(c, err->text);
	c->told = true;
}

bool
write_begin(struct collector *c)
{
	struct error err;

	if (c->in_txn)
		return true;
	if (store_begin(c->store, &err) != STATUS_OK) {
		write_failed(c, &err);
		return false;
	}
	c->in_txn = true;
	loop_timer_start(c->commit_timer, COMMIT_MS, 0);
	return true;
}

void
write_commit(struct collector *c)
{
	struct error err;

	if (!c->in_txn)
		return;
	if (store_commit(c->store, &err) != STATUS_OK) {
		write_failed(c, &err);
		return;
	}
	c->in_txn = false;
	c->told = false;
	say(c, c->o->news_fd, "n");
}

void
write_news(struct collector *c, const char *domain,
    const struct event_text *event, const char *check, const char *subject)
{
	const struct store_news news = {
		.event = { .at_s = clock_utc_s(),
		    .domain = domain,
		    .kind = event->kind,
		    .verdict = event->verdict,
		    .text = event->text },
		.check = check,
		.subject = subject,
		.begins = event->begins,
	};
	struct error err;

	if (write_begin(c) &&
	    store_news_add(c->store, &news, &err) != STATUS_OK)
		write_failed(c, &err);
}

void
write_event(
    struct collector *c, const char *domain, const struct event_text *event)
{
	write_news(c, domain, event, "", "");
}

void
write_changed(
    void *arg, const struct finding *before, const struct finding *after)
{
	struct changes *changes = arg;
	struct event_text event;
	const struct finding *either = after != NULL ? after : before;

	/* What was always fine, or what only a first look shows, is no news;
	 * nor is, for every domain, what this machine suffers from. */
	if (changes->silent || strcmp(either->check, "egress") == 0 ||
	    (before == NULL && after != NULL &&
		verdict_weight(after->verdict) <= verdict_weight(VERDICT_NOTE)))
		return;
	if (finding_event(before, after, &event))
		write_news(changes->c, changes->domain, &event, either->check,
		    either->subject);
}

void
show_work(struct collector *c, struct work *work, bool must)
{
	struct store_activity row = {
		.kind = work->kind,
		.done = work->done,
		.total = work->running ? work->total : 0,
		.since_s = work->since_s,
		.next_s = work->next_s,
		.beat_s = clock_utc_s(),
		.error = work->error,
		.error_s = work->error_s,
		.text = work->text,
	};
	struct error err;

	if (!must && loop_now_ms(c->loop) - work->shown_ms < SHOW_MS)
		return;
	work->shown_ms = loop_now_ms(c->loop);
	if (write_begin(c) &&
	    store_activity_set(c->store, &row, &err) != STATUS_OK)
		write_failed(c, &err);
}

void
end_request(struct collector *c, struct work *work, bool ok, const char *result)
{
	struct error err;

	if (work->request != 0 && write_begin(c) &&
	    store_request_set(c->store, work->request,
		ok ? REQUEST_DONE : REQUEST_FAILED, result, clock_utc_s(),
		&err) != STATUS_OK)
		write_failed(c, &err);
	work->request = 0;
	free(work->request_domain);
	work->request_domain = NULL;
}
