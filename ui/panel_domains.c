/* The list of domains: columns as there is room, the why at the end. */
/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "sort.h"
#include "words.h"

enum {
	WHY_LEAST = 22,
	NAME_LEAST = 18,
	NAME_MOST = 64,
	SPARK_SHORT = 7,
	NARROW = 60,
	HEADING_COUNTS = 40,
	NOT_JUDGED = 4, /* in a group's counts */
};

typedef void column_draw(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row);

static void
draw_state(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	if (!row->judged)
		pane_fit(pane, x, y, w, ROLE_DIM, "new");
	else
		pane_fit(pane, x, y, w, role_state(row->standing.state),
		    word_state_short(row->standing.state));
}

static void
draw_since(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	char day[DAY_TEXT_SIZE];

	if (row->standing.since_s > 0)
		pane_fit(pane, x, y, w, ROLE_DIM,
		    day_short(day, day_of(row->standing.since_s)));
}

static void
draw_spam(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	const struct standing *s = &row->standing;
	char number[WORD_SIZE], text[WORD_SIZE + 4];

	if (s->data != DATA_VALUE || isnan(s->spam_rate)) {
		pane_fit(pane, x, y, w, ROLE_DIM, word_gap(s->poll, s->data));
		return;
	}
	snprintf(text, sizeof(text), "%s %c",
	    text_percent(number, sizeof(number), s->spam_rate),
	    sign_trend(s->trend));
	pane_right(pane, x, y, w, role_rate(s->spam_rate), text);
}

static void
draw_spark(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	const struct standing *s = &row->standing;
	struct plot_point points[STANDING_SPARK];
	enum data_state gap = DATA_WITHHELD;
	double top = SPAM_VIOLATION;

	if (s->poll == POLL_NEVER)
		gap = DATA_PENDING;
	else if (s->poll != POLL_OK)
		gap = s->data == DATA_VALUE ? DATA_ERROR : s->data;
	for (int i = 0; i < STANDING_SPARK; i++) {
		double v = s->spark[i];

		points[i].state = isnan(v) ? gap : DATA_VALUE;
		points[i].value = v;
		points[i].role = role_rate(v);
		if (!isnan(v) && v > top)
			top = v;
	}
	plot_spark(pane, x, y, points + STANDING_SPARK - w, w, top);
}

static void
draw_mean(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	char number[WORD_SIZE];

	text_percent(number, sizeof(number), row->standing.mean7);
	pane_right(pane, x, y, w, role_rate(row->standing.mean7), number);
}

static void
draw_volume(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	char number[WORD_SIZE];

	word_volume(number, row->standing.volume, row->standing.volume_source);
	pane_right(pane, x, y, w, ROLE_PLAIN, number);
}

static void
draw_growth(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	char number[WORD_SIZE];

	word_growth(number, row->standing.growth);
	pane_right(pane, x, y, w, ROLE_PLAIN, number);
}

static void
draw_reputation(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	enum reputation reputation = row->standing.reputation;

	pane_fit(pane, x, y, w, role_reputation(reputation),
	    reputation == REPUTATION_UNKNOWN ? "?"
					     : reputation_name(reputation));
}

static void
draw_ramp(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	pane_fit(pane, x, y, w, role_ramp(row->standing.ramp),
	    word_ramp(row->standing.ramp));
}

static void
draw_ceiling(const struct pane *pane, int x, int y, int w,
    const struct store_standing *row)
{
	char number[WORD_SIZE];

	text_count(number, sizeof(number), row->standing.ceiling);
	pane_right(pane, x, y, w, ROLE_PLAIN, number);
}

/* Left to right; `rank` says which are given up first when it gets narrow
 * (the highest). */
static const struct column {
	const char *title;
	int width, rank;
	bool right;
	column_draw *draw;
	unsigned sort; /* the order that its head asks for */
} columns[] = {
	{ "STATE", 5, 0, false, draw_state, SORT_WORST },
	{ "SINCE", 6, 1, false, draw_since, SORT_WORST },
	{ "SPAM %", 8, 0, true, draw_spam, SORT_SPAM },
	{ "14 DAYS", STANDING_SPARK, 4, false, draw_spark, SORT_TREND },
	{ "7 DAYS", SPARK_SHORT, 3, false, draw_spark, SORT_TREND },
	{ "7-DAY %", 7, 6, true, draw_mean, SORT_MEAN },
	{ "VOLUME", 7, 5, true, draw_volume, SORT_VOLUME },
	{ "GROWTH", 6, 7, true, draw_growth, SORT_GROWTH },
	{ "REPUT", 6, 8, false, draw_reputation, SORT_REPUTATION },
	{ "RAMP", 8, 2, false, draw_ramp, SORT_RAMP },
	{ "TOMORROW", 8, 9, true, draw_ceiling, SORT_CEILING },
};
enum {
	COLUMN_COUNT = sizeof(columns) / sizeof(*columns),
	RANK_NAMES = 3, /* from here on names are worth more */
	RANK_LONG = 4,  /* the long sparkline */
	RANK_MOST = 9,
};

struct grid {
	bool shown[COLUMN_COUNT];
	int name, why; /* their widths; why 0: not shown */
};

static int
longest_name(const struct model *model)
{
	int most = NAME_LEAST;

	for (size_t i = 0; i < model->row_count; i++) {
		int w = model->headings != NULL && model->headings[i] != NULL
		    ? 0
		    : (int)text_width(model->rows[i].name);

		if (w > most)
			most = w;
	}
	return most < NAME_MOST ? most : NAME_MOST;
}

/* The long sparkline takes the short one's place when it fits. */
static int
show_rank(struct grid *grid, int rank, int room)
{
	for (int i = 0; i < COLUMN_COUNT; i++) {
		int w = columns[i].width + 1;

		if (columns[i].rank != rank)
			continue;
		if (rank == RANK_LONG && grid->shown[i + 1])
			w -= SPARK_SHORT + 1;
		if (w > room)
			continue;
		grid->shown[i] = true;
		if (rank == RANK_LONG)
			grid->shown[i + 1] = false;
		room -= w;
	}
	return room;
}

/* Gives the name column what it wishes, at most `most`; returns the rest. */
static int
widen(struct grid *grid, const struct model *model, int room, int most)
{
	int wish = longest_name(model) - grid->name;
	int give = wish < most ? wish : most;

	if (give <= 0)
		return room;
	grid->name += give;
	return room - give;
}

static struct grid
grid_make(const struct pane *pane, const struct model *model)
{
	struct grid grid = { .name = NAME_LEAST };
	int why = pane->w < NARROW ? 0 : WHY_LEAST;
	int room = pane->w - 1 - NAME_LEAST - 1 - why;

	for (int rank = 0; rank <= RANK_MOST; rank++) {
		/* Names and whys are worth more than the later columns. */
		if (rank == RANK_NAMES)
			room = widen(&grid, model, room, room / 2);
		room = show_rank(&grid, rank, room);
	}
	room = widen(&grid, model, room, room * 2 / 3);
	grid.why = why + room;
	if (grid.why < 0)
		grid.why = 0;
	return grid;
}

/* Where the heads of the shown columns lie, left to right. */
static int
place_heads(const struct grid *grid, struct frame_head *out, int max)
{
	int x = 1 + grid->name + 1, n = 0;

	if (n < max)
		out[n++] = (struct frame_head){ { 1, grid->name }, SORT_NAME };
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (!grid->shown[i])
			continue;
		if (n < max)
			out[n++] = (struct frame_head){ { x, columns[i].width },
				columns[i].sort };
		x += columns[i].width + 1;
	}
	if (grid->why > 0 && n < max)
		out[n++] = (struct frame_head){ { x, grid->why }, SORT_WHY };
	return n;
}

int
domains_heads(const struct pane *pane, const struct model *model,
    struct frame_head *out, int max)
{
	struct grid grid = grid_make(pane, model);

	return model->total == 0 ? 0 : place_heads(&grid, out, max);
}

/* The head that the list is sorted by stands out. */
static void
mark_head(const struct pane *pane, const struct grid *grid, unsigned sort)
{
	struct frame_head heads[FRAME_HEADS];
	int n = place_heads(grid, heads, FRAME_HEADS);

	for (int i = 0; i < n && sort != SORT_WORST; i++)
		if (heads[i].sort == sort)
			pane_role(pane, heads[i].span.x, 0, heads[i].span.w,
			    ROLE_TAB);
}

static void
draw_titles(const struct pane *pane, const struct grid *grid, unsigned sort)
{
	int x = pane_fit(pane, 1, 0, grid->name, ROLE_TITLE, "DOMAIN") + 1;

	for (int i = 0; i < COLUMN_COUNT; i++) {
		int w = columns[i].width;

		if (!grid->shown[i])
			continue;
		if (columns[i].right)
			pane_right(pane, x, 0, w, ROLE_TITLE, columns[i].title);
		else
			pane_fit(pane, x, 0, w, ROLE_TITLE, columns[i].title);
		x += w + 1;
	}
	pane_fit(pane, x, 0, grid->why, ROLE_TITLE, "WHY");
	mark_head(pane, grid, sort);
}

static void
draw_row(const struct pane *pane, int y, const struct grid *grid,
    const struct store_standing *row, bool past)
{
	int x = pane_fit(pane, 1, y, grid->name, ROLE_STRONG, row->name) + 1;

	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (!grid->shown[i])
			continue;
		/* What is not judged has a state, and nothing else yet. */
		if (row->judged || columns[i].draw == draw_state)
			columns[i].draw(pane, x, y, columns[i].width, row);
		x += columns[i].width + 1;
	}
	pane_fit(pane, x, y, grid->why, ROLE_PLAIN,
	    row->judged ? row->standing.why
		: past  ? "being read"
			: "waiting for the first poll or probe");
}

/* "- example.com   12 domains: 2 critical, 3 warning"; + where it is folded. */
static void
draw_heading(const struct pane *pane, int y, const struct group *group)
{
	static const struct {
		const char *word;
		size_t index;
		enum role role;
	} parts[] = { { "critical", STANDING_CRITICAL, ROLE_BAD },
		{ "warning", STANDING_WARNING, ROLE_WARN },
		{ "ok", STANDING_OK, ROLE_GOOD },
		{ "unknown", STANDING_UNKNOWN, ROLE_UNKNOWN },
		{ "new", NOT_JUDGED, ROLE_DIM } };
	const char *name = group->name[0] != '\0' ? group->name : "no group";
	int x = pane_put(pane, 1, y, ROLE_KEY, group->folded ? "+ " : "- ");
	int w = (int)text_width(name);

	if (w > pane->w - HEADING_COUNTS)
		w = pane->w - HEADING_COUNTS;
	x = pane_fit(pane, x, y, w, ROLE_TITLE, name);
	x = pane_printf(pane, x + 2, y, ROLE_DIM, "%zu:", group->total);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (group->counts[parts[i].index] > 0)
			x = pane_printf(pane, x + 1, y, parts[i].role, "%zu %s",
			    group->counts[parts[i].index], parts[i].word);
	pane_hline(pane, x + 1, y, pane->w - x - 2);
}

/* What to do when there is nothing to list: prose, or what to type. */
struct line {
	bool typed;
	const char *text;
};

static const struct line connect_lines[] = {
	{ false,
	    "Google Postmaster is not connected.  This connects it, and "
	    "every domain that is verified there comes in:" },
	{ true, "sendtop login" },
};

static const struct line connected_lines[] = {
	{ false,
	    "Postmaster is connected; the domains that it lists come "
	    "with the first poll.  R polls now." },
};

static const struct line add_lines[] = {
	{ false,
	    "DNS, PTR and TLS probes need no account.  To watch a "
	    "domain, name it:" },
	{ true, "sendtop example.com" },
	{ false, "or give it a section in the settings file:" },
	{ true, "[domain \"example.com\"]" },
	{ true, "sending-ips = 192.0.2.10" },
	{ false, "To look once, without watching:" },
	{ true, "sendtop probe example.com" },
};

static int
put_lines(
    const struct pane *pane, int y, const struct line *lines, size_t count)
{
	int w = pane->w - 4 < 76 ? pane->w - 4 : 76;

	for (size_t i = 0; i < count; i++) {
		if (!lines[i].typed && i > 0)
			y++;
		y += pane_wrap(pane, lines[i].typed ? 6 : 2, y, w,
		    lines[i].typed ? ROLE_KEY : ROLE_PLAIN, lines[i].text);
	}
	return y + 1;
}

static int
draw_empty(const struct pane *pane, const struct model *model)
{
	int y = 1;

	if (model->head == NULL) {
		pane_put(pane, 2, y, ROLE_PLAIN,
		    "Nothing has been read from the store yet.");
		return y + 1;
	}
	if (model->ui.filter[0] != '\0') {
		pane_printf(pane, 2, y, ROLE_PLAIN,
		    "No domain has \"%s\" in its name, tag or reasons.  Esc "
		    "shows all.",
		    model->ui.filter);
		return y + 1;
	}
	pane_put(pane, 2, y, ROLE_STRONG, "No domain is watched yet.");
	y += 2;
	if (model->head->connected)
		y = put_lines(pane, y, connected_lines, 1);
	else
		y = put_lines(pane, y, connect_lines, 2);
	y = put_lines(
	    pane, y, add_lines, sizeof(add_lines) / sizeof(*add_lines));
	pane_printf(pane, 2, y, ROLE_DIM, "The settings file: %s",
	    model->settings_path);
	return y + 1;
}

static void
draw_line(const struct pane *pane, int y, const struct grid *grid,
    const struct model *model, size_t i)
{
	if (model->headings != NULL && model->headings[i] != NULL)
		draw_heading(pane, y, model->headings[i]);
	else
		draw_row(pane, y, grid, &model->rows[i],
		    model->ui.as_of != DAY_NONE);
}

int
panel_domains(const struct pane *pane, const struct model *model)
{
	struct grid grid = grid_make(pane, model);
	struct pane body = pane_part(pane, 0, 1, pane->w, pane->h - 1);

	if (model->total == 0)
		return draw_empty(pane, model);
	draw_titles(pane, &grid, model->ui.sort);
	for (int y = 0; y < body.h; y++) {
		size_t number = model->ui.top + (size_t)y;

		if (number < model->first ||
		    number - model->first >= model->row_count)
			continue;
		draw_line(&body, y, &grid, model, number - model->first);
		if (number == model->ui.cursor) {
			pane_put(&body, 0, y, ROLE_STRONG, "\u25b8");
			pane_select(&body, y);
		}
	}
	return 1 + body.h;
}
