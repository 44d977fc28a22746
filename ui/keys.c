/* The keys: one table for the footer, the help and the manual. */
/* SPDX-License-Identifier: MIT */
#include "keys.h"

#define CTRL(letter) ((letter)&0x1f)

/* The order is that of the help; what the footer has no room for is what comes
 * last. */
static const struct key_row rows[] = {
	{ { KEY_CODE_ENTER }, "Enter", "open",
	    "open the domain under the cursor, or fold its group", ACTION_ENTER,
	    ON_DOMAINS },
	{ { KEY_CODE_ENTER }, "Enter", "detail",
	    "the finding under the cursor in full; again or Esc: the list",
	    ACTION_ENTER, ON_CHECKS },
	{ { 'y' }, "y", "copy",
	    "copy what cures the finding under the cursor, or its record",
	    ACTION_COPY, ON_CHECKS },
	{ { 'm' }, "m", "mute",
	    "mute the finding under the cursor, or end that", ACTION_MUTE,
	    ON_CHECKS },
	{ { 'q' }, "q", "quit", "leave sendtop", ACTION_QUIT, ON_DOMAINS },
	{ { 'q' }, "q", "back", "back to where you came from", ACTION_BACK,
	    ON_INNER },
	{ { KEY_CODE_ESCAPE }, "Esc", NULL,
	    "cancel the file that is written; back; to the present; on the "
	    "list: forget the filter",
	    ACTION_BACK, ON_ALL },
	{ { '/' }, "/", "filter",
	    "show only domains whose name, tag or reasons have a text or match "
	    "a regular expression",
	    ACTION_FILTER, ON_DOMAINS },
	{ { 's' }, "s", "sort", "sort by the next column", ACTION_SORT,
	    ON_DOMAINS },
	{ { 'S' }, "S", NULL, "turn the order round", ACTION_REVERSE,
	    ON_DOMAINS },
	{ { KEY_CODE_TAB, KEY_CODE_RIGHT, 'l' }, "Tab Right l", "tab",
	    "the next tab", ACTION_TAB_NEXT, ON_DOMAIN },
	{ { KEY_CODE_BACK_TAB, KEY_CODE_LEFT, 'h' }, "Shift-Tab Left h", NULL,
	    "the tab before", ACTION_TAB_BEFORE, ON_DOMAIN },
	{ { 0 }, "1-8", NULL, "the tab of that number", ACTION_TAB_NUMBER,
	    ON_DOMAIN },
	{ { 'r' }, "r", "probe", "probe the domain now", ACTION_PROBE, ON_ALL },
	{ { 'd' }, "d", "changes",
	    "what changed since yesterday; again: for 7 days, for 30",
	    ACTION_CHANGES, ON_ALL },
	{ { '<', ',' }, "< ,", "earlier",
	    "a day earlier: the whole screen as it stood then", ACTION_EARLIER,
	    ON_ALL },
	{ { '>', '.' }, "> .", NULL, "a day later, and at last live again",
	    ACTION_LATER, ON_ALL },
	{ { 'm' }, "m", "mute",
	    "mute a check or the domain until a day, or end that", ACTION_MUTE,
	    ON_DOMAINS | ON_DOMAIN },
	{ { 'n' }, "n", "note", "put a note on the time line", ACTION_NOTE,
	    ON_ALL },
	{ { 'y' }, "y", "copy",
	    "copy the name, a record to publish or the panel", ACTION_COPY,
	    ON_ALL },
	{ { 'p' }, "p", "snapshot",
	    "write the panel, the domain, everything or their history to a file",
	    ACTION_SNAPSHOT, ON_ALL },
	{ { 't' }, "t", "group",
	    "put domains in groups by tag, by registrable domain, or not",
	    ACTION_GROUP, ON_DOMAINS },
	{ { 'z' }, "z", NULL, "fold or unfold all groups", ACTION_FOLD,
	    ON_DOMAINS },
	{ { 'e' }, "e", "events",
	    "what happened in all domains, and to sendtop", ACTION_EVENTS,
	    ON_ALL },
	{ { 'v' }, "v", "replies", "what receivers answer all domains",
	    ACTION_REPLIES, ON_ALL },
	{ { 'R' }, "R", "poll", "poll Postmaster now", ACTION_POLL, ON_ALL },
	{ { 'c' }, "c", NULL,
	    "cancel the file that is written, or the probe or poll that was "
	    "asked for",
	    ACTION_CANCEL, ON_ALL },
	{ { ':' }, ":", NULL, "type a command; Tab completes it",
	    ACTION_COMMAND, ON_ALL },
	{ { '?' }, "?", "help", "this help", ACTION_HELP, ON_ALL },
	{ { ' ' }, "Space", NULL, "hold the screen still, or let it go on",
	    ACTION_PAUSE, ON_ALL },
	{ { 'T' }, "T", NULL, "the next theme", ACTION_THEME, ON_ALL },
	{ { KEY_CODE_UP, 'k' }, "Up k", NULL, "up", ACTION_UP, ON_ALL },
	{ { KEY_CODE_DOWN, 'j' }, "Down j", NULL, "down", ACTION_DOWN, ON_ALL },
	{ { KEY_CODE_PAGE_UP, CTRL('b') }, "PgUp Ctrl-B", NULL, "a page up",
	    ACTION_PAGE_UP, ON_ALL },
	{ { KEY_CODE_PAGE_DOWN, CTRL('f') }, "PgDn Ctrl-F", NULL, "a page down",
	    ACTION_PAGE_DOWN, ON_ALL },
	{ { KEY_CODE_HOME, 'g' }, "Home g", NULL, "to the top", ACTION_HOME,
	    ON_ALL },
	{ { KEY_CODE_END, 'G' }, "End G", NULL, "to the end", ACTION_END,
	    ON_ALL },
	{ { KEY_CODE_RIGHT, 'l' }, "Right l", NULL, "open the domain",
	    ACTION_ENTER, ON_DOMAINS },
	{ { CTRL('l') }, "Ctrl-L", NULL, "draw the screen anew", ACTION_REDRAW,
	    ON_ALL },
	{ { CTRL('z') }, "Ctrl-Z", NULL, "suspend; fg brings it back",
	    ACTION_SUSPEND, ON_ALL },
	{ { CTRL('c') }, "Ctrl-C", NULL, "leave sendtop from anywhere",
	    ACTION_QUIT, ON_ALL },
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
