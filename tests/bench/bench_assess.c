/* What judging one domain costs: 120 days, every measure, twenty findings. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sendtop/day.h"
#include "sendtop/standing.h"

enum { DAYS = 120, TODAY = 20778, FINDINGS = 20, ROUNDS = 2000, REPEATS = 5 };

struct bench {
	struct history h;
	struct requirements *table;
	struct judgements j;
	struct standing standing;
	double values[METRIC_COUNT][DAYS];
	struct finding findings[FINDINGS];
};

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A sender in trouble, for that is what costs most: every factor speaks. */
static void
fill(struct bench *b, const struct settings *settings)
{
	static const char *const checks[] = { "spf", "dkim", "ptr", "dmarc",
		"google.spf" };

	for (int m = 0; m < METRIC_COUNT; m++) {
		b->h.series[m] = b->values[m];
		for (int i = 0; i < DAYS; i++)
			b->values[m][i] = 0.002 + 0.00001 * i;
	}
	for (int i = 0; i < DAYS; i++) {
		b->values[METRIC_TLS_INBOUND][i] = 0.999;
		b->values[METRIC_TLS_INBOUND_COUNT][i] = 9000 + i % 7;
	}
	b->values[METRIC_TLS_INBOUND_COUNT][DAYS - 3] = 40000;
	for (int i = 0; i < FINDINGS; i++)
		b->findings[i] = (struct finding){ .check = checks[i % 5],
			.subject = "192.0.2.1",
			.verdict = (enum verdict)(i % 4),
			.reason = "missing",
			.detail = "",
			.cure = "" };
	b->h.domain = b->h.registrable = "example.com";
	b->h.today = TODAY;
	b->h.first_day = TODAY - DAYS + 1;
	b->h.days = DAYS;
	b->h.poll = POLL_OK;
	b->h.poll_error = "";
	b->h.asked_first = b->h.first_day;
	b->h.asked_last = TODAY;
	b->h.newest_day = TODAY - 2;
	b->h.findings = b->findings;
	b->h.finding_count = FINDINGS;
	b->h.ramp = &settings->ramp;
}

static void
judge(struct bench *b)
{
	spam_assess(&b->h, &b->j.spam);
	ramp_assess(&b->h, &b->j.ramp);
	reputation_assess(&b->h, &b->j.reputation);
	requirements_assess(b->table, &b->h, b->j.ramp.bulk, b->j.requirements);
	standing_assess(&b->h, &b->j, &b->standing);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
run(struct bench *b)
{
	double took[REPEATS], start;

	for (int k = 0; k < REPEATS; k++) {
		start = now_us();
		for (int i = 0; i < ROUNDS; i++)
			judge(b);
		took[k] = (now_us() - start) / ROUNDS;
	}
	qsort(took, REPEATS, sizeof(took[0]), compare);
	printf("judge one domain, %d days: %.1f us (worst %.1f)\n", DAYS,
	    took[REPEATS / 2], took[REPEATS - 1]);
}

int
main(int argc, char **argv)
{
	struct bench *b = mem_zero(1, sizeof(*b));
	const char *path = argc > 1 ? argv[1] : "share/requirements.json";
	struct settings *settings;
	struct error err;

	if (requirements_load(path, &b->table, &err) != STATUS_OK ||
	    settings_parse("", 0, "none", &settings, &err) != STATUS_OK) {
		fprintf(stderr, "bench_assess: %s\n", err.text);
		return EXIT_FAILURE;
	}
	b->j.requirement_count = requirements_count(b->table);
	b->j.requirements = mem_zero(
	    b->j.requirement_count, sizeof(*b->j.requirements));
	fill(b, settings);
	run(b);
	settings_free(settings);
	requirements_free(b->table);
	free(b->j.requirements);
	free(b);
	return EXIT_SUCCESS;
}
