/* Whether a domain's MTA-STS policy is in force. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_MTA_STS_H
#define CHECKS_MTA_STS_H

#include "sendtop/check.h"

/* Whether senders that honour MTA-STS refuse the domain's mail to hosts whose
 * certificate does not hold: a policy that can be used says enforce.  False
 * as well where that cannot be told. */
enum check_state mta_sts_enforces(struct facts *facts,
    const struct subject *subject, struct arena *arena, bool *enforces);

#endif
