/* The keys: one table for the footer, the help and the manual. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_KEYS_H
#define SENDTOP_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a terminal reports.  code is a Unicode character or one of these. */
enum key {
	KEY_CODE_NONE = 0,
	KEY_CODE_TAB = 0x09,
	KEY_CODE_ENTER = 0x0d,
	KEY_CODE_ESCAPE = 0x1b,
	KEY_CODE_BACKSPACE = 0x7f,
	KEY_CODE_UP = 0x110000, /* past the last Unicode character */
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_BACK_TAB,
	KEY_CODE_DELETE,
	KEY_CODE_CLICK, /* x and y say where */
	KEY_CODE_WHEEL_UP,
	KEY_CODE_WHEEL_DOWN,
};

struct key_event {
	uint32_t code;
	int x, y;
	int64_t at_ms; /* monotonic; tells double clicks */
};

enum action {
	ACTION_NONE,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_HOME,
	ACTION_END,
	ACTION_ENTER,
	ACTION_BACK,
	ACTION_QUIT,
	ACTION_FILTER,
	ACTION_SORT,
	ACTION_REVERSE,
	ACTION_GROUP,
	ACTION_FOLD,
	ACTION_TAB_NEXT,
	ACTION_TAB_BEFORE,
	ACTION_TAB_NUMBER,
	ACTION_PROBE,
	ACTION_POLL,
	ACTION_CANCEL,
	ACTION_NOTE,
	ACTION_MUTE,
	ACTION_COPY,
	ACTION_SNAPSHOT,
	ACTION_CHANGES,
	ACTION_EVENTS,
	ACTION_REPLIES,
	ACTION_COMMAND,
	ACTION_THEME,
	ACTION_HELP,
	ACTION_EARLIER,
	ACTION_LATER,
	ACTION_PAUSE,
	ACTION_REDRAW,
	ACTION_SUSPEND,
};

/* Where a key means something. */
enum {
	ON_DOMAINS = 1,
	ON_DOMAIN = 2,
	ON_FLEET = 4,  /* replies, events, changes */
	ON_CHECKS = 8, /* with ON_DOMAIN: the tab with a cursor */
	ON_INNER = ON_DOMAIN | ON_FLEET,
	ON_ALL = ON_DOMAINS | ON_INNER,
};

enum { KEY_CODES = 3 };

struct key_row {
	uint32_t codes[KEY_CODES]; /* any of these */
	const char *keys;          /* as people write them: "PgUp Ctrl-B" */
	const char *brief; /* one or two words for the footer, or NULL */
	const char *help;  /* a line for the help and the manual */
	enum action action;
	unsigned where;
};

/* Row i of the table, in the order of the help; NULL past its end. */
const struct key_row *key_row(size_t i);
/* The action of a key on a screen (one of ON_DOMAINS, ON_DOMAIN, ON_FLEET). */
enum action key_action(uint32_t code, unsigned where);

#endif
