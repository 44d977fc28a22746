/* What the bench of the store fills it with. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_STORE_FILL_H
#define TESTS_BENCH_STORE_FILL_H

#include "sendtop/view.h"

enum {
	LAG = 2, /* days until Google has a day's numbers */
	DAYS_MAX = 400,
	METRICS = 12,
	FINDINGS = 12,
	ROUNDS = 201,
	SCREEN_ROWS = 50,
	NAME_SIZE = 40,
	LOG_HOURS = 30 * 24,
	LOG_STREAMS = 10,
	LOG_KINDS = 5,
};

struct bench {
	struct store *store;
	int64_t *ids;
	size_t domains, days;
	int64_t now_s;
	int32_t first; /* day of the series */
	struct settings *settings;
	struct error err;
};

double bench_now_ms(void);
/* Ends the bench where that failed. */
void bench_must(struct bench *bench, enum status status);
const char *bench_domain(char out[NAME_SIZE], size_t i);
void add_domains(struct bench *bench);
void fill_series(struct bench *bench);
void refresh_series(struct bench *bench);
void fill_findings(struct bench *bench);
void fill_polls(struct bench *bench);
void fill_logs(struct bench *bench);
void fill_standing(struct bench *bench);

#endif
