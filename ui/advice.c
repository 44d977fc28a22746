/* What to do next about a domain, most urgent first. */
/* SPDX-License-Identifier: MIT */
#include "advice.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reply_rows.h"
#include "sendtop/day.h"
#include "sendtop/paste.h"
#include "sendtop/text.h"

enum { REPLIES_LOOKED_AT = 16 };

struct list {
	struct advice *items;
	size_t count, max;
};

static struct advice *add(
    struct list *list, enum role role, const char *fmt, ...) PRINTF(3, 4);

/* The new piece, or NULL when there is no room for it. */
static struct advice *
add(struct list *list, enum role role, const char *fmt, ...)
{
	struct advice *item;
	va_list args;

	if (list->count == list->max)
		return NULL;
	item = &list->items[list->count++];
	item->role = role;
	item->record = NULL;
	va_start(args, fmt);
	vsnprintf(item->text, sizeof(item->text), fmt, args);
	va_end(args);
	return item;
}

/* The requirement that names the finding among its whys. */
static const char *
remedy(const struct view *view, const char *why)
{
	for (size_t i = 0; i < view->judgements.requirement_count; i++) {
		const struct requirement_judgement *r =
		    &view->judgements.requirements[i];

		for (size_t k = 0; k < r->why_count; k++)
			if (strcmp(r->why[k], why) == 0)
				return r->row->remedy;
	}
	return "";
}

const char *
advice_cure(const struct view *view, const struct finding *finding)
{
	char why[WHY_SIZE];

	if (finding->cure != NULL && finding->cure[0] != '\0')
		return finding->cure;
	/* What could not be told must not be mended as if it were missing. */
	if (finding->verdict == VERDICT_UNKNOWN)
		return "";
	snprintf(why, sizeof(why), "%s/%s/%s", finding->check, finding->subject,
	    finding->reason);
	return remedy(view, why);
}

const struct feedback *
advice_feedback(const struct history *history)
{
	const struct feedback *worst = NULL;

	for (size_t i = 0; i < history->feedback_count; i++) {
		const struct feedback *f = &history->feedback[i];

		if (worst != NULL && f->day < worst->day)
			break;
		if (!isnan(f->rate) && (worst == NULL || f->rate > worst->rate))
			worst = f;
	}
	return worst;
}

static bool
is_shut_out(enum poll_state poll)
{
	return poll != POLL_OK && poll != POLL_NEVER;
}

static void
advise_ramp(const struct view *view, struct list *list)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	const char *why = ramp->reasons.count > 0 ? ramp->reasons.items[0].text
						  : "";
	char number[WORD_SIZE] = "", count[WORD_SIZE / 2];

	/* Where nothing was asked or can be, that is the advice. */
	if (ramp->state == RAMP_BLIND && view->history.poll != POLL_OK)
		return;
	if (!isnan(ramp->ceiling))
		snprintf(number, sizeof(number), ", at most %s tomorrow",
		    text_count(count, sizeof(count), ramp->ceiling));
	switch (ramp->state) {
	case RAMP_STOP:
		add(list, ROLE_BAD, "Stop: send nothing more to Gmail%s%s",
		    why[0] != '\0' ? ": " : "", why);
		break;
	case RAMP_BACK_OFF:
		add(list, ROLE_WARN, "Send less%s%s%s", number,
		    why[0] != '\0' ? ": " : "", why);
		break;
	case RAMP_BLIND:
	case RAMP_HOLD:
		add(list, ROLE_NOTE, "Do not grow%s%s%s", number,
		    why[0] != '\0' ? ": " : "", why);
		break;
	case RAMP_GO:
		break;
	}
}

static void
advise_spam(const struct view *view, struct list *list)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	const struct feedback *worst = advice_feedback(&view->history);
	char rate[WORD_SIZE], day[DAY_TEXT_SIZE];

	if (view->judgements.reputation.hidden_by_spam_folder)
		add(list, ROLE_WARN,
		    "Mail may go to the spam folder, where nobody complains: "
		    "beside many rejects a spam rate of %s proves nothing",
		    word_percent(rate, spam->rate));
	if (worst != NULL && ratio_reaches(worst->rate, SPAM_WATCH))
		add(list, role_rate(worst->rate),
		    "Pause the campaign with feedback id %s: %s spam on %s",
		    worst->id, word_percent(rate, worst->rate),
		    day_short(day, worst->day));
	else if (spam->band == SPAM_VIOLATED || spam->band == SPAM_WATCHED)
		add(list, role_band(spam->band),
		    "Spam rate %s: mail only those who engaged lately, make "
		    "unsubscribing easy, and find the campaign of %s",
		    word_percent(rate, spam->rate),
		    day_short(day, spam->since));
}

static bool
is_google(const struct finding *finding)
{
	return strncmp(finding->check, "google.", 7) == 0;
}

static void
advise_finding(
    const struct view *view, const struct finding *finding, struct list *list)
{
	const char *cure = advice_cure(view, finding);
	bool record = paste_is_record(cure);
	const char *about = record ? ""
	    : cure[0] != '\0'      ? cure
				   : finding->detail;
	bool own = strcmp(finding->subject, view->domain.name) == 0;
	struct advice *item;

	if (is_google(finding)) {
		add(list, role_verdict(finding->verdict),
		    "Google says %s needs work%s%s%s",
		    finding->check + strlen("google."),
		    strcmp(finding->subject, "organizational") == 0
			? " (organizational domain)"
			: "",
		    about[0] != '\0' ? ": " : "", about);
		return;
	}
	item = add(list, role_verdict(finding->verdict), "%s%s%s %s%s%s",
	    finding->check, own ? "" : " ", own ? "" : finding->subject,
	    finding->reason,
	    record                 ? ":"
		: about[0] != '\0' ? ": "
				   : "",
	    about);
	if (item != NULL && record)
		item->record = cure;
}

/* Google answers for the domain and for all of the organisation: one of the
 * two is advice enough. */
static bool
is_told(const struct view *view, size_t i)
{
	const struct finding *f = &view->history.findings[i];

	for (size_t k = 0; k < i; k++) {
		const struct finding *other = &view->history.findings[k];

		if (!other->muted && other->verdict == f->verdict &&
		    strcmp(other->check, f->check) == 0)
			return true;
	}
	return false;
}

static void
advise_verdict(const struct view *view, enum verdict verdict, struct list *list)
{
	for (int google = 0; google < 2; google++)
		for (size_t i = 0; i < view->history.finding_count; i++) {
			const struct finding *f = &view->history.findings[i];

			if (!f->muted && f->verdict == verdict &&
			    is_google(f) == google &&
			    !(google && is_told(view, i)))
				advise_finding(view, f, list);
		}
}

/* A receiver that asks for silence comes before all: it counts minutes. */
static void
advise_slowdowns(const struct model *model, struct list *list)
{
	const struct view *view = model->view;
	struct slowdown slowdowns[SLOWDOWNS_MAX];
	int64_t now_s = view->history.now_s;
	size_t count = slowdowns_assess(
	    &view->history, slowdowns, SLOWDOWNS_MAX);

	for (size_t i = 0; i < count; i++) {
		const struct slowdown *s = &slowdowns[i];
		char until[TIME_TEXT_SIZE];

		time_text(until, time_minute_up(s->quiet_until_s));
		if (now_s < s->quiet_until_s)
			add(list, ROLE_BAD,
			    "Send nothing to %s until %.5s%s%s: %s, %" PRId64
			    " in 24 h; then one connection (5 Replies)",
			    reply_provider(model, s->provider), until + 11,
			    s->identity[0] != '\0' ? " for " : "", s->identity,
			    s->reply, s->count);
		else if (view->judgements.ramp.state != RAMP_STOP &&
		    s->next_s > now_s)
			add(list, ROLE_WARN,
			    "At most %d connection%s to %s%s%s: %s, %" PRId64
			    " in 24 h (5 Replies)",
			    s->connections, s->connections == 1 ? "" : "s",
			    reply_provider(model, s->provider),
			    s->identity[0] != '\0' ? " for " : "", s->identity,
			    s->reply, s->count);
	}
}

/* What receivers refuse for a reason that the catalogue calls critical, unless
 * a clock or a failing check says it already. */
static void
advise_replies(const struct model *model, struct list *list)
{
	const struct history *h = &model->view->history;
	struct reply_sum sums[REPLIES_LOOKED_AT];
	size_t count = reply_sums(
	    h->replies, h->reply_count, h->now_s, sums, REPLIES_LOOKED_AT);

	for (size_t i = 0; i < count; i++) {
		const struct reply_sum *sum = &sums[i];
		const struct reply_row *row = reply_known(model, sum->key);
		char number[WORD_SIZE];

		if (sum->day == 0 || sum->slow_down || row == NULL ||
		    strcmp(row->severity, "critical") != 0 ||
		    (row->check[0] != '\0' &&
			history_finding(h, row->check, NULL) != NULL &&
			history_finding(h, row->check, NULL)->verdict ==
			    VERDICT_FAIL))
			continue;
		add(list, ROLE_WARN, "%s x %s %s: %s",
		    text_count(number, sizeof(number), (double)sum->day),
		    sum->reply, sum->key, row->remedy);
	}
}

static void
advise_poll(const struct model *model, struct list *list)
{
	const struct view *view = model->view;
	char text[SENTENCE_SIZE];

	if (view->history.poll == POLL_NEVER && model->head != NULL &&
	    !model->head->connected)
		add(list, ROLE_NOTE,
		    "Connect Google Postmaster for the spam rate: `sendtop "
		    "login`.  Probes of DNS and TLS work without: r");
	else if (view->history.poll == POLL_NEVER)
		add(list, ROLE_NOTE,
		    "Postmaster has not been asked about this domain yet: R "
		    "polls now");
	if (!is_shut_out(view->history.poll))
		return;
	words_data(text, &view->history, DATA_ERROR);
	add(list, ROLE_UNKNOWN, "%s", text);
}

size_t
advice_make(const struct model *model, struct advice *out, size_t max)
{
	const struct view *view = model->view;
	struct list list = { .items = out, .max = max };

	advise_slowdowns(model, &list);
	advise_ramp(view, &list);
	advise_spam(view, &list);
	advise_verdict(view, VERDICT_FAIL, &list);
	advise_replies(model, &list);
	advise_poll(model, &list);
	advise_verdict(view, VERDICT_WARN, &list);
	return list.count;
}
