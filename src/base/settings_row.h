/* The rows of the settings table and the types their values have. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_BASE_SETTINGS_ROW_H
#define SENDTOP_BASE_SETTINGS_ROW_H

#include "sendtop/mem.h"
#include "sendtop/settings.h"

enum { SETTINGS_EXPECTED_SIZE = 160, SETTINGS_FILE_MOST = 1 << 20 };

struct settings_row {
	struct settings_help help;
	size_t offset;     /* in struct settings, or the section's own */
	double min, max;   /* for numbers; durations in seconds */
	const char *words; /* for a choice: "one, two, three" */
};

/* How values of one type are read; found by the name in settings_help. */
struct settings_type {
	const char *name;
	const char *expected; /* for messages: "yes or no" */
	bool bounded;         /* the row's min and max belong to the message */
	/* False, and nothing changed, when value is not one.  object is what
	 * the row is of: struct settings, settings_domain, settings_hook. */
	bool (*set)(
	    const struct settings_row *row, const char *value, void *object);
	/* Frees what set allocated; NULL where that is nothing. */
	void (*clear)(const struct settings_row *row, void *object);
};

/* The sections of the rows that belong to each [domain "name"], and to each
 * [hook "name"]. */
#define SETTINGS_DOMAIN "domain"
#define SETTINGS_HOOK "hook"

/* Row i of the table, or NULL past its end. */
const struct settings_row *settings_row(size_t i);

/* The row of a section and key, whatever their case, or NULL. */
const struct settings_row *settings_row_find(
    const char *section, const char *key);

/* The name nearest to a mistyped one: a key of the section, or with key NULL a
 * section.  NULL when none is close. */
const char *settings_row_near(const char *section, const char *key);

/* Sets the value, or leaves all as it was and returns false. */
bool settings_row_set(
    const struct settings_row *row, const char *value, void *object);
void settings_row_clear(const struct settings_row *row, void *object);

/* What a value of the row has to be, for a message. */
char *settings_row_expected(
    const struct settings_row *row, char out[SETTINGS_EXPECTED_SIZE]);

/* Gives all rows of a section with names their defaults; NULL: those of all
 * sections without. */
void settings_defaults(void *object, const char *named);
void settings_clear(void *object, const char *named);

/* All defaults and no domain. */
struct settings *settings_new(void);

/* Adds a domain with all defaults; settings_sort() must follow before anybody
 * looks for one. */
struct settings_domain *settings_add_domain(
    struct settings *settings, const char *name);
void settings_sort(struct settings *settings);

/* The hook of that name, made with all defaults where there is none; NULL when
 * the name is no word, or there are too many. */
struct settings_hook *settings_add_hook(
    struct settings *settings, const char *name);
/* Whether each hook has one to tell alone; who has none is warned about. */
enum status settings_check_hooks(
    const struct settings *settings, struct error *err) MUST_CHECK;
void settings_free_hooks(struct settings *settings);

/* Reads the plans that domains name; relative paths are the process's. */
enum status settings_read_plans(
    struct settings *settings, struct error *err) MUST_CHECK;

/* Reads a file to its end, or to buf's bound: more than that may be. */
enum status settings_read_file(
    const char *path, struct buf *buf, struct error *err) MUST_CHECK;

/* Says what was expected instead of value; returns STATUS_PARSE. */
enum status settings_bad_value(const struct settings_row *row,
    const char *section, const char *value, struct error *err);

/* The user's home, or NULL; a leading "~/" replaced by it. */
char *settings_home(void);
char *settings_expand(const char *path);

/* Frees the texts of a list; it is empty then. */
void settings_free_list(struct text_list *list);
/* Cuts the first of "one, two, three" off; false when none is left. */
bool settings_next_item(const char **list, const char **item, size_t *len);
/* The types that only hooks have; NULL past the end. */
const struct settings_type *settings_hook_type(size_t i);

/* The type of that name; every row of the table has one. */
const struct settings_type *settings_type_find(const char *name);

#endif
