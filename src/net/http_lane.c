/* Connections of libcurl and the loop. */
/* SPDX-License-Identifier: MIT */
#include "http_lane.h"

#include <stdlib.h>

#include "curl_calls.h"
#include "sendtop/mem.h"

enum { HOST_CONNECTIONS = 2 };

struct watch {
	struct http_lane *lane;
	struct loop_fd *fd;
	curl_socket_t socket;
};

static void
socket_ready(void *arg, int events)
{
	struct watch *watch = arg;
	struct http_lane *lane = watch->lane;
	int bits = 0, running;

	if (events & LOOP_READ)
		bits |= CURL_CSELECT_IN;
	if (events & LOOP_WRITE)
		bits |= CURL_CSELECT_OUT;
	lane->curl->multi_socket_action(
	    lane->multi, watch->socket, bits, &running);
	lane->moved(lane->arg); /* the watch may be gone */
}

static void
timer_ready(void *arg)
{
	struct http_lane *lane = arg;
	int running;

	lane->curl->multi_socket_action(
	    lane->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	lane->moved(lane->arg);
}

static int
on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct http_lane *lane = arg;

	(void)multi;
	if (timeout_ms < 0)
		loop_timer_stop(lane->timer);
	else
		loop_timer_start(lane->timer, timeout_ms, 0);
	return 0;
}

static struct watch *
watch_new(struct http_lane *lane, curl_socket_t socket)
{
	struct watch *watch = mem_zero(1, sizeof(*watch));

	watch->lane = lane;
	watch->socket = socket;
	watch->fd = loop_fd_new(lane->loop, socket, socket_ready, watch);
	if (watch->fd == NULL) {
		free(watch);
		return NULL;
	}
	lane->curl->multi_assign(lane->multi, socket, watch);
	return watch;
}

static int
on_socket(CURL *easy, curl_socket_t socket, int what, void *arg, void *assigned)
{
	struct http_lane *lane = arg;
	struct watch *watch = assigned;

	(void)easy;
	/* libcurl 7.88 names none where a connection just ended or is yet to
	 * begin; were that refused, every request of this client would fail. */
	if (socket == CURL_SOCKET_BAD)
		return 0;
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL) {
			loop_fd_free(watch->fd);
			free(watch);
			lane->curl->multi_assign(lane->multi, socket, NULL);
		}
		return 0;
	}
	if (watch == NULL)
		watch = watch_new(lane, socket);
	if (watch == NULL)
		return -1;
	loop_fd_want(watch->fd,
	    (what & CURL_POLL_IN ? LOOP_READ : 0) |
		(what & CURL_POLL_OUT ? LOOP_WRITE : 0));
	return 0;
}

bool
http_lane_open(struct http_lane *lane, const struct curl_calls *curl,
    struct loop *loop, void (*moved)(void *arg), void *arg)
{
	lane->curl = curl;
	lane->multi = curl->multi_init();
	if (lane->multi == NULL)
		return false;
	lane->loop = loop;
	lane->moved = moved;
	lane->arg = arg;
	lane->timer = loop_timer_new(loop, timer_ready, lane);
	curl->multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl->multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane);
	curl->multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl->multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
	curl->multi_setopt(
	    lane->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	curl->multi_setopt(
	    lane->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HOST_CONNECTIONS);
	return true;
}

void
http_lane_close(struct http_lane *lane)
{
	if (lane->multi != NULL)
		lane->curl->multi_cleanup(lane->multi);
	loop_timer_free(lane->timer);
	*lane = (struct http_lane){ 0 };
}
