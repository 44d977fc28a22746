/* The way from here to a target, a day at a time. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "ramp.h"
#include "sendtop/day.h"

/* Where the path stands. */
struct path {
	struct ramp *ramp; /* whose volumes it writes to, behind today */
	bool clean;        /* it began in go: the base is the present one */
	double target;     /* 0 none */
	int32_t day;
	double messages;
	double reach; /* the most of any of its days */
};

static void
stand(struct path *path, double messages)
{
	struct ramp *ramp = path->ramp;

	path->messages = messages;
	path->reach = fmax(path->reach, messages);
	ramp->volumes[path->day - ramp->h->first_day] = messages;
}

/* False when there is none: stopped, or nothing is known. */
static bool
begin(struct path *path, struct ramp *ramp, double target)
{
	const struct ramp_judgement *out = ramp->out;

	*path = (struct path){
		.ramp = ramp,
		.clean = out->state == RAMP_GO,
		.target = target,
		.day = ramp->h->today + 1,
	};
	if (out->state == RAMP_STOP || isnan(out->ceiling) ||
	    ramp->days <= PATH_DAYS)
		return false;
	/* Nothing tomorrow grows into nothing, unless a plan begins later. */
	if (out->ceiling < 1 && isnan(out->plan))
		return false;
	stand(path, out->ceiling);
	return true;
}

static bool
is_there(const struct path *path)
{
	return path->target > 0 && path->messages >= path->target;
}

/* The next day at what will be its ceiling when all goes well.  Who had to go
 * back begins there anew: volumes before that license nothing. */
static void
advance(struct path *path)
{
	const struct ramp *ramp = path->ramp;
	double base, messages, plan;

	path->day++;
	base = ramp_base(ramp, path->day, NULL);
	if (isnan(base))
		base = ramp->set->small_volume;
	if (!path->clean && path->reach >= 1)
		base = fmin(base, path->reach);
	messages = fmin(base * ramp_cap(ramp, path->day - 1, base),
	    fmax(ramp_week_room(ramp, path->day, true), path->messages));
	plan = ramp_plan(ramp, path->day);
	if (!isnan(plan))
		messages = fmin(messages, plan);
	if (path->target > 0)
		messages = fmin(messages, path->target);
	stand(path, floor(messages));
}

int32_t
ramp_path_end(struct ramp *ramp)
{
	struct path path;
	int i;

	if (ramp->out->target <= 0 || !begin(&path, ramp, ramp->out->target))
		return DAY_NONE;
	for (i = 1; i < PATH_DAYS && !is_there(&path); i++)
		advance(&path);
	return is_there(&path) ? path.day : DAY_NONE;
}

size_t
ramp_path(const struct history *history, const struct ramp_judgement *judgement,
    double target, struct ramp_step *out, size_t max)
{
	struct ramp_judgement copy = *judgement;
	struct ramp ramp;
	struct path path;
	size_t count = 0;

	if (max > PATH_DAYS)
		max = PATH_DAYS;
	ramp_open(&ramp, history, PATH_DAYS, &copy);
	ramp_note_begun(&ramp);
	if (max > 0 && begin(&path, &ramp, target)) {
		for (;;) {
			out[count++] = (struct ramp_step){ path.day,
				path.messages };
			if (count == max || is_there(&path))
				break;
			advance(&path);
		}
	}
	ramp_close(&ramp);
	return count;
}
