/* Settings from anybody: read or refused, never worse. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sendtop/log.h"
#include "sendtop/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same text as a plan: its days rise. */
static void
plan(const char *text, size_t len)
{
	struct settings_plan *steps;
	struct error err;
	size_t count;

	if (settings_plan_parse(
		text, len, "fuzz", 20800, &steps, &count, &err) != STATUS_OK)
		return;
	for (size_t i = 1; i < count; i++)
		if (steps[i].day <= steps[i - 1].day)
			abort();
	free(steps);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings = NULL;
	struct error err;

	log_to(NULL, LOG_LEVEL_ERROR);
	plan((const char *)data, size);
	if (settings_parse((const char *)data, size, "fuzz", &settings, &err) !=
	    STATUS_OK)
		return 0;
	for (size_t i = 0; i < settings->domain_count; i++)
		if (settings_domain(settings, settings->domains[i].name) !=
		    &settings->domains[i])
			abort();
	settings_free(settings);
	return 0;
}
