/* Whether the receivers of a domain's aggregate reports take them. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_REPORTS_H
#define CHECKS_REPORTS_H

#include "checks/dmarc.h"
#include "checks/remarks.h"
#include "sendtop/check.h"

struct reports {
	struct dmarc_rua rua;
	const char *domain; /* whose record names them */
	const char *denied; /* hosts that did not agree, or NULL */
	const char *denied_first;
	const char *untold;       /* a host that cannot be told, or NULL */
	enum dns_outcome outcome; /* why */
};

/* Reads rua= and asks each foreign host for its permission (RFC 9990,
 * verifying external destinations). */
enum check_state reports_find(struct facts *facts, struct dmarc_record *record,
    const char *domain, struct arena *arena, struct reports *out);

/* report_unauthorised and what is wrong with rua= itself, with its cure. */
void reports_remark_bad(const struct reports *reports, struct remarks *remarks,
    const char *rua_cure);

/* What could not be told, as an aside to any other remark. */
void reports_remark_untold(
    const struct reports *reports, struct remarks *remarks);

#endif
