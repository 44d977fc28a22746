/* The screen: keys in, frames out, the store between. */
/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "load.h"
#include "sendtop/day.h"
#include "signals.h"
#include "snapshot.h"
#include "term.h"

enum {
	CHECK_BUSY_MS = 1000, /* how often the store is looked at */
	CHECK_IDLE_MS = 2000,
	IDLE_MS = 10000, /* a cursor at rest: rows may move again */
	MESSAGE_MS = 10000,
	KEYS_AT_ONCE = 64,
};

enum { REQUESTS = 2 };

struct app {
	const struct ui_options *options;
	struct store *store;
	struct loader *loader;
	struct term *term;
	struct canvas *canvas;
	struct frame frame;
	struct model model;
	char *selected; /* model.selected */
	char message[MESSAGE_SIZE], trouble[MESSAGE_SIZE];
	char store_trouble[MESSAGE_SIZE];
	int64_t requests[REQUESTS]; /* asked for, no result yet; 0 none */
	enum request_state request_states[REQUESTS];
	int news_fd, signal_fd;
	uint64_t changes; /* the store's, when it was read last */
	int64_t minute;   /* that the clock shows */
	int64_t check_ms, key_ms, message_ms; /* monotonic */
	bool dirty, whole, quit, stale;
};

static void
say(struct app *app, enum role role, const char *text)
{
	snprintf(app->message, sizeof(app->message), "%s", text);
	app->model.message = app->message;
	app->model.message_role = role;
	app->message_ms = clock_mono_ms() + MESSAGE_MS;
	app->dirty = true;
}

static void
select_domain(struct app *app, const char *name)
{
	char *copy = mem_dup(name);

	free(app->selected);
	app->selected = copy;
	app->model.selected = copy;
}

/* The collector's trouble counts before the store's: it is the cause. */
static void
look_for_trouble(struct app *app)
{
	const char *child = app->options->child != NULL
	    ? app->options->child(app->options->arg)
	    : "";
	char trouble[MESSAGE_SIZE];

	snprintf(trouble, sizeof(trouble), "%s",
	    child[0] != '\0' ? child : app->store_trouble);
	if (strcmp(trouble, app->trouble) == 0)
		return;
	memcpy(app->trouble, trouble, sizeof(trouble));
	app->dirty = true;
}

static void
store_failed(struct app *app, enum status status, const struct error *err)
{
	snprintf(app->store_trouble, sizeof(app->store_trouble), "%s",
	    status == STATUS_OK ? "" : err->text);
	look_for_trouble(app);
}

static size_t
list_rows(const struct app *app)
{
	return (size_t)frame_list_rows(canvas_height(app->canvas));
}

/* How the list is read. */
enum order {
	ORDER_KEPT,     /* the rows stay where they are */
	ORDER_NEW,      /* as the store has it now; the cursor stays */
	ORDER_FOLLOWED, /* the same; the cursor goes with its domain */
};

static enum status
read_list(struct app *app, enum order order, struct error *err)
{
	const char *follow = order == ORDER_FOLLOWED ? app->selected : NULL;
	const struct store_standing *row;
	enum status status;

	if (order != ORDER_KEPT || app->model.row_count == 0)
		status = load_page(app->loader, app->store, &app->model,
		    list_rows(app), follow, err);
	else
		status = load_rows(app->loader, app->store, &app->model, err);
	row = model_row(&app->model);
	if (status == STATUS_OK && row != NULL &&
	    app->model.ui.screen == SCREEN_DOMAINS)
		select_domain(app, row->name);
	return status;
}

static enum status
read_view(struct app *app, struct error *err)
{
	if (app->model.ui.screen != SCREEN_DOMAIN || app->selected == NULL)
		return STATUS_OK;
	return load_view(app->loader, app->store, &app->model, err);
}

/* Everything that the frame shows. */
static void
read_all(struct app *app, enum order order)
{
	struct error err;
	enum status status;

	app->dirty = true;
	app->model.now_s = clock_utc_s();
	if (app->store == NULL)
		return;
	app->changes = store_changes(app->store);
	status = load_head(app->loader, app->store, &app->model, &err);
	if (status == STATUS_OK && app->model.ui.screen == SCREEN_DOMAINS)
		status = read_list(app, order, &err);
	if (status == STATUS_OK)
		status = read_view(app, &err);
	if (order != ORDER_KEPT)
		app->stale = false;
	store_failed(app, status, &err);
}

static void
open_store(struct app *app)
{
	struct error err;
	enum status status;

	status = app->options->open(app->options->arg, &app->store, &err);
	if (status != STATUS_OK)
		app->store = NULL;
	store_failed(app, status, &err);
	if (status == STATUS_OK)
		read_all(app, ORDER_FOLLOWED);
}

/* --- what was asked of the collector ---------------------------------------- */

static void
request(struct app *app, enum request_kind kind)
{
	const char *domain = kind == REQUEST_PROBE ? app->selected : "";
	size_t at = kind == REQUEST_PROBE ? 0 : 1;
	char text[MESSAGE_SIZE];
	struct error err;

	if (app->store == NULL || domain == NULL)
		return;
	if (store_request_add(app->store, kind, domain, clock_utc_s(),
		&app->requests[at], &err) != STATUS_OK) {
		say(app, ROLE_BAD, err.text);
		return;
	}
	app->request_states[at] = REQUEST_WAITING;
	if (kind == REQUEST_PROBE)
		snprintf(
		    text, sizeof(text), "asked for: a probe of %s", domain);
	else
		snprintf(text, sizeof(text), "asked for: a poll of Postmaster");
	say(app, ROLE_NOTE, text);
}

static void
tell_request(struct app *app, size_t at, const struct store_request *r)
{
	const char *what = r->kind == REQUEST_PROBE ? "probe of"
						    : "poll of Postmaster";
	static const char *const states[] = { "waits", "runs", "done",
		"failed" };
	char text[MESSAGE_SIZE];

	snprintf(text, sizeof(text), "%s%s%s %s%s%s", what,
	    r->domain[0] != '\0' ? " " : "", r->domain, states[r->state],
	    r->result[0] != '\0' ? ": " : "", r->result);
	say(app, r->state == REQUEST_FAILED ? ROLE_BAD : ROLE_NOTE, text);
	app->request_states[at] = r->state;
	if (r->state == REQUEST_DONE || r->state == REQUEST_FAILED)
		app->requests[at] = 0;
}

static void
follow_requests(struct app *app)
{
	struct arena *arena = arena_new();
	struct store_request r;

	for (size_t i = 0; i < REQUESTS && app->store != NULL; i++)
		if (app->requests[i] != 0 &&
		    store_request_get(app->store, app->requests[i], arena, &r,
			NULL) == STATUS_OK &&
		    r.state != app->request_states[i])
			tell_request(app, i, &r);
	arena_free(arena);
}

static void
snapshot(struct app *app)
{
	const char *name = app->selected;
	bool one = app->model.ui.screen == SCREEN_DOMAIN && name != NULL;
	struct snapshot_options options = { .store = app->store,
		.settings = app->options->settings,
		.requirements = app->options->requirements,
		.domains = &name,
		.domain_count = one ? 1 : 0,
		.as_of = one ? app->model.ui.as_of : DAY_NONE,
		.now_s = clock_utc_s(),
		.ascii = canvas_ascii(app->canvas) };
	char text[MESSAGE_SIZE], *path = NULL;
	struct error err;

	if (app->store == NULL)
		return;
	if (snapshot_file(&options, &path, &err) != STATUS_OK) {
		say(app, ROLE_BAD, err.text);
		return;
	}
	snprintf(text, sizeof(text), "written: %s", path);
	say(app, ROLE_NOTE, text);
	free(path);
}

/* --- keys -------------------------------------------------------------------- */

static void
obey(struct app *app, unsigned want)
{
	const struct store_standing *row = model_row(&app->model);

	if (row != NULL && app->model.ui.screen == SCREEN_DOMAINS)
		select_domain(app, row->name);
	if (want & WANT_OPEN && row != NULL) {
		select_domain(app, row->name);
		app->model.view = NULL;
	}
	if (want & (WANT_PAGE | WANT_VIEW))
		read_all(app, want & WANT_FOLLOW ? ORDER_FOLLOWED : ORDER_NEW);
	if (want & WANT_PROBE)
		request(app, REQUEST_PROBE);
	if (want & WANT_POLL)
		request(app, REQUEST_POLL);
	if (want & WANT_SNAPSHOT)
		snapshot(app);
	if (want & WANT_WHOLE)
		app->whole = true;
	if (want & WANT_QUIT)
		app->quit = true;
}

static void
resize(struct app *app)
{
	int w, h;

	term_resized(app->term);
	term_size(app->term, &w, &h);
	canvas_resize(app->canvas, w, h);
	read_all(app, app->model.ui.moved ? ORDER_FOLLOWED : ORDER_NEW);
	app->whole = true;
}

static void
suspend(struct app *app)
{
	term_suspend(app->term);
	resize(app);
}

static void
take_key(struct app *app, const struct key_event *event)
{
	unsigned want;

	app->key_ms = clock_mono_ms();
	app->model.message = "";
	want = act(&app->model, &app->frame, event, &app->model.ui);
	app->dirty = true;
	obey(app, want);
	if (want & WANT_SUSPEND)
		suspend(app);
}

static void
take_keys(struct app *app)
{
	struct key_event event;

	for (int i = 0; i < KEYS_AT_ONCE && !app->quit; i++) {
		if (!term_key(app->term, &event))
			return;
		if (event.code != KEY_CODE_NONE)
			take_key(app, &event);
	}
}

/* --- the loop ---------------------------------------------------------------- */

/* Reads again when somebody wrote; rows stay in place unless the cursor has
 * been at rest.  A cursor that was never moved stays on the worst row. */
static void
take_news(struct app *app, int64_t now_ms)
{
	bool rest = now_ms - app->key_ms >= IDLE_MS;
	bool changed;

	if (app->store == NULL) {
		open_store(app);
		return;
	}
	if (app->model.ui.paused)
		return;
	changed = store_changes(app->store) != app->changes;
	if (!changed && !(rest && app->stale))
		return;
	app->stale = true;
	read_all(app,
	    !rest                     ? ORDER_KEPT
		: app->model.ui.moved ? ORDER_FOLLOWED
				      : ORDER_NEW);
	follow_requests(app);
}

static void
take_signals(struct app *app)
{
	unsigned bits = signals_take();

	if (bits & SIGNAL_QUIT)
		app->quit = true;
	if (bits & SIGNAL_CHILD)
		look_for_trouble(app);
	if (bits & SIGNAL_RESIZE)
		resize(app);
	if (bits & SIGNAL_STOP)
		suspend(app);
}

static void
drain_news(struct app *app)
{
	char drop[256];
	ssize_t n = read(app->news_fd, drop, sizeof(drop));

	if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
		return;
	app->news_fd = -1; /* the collector is gone; the caller closes it */
	look_for_trouble(app);
}

static bool
is_busy(const struct app *app, int64_t now_ms)
{
	const struct view_head *head = app->model.head;

	if (now_ms - app->key_ms < IDLE_MS || app->requests[0] != 0 ||
	    app->requests[1] != 0)
		return true;
	for (size_t i = 0; head != NULL && i < head->activity_count; i++)
		if (head->activities[i].done < head->activities[i].total)
			return true;
	return false;
}

/* Whatever is due by the clock. */
static void
tick(struct app *app)
{
	int64_t now_ms = clock_mono_ms(), minute = clock_utc_s() / 60;

	if (app->model.message[0] != '\0' && now_ms >= app->message_ms) {
		app->model.message = "";
		app->dirty = true;
	}
	if (now_ms >= app->check_ms) {
		app->check_ms = now_ms +
		    (is_busy(app, now_ms) ? CHECK_BUSY_MS : CHECK_IDLE_MS);
		take_news(app, now_ms);
		look_for_trouble(app);
	}
	if (minute != app->minute) {
		app->minute = minute;
		if (!app->model.ui.paused)
			read_all(app, ORDER_KEPT);
	}
}

static void
draw(struct app *app)
{
	app->model.trouble = app->trouble;
	frame_draw(app->canvas, &app->model, &app->frame);
	term_draw(app->term, app->canvas, app->whole);
	app->dirty = app->whole = false;
}

static void
wait_and_take(struct app *app)
{
	struct pollfd fds[3] = { { term_fd(app->term), POLLIN, 0 },
		{ app->signal_fd, POLLIN, 0 }, { app->news_fd, POLLIN, 0 } };
	int64_t wait = app->check_ms - clock_mono_ms();
	int n = poll(fds, 3, wait > 0 ? (int)wait : 0);

	if (n > 0 && fds[2].revents != 0) {
		drain_news(app);
		app->check_ms = 0;
	}
	take_signals(app);
	if (n > 0 && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		app->quit = true; /* the terminal went away */
	else if (!app->quit)
		take_keys(app);
}

static enum status
start(struct app *app, struct error *err)
{
	const struct ui_options *o = app->options;
	const char *color = o->color != NULL ? o->color : o->settings->color;
	struct term_options options = {
		.color = theme_wants_color(color, getenv("NO_COLOR")),
	};
	enum status status;
	int w, h;

	options.theme = options.color ? theme_find(o->settings->theme)
				      : theme_find("mono");
	status = signals_start(&app->signal_fd, err);
	if (status != STATUS_OK)
		return status;
	status = term_start(&options, &app->term, err);
	if (status != STATUS_OK) {
		signals_stop();
		return status;
	}
	term_size(app->term, &w, &h);
	app->canvas = canvas_new(
	    w, h, o->ascii || o->settings->ascii || !term_utf8());
	app->loader = loader_new(o->settings, o->requirements);
	return STATUS_OK;
}

static void
stop(struct app *app)
{
	term_stop(app->term);
	signals_stop();
	store_close(app->store);
	loader_free(app->loader);
	canvas_free(app->canvas);
	free(app->selected);
}

enum status
ui_run(const struct ui_options *options, struct error *err)
{
	struct app app = { .options = options, .news_fd = options->news_fd };
	enum status status;

	app.model = (struct model){
		.label = options->label != NULL ? options->label : "",
		.settings_path = options->settings->path != NULL
		    ? options->settings->path
		    : "~/.config/sendtop/sendtop.conf",
		.now_s = clock_utc_s(),
		.selected = "",
		.message = "",
		.trouble = "",
		.ui = { .as_of = DAY_NONE },
	};
	status = start(&app, err);
	if (status != STATUS_OK)
		return status;
	app.minute = app.model.now_s / 60;
	app.check_ms = clock_mono_ms() + CHECK_BUSY_MS;
	if (options->domain != NULL) {
		select_domain(&app, options->domain);
		app.model.ui.screen = SCREEN_DOMAIN;
		app.model.ui.moved = true;
	}
	open_store(&app);
	app.dirty = true;
	while (!app.quit) {
		if (app.dirty || app.whole)
			draw(&app);
		wait_and_take(&app);
		tick(&app);
	}
	stop(&app);
	return STATUS_OK;
}
