/* The collector: polls, probes, judges, writes; it owns the network. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COLLECT_H
#define SENDTOP_COLLECT_H

#include "sendtop/reply.h"
#include "sendtop/settings.h"
#include "sendtop/standing.h"

struct collect_options {
	const struct settings *settings;
	const struct requirements *requirements;
	/* For the logs that the settings name; NULL: none are read. */
	const struct providers *providers;
	const struct reply_catalogue *catalogue;
	const char *location;       /* of the store; NULL: the default one */
	const char *const *domains; /* watched besides the settings' */
	size_t domain_count;
	bool once; /* everything once, then end */
	/* Pipes to the screen, or -1: an octet on news_fd whenever something
	 * was committed; a line on say_fd for what the store may not be able
	 * to hold.  The collector ends when news_fd's other side is closed. */
	int news_fd, say_fd;
};

/*
 * Runs until SIGTERM or SIGINT (or the end of one round) and returns
 * STATUS_OK; fails when it cannot begin: no store, or somebody else collects
 * (STATUS_BUSY).
 */
enum status collect_run(
    const struct collect_options *options, struct error *err) MUST_CHECK;

#endif
