/* HTTPS fetches for the gatherer: few at a time, fewer still a server. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_HTTPS_QUEUE_H
#define SENDTOP_HTTPS_QUEUE_H

#include "sendtop/http.h"
#include "sendtop/https.h"
#include "sendtop/settings.h"

struct https_queue;

/* Both are borrowed; of the settings [https] and [smtp] allow-private. */
struct https_queue *https_queue_new(
    struct loop *loop, struct http *http, const struct settings *settings);
/* NULL is accepted.  Drops what is not done, as https_queue_drop does. */
void https_queue_free(struct https_queue *queue);

/* Gets the answer (free(3)), or NULL when the queue let it go; otherwise never
 * called before https_queue_get has returned. */
typedef void https_done(void *arg, struct https_answer *take);

/* Fetches url from address; the time that it waits for its turn is
 * not counted against its time-out. */
void https_queue_get(struct https_queue *queue, const char *url,
    const struct address *address, https_done *done, void *arg);

/* Lets go of all that is not done: their callbacks get NULL before this
 * returns, and must not ask for more.  NULL is accepted. */
void https_queue_drop(struct https_queue *queue);

#endif
