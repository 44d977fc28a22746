/* Hooks in the settings: their names, and the types of values only they have.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/log.h"
#include "sendtop/text.h"
#include "settings_check.h"
#include "settings_row.h"

enum {
	HOOKS_MOST = 64,
	HOOK_NAME_MOST = 32,
	WORDS_MOST = 64, /* of a command */
	KINDS_MOST = 32,
};

/* --- the sections ---------------------------------------------------------- */

static bool
is_word(const char *text, size_t most)
{
	size_t len = strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_");

	return len > 0 && len <= most && text[len] == '\0';
}

struct settings_hook *
settings_add_hook(struct settings *settings, const char *name)
{
	struct settings_hook *hook;

	for (size_t i = 0; i < settings->hook_count; i++)
		if (strcmp(settings->hooks[i].name, name) == 0)
			return &settings->hooks[i];
	if (!is_word(name, HOOK_NAME_MOST) ||
	    settings->hook_count == HOOKS_MOST)
		return NULL;
	settings->hooks = mem_resize(settings->hooks, settings->hook_count + 1,
	    sizeof(*settings->hooks));
	hook = &settings->hooks[settings->hook_count++];
	*hook = (struct settings_hook){ .name = mem_dup(name) };
	settings_defaults(hook, SETTINGS_HOOK);
	return hook;
}

/* What the time line has, see sendtop.conf(5). */
static const char all_kinds[] =
    "state, spam_band, ramp, reputation, data, finding, record, log, hook";

static bool
is_kind(const char *word)
{
	const char *list = all_kinds, *item;
	size_t len;

	while (settings_next_item(&list, &item, &len))
		if (strlen(word) == len && memcmp(word, item, len) == 0)
			return true;
	return false;
}

static void
check_kinds(const struct settings_hook *hook)
{
	for (size_t i = 0; i < hook->kinds.count; i++)
		if (!is_kind(hook->kinds.items[i]))
			log_write(LOG_LEVEL_WARN,
			    "[hook \"%s\"] kinds: no event is a \"%s\"; there "
			    "are %s",
			    hook->name, hook->kinds.items[i], all_kinds);
}

enum status
settings_check_hooks(const struct settings *settings, struct error *err)
{
	for (size_t i = 0; i < settings->hook_count; i++) {
		const struct settings_hook *hook = &settings->hooks[i];
		bool runs = hook->command.count > 0;

		if (runs && hook->url != NULL)
			return error_set(err, STATUS_PARSE,
			    "[hook \"%s\"]: expected a command or a url, not "
			    "both",
			    hook->name);
		if (!runs && hook->url == NULL)
			log_write(LOG_LEVEL_WARN,
			    "[hook \"%s\"] tells nobody: give it a command or "
			    "a url",
			    hook->name);
		check_kinds(hook);
	}
	return STATUS_OK;
}

void
settings_free_hooks(struct settings *settings)
{
	for (size_t i = 0; i < settings->hook_count; i++) {
		settings_clear(&settings->hooks[i], SETTINGS_HOOK);
		free(settings->hooks[i].name);
	}
	free(settings->hooks);
}

/* --- a command ------------------------------------------------------------- */

static void *
field(const struct settings_row *row, void *object)
{
	return (char *)object + row->offset;
}

static void
clear_list(const struct settings_row *row, void *object)
{
	settings_free_list(field(row, object));
}

static void
clear_text(const struct settings_row *row, void *object)
{
	char **text = field(row, object);

	free(*text);
	*text = NULL;
}

static void
add(struct text_list *list, size_t *cap, char *text)
{
	list->items = mem_grow(
	    list->items, list->count, cap, sizeof(*list->items));
	list->items[list->count++] = text;
}

/*
 * One word of a command: up to a blank that is not quoted.  What stands in
 * single quotes is taken as it is; in double quotes and outside of quotes a
 * backslash takes what follows as it is.  Nothing else means anything: no $,
 * no *, no ~ but at the front of the program's own path.  NULL: a quote is
 * open at the end, or nothing follows a backslash.
 */
static char *
next_word(const char **text)
{
	struct buf word = { 0 };
	const char *p = *text;
	char quote = '\0';
	bool open = false; /* a backslash, and then the end */

	buf_str(&word, "");
	for (; *p != '\0' && (quote != '\0' || strchr(" \t\n", *p) == NULL);
	     p++) {
		if (quote != '\0' && *p == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*p == '"' || *p == '\'')) {
			quote = *p;
		} else if (*p != '\\' || quote == '\'') {
			buf_char(&word, *p);
		} else if (p[1] != '\0') {
			buf_char(&word, *++p);
		} else {
			open = true;
		}
	}
	if (quote != '\0' || open) {
		buf_free(&word);
		return NULL;
	}
	*text = p;
	return buf_take(&word);
}

/* A path that does not hang on where, or as whom, the collector runs. */
static char *
program(char *word)
{
	char *path = word[0] == '~' ? settings_expand(word) : mem_dup(word);

	free(word);
	if (path != NULL && path[0] == '/')
		return path;
	free(path);
	return NULL;
}

static bool
split(const char *value, struct text_list *out)
{
	size_t cap = 0;
	char *word;

	for (;;) {
		value += strspn(value, " \t\n");
		if (*value == '\0')
			return true;
		word = out->count < WORDS_MOST ? next_word(&value) : NULL;
		if (word != NULL && out->count == 0)
			word = program(word);
		if (word == NULL)
			return false;
		add(out, &cap, word);
	}
}

static bool
set_command(const struct settings_row *row, const char *value, void *object)
{
	struct text_list new = { NULL, 0 };

	if (!split(value, &new)) {
		settings_free_list(&new);
		return false;
	}
	clear_list(row, object);
	*(struct text_list *)field(row, object) = new;
	return true;
}

/* --- a webhook, and kinds --------------------------------------------------- */

/* As an endpoint, but a query may follow: many a webhook has its key there. */
static bool
is_webhook(const char *text)
{
	size_t len = strcspn(text, "?");
	char *base = mem_ndup(text, len);
	bool good = settings_is_endpoint(base) && settings_is_printable(text) &&
	    strpbrk(text + len, "#\\ \"") == NULL;

	free(base);
	return good;
}

static bool
set_webhook(const struct settings_row *row, const char *value, void *object)
{
	if (value[0] != '\0' && !is_webhook(value))
		return false;
	clear_text(row, object);
	if (value[0] != '\0')
		*(char **)field(row, object) = mem_dup(value);
	return true;
}

static bool
set_words(const struct settings_row *row, const char *value, void *object)
{
	struct text_list new = { NULL, 0 };
	size_t len, cap = 0;
	const char *item;

	while (settings_next_item(&value, &item, &len)) {
		char *word = mem_ndup(item, len);

		add(&new, &cap, word);
		if (!is_word(word, HOOK_NAME_MOST) || new.count > KINDS_MOST) {
			settings_free_list(&new);
			return false;
		}
		text_lower(word);
	}
	clear_list(row, object);
	*(struct text_list *)field(row, object) = new;
	return true;
}

static const struct settings_type types[] = {
	{ "command",
	    "the path of a program (/... or ~/...) and its arguments, quotes "
	    "closed",
	    false, set_command, clear_list },
	{ "webhook",
	    "an https:// URL (http:// only for loopback hosts) without a user, "
	    "blanks and a fragment",
	    false, set_webhook, clear_text },
	{ "list of words", "words, with commas between them", false, set_words,
	    clear_list },
};

const struct settings_type *
settings_hook_type(size_t i)
{
	return i < sizeof(types) / sizeof(types[0]) ? &types[i] : NULL;
}
