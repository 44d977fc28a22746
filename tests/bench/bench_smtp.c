/* STARTTLS probes at once: the probe client beside openssl s_client. */
/* SPDX-License-Identifier: MIT */
/*
 * bench_smtp ADDRESS PORT CA-FILE [COUNT [ROUNDS [DELAY_MS]]]
 * COUNT servers listen on ADDRESS and those behind it, as the SMTP server of
 * tests/world does with "-d DELAY_MS ADDRESS+COUNT=good"; each reply comes
 * after DELAY_MS, which is only printed here.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sendtop/mem.h"
#include "sendtop/smtp.h"

enum {
	COUNT = 500,
	ROUNDS = 5,
	ROUNDS_MAX = 99,
	SINGLE = 5, /* runs of openssl that are measured */
	TIMEOUT_MS = 30000
};

struct bench {
	struct loop *loop;
	struct settings settings;
	struct in_addr first;
	size_t count, done, good;
	uint64_t longest_us;
};

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
cpu_seconds(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static struct in_addr
address_number(const struct bench *bench, size_t i)
{
	struct in_addr in = bench->first;

	in.s_addr = htonl(ntohl(in.s_addr) + (uint32_t)i);
	return in;
}

static void
arrived(void *arg, struct smtp_session *take)
{
	struct bench *bench = arg;

	if (take->starttls == STARTTLS_OK && take->has_cert)
		bench->good++;
	else if (bench->good == bench->done)
		fprintf(stderr, "first failure: outcome %d in %s, %s%s\n",
		    (int)take->outcome, take->phase, take->reply,
		    take->tls_error);
	if (take->total_us > bench->longest_us)
		bench->longest_us = take->total_us;
	free(take);
	if (++bench->done == bench->count)
		loop_stop(bench->loop);
}

/* The time that all probes take together. */
static double
run_probes(struct bench *bench)
{
	double start = seconds();
	struct error err;
	struct smtp *smtp;
	size_t i;

	bench->done = bench->good = 0;
	if (loop_open(&bench->loop, &err) != STATUS_OK ||
	    smtp_open(bench->loop, &bench->settings, &smtp, &err) !=
		STATUS_OK) {
		fprintf(stderr, "bench_smtp: %s\n", err.text);
		exit(3);
	}
	for (i = 0; i < bench->count; i++) {
		struct in_addr in = address_number(bench, i);
		struct address address = { .family = 4 };

		memcpy(address.bytes, &in, 4);
		smtp_probe(smtp, "mx.good.test", &address, arrived, bench);
	}
	loop_run(bench->loop);
	smtp_close(smtp);
	loop_close(bench->loop);
	return seconds() - start;
}

/* What one probe by openssl takes, the middle of a few. */
static double
run_openssl(const struct bench *bench)
{
	char command[256], text[INET_ADDRSTRLEN];
	double start = seconds();
	int i;

	for (i = 0; i < SINGLE; i++) {
		struct in_addr in = address_number(bench, (size_t)i);

		inet_ntop(AF_INET, &in, text, sizeof(text));
		snprintf(command, sizeof(command),
		    "echo QUIT | openssl s_client -quiet -starttls smtp "
		    "-name probe.test -connect %s:%d >/dev/null 2>&1",
		    text, (int)bench->settings.smtp_port);
		if (system(command) == -1)
			return 0;
	}
	return (seconds() - start) / SINGLE;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
tell(struct bench *bench, long rounds, const char *delay_ms)
{
	double wall[ROUNDS_MAX], cpu = cpu_seconds(), single, each;
	struct rusage used;
	long i;

	for (i = 0; i < rounds; i++) {
		wall[i] = run_probes(bench);
		if (bench->good != bench->count)
			fprintf(stderr, "only %zu of %zu probes saw TLS\n",
			    bench->good, bench->count);
	}
	cpu = (cpu_seconds() - cpu) / (double)rounds;
	qsort(wall, (size_t)rounds, sizeof(wall[0]), by_size);
	single = run_openssl(bench);
	each = single * (double)bench->count;
	getrusage(RUSAGE_SELF, &used);
	printf("%zu STARTTLS probes, %s ms a reply: median %.3f s, "
	       "worst %.3f s, own CPU %.3f s, %ld MiB at most\n",
	    bench->count, delay_ms, wall[rounds / 2], wall[rounds - 1], cpu,
	    used.ru_maxrss / 1024);
	printf("openssl s_client: %.3f s each, %.1f s one by one, "
	       "%.0f times as long\n",
	    single, each, each / wall[rounds / 2]);
}

int
main(int argc, char **argv)
{
	static char helo[] = "probe.test";
	long rounds = argc > 5 ? strtol(argv[5], NULL, 10) : ROUNDS;
	struct bench bench = { .count = COUNT };

	if (argc > 4)
		bench.count = (size_t)strtoul(argv[4], NULL, 10);
	if (argc < 4 || rounds < 1 || rounds > ROUNDS_MAX ||
	    bench.count < SINGLE ||
	    inet_pton(AF_INET, argv[1], &bench.first) != 1) {
		fputs("usage: bench_smtp ADDRESS PORT CA-FILE [COUNT [ROUNDS "
		      "[DELAY_MS]]]\n",
		    stderr);
		return 2;
	}
	bench.settings = (struct settings){
		.smtp_port = strtol(argv[2], NULL, 10),
		.ca_file = argv[3],
		.helo = helo,
		.allow_private = true,
		.smtp_timeout_ms = TIMEOUT_MS,
		.smtp_parallel = (int64_t)bench.count,
	};
	tell(&bench, rounds, argc > 6 ? argv[6] : "?");
	return bench.good == bench.count ? 0 : 1;
}
