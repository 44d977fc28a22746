/* A whole frame: header, tabs, panel, dialog, status, keys. */
/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	HEADER_ROWS = 2,
	TITLE_ROWS = 1,
	TAB_ROWS = 1,
	BOTTOM_ROWS = 2, /* status and keys */
	PREVIEW_ROWS = 12,
	TALL = 40,
	PREVIEW_WIDE = 110, /* see panel_preview.c */
};

int
frame_list_rows(int height)
{
	int rows = height - HEADER_ROWS - TITLE_ROWS - BOTTOM_ROWS;

	if (height >= TALL)
		rows -= PREVIEW_ROWS;
	return rows < 1 ? 1 : rows;
}

bool
frame_has_preview(int width, int height)
{
	return height >= TALL && width >= PREVIEW_WIDE;
}

/* "2 Spam", "[2 Spam]" when it is open. */
static int
tab_text(char out[WORD_SIZE], size_t i, bool open, bool title)
{
	const char *text = title || open ? panel_row(i)->title : "";

	snprintf(out, WORD_SIZE, "%s%zu%s%s%s", open ? "[" : "", i + 1,
	    text[0] != '\0' ? " " : "", text, open ? "]" : "");
	return (int)text_width(out);
}

/* Whether there is room for the titles of those that are not open, too. */
static bool
tabs_fit(int w, size_t open)
{
	char text[WORD_SIZE];
	int x = 1;

	for (size_t i = 0; panel_row(i) != NULL && i < FRAME_TABS; i++)
		x += tab_text(text, i, i == open, true) + 1;
	return x - 1 <= w;
}

static void
draw_tabs(const struct pane *pane, const struct model *model, struct frame *out)
{
	bool titles = tabs_fit(pane->w, model->ui.tab);
	int x = 1;

	out->tab_y = pane->y;
	for (size_t i = 0; panel_row(i) != NULL && i < FRAME_TABS; i++) {
		bool open = i == model->ui.tab;
		char text[WORD_SIZE];

		out->tabs[i].x = x;
		out->tabs[i].w = tab_text(text, i, open, titles);
		x = pane_put(pane, x, 0, open ? ROLE_TAB : ROLE_PLAIN, text) +
		    1;
		out->tab_count = (int)i + 1;
	}
}

/* A sign at the right end where the panel goes on above or below. */
static void
draw_more(const struct pane *pane, int scroll, const struct frame *f)
{
	if (scroll > 0)
		pane_put(pane, pane->w - 1, 0, ROLE_KEY, "\u2191");
	if (scroll + f->panel_rows < f->content_rows)
		pane_put(pane, pane->w - 1, pane->h - 1, ROLE_KEY, "\u2193");
}

static void
draw_scrolled(const struct pane *pane, const struct model *model,
    panel_draw *draw, int scroll, struct frame *out)
{
	struct pane moved = pane_scrolled(pane, scroll);

	out->panel_rows = pane->h;
	out->content_rows = draw(&moved, model);
	draw_more(pane, scroll, out);
}

static void
draw_domain(
    const struct pane *pane, const struct model *model, struct frame *out)
{
	struct pane head = pane_part(pane, 0, 0, pane->w, HEADER_ROWS);
	struct pane tabs = pane_part(pane, 0, HEADER_ROWS, pane->w, TAB_ROWS);
	struct pane body = pane_part(pane, 0, HEADER_ROWS + TAB_ROWS, pane->w,
	    pane->h - HEADER_ROWS - TAB_ROWS);
	const struct panel *panel = panel_row(model->ui.tab);

	panel_domain_header(&head, model);
	draw_tabs(&tabs, model, out);
	if (checks_shown(model))
		checks_draw(&body, model, out);
	else if (model->view != NULL && panel != NULL)
		draw_scrolled(&body, model, panel->draw, model->ui.scroll, out);
	else
		pane_wrap(&body, 2, 1, body.w - 4, ROLE_PLAIN,
		    "Nothing has been read of this domain yet.");
}

static void
draw_domains(
    const struct pane *pane, const struct model *model, struct frame *out)
{
	struct pane head = pane_part(pane, 0, 0, pane->w, HEADER_ROWS);
	int rows = frame_list_rows(out->height);
	struct pane body = pane_part(
	    pane, 0, HEADER_ROWS, pane->w, TITLE_ROWS + rows);
	struct pane preview = pane_part(
	    pane, 0, HEADER_ROWS + TITLE_ROWS + rows, pane->w, PREVIEW_ROWS);

	panel_header(&head, model);
	panel_domains(&body, model);
	out->head_count = domains_heads(&body, model, out->heads, FRAME_HEADS);
	if (out->height >= TALL)
		panel_preview(&preview, model);
	out->list_y = HEADER_ROWS + TITLE_ROWS;
	out->list_rows = rows;
}

/* A screen beside the list and the domains. */
static void
draw_fleet(const struct pane *pane, const struct model *model, panel_draw *draw,
    struct frame *out)
{
	struct pane head = pane_part(pane, 0, 0, pane->w, HEADER_ROWS);
	struct pane body = pane_part(
	    pane, 0, HEADER_ROWS, pane->w, pane->h - HEADER_ROWS);

	panel_header(&head, model);
	draw_scrolled(&body, model, draw, model->ui.scroll, out);
}

static void
draw_main(const struct pane *pane, const struct model *model, struct frame *out)
{
	if (model->ui.help) {
		draw_scrolled(
		    pane, model, panel_help, model->ui.help_scroll, out);
		return;
	}
	switch (model->ui.screen) {
	case SCREEN_DOMAINS:
		draw_domains(pane, model, out);
		break;
	case SCREEN_DOMAIN:
		draw_domain(pane, model, out);
		break;
	case SCREEN_REPLIES:
		draw_fleet(pane, model, panel_fleet_replies, out);
		break;
	case SCREEN_EVENTS:
		draw_fleet(pane, model, panel_events, out);
		break;
	case SCREEN_CHANGES:
		draw_fleet(pane, model, panel_changes, out);
		break;
	}
}

void
frame_draw(struct canvas *canvas, const struct model *model, struct frame *out)
{
	struct pane all = pane_all(canvas), main, status, footer;

	canvas_clear(canvas);
	*out = (struct frame){
		.width = all.w, .height = all.h, .tab_y = -1, .key_y = -1
	};
	main = pane_part(&all, 0, 0, all.w, all.h - BOTTOM_ROWS);
	status = pane_part(&all, 0, all.h - 2, all.w, 1);
	footer = pane_part(&all, 0, all.h - 1, all.w, 1);
	draw_main(&main, model, out);
	if (!model->ui.help)
		dialog_draw(&main, model, out);
	panel_status(&status, model);
	footer_draw(&footer, model, out);
}
