/* What naming a reply costs, and whose a relay host is. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sendtop/mem.h"
#include "sendtop/reply.h"

enum { ROUNDS = 2000, REPEATS = 5, LINES = 200 };

static const char *const hosts[] = { "gmail-smtp-in.l.google.com",
	"alt4.gmail-smtp-in.l.google.com", "aspmx.l.google.com",
	"mta7.am0.yahoodns.net", "hotmail-com.olc.protection.outlook.com",
	"mx.example.com", "a-rather-long-name-of-a-host.mail.example.co.uk",
	"none" };
enum { HOSTS = sizeof(hosts) / sizeof(hosts[0]) };

struct bench {
	struct reply_catalogue *catalogue;
	struct providers *providers;
	char *lines[LINES];
	size_t count, octets, known;
};

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
read_lines(struct bench *b, const char *path)
{
	FILE *in = fopen(path, "r");
	char line[4096];

	if (in == NULL) {
		fprintf(stderr, "bench_reply: %s cannot be read\n", path);
		exit(EXIT_FAILURE);
	}
	while (b->count < LINES && fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, "# ", 2) == 0)
			continue;
		line[strcspn(line, "\t\n")] = '\0';
		b->octets += strlen(line);
		b->lines[b->count++] = mem_dup(line);
	}
	fclose(in);
}

static void
classify(struct bench *b)
{
	struct reply_match match;

	for (size_t i = 0; i < b->count; i++) {
		reply_classify(b->catalogue, b->lines[i], strlen(b->lines[i]),
		    "gmail", &match);
		b->known += match.row != NULL;
	}
}

static void
whose(struct bench *b)
{
	for (size_t i = 0; i < HOSTS; i++)
		b->known += provider_of(b->providers, hosts[i],
				strlen(hosts[i]))[0] == 'g';
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
run(struct bench *b, const char *what, void (*one)(struct bench *),
    double count, double unit, const char *name)
{
	double took[REPEATS], start;

	for (int k = 0; k < REPEATS; k++) {
		start = now_ns();
		for (int i = 0; i < ROUNDS; i++)
			one(b);
		took[k] = (now_ns() - start) / ROUNDS / count / unit;
	}
	qsort(took, REPEATS, sizeof(took[0]), compare);
	printf("%s: %.2f %s (worst %.2f)\n", what, took[REPEATS / 2], name,
	    took[REPEATS - 1]);
}

int
main(int argc, char **argv)
{
	struct bench b = { .count = 0 };
	struct error err;
	char *path;

	if (argc != 3) {
		fprintf(stderr, "usage: bench_reply SHARE REPLIES\n");
		return EXIT_FAILURE;
	}
	path = mem_printf("%s/providers.json", argv[1]);
	if (reply_catalogue_load(argv[1], &b.catalogue, &err) != STATUS_OK ||
	    providers_load(path, &b.providers, &err) != STATUS_OK) {
		fprintf(stderr, "bench_reply: %s\n", err.text);
		return EXIT_FAILURE;
	}
	free(path);
	read_lines(&b, argv[2]);
	printf("%zu replies of %zu octets on average\n", b.count,
	    b.octets / b.count);
	run(&b, "naming a reply", classify, (double)b.count, 1e3, "us");
	run(&b, "whose a host is", whose, HOSTS, 1, "ns");
	for (size_t i = 0; i < b.count; i++)
		free(b.lines[i]);
	providers_free(b.providers);
	reply_catalogue_free(b.catalogue);
	return EXIT_SUCCESS;
}
