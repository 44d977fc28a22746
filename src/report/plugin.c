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

void
report_plugin_add(struct plugin_line *line, const char *domain,
    const struct standing *standing, int64_t now_s)
{
	size_t used = strlen(line->worst);
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
	    used > 0 ? "; " : "", domain,
	    standing->why[0] != '\0' ? standing->why
				     : standing_state_name(standing->state));
}

/* A bar and an apostrophe belong to the performance data's own grammar. */
static void
clean(char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '|' || *text == '\n' || *text == '\'')
			*text = '/';
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
	char worst[sizeof(line->worst)];

	memcpy(worst, line->worst, sizeof(worst));
	clean(worst);
	if (total == 0) {
		fputs("SENDTOP UNKNOWN - no domain has been judged yet\n", out);
		return 3;
	}
	fprintf(out, "SENDTOP %s - %s%s%zu of %zu domains ok",
	    exits[line->state].word, worst, worst[0] != '\0' ? "; " : "",
	    line->counts[STANDING_OK], total);
	fprintf(out, " | critical=%zu;;1 warning=%zu;1 unknown=%zu ok=%zu",
	    line->counts[STANDING_CRITICAL], line->counts[STANDING_WARNING],
	    line->counts[STANDING_UNKNOWN], line->counts[STANDING_OK]);
	if (!isnan(line->max_spam_rate))
		fprintf(out, " max_spam_rate=%.4f%%;0.1;0.3;0",
		    line->max_spam_rate * 100);
	if (line->data_age_s >= 0)
		fprintf(out, " data_age=%llds", (long long)line->data_age_s);
	fputc('\n', out);
	return exits[line->state].code;
}
