/* The operator's own: notes on the time line, and mutes. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/store_mail.h"
#include "sendtop/text.h"
#include "store/internal.h"
#include "store/query.h"

/* One printable line without blanks at its ends. */
static enum status
clean(const char *text, const char *what, char out[OWN_TEXT_SIZE],
    struct error *err)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (len == 0)
		return error_set(err, STATUS_USAGE, "%s needs a text", what);
	text_printable(out, OWN_TEXT_SIZE, text, len);
	return STATUS_OK;
}

static enum status
none_such(struct error *err, const char *what, int64_t id)
{
	return error_set(
	    err, STATUS_NOT_FOUND, "there is no %s number %ld", what, (long)id);
}

/* Runs a write that gives back the numbers it touched. */
static enum status
write_existing(struct store *store, struct query *q, bool own, const char *what,
    int64_t id, struct error *err)
{
	bool found = false;
	enum status status;

	while (query_row(q))
		found = true;
	status = query_end(q);
	if (status == STATUS_OK && !found)
		status = none_such(err, what, id);
	return store_written(store, own, status, err);
}

/* --- notes ----------------------------------------------------------------- */

enum status
store_note_add(struct store *store, const char *domain, int64_t at_s,
    const char *text, struct error *err)
{
	char line[OWN_TEXT_SIZE];
	struct query q;
	bool own;
	enum status status = clean(text, "a note", line, err);

	if (status == STATUS_OK)
		status = store_write(store, &own, err);
	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO note (at_s, domain, said) VALUES ($1, $2, $3)", err);
	query_int(&q, at_s);
	query_text(&q, domain);
	query_text(&q, line);
	return store_written(store, own, query_run(&q), err);
}

enum status
store_note_drop(struct store *store, int64_t id, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(
	    &q, store, "DELETE FROM note WHERE id = $1 RETURNING id", err);
	query_int(&q, id);
	return write_existing(store, &q, own, "note", id, err);
}

#define NOTES "SELECT id, at_s, domain, said FROM note WHERE "

enum status
store_notes(struct store *store, const char *domain, int64_t since_s,
    int64_t until_s, struct arena *arena, struct store_note **out,
    size_t *count, struct error *err)
{
	struct store_note *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    domain != NULL ? NOTES "at_s >= $1 AND at_s <= $2"
				   " AND domain IN ('', $3)"
				   " ORDER BY at_s DESC, id DESC"
			   : NOTES "at_s >= $1 AND at_s <= $2"
				   " ORDER BY at_s DESC, id DESC",
	    err);
	query_int(&q, since_s);
	query_int(&q, until_s);
	if (domain != NULL)
		query_text(&q, domain);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct store_note){
			.id = query_get_int(&q, 0),
			.at_s = query_get_int(&q, 1),
			.domain = arena_dup(arena, query_get_text(&q, 2)),
			.text = arena_dup(arena, query_get_text(&q, 3)),
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

/* --- mutes ----------------------------------------------------------------- */

enum status
store_mute_add(
    struct store *store, const struct store_mute *mute, struct error *err)
{
	char why[OWN_TEXT_SIZE];
	struct query q;
	bool own;
	enum status status;

	if (mute->until_s != 0 && mute->until_s <= mute->since_s)
		return error_set(
		    err, STATUS_USAGE, "a mute cannot end before it begins");
	status = clean(mute->why, "a mute", why, err);
	if (status == STATUS_OK)
		status = store_write(store, &own, err);
	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO mute (domain, name, subject, since_s, until_s, why)"
	    " VALUES ($1, $2, $3, $4, $5, $6)",
	    err);
	query_text(&q, mute->domain);
	query_text(&q, mute->check);
	query_text(&q, mute->subject);
	query_int(&q, mute->since_s);
	query_int(&q, mute->until_s);
	query_text(&q, why);
	return store_written(store, own, query_run(&q), err);
}

/* One that has not begun never was. */
enum status
store_mute_end(
    struct store *store, int64_t id, int64_t now_s, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "UPDATE mute SET until_s = CASE WHEN since_s < $1 THEN $1"
	    " ELSE since_s END"
	    " WHERE id = $2 AND (until_s = 0 OR until_s > $1) RETURNING id",
	    err);
	query_int(&q, now_s);
	query_int(&q, id);
	return write_existing(store, &q, own, "mute in force with", id, err);
}

#define MUTES                                                               \
	"SELECT id, domain, name, subject, since_s, until_s, why FROM mute" \
	" WHERE since_s <= $1 AND (until_s = 0 OR until_s > $1)"

enum status
store_mutes(struct store *store, const char *domain, int64_t at_s,
    struct arena *arena, struct store_mute **out, size_t *count,
    struct error *err)
{
	struct store_mute *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    domain != NULL ? MUTES " AND domain IN ('', $2) ORDER BY id"
			   : MUTES " ORDER BY id",
	    err);
	query_int(&q, at_s);
	if (domain != NULL)
		query_text(&q, domain);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct store_mute){
			.id = query_get_int(&q, 0),
			.domain = arena_dup(arena, query_get_text(&q, 1)),
			.check = arena_dup(arena, query_get_text(&q, 2)),
			.subject = arena_dup(arena, query_get_text(&q, 3)),
			.since_s = query_get_int(&q, 4),
			.until_s = query_get_int(&q, 5),
			.why = arena_dup(arena, query_get_text(&q, 6)),
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

static bool
covers(const char *pattern, const char *word)
{
	return pattern[0] == '\0' || strcmp(pattern, word) == 0;
}

const struct store_mute *
mute_covers(const struct store_mute *mutes, size_t count, const char *check,
    const char *subject)
{
	for (size_t i = 0; i < count; i++)
		if (covers(mutes[i].check, check) &&
		    covers(mutes[i].subject, subject))
			return &mutes[i];
	return NULL;
}
