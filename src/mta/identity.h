/* Whom a reply names: a DKIM or SPF domain, an address, a network. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_IDENTITY_H
#define SENDTOP_MTA_IDENTITY_H

#include "normalise.h"
#include "sendtop/reply.h"

/* Writes "dkim news.example.com", "spf ...", "url ...", "netblock ...",
 * "ip ..." or "".  row: what the reply means. */
void identity_find(const struct gist *gist, const struct reply_row *row,
    char out[REPLY_IDENTITY_SIZE]);

#endif
