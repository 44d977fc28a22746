/* UDP packets of DNS sockets, many to a system call. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSPACKETS_H
#define SENDTOP_NET_DNSPACKETS_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/socket.h>
#include <sys/types.h>

/* What the kernel hands over at once is handed on one by one, and what is sent
 * one by one goes to the kernel at once. */

enum { DNSPACKETS_MAX = 64 }; /* to a call, and at most to a message */

/* Packets that came in at one socket, of which the last are still to be handed
 * on.  One will do for many sockets, as long as each is read until it has no
 * more before the next is. */
struct dnsinbox;

struct dnsinbox *dnsinbox_new(void);
void dnsinbox_free(struct dnsinbox *in);

/* As recvfrom does, without flags. */
ssize_t dnsinbox_take(struct dnsinbox *in, int socket, void *data, size_t size,
    struct sockaddr *from, socklen_t *from_len);
/* The next of a connected socket; it lasts until the next call.  NULL: errno
 * says why. */
const void *dnsinbox_next(struct dnsinbox *in, int socket, size_t *len);
/* The socket is about to be closed: what is left of it goes. */
void dnsinbox_forget(struct dnsinbox *in, int socket);

/* Packets to be sent from one socket. */
struct dnsoutbox;

struct dnsoutbox *dnsoutbox_new(void);
void dnsoutbox_free(struct dnsoutbox *out);

/* Packets of this UDP socket may be put in another order and handed over
 * several at a time, those of one length, where the kernel can: that makes the
 * way through it shorter.  They are packets of their own on the wire. */
void dnsoutbox_join(struct dnsoutbox *out, int socket);
/* Takes a packet; what waits for another socket is sent first.  -1: there is
 * no room (EAGAIN), or it is too long (EMSGSIZE). */
ssize_t dnsoutbox_put(
    struct dnsoutbox *out, int socket, const void *data, size_t len);
/* Sends what waits.  False: the socket's buffer is full, do it again. */
bool dnsoutbox_send(struct dnsoutbox *out);
/* The socket that something went wrong with since it was told last, and what
 * (an errno); -1: none. */
int dnsoutbox_failed(const struct dnsoutbox *out);
int dnsoutbox_tell(struct dnsoutbox *out);
/* The socket is about to be closed. */
void dnsoutbox_forget(struct dnsoutbox *out, int socket);

#endif
