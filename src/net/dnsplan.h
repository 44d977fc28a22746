/* How DNS is asked here: which servers, how long, how many at a time. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSPLAN_H
#define SENDTOP_NET_DNSPLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "net/dnsserver.h"
#include "sendtop/settings.h"

/*
 * All UDP answers of a channel arrive at one socket a server, whose standard
 * receive buffer holds about 230 small ones and far fewer large ones.  So the
 * questions are spread over several channels, each with few under way.
 */
enum {
	DNSPLAN_SERVERS_MAX = 8,
	DNSPLAN_SPREAD_MAX = 16,
	DNSPLAN_WINDOW_MAX = 64,
};

struct dnsplan {
	struct dnsserver servers[DNSPLAN_SERVERS_MAX];
	struct text_list names; /* of the servers */
	bool local;             /* all servers are this machine's */
	bool trust_ad;
	int timeout_ms;    /* of the first try, then twice as long each */
	int rounds;        /* over all servers */
	int64_t limit_ms;  /* from first sent to DNS_TIMEOUT */
	unsigned parallel; /* questions under way in all */
	unsigned spread;   /* channels for the first server */
	unsigned window;   /* questions under way in one of them */
};

/* Fails when there is one too many. */
enum status dnsplan_add(struct dnsplan *plan, const struct dnsserver *server,
    struct error *err) MUST_CHECK;
/* Adds the servers of resolver.servers. */
enum status dnsplan_servers(struct dnsplan *plan, const struct text_list *list,
    struct error *err) MUST_CHECK;
/* Works out the rest, once the servers are known. */
void dnsplan_limits(struct dnsplan *plan, const struct settings *settings);
void dnsplan_fini(struct dnsplan *plan);

#endif
