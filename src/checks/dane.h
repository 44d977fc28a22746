/* DANE as other checks need it. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_DANE_H
#define CHECKS_DANE_H

#include "sendtop/check.h"

/*
 * Whether TLSA records that senders go by do not fit what an MX host shows:
 * then whatever is doubtful about its certificate loses mail.  (Where a record
 * fits, it vouches for the certificate, whoever signed it.)
 */
enum check_state dane_refuses(
    struct facts *facts, const struct subject *subject, bool *refuses);

#endif
