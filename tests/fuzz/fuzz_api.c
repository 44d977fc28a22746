/* What Google, or whoever stands in its place, can send. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "postmaster/failure.h"
#include "postmaster/login.h"
#include "postmaster/oauth_answer.h"
#include "sendtop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	DAYS = 5,
	ITEMS = 2,
	FIRST_DAY = 20770 /* 2026-11-13 */
};

/* What reaches a screen must be printable as it stands. */
static void
printable(const char *text)
{
	char *shown = text_printable_dup(text, strlen(text), strlen(text) + 1);

	if (strcmp(shown, text) != 0)
		abort();
	free(shown);
}

static void
stats_init(struct stats *stats, double **series, struct arena *arena)
{
	int m, i;

	memset(stats, 0, sizeof(*stats));
	stats->first = FIRST_DAY;
	stats->last = FIRST_DAY + DAYS - 1;
	stats->values = series;
	stats->arena = arena;
	for (m = 0; m < METRIC_GOOGLE; m++) {
		series[m] = arena_alloc(arena, DAYS * sizeof(double));
		for (i = 0; i < DAYS; i++)
			series[m][i] = (double)NAN;
	}
}

/* Every number is none, or within its bounds; the loops' request is JSON. */
static void
stats_check(const struct stats *stats)
{
	struct buf definitions = { 0 };
	struct feedback *rows;
	size_t count, i;
	json_t *list;
	char *whole;
	int m;

	for (m = 0; m < METRIC_GOOGLE; m++)
		for (i = 0; i < DAYS; i++)
			if (stats->values[m][i] < 0 ||
			    (metric_row((enum metric)m)->unit == UNIT_RATIO &&
				stats->values[m][i] > 1))
				abort();
	rows = stats_feedback(stats, &count);
	for (i = 0; i < count; i++) {
		printable(rows[i].id);
		if (rows[i].day < stats->first || rows[i].day > stats->last)
			abort();
	}
	if (body_feedback_definitions(&definitions, stats)) {
		whole = mem_printf("[%s]", definitions.data);
		list = json_loads(whole, JSON_REJECT_DUPLICATES, NULL);
		if (list == NULL || json_array_size(list) > LOOPS_ASKED_MAX)
			abort();
		json_decref(list);
		free(whole);
	}
	buf_free(&definitions);
}

static void
batch(const char *text, size_t len)
{
	struct arena *arena = arena_new();
	double *series[ITEMS][METRIC_GOOGLE];
	struct stats stats[ITEMS], *all[ITEMS];
	struct stats_item items[ITEMS];
	struct error err;
	size_t i;

	for (i = 0; i < ITEMS; i++) {
		stats_init(&stats[i], series[i], arena);
		all[i] = &stats[i];
	}
	if (parse_batch(text, len, ITEMS, all, arena, items, &err) != STATUS_OK)
		printable(err.text);
	else
		for (i = 0; i < ITEMS; i++)
			if (items[i].failure != API_FINE)
				printable(items[i].error.text);
	for (i = 0; i < ITEMS; i++)
		stats_check(&stats[i]);
	arena_free(arena);
}

static void
domains(const char *text, size_t len)
{
	struct arena *arena = arena_new();
	struct domain_page page;
	struct error err;
	size_t i;

	if (parse_domains(text, len, arena, &page, &err) != STATUS_OK)
		printable(err.text);
	else
		for (i = 0; i < page.count; i++) {
			printable(page.domains[i].name);
			printable(page.domains[i].permission);
		}
	arena_free(arena);
}

static void
compliance(const char *text, size_t len)
{
	struct arena *arena = arena_new();
	struct finding *findings;
	struct error err;
	size_t count, i;

	if (parse_compliance(text, len, "m.example.test", arena, &findings,
		&count, &err) != STATUS_OK)
		printable(err.text);
	for (i = 0; i < count; i++) {
		printable(findings[i].check);
		printable(findings[i].reason);
		printable(findings[i].detail);
	}
	arena_free(arena);
}

static void
failure(const char *text, size_t len)
{
	static const long codes[] = { 400, 401, 403, 404, 429, 500, 503, 418 };
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (parse_failure(codes[i], text, len, &err) == API_FINE)
			abort();
		printable(err.text);
	}
}

static void
oauth(const char *text, size_t len)
{
	static const long codes[] = { 200, 400, 500 };
	struct oauth_answer answer;
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (oauth_answer_parse(codes[i], text, len, OAUTH_BY_REFRESH,
			"x", &answer, &err) != STATUS_OK)
			printable(err.text);
		else if (answer.access_token == NULL)
			abort();
		oauth_answer_free(&answer);
	}
}

/* What a browser or a user brings back. */
static void
redirect(const char *text, size_t len)
{
	struct error err;
	char *code;

	(void)len;
	if (login_read_paste(text, "st", &code, &err) != STATUS_OK)
		printable(err.text);
	else
		printable(code);
	free(code);
	if (login_read_answer(text, "st", &code, &err) != STATUS_OK)
		printable(err.text);
	free(code);
}

/* The first octet names the reader. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *, size_t) = { batch, domains,
		compliance, failure, oauth, redirect };
	size_t count = sizeof(readers) / sizeof(readers[0]);
	char *text;

	if (size == 0 || data[0] < 'a' || data[0] >= 'a' + count)
		return 0;
	text = mem_ndup(data + 1, size - 1);
	readers[data[0] - 'a'](text, size - 1);
	free(text);
	return 0;
}
