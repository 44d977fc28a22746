/* JSON, schema sendtop/1: one document, a domain at a time. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "report/json_finding.h"
#include "report/json_part.h"
#include "report/report.h"
#include "sendtop/day.h"

#define JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(12))

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
		json_put(sources, "postmaster",
		    json_pack("{s:o, s:o}", "newest_day",
			json_day(head->view->newest_day), "fetched_at",
			json_time(head->view->fetched_s)));
		if (head->view->postmaster_error[0] != '\0')
			json_put(json_object_get(sources, "postmaster"),
			    "error", json_string(head->view->postmaster_error));
		if (head->resolver_count == 0 &&
		    head->view->resolver[0] != '\0')
			json_array_append_new(
			    list, json_string(head->view->resolver));
	}
	json_put(sources, "resolver", list);
	return sources;
}

static json_t *
text_or_null(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

static json_t *
changes_json(const struct change *changes, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct change *c = &changes[i];
		json_t *out = json_object();

		json_put(out, "kind", json_string(c->kind));
		json_put(out, "at", json_time(c->at_s));
		json_put(out, "verdict", json_string(verdict_name(c->verdict)));
		json_put(out, "small", json_boolean(c->small));
		json_put(out, "text", json_string(c->text));
		json_put(out, "name", text_or_null(c->name));
		json_put(out, "then", text_or_null(c->then));
		json_put(out, "now", text_or_null(c->now));
		json_array_append_new(list, out);
	}
	return list;
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
	if (head->since != 0)
		buf_printf(
		    &text, ",\"since\":\"%s\"", day_text(as_of, head->since));
	if (head->changes != NULL) {
		buf_str(&text, ",\"changes\":");
		dump(&text, changes_json(head->changes, head->change_count));
	}
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
series_json(const struct history *h, enum metric metric, const char *key)
{
	json_t *list = json_array();
	double value;
	size_t i;

	for (i = 0; i < h->days; i++) {
		int32_t day = h->first_day + (int32_t)i;

		if (history_value(h, metric, day, &value) == DATA_VALUE)
			json_array_append_new(list,
			    json_pack("{s:o, s:f}", "day", json_day(day), key,
				value));
	}
	return list;
}

static json_t *
spam_json(const struct view *view)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	json_t *out = json_object();

	json_put(out, "band", json_string(spam_band_name(spam->band)));
	json_put(out, "data", json_string(data_state_name(spam->data)));
	json_put(out, "day", json_day(spam->day));
	json_put(out, "rate", json_number(spam->rate));
	json_put(out, "mean7", json_number(spam->mean7));
	json_put(out, "clean_days", json_integer(spam->clean_days));
	json_put(out, "mitigation", json_boolean(spam->mitigation));
	json_put(out, "since", json_day(spam->since));
	json_put(out, "series",
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
			json_put(out, metric_row((enum metric)m)->name, list);
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
			json_day(h->feedback[i].day), "rate",
			json_number(h->feedback[i].rate)));
	return list;
}

static json_t *
requirement_json(const struct requirement_judgement *r)
{
	json_t *why = json_array(), *out = json_object();
	size_t i;

	for (i = 0; i < r->why_count; i++)
		json_array_append_new(why, json_string(r->why[i]));
	json_put(out, "id", json_string(r->row->id));
	json_put(out, "audience", json_string(r->row->audience));
	json_put(out, "title", json_string(r->row->title));
	json_put(out, "verdict", json_string(verdict_name(r->verdict)));
	json_put(out, "ours", json_string(verdict_name(r->ours)));
	if (r->google[0] != '\0')
		json_put(out, "google", json_string(r->google));
	json_put(out, "why", why);
	json_put(out, "remedy", json_string(r->row->remedy));
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

	json_put(out, "name", json_string(view->domain.name));
	json_put(out, "poll", json_string(poll_state_name(view->domain.poll)));
	json_put(out, "standing",
	    json_pack("{s:s, s:o, s:o, s:s}", "state",
		standing_state_name(s->state), "since", json_time(s->since_s),
		"reasons", words_json(s->reasons), "why", s->why));
	json_put(out, "spam", spam_json(view));
	json_put(out, "measures", measures_json(view));
	json_put(out, "feedback", feedback_json(&view->history));
	for (i = 0; i < j->requirement_count; i++)
		json_array_append_new(
		    list, requirement_json(&j->requirements[i]));
	json_put(out, "requirements", list);
	json_put(out, "reputation",
	    json_pack("{s:s, s:o}", "estimate",
		reputation_name(j->reputation.estimate), "reasons",
		json_reasons(&j->reputation.reasons)));
	json_put(out, "ramp", json_ramp(&view->history, &j->ramp, false));
	json_put(out, "replies", json_replies(&view->history));
	if (view->changes != NULL)
		json_put(out, "changes",
		    changes_json(view->changes, view->change_count));
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

void
json_ramp_document(
    FILE *out, const struct report_head *head, const struct view *view)
{
	struct report r = { .ops = &report_json, .out = out };
	json_t *domain = json_object();
	struct buf line = { 0 };

	begin(&r, head);
	domain_begin(&r, &line);
	json_put(domain, "name", json_string(view->domain.name));
	json_put(domain, "ramp",
	    json_ramp(&view->history, &view->judgements.ramp, true));
	dump(&line, domain);
	if (r.line != NULL)
		buf_str(&line, "]}\n");
	fwrite(line.data, 1, line.len, out);
	buf_free(&line);
	end(&r);
}

const struct report_ops report_json = {
	.name = "json",
	.begin = begin,
	.view = write_view,
	.findings = write_findings,
	.end = end,
};
