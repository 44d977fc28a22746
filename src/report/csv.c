/* CSV (RFC 4180): one row a fact, so that a spreadsheet can pivot it. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/replies.h"
#include "report/report.h"
#include "sendtop/day.h"

void
csv_cell(FILE *out, const char *text, const char *after)
{
	const char *p;

	fputc('"', out);
	/* The mark itself is marked, so that it can be taken off again. */
	if (strchr(CSV_MARKED, text[0]) != NULL && text[0] != '\0')
		fputc('\'', out);
	for (p = text; *p != '\0'; p++) {
		if (*p == '"')
			fputc('"', out);
		fputc(*p, out);
	}
	fprintf(out, "\"%s", after);
}

static void
row(struct report *r, const char *domain, const char *kind, const char *name,
    const char *subject, const char *day, const char *value,
    const char *verdict, const char *reason)
{
	const char *cells[] = { domain, kind, name, subject, day, value,
		verdict, reason };
	size_t i, n = sizeof(cells) / sizeof(cells[0]);

	for (i = 0; i < n; i++)
		csv_cell(r->out, cells[i], i + 1 < n ? "," : "\r\n");
}

static void
write_changes(struct report *r, const char *domain,
    const struct change *changes, size_t count)
{
	char at[TIME_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct change *c = &changes[i];

		row(r, domain, "change", c->kind,
		    c->name != NULL ? c->name : "",
		    c->at_s != 0 ? time_text(at, c->at_s) : "",
		    c->now != NULL ? c->now : "", verdict_name(c->verdict),
		    c->text);
	}
}

static void
begin(struct report *r, const struct report_head *head)
{
	fputs("domain,kind,name,subject,day,value,verdict,reason\r\n", r->out);
	write_changes(r, "", head->changes, head->change_count);
}

static void
write_findings(struct report *r, const char *domain,
    const struct finding *findings, size_t count)
{
	char since[TIME_TEXT_SIZE];
	size_t i;

	for (i = 0; i < count; i++)
		row(r, domain, "finding", findings[i].check,
		    findings[i].subject,
		    findings[i].first_seen_s != 0
			? time_text(since, findings[i].first_seen_s)
			: "",
		    "", verdict_name(findings[i].verdict), findings[i].reason);
}

static void
write_measure(struct report *r, const struct view *view, enum metric metric)
{
	const struct history *h = &view->history;
	char day_words[DAY_TEXT_SIZE], number[32];
	double value;
	size_t i;

	for (i = 0; i < h->days; i++) {
		int32_t day = h->first_day + (int32_t)i;

		if (history_value(h, metric, day, &value) != DATA_VALUE)
			continue;
		snprintf(number, sizeof(number), "%.12g", value);
		row(r, view->domain.name, "measure", metric_row(metric)->name,
		    "", day_text(day_words, day), number, "", "");
	}
}

static void
write_number(struct report *r, const struct view *view, const char *name,
    double value, const char *verdict, const char *reason)
{
	char number[32] = "";

	if (!isnan(value))
		snprintf(number, sizeof(number), "%.12g", value);
	row(r, view->domain.name, "judgement", name, "", "", number, verdict,
	    reason);
}

static void
write_replies(struct report *r, const struct view *view)
{
	char last[TIME_TEXT_SIZE], number[32], reason[64];
	struct reply_total *totals;
	size_t count = report_replies(&view->history, &totals), i;

	for (i = 0; i < count; i++) {
		const struct reply_count *reply = totals[i].newest;

		snprintf(
		    number, sizeof(number), "%lld", (long long)totals[i].count);
		snprintf(reason, sizeof(reason), "%s %s", reply->provider,
		    reply->reply);
		row(r, view->domain.name, "reply", reply->key, reply->identity,
		    time_text(last, reply->last_s), number,
		    reply->permanent ? "permanent" : "temporary", reason);
	}
	free(totals);
}

static void
write_view(struct report *r, const struct view *view)
{
	const struct judgements *j = &view->judgements;
	size_t i;
	int m;

	row(r, view->domain.name, "judgement", "standing", "", "", "",
	    standing_state_name(view->standing.state), view->standing.reasons);
	write_number(r, view, "spam", j->spam.rate,
	    spam_band_name(j->spam.band), data_state_name(j->spam.data));
	write_number(r, view, "ramp", j->ramp.ceiling,
	    ramp_state_name(j->ramp.state),
	    j->ramp.reasons.count > 0 ? j->ramp.reasons.items[0].text : "");
	write_number(r, view, "reputation", (double)NAN,
	    reputation_name(j->reputation.estimate),
	    j->reputation.reasons.count > 0
		? j->reputation.reasons.items[0].text
		: "");
	for (i = 0; i < j->requirement_count; i++)
		row(r, view->domain.name, "requirement",
		    j->requirements[i].row->id, "", "", "",
		    verdict_name(j->requirements[i].verdict),
		    j->requirements[i].why_count > 0
			? j->requirements[i].why[0]
			: j->requirements[i].google);
	write_findings(r, view->domain.name, view->history.findings,
	    view->history.finding_count);
	write_replies(r, view);
	write_changes(r, view->domain.name, view->changes, view->change_count);
	for (m = 0; m < METRIC_COUNT; m++)
		write_measure(r, view, (enum metric)m);
}

static void
end(struct report *r)
{
	(void)r;
}

const struct report_ops report_csv = {
	.name = "csv",
	.begin = begin,
	.view = write_view,
	.findings = write_findings,
	.end = end,
};
