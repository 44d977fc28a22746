/* The screen line by line: what is typed, what happens, the end. */
/* SPDX-License-Identifier: MIT */
#include "linear.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/text.h"
#include "signals.h"
#include "spoken.h"

enum {
	WIDTH = 80,
	HEIGHT = LINEAR_ROWS + 5, /* see frame_list_rows() */
	EVENTS_MOST = 200,
	NEWS_MOST = 20, /* sentences at once */
	PATIENCE_MS = 5000,
};

/* --- output ----------------------------------------------------------------------- */

/* What is said while the prompt stands begins on a line of its own. */
static void
leave_prompt(struct linear *l)
{
	if (l->prompted)
		fputc('\n', l->out);
	l->prompted = false;
}

void
linear_say(struct linear *l, const char *text)
{
	leave_prompt(l);
	spoken_text(l->out, text, l->ascii);
	fputc('\n', l->out);
}

static void
prompt(struct linear *l)
{
	const struct model *model = &l->app->model;
	bool one = model->ui.screen == SCREEN_DOMAIN ||
	    (model->ui.screen != SCREEN_DOMAINS &&
		model->ui.from == SCREEN_DOMAIN);

	if (l->tty && !l->prompted) {
		spoken_text(
		    l->out, one ? model->selected : "sendtop", l->ascii);
		fputs("> ", l->out);
		l->prompted = true;
	}
	if (fflush(l->out) != 0)
		l->app->quit = true; /* nobody reads any more */
}

/* --- what happens ----------------------------------------------------------------- */

static void
tell_event(struct linear *l, const struct store_event *e)
{
	char when[TIME_TEXT_SIZE], *text;

	time_text(when, e->at_s);
	text = mem_printf("%.5s %s: %s", when + 11,
	    e->domain[0] != '\0' ? e->domain : "sendtop", e->text);
	linear_say(l, text);
	free(text);
}

/* Events since the last one that was told, oldest first. */
static void
tell_events(struct linear *l, bool say)
{
	struct arena *arena = arena_new();
	struct store_event *events;
	size_t count = 0, news = 0;
	char text[MESSAGE_SIZE];

	if (store_events(l->app->store, NULL, l->event_s, INT64_MAX,
		EVENTS_MOST, arena, &events, &count, NULL) != STATUS_OK)
		count = 0;
	while (news < count && events[news].id > l->event)
		news++;
	if (say && news > NEWS_MOST) {
		snprintf(text, sizeof(text),
		    "%zu things happened, the newest are these; events tells "
		    "all",
		    news);
		linear_say(l, text);
	}
	for (size_t i = news > NEWS_MOST ? NEWS_MOST : news; say && i > 0; i--)
		tell_event(l, &events[i - 1]);
	for (size_t i = 0; i < news; i++)
		if (events[i].id > l->event)
			l->event = events[i].id;
	if (news > 0)
		l->event_s = events[0].at_s - DAY_SECONDS;
	arena_free(arena);
}

static void
tell_news(struct linear *l)
{
	struct app *app = l->app;

	if (app->store != NULL && store_changes(app->store) != l->changes) {
		l->changes = store_changes(app->store);
		tell_events(l, true);
	}
	if (strcmp(l->trouble, app->trouble) != 0) {
		snprintf(l->trouble, sizeof(l->trouble), "%s", app->trouble);
		linear_say(l,
		    l->trouble[0] != '\0' ? l->trouble
					  : "the trouble before is over");
	}
	if (app->model.message[0] != '\0')
		linear_say(l, app->model.message);
	app->model.message = "";
}

/* --- what is typed ---------------------------------------------------------------- */

static void
end_line(struct linear *l)
{
	char line[EDIT_SIZE];

	l->prompted = false; /* the terminal has begun a new line */
	if (l->long_line)
		linear_say(l, "that line is too long");
	else {
		text_printable(line, sizeof(line), l->line, l->len);
		linear_obey(l, line);
	}
	l->len = 0;
	l->long_line = false;
	if (!l->app->quit)
		tell_news(l);
	if (!l->app->quit)
		prompt(l);
}

static void
take_octet(struct linear *l, char c)
{
	if (c == '\n')
		end_line(l);
	else if (l->len < sizeof(l->line))
		l->line[l->len++] = c;
	else
		l->long_line = true;
}

static void
take_input(struct linear *l)
{
	char block[512];
	ssize_t n = read(STDIN_FILENO, block, sizeof(block));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	for (ssize_t i = 0; i < n && !l->app->quit; i++)
		take_octet(l, block[i]);
	if (n > 0)
		return;
	if (l->len > 0 && !l->app->quit)
		end_line(l);
	l->ended = true;
	l->end_ms = clock_mono_ms() + PATIENCE_MS;
}

/* --- the loop --------------------------------------------------------------------- */

/* As the shell expects it of a program that reads lines. */
static void
suspend(struct linear *l)
{
	struct error err;

	leave_prompt(l);
	fflush(l->out);
	signals_stop();
	raise(SIGTSTP);
	if (signals_start(&l->app->signal_fd, &err) != STATUS_OK)
		l->app->quit = true;
	prompt(l);
}

static void
take_signals(struct linear *l)
{
	unsigned bits = signals_take();

	if (bits & SIGNAL_QUIT)
		l->app->quit = true;
	if (bits & SIGNAL_CHILD) {
		app_look_for_trouble(l->app);
		app_follow_files(l->app);
		tell_news(l);
		prompt(l);
	}
	if (bits & SIGNAL_STOP)
		suspend(l);
}

/* What was asked for is still written when nothing more is typed. */
static bool
is_done(const struct linear *l)
{
	return l->ended && !app_writes_files(l->app) &&
	    (l->app->write_count == 0 || clock_mono_ms() >= l->end_ms);
}

static void
wait_and_take(struct linear *l)
{
	struct app *app = l->app;
	struct pollfd fds[3] = { { l->ended ? -1 : STDIN_FILENO, POLLIN, 0 },
		{ app->signal_fd, POLLIN, 0 }, { app->news_fd, POLLIN, 0 } };
	int64_t wait = app->check_ms - clock_mono_ms();
	int n = poll(fds, 3, wait > 0 ? (int)wait : 0);

	if (n > 0 && fds[2].revents != 0) {
		app_drain_news(app);
		app->check_ms = 0;
	}
	take_signals(l);
	if (n > 0 && fds[0].revents != 0 && !app->quit)
		take_input(l);
	if (!app->quit && clock_mono_ms() >= app->check_ms) {
		app_look_around(app, clock_mono_ms());
		tell_news(l);
		prompt(l);
	}
}

static void
run(struct linear *l)
{
	struct app *app = l->app;

	app_open_store(app);
	app_read_shared(app);
	if (app->store != NULL) {
		l->changes = store_changes(app->store);
		tell_events(l, false);
	}
	if (app->options->domain != NULL)
		linear_obey(l, app->options->domain);
	else
		linear_show(l);
	tell_news(l);
	if (l->tty)
		linear_say(l, "help tells what can be typed.");
	prompt(l);
	while (!app->quit && !is_done(l))
		wait_and_take(l);
	leave_prompt(l);
	fflush(l->out);
}

enum status
linear_start(struct app *app, struct error *err)
{
	const struct ui_options *o = app->options;
	enum status status = signals_start(&app->signal_fd, err);

	if (status != STATUS_OK)
		return status;
	app->canvas = canvas_new(
	    WIDTH, HEIGHT, o->ascii || o->settings->ascii || !term_utf8());
	app->loader = loader_new(o->settings, o->requirements);
	return STATUS_OK;
}

enum status
linear_run(struct app *app, struct error *err)
{
	struct linear l = { .app = app,
		.out = stdout,
		.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
		.ascii = canvas_ascii(app->canvas) };

	run(&l);
	linear_forget(&l);
	free(l.names);
	if (l.ended && app->write_count > 0)
		return error_set(err, STATUS_BUSY,
		    "what was asked for could not be written to the store");
	return STATUS_OK;
}
