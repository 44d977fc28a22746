/* The screen's wishes: what is asked of the collector, and the store's own
 * rows. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_data.h"
#include "sendtop/day.h"
#include "words.h"

/* --- writes to the store ------------------------------------------------------- */

static void
follow_request(struct app *app, int64_t id)
{
	if (app->asked_count == REQUESTS_MOST)
		memmove(app->asked, app->asked + 1,
		    --app->asked_count * sizeof(*app->asked));
	app->asked[app->asked_count++] = (struct asked){ .id = id,
		.state = REQUEST_WAITING };
}

static enum status
write_request(
    struct app *app, const struct store_write *w, char *text, struct error *err)
{
	const char *domain = w->request == REQUEST_POLL ? "" : w->order.domain;
	int64_t id;
	enum status status = store_request_add(
	    app->store, w->request, domain, w->at_s, &id, err);

	if (status != STATUS_OK)
		return status;
	/* What was cancelled tells of its end itself. */
	if (w->request != REQUEST_CANCEL)
		follow_request(app, id);
	if (w->request == REQUEST_CANCEL)
		snprintf(text, MESSAGE_SIZE, "asked to cancel%s%s",
		    domain[0] != '\0' ? " the probe of " : "", domain);
	else
		snprintf(text, MESSAGE_SIZE, "asked for: %s%s; c cancels",
		    w->request == REQUEST_POLL ? "a poll of Postmaster"
					       : "a probe of ",
		    domain);
	return STATUS_OK;
}

static enum status
write_note(
    struct app *app, const struct store_write *w, char *text, struct error *err)
{
	snprintf(text, MESSAGE_SIZE, "noted on %s: %s",
	    w->order.domain[0] != '\0' ? w->order.domain : "all domains",
	    w->order.text);
	return store_note_add(
	    app->store, w->order.domain, w->at_s, w->order.text, err);
}

static void
mute_words(const struct order *order, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s of %s",
	    order->check[0] != '\0' ? order->check : "everything",
	    order->subject[0] != '\0' ? " " : "", order->subject,
	    order->domain);
}

static enum status
write_mute(
    struct app *app, const struct store_write *w, char *text, struct error *err)
{
	const struct order *o = &w->order;
	struct store_mute mute = { .domain = o->domain,
		.check = o->check,
		.subject = o->subject,
		.since_s = w->at_s,
		.until_s = o->until_s,
		.why = o->text };
	char what[SENTENCE_SIZE * 2], when[TIME_TEXT_SIZE];

	mute_words(o, what, sizeof(what));
	snprintf(text, MESSAGE_SIZE, "muted %.500s %s%s: %.300s", what,
	    o->until_s != 0 ? "until " : "for good",
	    o->until_s != 0 ? time_short(when, o->until_s) : "", o->text);
	return store_mute_add(app->store, &mute, err);
}

/* Ends the mute of that number, or those of that check and subject. */
static enum status
write_unmute(
    struct app *app, const struct store_write *w, char *text, struct error *err)
{
	const struct order *o = &w->order;
	struct arena *arena = arena_new();
	struct store_mute *mutes;
	size_t count = 0, ended = 0;
	enum status status = store_mutes(
	    app->store, o->domain, w->at_s, arena, &mutes, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (o->id != 0 ? mutes[i].id != o->id
			       : strcmp(mutes[i].check, o->check) != 0 ||
			    strcmp(mutes[i].subject, o->subject) != 0)
			continue;
		status = store_mute_end(app->store, mutes[i].id, w->at_s, err);
		ended++;
	}
	arena_free(arena);
	if (status == STATUS_OK && ended == 0)
		return error_set(err, STATUS_NOT_FOUND,
		    "no such mute is in force: m shows them");
	snprintf(text, MESSAGE_SIZE, "%zu mute%s ended", ended,
	    ended == 1 ? "" : "s");
	return status;
}

static enum status
write_one(
    struct app *app, const struct store_write *w, char *text, struct error *err)
{
	static enum status (*const writers[])(struct app *,
	    const struct store_write *, char *, struct error *) = {
		[WRITE_REQUEST] = write_request,
		[WRITE_NOTE] = write_note,
		[WRITE_MUTE] = write_mute,
		[WRITE_UNMUTE] = write_unmute,
	};

	text[0] = '\0';
	return writers[w->kind](app, w, text, err);
}

static void
drop_write(struct app *app)
{
	memmove(app->writes, app->writes + 1,
	    --app->write_count * sizeof(*app->writes));
}

/* The collector may be writing: then it is tried again a little later, so that
 * no key waits for it. */
void
app_write_waiting(struct app *app)
{
	char text[MESSAGE_SIZE];
	struct error err;

	while (app->store != NULL && app->write_count > 0) {
		enum status status = write_one(
		    app, &app->writes[0], text, &err);

		if (status == STATUS_BUSY) {
			app_show(app, ROLE_NOTE,
			    "the collector is writing: this follows");
			return;
		}
		if (status != STATUS_OK)
			app_say(app, ROLE_BAD, err.text);
		else if (app->writes[0].kind == WRITE_REQUEST)
			app_show(app, ROLE_NOTE, text);
		else
			app_say(app, ROLE_NOTE, text);
		drop_write(app);
		if (status == STATUS_OK)
			app_read_all(app, ORDER_KEPT);
	}
}

void
app_write(struct app *app, enum write_kind kind, enum request_kind request)
{
	const struct order *order = &app->model.ui.order;

	if (kind == WRITE_REQUEST && request == REQUEST_PROBE &&
	    order->domain[0] == '\0') {
		app_show(app, ROLE_NOTE,
		    "probe which domain?  open one, or put the cursor on it");
		return;
	}
	if (app->write_count == WRITES_MOST) {
		app_say(app, ROLE_BAD,
		    "the store takes nothing just now: try again later");
		return;
	}
	app->writes[app->write_count++] = (struct store_write){
		.kind = kind,
		.request = request,
		.order = *order,
		.at_s = app->model.now_s,
	};
	if (app->store == NULL)
		app_show(
		    app, ROLE_BAD, "there is no store just now: this follows");
	app_write_waiting(app);
}

/* --- requests ------------------------------------------------------------------ */

static bool
has_ended(const struct store_request *r)
{
	return r->state == REQUEST_DONE || r->state == REQUEST_FAILED;
}

static void
tell_request(struct app *app, const struct store_request *r)
{
	char text[SENTENCE_SIZE];

	word_request(text, r);
	/* The store keeps what was asked; a failure is worth keeping here. */
	if (r->state == REQUEST_FAILED)
		app_say(app, ROLE_BAD, text);
	else
		app_show(app, ROLE_NOTE, text);
}

void
app_follow_requests(struct app *app)
{
	struct arena *arena = arena_new();
	size_t left = 0;

	for (size_t i = 0; app->store != NULL && i < app->asked_count; i++) {
		struct asked asked = app->asked[i];
		struct store_request r;

		if (store_request_get(app->store, asked.id, arena, &r, NULL) !=
		    STATUS_OK) {
			app->asked[left++] = asked;
			continue;
		}
		if (r.state != asked.state)
			tell_request(app, &r);
		asked.state = r.state;
		if (!has_ended(&r))
			app->asked[left++] = asked;
	}
	if (app->store != NULL)
		app->asked_count = left;
	arena_free(arena);
}

/* Of what was asked for from here the newest; or a file that is written. */
void
app_cancel(struct app *app)
{
	struct arena *arena;
	struct store_request r;

	if (app_cancel_file(app))
		return;
	if (app->store == NULL || app->asked_count == 0) {
		app_show(app, ROLE_NOTE,
		    "nothing that was asked for from here is under way");
		return;
	}
	arena = arena_new();
	if (store_request_get(app->store, app->asked[app->asked_count - 1].id,
		arena, &r, NULL) == STATUS_OK) {
		snprintf(
		    app->model.ui.order.domain, DOMAIN_SIZE, "%s", r.domain);
		app_write(app, WRITE_REQUEST, REQUEST_CANCEL);
	}
	arena_free(arena);
}

/* --- looks ---------------------------------------------------------------------- */

void
app_theme(struct app *app, const char *name)
{
	char text[MESSAGE_SIZE];
	struct theme theme;
	struct error err;
	enum status status = name[0] != '\0'
	    ? theme_load(app->options->themes, name, &theme, &err)
	    : theme_next(app->options->themes, app->theme.name, &theme, &err);

	if (status != STATUS_OK) {
		app_say(app, ROLE_BAD, err.text);
		return;
	}
	app->theme = theme;
	app->model.theme = app->theme.name;
	term_theme(app->term, &app->theme);
	snprintf(text, sizeof(text), "theme %s%s", theme.name,
	    term_has_color(app->term) ? ""
				      : " (this terminal shows no colours)");
	app_show(app, ROLE_NOTE, text);
	app->whole = true;
}
