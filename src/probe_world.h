/* What a command needs to ask the outside without a store. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_PROBE_WORLD_H
#define SENDTOP_PROBE_WORLD_H

#include "sendtop/check.h"
#include "sendtop/dns.h"
#include "sendtop/facts.h"
#include "sendtop/http.h"
#include "sendtop/smtp.h"

struct probe_world {
	struct loop *loop;
	struct dns *dns;
	struct smtp *smtp; /* NULL when not wanted */
	struct http *http; /* NULL when not wanted */
	struct facts *facts;
};

enum status probe_world_open(struct probe_world *world,
    const struct settings *settings, bool smtp, bool https,
    struct error *err) MUST_CHECK;
/* Closes what asks (DNS and SMTP), so that a gatherer can be freed. */
void probe_world_hush(struct probe_world *world);
void probe_world_close(struct probe_world *world);

/* Runs turn(arg) until it is done: what it misses of DNS is asked, then it runs
 * again from its start.  Begins a pass of facts at now_s. */
void probe_world_ask(struct probe_world *world, int64_t now_s,
    enum check_state (*turn)(void *arg), void *arg);

#endif
