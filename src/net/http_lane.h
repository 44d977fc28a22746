/* Connections of libcurl and the loop: what a lane knows, no other does. */
/* SPDX-License-Identifier: MIT */
#ifndef NET_HTTP_LANE_H
#define NET_HTTP_LANE_H

#include <stdbool.h>

#include "sendtop/loop.h"

struct http_lane {
	struct loop *loop;
	void *multi;              /* libcurl's, for transfers to be added */
	struct loop_timer *timer; /* libcurl's own */
	void (*moved)(void *arg); /* something may have ended; may close all */
	void *arg;
};

/* False when libcurl cannot be started; lane_close is right either way. */
bool http_lane_open(struct http_lane *lane, struct loop *loop,
    void (*moved)(void *arg), void *arg);
/* Once nothing is left in it. */
void http_lane_close(struct http_lane *lane);

#endif
