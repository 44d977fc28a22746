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
#include "store_fill.h"

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
		start = bench_now_ms();
		run(bench, i);
		took[i] = bench_now_ms() - start;
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%-34s %8.3f ms  (worst %.3f)\n", what, took[ROUNDS / 2],
	    took[ROUNDS - 1]);
}

static void
page(struct bench *bench, const struct standing_page *page)
{
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count, total;

	bench_must(bench,
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
	bench_must(
	    bench, store_standing_counts(bench->store, counts, &bench->err));
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
		bench_must(bench,
		    store_series_get(bench->store, id, (enum metric)m,
			bench->first, bench->days, values, &bench->err));
	bench_must(bench,
	    store_findings_get(bench->store, id, INT64_MAX, arena, &findings,
		&count, &bench->err));
	bench_must(bench,
	    store_feedback_get(bench->store, id, bench->first,
		bench->first + (int32_t)bench->days, arena, &feedback, &count,
		&bench->err));
	bench_must(bench,
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

	bench_must(bench,
	    view_load(bench->store, bench->settings, NULL,
		bench_domain(name, round * 7919 % bench->domains), DAY_NONE,
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
	bench_must(bench,
	    view_load(bench->store, bench->settings, NULL,
		bench_domain(name, 0), DAY_NONE, bench->now_s, arena, &view,
		&bench->err));
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
	bench_must(bench,
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
	start = bench_now_ms();
	bench_must(bench, store_open(path, mode, &bench->store, &bench->err));
	printf("%-34s %8.3f ms\n",
	    mode == STORE_READ ? "opening as a reader"
			       : "opening as the collector",
	    bench_now_ms() - start);
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
	bench_must(
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
	bench_must(
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
