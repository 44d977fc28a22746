/* What the store costs: filling, size, the overview's page, one domain. */
/* SPDX-License-Identifier: MIT */
/*
 * bench_store [DOMAINS [DAYS [PATH]]]
 * With PATH the store is left there: what the screen's bench looks at.  Its
 * domains are those of the bench world, its numbers end two days ago.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sendtop/day.h"
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

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(struct bench *bench, enum status status)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "bench_store: %s\n", bench->err.text);
	exit(EXIT_FAILURE);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Runs it ROUNDS times: the median, and the worst. */
static void
report(const char *what, struct bench *bench,
    void (*run)(struct bench *bench, size_t round))
{
	double took[ROUNDS], start;

	for (size_t i = 0; i < ROUNDS; i++) {
		start = now_ms();
		run(bench, i);
		took[i] = now_ms() - start;
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%-34s %8.3f ms  (worst %.3f)\n", what, took[ROUNDS / 2],
	    took[ROUNDS - 1]);
}

static const char *
domain_name(char out[NAME_SIZE], size_t i)
{
	snprintf(out, NAME_SIZE, "d%05zu.bench", i);
	return out;
}

static void
add_domains(struct bench *bench)
{
	char name[NAME_SIZE];

	must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		must(bench,
		    store_domain_add(bench->store, domain_name(name, i),
			FROM_USER, i % 3 == 0 ? "prod" : "", &bench->ids[i],
			&bench->err));
	must(bench, store_commit(bench->store, &bench->err));
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

static void
fill_series(struct bench *bench)
{
	double values[DAYS_MAX], start = now_ms(), took;
	double count = (double)(bench->domains * bench->days * METRICS);

	must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		for (int m = 0; m < METRICS; m++) {
			for (size_t d = 0; d < bench->days; d++)
				values[d] = value_of(m, i, d);
			must(bench,
			    store_series_put(bench->store, bench->ids[i],
				(enum metric)m, bench->first, bench->days,
				values, &bench->err));
		}
	must(bench, store_commit(bench->store, &bench->err));
	took = now_ms() - start;
	printf("%-34s %8.2f M values/s  (%.0f values, %.0f ms)\n",
	    "first sync, one transaction", count / took / 1e3, count, took);
}

/* A day later: each series gets a new day and its last ten once more. */
static void
refresh_series(struct bench *bench)
{
	double values[11], start = now_ms();

	must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		for (int m = 0; m < METRICS; m++) {
			for (size_t d = 0; d < 11; d++)
				values[d] = value_of(
				    m, i, bench->days - 10 + d);
			must(bench,
			    store_series_put(bench->store, bench->ids[i],
				(enum metric)m,
				bench->first + (int32_t)bench->days - 10, 11,
				values, &bench->err));
		}
	must(bench, store_commit(bench->store, &bench->err));
	printf("%-34s %8.0f ms\n", "a day's refresh, one transaction",
	    now_ms() - start);
}

static void
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
	must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++)
		must(bench,
		    store_findings_put(bench->store, bench->ids[i], names, 3,
			findings, FINDINGS, bench->now_s, NULL, NULL,
			&bench->err));
	must(bench, store_commit(bench->store, &bench->err));
}

/* When what was asked, as a poll leaves it; and two events a domain. */
static void
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

	must(bench, store_begin(bench->store, &bench->err));
	must(bench,
	    store_value_set(bench->store, "postmaster.newest_day",
		day_text(day, row.asked_last), &bench->err));
	must(bench,
	    store_value_set(bench->store, "postmaster.fetched",
		time_text(when, bench->now_s), &bench->err));
	for (size_t i = 0; i < bench->domains * 2; i++) {
		row.id = bench->ids[i / 2];
		must(bench,
		    store_event_add(bench->store, domain_name(name, i / 2),
			bench->now_s - (int64_t)(i % 999) * 3600, "state",
			VERDICT_WARN, "warning: spam rate 0.12 %",
			&bench->err));
		if (i % 2 == 0)
			must(bench,
			    store_domain_update(
				bench->store, &row, &bench->err));
	}
	must(bench, store_commit(bench->store, &bench->err));
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

			must(bench,
			    store_traffic_add(
				bench->store, bench->ids[0], &t, &bench->err));
		}
		for (size_t k = 0; k < LOG_KINDS; k++) {
			struct reply_count r;

			snprintf(key, sizeof(key), "kind_%zu", k);
			r = reply_of(hour_s, key, stream, (*replies)++);
			must(bench,
			    store_reply_add(
				bench->store, bench->ids[0], &r, &bench->err));
		}
	}
}

static void
fill_logs(struct bench *bench)
{
	int64_t now_hour = bench->now_s - bench->now_s % HOUR_SECONDS;
	double start = now_ms(), took;
	size_t traffic = 0, replies = 0;

	must(bench, store_begin(bench->store, &bench->err));
	for (int h = LOG_HOURS; h-- > 0;)
		add_hour(bench, now_hour - (int64_t)h * HOUR_SECONDS, &traffic,
		    &replies);
	must(bench, store_commit(bench->store, &bench->err));
	took = now_ms() - start;
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

static void
fill_standing(struct bench *bench)
{
	double start = now_ms();

	must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < bench->domains; i++) {
		struct standing s = standing_of(bench, i);

		must(bench,
		    store_standing_put(
			bench->store, bench->ids[i], &s, &bench->err));
	}
	must(bench, store_commit(bench->store, &bench->err));
	printf("%-34s %8.0f ms\n", "standings of all, one transaction",
	    now_ms() - start);
}

static void
page(struct bench *bench, const struct standing_page *page)
{
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count, total;

	must(bench,
	    store_standing_page(
		bench->store, page, arena, &rows, &count, &total, &bench->err));
	arena_free(arena);
}

static void
run_first_page(struct bench *bench, size_t round)
{
	(void)round;
	page(bench, &(struct standing_page){ .limit = SCREEN_ROWS });
}

static void
run_last_page(struct bench *bench, size_t round)
{
	(void)round;
	page(bench,
	    &(struct standing_page){
		.offset = bench->domains - SCREEN_ROWS, .limit = SCREEN_ROWS });
}

static void
run_filtered(struct bench *bench, size_t round)
{
	(void)round;
	page(bench,
	    &(struct standing_page){
		.filter = "192.0.2.17/", .limit = SCREEN_ROWS });
}

static void
run_by_volume(struct bench *bench, size_t round)
{
	(void)round;
	page(bench,
	    &(struct standing_page){
		.sort = SORT_VOLUME, .limit = SCREEN_ROWS });
}

static void
run_counts(struct bench *bench, size_t round)
{
	size_t counts[5];

	(void)round;
	must(bench, store_standing_counts(bench->store, counts, &bench->err));
}

/* All that one domain's screen reads. */
static void
run_drill_down(struct bench *bench, size_t round)
{
	int64_t id = bench->ids[round * 7919 % bench->domains];
	struct arena *arena = arena_new();
	double values[DAYS_MAX];
	struct finding *findings;
	struct store_event *events;
	struct feedback *feedback;
	size_t count;

	for (int m = 0; m < METRIC_COUNT; m++)
		must(bench,
		    store_series_get(bench->store, id, (enum metric)m,
			bench->first, bench->days, values, &bench->err));
	must(bench,
	    store_findings_get(bench->store, id, INT64_MAX, arena, &findings,
		&count, &bench->err));
	must(bench,
	    store_feedback_get(bench->store, id, bench->first,
		bench->first + (int32_t)bench->days, arena, &feedback, &count,
		&bench->err));
	must(bench,
	    store_events(bench->store, "d00001.bench", 0, INT64_MAX, 100, arena,
		&events, &count, &bench->err));
	arena_free(arena);
}

/* The same with its judgements, as a screen asks for it. */
static void
run_view(struct bench *bench, size_t round)
{
	char name[NAME_SIZE];
	struct arena *arena = arena_new();
	struct view view;

	must(bench,
	    view_load(bench->store, bench->settings, NULL,
		domain_name(name, round * 7919 % bench->domains), DAY_NONE,
		bench->now_s, arena, &view, &bench->err));
	arena_free(arena);
}

/* The domain whose month of logs was filled in. */
static void
run_view_logs(struct bench *bench, size_t round)
{
	struct arena *arena = arena_new();
	char name[NAME_SIZE];
	struct view view;

	(void)round;
	must(bench,
	    view_load(bench->store, bench->settings, NULL, domain_name(name, 0),
		DAY_NONE, bench->now_s, arena, &view, &bench->err));
	arena_free(arena);
}

/* The top of a day's replies of all domains. */
static void
run_top_replies(struct bench *bench, size_t round)
{
	struct reply_query query = { .since_s = bench->now_s - DAY_SECONDS,
		.until_s = bench->now_s + 1,
		.any_identity = true,
		.by_count = true,
		.limit = SCREEN_ROWS };
	struct arena *arena = arena_new();
	struct reply_count *replies;
	size_t count;

	(void)round;
	must(bench,
	    store_replies(
		bench->store, &query, arena, &replies, &count, &bench->err));
	arena_free(arena);
}

static void
run_changes(struct bench *bench, size_t round)
{
	(void)round;
	store_changes(bench->store);
}

static void
reopen(struct bench *bench, const char *path, enum store_mode mode)
{
	double start;

	store_close(bench->store);
	start = now_ms();
	must(bench, store_open(path, mode, &bench->store, &bench->err));
	printf("%-34s %8.3f ms\n",
	    mode == STORE_READ ? "opening as a reader"
			       : "opening as the collector",
	    now_ms() - start);
}

static void
report_size(
    struct bench *bench, const char *path, const char *when, size_t days)
{
	struct stat st;

	if (stat(path, &st) == 0)
		printf("%-34s %8.2f MB, %.2f bytes a value\n", when,
		    (double)st.st_size / 1e6,
		    (double)st.st_size /
			(double)(bench->domains * days * METRICS));
}

static void
remove_store(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *name = mem_printf("%s%s", path, ends[i]);

		unlink(name);
		free(name);
	}
}

static size_t
argument(int argc, char **argv, int at, size_t standard)
{
	long value = argc > at ? strtol(argv[at], NULL, 10) : 0;

	return value > 0 ? (size_t)value : standard;
}

static void
fill(struct bench *bench, const char *path)
{
	must(
	    bench, store_open(path, STORE_COLLECT, &bench->store, &bench->err));
	add_domains(bench);
	fill_series(bench);
	reopen(bench, path, STORE_COLLECT);
	report_size(bench, path, "size with only the series", bench->days);
	refresh_series(bench);
	reopen(bench, path, STORE_COLLECT);
	report_size(bench, path, "size a day later", bench->days);
	fill_findings(bench);
	fill_polls(bench);
	fill_standing(bench);
	fill_logs(bench);
}

static void
read_back(struct bench *bench)
{
	report("overview page, worst first", bench, run_first_page);
	report("its last page", bench, run_last_page);
	report("by volume", bench, run_by_volume);
	report("filtered", bench, run_filtered);
	report("counts", bench, run_counts);
	report("drill-down, all of one domain", bench, run_drill_down);
	report("view_load of one domain", bench, run_view);
	report("view_load with a month of logs", bench, run_view_logs);
	report("a day's replies, the fleet's top", bench, run_top_replies);
	report("news?", bench, run_changes);
}

int
main(int argc, char **argv)
{
	struct bench bench = { .domains = argument(argc, argv, 1, 10000),
		.days = argument(argc, argv, 2, 120),
		.now_s = clock_utc_s() };
	const char *tmp = getenv("TMPDIR");
	char *path = argc > 3
	    ? mem_dup(argv[3])
	    : mem_printf("%s/bench-store-%" PRId64 ".db",
		  tmp != NULL ? tmp : "/tmp", (int64_t)getpid());

	if (bench.days > DAYS_MAX || bench.domains < SCREEN_ROWS) {
		fprintf(stderr, "usage: bench_store [DOMAINS [DAYS [PATH]]]\n");
		return EXIT_FAILURE;
	}
	must(
	    &bench, settings_parse("", 0, "none", &bench.settings, &bench.err));
	bench.ids = mem_zero(bench.domains, sizeof(*bench.ids));
	bench.first = day_of(bench.now_s) - LAG - (int32_t)bench.days;
	printf("store: %zu domains x %zu days x %d metrics\n", bench.domains,
	    bench.days, (int)METRICS);
	remove_store(path);
	fill(&bench, path);
	reopen(&bench, path, STORE_READ);
	read_back(&bench);
	store_close(bench.store);
	if (argc <= 3)
		remove_store(path);
	settings_free(bench.settings);
	free(bench.ids);
	free(path);
	return EXIT_SUCCESS;
}
