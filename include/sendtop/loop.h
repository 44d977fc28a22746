/* The event loop: one for sockets, timers and signals. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_LOOP_H
#define SENDTOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "sendtop/error.h"

struct loop;
struct loop_timer;
struct loop_fd;
struct loop_signal;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

enum status loop_open(struct loop **out, struct error *err) MUST_CHECK;
/* Closes what is still registered, without calling it back; those timers,
 * watches and signals are freed with it. */
void loop_close(struct loop *loop);

/* Runs until loop_stop, or until nothing is left to wait for. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* Milliseconds, monotonic, as of this turn of the loop. */
int64_t loop_now_ms(const struct loop *loop);

/* One shot after delay_ms, or every repeat_ms when that is > 0.  The callback
 * may free or re-arm its own timer.  A freed timer never calls back.  What a
 * descriptor has to say goes before a delay that has passed: whatever came
 * while the process did not run came in time. */
struct loop_timer *loop_timer_new(
    struct loop *loop, void (*fn)(void *), void *arg);
void loop_timer_start(
    struct loop_timer *timer, int64_t delay_ms, int64_t repeat_ms);
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

/* Watches a socket for `events` (LOOP_READ | LOOP_WRITE; 0 pauses); the
 * callback gets what is ready (both bits on an error).  The descriptor stays
 * the caller's and must be open until loop_fd_free.  Starts paused.  NULL
 * with errno set (and a line in the log) when it cannot be watched: EPERM
 * for a regular file, EEXIST when this loop waits for it already. */
struct loop_fd *loop_fd_new(
    struct loop *loop, int fd, void (*fn)(void *arg, int events), void *arg);
void loop_fd_want(struct loop_fd *watch, int events);
void loop_fd_free(struct loop_fd *watch);

/* NULL with errno set when the signal cannot be caught. */
struct loop_signal *loop_signal_new(struct loop *loop, int signum,
    void (*fn)(void *arg, int signum), void *arg);
void loop_signal_free(struct loop_signal *sig);

#endif
