/* The panels as plain text, for tickets and mail. */
/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "panels.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	PAGE_ROWS = 256,
	BRIEFS_MOST = 20,
	LIST_ROWS_MOST = 1900,
	FILE_NAME_SIZE = 160,
	DOMAIN_PART = 100,
	MINUTE_CHARS = 16, /* 2026-11-21T23:40 */
};

struct job {
	FILE *out;
	const struct snapshot_options *options;
	struct view_head head;
	struct model model;
	int width;
};

/* Draws a panel on a canvas as high as it needs; `rows` is the height that a
 * panel which fills what it gets is told. */
static void
emit(struct job *job, panel_draw *draw, int rows)
{
	struct canvas *canvas = canvas_new(job->width, 1, job->options->ascii);
	struct pane pane = pane_all(canvas);
	int needs;

	pane.h = rows;
	needs = draw(&pane, &job->model);
	canvas_resize(canvas, job->width, needs);
	pane = pane_all(canvas);
	pane.h = rows;
	draw(&pane, &job->model);
	canvas_text(canvas, job->out);
	canvas_free(canvas);
}

static void
emit_section(struct job *job, panel_draw *draw, int rows)
{
	emit(job, draw, rows);
	fputc('\n', job->out);
}

static void
put_sources(struct job *job)
{
	const struct view_head *head = &job->head;
	char day[DAY_TEXT_SIZE], when[TIME_TEXT_SIZE], text[SENTENCE_SIZE];
	FILE *out = job->out;

	fprintf(out, "time       %s\n", time_text(when, job->options->now_s));
	if (job->options->as_of != DAY_NONE)
		fprintf(out, "as of      the end of %s\n",
		    day_text(day, job->options->as_of));
	if (!head->connected)
		snprintf(text, sizeof(text),
		    "not connected (`sendtop login` connects it)");
	else if (head->newest_day == DAY_NONE)
		snprintf(text, sizeof(text), "connected, no data yet");
	else
		snprintf(text, sizeof(text), "data to %s (D-%d), asked %s",
		    day_text(day, head->newest_day),
		    (int)(day_of(job->options->now_s) - head->newest_day),
		    head->fetched_s > 0 ? time_text(when, head->fetched_s)
					: "never");
	fprintf(out, "postmaster %s\n", text);
	if (head->postmaster_error[0] != '\0')
		fprintf(out, "           last failure: %s\n",
		    head->postmaster_error);
	fprintf(out, "resolver   %s\n",
	    head->resolver[0] != '\0' ? head->resolver : "the system's");
	fprintf(out, "store      %s\n\n", head->store);
}

/* One domain in full. */
static void
put_domain(struct job *job)
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
		emit_section(job, sections[i].draw, sections[i].rows);
}

static void
put_brief(struct job *job)
{
	emit(job, panel_domain_header, 2);
	emit_section(job, block_advice, 200);
}

static enum status
with_view(struct job *job, const char *name, void (*put)(struct job *),
    struct error *err)
{
	const struct snapshot_options *o = job->options;
	struct arena *arena = arena_new();
	struct view view = { 0 };
	enum status status = view_load(o->store, o->settings, o->requirements,
	    name, o->as_of, o->now_s, arena, &view, err);

	if (status == STATUS_OK) {
		job->model.view = &view;
		job->model.selected = name;
		put(job);
		job->model.view = NULL;
	}
	arena_free(arena);
	return status;
}

/* The rows of the list, all of them, in order. */
struct rows {
	struct store_standing *items;
	size_t count, cap;
};

static void
rows_add(struct rows *rows, const struct store_standing *row)
{
	rows->items = mem_grow(
	    rows->items, rows->count, &rows->cap, sizeof(*rows->items));
	rows->items[rows->count++] = *row;
}

static enum status
rows_now(
    struct job *job, struct arena *arena, struct rows *rows, struct error *err)
{
	size_t total = 0, count = 0;

	do {
		struct standing_page page = { .offset = rows->count,
			.limit = PAGE_ROWS };
		struct store_standing *items;
		enum status status = store_standing_page(job->options->store,
		    &page, arena, &items, &count, &total, err);

		if (status != STATUS_OK)
			return status;
		for (size_t i = 0; i < count; i++)
			rows_add(rows, &items[i]);
	} while (count > 0 && rows->count < total);
	return STATUS_OK;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct store_standing *x = a, *y = b;

	return standing_compare(&x->standing, x->name, &y->standing, y->name);
}

/* A past day is judged anew, domain by domain. */
static enum status
rows_then(
    struct job *job, struct arena *arena, struct rows *rows, struct error *err)
{
	const struct snapshot_options *o = job->options;
	struct arena *each = arena_new();
	struct store_domain *domains;
	size_t count;
	enum status status = store_domains(
	    o->store, arena, &domains, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		struct store_standing row = { .id = domains[i].id,
			.name = domains[i].name,
			.registrable = domains[i].registrable,
			.tag = domains[i].tag,
			.judged = true };
		struct view view;

		arena_reset(each);
		status = view_load(o->store, o->settings, o->requirements,
		    row.name, o->as_of, o->now_s, each, &view, err);
		if (status == STATUS_OK) {
			row.standing = view.standing;
			rows_add(rows, &row);
		}
	}
	if (rows->count > 0)
		qsort(rows->items, rows->count, sizeof(*rows->items),
		    compare_rows);
	arena_free(each);
	return status;
}

static void
put_list(struct job *job, const struct rows *rows)
{
	for (size_t at = 0; at < rows->count || at == 0; at += LIST_ROWS_MOST) {
		size_t n = rows->count - at;

		job->model.rows = rows->items + at;
		job->model.row_count = n < LIST_ROWS_MOST ? n : LIST_ROWS_MOST;
		job->model.total = rows->count;
		job->model.first = job->model.ui.top = at;
		job->model.ui.cursor = rows->count; /* nothing is selected */
		emit_section(job, panel_domains,
		    n > 0 ? (int)job->model.row_count + 1 : 30);
	}
}

static enum status
put_briefs(struct job *job, const struct rows *rows, struct error *err)
{
	size_t told = 0, left = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct store_standing *row = &rows->items[i];
		enum status status;

		if (!row->judged || row->standing.state < STANDING_WARNING)
			continue;
		if (told == BRIEFS_MOST) {
			left++;
			continue;
		}
		told++;
		status = with_view(job, row->name, put_brief, err);
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
put_all(struct job *job, struct error *err)
{
	struct arena *arena = arena_new();
	struct rows rows = { 0 };
	enum status status = job->options->as_of == DAY_NONE
	    ? rows_now(job, arena, &rows, err)
	    : rows_then(job, arena, &rows, err);

	if (status == STATUS_OK) {
		put_list(job, &rows);
		status = put_briefs(job, &rows, err);
	}
	free(rows.items);
	arena_free(arena);
	return status;
}

enum status
snapshot_text(
    FILE *out, const struct snapshot_options *options, struct error *err)
{
	struct arena *arena = arena_new();
	struct job job = { .out = out,
		.options = options,
		.width = options->width > 0 ? options->width : SNAPSHOT_WIDTH };
	enum status status = view_head_load(options->store, options->settings,
	    options->as_of, options->now_s, arena, &job.head, err);

	if (status != STATUS_OK)
		goto out;
	job.model = (struct model){ .label = "",
		.settings_path = options->settings->path != NULL
		    ? options->settings->path
		    : "sendtop.conf",
		.now_s = options->now_s,
		.head = &job.head,
		.selected = "",
		.message = "",
		.trouble = "",
		.ui = { .as_of = options->as_of } };
	fprintf(out, "sendtop " SENDTOP_VERSION " snapshot\n");
	put_sources(&job);
	if (options->domain_count == 0)
		status = put_all(&job, err);
	for (size_t i = 0; i < options->domain_count && status == STATUS_OK;
	     i++)
		status = with_view(&job, options->domains[i], put_domain, err);
out:
	arena_free(arena);
	return status;
}

/* sendtop-news.example.com-2026-11-21T2340Z.txt: nothing of the domain but
 * what is harmless in a file name. */
static void
file_name(const struct snapshot_options *options, char out[FILE_NAME_SIZE])
{
	const char *name = options->domain_count > 0 ? options->domains[0]
						     : "all";
	char when[TIME_TEXT_SIZE], domain[DOMAIN_PART + 1];
	size_t n = 0;

	for (; name[n] != '\0' && n < DOMAIN_PART; n++) {
		char c = name[n];
		bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || (c == '.' && n > 0);

		domain[n] = fine ? c : '_';
	}
	domain[n] = '\0';
	time_text(when, options->now_s);
	snprintf(out, FILE_NAME_SIZE, "sendtop-%s-%.13s%.2s%.2sZ.txt", domain,
	    when, when + 14, when + 17);
}

static enum status
write_file(
    const struct snapshot_options *options, const char *path, struct error *err)
{
	FILE *out = fopen(path, "wx");
	enum status status;
	bool bad;

	if (out == NULL)
		return error_system(err, errno, "cannot write %s", path);
	status = snapshot_text(out, options, err);
	bad = ferror(out) != 0;
	if ((fclose(out) != 0 || bad) && status == STATUS_OK)
		status = error_system(err, errno, "cannot write %s", path);
	if (status != STATUS_OK)
		remove(path);
	return status;
}

enum status
snapshot_file(
    const struct snapshot_options *options, char **path, struct error *err)
{
	char name[FILE_NAME_SIZE], *state;
	enum status status;

	file_name(options, name);
	*path = mem_dup(name);
	status = write_file(options, *path, err);
	if (status == STATUS_OK)
		return status;
	free(*path);
	*path = NULL;
	if (settings_state_dir(&state, err) != STATUS_OK)
		return status;
	*path = mem_printf("%s/%s", state, name);
	free(state);
	status = write_file(options, *path, err);
	if (status != STATUS_OK) {
		free(*path);
		*path = NULL;
	}
	return status;
}
