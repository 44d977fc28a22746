/* The first try of questions, at a socket of our own. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSDIRECT_H
#define SENDTOP_NET_DNSDIRECT_H

#include "net/dnsserver.h"
#include "net/question.h"

/*
 * Where there is one server, nearly every question ends with the first answer
 * to its first packet.  Fleets ask by the hundred thousand, so that packet
 * does not go through the resolver library: what it does not settle does.
 */
struct direct;

/* NULL when there is no socket to be had. */
struct direct *direct_open(const struct dnsserver *server);
void direct_close(struct direct *direct);
int direct_socket(const struct direct *direct);

/* Keeps a question whose query is being sent, while there is room. */
bool direct_room(const struct direct *direct);
void direct_add(struct direct *direct, struct question *q);
/* Takes out the question that this packet answers: its id, its name, type and
 * class; NULL: none. */
struct question *direct_match(
    struct direct *direct, const uint8_t *packet, size_t len);
/* When the oldest question was sent; -1: there is none. */
int64_t direct_sent_us(const struct direct *direct);
/* Takes the oldest out; NULL: none. */
struct question *direct_oldest(struct direct *direct);

#endif
