/* Findings as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_JSON_FINDING_H
#define SENDTOP_REPORT_JSON_FINDING_H

#include "sendtop/finding.h"

/* Adds the text as a JSON string, which may hold anything but a NUL; it has to
 * be UTF-8, as all that is printable is. */
void json_text_add(struct buf *out, const char *text);

/* Adds the findings as an array.  Ten thousand domains have a hundred thousand
 * of them: so they are written as they are and no tree is built. */
void json_findings_add(
    struct buf *out, const struct finding *findings, size_t count);

#endif
