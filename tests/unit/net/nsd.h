/* A real name server (NSD) on loopback for as long as a test case runs. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TESTS_NET_NSD_H
#define SENDTOP_TESTS_NET_NSD_H

#include <stdint.h>

struct nsd;

/* Starts it for one zone whose text is given and waits until it answers; a
 * test that cannot have it fails with a sentence. */
struct nsd *nsd_start(const char *zone, const char *text);
void nsd_stop(struct nsd *nsd);
uint16_t nsd_port(const struct nsd *nsd);

#endif
