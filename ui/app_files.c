/* The screen's copies and files: each is written beside the keys. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advice.h"
#include "app_data.h"
#include "file.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "snapshot.h"
#include "whole.h"
#include "words.h"

enum { SHOWN_MOST = 60 };

/* --- the screen as text ----------------------------------------------------------- */

/* The panel that is open, as high as it needs, under the frame's head. */
static char *
screen_text(struct app *app, int width)
{
	struct canvas *canvas = canvas_new(
	    width, canvas_height(app->canvas), canvas_ascii(app->canvas));
	struct model model = app->model;
	struct frame frame;
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);
	int head;

	model.ui.dialog.kind = DIALOG_NONE;
	model.ui.scroll = 0;
	model.message = model.trouble = "";
	model.writing = NULL;
	model.in_full = true;
	frame_draw(canvas, &model, &frame);
	head = canvas_height(canvas) - frame.panel_rows;
	if (frame.content_rows > frame.panel_rows) {
		canvas_resize(canvas, width, head + frame.content_rows);
		frame_draw(canvas, &model, &frame);
	}
	if (out == NULL) {
		canvas_free(canvas);
		return mem_dup("");
	}
	canvas_text_rows(canvas, canvas_height(canvas) - 2, out);
	canvas_free(canvas);
	fclose(out);
	return text != NULL ? text : mem_dup("");
}

/* --- processes that write --------------------------------------------------------- */

/* A text that is ready. */
struct text_file {
	const char *path, *text;
	unsigned flags;
};

static int
write_text(void *arg)
{
	const struct text_file *file = arg;
	struct error err;

	if (whole_text(file->path, file->flags, file->text, &err) == STATUS_OK)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}

/* What another program has to make. */
struct order_file {
	const struct app *app;
	const char *path;
};

static int
write_order(void *arg)
{
	const struct order_file *file = arg;
	const struct app *app = file->app;

	return app->options->write(app->options->arg, &app->model.ui.order,
	    app->model.ui.as_of, file->path);
}

static bool
is_under_way(const struct app *app, enum file_use use)
{
	return app->files[use].beside.pid != 0;
}

static void
tell_progress(struct app *app)
{
	const struct file_job *job = &app->files[FILE_ASKED];
	const struct beside *b = &job->beside;
	char size[FILE_SIZE_TEXT], far[WORD_SIZE * 2] = "";

	if (b->total > 1)
		snprintf(far, sizeof(far), "%zu of %zu domains, ", b->done,
		    b->total);
	snprintf(app->writing, sizeof(app->writing),
	    "writing %s: %s%s; Esc cancels", job->path, far,
	    file_size_text(size, b->octets));
	app->dirty = true;
}

static void
begin(struct app *app, enum file_use use, char *path, const char *told,
    int (*run)(void *arg), void *arg)
{
	struct file_job *job = &app->files[use];
	struct error err;

	if (beside_start(&job->beside, run, arg, &err) != STATUS_OK) {
		app_say(app, ROLE_BAD, err.text);
		free(path);
		return;
	}
	job->path = path;
	job->told = told;
	job->brief = run == write_text;
	if (use == FILE_ASKED)
		tell_progress(app);
}

/* --- what became of them ---------------------------------------------------------- */

static void
say_written(struct app *app, enum file_use use)
{
	const struct file_job *job = &app->files[use];
	char text[MESSAGE_SIZE], size[FILE_SIZE_TEXT];
	struct stat st;

	if (stat(job->path, &st) != 0)
		st.st_size = 0;
	snprintf(text, sizeof(text), use == FILE_COPY ? "%s %s" : "%s %s (%s)",
	    job->told, job->path, file_size_text(size, st.st_size));
	app_say(app, ROLE_NOTE, text);
}

static void
follow(struct app *app, enum file_use use)
{
	struct file_job *job = &app->files[use];
	struct error err;
	char text[MESSAGE_SIZE];
	enum status status = beside_look(&job->beside, &err);

	if (status == STATUS_BUSY) {
		if (use == FILE_ASKED)
			tell_progress(app);
		return;
	}
	if (use == FILE_ASKED)
		app->writing[0] = '\0';
	if (job->beside.sentence[0] != '\0' && status == STATUS_OK)
		app_keep(app, ROLE_WARN, job->beside.sentence);
	if (status == STATUS_OK)
		say_written(app, use);
	else if (status == STATUS_CANCELLED) {
		snprintf(text, sizeof(text), "cancelled: %s was not written",
		    job->path);
		app_say(app, ROLE_NOTE, text);
	} else
		app_say(app, ROLE_BAD, err.text);
	free(job->path);
	job->path = NULL;
}

void
app_follow_files(struct app *app)
{
	for (int use = 0; use < FILE_JOBS; use++)
		if (is_under_way(app, (enum file_use)use))
			follow(app, (enum file_use)use);
}

bool
app_cancel_file(struct app *app)
{
	if (!is_under_way(app, FILE_ASKED))
		return false;
	beside_cancel(&app->files[FILE_ASKED].beside);
	return true;
}

bool
app_writes_files(const struct app *app)
{
	return is_under_way(app, FILE_ASKED) || is_under_way(app, FILE_COPY);
}

char *
app_stop_files(struct app *app)
{
	char *given_up = NULL;

	for (int use = 0; use < FILE_JOBS; use++) {
		struct file_job *job = &app->files[use];

		if (job->brief)
			beside_wait(&job->beside);
		else if (job->beside.pid != 0) {
			beside_end(&job->beside);
			given_up = job->path;
			job->path = NULL;
		}
		free(job->path);
		job->path = NULL;
	}
	return given_up;
}

/* --- copy ------------------------------------------------------------------------- */

static void
copy_to_file(struct app *app, const char *text, const char *told)
{
	struct text_file file = { .text = text, .flags = WHOLE_PRIVATE };
	struct error err;
	char *path;

	/* The newest copy counts. */
	beside_end(&app->files[FILE_COPY].beside);
	free(app->files[FILE_COPY].path);
	app->files[FILE_COPY].path = NULL;
	if (file_copy_path(&path, &err) != STATUS_OK) {
		app_say(app, ROLE_BAD, err.text);
		return;
	}
	file.path = path;
	begin(app, FILE_COPY, path, told, write_text, &file);
}

/* What a finding says, however long that is; "" when it is gone. */
static const char *
part_of(const struct app *app, const struct order *order)
{
	const struct view *view = app->model.view;

	for (size_t i = 0; view != NULL && i < view->history.finding_count;
	     i++) {
		const struct finding *f = &view->history.findings[i];

		if (strcmp(f->check, order->check) == 0 &&
		    strcmp(f->subject, order->subject) == 0)
			return order->part == COPY_CURE ? advice_cure(view, f)
							: f->record;
	}
	return "";
}

static char *
copied_text(struct app *app, const struct order *order)
{
	if (order->part != COPY_TEXT)
		return mem_dup(part_of(app, order));
	if (order->scope == SCOPE_PANEL && order->text[0] == '\0')
		return screen_text(app, canvas_width(app->canvas));
	return mem_dup(order->text);
}

void
app_copy(struct app *app)
{
	char *text = copied_text(app, &app->model.ui.order);
	char message[MESSAGE_SIZE], start[SHOWN_MOST * 4];

	switch (term_copy(app->term, text)) {
	case COPY_SENT:
		snprintf(start, sizeof(start), "%.*s",
		    (int)text_fit(text, SHOWN_MOST), text);
		start[strcspn(start, "\n")] = '\0';
		snprintf(message, sizeof(message),
		    "copied to the clipboard (OSC 52): %s", start);
		app_say(app, ROLE_NOTE, message);
		break;
	case COPY_MAYBE:
		copy_to_file(
		    app, text, "copied through the multiplexer; also in");
		break;
	case COPY_REFUSED:
		copy_to_file(app, text,
		    "this terminal takes no copy (OSC 52): written to");
		break;
	}
	free(text);
}

/* --- files ------------------------------------------------------------------------ */

static enum status
panel_text(struct app *app, char **text, struct error *err)
{
	const struct order *order = &app->model.ui.order;
	const struct snapshot_options options = { .store = app->store,
		.settings = app->options->settings,
		.requirements = app->options->requirements,
		.as_of = app->model.ui.as_of,
		.since = DAY_NONE,
		.now_s = app->model.now_s,
		.ascii = canvas_ascii(app->canvas) };
	size_t size = 0;
	FILE *out = open_memstream(text, &size);
	enum status status;

	if (out == NULL)
		return error_set(err, STATUS_SYSTEM, "there is no memory left");
	status = snapshot_panel_file(out, &app->model, &options, order, err);
	fclose(out);
	return status;
}

static void
write_panel(struct app *app, char *path)
{
	struct text_file file = { .path = path, .flags = WHOLE_NEW };
	char *text = NULL;
	struct error err;

	if (panel_text(app, &text, &err) == STATUS_OK) {
		file.text = text;
		begin(app, FILE_ASKED, path, "written:", write_text, &file);
	} else {
		app_say(app, ROLE_BAD, err.text);
		free(path);
	}
	free(text);
}

void
app_file(struct app *app)
{
	const struct order *order = &app->model.ui.order;
	const char *what = order->scope == SCOPE_PANEL ? "panel" : "all";
	bool named = order->scope != SCOPE_ALL && !order->redact;
	const char *domain = named ? order->domain : "";
	struct order_file file = { .app = app };
	struct error err;
	char *path;

	if (is_under_way(app, FILE_ASKED)) {
		app_show(app, ROLE_NOTE,
		    "one file after the other: Esc cancels the one before");
		return;
	}
	if (order->history && order->scope == SCOPE_ALL)
		what = "history";
	if (order->redact) /* the file's name would tell */
		what = "redacted";
	if (file_new_path(domain, what, order->format, order->file, &path,
		&err) != STATUS_OK) {
		app_say(app, ROLE_BAD, err.text);
		return;
	}
	file.path = path;
	if (order->scope == SCOPE_PANEL)
		write_panel(app, path);
	else if (app->options->write != NULL)
		begin(app, FILE_ASKED, path, "written:", write_order, &file);
	else
		free(path);
}
