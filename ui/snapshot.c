/* The panels as plain text, for tickets and mail. */
/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "frame.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "snapshot_job.h"
#include "words.h"

enum {
	BRIEFS_MOST = 20,
	LIST_ROWS_MOST = 1900,
	SCREEN_ROWS = 24,
	LABEL_WIDTH = 11,
};

void
snapshot_panel(struct snapshot_job *job, panel_draw *draw, int rows)
{
	struct canvas *canvas = canvas_new(job->width, 1, job->options->ascii);
	struct pane pane = pane_all(canvas);
	int needs;

	canvas_overflow(canvas);
	pane.h = rows;
	needs = draw(&pane, &job->model);
	canvas_resize(canvas, job->width, needs);
	pane = pane_all(canvas);
	pane.h = rows;
	draw(&pane, &job->model);
	canvas_text(canvas, job->out);
	canvas_free(canvas);
}

void
snapshot_section(struct snapshot_job *job, panel_draw *draw, int rows)
{
	snapshot_panel(job, draw, rows);
	fputc('\n', job->out);
}

/* --- the head --------------------------------------------------------------------- */

/* One source: its name, and what is said of it, wrapped behind that. */
static int
put_source(const struct pane *pane, int y, const char *name, const char *text)
{
	pane_put(pane, 0, y, ROLE_PLAIN, name);
	return pane_wrap(
	    pane, LABEL_WIDTH, y, pane->w - LABEL_WIDTH, ROLE_PLAIN, text);
}

static void
postmaster_text(const struct view_head *head, char *out, size_t size)
{
	char day[DAY_TEXT_SIZE], when[TIME_TEXT_SIZE];

	if (!head->connected)
		snprintf(
		    out, size, "not connected (`sendtop login` connects it)");
	else if (head->newest_day == DAY_NONE)
		snprintf(out, size, "connected, no data %s",
		    head->as_of == DAY_NONE ? "yet" : "from then");
	else
		snprintf(out, size, "data to %s (D-%d), asked %s",
		    day_text(day, head->newest_day),
		    (int)(day_of(head->now_s) - head->newest_day),
		    head->fetched_s > 0 ? time_text(when, head->fetched_s)
					: "never");
}

/* Where all of it comes from, and how old it is. */
static int
panel_sources(const struct pane *pane, const struct model *model)
{
	const struct view_head *head = model->head;
	char text[SENTENCE_SIZE], day[DAY_TEXT_SIZE], when[TIME_TEXT_SIZE];
	int y = 0;

	pane_put(
	    pane, 0, y++, ROLE_PLAIN, "sendtop " SENDTOP_VERSION " snapshot");
	y += put_source(pane, y, "time", time_text(when, model->now_s));
	if (model->ui.as_of != DAY_NONE) {
		snprintf(text, sizeof(text), "the end of %s",
		    day_text(day, model->ui.as_of));
		y += put_source(pane, y, "as of", text);
	}
	if (head == NULL)
		return y;
	postmaster_text(head, text, sizeof(text));
	y += put_source(pane, y, "postmaster", text);
	if (head->postmaster_error[0] != '\0') {
		snprintf(text, sizeof(text), "last poll%s: %s",
		    head->postmaster_partly ? "" : " failed",
		    head->postmaster_error);
		y += put_source(pane, y, "", text);
	}
	y += put_source(pane, y, "resolver",
	    head->resolver[0] != '\0' ? head->resolver : "the system's");
	return y + put_source(pane, y, "store", head->store);
}

/* --- one domain ------------------------------------------------------------------- */

/* One domain in full. */
static void
put_domain(struct snapshot_job *job)
{
	static const struct {
		panel_draw *draw;
		int rows;
	} sections[] = {
		{ panel_domain_header, 2 },
		{ block_advice, 200 },
		{ block_numbers, 20 },
		{ panel_spam, 20 },
		{ panel_checks, 20 },
		{ panel_tls, 20 },
		{ panel_replies, 20 },
		{ panel_ramp, 20 },
		{ panel_guidelines, 20 },
		{ panel_timeline, 20 },
	};

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		snapshot_section(job, sections[i].draw, sections[i].rows);
}

static void
put_brief(struct snapshot_job *job)
{
	snapshot_panel(job, panel_domain_header, 2);
	snapshot_section(job, block_advice, 200);
}

enum status
snapshot_with(struct snapshot_job *job, const char *name,
    void (*put)(struct snapshot_job *job), struct error *err)
{
	struct arena *arena = arena_new();
	struct view view = { 0 };
	enum status status = snapshot_view(
	    job->options, name, arena, &view, err);

	if (status == STATUS_OK) {
		job->model.view = &view;
		job->model.selected = view.domain.name;
		put(job);
		job->model.view = NULL;
		job->model.selected = "";
	}
	arena_free(arena);
	return status;
}

/* --- all of them ------------------------------------------------------------------ */

static void
put_list(
    struct snapshot_job *job, const struct store_standing *rows, size_t count)
{
	for (size_t at = 0; at < count || at == 0; at += LIST_ROWS_MOST) {
		size_t n = count - at;

		job->model.rows = rows + at;
		job->model.row_count = n < LIST_ROWS_MOST ? n : LIST_ROWS_MOST;
		job->model.total = count;
		job->model.first = job->model.ui.top = at;
		job->model.ui.cursor = count; /* nothing is selected */
		snapshot_section(job, panel_domains,
		    n > 0 ? (int)job->model.row_count + 1 : 30);
	}
	job->model.rows = NULL;
	job->model.row_count = job->model.total = 0;
}

/* A copy of the rows where names are not to be shown. */
static void
put_rows(
    struct snapshot_job *job, const struct store_standing *rows, size_t count)
{
	const struct redact *redact = job->options->redact;
	struct arena *arena = arena_new();
	struct store_standing *copy = arena_alloc(
	    arena, (count + 1) * sizeof(*copy));

	if (count > 0)
		memcpy(copy, rows, count * sizeof(*copy));
	if (redact != NULL)
		redact_standings(redact, arena, copy, count);
	put_list(job, copy, count);
	arena_free(arena);
}

static enum status
put_briefs(struct snapshot_job *job, const struct store_standing *rows,
    size_t count, struct error *err)
{
	size_t told = 0, left = 0;

	for (size_t i = 0; i < count; i++) {
		enum status status;

		if (!rows[i].judged ||
		    rows[i].standing.state < STANDING_WARNING)
			continue;
		if (told == BRIEFS_MOST) {
			left++;
			continue;
		}
		told++;
		status = snapshot_with(job, rows[i].name, put_brief, err);
		if (status != STATUS_OK)
			return status;
	}
	if (left > 0)
		fprintf(job->out, "and %zu more that are not well.\n", left);
	if (told > 0)
		fputs("`sendtop snapshot DOMAIN` prints one in full.\n",
		    job->out);
	return STATUS_OK;
}

static enum status
put_all(struct snapshot_job *job, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count;
	enum status status = snapshot_rows(
	    job->options, arena, &rows, &count, err);

	if (status == STATUS_OK) {
		put_rows(job, rows, count);
		status = put_briefs(job, rows, count, err);
	}
	free(rows);
	arena_free(arena);
	return status;
}

/* --- snapshots -------------------------------------------------------------------- */

static const char *
settings_path(const struct snapshot_options *o)
{
	return o->settings->path != NULL && o->redact == NULL
	    ? o->settings->path
	    : "sendtop.conf";
}

static enum status
put_wanted(struct snapshot_job *job, struct error *err)
{
	const struct snapshot_options *o = job->options;
	enum status status = STATUS_OK;

	if (o->since != DAY_NONE)
		return snapshot_since(job, err);
	if (o->domain_count == 0)
		return put_all(job, err);
	for (size_t i = 0; i < o->domain_count && status == STATUS_OK; i++)
		status = snapshot_with(job, o->domains[i], put_domain, err);
	return status;
}

enum status
snapshot_text(
    FILE *out, const struct snapshot_options *options, struct error *err)
{
	struct arena *arena = arena_new();
	struct snapshot_job job = { .out = out,
		.options = options,
		.width = options->width > 0 ? options->width : SNAPSHOT_WIDTH };
	enum status status = snapshot_head(options, arena, &job.head, err);

	job.model = (struct model){ .label = "",
		.settings_path = settings_path(options),
		.now_s = options->now_s,
		.head = &job.head,
		.selected = "",
		.message = "",
		.trouble = "",
		.catalogue = options->catalogue,
		.providers = options->providers,
		.in_full = true,
		.ui = { .as_of = options->as_of, .since = DAY_NONE } };
	if (status == STATUS_OK) {
		snapshot_section(&job, panel_sources, 1);
		status = put_wanted(&job, err);
	}
	arena_free(arena);
	return status;
}

/* The frame without its status and keys. */
static void
put_frame(struct snapshot_job *job)
{
	struct canvas *canvas = canvas_new(
	    job->width, SCREEN_ROWS, job->options->ascii);
	struct frame frame;

	canvas_overflow(canvas);
	frame_draw(canvas, &job->model, &frame);
	if (frame.content_rows > frame.panel_rows) {
		canvas_resize(canvas, job->width,
		    SCREEN_ROWS + frame.content_rows - frame.panel_rows);
		frame_draw(canvas, &job->model, &frame);
	}
	canvas_text_rows(canvas, canvas_height(canvas) - 2, job->out);
	canvas_free(canvas);
}

static struct snapshot_job
screen_job(
    FILE *out, const struct model *model, const struct snapshot_options *o)
{
	struct snapshot_job job = { .out = out,
		.options = o,
		.width = SNAPSHOT_WIDTH,
		.model = *model };
	struct ui_state *ui = &job.model.ui;

	ui->dialog.kind = DIALOG_NONE;
	ui->help = false;
	ui->scroll = 0;
	job.model.in_full = true;
	return job;
}

void
snapshot_list_head(FILE *out, const struct model *model, bool ascii)
{
	struct snapshot_options options = { .ascii = ascii };
	struct snapshot_job job = screen_job(out, model, &options);

	snapshot_section(&job, panel_sources, 1);
	snapshot_panel(&job, panel_header, 2);
}

void
snapshot_list_page(FILE *out, const struct model *model, bool ascii)
{
	struct snapshot_options options = { .ascii = ascii };
	struct snapshot_job job = screen_job(out, model, &options);

	job.model.ui.cursor = model->total; /* nothing is selected */
	snapshot_panel(&job, panel_domains, (int)model->row_count + 1);
}

void
snapshot_screen(FILE *out, const struct model *model, bool ascii)
{
	struct snapshot_options options = { .ascii = ascii };
	struct snapshot_job job = screen_job(out, model, &options);

	if (model->ui.screen == SCREEN_DOMAINS) {
		snapshot_list_head(out, model, ascii);
		snapshot_list_page(out, model, ascii);
		return;
	}
	snapshot_section(&job, panel_sources, 1);
	put_frame(&job);
}
