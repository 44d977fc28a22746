/* OpenMetrics text: the numbers and words of each domain. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "report/openmetrics.h"
#include "sendtop/day.h"

/* --- a number a domain ---------------------------------------------------- */

static double
get_spam(const struct metrics_row *row)
{
	return row->spam_rate;
}

static double
get_mean7(const struct metrics_row *row)
{
	return row->mean7;
}

static double
get_spam_day(const struct metrics_row *row)
{
	return row->spam_day == DAY_NONE || isnan(row->spam_rate)
	    ? (double)NAN
	    : (double)day_start(row->spam_day);
}

/* The clock stands for nothing before there is a rate. */
static double
get_clean(const struct metrics_row *row)
{
	return isnan(row->spam_rate) ? (double)NAN
				     : row->clean_days * DAY_SECONDS;
}

static double
get_volume(const struct metrics_row *row)
{
	return row->volume;
}

static double
get_growth(const struct metrics_row *row)
{
	return row->growth;
}

static double
get_ceiling(const struct metrics_row *row)
{
	return row->ceiling;
}

static double
get_since(const struct metrics_row *row)
{
	return metrics_moment(row->since_s);
}

static double
get_fetched(const struct metrics_row *row)
{
	return metrics_moment(row->fetched_s);
}

static double
get_probed(const struct metrics_row *row)
{
	return metrics_moment(row->probed_s);
}

static const struct {
	const char *name, *unit, *help;
	double (*get)(const struct metrics_row *row);
} numbers[] = {
	{ "sendtop_domain_spam_rate_ratio", "ratio",
	    "Newest user-reported spam rate.", get_spam },
	{ "sendtop_domain_spam_rate_mean7_ratio", "ratio",
	    "Mean of the spam rates of seven days.", get_mean7 },
	{ "sendtop_domain_spam_rate_day_timestamp_seconds", "seconds",
	    "Begin of the UTC day that the newest spam rate is of.",
	    get_spam_day },
	{ "sendtop_domain_clean_seconds", "seconds",
	    "How long the spam rate stays below 0.30 %, at most seven days.",
	    get_clean },
	{ "sendtop_domain_volume_messages", "messages",
	    "Messages to Gmail on the newest day that it is known of.",
	    get_volume },
	{ "sendtop_domain_growth_ratio", "ratio",
	    "That volume by the base of the ramp.", get_growth },
	{ "sendtop_domain_ceiling_messages", "messages",
	    "Messages that the ramp allows tomorrow.", get_ceiling },
	{ "sendtop_domain_state_since_timestamp_seconds", "seconds",
	    "Since when the domain is in its state.", get_since },
	{ "sendtop_domain_fetched_timestamp_seconds", "seconds",
	    "When Postmaster last gave numbers.", get_fetched },
	{ "sendtop_domain_probed_timestamp_seconds", "seconds",
	    "When the live checks last ran.", get_probed },
};

static void
put_numbers(struct metrics *m)
{
	size_t i, k;

	for (k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
		metrics_family(m, numbers[k].name, "gauge", numbers[k].unit,
		    numbers[k].help);
		for (i = 0; i < m->count; i++) {
			const struct metrics_label labels[] = { { "domain",
			    m->rows[i].name } };

			if (m->rows[i].judged)
				metrics_sample(m, numbers[k].name, labels, 1,
				    numbers[k].get(&m->rows[i]));
		}
	}
}

/* --- a word a domain ------------------------------------------------------ */

static const char *
word_state(const struct metrics_row *row)
{
	return row->judged ? standing_state_name(row->state) : "unjudged";
}

static const char *
word_band(const struct metrics_row *row)
{
	return row->judged ? spam_band_name(row->band) : NULL;
}

static const char *
word_ramp(const struct metrics_row *row)
{
	return row->judged ? ramp_state_name(row->ramp) : NULL;
}

static const char *
word_reputation(const struct metrics_row *row)
{
	return row->judged ? reputation_name(row->reputation) : NULL;
}

static const char *
word_poll(const struct metrics_row *row)
{
	return row->judged ? poll_state_name(row->poll) : NULL;
}

static const char *
word_tag(const struct metrics_row *row)
{
	return row->tag[0] != '\0' ? row->tag : NULL;
}

/* The word is a label of a sample that is 1, and there is one a domain. */
static const struct {
	const char *name, *label, *help;
	const char *(*word)(const struct metrics_row *row);
} words[] = {
	{ "sendtop_domain_state", "state",
	    "1 for the state: ok, warning, critical, unknown, unjudged.",
	    word_state },
	{ "sendtop_domain_spam_band", "band",
	    "1 for the band of the spam rate: ok, watch, violation, unknown.",
	    word_band },
	{ "sendtop_domain_ramp", "state",
	    "1 for the ramp's state: go, hold, back_off, stop, blind.",
	    word_ramp },
	{ "sendtop_domain_reputation", "estimate",
	    "1 for the estimate: high, medium, low, bad, unknown.",
	    word_reputation },
	{ "sendtop_domain_poll", "state",
	    "1 for how the last poll of Postmaster ended.", word_poll },
	{ "sendtop_domain_tag", "tag", "1 for the group of the settings.",
	    word_tag },
};

static void
put_words(struct metrics *m)
{
	const char *word;
	size_t i, k;

	for (k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
		metrics_family(m, words[k].name, "gauge", "", words[k].help);
		for (i = 0; i < m->count; i++) {
			word = words[k].word(&m->rows[i]);
			if (word != NULL)
				metrics_sample(m, words[k].name,
				    (struct metrics_label[]){
					{ "domain", m->rows[i].name },
					{ words[k].label, word } },
				    2, 1);
		}
	}
}

static void
put_findings(struct metrics *m)
{
	static const char name[] = "sendtop_domain_findings";
	size_t i, k;

	metrics_family(m, name, "gauge", "",
	    "Findings that count, by verdict; muted ones do not.");
	for (i = 0; i < m->count; i++) {
		const struct metrics_row *row = &m->rows[i];
		const struct {
			const char *verdict;
			int count;
		} counts[] = {
			{ verdict_name(VERDICT_FAIL), row->fails },
			{ verdict_name(VERDICT_WARN), row->warns },
			{ verdict_name(VERDICT_UNKNOWN), row->unknowns },
		};

		for (k = 0; row->judged && k < 3; k++)
			metrics_sample(m, name,
			    (struct metrics_label[]){ { "domain", row->name },
				{ "verdict", counts[k].verdict } },
			    2, counts[k].count);
	}
}

void
metrics_domains(struct metrics *m)
{
	put_words(m);
	put_numbers(m);
	put_findings(m);
}
