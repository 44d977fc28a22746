/* Parts of the JSON document: the ramp, the replies. */
/* SPDX-License-Identifier: MIT */
#include "report/json_part.h"

#include <math.h>
#include <stdlib.h>

#include "report/ramp.h"
#include "report/replies.h"
#include "sendtop/day.h"

json_t *
json_day(int32_t day)
{
	char text[DAY_TEXT_SIZE];

	return day == DAY_NONE ? json_null() : json_string(day_text(text, day));
}

json_t *
json_time(int64_t time_s)
{
	char text[TIME_TEXT_SIZE];

	return time_s == 0 ? json_null() : json_string(time_text(text, time_s));
}

json_t *
json_number(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

void
json_put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

json_t *
json_reasons(const struct reasons *reasons)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < reasons->count; i++)
		json_array_append_new(
		    list, json_string(reasons->items[i].text));
	return list;
}

/* --- the ramp --------------------------------------------------------------- */

static const char *
source_name(enum volume_source source)
{
	static const char *const names[] = {
		[VOLUME_NONE] = "none",
		[VOLUME_LOG] = "log",
		[VOLUME_TLS] = "tls",
		[VOLUME_ERRORS] = "errors",
	};

	return names[source];
}

static json_t *
slowdown_json(const struct slowdown *s)
{
	json_t *out = json_object();

	json_put(out, "provider", json_string(s->provider));
	json_put(out, "identity", json_string(s->identity));
	json_put(out, "key", json_string(s->key));
	json_put(out, "reply", json_string(s->reply));
	json_put(out, "count", json_integer(s->count));
	json_put(out, "last", json_time(s->last_s));
	json_put(out, "quiet_until", json_time(s->quiet_until_s));
	json_put(out, "connections", json_integer(s->connections));
	json_put(out, "next", json_time(s->next_s));
	return out;
}

static json_t *
slowdowns_json(const struct history *history)
{
	struct slowdown rows[SLOWDOWNS_MAX];
	size_t count = slowdowns_assess(history, rows, SLOWDOWNS_MAX), i;
	json_t *list = json_array();

	for (i = 0; i < count; i++)
		json_array_append_new(list, slowdown_json(&rows[i]));
	return list;
}

static json_t *
path_json(const struct history *history, const struct ramp_judgement *ramp)
{
	struct ramp_step *steps = mem_zero(REPORT_PATH_MAX, sizeof(*steps));
	size_t count = report_path(history, ramp, steps), i;
	json_t *list = json_array();

	for (i = 0; i < count; i++)
		json_array_append_new(list,
		    json_pack("{s:o, s:o}", "day", json_day(steps[i].day),
			"messages", json_number(steps[i].messages)));
	free(steps);
	return list;
}

json_t *
json_ramp(
    const struct history *history, const struct ramp_judgement *ramp, bool path)
{
	json_t *out = json_object();

	json_put(out, "state", json_string(ramp_state_name(ramp->state)));
	json_put(out, "reasons", json_reasons(&ramp->reasons));
	json_put(out, "ceiling_tomorrow", json_number(ramp->ceiling));
	json_put(out, "day", json_day(ramp->day));
	json_put(out, "volume", json_number(ramp->volume));
	json_put(out, "volume_source", json_string(source_name(ramp->source)));
	json_put(out, "base", json_number(ramp->base));
	json_put(out, "base_day", json_day(ramp->base_day));
	json_put(
	    out, "base_source", json_string(source_name(ramp->base_source)));
	json_put(out, "growth", json_number(ramp->growth));
	json_put(out, "week_growth", json_number(ramp->week_growth));
	json_put(out, "cap", json_number(ramp->cap));
	json_put(out, "bulk", json_boolean(ramp->bulk));
	if (history->configured != NULL && history->configured->step_count > 0)
		json_put(out, "plan_tomorrow", json_number(ramp->plan));
	if (ramp->target > 0) {
		json_put(out, "target", json_number(ramp->target));
		json_put(out, "target_day", json_day(ramp->target_day));
	}
	json_put(out, "slowdowns", slowdowns_json(history));
	if (path)
		json_put(out, "path", path_json(history, ramp));
	return out;
}

/* --- replies ---------------------------------------------------------------- */

json_t *
json_replies(const struct history *history)
{
	struct reply_total *totals;
	size_t count = report_replies(history, &totals), i;
	json_t *list = json_array(), *out;

	for (i = 0; i < count; i++) {
		const struct reply_count *r = totals[i].newest;

		out = json_object();
		json_put(out, "key", json_string(r->key));
		json_put(out, "reply", json_string(r->reply));
		json_put(out, "provider", json_string(r->provider));
		json_put(out, "identity", json_string(r->identity));
		json_put(out, "category", json_string(r->category));
		json_put(out, "permanent", json_boolean(r->permanent));
		json_put(out, "count", json_integer(totals[i].count));
		json_put(out, "last", json_time(r->last_s));
		json_put(out, "sample", json_string(r->sample));
		json_array_append_new(list, out);
	}
	free(totals);
	return list;
}
