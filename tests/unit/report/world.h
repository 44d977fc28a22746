/* One domain with a bit of everything, and a report of it as text. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_REPORT_WORLD_H
#define TESTS_REPORT_WORLD_H

#include "sendtop/report.h"

struct world {
	struct arena *arena;
	struct view view;
	struct view_head head;
	struct finding findings[4];
	double series[METRIC_COUNT][10];
	struct feedback feedback[1];
	struct requirement row;
	struct requirement_judgement requirement;
};

void world_init(struct world *world);
void world_fini(struct world *world);

/* The report in a format, with the domain `times` times; free(3). */
char *world_report(const struct world *world, const char *format, int times);

/* 2026-11-21T23:40:00Z */
#define WORLD_NOW 1795304400

#endif
