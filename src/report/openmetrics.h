/* OpenMetrics text: what its parts share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_OPENMETRICS_H
#define SENDTOP_REPORT_OPENMETRICS_H

#include "sendtop/report.h"

/* Of a standing what becomes a sample: ten thousand of them stand in memory at
 * once, because a family's samples must not be interleaved with another's. */
struct metrics_row {
	int64_t id;
	const char *name, *tag;
	bool judged;
	enum standing_state state;
	enum spam_band band;
	enum poll_state poll;
	enum ramp_state ramp;
	enum reputation reputation;
	double spam_rate, mean7, volume, growth, ceiling;
	int clean_days, fails, warns, unknowns;
	int32_t spam_day;
	int64_t since_s, probed_s, fetched_s;
};

struct metrics {
	FILE *out;
	struct store *store;
	int64_t now_s;
	struct arena *names, *pass;
	struct metrics_row *rows;
	size_t count, cap;
	struct error *err;
};

struct metrics_label {
	const char *name, *value;
};

/* Begins a family; unit: the name's last part, or "". */
void metrics_family(struct metrics *m, const char *name, const char *type,
    const char *unit, const char *help);
/* What has no number (NaN) has no sample. */
void metrics_sample(struct metrics *m, const char *name,
    const struct metrics_label *labels, size_t count, double value);
/* A time that is not known, 0, is no number. */
double metrics_moment(int64_t time_s);

/* The families that have a sample for each domain; those of logs and mail. */
void metrics_domains(struct metrics *m);
enum status metrics_mail(struct metrics *m) MUST_CHECK;

#endif
