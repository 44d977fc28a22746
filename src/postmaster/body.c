/* The request bodies, as Google's schema has them. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "sendtop/day.h"

enum { PAGE_SIZE = 200 };

static void
add_text(struct buf *out, const char *text)
{
	json_t *value = json_string(text);
	char *quoted = json_dumps(value, JSON_ENCODE_ANY);

	buf_str(out, quoted != NULL ? quoted : "\"\"");
	free(quoted);
	json_decref(value);
}

static void
add_definition(
    struct buf *out, const char *name, const char *standard, const char *filter)
{
	if (out->len > 0)
		buf_char(out, ',');
	buf_str(out, "{\"name\":");
	add_text(out, name);
	buf_str(out, ",\"baseMetric\":{\"standardMetric\":");
	add_text(out, standard);
	buf_char(out, '}');
	if (filter != NULL) {
		buf_str(out, ",\"filter\":");
		add_text(out, filter);
	}
	buf_char(out, '}');
}

void
body_definitions(struct buf *out)
{
	int m;

	for (m = 0; m < METRIC_GOOGLE; m++)
		add_definition(out, metric_row((enum metric)m)->name,
		    metric_row((enum metric)m)->standard,
		    metric_row((enum metric)m)->filter);
	add_definition(out, LOOPS_FROM_KEY, "FEEDBACK_LOOP_ID",
	    "aggregation_key_type = \"FROM_HEADER\"");
	add_definition(out, LOOPS_DKIM_KEY, "FEEDBACK_LOOP_ID",
	    "aggregation_key_type = \"ALL_DKIM\"");
}

/* How many of the loops that can be asked come before number `at` when the
 * newest stand in front. */
static size_t
rank(const struct stats *stats, size_t at)
{
	int32_t newest = stats->loops[at]->newest;
	size_t n = 0, i;

	for (i = 0; i < stats->loop_count; i++) {
		const struct feedback_loop *loop = stats->loops[i];

		n += loop->exact &&
		    (loop->newest > newest ||
			(loop->newest == newest && i < at));
	}
	return n;
}

static void
add_loop(struct buf *out, const struct feedback_loop *loop, size_t number)
{
	char *name = mem_printf(LOOP_KEY "%zu", number);
	char *filter = mem_printf(
	    "feedback_loop_id = \"%s\" AND aggregation_key_type = \"%s\"",
	    loop->id, loop->by_dkim ? "ALL_DKIM" : "FROM_HEADER");

	add_definition(out, name, "FEEDBACK_LOOP_SPAM_RATE", filter);
	free(name);
	free(filter);
}

bool
body_feedback_definitions(struct buf *out, const struct stats *stats)
{
	bool any = false;
	size_t i;

	for (i = 0; i < stats->loop_count; i++) {
		if (!stats->loops[i]->exact ||
		    rank(stats, i) >= LOOPS_ASKED_MAX)
			continue;
		add_loop(out, stats->loops[i], i);
		any = true;
	}
	return any;
}

static void
add_day(struct buf *out, const char *key, int32_t day)
{
	int year, month, mday;

	day_split(day, &year, &month, &mday);
	buf_printf(out, "\"%s\":{\"year\":%d,\"month\":%d,\"day\":%d}", key,
	    year, month, mday);
}

void
body_item(struct buf *out, const char *domain, int32_t first, int32_t last,
    const char *definitions, const char *page)
{
	char *parent = mem_printf("domains/%s", domain);

	buf_str(out, "{\"parent\":");
	add_text(out, parent);
	free(parent);
	buf_printf(out, ",\"metricDefinitions\":[%s]", definitions);
	buf_str(out, ",\"timeQuery\":{\"dateRanges\":{\"dateRanges\":[{");
	add_day(out, "start", first);
	buf_char(out, ',');
	add_day(out, "end", last);
	buf_printf(out,
	    "}]}},\"aggregationGranularity\":\"DAILY\",\"pageSize\":%d",
	    PAGE_SIZE);
	if (page != NULL) {
		buf_str(out, ",\"pageToken\":");
		add_text(out, page);
	}
	buf_char(out, '}');
}
