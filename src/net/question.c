/* DNS questions on their way: three queues and a list by age. */
/* SPDX-License-Identifier: MIT */
#include "net/question.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

enum {
	QUERY_USUAL = 104, /* octets of a query, room for them is reused */
	SPARE_MOST = 1024,
};

static void
fifo_push(struct fifo *fifo, struct question *q)
{
	q->next = NULL;
	if (fifo->head == NULL)
		fifo->tail = &fifo->head;
	*fifo->tail = q;
	fifo->tail = &q->next;
}

static struct question *
fifo_pop(struct fifo *fifo)
{
	struct question *q = fifo->head;

	if (q != NULL)
		fifo->head = q->next;
	return q;
}

static struct question *
question_new(struct questions *all, size_t len)
{
	struct question *q = all->spare;
	bool reusable = len <= QUERY_USUAL;

	if (reusable && q != NULL) {
		all->spare = q->next;
		all->spare_count--;
	} else {
		q = mem_alloc(sizeof(*q) + (reusable ? QUERY_USUAL : len));
	}
	memset(q, 0, sizeof(*q));
	q->all = all;
	q->reusable = reusable;
	return q;
}

/* There is as much of this as there are questions: it keeps the allocator, and
 * the processor's cache, out of it. */
static void
question_put_by(struct question *q)
{
	struct questions *all = q->all;

	if (!q->reusable || all->spare_count >= SPARE_MOST) {
		free(q);
		return;
	}
	q->next = all->spare;
	all->spare = q;
	all->spare_count++;
}

void
question_ask(struct questions *all, const char *name, enum dns_type type,
    bool unchecked, dns_done *done, void *arg)
{
	uint8_t query[DNSWIRE_QUERY_MAX];
	struct dnswire_name wire;
	struct question *q;
	size_t len = 0;
	bool ok = dnswire_name_parse(name, &wire);

	if (ok)
		len = dnswire_query(query, &wire, type);
	if (ok && unchecked)
		dnswire_query_unchecked(query);
	q = question_new(all, len);
	q->type = type;
	q->done = done;
	q->arg = arg;
	q->len = (uint16_t)len;
	all->counts.pending++;
	if (!ok) {
		question_fail(q, DNS_BAD_NAME);
		return;
	}
	memcpy(q->query, query, len);
	all->counts.asked++;
	fifo_push(&all->waiting, q);
}

void
question_name(const struct question *q, struct dnswire_name *out)
{
	out->len = (uint8_t)(q->len - DNSWIRE_HEADER - 4 - DNSWIRE_OPT);
	memcpy(out->octets, q->query + DNSWIRE_HEADER, out->len);
}

void
question_start(struct question *q, int64_t now_ms)
{
	struct questions *all = q->all;

	q->started_ms = now_ms;
	q->older = all->newest;
	if (all->newest != NULL)
		all->newest->newer = q;
	else
		all->oldest = q;
	all->newest = q;
}

void
question_again(struct question *q)
{
	fifo_push(&q->all->again, q);
}

static void
unlink_from_age(struct question *q)
{
	struct questions *all = q->all;

	if (q->older != NULL)
		q->older->newer = q->newer;
	else
		all->oldest = q->newer;
	if (q->newer != NULL)
		q->newer->older = q->older;
	else
		all->newest = q->older;
}

void
question_end(struct question *q, struct dns_answer *take)
{
	if (q->started_ms != 0)
		unlink_from_age(q);
	q->answer = take;
	q->ended = true;
	fifo_push(&q->all->ended, q);
}

void
question_fail(struct question *q, enum dns_outcome outcome)
{
	if (q->failed != DNS_OK)
		outcome = q->failed;
	if (outcome == DNS_TIMEOUT)
		q->all->counts.timeouts++;
	question_end(q, dns_answer_empty(outcome));
}

void
question_let_go(struct question *q)
{
	/* Before it is delivered, that will free it. */
	if (q->done == NULL)
		question_put_by(q);
}

struct question *
questions_peek(const struct questions *all)
{
	return all->again.head != NULL ? all->again.head : all->waiting.head;
}

struct question *
questions_pop(struct questions *all)
{
	return fifo_pop(all->again.head != NULL ? &all->again : &all->waiting);
}

void
questions_fail_waiting(struct questions *all, enum dns_outcome outcome)
{
	struct question *q;

	while ((q = fifo_pop(&all->waiting)) != NULL)
		question_fail(q, outcome);
}

void
questions_expire(struct questions *all, int64_t first_ms)
{
	struct question *q = all->oldest, *newer;

	for (; q != NULL && q->started_ms <= first_ms; q = newer) {
		newer = q->newer;
		if (q->channel != NULL)
			question_fail(q, DNS_TIMEOUT);
	}
}

/* Done with it; but a channel that still has it must find it. */
static void
question_free(struct question *q)
{
	q->done = NULL;
	q->answer = NULL;
	q->ended = true;
	if (q->channel == NULL)
		question_put_by(q);
}

void
questions_deliver(struct questions *all, const bool *stop)
{
	struct dns_answer *answer;
	struct question *q;
	dns_done *done;
	void *arg;

	while (!*stop && (q = fifo_pop(&all->ended)) != NULL) {
		answer = q->answer;
		done = q->done;
		arg = q->arg;
		question_free(q);
		all->counts.pending--;
		done(arg, answer);
	}
}

static void
fifo_drop(struct fifo *fifo)
{
	struct question *q;

	while ((q = fifo_pop(fifo)) != NULL) {
		free(q->answer);
		question_free(q);
	}
}

void
questions_drop(struct questions *all)
{
	struct question *q;

	/* Of those under way, some are in `again`, the others in a channel. */
	while ((q = all->oldest) != NULL) {
		unlink_from_age(q);
		q->started_ms = 0;
		if (q->channel != NULL)
			question_free(q);
	}
	fifo_drop(&all->waiting);
	fifo_drop(&all->again);
	fifo_drop(&all->ended);
}

void
questions_fini(struct questions *all)
{
	struct question *q;

	while ((q = all->spare) != NULL) {
		all->spare = q->next;
		free(q);
	}
	all->spare_count = 0;
}
