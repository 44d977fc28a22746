/* The screen: keys in, frames out, the store between. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_APP_H
#define SENDTOP_UI_APP_H

#include "sendtop/reply.h"
#include "sendtop/store_live.h"
#include "model.h"

struct ui_options {
	/* Opens the store for reading.  Called again every other second
	 * while it fails; the error is shown, not fatal. */
	enum status (*open)(void *arg, struct store **out, struct error *err);
	/* One sentence when the collector is not as it should be, else "".
	 * Called after SIGCHLD, at the news pipe's end and now and then;
	 * borrowed until the next call; gone: it ended, and nobody collects
	 * until it is started again.  May be NULL. */
	const char *(*child)(void *arg, bool *gone);
	void *arg;
	const struct settings *settings;
	const struct requirements *requirements; /* or NULL */
	int news_fd;         /* readable when the collector wrote; or -1 */
	const char *label;   /* shown at the top; or NULL */
	bool collects;       /* a collector was started beside the screen */
	bool ascii;          /* --ascii: also where UTF-8 would do */
	bool linear;         /* line by line, whatever the terminal can do */
	const char *on_exit; /* what is open goes there at the end; "-" is
				standard output; NULL: nowhere */
	const char *color;   /* auto, always, never; NULL: the settings' */
	const char *domain;  /* opened at once; or NULL */
	const char *themes;  /* the folder of themes; NULL: there is none */
	/* Reads what share/ has on replies; called after the first frame, so
	 * that it comes no later.  They are the caller's; may be NULL. */
	enum status (*replies)(void *arg, const struct providers **providers,
	    const struct reply_catalogue **catalogue, struct error *err);
	/*
	 * Becomes the program that writes what was ordered, as of a day, to
	 * the new file `path`, and says on standard error how it gets on
	 * (beside.h).  Called in a process of its own; comes back only with
	 * the exit status of its failure.  May be NULL.
	 */
	int (*write)(void *arg, const struct order *order, int32_t as_of,
	    const char *path);
};

/*
 * Runs the screen until the user leaves or SIGTERM, SIGHUP or SIGINT comes;
 * the terminal is then as it was.  On a terminal that can only print it goes
 * line by line.  STATUS_USAGE: no terminal, and not asked to go so.
 */
enum status ui_run(
    const struct ui_options *options, struct error *err) MUST_CHECK;

#endif
