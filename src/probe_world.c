/* Loop, resolver, prober and facts for one command. */
/* SPDX-License-Identifier: MIT */
#include "probe_world.h"

#include <stdlib.h>
#include <string.h>

enum status
probe_world_open(struct probe_world *world, const struct settings *settings,
    bool smtp, bool https, struct error *err)
{
	enum status status;

	memset(world, 0, sizeof(*world));
	world->facts = facts_new();
	status = loop_open(&world->loop, err);
	if (status == STATUS_OK)
		status = dns_open(world->loop, settings, &world->dns, err);
	if (status == STATUS_OK && smtp)
		status = smtp_open(world->loop, settings, &world->smtp, err);
	if (status == STATUS_OK && https)
		world->http = http_open(world->loop, settings->ca_file);
	if (status != STATUS_OK)
		probe_world_close(world);
	return status;
}

void
probe_world_hush(struct probe_world *world)
{
	smtp_close(world->smtp);
	world->smtp = NULL;
	dns_close(world->dns);
	world->dns = NULL;
}

void
probe_world_close(struct probe_world *world)
{
	http_close(world->http);
	probe_world_hush(world);
	facts_free(world->facts);
	loop_close(world->loop);
	memset(world, 0, sizeof(*world));
}

/* --- asking until a function has what it needs -------------------------------- */

struct asking {
	struct probe_world *world;
	struct loop_timer *turn;
	enum check_state (*run)(void *arg);
	void *arg;
	size_t asked;
};

struct question {
	struct asking *asking;
	enum dns_type type;
	char *name;
};

static void
got_answer(void *arg, struct dns_answer *take)
{
	struct question *q = arg;
	struct asking *asking = q->asking;

	facts_put_dns(asking->world->facts, q->name, q->type, take);
	free(q->name);
	free(q);
	if (--asking->asked == 0)
		loop_timer_start(asking->turn, 0, 0);
}

static void
turn(void *arg)
{
	struct asking *asking = arg;
	struct probe_world *world = asking->world;
	const struct fact_want *wants;
	struct question *q;
	size_t i, n;

	if (asking->run(asking->arg) == CHECK_DONE) {
		loop_stop(world->loop);
		return;
	}
	n = facts_wanted(world->facts, &wants);
	asking->asked += n;
	for (i = 0; i < n; i++) {
		q = mem_zero(1, sizeof(*q));
		q->asking = asking;
		q->type = wants[i].type;
		q->name = mem_dup(wants[i].name);
		dns_ask(world->dns, q->name, q->type, got_answer, q);
	}
}

void
probe_world_ask(struct probe_world *world, int64_t now_s,
    enum check_state (*run)(void *arg), void *arg)
{
	struct asking asking = { .world = world, .run = run, .arg = arg };

	facts_begin(world->facts, now_s);
	asking.turn = loop_timer_new(world->loop, turn, &asking);
	loop_timer_start(asking.turn, 0, 0);
	loop_run(world->loop);
	loop_timer_free(asking.turn);
}
