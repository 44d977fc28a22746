/* One domain with a bit of everything. */
/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"

static void
fill_history(struct world *w)
{
	struct history *h = &w->view.history;
	int m, i;

	h->domain = "news.example.com";
	h->registrable = "example.com";
	h->today = day_of(WORLD_NOW);
	h->now_s = WORLD_NOW;
	h->first_day = h->today - 9;
	h->days = 10;
	for (m = 0; m < METRIC_COUNT; m++) {
		for (i = 0; i < 10; i++)
			w->series[m][i] = (double)NAN;
		h->series[m] = w->series[m];
	}
	w->series[METRIC_SPAM_RATE][6] = 0;
	w->series[METRIC_SPAM_RATE][7] = 0.0041;
	w->series[METRIC_AUTH_SPF][7] = 0.999;
	h->poll = POLL_OK;
	h->poll_error = "";
	h->asked_first = h->first_day;
	h->asked_last = h->today;
	h->newest_day = h->today - 2;
	h->findings = w->findings;
	h->finding_count = 4;
	w->feedback[0] = (struct feedback){ "camp2", false, h->today - 2,
		0.009 };
	h->feedback = w->feedback;
	h->feedback_count = 1;
}

static void
fill_judgements(struct world *w)
{
	struct judgements *j = &w->view.judgements;
	struct standing *s = &w->view.standing;

	spam_assess(&w->view.history, &j->spam);
	j->ramp.state = RAMP_STOP;
	j->ramp.ceiling = 0;
	j->ramp.volume = 48200;
	j->ramp.source = VOLUME_TLS;
	j->ramp.base = j->ramp.growth = (double)NAN;
	j->ramp.cap = 2;
	j->ramp.day = w->view.history.today - 2;
	j->ramp.target = 50000;
	j->ramp.target_day = DAY_NONE;
	reason_add(&j->ramp.reasons, RAMP_STOP, "spam_stop", "too much spam");
	j->reputation.estimate = REPUTATION_LOW;
	w->row = (struct requirement){ "A2-PTR", "all", "PTR", "Set it.",
		"https://support.google.com/", true };
	w->requirement.row = &w->row;
	w->requirement.verdict = w->requirement.ours = VERDICT_FAIL;
	w->requirement.google = "needs_work";
	w->requirement.applies = true;
	snprintf(w->requirement.why[0], WHY_SIZE, "ptr/192.0.2.10/missing");
	w->requirement.why_count = 1;
	j->requirements = &w->requirement;
	j->requirement_count = 1;
	s->state = STANDING_CRITICAL;
	s->since_s = WORLD_NOW - 3600;
	snprintf(s->reasons, sizeof(s->reasons),
	    "spam_violation, ptr/192.0.2.10/missing");
	snprintf(s->why, sizeof(s->why), "spam >= 0.30 since Nov 19");
}

void
world_init(struct world *world)
{
	static const struct finding findings[] = {
		{ "ptr", "192.0.2.10", VERDICT_FAIL, "missing",
		    "has | no \"PTR\"", "10.2.0.192.in-addr.arpa. IN PTR x.",
		    WORLD_NOW - 86400, WORLD_NOW, 0, NULL, 0, "", false, 0,
		    NULL },
		{ "dmarc", "=cmd()", VERDICT_NOTE, "policy_none",
		    "*bold* [link](x)", "", 0, 0, 0, NULL, 0,
		    "v=DMARC1; p=none", false, 0, NULL },
		{ "mx", "news.example.com", VERDICT_UNKNOWN, "timeout",
		    "no answer", "", WORLD_NOW - 60, WORLD_NOW, VERDICT_PASS,
		    "ok", WORLD_NOW - 600, "10 mx.example.com", false, 0,
		    NULL },
		{ "spf", "news.example.com", VERDICT_PASS, "ok", "", "", 0, 0,
		    0, NULL, 0, NULL, false, 0, NULL },
	};

	memset(world, 0, sizeof(*world));
	world->arena = arena_new();
	memcpy(world->findings, findings, sizeof(findings));
	world->view.domain.name = "news.example.com";
	world->view.domain.poll = POLL_OK;
	fill_history(world);
	fill_judgements(world);
	world->head.newest_day = world->view.history.newest_day;
	world->head.fetched_s = WORLD_NOW - 7200;
	world->head.resolver = "127.0.0.1:5300";
	world->head.postmaster_error = "";
}

void
world_fini(struct world *world)
{
	arena_free(world->arena);
}

char *
world_report(const struct world *world, const char *format, int times)
{
	const struct report_head head = {
		.view = &world->head,
		.taken_s = WORLD_NOW,
		.as_of = DAY_NONE,
	};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct report *r = report_begin(format, out, &head);

	ck_assert_ptr_nonnull(r);
	while (times-- > 0)
		report_view(r, &world->view);
	ck_assert(report_end(r));
	fclose(out);
	return text;
}
