/* One thread that waits for pieces, and the caller's. */
/* SPDX-License-Identifier: MIT */
#include "pair.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "sendtop/mem.h"

struct pair {
	void (*work)(void *arg, uint64_t i, int who);
	void *arg;
	_Atomic uint64_t next, upto;      /* to be begun, and allowed */
	_Atomic uint64_t done[PAIR_MOST]; /* each i + 1 of a piece */
	_Atomic bool sleeps;              /* the thread, or is about to */
	bool threaded, ends;
	pthread_t thread;
	pthread_mutex_t lock; /* of ends, and of going to sleep */
	pthread_cond_t wake;
};

enum {
	LOOKS = 40000, /* less than a sleep and what wakes from it take */
};

static bool
has_more(struct pair *pair)
{
	return atomic_load(&pair->next) < atomic_load(&pair->upto);
}

static bool
do_one(struct pair *pair, int who)
{
	uint64_t i = atomic_load(&pair->next);

	do {
		if (i >= atomic_load(&pair->upto))
			return false;
	} while (!atomic_compare_exchange_weak(&pair->next, &i, i + 1));
	pair->work(pair->arg, i, who);
	atomic_store_explicit(
	    &pair->done[i % PAIR_MOST], i + 1, memory_order_release);
	return true;
}

/* More pieces mostly come at once. */
static bool
await_soon(struct pair *pair)
{
	for (int i = 0; i < LOOKS; i++)
		if (has_more(pair))
			return true;
	return false;
}

/* Returns false when it is to end. */
static bool
sleep_until_more(struct pair *pair)
{
	bool ends;

	pthread_mutex_lock(&pair->lock);
	atomic_store(&pair->sleeps, true);
	while (!has_more(pair) && !pair->ends)
		pthread_cond_wait(&pair->wake, &pair->lock);
	atomic_store(&pair->sleeps, false);
	ends = pair->ends && !has_more(pair);
	pthread_mutex_unlock(&pair->lock);
	return !ends;
}

static void *
run(void *arg)
{
	struct pair *pair = arg;

	do {
		while (do_one(pair, 1))
			;
	} while (await_soon(pair) || sleep_until_more(pair));
	return NULL;
}

/* Signals are the caller's. */
static bool
start(struct pair *pair)
{
	sigset_t all, before;
	bool ok;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = pthread_create(&pair->thread, NULL, run, pair) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

struct pair *
pair_new(void (*work)(void *arg, uint64_t i, int who), void *arg)
{
	struct pair *pair = mem_zero(1, sizeof(*pair));

	pair->work = work;
	pair->arg = arg;
	pthread_mutex_init(&pair->lock, NULL);
	pthread_cond_init(&pair->wake, NULL);
	pair->threaded = start(pair);
	return pair;
}

void
pair_free(struct pair *pair)
{
	if (pair == NULL)
		return;
	if (pair->threaded) {
		pthread_mutex_lock(&pair->lock);
		pair->ends = true;
		pthread_cond_signal(&pair->wake);
		pthread_mutex_unlock(&pair->lock);
		pthread_join(pair->thread, NULL);
	}
	pthread_cond_destroy(&pair->wake);
	pthread_mutex_destroy(&pair->lock);
	free(pair);
}

void
pair_allow(struct pair *pair, uint64_t upto)
{
	atomic_store(&pair->upto, upto);
	/* Either it sees that there is more, or this that it sleeps. */
	if (!atomic_load(&pair->sleeps))
		return;
	pthread_mutex_lock(&pair->lock);
	pthread_cond_signal(&pair->wake);
	pthread_mutex_unlock(&pair->lock);
}

void
pair_finish(struct pair *pair, uint64_t i)
{
	_Atomic uint64_t *done = &pair->done[i % PAIR_MOST];

	while (atomic_load_explicit(done, memory_order_acquire) <= i)
		if (!do_one(pair, 0))
			sched_yield();
}
