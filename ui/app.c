/* The screen: keys in, frames out, the store between. */
/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app_data.h"
#include "checks.h"
#include "linear.h"
#include "sendtop/day.h"
#include "signals.h"
#include "whole.h"

enum {
	CHECK_BUSY_MS = 1000, /* how often the store is looked at */
	CHECK_IDLE_MS = 2000,
	NEWS_MS = 250, /* news are read this often at most */
	REST_MS = 25,  /* while keys follow each other faster, they go first */
	LATE_MS = 500, /* but news are not held back for longer */
	BUSY_KEYS_MS = 10000,
	MESSAGE_MS = 10000,
	KEYS_AT_ONCE = 64,
};

/* --- what is said ---------------------------------------------------------------- */

void
app_show(struct app *app, enum role role, const char *text)
{
	snprintf(app->message, sizeof(app->message), "%s", text);
	app->model.message = app->message;
	app->model.message_role = role;
	app->message_ms = clock_mono_ms() + MESSAGE_MS;
	app->dirty = true;
}

void
app_keep(struct app *app, enum role role, const char *text)
{
	if (app->said_count == SAID_MOST)
		free((void *)(uintptr_t)app->said[--app->said_count].text);
	memmove(app->said + 1, app->said, app->said_count * sizeof(*app->said));
	app->said[0] = (struct said){
		.at_s = clock_utc_s(), .role = role, .text = mem_dup(text)
	};
	app->said_count++;
	app->model.said = app->said;
	app->model.said_count = app->said_count;
}

void
app_say(struct app *app, enum role role, const char *text)
{
	app_show(app, role, text);
	app_keep(app, role, text);
}

/* --- keys ------------------------------------------------------------------------ */

/* What is wanted of the list, most first. */
static enum list_order
order_wanted(const struct app *app, unsigned want)
{
	if (want & WANT_ORDER)
		return want & WANT_FOLLOW ? ORDER_FOLLOWED : ORDER_NEW;
	if (want & WANT_FOLLOW && !app->stale)
		return ORDER_PAGE;
	return want & WANT_FOLLOW ? ORDER_FOLLOWED : ORDER_PAGE;
}

static void
go_to(struct app *app, const char *name)
{
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct error err;
	enum status status = app->store == NULL
	    ? error_set(&err, STATUS_BUSY, "there is no store just now")
	    : store_domain_get(app->store, name, arena, &domain, &err);

	if (status == STATUS_OK) {
		app_select_domain(app, name);
		app->model.ui.screen = SCREEN_DOMAIN;
		app->model.ui.moved = true;
		app->model.ui.scroll = 0;
		checks_reset(&app->model.ui);
		app->model.view = NULL;
		app_read_all(app, ORDER_KEPT);
	} else
		app_say(app, ROLE_BAD, err.text);
	arena_free(arena);
}

static void
read_wanted(struct app *app, unsigned want)
{
	if (want & WANT_TIME) {
		app->asked_order = true;
		app_want_roster(app, false);
		app_read_all(app, ORDER_KEPT);
	} else if (want & WANT_ORDER) {
		if (app->changes != app->roster_at || app->stale) {
			app->asked_order = true;
			app_want_roster(app, true);
		}
		app_read_all(app, order_wanted(app, want));
	} else if (want & (WANT_PAGE | WANT_VIEW))
		app_read_all(app, order_wanted(app, want));
}

static void
obey_orders(struct app *app, unsigned want)
{
	static const struct {
		unsigned want;
		enum write_kind kind;
		enum request_kind request;
	} writes[] = {
		{ WANT_PROBE, WRITE_REQUEST, REQUEST_PROBE },
		{ WANT_POLL, WRITE_REQUEST, REQUEST_POLL },
		{ WANT_NOTE, WRITE_NOTE, REQUEST_PROBE },
		{ WANT_MUTE, WRITE_MUTE, REQUEST_PROBE },
		{ WANT_UNMUTE, WRITE_UNMUTE, REQUEST_PROBE },
	};

	for (size_t i = 0; i < sizeof(writes) / sizeof(*writes); i++)
		if (want & writes[i].want)
			app_write(app, writes[i].kind, writes[i].request);
	if (want & WANT_CANCEL)
		app_cancel(app);
	if (want & WANT_COPY)
		app_copy(app);
	if (want & WANT_SNAPSHOT)
		app_file(app);
	if (want & WANT_THEME)
		app_theme(app, app->model.ui.order.text);
	if (want & WANT_GOTO)
		go_to(app, app->model.ui.order.domain);
}

void
app_obey(struct app *app, unsigned want)
{
	app_select(app);
	if (want & WANT_OPEN)
		app->model.view = NULL;
	if (want & WANT_FOLD)
		roster_fold(loader_roster(app->loader), app->group);
	if (want & WANT_FOLD_ALL)
		roster_fold(loader_roster(app->loader), NULL);
	read_wanted(app, want);
	obey_orders(app, want);
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
	app_read_all(app, ORDER_PAGE);
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
	enum dialog before = app->model.ui.dialog.kind;
	unsigned want;

	app->key_ms = clock_mono_ms();
	app->model.now_s = clock_utc_s();
	want = act(&app->model, &app->frame, event, &app->model.ui);
	app->dirty = true;
	if (want != WANT_WHOLE)
		app->model.message = "";
	/* From the first key on the list keeps its order. */
	if (!(want & WANT_QUIT))
		app_want_roster(app, false);
	app_obey(app, want);
	if (app->model.ui.dialog.kind != before)
		app_read_dialog(app);
	if (want & WANT_SUSPEND)
		suspend(app);
}

/* A click needs the frame that was clicked on. */
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

/* --- the loop -------------------------------------------------------------------- */

static void
take_signals(struct app *app)
{
	unsigned bits = signals_take();

	if (bits & SIGNAL_QUIT)
		app->quit = true;
	if (bits & SIGNAL_CHILD) {
		app_look_for_trouble(app);
		app_follow_files(app);
	}
	if (bits & SIGNAL_RESIZE)
		resize(app);
	if (bits & SIGNAL_STOP)
		suspend(app);
}

void
app_drain_news(struct app *app)
{
	char drop[256];
	ssize_t n = read(app->news_fd, drop, sizeof(drop));

	if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
		return;
	app->news_fd = -1; /* the collector is gone; the caller closes it */
	app_look_for_trouble(app);
}

static bool
is_busy(const struct app *app, int64_t now_ms)
{
	const struct view_head *head = app->model.head;

	if (now_ms - app->key_ms < BUSY_KEYS_MS || app->asked_count > 0 ||
	    app->write_count > 0 || app_writes_files(app))
		return true;
	for (size_t i = 0; head != NULL && i < head->activity_count; i++)
		if (head->activities[i].done < head->activities[i].total)
			return true;
	return false;
}

/* A clock that was set, or a machine that slept: ages are not what they were a
 * moment ago, and whoever looks should know why. */
static void
watch_clock(struct app *app, int64_t now_ms)
{
	struct ui_state *ui = &app->model.ui;
	int64_t now_s = clock_utc_s();
	char text[MESSAGE_SIZE];

	if (!clocks_jumped(&app->clocks, now_s, now_ms, text, sizeof(text)))
		return;
	app_say(app, ROLE_WARN, text);
	if (ui->as_of != DAY_NONE && ui->as_of >= day_of(now_s))
		ui->as_of = DAY_NONE;
	app->minute = -1; /* all that hangs on the time is read anew */
}

/* What reading left in pieces; not while it goes on. */
static void
give_back(struct app *app)
{
	size_t read;

	if (!app->grown || roster_reading(loader_roster(app->loader), &read))
		return;
	mem_trim();
	app->grown = false;
}

void
app_look_around(struct app *app, int64_t now_ms)
{
	app->check_ms = now_ms +
	    (is_busy(app, now_ms) ? CHECK_BUSY_MS : CHECK_IDLE_MS);
	watch_clock(app, now_ms);
	app_take_news(app, now_ms);
	app_write_waiting(app);
	app_follow_files(app);
	app_look_for_trouble(app);
	give_back(app);
	app->looked_ms = clock_mono_ms();
}

static void
news_came(struct app *app)
{
	int64_t due = app->looked_ms + NEWS_MS;

	if (due < app->check_ms)
		app->check_ms = due;
}

/* When the store is looked at next. */
static int64_t
look_due(const struct app *app)
{
	int64_t rest = app->key_ms + REST_MS, late = app->check_ms + LATE_MS;

	if (rest <= app->check_ms)
		return app->check_ms;
	return rest < late ? rest : late;
}

/* Whatever is due by the clock. */
static void
tick(struct app *app)
{
	int64_t now_ms = clock_mono_ms(), minute;

	if (app->model.message[0] != '\0' && now_ms >= app->message_ms) {
		app->model.message = "";
		app->dirty = true;
	}
	if (now_ms >= look_due(app))
		app_look_around(app, now_ms);
	minute = clock_utc_s() / 60;
	if (minute != app->minute) {
		app->minute = minute;
		if (!app->model.ui.paused)
			app_read_all(app, ORDER_KEPT);
	}
}

/* A terminal that is still busy with the last frame gets none: the next one
 * shows what is then. */
static void
draw(struct app *app)
{
	if (term_pending(app->term))
		return;
	app->model.trouble = app->trouble;
	frame_draw(app->canvas, &app->model, &app->frame);
	term_draw(app->term, app->canvas, app->whole);
	app->dirty = app->whole = false;
}

static void
wait_and_take(struct app *app, bool more)
{
	struct pollfd fds[4] = { { term_fd(app->term), POLLIN, 0 },
		{ app->signal_fd, POLLIN, 0 }, { app->news_fd, POLLIN, 0 },
		{ term_pending(app->term) ? term_out(app->term) : -1, POLLOUT,
		    0 } };
	int64_t wait = look_due(app) - clock_mono_ms();
	int n = poll(fds, 4, wait > 0 && !more ? (int)wait : 0);

	if (n > 0 && fds[2].revents != 0) {
		app_drain_news(app);
		news_came(app);
	}
	if (n > 0 && fds[3].revents != 0)
		term_flush(app->term);
	take_signals(app);
	if (n > 0 && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		app->quit = true; /* the terminal went away */
	else if (!app->quit)
		take_keys(app);
}

/* --- start and end --------------------------------------------------------------- */

/* The theme of the settings; one that cannot be read is told, and does not
 * keep the screen away. */
static void
choose_theme(struct app *app, bool color)
{
	const struct ui_options *o = app->options;
	const char *name = color ? o->settings->theme : "mono";
	struct error err;

	if (theme_load(o->themes, name, &app->theme, &err) != STATUS_OK) {
		theme_plain(&app->theme);
		if (color)
			app_say(app, ROLE_BAD, err.text);
	}
	app->model.theme = app->theme.name;
	app->model.themes = theme_names(o->themes, app->lasting);
}

static enum status
start(struct app *app, struct error *err)
{
	const struct ui_options *o = app->options;
	const char *color = o->color != NULL ? o->color : o->settings->color;
	struct term_options options = {
		.color = theme_wants_color(color, getenv("NO_COLOR")),
		.theme = &app->theme,
	};
	enum status status;
	int w, h;

	choose_theme(app, options.color);
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
release(struct app *app)
{
	for (size_t i = 0; i < app->said_count; i++)
		free((void *)(uintptr_t)app->said[i].text);
	free(app->selected);
	free(app->group);
	arena_free(app->lasting);
	free(app);
}

static void
stop(struct app *app)
{
	char *given_up = app_stop_files(app);

	term_stop(app->term);
	if (given_up != NULL)
		fprintf(stderr,
		    "sendtop: %s was not written: that ended with the "
		    "screen\n",
		    given_up);
	free(given_up);
	signals_stop();
	store_close(app->store);
	loader_free(app->loader);
	canvas_free(app->canvas);
}

static struct app *
app_new(const struct ui_options *options)
{
	struct app *app = mem_zero(1, sizeof(*app));

	app->options = options;
	app->news_fd = options->news_fd;
	app->lasting = arena_new();
	app->roster_of = DAY_NONE;
	app->model = (struct model){
		.label = options->label != NULL ? options->label : "",
		.settings_path = options->settings->path != NULL
		    ? options->settings->path
		    : "~/.config/sendtop/sendtop.conf",
		.now_s = clock_utc_s(),
		.selected = "",
		.message = "",
		.trouble = "",
		.writing = app->writing,
		.filter_wrong = "",
		.ui = { .as_of = DAY_NONE, .since = DAY_NONE },
	};
	return app;
}

/* What the first frame does without. */
void
app_read_shared(struct app *app)
{
	const struct ui_options *o = app->options;
	struct error err;

	if (o->replies != NULL &&
	    o->replies(o->arg, &app->model.providers, &app->model.catalogue,
		&err) != STATUS_OK)
		app_say(app, ROLE_WARN, err.text);
}

static void
run(struct app *app)
{
	bool more = false;

	app->minute = app->model.now_s / 60;
	app->start_ms = clock_mono_ms();
	app->check_ms = app->start_ms + CHECK_BUSY_MS;
	if (app->options->domain != NULL) {
		app_select_domain(app, app->options->domain);
		app->model.ui.screen = SCREEN_DOMAIN;
		app->model.ui.moved = true;
	}
	app_open_store(app);
	draw(app);
	app_read_shared(app);
	while (!app->quit) {
		if (app->dirty || app->whole)
			draw(app);
		wait_and_take(app, more);
		tick(app);
		more = !app->quit && app_read_on(app);
	}
}

/* --- the end --------------------------------------------------------------------- */

/* After the terminal is as it was. */
static enum status
write_last(const char *path, const char *text, struct error *err)
{
	if (text == NULL)
		return STATUS_OK;
	if (strcmp(path, "-") != 0)
		return whole_text(path, 0, text, err);
	fputs(text, stdout);
	return STATUS_OK;
}

static enum status
run_to_end(struct app *app, bool linear, struct error *err)
{
	const char *path = app->options->on_exit;
	enum status status = STATUS_OK, written;
	char *text;

	if (linear)
		status = linear_run(app, err);
	else
		run(app);
	/* While there is still something to make it of. */
	text = path != NULL ? app_snapshot_text(app) : NULL;
	stop(app);
	written = write_last(path, text, status == STATUS_OK ? err : NULL);
	free(text);
	return status == STATUS_OK ? written : status;
}

enum status
ui_run(const struct ui_options *options, struct error *err)
{
	struct app *app = app_new(options);
	bool linear = options->linear || term_only_prints();
	enum status status = linear ? linear_start(app, err) : start(app, err);

	if (status == STATUS_OK)
		status = run_to_end(app, linear, err);
	release(app);
	return status;
}
