/* The panels: each draws the model on a pane and knows nothing else. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

static const struct panel panels[] = {
	{ "summary", "Summary", panel_summary },
	{ "spam", "Spam", panel_spam },
	{ "checks", "Checks", panel_checks },
	{ "tls", "TLS", panel_tls },
	{ "replies", "Replies", panel_replies },
	{ "ramp", "Ramp", panel_ramp },
	{ "guidelines", "Guidelines", panel_guidelines },
	{ "timeline", "Timeline", panel_timeline },
};

size_t
panel_count(void)
{
	return sizeof(panels) / sizeof(*panels);
}

const struct panel *
panel_row(size_t i)
{
	return i < panel_count() ? &panels[i] : NULL;
}
