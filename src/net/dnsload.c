/* How many questions a resolver on this machine is given at a time.  Pure. */
/* SPDX-License-Identifier: MIT */
#include "net/dnsload.h"

#include <string.h>

enum {
	SPAN_US = 8000,
	PARALLEL_MIN = 64, /* of fewer, half would be few */
	RATE_MIN = 8000,   /* answers in a second of one that is busy */
	ENOUGH_US = 1500,  /* of work, while it waits for the next questions */
	SLOW_MAX = 2,      /* one may be another program's doing */
	PAUSE_FIRST = 8,
	PAUSE_MOST = 128, /* about a second */
};

void
dnsload_init(struct dnsload *load, unsigned parallel, bool local)
{
	memset(load, 0, sizeof(*load));
	load->parallel = load->limit = parallel;
	load->tries = local && parallel >= PARALLEL_MIN;
	load->pause = PAUSE_FIRST;
}

static void
span_begin(struct dnsload *load, int64_t now_us)
{
	load->since_us = now_us;
	load->answers = 0;
}

/* Whether half of the questions keep one busy that answers so quickly. */
static bool
half_is_enough(const struct dnsload *load, int64_t rate)
{
	return rate * ENOUGH_US <= (int64_t)(load->parallel / 2) * 1000000;
}

static void
look_at_all(struct dnsload *load, int64_t rate)
{
	if (rate < RATE_MIN || !half_is_enough(load, rate)) {
		load->full = 0;
		return;
	}
	load->full = load->full == 0 ? rate : (load->full + rate) / 2;
	if (load->rests > 0) {
		load->rests--;
		return;
	}
	load->limit = load->parallel / 2;
	load->slow = 0;
}

static void
look_at_half(struct dnsload *load, int64_t rate)
{
	if (!half_is_enough(load, rate)) {
		load->limit = load->parallel;
		return;
	}
	if (rate * 8 >= load->full * 7) {
		load->slow = 0;
		return;
	}
	if (++load->slow < SLOW_MAX)
		return;
	load->limit = load->parallel;
	load->rests = load->pause;
	if (load->pause < PAUSE_MOST)
		load->pause *= 2;
}

void
dnsload_note(
    struct dnsload *load, int64_t now_us, unsigned answers, unsigned under_way)
{
	int64_t took_us = now_us - load->since_us, rate;

	if (!load->tries)
		return;
	load->answers += answers;
	/* With so few left to ask, the rate tells nothing. */
	if (under_way < load->limit / 2) {
		load->limit = load->parallel;
		span_begin(load, now_us);
		return;
	}
	if (took_us < SPAN_US)
		return;
	rate = (int64_t)load->answers * 1000000 / took_us;
	if (load->limit == load->parallel)
		look_at_all(load, rate);
	else
		look_at_half(load, rate);
	span_begin(load, now_us);
}
