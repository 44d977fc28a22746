/* What the bench of the store fills it with. */
/* SPDX-License-Identifier: MIT */
#include "store_fill.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sendtop/day.h"

double
bench_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

void
bench_must(struct bench *bench, enum status status)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "bench_store: %s\n", bench->err.text);
	exit(EXIT_FAILURE);
}

const char *
bench_domain(char out[NAME_SIZE], size_t i)
{
	snprintf(out, NAME_SIZE, "d%05zu.bench", i);
	return out;
}

void
add_domains(struct bench *bench)
{
	char name[NAME_SIZE];

	bench_must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		bench_must(bench,
		    store_domain_add(bench->store, bench_domain(name, i),
			FROM_USER, i % 3 == 0 ? "prod" : "", &bench->ids[i],
			&bench->err));
	bench_must(bench, store_commit(bench->store, &bench->err));
}

/* Counts are whole numbers of messages, all else a rate. */
static double
value_of(int metric, size_t domain, size_t day)
{
	double noise = (double)((domain * 7 + day * 13) % 997);

	return metric_row((enum metric)metric)->unit == UNIT_MESSAGES
	    ? 1000 + noise
	    : noise / 1e5;
}

void
fill_series(struct bench *bench)
{
	double values[DAYS_MAX], start = bench_now_ms(), took;
	double count = (double)(bench->domains * bench->days * METRICS);

	bench_must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		for (int m = 0; m < METRICS; m++) {
			for (size_t d = 0; d < bench->days; d++)
				values[d] = value_of(m, i, d);
			bench_must(bench,
			    store_series_put(bench->store, bench->ids[i],
				(enum metric)m, bench->first, bench->days,
				values, &bench->err));
		}
	bench_must(bench, store_commit(bench->store, &bench->err));
	took = bench_now_ms() - start;
	printf("%-34s %8.2f M values/s  (%.0f values, %.0f ms)\n",
	    "first sync, one transaction", count / took / 1e3, count, took);
}

/* A day later: each series gets a new day and its last ten once more. */
void
refresh_series(struct bench *bench)
{
	double values[11], start = bench_now_ms();

	bench_must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		for (int m = 0; m < METRICS; m++) {
			for (size_t d = 0; d < 11; d++)
				values[d] = value_of(
				    m, i, bench->days - 10 + d);
			bench_must(bench,
			    store_series_put(bench->store, bench->ids[i],
				(enum metric)m,
				bench->first + (int32_t)bench->days - 10, 11,
				values, &bench->err));
		}
	bench_must(bench, store_commit(bench->store, &bench->err));
	printf("%-34s %8.0f ms\n", "a day's refresh, one transaction",
	    bench_now_ms() - start);
}

void
fill_findings(struct bench *bench)
{
	static const char *const names[] = { "ptr", "mx", "spf" };
	struct finding findings[FINDINGS];
	char subjects[FINDINGS][24];

	for (size_t i = 0; i < FINDINGS; i++) {
		snprintf(subjects[i], sizeof(subjects[i]), "192.0.2.%zu", i);
		findings[i] = (struct finding){ .check = names[i % 3],
			.subject = subjects[i],
			.verdict = VERDICT_PASS,
			.reason = "ok",
			.detail = "out.example.com, which has this address",
			.cure = "" };
	}
	bench_must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		bench_must(bench,
		    store_findings_put(bench->store, bench->ids[i], names, 3,
			findings, FINDINGS, bench->now_s, NULL, NULL,
			&bench->err));
	bench_must(bench, store_commit(bench->store, &bench->err));
}

/* When what was asked, as a poll leaves it; and two events a domain. */
void
fill_polls(struct bench *bench)
{
	struct store_domain row = {
		.poll = POLL_OK,
		.poll_error = "",
		.fetched_s = bench->now_s,
		.asked_first = bench->first,
		.asked_last = bench->first + (int32_t)bench->days,
	};
	char name[NAME_SIZE], day[DAY_TEXT_SIZE], when[TIME_TEXT_SIZE];

	bench_must(bench, store_begin(bench->store, &bench->err));
	bench_must(bench,
	    store_value_set(bench->store, "postmaster.newest_day",
		day_text(day, row.asked_last), &bench->err));
	bench_must(bench,
	    store_value_set(bench->store, "postmaster.fetched",
		time_text(when, bench->now_s), &bench->err));
	for (size_t i = 0; i < bench->domains * 2; i++) {
		row.id = bench->ids[i / 2];
		bench_must(bench,
		    store_event_add(bench->store, bench_domain(name, i / 2),
			bench->now_s - (int64_t)(i % 999) * 3600, "state",
			VERDICT_WARN, "warning: spam rate 0.12 %",
			&bench->err));
		if (i % 2 == 0)
			bench_must(bench,
			    store_domain_update(
				bench->store, &row, &bench->err));
	}
	bench_must(bench, store_commit(bench->store, &bench->err));
}

/* What the logs of a large sender tell, in the store of its first domain:
 * a month of hours over many addresses, with many kinds of replies. */
static struct traffic
hour_of(int64_t hour_s, const char *provider, const char *stream, size_t n)
{
	struct traffic t = { .hour_s = hour_s,
		.provider = provider,
		.stream = stream,
		.delivered = (int64_t)(600 + n % 97),
		.deferred = (int64_t)(n % 13),
		.bounced = (int64_t)(n % 5) };

	for (size_t i = 0; i < HOUR_MINUTES; i++)
		t.minutes[i] = 10;
	return t;
}

static struct reply_count
reply_of(int64_t hour_s, const char *key, const char *stream, size_t n)
{
	return (struct reply_count){ .hour_s = hour_s,
		.provider = PROVIDER_GMAIL,
		.stream = stream,
		.key = key,
		.category = "rate_limit",
		.reply = "421 4.7.28",
		.identity = "dkim d00000.bench",
		.slow_down = true,
		.count = (int64_t)(1 + n % 9),
		.last_s = hour_s + 60,
		.sample =
		    "421-4.7.28 Gmail has detected an unusual rate of mail "
		    "originating from your DKIM domain" };
}

static void
add_hour(struct bench *bench, int64_t hour_s, size_t *traffic, size_t *replies)
{
	static const char *const providers[] = { "gmail", "yahoo",
		"microsoft" };
	char stream[24], key[24];

	for (size_t s = 0; s < LOG_STREAMS; s++) {
		snprintf(stream, sizeof(stream), "192.0.2.%zu", s);
		for (size_t p = 0; p < 3; p++) {
			struct traffic t = hour_of(
			    hour_s, providers[p], stream, (*traffic)++);

			bench_must(bench,
			    store_traffic_add(
				bench->store, bench->ids[0], &t, &bench->err));
		}
		for (size_t k = 0; k < LOG_KINDS; k++) {
			struct reply_count r;

			snprintf(key, sizeof(key), "kind_%zu", k);
			r = reply_of(hour_s, key, stream, (*replies)++);
			bench_must(bench,
			    store_reply_add(
				bench->store, bench->ids[0], &r, &bench->err));
		}
	}
}

void
fill_logs(struct bench *bench)
{
	int64_t now_hour = bench->now_s - bench->now_s % HOUR_SECONDS;
	double start = bench_now_ms(), took;
	size_t traffic = 0, replies = 0;

	bench_must(bench, store_begin(bench->store, &bench->err));
	for (int h = LOG_HOURS; h-- > 0;)
		add_hour(bench, now_hour - (int64_t)h * HOUR_SECONDS, &traffic,
		    &replies);
	bench_must(bench, store_commit(bench->store, &bench->err));
	took = bench_now_ms() - start;
	printf("%-34s %8.0f ms  (%zu hours, %zu replies, %.0f k rows/s)\n",
	    "a month of logs, one transaction", took, traffic, replies,
	    (double)(traffic + replies) / took);
}

static struct standing
standing_of(const struct bench *bench, size_t i)
{
	struct standing s;

	memset(&s, 0, sizeof(s));
	s.state = (enum standing_state)(i % 4);
	s.since_s = bench->now_s - (int64_t)(i % 100) * 3600;
	s.poll = POLL_OK;
	s.spam_day = s.spark_last = bench->first + (int32_t)bench->days;
	s.spam_rate = (double)(i % 100) / 1e4;
	s.mean7 = s.spam_rate / 2;
	for (size_t k = 0; k < STANDING_SPARK; k++)
		s.spark[k] = value_of(METRIC_SPAM_RATE, i, k);
	s.volume = (double)(i % 1000) * 100;
	s.growth = 1.2;
	s.ceiling = s.volume * 2;
	s.fails = i % 4 == STANDING_CRITICAL;
	s.fetched_s = bench->now_s - (int64_t)(i % 1000);
	snprintf(s.reasons, sizeof(s.reasons),
	    "spam_violation, ptr/192.0.2.%zu/missing", i % 250);
	snprintf(s.why, sizeof(s.why), "spam >= 0.30 since Nov 17");
	return s;
}

void
fill_standing(struct bench *bench)
{
	double start = bench_now_ms();

	bench_must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++) {
		struct standing s = standing_of(bench, i);

		bench_must(bench,
		    store_standing_put(
			bench->store, bench->ids[i], &s, &bench->err));
	}
	bench_must(bench, store_commit(bench->store, &bench->err));
	printf("%-34s %8.0f ms\n", "standings of all, one transaction",
	    bench_now_ms() - start);
}
