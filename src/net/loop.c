/* The event loop, on libuv: nothing else sees that library. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/loop.h"

#include <errno.h>
#include <stdlib.h>

#include <uv.h>

#include "sendtop/log.h"
#include "sendtop/mem.h"

struct loop {
	uv_loop_t *uv; /* apart, so that a const loop may refresh its clock */
	bool running, stopped;
	struct loop_timer *due, **due_end; /* in the order they came due */
	uv_idle_t awake;  /* while any is due, so that nothing is waited for */
	uv_check_t heard; /* behind the visit to the descriptors */
};

/*
 * libuv finishes closing a handle one turn later and needs its memory until
 * then: each of these begins with its handle and is freed by handle_closed.
 */
struct loop_timer {
	uv_timer_t uv;
	struct loop *loop;
	void (*fn)(void *);
	void *arg;
	bool waits, is_due;
	struct loop_timer *next; /* of those that are due */
};

struct loop_fd {
	uv_poll_t uv;
	void (*fn)(void *, int);
	void *arg;
	int want;
};

struct loop_signal {
	uv_signal_t uv;
	void (*fn)(void *, int);
	void *arg;
};

static void
handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
handle_close(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, handle_closed);
}

static void
handle_walk(uv_handle_t *handle, void *arg)
{
	(void)arg;
	handle_close(handle);
}

enum status
loop_open(struct loop **out, struct error *err)
{
	struct loop *loop = mem_zero(1, sizeof(*loop));
	int rc;

	loop->uv = mem_zero(1, sizeof(*loop->uv));
	loop->due_end = &loop->due;
	rc = uv_loop_init(loop->uv);
	if (rc != 0) {
		free(loop->uv);
		free(loop);
		return error_set(err, STATUS_SYSTEM,
		    "cannot start the event loop: %s", uv_strerror(rc));
	}
	loop->uv->data = loop;
	uv_idle_init(loop->uv, &loop->awake);
	uv_check_init(loop->uv, &loop->heard);
	*out = loop;
	return STATUS_OK;
}

void
loop_close(struct loop *loop)
{
	if (loop == NULL)
		return;
	uv_walk(loop->uv, handle_walk, NULL);
	while (uv_loop_close(loop->uv) == UV_EBUSY)
		uv_run(loop->uv, UV_RUN_NOWAIT);
	free(loop->uv);
	free(loop);
}

void
loop_run(struct loop *loop)
{
	loop->running = true;
	uv_run(loop->uv, UV_RUN_DEFAULT);
	loop->running = false;
	loop->stopped = false;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
	uv_stop(loop->uv);
}

int64_t
loop_now_ms(const struct loop *loop)
{
	/* While it does not turn, the loop's own idea of now grows stale. */
	if (!loop->running)
		uv_update_time(loop->uv);
	return (int64_t)uv_now(loop->uv);
}

/* --- timers --------------------------------------------------------------- */

/* libuv looks at its timers before it looks at descriptors.  After a while in
 * which this process did not run, what has come in time would be found late,
 * behind the deadline that waits for it: so deadlines come after it. */

static void
due_put(struct loop_timer *timer)
{
	struct loop *loop = timer->loop;

	timer->is_due = true;
	timer->next = NULL;
	*loop->due_end = timer;
	loop->due_end = &timer->next;
}

static void
due_drop(struct loop_timer *timer)
{
	struct loop_timer **at = &timer->loop->due;

	if (!timer->is_due)
		return;
	while (*at != timer)
		at = &(*at)->next;
	*at = timer->next;
	if (*at == NULL)
		timer->loop->due_end = at;
	timer->is_due = false;
}

static void
descriptors_heard(uv_check_t *check)
{
	struct loop *loop = check->loop->data;
	struct loop_timer *timer;

	while (!loop->stopped && (timer = loop->due) != NULL) {
		due_drop(timer);
		timer->fn(timer->arg);
	}
	if (loop->due == NULL) {
		uv_idle_stop(&loop->awake);
		uv_check_stop(&loop->heard);
	}
}

static void
nothing_to_do(uv_idle_t *idle)
{
	(void)idle;
}

static void
timer_ready(uv_timer_t *uv)
{
	struct loop_timer *timer = uv->data;
	struct loop *loop = timer->loop;

	if (!timer->waits) {
		timer->fn(timer->arg);
		return;
	}
	if (timer->is_due)
		return;
	due_put(timer);
	uv_idle_start(&loop->awake, nothing_to_do);
	uv_check_start(&loop->heard, descriptors_heard);
}

struct loop_timer *
loop_timer_new(struct loop *loop, void (*fn)(void *), void *arg)
{
	struct loop_timer *timer = mem_zero(1, sizeof(*timer));

	timer->loop = loop;
	timer->fn = fn;
	timer->arg = arg;
	uv_timer_init(loop->uv, &timer->uv);
	timer->uv.data = timer;
	return timer;
}

void
loop_timer_start(struct loop_timer *timer, int64_t delay_ms, int64_t repeat_ms)
{
	if (!timer->loop->running)
		uv_update_time(timer->loop->uv);
	due_drop(timer);
	/* One without a delay is the next turn, not a deadline. */
	timer->waits = delay_ms > 0;
	uv_timer_start(&timer->uv, timer_ready,
	    delay_ms > 0 ? (uint64_t)delay_ms : 0,
	    repeat_ms > 0 ? (uint64_t)repeat_ms : 0);
}

void
loop_timer_stop(struct loop_timer *timer)
{
	due_drop(timer);
	uv_timer_stop(&timer->uv);
}

void
loop_timer_free(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	due_drop(timer);
	handle_close((uv_handle_t *)&timer->uv);
}

/* --- descriptors ---------------------------------------------------------- */

static void fd_ready(uv_poll_t *uv, int status, int events);

static int
fd_arm(struct loop_fd *watch)
{
	int events = 0;

	if (watch->want & LOOP_READ)
		events |= UV_READABLE;
	if (watch->want & LOOP_WRITE)
		events |= UV_WRITABLE;
	if (events == 0)
		return uv_poll_stop(&watch->uv);
	return uv_poll_start(&watch->uv, events, fd_ready);
}

static void
fd_ready(uv_poll_t *uv, int status, int events)
{
	struct loop_fd *watch = uv->data;
	int ready = 0;

	if (status < 0) {
		/* libuv has stopped watching; an ICMP error on a UDP socket
		 * comes this way and does not end the socket. */
		fd_arm(watch);
		ready = LOOP_READ | LOOP_WRITE;
	}
	if (events & UV_READABLE)
		ready |= LOOP_READ;
	if (events & UV_WRITABLE)
		ready |= LOOP_WRITE;
	watch->fn(watch->arg, ready);
}

struct loop_fd *
loop_fd_new(
    struct loop *loop, int fd, void (*fn)(void *arg, int events), void *arg)
{
	struct loop_fd *watch = mem_zero(1, sizeof(*watch));
	int rc = uv_poll_init(loop->uv, &watch->uv, fd);

	if (rc != 0) {
		free(watch);
		log_write(LOG_LEVEL_ERROR,
		    "descriptor %d cannot be watched: %s%s", fd,
		    uv_strerror(rc),
		    rc == UV_EPERM ? " (a regular file is always ready; "
				     "read it directly)"
				   : "");
		errno = -rc;
		return NULL;
	}
	watch->uv.data = watch;
	watch->fn = fn;
	watch->arg = arg;
	return watch;
}

void
loop_fd_want(struct loop_fd *watch, int events)
{
	int rc;

	if (watch->want == events)
		return;
	watch->want = events;
	rc = fd_arm(watch);
	if (rc != 0)
		log_write(LOG_LEVEL_ERROR, "a descriptor cannot be watched: %s",
		    uv_strerror(rc));
}

void
loop_fd_free(struct loop_fd *watch)
{
	if (watch != NULL)
		handle_close((uv_handle_t *)&watch->uv);
}

static void
signal_ready(uv_signal_t *uv, int signum)
{
	struct loop_signal *sig = uv->data;

	sig->fn(sig->arg, signum);
}

struct loop_signal *
loop_signal_new(
    struct loop *loop, int signum, void (*fn)(void *arg, int signum), void *arg)
{
	struct loop_signal *sig = mem_zero(1, sizeof(*sig));
	int rc = uv_signal_init(loop->uv, &sig->uv);

	if (rc != 0) {
		free(sig);
		goto fail;
	}
	sig->uv.data = sig;
	sig->fn = fn;
	sig->arg = arg;
	rc = uv_signal_start(&sig->uv, signal_ready, signum);
	if (rc == 0)
		return sig;
	loop_signal_free(sig);
fail:
	log_write(LOG_LEVEL_ERROR, "signal %d cannot be watched: %s", signum,
	    uv_strerror(rc));
	errno = -rc;
	return NULL;
}

void
loop_signal_free(struct loop_signal *sig)
{
	if (sig != NULL)
		handle_close((uv_handle_t *)&sig->uv);
}
