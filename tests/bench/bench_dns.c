/* Questions a second: a bare c-ares loop beside the DNS client. */
/* SPDX-License-Identifier: MIT */
/*
 * bench_dns SERVER:PORT FILE [PARALLEL [ROUNDS]]
 * FILE has one "name type" a line (see dns_zone.py).  Both ask all of it,
 * taking turns, with the same number of questions under way.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ares.h>

#include "net/dnsplan.h"
#include "sendtop/dns.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum { LINE_SIZE = 1200, CHANNELS = 8, ROUNDS_MAX = 99 };

struct question {
	char *name;
	enum dns_type type;
};

struct list {
	struct question *items;
	size_t count, cap;
};

static const struct {
	const char *word;
	enum dns_type type;
} types[] = {
	{ "A", DNS_A },
	{ "AAAA", DNS_AAAA },
	{ "CNAME", DNS_CNAME },
	{ "MX", DNS_MX },
	{ "NS", DNS_NS },
	{ "PTR", DNS_PTR },
	{ "SOA", DNS_SOA },
	{ "TLSA", DNS_TLSA },
	{ "TXT", DNS_TXT },
};

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "bench_dns: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

/* A word, or TYPE with a number; 0: neither. */
static enum dns_type
type_read(const char *word)
{
	int64_t number;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].word, word) == 0)
			return types[i].type;
	if (strncmp(word, "TYPE", 4) == 0 &&
	    text_to_int(word + 4, 1, UINT16_MAX, &number))
		return (enum dns_type)number;
	return (enum dns_type)0;
}

static void
list_read(struct list *list, const char *path)
{
	char line[LINE_SIZE], *type;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		fail(path, "cannot be read");
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		type = strchr(line, ' ');
		if (type == NULL)
			fail(path, "expected lines of \"name type\"");
		*type++ = '\0';
		list->items = mem_grow(
		    list->items, list->count, &list->cap, sizeof(*list->items));
		list->items[list->count].name = mem_dup(line);
		list->items[list->count].type = type_read(type);
		if (list->items[list->count].type == 0)
			fail(type, "not a type that is known");
		list->count++;
	}
	fclose(f);
	if (list->count == 0)
		fail(path, "no questions");
}

/* --- bare ---------------------------------------------------------------- */

struct bare {
	const struct list *list;
	ares_channel channels[CHANNELS];
	unsigned under_way[CHANNELS], window;
	size_t next, answers, failures;
};

struct bare_slot {
	struct bare *bare;
	unsigned channel;
};

static void bare_fill(struct bare_slot *slot);

static void
bare_answer(void *arg, int status, int timeouts, unsigned char *packet, int len)
{
	struct bare_slot *slot = arg;
	struct bare *bare = slot->bare;

	(void)timeouts;
	(void)len;
	bare->under_way[slot->channel]--;
	if (packet != NULL)
		bare->answers++;
	else if (status != ARES_EDESTRUCTION)
		bare->failures++;
	if (status != ARES_EDESTRUCTION)
		bare_fill(slot);
}

static void
bare_fill(struct bare_slot *slot)
{
	struct bare *bare = slot->bare;
	const struct question *q;

	while (bare->under_way[slot->channel] < bare->window &&
	    bare->next < bare->list->count) {
		q = &bare->list->items[bare->next++];
		bare->under_way[slot->channel]++;
		ares_query(bare->channels[slot->channel], q->name, 1,
		    (int)q->type, bare_answer, slot);
	}
}

static void
bare_wait(struct bare *bare)
{
	struct pollfd fds[CHANNELS * ARES_GETSOCK_MAXNUM];
	unsigned owner[CHANNELS * ARES_GETSOCK_MAXNUM], c, i;
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	nfds_t n = 0, k;
	int bits;

	for (c = 0; c < CHANNELS; c++) {
		bits = ares_getsock(
		    bare->channels[c], socks, ARES_GETSOCK_MAXNUM);
		for (i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
			if (!ARES_GETSOCK_READABLE(bits, i) &&
			    !ARES_GETSOCK_WRITABLE(bits, i))
				continue;
			owner[n] = c;
			fds[n].fd = socks[i];
			fds[n].events = POLLIN;
			if (ARES_GETSOCK_WRITABLE(bits, i))
				fds[n].events |= POLLOUT;
			fds[n++].revents = 0;
		}
	}
	if (poll(fds, n, 100) == 0)
		for (c = 0; c < CHANNELS; c++)
			ares_process_fd(bare->channels[c], ARES_SOCKET_BAD,
			    ARES_SOCKET_BAD);
	for (k = 0; k < n; k++)
		if (fds[k].revents != 0)
			ares_process_fd(bare->channels[owner[k]], fds[k].fd,
			    fds[k].revents & POLLOUT ? fds[k].fd
						     : ARES_SOCKET_BAD);
}

static double
bare_run(const struct list *list, const char *server, unsigned parallel,
    size_t *lost)
{
	struct bare bare = { .list = list };
	struct bare_slot slots[CHANNELS];
	struct ares_options options = {
		.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS,
		.timeout = 1000,
		.tries = 5,
		.ednspsz = 1232,
	};
	double start;
	unsigned c;

	bare.window = (parallel + CHANNELS - 1) / CHANNELS;
	for (c = 0; c < CHANNELS; c++)
		if (ares_init_options(&bare.channels[c], &options,
			ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
			    ARES_OPT_EDNSPSZ) != ARES_SUCCESS ||
		    ares_set_servers_ports_csv(bare.channels[c], server) !=
			ARES_SUCCESS)
			fail(server, "cannot set up c-ares");
	start = seconds();
	for (c = 0; c < CHANNELS; c++) {
		slots[c].bare = &bare;
		slots[c].channel = c;
		bare_fill(&slots[c]);
	}
	while (bare.answers + bare.failures < list->count)
		bare_wait(&bare);
	start = seconds() - start;
	for (c = 0; c < CHANNELS; c++)
		ares_destroy(bare.channels[c]);
	*lost = bare.failures;
	return (double)list->count / start;
}

/* --- the client ---------------------------------------------------------- */

struct tally {
	struct loop *loop;
	size_t left, lost;
};

static void
answered(void *arg, struct dns_answer *take)
{
	struct tally *tally = arg;

	tally->lost += take->outcome > DNS_REFUSED;
	free(take);
	if (--tally->left == 0)
		loop_stop(tally->loop);
}

static double
client_run(
    const struct list *list, char *server, unsigned parallel, size_t *lost)
{
	struct settings settings;
	struct tally tally = { .left = list->count };
	struct error err;
	struct dns *dns;
	double start;
	size_t i;

	memset(&settings, 0, sizeof(settings));
	settings.servers.items = &server;
	settings.servers.count = 1;
	settings.dns_timeout_ms = 1000;
	settings.dns_tries = 5;
	settings.dns_parallel = parallel;
	if (loop_open(&tally.loop, &err) != STATUS_OK ||
	    dns_open(tally.loop, &settings, &dns, &err) != STATUS_OK)
		fail(server, err.text);
	start = seconds();
	for (i = 0; i < list->count; i++)
		dns_ask(dns, list->items[i].name, list->items[i].type, answered,
		    &tally);
	loop_run(tally.loop);
	start = seconds() - start;
	dns_close(dns);
	loop_close(tally.loop);
	*lost = tally.lost;
	return (double)list->count / start;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts them. */
static void
tell(const struct list *list, int64_t parallel, int64_t rounds, double *bare,
    double *client, double *ratio)
{
	size_t i = (size_t)rounds;

	qsort(bare, i, sizeof(*bare), ascending);
	qsort(client, i, sizeof(*client), ascending);
	qsort(ratio, i, sizeof(*ratio), ascending);
	printf("median of %" PRId64 ": %zu questions, %" PRId64
	       " at a time: bare %.0f/s, client %.0f/s, ratio %.2f "
	       "(worst %.2f)\n",
	    rounds, list->count, parallel, bare[i / 2], client[i / 2],
	    ratio[i / 2], ratio[0]);
}

int
main(int argc, char **argv)
{
	struct list list = { 0 };
	double bare[ROUNDS_MAX], client[ROUNDS_MAX], ratio[ROUNDS_MAX];
	int64_t parallel = 128, rounds = 5;
	size_t lost_bare, lost_client, i;
	clock_t cpu[3];

	if (argc < 3 || argc > 5 ||
	    (argc > 3 && !text_to_int(argv[3], 1, 1024, &parallel)) ||
	    (argc > 4 && !text_to_int(argv[4], 0, ROUNDS_MAX, &rounds))) {
		fprintf(stderr,
		    "usage: bench_dns SERVER:PORT FILE [PARALLEL [ROUNDS]]\n"
		    "       (0 rounds: the bare loop alone, once)\n");
		return 2;
	}
	ares_library_init(ARES_LIB_INIT_ALL);
	list_read(&list, argv[2]);
	if (rounds == 0) {
		bare[0] = bare_run(
		    &list, argv[1], (unsigned)parallel, &lost_bare);
		printf("bare %.0f/s (%zu lost)\n", bare[0], lost_bare);
	}
	for (i = 0; i < (size_t)rounds; i++) {
		cpu[0] = clock();
		bare[i] = bare_run(
		    &list, argv[1], (unsigned)parallel, &lost_bare);
		cpu[1] = clock();
		client[i] = client_run(
		    &list, argv[1], (unsigned)parallel, &lost_client);
		cpu[2] = clock();
		ratio[i] = client[i] / bare[i];
		printf("bare %.0f/s (%zu lost)  client %.0f/s (%zu lost)  "
		       "ratio %.2f  CPU time %.2f\n",
		    bare[i], lost_bare, client[i], lost_client, ratio[i],
		    (double)(cpu[2] - cpu[1]) / (double)(cpu[1] - cpu[0]));
	}
	if (rounds > 0)
		tell(&list, parallel, rounds, bare, client, ratio);
	for (i = 0; i < list.count; i++)
		free(list.items[i].name);
	free(list.items);
	ares_library_cleanup();
	return 0;
}
