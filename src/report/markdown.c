/* Markdown for chat and tickets: what is wrong, where, since when, what now. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "report/replies.h"
#include "report/report.h"
#include "sendtop/day.h"
#include "sendtop/paste.h"
#include "sendtop/text.h"

#define FENCE "```"

enum { WIDTH = 80 };

/* Text from outside must not become markup. */
static void
plain(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_[]<>|#!~", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* Graver ones stand out; what has no time of its own is then -> now. */
static void
write_change(struct report *r, const struct change *c)
{
	bool grave = c->verdict == VERDICT_FAIL || c->verdict == VERDICT_WARN;
	char at[TIME_TEXT_SIZE];

	fputs("- ", r->out);
	if (c->at_s != 0)
		fprintf(r->out, "%s ", time_short(at, c->at_s));
	if (grave)
		fprintf(r->out, "**%s** ", verdict_name(c->verdict));
	if (strcmp(c->kind, "note") == 0)
		fputs("note: ", r->out);
	if (c->name != NULL) {
		plain(r->out, c->name);
		fputs(": ", r->out);
		plain(r->out, c->then);
		fputs(" -> ", r->out);
		plain(r->out, c->now);
	} else
		plain(r->out, c->text);
	fputc('\n', r->out);
}

static void
write_changes(struct report *r, const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write_change(r, &changes[i]);
	if (count > 0)
		fputc('\n', r->out);
}

static void
begin(struct report *r, const struct report_head *head)
{
	char at[TIME_TEXT_SIZE], day[DAY_TEXT_SIZE];
	size_t i;

	fprintf(r->out, "# sendtop %s, %s\n\n", SENDTOP_VERSION,
	    time_text(at, head->taken_s));
	if (head->as_of != DAY_NONE)
		fprintf(r->out, "As of the end of %s (UTC).\n\n",
		    day_text(day, head->as_of));
	if (head->view != NULL && head->view->newest_day != DAY_NONE)
		fprintf(r->out, "Postmaster data to %s (D-%d)",
		    day_text(day, head->view->newest_day),
		    (int)(day_of(head->taken_s) - head->view->newest_day));
	else
		fputs("No Postmaster data", r->out);
	for (i = 0; i < head->resolver_count; i++)
		fprintf(r->out, "%s%s", i == 0 ? "; resolver " : ", ",
		    head->resolvers[i]);
	if (head->resolver_count == 0 && head->view != NULL &&
	    head->view->resolver[0] != '\0')
		fprintf(r->out, "; resolver %s", head->view->resolver);
	fputs(".\n\n", r->out);
	r->since = head->since;
	if (head->since != 0)
		fprintf(r->out, "What changed since %s 00:00 UTC.\n\n",
		    day_text(day, head->since));
	if (head->change_count > 0)
		fputs("## All domains\n\n", r->out);
	write_changes(r, head->changes, head->change_count);
}

static bool
has_cure(const struct finding *f, bool record)
{
	return f->verdict == VERDICT_FAIL && f->cure[0] != '\0' &&
	    paste_is_record(f->cure) == record;
}

/* As lines of a master file, which a fence leaves as they are.  None of them
 * can end it: that would be a line of nothing but its signs. */
static void
write_records(struct report *r, const struct finding *findings, size_t count)
{
	size_t shown = 0, i;
	char *lines;

	for (i = 0; i < count; i++) {
		if (!has_cure(&findings[i], true))
			continue;
		if (shown++ == 0)
			fputs("To publish:\n\n" FENCE "\n", r->out);
		lines = paste_lines(findings[i].cure, WIDTH);
		fputs(lines, r->out);
		free(lines);
	}
	if (shown > 0)
		fputs(FENCE "\n\n", r->out);
}

static void
write_remedies(struct report *r, const struct finding *findings, size_t count)
{
	size_t shown = 0, i;

	for (i = 0; i < count; i++) {
		if (!has_cure(&findings[i], false))
			continue;
		if (shown++ == 0)
			fputs("To do:\n\n", r->out);
		fputs("- ", r->out);
		plain(r->out, findings[i].cure);
		fputc('\n', r->out);
	}
	if (shown > 0)
		fputc('\n', r->out);
}

static void
write_findings_table(
    struct report *r, const struct finding *findings, size_t count)
{
	char since[TIME_TEXT_SIZE];
	size_t i, shown = 0;

	for (i = 0; i < count; i++) {
		const struct finding *f = &findings[i];

		if (f->verdict == VERDICT_PASS || f->verdict == VERDICT_SKIP)
			continue;
		if (shown++ == 0)
			fputs("| verdict | check | subject | reason | since "
			      "|\n|---|---|---|---|---|\n",
			    r->out);
		fprintf(
		    r->out, "| %s | %s | ", verdict_name(f->verdict), f->check);
		plain(r->out, f->subject);
		fputs(" | ", r->out);
		plain(r->out, f->reason);
		if (f->detail[0] != '\0') {
			fputs(": ", r->out);
			plain(r->out, f->detail);
		}
		fprintf(r->out, " | %s |\n",
		    f->first_seen_s != 0 ? time_short(since, f->first_seen_s)
					 : "-");
	}
	if (shown == 0)
		fputs("All findings pass.\n", r->out);
	fputc('\n', r->out);
	write_records(r, findings, count);
	write_remedies(r, findings, count);
}

static void
write_findings(struct report *r, const char *domain,
    const struct finding *findings, size_t count)
{
	fputs("## ", r->out);
	plain(r->out, domain);
	fputs("\n\n", r->out);
	write_findings_table(r, findings, count);
}

static void
write_reasons(struct report *r, const char *what, const char *state,
    const struct reasons *reasons)
{
	size_t i;

	fprintf(r->out, "- %s: **%s**", what, state);
	for (i = 0; i < reasons->count && i < 4; i++) {
		fputs(i == 0 ? " (" : "; ", r->out);
		plain(r->out, reasons->items[i].text);
	}
	fputs(reasons->count > 0 ? ")\n" : "\n", r->out);
}

static void
write_spam(struct report *r, const struct view *view)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	char rate[24], mean[24], day[DAY_TEXT_SIZE], since[DAY_TEXT_SIZE];

	if (spam->day == DAY_NONE || isnan(spam->rate)) {
		fprintf(r->out, "- spam rate: no number (%s)\n",
		    data_state_words(spam->data));
		return;
	}
	fprintf(r->out, "- spam rate: **%s %%** on %s (%s",
	    text_percent(rate, sizeof(rate), spam->rate),
	    day_short(day, spam->day), spam_band_name(spam->band));
	if (spam->since != DAY_NONE)
		fprintf(r->out, " since %s", day_short(since, spam->since));
	fprintf(r->out, "), 7-day mean %s %%, %d of 7 clean days\n",
	    text_percent(mean, sizeof(mean), spam->mean7), spam->clean_days);
}

enum { REPLIES_SHOWN = 10 };

static void
write_replies(struct report *r, const struct view *view)
{
	char last[TIME_TEXT_SIZE];
	struct reply_total *totals;
	size_t count = report_replies(&view->history, &totals), i;

	if (count > 0)
		fputs("| replies | from | reply | meaning | of | last "
		      "|\n|---|---|---|---|---|---|\n",
		    r->out);
	for (i = 0; i < count && i < REPLIES_SHOWN; i++) {
		const struct reply_count *reply = totals[i].newest;

		fprintf(r->out, "| %lld | ", (long long)totals[i].count);
		plain(r->out, reply->provider);
		fputs(" | ", r->out);
		plain(r->out, reply->reply);
		fputs(" | ", r->out);
		plain(r->out, reply->key);
		fputs(" | ", r->out);
		plain(r->out, reply->identity);
		fprintf(r->out, " | %s |\n", time_short(last, reply->last_s));
	}
	if (count > REPLIES_SHOWN)
		fprintf(r->out, "\nand %zu more kinds of replies.\n",
		    count - REPLIES_SHOWN);
	if (count > 0)
		fputc('\n', r->out);
	free(totals);
}

static void
write_slowdowns(struct report *r, const struct view *view)
{
	struct slowdown rows[SLOWDOWNS_MAX];
	size_t count = slowdowns_assess(&view->history, rows, SLOWDOWNS_MAX), i;
	char when[TIME_TEXT_SIZE];

	for (i = 0; i < count; i++) {
		fputs("- limited: ", r->out);
		plain(r->out, rows[i].provider);
		fprintf(r->out, " %s, %lld time%s in 24 h, ", rows[i].reply,
		    (long long)rows[i].count, rows[i].count == 1 ? "" : "s");
		plain(r->out,
		    rows[i].identity[0] != '\0' ? rows[i].identity
						: "it names nobody");
		if (rows[i].connections == 0)
			fprintf(r->out, "; silence until %s UTC\n",
			    time_short(
				when, time_minute_up(rows[i].quiet_until_s)));
		else if (rows[i].next_s == 0)
			fputs("; over\n", r->out);
		else
			fprintf(r->out, "; at most %d connection%s\n",
			    rows[i].connections,
			    rows[i].connections == 1 ? "" : "s");
	}
}

enum { QUIET_TOLD = 30 };

static bool
is_quiet(const struct view *view)
{
	for (size_t i = 0; i < view->change_count; i++)
		if (!view->changes[i].small)
			return false;
	return true;
}

static void
quiet_add(struct report *r, const char *name)
{
	if (r->quiet_count++ < QUIET_TOLD)
		buf_printf(
		    &r->quiet, "%s%s", r->quiet_count > 1 ? ", " : "", name);
}

static void
quiet_put(struct report *r)
{
	char day[DAY_TEXT_SIZE];

	if (r->quiet_count == 0)
		return;
	fprintf(r->out, "Nothing changed since %s 00:00 UTC at %zu domain%s: ",
	    day_text(day, r->since), r->quiet_count,
	    r->quiet_count == 1 ? "" : "s");
	plain(r->out, r->quiet.data);
	if (r->quiet_count > QUIET_TOLD)
		fprintf(r->out, " and %zu more", r->quiet_count - QUIET_TOLD);
	fputs(".\n", r->out);
}

static void
write_compared(struct report *r, const struct view *view)
{
	if (is_quiet(view)) {
		quiet_add(r, view->domain.name);
		return;
	}
	fputs("## ", r->out);
	plain(r->out, view->domain.name);
	fprintf(r->out, ": %s\n\n", standing_state_name(view->standing.state));
	if (view->standing.why[0] != '\0') {
		plain(r->out, view->standing.why);
		fputs("\n\n", r->out);
	}
	write_changes(r, view->changes, view->change_count);
}

static void
write_whole(struct report *r, const struct view *view)
{
	const struct judgements *j = &view->judgements;
	char count[24];
	size_t i;

	fputs("## ", r->out);
	plain(r->out, view->domain.name);
	fprintf(r->out, ": %s\n\n", standing_state_name(view->standing.state));
	if (view->standing.why[0] != '\0') {
		plain(r->out, view->standing.why);
		fputs("\n\n", r->out);
	}
	write_spam(r, view);
	write_reasons(
	    r, "ramp", ramp_state_name(j->ramp.state), &j->ramp.reasons);
	if (!isnan(j->ramp.ceiling))
		fprintf(r->out, "- send at most %s tomorrow\n",
		    text_count(count, sizeof(count), j->ramp.ceiling));
	write_slowdowns(r, view);
	write_reasons(r, "reputation (estimate)",
	    reputation_name(j->reputation.estimate), &j->reputation.reasons);
	for (i = 0; i < j->requirement_count; i++) {
		const struct requirement_judgement *q = &j->requirements[i];

		if (q->verdict != VERDICT_FAIL && q->verdict != VERDICT_WARN)
			continue;
		fprintf(r->out, "- %s %s: %s. ", verdict_name(q->verdict),
		    q->row->id, q->row->title);
		fprintf(r->out, "%s\n", q->row->remedy);
	}
	fputc('\n', r->out);
	write_replies(r, view);
	write_findings_table(
	    r, view->history.findings, view->history.finding_count);
}

static void
write_view(struct report *r, const struct view *view)
{
	if (view->changes != NULL)
		write_compared(r, view);
	else
		write_whole(r, view);
}

static void
end(struct report *r)
{
	if (r->domains == 0)
		fputs("No domains.\n", r->out);
	quiet_put(r);
	buf_free(&r->quiet);
}

const struct report_ops report_markdown = {
	.name = "markdown",
	.begin = begin,
	.view = write_view,
	.findings = write_findings,
	.end = end,
};
