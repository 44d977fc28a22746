/* The keys: one table for the footer, the help and the manual. */
/* SPDX-License-Identifier: MIT */
#include "keys.h"

#define CTRL(letter) ((letter)&0x1f)

static const struct key_row rows[] = {
	{ { KEY_CODE_ENTER }, "Enter", "open",
	    "open the domain under the cursor", ACTION_ENTER, ON_DOMAINS },
	{ { KEY_CODE_ESCAPE }, "Esc", NULL,
	    "back; on the list: forget the filter", ACTION_BACK, ON_BOTH },
	{ { 'q' }, "q", "back", "back to the list", ACTION_BACK, ON_DOMAIN },
	{ { 'q' }, "q", "quit", "leave sendtop", ACTION_QUIT, ON_DOMAINS },
	{ { CTRL('c') }, "Ctrl-C", NULL, "leave sendtop from anywhere",
	    ACTION_QUIT, ON_BOTH },
	{ { KEY_CODE_UP, 'k' }, "Up k", NULL, "up", ACTION_UP, ON_BOTH },
	{ { KEY_CODE_DOWN, 'j' }, "Down j", NULL, "down", ACTION_DOWN,
	    ON_BOTH },
	{ { KEY_CODE_PAGE_UP, CTRL('b') }, "PgUp Ctrl-B", NULL, "a page up",
	    ACTION_PAGE_UP, ON_BOTH },
	{ { KEY_CODE_PAGE_DOWN, CTRL('f') }, "PgDn Ctrl-F", NULL, "a page down",
	    ACTION_PAGE_DOWN, ON_BOTH },
	{ { KEY_CODE_HOME, 'g' }, "Home g", NULL, "to the top", ACTION_HOME,
	    ON_BOTH },
	{ { KEY_CODE_END, 'G' }, "End G", NULL, "to the end", ACTION_END,
	    ON_BOTH },
	{ { KEY_CODE_RIGHT, 'l' }, "Right l", NULL, "open the domain",
	    ACTION_ENTER, ON_DOMAINS },
	{ { KEY_CODE_TAB, KEY_CODE_RIGHT, 'l' }, "Tab Right l", "tab",
	    "the next tab", ACTION_TAB_NEXT, ON_DOMAIN },
	{ { KEY_CODE_BACK_TAB, KEY_CODE_LEFT, 'h' }, "Shift-Tab Left h", NULL,
	    "the tab before", ACTION_TAB_BEFORE, ON_DOMAIN },
	{ { 0 }, "1-8", NULL, "the tab of that number", ACTION_TAB_NUMBER,
	    ON_DOMAIN },
	{ { '/' }, "/", "filter",
	    "show only domains whose name, tag or reasons contain a text",
	    ACTION_FILTER, ON_DOMAINS },
	{ { 's' }, "s", "sort", "sort by the next column", ACTION_SORT,
	    ON_DOMAINS },
	{ { 'S' }, "S", NULL, "turn the order round", ACTION_REVERSE,
	    ON_DOMAINS },
	{ { '<', ',' }, "< ,", "earlier",
	    "a day earlier: the whole screen as it stood then", ACTION_EARLIER,
	    ON_DOMAIN },
	{ { '>', '.' }, "> .", NULL, "a day later, and at last live again",
	    ACTION_LATER, ON_DOMAIN },
	{ { 'r' }, "r", "probe", "probe the domain now", ACTION_PROBE,
	    ON_BOTH },
	{ { 'R' }, "R", "poll", "poll Postmaster now", ACTION_POLL, ON_BOTH },
	{ { 'p' }, "p", "snapshot",
	    "write the domain (on the list: all) to a text file",
	    ACTION_SNAPSHOT, ON_BOTH },
	{ { ' ' }, "Space", NULL, "hold the screen still, or let it go on",
	    ACTION_PAUSE, ON_BOTH },
	{ { '?' }, "?", "help", "this help", ACTION_HELP, ON_BOTH },
	{ { CTRL('l') }, "Ctrl-L", NULL, "draw the screen anew", ACTION_REDRAW,
	    ON_BOTH },
	{ { CTRL('z') }, "Ctrl-Z", NULL, "suspend; fg brings it back",
	    ACTION_SUSPEND, ON_BOTH },
};

const struct key_row *
key_row(size_t i)
{
	return i < sizeof(rows) / sizeof(*rows) ? &rows[i] : NULL;
}

enum action
key_action(uint32_t code, unsigned where)
{
	if (code == KEY_CODE_NONE)
		return ACTION_NONE;
	if ((where & ON_DOMAIN) != 0 && code >= '1' && code <= '8')
		return ACTION_TAB_NUMBER;
	for (size_t i = 0; key_row(i) != NULL; i++)
		for (size_t k = 0; k < KEY_CODES; k++)
			if (rows[i].codes[k] == code &&
			    (rows[i].where & where) != 0)
				return rows[i].action;
	return ACTION_NONE;
}
