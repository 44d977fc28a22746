/* History from elsewhere, put into the store: each row once. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_BRING_H
#define SENDTOP_STORE_BRING_H

#include "sendtop/store_live.h"
#include "sendtop/store_mail.h"
#include "sendtop/store_news.h"

/* What became of a row. */
enum fate {
	FATE_NEW,   /* it was not there */
	FATE_KNOWN, /* the same is there already, or more of it */
	FATE_OTHER, /* another one was in its place: see replace */
	FATE_OWN,   /* of a time that the store watched by itself: left out */
	FATES,
};

/*
 * One transaction: all that is brought counts together, or nothing of it.
 * replace: of two that differ the new one stays, else the stored one; this is
 * of measures (which the caller writes), feedback, traffic and replies.
 */
struct bringing;
enum status store_bring_begin(struct store *store, bool replace,
    struct bringing **out, struct error *err) MUST_CHECK;
/* Commits or, unless it is to be kept, undoes; frees it either way. */
enum status store_bring_end(
    struct bringing *bringing, bool keep, struct error *err) MUST_CHECK;

/* The same number as far as an export tells. */
bool bring_same(double a, double b);

enum status bring_feedback(struct bringing *b, int64_t domain,
    const struct feedback *feedback, enum fate *fate,
    struct error *err) MUST_CHECK;
/*
 * From the first moment to the last that the store saw a check's findings
 * itself, it knows them all: what began in between is left out, what began
 * before and goes on ends where the store's own begin.  The same finding, seen
 * for longer, is carried on.  span->id does not matter.
 */
enum status bring_finding(struct bringing *b, int64_t domain,
    const struct finding_span *span, enum fate *fate,
    struct error *err) MUST_CHECK;
/* As it is, not added up; the sums of the days (METRIC_LOG_*) stay. */
enum status bring_traffic(struct bringing *b, int64_t domain,
    const struct traffic *traffic, enum fate *fate,
    struct error *err) MUST_CHECK;
enum status bring_reply(struct bringing *b, int64_t domain,
    const struct reply_count *reply, enum fate *fate,
    struct error *err) MUST_CHECK;
/* Its number is below 0, so that no hook takes it for news. */
enum status bring_event(struct bringing *b, const struct store_news *news,
    enum fate *fate, struct error *err) MUST_CHECK;

#endif
