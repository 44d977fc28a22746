/* Connections of libcurl and the loop: what a lane knows, no other does. */
/* SPDX-License-Identifier: MIT */
#ifndef NET_HTTP_LANE_H
#define NET_HTTP_LANE_H

#include <stdbool.h>

#include "sendtop/loop.h"

struct curl_calls;

struct http_lane {
	const struct curl_calls *curl;
	struct loop *loop;
	void *multi;              /* libcurl's, for transfers to be added */
	struct loop_timer *timer; /* libcurl's own */
	void (*moved)(void *arg); /* something may have ended; may close all */
	void *arg;
};

/* False when libcurl cannot be started; lane_close is right either way. */
bool http_lane_open(struct http_lane *lane, const struct curl_calls *curl,
    struct loop *loop, void (*moved)(void *arg), void *arg);
/* Once nothing is left in it; also of one that was never opened. */
void http_lane_close(struct http_lane *lane);

#endif
