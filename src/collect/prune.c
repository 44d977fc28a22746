/* Once a day the store forgets what is older than it is to keep. */
/* SPDX-License-Identifier: MIT */
#include "collector.h"
#include "sendtop/day.h"

/* A slice a turn. */
void
prune_turn(struct collector *c, int64_t now_s)
{
	struct error err;
	bool done = false;

	if (day_of(now_s) != c->pruned_day) {
		c->pruned_day = day_of(now_s);
		c->pruning = (struct store_pruning){
			.before_s = day_start(
			    day_of(now_s - c->settings->store_keep_s)),
		};
	} else if (c->pruning.before_s == 0) {
		return;
	}
	if (!write_begin(c))
		return;
	if (store_prune(c->store, &c->pruning, &done, &err) != STATUS_OK)
		write_failed(c, &err);
	/* After a failure it begins anew tomorrow. */
	if (done || !c->in_txn)
		c->pruning.before_s = 0;
}
