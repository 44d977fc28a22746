/* A made-up Postfix log of any size, and what reading one costs. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/mta.h"
#include "sendtop/source.h"

/* --- a log ---------------------------------------------------------------- */

/* Messages under way at once, whose lines mingle. */
enum {
	UNDER_WAY = 96,
	PROCESSES = 200, /* of smtp(8) */
	DOMAINS = 40,
	BEGIN_2026_11_22 = 1795305600,
};

static const struct relay {
	unsigned share; /* of 100 */
	const char *host, *ip, *domain, *said;
} relays[] = {
	{ 33, "gmail-smtp-in.l.google.com", "142.250.110.26", "gmail.com",
	    "250 2.0.0 OK  1795305600 ffacd0b85a97d-42cb7fba5e7si6540541f8f."
	    "1035 - gsmtp" },
	{ 6, "alt1.gmail-smtp-in.l.google.com", "2a00:1450:4025:c03::1a",
	    "gmail.com",
	    "250 2.0.0 OK  1795305601 38308e7fff4ca-37a6bc2f3a5si16012411fa."
	    "288 - gsmtp" },
	{ 9, "aspmx.l.google.com", "142.250.153.27", "example.net",
	    "250 2.0.0 OK  1795305602 a640c23a62f3a-b76550a0d1esi640118366b."
	    "912 - gsmtp" },
	{ 14, "mta7.am0.yahoodns.net", "67.195.204.72", "yahoo.com",
	    "250 ok dirdel" },
	{ 17, "outlook-com.olc.protection.outlook.com", "52.101.73.4",
	    "outlook.com",
	    "250 2.6.0 <20261122031244.1@news.example.com> "
	    "[InternalId=27195472482823, Hostname=DB9PR10MB5881.EURPRD10."
	    "PROD.OUTLOOK.COM] 17321 bytes in 0.094, 178.8 KB/sec Queued mail "
	    "for delivery -> 250 2.1.5" },
	{ 21, "mx00.example.org", "192.0.2.77", "example.org",
	    "250 2.0.0 Ok: queued as 4F1C3A0B7D" },
};
static const char slow[] =
    "host %s[%s] said: 421-4.7.28 Gmail has detected an unusual rate of "
    "unsolicited mail originating 421-4.7.28 from your IP address. To protect "
    "our users from spam, mail sent 421-4.7.28 from your IP address has been "
    "temporarily rate limited. 421 4.7.28 https://support.google.com/mail/"
    "?p=UnsolicitedRateLimitError (in reply to end of DATA command)";

struct message {
	int stage;
	uint64_t id;
	unsigned domain, user, process;
	const struct relay *relay;
	bool reused; /* a connection that was open */
};

struct maker {
	FILE *out;
	uint64_t state, now_ms, left, made;
	int64_t told; /* the second that stamp is of */
	char stamp[32];
	struct message messages[UNDER_WAY];
	const struct relay *open[PROCESSES]; /* where each is connected to */
};

/* splitmix64 */
static unsigned
any(struct maker *m, unsigned below)
{
	uint64_t z = m->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (unsigned)((z ^ z >> 31) >> 32) % below;
}

static void
begin(struct maker *m, struct message *msg)
{
	unsigned at = any(m, 100);

	msg->stage = 0;
	msg->id = m->made++;
	msg->domain = any(m, DOMAINS);
	msg->user = any(m, 1000000);
	msg->process = any(m, PROCESSES);
	msg->relay = relays;
	while (at >= msg->relay->share)
		at -= msg->relay++->share;
}

static void
frame(struct maker *m, const char *process, unsigned pid)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t now = (int64_t)(m->now_ms / 1000);
	int year, month, mday;

	m->now_ms += any(m, 8);
	if (now != m->told) {
		day_split(day_of(now), &year, &month, &mday);
		snprintf(m->stamp, sizeof(m->stamp), "%.3s %2d %02d:%02d:%02d",
		    months + (month - 1) * 3, mday, (int)(now / 3600 % 24),
		    (int)(now / 60 % 60), (int)(now % 60));
		m->told = now;
	}
	fprintf(m->out, "%s mx1 %s[%u]: ", m->stamp, process, pid);
}

static unsigned
pid_of(const struct message *msg)
{
	return 10000 + msg->process * 7;
}

/* "connect from" before a message and "disconnect from" after it, of every
 * fourth: an application sends several over a connection. */
static void
session(struct maker *m, const struct message *msg, bool begins)
{
	if (msg->id % 4 != 0)
		return;
	frame(m, "postfix/submission/smtpd", 900 + msg->process % 16);
	fprintf(m->out, "%s from app%u.example.com[198.51.100.%u]%s\n",
	    begins ? "connect" : "disconnect", msg->domain % 4,
	    10 + msg->domain % 4,
	    begins ? ""
		   : " ehlo=2 starttls=1 auth=1 mail=4 rcpt=4 data=4 quit=1 "
		     "commands=17");
}

/* A new connection, unless this process is connected there. */
static void
connection(struct maker *m, struct message *msg)
{
	msg->reused = m->open[msg->process] == msg->relay && any(m, 2) == 0;
	if (msg->reused)
		return;
	m->open[msg->process] = msg->relay;
	frame(m, "postfix/smtp", pid_of(msg));
	fprintf(m->out,
	    "Trusted TLS connection established to %s[%s]:25: TLSv1.3 "
	    "with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) "
	    "key-exchange X25519 server-signature ECDSA (prime256v1) "
	    "server-digest SHA256\n",
	    msg->relay->host, msg->relay->ip);
}

static void
delivery(struct maker *m, const struct message *msg)
{
	const struct relay *relay = msg->relay;
	bool deferred = relay < relays + 3 && any(m, 100) < 4;

	frame(m, "postfix/smtp", pid_of(msg));
	fprintf(m->out,
	    "4f%012" PRIX64 ": to=<user%u@%s>, relay=%s[%s]:25, %sdelay=1.%u, "
	    "delays=0.0%u/0.01/0.%u/0.4%u, dsn=%s, status=%s (",
	    msg->id, msg->user, relay->domain, relay->host, relay->ip,
	    msg->reused ? "conn_use=2, " : "", any(m, 10), any(m, 10),
	    any(m, 10), any(m, 10), deferred ? "4.7.28" : "2.0.0",
	    deferred ? "deferred" : "sent");
	if (deferred)
		fprintf(m->out, slow, relay->host, relay->ip);
	else
		fputs(relay->said, m->out);
	fputs(")\n", m->out);
}

static void
submitted(struct maker *m, const struct message *msg)
{
	session(m, msg, true);
	frame(m, "postfix/submission/smtpd", 900 + msg->process % 16);
	fprintf(m->out,
	    "4f%012" PRIX64 ": client=app%u.example.com[198.51.100.%u]"
	    ", sasl_method=PLAIN, sasl_username=news%u@example.com\n",
	    msg->id, msg->domain % 4, 10 + msg->domain % 4, msg->domain);
}

static void
cleaned(struct maker *m, const struct message *msg)
{
	frame(m, "postfix/cleanup", 700 + msg->process % 8);
	fprintf(m->out,
	    "4f%012" PRIX64 ": message-id=<20261122.%" PRIu64
	    ".%u@news%u.example.com>\n",
	    msg->id, msg->id, msg->user, msg->domain);
}

static void
signed_by(struct maker *m, const struct message *msg)
{
	frame(m, "opendkim", 611);
	fprintf(m->out,
	    "4f%012" PRIX64 ": DKIM-Signature field added (s=s%u, "
	    "d=news%u.example.com)\n",
	    msg->id, msg->domain % 3, msg->domain);
}

static void
queued(struct maker *m, const struct message *msg)
{
	frame(m, "postfix/qmgr", 605);
	fprintf(m->out,
	    "4f%012" PRIX64 ": from=<bounce+%u@news%u.example.com>, "
	    "size=%u, nrcpt=1 (queue active)\n",
	    msg->id, msg->user, msg->domain, 9000 + any(m, 60000));
}

static void
removed(struct maker *m, struct message *msg)
{
	frame(m, "postfix/qmgr", 605);
	fprintf(m->out, "4f%012" PRIX64 ": removed\n", msg->id);
	session(m, msg, false);
	begin(m, msg);
}

/* The next line of a message. */
static void
one_line(struct maker *m, struct message *msg)
{
	switch (msg->stage++) {
	case 0:
		submitted(m, msg);
		break;
	case 1:
		cleaned(m, msg);
		break;
	case 2:
		signed_by(m, msg);
		break;
	case 3:
		queued(m, msg);
		break;
	case 4:
		/* The delivery follows at once: a process has one at a time. */
		connection(m, msg);
		delivery(m, msg);
		break;
	default:
		removed(m, msg);
	}
}

static int
make(const char *path, uint64_t size, uint64_t seed)
{
	struct maker m = { .state = seed, .told = -1 };

	m.out = fopen(path, "w");
	if (m.out == NULL) {
		fprintf(stderr, "bench_log: %s cannot be written\n", path);
		return EXIT_FAILURE;
	}
	m.now_ms = (uint64_t)BEGIN_2026_11_22 * 1000;
	for (size_t i = 0; i < UNDER_WAY; i++) {
		begin(&m, &m.messages[i]);
		m.messages[i].stage = (int)any(&m, 4);
	}
	while ((uint64_t)ftello(m.out) < size)
		for (int i = 0; i < 1000; i++)
			one_line(&m, &m.messages[any(&m, UNDER_WAY)]);
	return fclose(m.out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- reading it ----------------------------------------------------------- */

/* Hosts come again and again: each is looked up once, as sendtop ingest
 * does. */
struct host {
	char name[64];
	size_t len;
	bool gmail;
};

enum { HOSTS = 64 };

struct tally {
	struct providers *providers;
	struct host hosts[HOSTS];
	uint64_t attempts, joined, gmail, tls, selectors;
};

static bool
is_gmail(const struct tally *t, struct span host)
{
	return strcmp(provider_of(t->providers, host.at != NULL ? host.at : "",
			  host.len),
		   PROVIDER_GMAIL) == 0;
}

static bool
was_gmail(struct tally *t, struct span name)
{
	struct host *host;
	uint32_t end;

	if (name.len < sizeof(end) || name.len > sizeof(host->name))
		return is_gmail(t, name);
	memcpy(&end, name.at + (name.len - sizeof(end)) / 2, sizeof(end));
	host = &t->hosts[(end * 0x9e3779b1u >> 26) % HOSTS];
	if (host->len != name.len ||
	    memcmp(host->name, name.at, name.len) != 0) {
		memcpy(host->name, name.at, name.len);
		host->len = name.len;
		host->gmail = is_gmail(t, name);
	}
	return host->gmail;
}

static void
take_delivery(void *arg, const struct delivery *d)
{
	struct tally *t = arg;

	t->attempts++;
	t->joined += d->sender.at != NULL;
	t->tls += d->tls == TLS_USED;
	t->gmail += was_gmail(t, d->relay_host);
}

static void
take_selector(void *arg, struct span domain, struct span selector, int64_t at_s)
{
	struct tally *t = arg;

	(void)domain;
	(void)selector;
	(void)at_s;
	t->selectors++;
}

static size_t
peek(void *arg, uint64_t at, char *buf, size_t size)
{
	ssize_t n = pread(*(int *)arg, buf, size, (off_t)at);

	return n > 0 ? (size_t)n : 0;
}

/* As sendtop ingest does. */
static bool
read_file(struct mta_reader *reader, int fd, uint64_t size)
{
	static char chunk[SOURCE_CHUNK];
	const struct mta_octets octets = { peek, &fd };
	uint64_t at = 0;
	size_t n;

	while (at < size) {
		n = mta_reader_ready(reader, &octets, at, size);
		if (n > 0) {
			mta_reader_take(reader);
		} else {
			n = peek(&fd, at, chunk, sizeof(chunk));
			mta_reader_feed(reader, chunk, n);
		}
		if (n == 0)
			return false;
		at += n;
	}
	mta_reader_end(reader);
	return true;
}

static int
read_all(const char *path, const char *providers)
{
	struct tally t = { 0 };
	struct mta_sink sink = {
		.delivery = take_delivery, .selector = take_selector, .arg = &t
	};
	struct mta_options options = { .zone = "UTC" };
	struct mta_reader *reader;
	struct mta_stats stats;
	struct error err;
	struct stat st;
	bool whole;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		fprintf(stderr, "bench_log: %s cannot be read\n", path);
		return EXIT_FAILURE;
	}
	if (providers_load(providers, &t.providers, &err) != STATUS_OK) {
		fprintf(stderr, "bench_log: %s\n", err.text);
		return EXIT_FAILURE;
	}
	options.written_s = BEGIN_2026_11_22 + DAY_SECONDS;
	reader = mta_reader_new(&options, &sink);
	whole = read_file(reader, fd, (uint64_t)st.st_size);
	mta_reader_stats(reader, &stats);
	printf("%" PRId64 " lines, %" PRIu64 " attempts, %" PRIu64
	       " of gmail, %" PRIu64 " with their sender, %" PRIu64
	       " over TLS, %" PRIu64 " signatures, %" PRId64 " skipped\n",
	    stats.lines, t.attempts, t.gmail, t.joined, t.tls, t.selectors,
	    stats.skipped);
	mta_reader_free(reader);
	providers_free(t.providers);
	close(fd);
	return whole ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "make") == 0)
		return make(argv[2], strtoull(argv[3], NULL, 10) * 1024 * 1024,
		    strtoull(argv[4], NULL, 10));
	if (argc == 4 && strcmp(argv[1], "read") == 0)
		return read_all(argv[2], argv[3]);
	fprintf(stderr,
	    "usage: bench_log make FILE MIB SEED\n"
	    "       bench_log read FILE PROVIDERS\n");
	return EXIT_FAILURE;
}
