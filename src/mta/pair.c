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
	void (*work)(void *arg, size_t i, int who);
	void *arg;
	/* The round, how many pieces it has, and the next of them, in one:
	 * who comes late for a round takes none of another's. */
	_Atomic uint64_t next;
	_Atomic bool done[PAIR_MOST];
	bool threaded, ends;
	uint32_t round;
	pthread_t thread;
	pthread_mutex_t lock; /* of round and ends, for the other thread */
	pthread_cond_t wake;
};

enum {
	ROUND_BIT = 32,
	COUNT_BIT = 16,
	LOOKS = 40000, /* less than a sleep and what wakes from it take */
};

static bool
take(struct pair *pair, uint32_t round, size_t *i)
{
	uint64_t next = atomic_load(&pair->next);

	do {
		*i = (uint16_t)next;
		if (next >> ROUND_BIT != round ||
		    *i >= (uint16_t)(next >> COUNT_BIT))
			return false;
	} while (!atomic_compare_exchange_weak(&pair->next, &next, next + 1));
	return true;
}

static bool
do_one(struct pair *pair, uint32_t round, int who)
{
	size_t i;

	if (!take(pair, round, &i))
		return false;
	pair->work(pair->arg, i, who);
	atomic_store_explicit(&pair->done[i], true, memory_order_release);
	return true;
}

/* The next round mostly begins at once. */
static void
await_soon(struct pair *pair, uint32_t round)
{
	for (int i = 0; i < LOOKS; i++)
		if (atomic_load_explicit(&pair->next, memory_order_relaxed) >>
			ROUND_BIT !=
		    round)
			return;
}

static void *
run(void *arg)
{
	struct pair *pair = arg;
	uint32_t round = 0;

	for (;;) {
		await_soon(pair, round);
		pthread_mutex_lock(&pair->lock);
		while (pair->round == round && !pair->ends)
			pthread_cond_wait(&pair->wake, &pair->lock);
		round = pair->round;
		if (pair->ends) {
			pthread_mutex_unlock(&pair->lock);
			return NULL;
		}
		pthread_mutex_unlock(&pair->lock);
		while (do_one(pair, round, 1))
			;
	}
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
pair_new(void (*work)(void *arg, size_t i, int who), void *arg)
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
pair_begin(struct pair *pair, size_t count)
{
	uint32_t round = pair->round + 1;

	for (size_t i = 0; i < count; i++)
		atomic_store_explicit(
		    &pair->done[i], false, memory_order_relaxed);
	atomic_store(&pair->next,
	    (uint64_t)round << ROUND_BIT | (uint64_t)count << COUNT_BIT);
	pthread_mutex_lock(&pair->lock);
	pair->round = round;
	if (pair->threaded)
		pthread_cond_signal(&pair->wake);
	pthread_mutex_unlock(&pair->lock);
}

void
pair_finish(struct pair *pair, size_t i)
{
	while (!atomic_load_explicit(&pair->done[i], memory_order_acquire))
		if (!do_one(pair, pair->round, 0))
			sched_yield();
}
