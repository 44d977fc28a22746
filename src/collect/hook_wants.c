/* Which events a hook is told of, and in which words. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "hooks.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"

static bool
is_wanted_kind(const struct settings_hook *hook, const char *kind)
{
	for (size_t i = 0; i < hook->kinds.count; i++)
		if (strcmp(hook->kinds.items[i], kind) == 0)
			return true;
	return hook->kinds.count == 0;
}

/* From which on it is told. */
static int
threshold(const struct settings_hook *hook)
{
	return verdict_weight(
	    strcmp(hook->severity, "warn") == 0 ? VERDICT_WARN : VERDICT_FAIL);
}

/* What grows worse within the time is another trouble.  A clock that was put
 * back tells nothing of how long ago it was. */
static bool
is_repeated(const struct settings_hook *hook, const struct store_news *news,
    const struct store_told *told)
{
	int64_t after_s = news->event.at_s - told->told_s;

	return told->told_s != 0 && after_s >= 0 && after_s < hook->repeat_s &&
	    verdict_weight(news->event.verdict) <=
	    verdict_weight(told->verdict);
}

bool
hook_wants(const struct settings_hook *hook, const struct store_news *news,
    const struct store_told *told)
{
	enum verdict verdict = news->event.verdict;

	/* Of its own failure it cannot be told. */
	if (!is_wanted_kind(hook, news->event.kind) ||
	    (strcmp(news->event.kind, "hook") == 0 &&
		strcmp(news->subject, hook->name) == 0))
		return false;
	if (news->begins)
		return verdict_weight(verdict) >= threshold(hook) &&
		    !is_repeated(hook, news, told);
	/* That it cannot be told any more is no end. */
	return hook->ends && told->open && verdict != VERDICT_UNKNOWN &&
	    verdict_weight(verdict) < threshold(hook);
}

enum status
hook_muted(struct store *store, const struct store_news *news,
    struct arena *arena, bool *muted, struct error *err)
{
	const int64_t at[] = { news->event.at_s, clock_utc_s() };
	struct store_mute *mutes;
	enum status status = STATUS_OK;
	size_t count;

	*muted = false;
	for (size_t i = 0; status == STATUS_OK && !*muted && i < 2; i++) {
		status = store_mutes(store, news->event.domain, at[i], arena,
		    &mutes, &count, err);
		if (status != STATUS_OK)
			break;
		*muted = mute_covers(mutes, count, news->event.kind,
			     news->subject) != NULL ||
		    (news->check[0] != '\0' &&
			mute_covers(mutes, count, news->check, news->subject) !=
			    NULL);
	}
	return status;
}

enum status
hook_small(struct store *store, const struct settings_hook *hook,
    const struct store_news *news, struct arena *arena, bool *small,
    struct error *err)
{
	struct store_domain domain;
	struct standing standing;
	enum status status;

	*small = false;
	if (hook->min_volume <= 0 || news->event.domain[0] == '\0')
		return STATUS_OK;
	status = store_domain_get(
	    store, news->event.domain, arena, &domain, err);
	if (status == STATUS_OK)
		status = store_standing_get(store, domain.id, &standing, err);
	if (status == STATUS_OK)
		*small = standing.volume < hook->min_volume;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

char *
hook_json(const char *hook, const struct store_news *news, int attempt)
{
	const struct store_event *event = &news->event;
	char at[TIME_TEXT_SIZE], *text, *line;
	json_t *object = json_pack(
	    "{s:s, s:s, s:I, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:i}",
	    "schema", "sendtop-event/1", "hook", hook, "id",
	    (json_int_t)event->id, "at", time_text(at, event->at_s), "domain",
	    event->domain, "kind", event->kind, "begins", (int)news->begins,
	    "verdict", verdict_name(event->verdict), "check", news->check,
	    "subject", news->subject, "text", event->text, "attempt", attempt);

	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	line = mem_printf("%s\n", text != NULL ? text : "{}");
	free(text);
	return line;
}
