/* Parts of the JSON document that have a file of their own. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_JSON_PART_H
#define SENDTOP_REPORT_JSON_PART_H

#include <jansson.h>

#include "sendtop/report.h"

/* JSON has no NaN and no DAY_NONE: what is not there is null. */
json_t *json_day(int32_t day);
json_t *json_time(int64_t time_s);
json_t *json_number(double value);
json_t *json_reasons(const struct reasons *reasons);
void json_put(json_t *object, const char *key, json_t *value);

/* The ramp's judgement with the slow-downs that receivers ask for; with the
 * path to the target, or of a fortnight, where it is asked for. */
json_t *json_ramp(const struct history *history,
    const struct ramp_judgement *ramp, bool path);

/* What receivers replied, most often first. */
json_t *json_replies(const struct history *history);

/* A document with one domain and its ramp alone. */
void json_ramp_document(
    FILE *out, const struct report_head *head, const struct view *view);

#endif
