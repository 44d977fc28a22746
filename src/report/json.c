/* JSON, schema sendtop/1: one document, a domain at a time. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "report/json_finding.h"
#include "report/report.h"
#include "sendtop/day.h"

#define JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(12))

static json_t *
day_json(int32_t day)
{
	char text[DAY_TEXT_SIZE];

	return day == DAY_NONE ? json_null() : json_string(day_text(text, day));
}

static json_t *
time_json(int64_t time_s)
{
	char text[TIME_TEXT_SIZE];

	return time_s == 0 ? json_null() : json_string(time_text(text, time_s));
}

/* JSON has no NaN: a number that is not there is null. */
static json_t *
number_json(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

static void
put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* A part of the document: its text without the braces round it. */
static void
dump(struct buf *out, json_t *value)
{
	char *text = json_dumps(value, JSON_FLAGS);

	buf_str(out, text != NULL ? text : "null");
	free(text);
	json_decref(value);
}

static json_t *
sources_json(const struct report_head *head)
{
	json_t *sources = json_object(), *list = json_array();
	size_t i;

	for (i = 0; i < head->resolver_count; i++)
		json_array_append_new(list, json_string(head->resolvers[i]));
	if (head->view != NULL) {
		put(sources, "postmaster",
		    json_pack("{s:o, s:o}", "newest_day",
			day_json(head->view->newest_day), "fetched_at",
			time_json(head->view->fetched_s)));
		if (head->view->postmaster_error[0] != '\0')
			put(json_object_get(sources, "postmaster"), "error",
			    json_string(head->view->postmaster_error));
		if (head->resolver_count == 0 &&
		    head->view->resolver[0] != '\0')
			json_array_append_new(
			    list, json_string(head->view->resolver));
	}
	put(sources, "resolver", list);
	return sources;
}

static void
begin(struct report *r, const struct report_head *head)
{
	char taken[TIME_TEXT_SIZE], as_of[DAY_TEXT_SIZE];
	struct buf text = { 0 };

	buf_printf(&text,
	    "{\"schema\":\"sendtop/1\",\"taken_at\":\"%s\","
	    "\"as_of\":\"%s\"",
	    time_text(taken, head->taken_s),
	    day_text(as_of,
		head->as_of == DAY_NONE ? day_of(head->taken_s) : head->as_of));
	buf_printf(&text, ",\"version\":\"%s\",\"sources\":", SENDTOP_VERSION);
	dump(&text, sources_json(head));
	buf_str(&text, head->lines ? ",\"domains\":[" : ",\n\"domains\":[");
	if (head->lines)
		r->line = buf_take(&text);
	else
		fwrite(text.data, 1, text.len, r->out);
	buf_free(&text);
}

/* "a, b, c" as a list of words. */
static json_t *
words_json(const char *text)
{
	json_t *list = json_array();
	const char *end;

	while (*text != '\0') {
		end = strstr(text, ", ");
		if (end == NULL)
			end = text + strlen(text);
		json_array_append_new(
		    list, json_stringn(text, (size_t)(end - text)));
		text = *end == '\0' ? end : end + 2;
	}
	return list;
}

static json_t *
reasons_json(const struct reasons *reasons)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < reasons->count; i++)
		json_array_append_new(
		    list, json_string(reasons->items[i].text));
	return list;
}

static json_t *
series_json(const struct history *h, enum metric metric, const char *key)
{
	json_t *list = json_array();
	double value;
	size_t i;

	for (i = 0; i < h->days; i++) {
		int32_t day = h->first_day + (int32_t)i;

		if (history_value(h, metric, day, &value) == DATA_VALUE)
			json_array_append_new(list,
			    json_pack("{s:o, s:f}", "day", day_json(day), key,
				value));
	}
	return list;
}

static json_t *
spam_json(const struct view *view)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	json_t *out = json_object();

	put(out, "band", json_string(spam_band_name(spam->band)));
	put(out, "data", json_string(data_state_name(spam->data)));
	put(out, "day", day_json(spam->day));
	put(out, "rate", number_json(spam->rate));
	put(out, "mean7", number_json(spam->mean7));
	put(out, "clean_days", json_integer(spam->clean_days));
	put(out, "mitigation", json_boolean(spam->mitigation));
	put(out, "since", day_json(spam->since));
	put(out, "series",
	    series_json(&view->history, METRIC_SPAM_RATE, "rate"));
	return out;
}

static json_t *
measures_json(const struct view *view)
{
	json_t *out = json_object(), *list;
	int m;

	for (m = METRIC_SPAM_RATE + 1; m < METRIC_COUNT; m++) {
		list = series_json(&view->history, (enum metric)m, "value");
		if (json_array_size(list) > 0)
			put(out, metric_row((enum metric)m)->name, list);
		else
			json_decref(list);
	}
	return out;
}

static json_t *
feedback_json(const struct history *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->feedback_count; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o, s:o}", "id", h->feedback[i].id,
			"by", h->feedback[i].by_dkim ? "dkim" : "from", "day",
			day_json(h->feedback[i].day), "rate",
			number_json(h->feedback[i].rate)));
	return list;
}

static json_t *
requirement_json(const struct requirement_judgement *r)
{
	json_t *why = json_array(), *out = json_object();
	size_t i;

	for (i = 0; i < r->why_count; i++)
		json_array_append_new(why, json_string(r->why[i]));
	put(out, "id", json_string(r->row->id));
	put(out, "audience", json_string(r->row->audience));
	put(out, "title", json_string(r->row->title));
	put(out, "verdict", json_string(verdict_name(r->verdict)));
	put(out, "ours", json_string(verdict_name(r->ours)));
	if (r->google[0] != '\0')
		put(out, "google", json_string(r->google));
	put(out, "why", why);
	put(out, "remedy", json_string(r->row->remedy));
	return out;
}

static json_t *
ramp_json(const struct ramp_judgement *ramp)
{
	static const char *const sources[] = {
		[VOLUME_NONE] = "none",
		[VOLUME_LOG] = "log",
		[VOLUME_TLS] = "tls",
		[VOLUME_ERRORS] = "errors",
	};
	json_t *out = json_object();

	put(out, "state", json_string(ramp_state_name(ramp->state)));
	put(out, "reasons", reasons_json(&ramp->reasons));
	put(out, "ceiling_tomorrow", number_json(ramp->ceiling));
	put(out, "day", day_json(ramp->day));
	put(out, "volume", number_json(ramp->volume));
	put(out, "volume_source", json_string(sources[ramp->source]));
	put(out, "base", number_json(ramp->base));
	put(out, "growth", number_json(ramp->growth));
	put(out, "cap", number_json(ramp->cap));
	put(out, "bulk", json_boolean(ramp->bulk));
	if (ramp->target > 0) {
		put(out, "target", number_json(ramp->target));
		put(out, "target_day", day_json(ramp->target_day));
	}
	return out;
}

/* What stands before a domain. */
static void
domain_begin(const struct report *r, struct buf *line)
{
	if (r->line != NULL)
		buf_str(line, r->line);
	else
		buf_str(line, r->domains > 0 ? ",\n" : "\n");
}

/* Ends an object that is open in `line` with the findings. */
static void
findings_put(struct report *r, struct buf *line, const struct finding *findings,
    size_t count)
{
	buf_str(line, ",\"findings\":");
	json_findings_add(line, findings, count);
	buf_str(line, r->line != NULL ? "}]}\n" : "}");
	fwrite(line->data, 1, line->len, r->out);
}

static void
write_view(struct report *r, const struct view *view)
{
	const struct standing *s = &view->standing;
	const struct judgements *j = &view->judgements;
	json_t *out = json_object(), *list = json_array();
	struct buf line = { 0 };
	char *text;
	size_t i;

	put(out, "name", json_string(view->domain.name));
	put(out, "poll", json_string(poll_state_name(view->domain.poll)));
	put(out, "standing",
	    json_pack("{s:s, s:o, s:o, s:s}", "state",
		standing_state_name(s->state), "since", time_json(s->since_s),
		"reasons", words_json(s->reasons), "why", s->why));
	put(out, "spam", spam_json(view));
	put(out, "measures", measures_json(view));
	put(out, "feedback", feedback_json(&view->history));
	for (i = 0; i < j->requirement_count; i++)
		json_array_append_new(
		    list, requirement_json(&j->requirements[i]));
	put(out, "requirements", list);
	put(out, "reputation",
	    json_pack("{s:s, s:o}", "estimate",
		reputation_name(j->reputation.estimate), "reasons",
		reasons_json(&j->reputation.reasons)));
	put(out, "ramp", ramp_json(&j->ramp));
	domain_begin(r, &line);
	/* All but the brace that closes it. */
	text = json_dumps(out, JSON_FLAGS);
	if (text != NULL)
		buf_add(&line, text, strlen(text) - 1);
	findings_put(
	    r, &line, view->history.findings, view->history.finding_count);
	buf_free(&line);
	free(text);
	json_decref(out);
}

static void
write_findings(struct report *r, const char *domain,
    const struct finding *findings, size_t count)
{
	r->text.len = 0;
	domain_begin(r, &r->text);
	buf_str(&r->text, "{\"name\":");
	json_text_add(&r->text, domain);
	findings_put(r, &r->text, findings, count);
}

static void
end(struct report *r)
{
	if (r->line == NULL)
		fputs("\n]}\n", r->out);
	free(r->line);
	buf_free(&r->text);
}

const struct report_ops report_json = {
	.name = "json",
	.begin = begin,
	.view = write_view,
	.findings = write_findings,
	.end = end,
};
