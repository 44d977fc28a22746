/* The monitoring plugin's line: status, sentence, performance data. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "sendtop/report.h"
#include "sendtop/text.h"

void
report_plugin_begin(struct plugin_line *line)
{
	memset(line, 0, sizeof(*line));
	line->max_spam_rate = (double)NAN;
	line->data_age_s = -1;
	line->state = STANDING_OK;
}

enum { SENTENCE_SIZE = REASON_SIZE + 64 };

/* The overview has the rate in a column of its own, a pager has not: "spam rate
 * 0.412 % (>= 0.30 % since Nov 17)". */
static const char *
sentence(const struct standing *standing, char out[SENTENCE_SIZE])
{
	static const char start[] = "spam >= ";
	char rate[32];

	if (standing->why[0] == '\0')
		return standing_state_name(standing->state);
	if (strncmp(standing->why, start, strlen(start)) != 0 ||
	    isnan(standing->spam_rate))
		return standing->why;
	snprintf(out, SENTENCE_SIZE, "spam rate %s %% (%s)",
	    text_percent(rate, sizeof(rate), standing->spam_rate),
	    standing->why + strlen("spam "));
	return out;
}

void
report_plugin_add(struct plugin_line *line, const char *domain,
    const struct standing *standing, int64_t now_s)
{
	size_t used = strlen(line->worst);
	char text[SENTENCE_SIZE];
	int64_t age;

	line->counts[standing->state]++;
	if (standing->state > line->state) {
		line->state = standing->state;
		used = 0;
	}
	if (!isnan(standing->spam_rate) &&
	    !(standing->spam_rate <= line->max_spam_rate))
		line->max_spam_rate = standing->spam_rate;
	if (standing->fetched_s != 0) {
		age = now_s - standing->fetched_s;
		if (age > line->data_age_s)
			line->data_age_s = age;
	}
	if (standing->state != line->state || standing->state == STANDING_OK ||
	    used > 160)
		return;
	snprintf(line->worst + used, sizeof(line->worst) - used, "%s%s %s",
	    used > 0 ? "; " : "", domain, sentence(standing, text));
}

/* Behind a bar performance data begin. */
static void
put_words(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		fputc(*text == '|' || *text == '\n' ? '/' : *text, out);
}

int
report_plugin_fail(FILE *out, const char *why)
{
	fputs("SENDTOP UNKNOWN - ", out);
	put_words(out, why);
	fputc('\n', out);
	return 3;
}

/* What was in order when somebody last looked need not be so now. */
static enum standing_state
state_of(const struct plugin_line *line)
{
	return (line->silent_s > 0 || line->stale_s > 0) &&
		line->state < STANDING_UNKNOWN
	    ? STANDING_UNKNOWN
	    : line->state;
}

/* Nor do numbers come when nobody collects. */
static void
put_stale(FILE *out, const struct plugin_line *line)
{
	char age[32];

	if (line->stale_s <= 0 || line->silent_s > 0)
		return;
	fprintf(out, "Postmaster gave no numbers of %s", line->stale);
	if (line->stale_count > 1)
		fprintf(out, " and %zu more", line->stale_count - 1);
	fprintf(out, " for %s", text_age(age, sizeof(age), line->stale_s));
	if (line->trouble != NULL && line->trouble[0] != '\0') {
		fputs(": ", out);
		put_words(out, line->trouble);
	}
	fputs("; ", out);
}

int
report_plugin(FILE *out, const struct plugin_line *line)
{
	static const struct {
		const char *word;
		int code;
	} exits[] = {
		[STANDING_OK] = { "OK", 0 },
		[STANDING_WARNING] = { "WARNING", 1 },
		[STANDING_CRITICAL] = { "CRITICAL", 2 },
		[STANDING_UNKNOWN] = { "UNKNOWN", 3 },
	};
	size_t total = line->counts[0] + line->counts[1] + line->counts[2] +
	    line->counts[3];
	enum standing_state state = state_of(line);
	char age[32];

	if (total == 0)
		return report_plugin_fail(out, "no domain has been judged yet");
	fprintf(out, "SENDTOP %s - ", exits[state].word);
	if (line->silent_s > 0)
		fprintf(out, "nobody has collected for %s; ",
		    text_age(age, sizeof(age), line->silent_s));
	put_words(out, line->worst);
	if (line->worst[0] != '\0')
		fputs("; ", out);
	put_stale(out, line);
	fprintf(out, "%zu of %zu domains ok", line->counts[STANDING_OK], total);
	/* 'label'=value[UOM];warn;crit;min;max, where a threshold is the last
	 * value that is in order. */
	fprintf(out,
	    " | critical=%zu;;0;0;%zu warning=%zu;0;;0;%zu"
	    " unknown=%zu;;;0;%zu ok=%zu;;;0;%zu",
	    line->counts[STANDING_CRITICAL], total,
	    line->counts[STANDING_WARNING], total,
	    line->counts[STANDING_UNKNOWN], total, line->counts[STANDING_OK],
	    total);
	if (!isnan(line->max_spam_rate))
		fprintf(out, " max_spam_rate=%.4f%%;0.1;0.3;0;100",
		    line->max_spam_rate * 100);
	if (line->data_age_s >= 0)
		fprintf(
		    out, " data_age=%llds;;;0", (long long)line->data_age_s);
	fputc('\n', out);
	return exits[state].code;
}
