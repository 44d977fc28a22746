/* HTTPS fetches for the gatherer: few at a time, fewer still a server. */
/* SPDX-License-Identifier: MIT */
#include "https_queue.h"

#include <stdlib.h>
#include <string.h>

/* As many as the HTTP client has connections with one server, so that no
 * request waits inside it, on its own time. */
enum { SERVER_MAX = 2 };

struct get {
	struct get *next;
	struct lane *lane;
	uint64_t id; /* of the request under way, or 0 */
	char *url;
	https_done *done;
	void *arg;
};

/* What one address is asked for. */
struct lane {
	struct https_queue *queue;
	struct lane *next_ready;
	bool ready; /* in the queue's list */
	struct address address;
	struct get *first, **last;         /* waiting */
	struct get *under_way[SERVER_MAX]; /* or NULL */
	size_t running;
	char key[ADDRESS_TEXT_SIZE];
};

struct https_queue {
	struct http *http;
	const struct settings *settings;
	struct loop_timer *pump;
	struct map *lanes; /* by the address's text */
	struct lane *ready, **ready_last;
	size_t running;
};

static void pump(void *arg);

struct https_queue *
https_queue_new(
    struct loop *loop, struct http *http, const struct settings *settings)
{
	struct https_queue *queue = mem_zero(1, sizeof(*queue));

	queue->http = http;
	queue->settings = settings;
	queue->lanes = map_new();
	queue->ready_last = &queue->ready;
	queue->pump = loop_timer_new(loop, pump, queue);
	return queue;
}

/* --- the answer ----------------------------------------------------------- */

static const enum https_outcome outcomes[] = {
	[HTTP_OTHER] = HTTPS_NETWORK,
	[HTTP_NO_ADDRESS] = HTTPS_NETWORK,
	[HTTP_PROXY] = HTTPS_NETWORK,
	[HTTP_NO_CONNECTION] = HTTPS_UNREACHABLE,
	[HTTP_LATE] = HTTPS_TIMEOUT,
	[HTTP_UNTRUSTED] = HTTPS_UNTRUSTED,
	[HTTP_CA_FILE] = HTTPS_NETWORK,
	[HTTP_TLS] = HTTPS_BROKEN,
	[HTTP_NO_ANSWER] = HTTPS_BROKEN,
	[HTTP_BROKEN] = HTTPS_BROKEN,
	[HTTP_STRANGE] = HTTPS_BROKEN,
	[HTTP_BODY_FULL] = HTTPS_TOO_LARGE,
	[HTTP_HEAD_FULL] = HTTPS_BROKEN,
	[HTTP_NO_NETWORK] = HTTPS_NETWORK,
	[HTTP_NO_LIBRARY] = HTTPS_NETWORK,
};

static struct https_answer *
answer_make(const struct http_response *response)
{
	struct https_answer from = {
		.outcome = HTTPS_OK,
		.code = (int)response->code,
		.content_type = response->content_type,
		.body = response->body,
		.body_len = response->body_len,
		.error = response->words,
	};

	if (response->status == STATUS_USAGE) {
		from.outcome = HTTPS_BROKEN;
		from.error = "not a URL that can be asked";
	} else if (response->status != STATUS_OK) {
		from.outcome = outcomes[response->failure];
	}
	return https_answer_make(&from);
}

static struct https_answer *
answer_unsafe(const char *what)
{
	const struct https_answer from = {
		.outcome = HTTPS_UNSAFE,
		.content_type = "",
		.body = "",
		.error = what,
	};

	return https_answer_make(&from);
}

/* --- lanes ---------------------------------------------------------------- */

static void
make_ready(struct lane *lane)
{
	struct https_queue *queue = lane->queue;

	if (lane->ready || lane->first == NULL || lane->running == SERVER_MAX)
		return;
	lane->ready = true;
	lane->next_ready = NULL;
	*queue->ready_last = lane;
	queue->ready_last = &lane->next_ready;
	loop_timer_start(queue->pump, 0, 0);
}

static struct lane *
lane_get(struct https_queue *queue, const struct address *address)
{
	char key[ADDRESS_TEXT_SIZE];
	struct lane *lane = map_get(queue->lanes, address_text(address, key));

	if (lane != NULL)
		return lane;
	lane = mem_zero(1, sizeof(*lane));
	lane->queue = queue;
	lane->address = *address;
	lane->last = &lane->first;
	memcpy(lane->key, key, sizeof(key));
	map_put(queue->lanes, key, lane);
	return lane;
}

static void
get_free(struct get *get)
{
	free(get->url);
	free(get);
}

/* Takes a get that is over out of its lane. */
static void
leave(struct get *get)
{
	struct lane *lane = get->lane;
	size_t i;

	for (i = 0; i < SERVER_MAX; i++)
		if (lane->under_way[i] == get)
			lane->under_way[i] = NULL;
	lane->running--;
	lane->queue->running--;
	if (lane->first != NULL) {
		make_ready(lane);
	} else if (lane->running == 0) {
		map_remove(lane->queue->lanes, lane->key);
		free(lane);
	}
}

/* The caller's function comes last: it may ask for more. */
static void
end(struct get *get, struct https_answer *answer)
{
	struct https_queue *queue = get->lane->queue;
	https_done *done = get->done;
	void *arg = get->arg;

	leave(get);
	get_free(get);
	if (queue->ready != NULL)
		loop_timer_start(queue->pump, 0, 0);
	done(arg, answer);
}

static void
arrived(void *arg, const struct http_response *response)
{
	end(arg, answer_make(response));
}

static void
send(struct get *get)
{
	const struct lane *lane = get->lane;
	const struct settings *settings = lane->queue->settings;
	const struct http_request request = {
		.method = "GET",
		.url = get->url,
		.timeout_ms = settings->https_timeout_ms,
		.address = &lane->address,
		.port = (uint16_t)settings->https_port,
		.body_max = HTTPS_BODY_MAX,
	};
	const char *what = address_special(&lane->address);

	if (what != NULL && !settings->allow_private)
		end(get, answer_unsafe(what));
	else
		get->id = http_send(lane->queue->http, &request, arrived, get);
}

static void
start_first(struct lane *lane)
{
	struct get *get = lane->first;
	size_t i = 0;

	lane->first = get->next;
	if (lane->first == NULL)
		lane->last = &lane->first;
	while (lane->under_way[i] != NULL)
		i++;
	lane->under_way[i] = get;
	lane->running++;
	lane->queue->running++;
	make_ready(lane);
	send(get);
}

static void
pump(void *arg)
{
	struct https_queue *queue = arg;
	size_t parallel = (size_t)queue->settings->https_parallel;

	while (queue->ready != NULL && queue->running < parallel) {
		struct lane *lane = queue->ready;

		queue->ready = lane->next_ready;
		if (queue->ready == NULL)
			queue->ready_last = &queue->ready;
		lane->ready = false;
		start_first(lane);
	}
}

void
https_queue_get(struct https_queue *queue, const char *url,
    const struct address *address, https_done *done, void *arg)
{
	struct lane *lane = lane_get(queue, address);
	struct get *get = mem_zero(1, sizeof(*get));

	get->lane = lane;
	get->url = mem_dup(url);
	get->done = done;
	get->arg = arg;
	*lane->last = get;
	lane->last = &get->next;
	make_ready(lane);
}

/* --- letting go ----------------------------------------------------------- */

static void
lane_drop(void *arg)
{
	struct lane *lane = arg;
	struct get *get;
	size_t i;

	for (i = 0; i < SERVER_MAX; i++) {
		get = lane->under_way[i];
		if (get == NULL)
			continue;
		http_cancel(lane->queue->http, get->id);
		get->done(get->arg, NULL);
		get_free(get);
	}
	while ((get = lane->first) != NULL) {
		lane->first = get->next;
		get->done(get->arg, NULL);
		get_free(get);
	}
	free(lane);
}

void
https_queue_drop(struct https_queue *queue)
{
	if (queue == NULL)
		return;
	loop_timer_stop(queue->pump);
	map_free(queue->lanes, lane_drop);
	queue->lanes = map_new();
	queue->ready = NULL;
	queue->ready_last = &queue->ready;
	queue->running = 0;
}

void
https_queue_free(struct https_queue *queue)
{
	if (queue == NULL)
		return;
	https_queue_drop(queue);
	map_free(queue->lanes, NULL);
	loop_timer_free(queue->pump);
	free(queue);
}
