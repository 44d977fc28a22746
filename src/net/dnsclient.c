/* The DNS client: windows over channels, fail-over, deadlines. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/dns.h"

#include <stdlib.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#include "net/dnschannel.h"
#include "net/dnsload.h"
#include "net/dnspackets.h"
#include "sendtop/log.h"
#include "sendtop/mem.h"

enum {
	/* For each server but the first, one channel that begins with it. */
	PLACES = DNSPLAN_SPREAD_MAX + DNSPLAN_SERVERS_MAX,
	EDNS_PAUSE_MS = 60000, /* for a server that does not understand it */
	PORT_QUESTIONS = 1000, /* asked of a remote server from one port */
	REFILLS = 64,          /* sent during one visit of c-ares */
	FULL_PAUSE_MS = 1,     /* of a socket that takes no more just now */
	IDS = 128,             /* random ids fetched at a time */
	RCODE_FORMERR = 1,
	RCODE_NOTIMP = 4,
	RCODE_BADVERS = 16,
};

struct dns {
	struct loop *loop;
	struct loop_timer *kick;     /* turns at once */
	struct loop_timer *deadline; /* turns at due_ms */
	int64_t due_ms;              /* 0: nothing due */
	struct dnsplan plan;
	struct channel_client client;
	/* [0, spread): the first server first; behind them for what the
	 * first could not answer.  NULL until it is needed. */
	struct channel *channels[PLACES];
	unsigned cursor;
	struct channel *retired;
	unsigned sent; /* questions that channels have */
	struct dnsload load;
	uint64_t noted; /* answers that it knows of */
	struct questions questions;
	int64_t heard_ms;      /* last answer of a server, -1 none yet */
	int64_t pause_ms;      /* nothing is sent before */
	int64_t edns_again_ms; /* no OPT records before */
	uint16_t ids[IDS];
	unsigned ids_left;
	unsigned refills;
	bool refused; /* a channel is to be cancelled */
	bool feeding, busy, kicked, closing;
};

static void feed(struct dns *dns);

/* --- what came back ------------------------------------------------------ */

/* The server does without EDNS, or c-ares has just found that it must: then
 * that channel's flag is off for good, and all get a new channel without. */
static void
edns_pause(struct dns *dns)
{
	dns->edns_again_ms = loop_now_ms(dns->loop) + EDNS_PAUSE_MS;
}

static bool
edns_refused(unsigned rcode)
{
	return rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP ||
	    rcode == RCODE_BADVERS;
}

static void
reply_take(struct dns *dns, const struct channel *channel, struct question *q,
    const uint8_t *packet, size_t len)
{
	struct dnswire_name name;
	struct dnswire_meta meta;
	struct dns_answer *answer;
	int64_t rtt_us = dns->client.now_us - q->sent_us;

	question_name(q, &name);
	answer = dnswire_decode(packet, len, &name, q->type, &meta);
	dns->heard_ms = loop_now_ms(dns->loop);
	if (channel->edns && !meta.opt && answer->outcome <= DNS_NONE)
		edns_pause(dns);
	if (channel->edns && edns_refused(meta.rcode)) {
		edns_pause(dns);
		goto again;
	}
	if ((answer->outcome == DNS_SERVFAIL ||
		answer->outcome == DNS_REFUSED) &&
	    q->server + 1u < dns->plan.names.count) {
		q->failed = answer->outcome;
		q->server++;
		goto again;
	}
	answer->authentic = answer->authentic && dns->plan.trust_ad;
	answer->rtt_us = (uint32_t)(rtt_us < UINT32_MAX ? rtt_us : UINT32_MAX);
	dns->questions.counts.answered++;
	dns->questions.counts.rtt_sum_us += answer->rtt_us;
	question_end(q, answer);
	return;
again:
	free(answer);
	question_again(q);
}

/* Every server refused the packet.  If one was there before, it may just be
 * starting anew: wait a little and try once more. */
static void
refusal_take(struct dns *dns, struct question *q)
{
	int64_t now = loop_now_ms(dns->loop);

	dns->refused = true;
	if (q->refused_ms == 0 && dns->heard_ms >= 0) {
		q->refused_ms = now;
		dns->pause_ms = now + dns->plan.timeout_ms;
		question_again(q);
		return;
	}
	/* Nobody is there: what waits need not be tried one by one. */
	if (dns->heard_ms < q->started_ms || dns->heard_ms < q->refused_ms)
		questions_fail_waiting(&dns->questions, DNS_UNREACHABLE);
	question_fail(q, DNS_UNREACHABLE);
}

static void
question_ended(struct dns *dns, const struct channel *channel,
    struct question *q, enum channel_end end, const uint8_t *packet, size_t len)
{
	dns->sent--;
	if (q->ended) {
		question_let_go(q);
		return;
	}
	switch (end) {
	case CHANNEL_REPLY:
		reply_take(dns, channel, q, packet, len);
		/* A channel that runs empty closes its socket, so the next
		 * question goes out at once; not for ever, though, since
		 * others wait for the loop. */
		if (dns->refills > 0) {
			dns->refills--;
			feed(dns);
		}
		break;
	case CHANNEL_TIMEOUT:
		if (dns->heard_ms < q->started_ms)
			questions_fail_waiting(&dns->questions, DNS_TIMEOUT);
		question_fail(q, DNS_TIMEOUT);
		break;
	case CHANNEL_TRUNCATED:
		dns->heard_ms = loop_now_ms(dns->loop);
		question_fail(q, DNS_MALFORMED);
		break;
	case CHANNEL_REFUSED:
		refusal_take(dns, q);
		break;
	}
}

/* --- channels ------------------------------------------------------------ */

/* Makes the channel in this place fit for a question: there, with or without
 * EDNS as it must be now, and on a port that is not known for too long.  If
 * that fails the next best must do; the first place is never empty. */
static struct channel *
channel_fit(struct dns *dns, unsigned place)
{
	struct channel *old = dns->channels[place], *fresh;
	bool edns = loop_now_ms(dns->loop) >= dns->edns_again_ms;
	unsigned spread = dns->plan.spread;
	struct error err;

	if (old != NULL && old->edns == edns &&
	    (dns->plan.local || old->used < PORT_QUESTIONS))
		return old;
	fresh = channel_open(&dns->client, &dns->plan,
	    place < spread ? 0 : place - spread + 1, edns, &err);
	if (fresh == NULL) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return old != NULL ? old : dns->channels[0];
	}
	if (old != NULL) {
		old->next = dns->retired;
		dns->retired = old;
	}
	dns->channels[place] = fresh;
	return fresh;
}

/* Where one question found nobody, the others will not either. */
static void
refused_cancel(struct dns *dns)
{
	struct channel *channel;
	unsigned i;

	for (i = 0; i < PLACES; i++)
		if (dns->channels[i] != NULL && dns->channels[i]->refused)
			channel_cancel(dns->channels[i]);
	for (channel = dns->retired; channel != NULL; channel = channel->next)
		if (channel->refused)
			channel_cancel(channel);
	dns->refused = false;
}

/* Closes retired channels that have nothing left to hear. */
static void
retired_sweep(struct dns *dns)
{
	struct channel **at = &dns->retired, *channel;

	while ((channel = *at) != NULL) {
		if (channel->sent > 0) {
			at = &channel->next;
			continue;
		}
		*at = channel->next;
		channel_close(channel);
	}
}

/* --- turns --------------------------------------------------------------- */

/* Sees to it that the deadline timer runs at when or before. */
static void
due_at(struct dns *dns, int64_t when)
{
	int64_t now = loop_now_ms(dns->loop);

	if (dns->due_ms != 0 && dns->due_ms <= when)
		return;
	dns->due_ms = when;
	loop_timer_start(dns->deadline, when > now ? when - now : 1, 0);
}

static bool
id_take(struct dns *dns, uint16_t *id)
{
	if (dns->ids_left == 0) {
		if (getentropy(dns->ids, sizeof(dns->ids)) != 0)
			return false;
		dns->ids_left = IDS;
	}
	*id = dns->ids[--dns->ids_left];
	return true;
}

static void
send_next(struct dns *dns, struct channel *channel)
{
	struct question *q = questions_pop(&dns->questions);
	int64_t now = loop_now_ms(dns->loop);
	uint16_t id;

	if (q->started_ms == 0)
		question_start(q, now);
	if (now - q->started_ms >= dns->plan.limit_ms) {
		question_fail(q, DNS_TIMEOUT);
	} else if (!id_take(dns, &id)) {
		log_write(LOG_LEVEL_ERROR, "no random numbers for DNS ids");
		question_fail(q, DNS_UNREACHABLE);
	} else {
		dns->sent++;
		due_at(dns, now + dns->plan.timeout_ms);
		channel_send(channel, q, id);
	}
}

/* The channel that takes this question now, or NULL. */
static struct channel *
channel_pick(struct dns *dns, const struct question *q)
{
	struct channel *channel;
	unsigned i, place;

	if (q->server > 0) {
		place = dns->plan.spread + q->server - 1u;
		channel = dns->channels[place];
		if (channel != NULL && channel->sent >= DNSPLAN_WINDOW_MAX)
			return NULL;
		return channel_fit(dns, place);
	}
	for (i = 0; i < dns->plan.spread; i++) {
		place = dns->cursor++ % dns->plan.spread;
		channel = dns->channels[place];
		if (channel == NULL || channel->sent < dns->plan.window)
			return channel_fit(dns, place);
	}
	return NULL;
}

/* Sends what the windows have room for. */
static void
feed(struct dns *dns)
{
	struct channel *channel;
	struct question *q;

	if (dns->feeding)
		return;
	dns->feeding = true;
	while (dns->sent < dns->load.limit &&
	    (q = questions_peek(&dns->questions)) != NULL) {
		if (loop_now_ms(dns->loop) < dns->pause_ms) {
			due_at(dns, dns->pause_ms);
			break;
		}
		channel = channel_pick(dns, q);
		if (channel == NULL)
			break;
		send_next(dns, channel);
	}
	dns->feeding = false;
}

static void
flush_one(struct dns *dns, struct channel *channel)
{
	if (!channel_flush(channel))
		due_at(dns, loop_now_ms(dns->loop) + FULL_PAUSE_MS);
}

static void
flush(struct dns *dns)
{
	struct channel *channel;
	unsigned i;

	for (i = 0; i < PLACES; i++)
		if (dns->channels[i] != NULL)
			flush_one(dns, dns->channels[i]);
	for (channel = dns->retired; channel != NULL; channel = channel->next)
		flush_one(dns, channel);
}

static void
dns_free(struct dns *dns)
{
	struct channel *channel;
	unsigned i;

	questions_drop(&dns->questions);
	for (i = 0; i < PLACES; i++)
		channel_close(dns->channels[i]);
	while ((channel = dns->retired) != NULL) {
		dns->retired = channel->next;
		channel_close(channel);
	}
	questions_fini(&dns->questions);
	loop_timer_free(dns->kick);
	loop_timer_free(dns->deadline);
	dnsplan_fini(&dns->plan);
	dnsinbox_free(dns->client.in);
	free(dns);
	channel_library_close();
}

static void
kick(struct dns *dns)
{
	if (!dns->kicked && !dns->busy)
		loop_timer_start(dns->kick, 0, 0);
	dns->kicked = true;
}

static void
note_load(struct dns *dns)
{
	uint64_t answered = dns->questions.counts.answered;

	dnsload_note(&dns->load, dns->client.now_us,
	    (unsigned)(answered - dns->noted), dns->sent);
	dns->noted = answered;
}

/* Nothing is due, and nothing to be heard. */
static void
rest(struct dns *dns)
{
	unsigned i;

	loop_timer_stop(dns->deadline);
	dns->due_ms = 0;
	retired_sweep(dns);
	for (i = 0; i < PLACES; i++)
		if (dns->channels[i] != NULL)
			channel_rest(dns->channels[i]);
}

/* Ends each visit of the loop, and never runs inside c-ares: answers go out,
 * questions go in. */
static void
dns_turn(struct dns *dns)
{
	dns->client.now_us = channel_now_us();
	if (dns->refused)
		refused_cancel(dns);
	retired_sweep(dns);
	dns->busy = true;
	questions_deliver(&dns->questions, &dns->closing);
	dns->busy = false;
	if (dns->closing) {
		dns_free(dns);
		return;
	}
	dns->kicked = false;
	dns->refills = REFILLS;
	feed(dns);
	note_load(dns);
	flush(dns);
	/* Some may have ended while they were being sent. */
	if (dns->refused || dns->questions.ended.head != NULL)
		kick(dns);
	if (dns->sent == 0 && questions_peek(&dns->questions) == NULL)
		rest(dns);
}

static void
kicked(void *arg)
{
	dns_turn(arg);
}

static void
tick(struct dns *dns, struct channel *channel)
{
	int64_t wait_ms = channel_tick(channel);

	if (wait_ms >= 0)
		due_at(dns, loop_now_ms(dns->loop) + wait_ms);
}

static void
deadline_passed(void *arg)
{
	struct dns *dns = arg;
	struct channel *channel;
	unsigned i;

	dns->due_ms = 0;
	dns->client.now_us = channel_now_us();
	for (i = 0; i < PLACES; i++)
		if (dns->channels[i] != NULL)
			tick(dns, dns->channels[i]);
	for (channel = dns->retired; channel != NULL; channel = channel->next)
		tick(dns, channel);
	questions_expire(
	    &dns->questions, loop_now_ms(dns->loop) - dns->plan.limit_ms);
	dns_turn(dns);
}

/* --- the outside --------------------------------------------------------- */

enum status
dns_open(struct loop *loop, const struct settings *settings, struct dns **out,
    struct error *err)
{
	struct dns *dns;
	enum status status = channel_library_open(err);

	if (status != STATUS_OK)
		return status;
	dns = mem_zero(1, sizeof(*dns));
	dns->loop = loop;
	dns->kick = loop_timer_new(loop, kicked, dns);
	dns->deadline = loop_timer_new(loop, deadline_passed, dns);
	dns->client.dns = dns;
	dns->client.loop = loop;
	dns->client.in = dnsinbox_new();
	dns->client.ended = question_ended;
	dns->client.turn = dns_turn;
	dns->heard_ms = -1;
	if (settings->servers.count > 0)
		status = dnsplan_servers(&dns->plan, &settings->servers, err);
	else
		status = channel_system_servers(&dns->plan, err);
	if (status != STATUS_OK)
		goto fail;
	dnsplan_limits(&dns->plan, settings);
	dnsload_init(&dns->load, dns->plan.parallel, dns->plan.local);
	dns->channels[0] = channel_open(&dns->client, &dns->plan, 0, true, err);
	if (dns->channels[0] == NULL) {
		status = STATUS_SYSTEM;
		goto fail;
	}
	*out = dns;
	return STATUS_OK;
fail:
	dns_free(dns);
	return status;
}

void
dns_close(struct dns *dns)
{
	if (dns == NULL)
		return;
	dns->closing = true;
	if (!dns->busy)
		dns_free(dns);
}

void
dns_ask(struct dns *dns, const char *name, enum dns_type type, dns_done *done,
    void *arg)
{
	question_ask(&dns->questions, name, type, false, done, arg);
	kick(dns);
}

void
dns_ask_cd(struct dns *dns, const char *name, enum dns_type type,
    dns_done *done, void *arg)
{
	question_ask(&dns->questions, name, type, true, done, arg);
	kick(dns);
}

const struct text_list *
dns_servers(const struct dns *dns)
{
	return &dns->plan.names;
}

void
dns_counts(const struct dns *dns, struct dns_counts *out)
{
	*out = dns->questions.counts;
}
