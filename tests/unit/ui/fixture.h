/* Models that a store could give, built in memory. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UI_FIXTURE_H
#define TESTS_UI_FIXTURE_H

#include "ui/model.h"

struct fixture {
	struct arena *arena;
	struct settings *settings;
	struct reply_catalogue *catalogue;
	struct providers *providers;
	struct model model;
};

/*
 * The list is all domains below; `domain` is the one whose view is loaded,
 * NULL for the list itself, "empty" for a store without any domain.
 * rising critical, watch, healthy, withheld, denied, error, long, wide;
 * with a log: limited (4.7.28), noptr (4.7.23); blind ramp, disagree (Google
 * differs), never polled.
 */
void fixture_init(struct fixture *fixture, const char *domain);
void fixture_fini(struct fixture *fixture);

/* 2026-11-21T23:40:00Z */
#define FIXTURE_NOW 1795304400

/* Domain i of the list as a view, NULL past the last; for a fake store. */
const char *fixture_domain(size_t i);

#endif
