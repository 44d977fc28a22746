/* What Gmail refused for good, as the own log's replies tell it. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "ramp.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

/* The catalogue's category, and the checks that may prove it. */
static const struct {
	const char *category;
	bool stops;
	const char *key, *words;
	const char *checks[3];
} refusals[REFUSAL_COUNT] = {
	[REFUSED_DOMAIN] = { "reputation_domain", false,
	    "low_domain_reputation_log", "for low domain reputation",
	    { NULL } },
	[REFUSED_IP] = { "reputation_ip", false, "low_ip_reputation_log",
	    "for low IP reputation", { "dnsbl" } },
	[REFUSED_CONTENT] = { "content", false, "spammy_content_log",
	    "as spammy content", { NULL } },
	[REFUSED_PTR] = { "ptr", true, "bad_or_missing_ptr_record_log",
	    "for a bad or missing PTR", { "ptr" } },
	[REFUSED_POLICY] = { "auth_dmarc", true, "stamp_policy_error_log",
	    "by the domain's own policy", { "dmarc", "dkim", "spf_sender" } },
};

static int
refusal_of(const struct reply_count *reply)
{
	int i;

	if (!reply->permanent || strcmp(reply->provider, PROVIDER_GMAIL) != 0)
		return REFUSAL_COUNT;
	for (i = 0; i < REFUSAL_COUNT; i++)
		if (strcmp(reply->category, refusals[i].category) == 0)
			break;
	return i;
}

/* Rows come in any order: of equals the first by name is told. */
void
ramp_read_refused(struct ramp *ramp)
{
	const struct history *h = ramp->h;
	size_t i;

	ramp->refused = mem_zero(h->days + 1, sizeof(*ramp->refused));
	for (i = 0; i < h->reply_count; i++) {
		const struct reply_count *r = &h->replies[i];
		int64_t at = (int64_t)day_of(r->hour_s) - h->first_day;
		struct ramp_refused *day;
		int k = refusal_of(r);

		if (k == REFUSAL_COUNT || at < 0 || at >= (int64_t)h->days)
			continue;
		day = &ramp->refused[at];
		day->count[k] += r->count;
		if (r->count > day->most[k] ||
		    (r->count == day->most[k] && day->reply[k] != NULL &&
			strcmp(r->reply, day->reply[k]) < 0)) {
			day->most[k] = r->count;
			day->reply[k] = r->reply;
		}
	}
}

static const struct ramp_refused *
refused_on(const struct ramp *ramp, int32_t day)
{
	static const struct ramp_refused none = { { 0 }, { 0 }, { NULL } };
	int64_t at = (int64_t)day - ramp->h->first_day;

	return ramp->refused != NULL && at >= 0 && at < (int64_t)ramp->h->days
	    ? &ramp->refused[at]
	    : &none;
}

double
ramp_refused_line(const struct ramp *ramp, enum refusal refusal)
{
	return refusals[refusal].stops ? ramp->set->reject_stop
				       : ramp->set->reject_back_off;
}

double
ramp_refused(const struct ramp *ramp, int32_t day, enum refusal refusal)
{
	return ramp_of_ended(
	    ramp, day, (double)refused_on(ramp, day)->count[refusal]);
}

static double
refused_rate(const struct ramp *ramp, int32_t day, int which)
{
	return ramp_refused(ramp, day, (enum refusal)which);
}

/* One refusal among a thousand messages proves nothing: there must be as many
 * as a rate needs, or some on two of the recent days. */
static bool
is_borne_out(const struct ramp *ramp, enum refusal refusal, int32_t day)
{
	double line = ramp_refused_line(ramp, refusal), rate;
	int days = 0;
	int32_t i;

	if (refused_on(ramp, day)->count[refusal] >= ramp->set->error_min_count)
		return true;
	for (i = 0; i < (int32_t)ramp->set->recent_days; i++) {
		rate = ramp_refused(ramp, ramp->newest - i, refusal);
		days += rate > 0 && ratio_reaches(rate, line);
	}
	return days >= 2;
}

void
ramp_proof(const struct history *history, const char *const checks[3],
    char out[REASON_SIZE])
{
	const struct finding *f;
	size_t i;

	out[0] = '\0';
	for (i = 0; i < 3 && checks[i] != NULL; i++) {
		f = history_finding(history, checks[i], NULL);
		if (f == NULL || f->verdict != VERDICT_FAIL)
			continue;
		phrase(out, REASON_SIZE, "; %s %s: %s", f->check, f->reason,
		    f->subject);
		return;
	}
}

static void
say(struct ramp *ramp, enum refusal refusal, double rate, int32_t day)
{
	bool sure = is_borne_out(ramp, refusal, day);
	const char *reply = refused_on(ramp, day)->reply[refusal];
	char percent[NUMBER_SIZE], line[NUMBER_SIZE], on[DAY_TEXT_SIZE],
	    proof[REASON_SIZE];
	enum ramp_state state = refusals[refusal].stops ? RAMP_STOP
							: RAMP_BACK_OFF;

	ramp_proof(ramp->h, refusals[refusal].checks, proof);
	reason_add(&ramp->out->reasons, sure ? (int)state : (int)RAMP_GO,
	    refusals[refusal].key,
	    "%s %% rejected on %s %s (%s%s>= %s %%, own "
	    "log)%s%s",
	    text_percent(percent, sizeof(percent), rate), day_short(on, day),
	    refusals[refusal].words, reply != NULL ? reply : "",
	    reply != NULL ? "; " : "",
	    phrase_line(line, ramp_refused_line(ramp, refusal)), proof,
	    sure ? "" : ", small sample");
}

void
ramp_log_refused(struct ramp *ramp)
{
	double rate;
	int32_t day;
	int i;

	for (i = 0; i < REFUSAL_COUNT; i++) {
		rate = ramp_newest_rate(ramp, refused_rate, i, &day);
		if (rate > 0 &&
		    ratio_reaches(
			rate, ramp_refused_line(ramp, (enum refusal)i)))
			say(ramp, (enum refusal)i, rate, day);
	}
}
