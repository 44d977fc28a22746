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
	bool running;
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
	rc = uv_loop_init(loop->uv);
	if (rc != 0) {
		free(loop->uv);
		free(loop);
		return error_set(err, STATUS_SYSTEM,
		    "cannot start the event loop: %s", uv_strerror(rc));
	}
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
}

void
loop_stop(struct loop *loop)
{
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

static void
timer_ready(uv_timer_t *uv)
{
	struct loop_timer *timer = uv->data;

	timer->fn(timer->arg);
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
	uv_timer_start(&timer->uv, timer_ready,
	    delay_ms > 0 ? (uint64_t)delay_ms : 0,
	    repeat_ms > 0 ? (uint64_t)repeat_ms : 0);
}

void
loop_timer_stop(struct loop_timer *timer)
{
	uv_timer_stop(&timer->uv);
}

void
loop_timer_free(struct loop_timer *timer)
{
	if (timer != NULL)
		handle_close((uv_handle_t *)&timer->uv);
}

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
