/* Themes: what a role looks like. */
/* SPDX-License-Identifier: MIT */
#include "theme.h"

#include <string.h>

/* Good is blue-green and bad is orange-red: these stay apart for eyes that do
 * not tell red from green, and a word says the same beside each. */
static const struct theme themes[] = {
	{ "dark",
	    {
		[ROLE_PLAIN] = { -1, -1, 0 },
		[ROLE_DIM] = { -1, 246, 0 },
		[ROLE_STRONG] = { -1, -1, STYLE_BOLD },
		[ROLE_TITLE] = { 6, 80, STYLE_BOLD },
		[ROLE_HEAD] = { -1, -1, STYLE_REVERSE },
		[ROLE_KEY] = { 6, 80, STYLE_BOLD },
		[ROLE_TAB] = { -1, -1, STYLE_BOLD | STYLE_REVERSE },
		[ROLE_GOOD] = { 6, 37, 0 },
		[ROLE_NOTE] = { 4, 75, 0 },
		[ROLE_WARN] = { 3, 220, 0 },
		[ROLE_BAD] = { 1, 203, STYLE_BOLD },
		[ROLE_UNKNOWN] = { 5, 176, 0 },
		[ROLE_LINE] = { -1, 240, 0 },
		[ROLE_SERIES] = { 6, 80, 0 },
	    } },
	{ "light",
	    {
		[ROLE_PLAIN] = { -1, -1, 0 },
		[ROLE_DIM] = { -1, 241, 0 },
		[ROLE_STRONG] = { -1, -1, STYLE_BOLD },
		[ROLE_TITLE] = { 4, 24, STYLE_BOLD },
		[ROLE_HEAD] = { -1, -1, STYLE_REVERSE },
		[ROLE_KEY] = { 4, 24, STYLE_BOLD },
		[ROLE_TAB] = { -1, -1, STYLE_BOLD | STYLE_REVERSE },
		[ROLE_GOOD] = { 4, 30, 0 },
		[ROLE_NOTE] = { 4, 26, 0 },
		[ROLE_WARN] = { 3, 94, STYLE_BOLD },
		[ROLE_BAD] = { 1, 124, STYLE_BOLD },
		[ROLE_UNKNOWN] = { 5, 90, 0 },
		[ROLE_LINE] = { -1, 247, 0 },
		[ROLE_SERIES] = { 4, 24, 0 },
	    } },
	{ "mono",
	    {
		[ROLE_PLAIN] = { -1, -1, 0 },
		[ROLE_DIM] = { -1, -1, 0 },
		[ROLE_STRONG] = { -1, -1, STYLE_BOLD },
		[ROLE_TITLE] = { -1, -1, STYLE_BOLD },
		[ROLE_HEAD] = { -1, -1, STYLE_REVERSE },
		[ROLE_KEY] = { -1, -1, STYLE_BOLD },
		[ROLE_TAB] = { -1, -1, STYLE_BOLD | STYLE_REVERSE },
		[ROLE_GOOD] = { -1, -1, 0 },
		[ROLE_NOTE] = { -1, -1, 0 },
		[ROLE_WARN] = { -1, -1, STYLE_BOLD },
		[ROLE_BAD] = { -1, -1, STYLE_BOLD | STYLE_UNDERLINE },
		[ROLE_UNKNOWN] = { -1, -1, 0 },
		[ROLE_LINE] = { -1, -1, 0 },
		[ROLE_SERIES] = { -1, -1, 0 },
	    } },
};

const struct theme *
theme_row(size_t i)
{
	return i < sizeof(themes) / sizeof(*themes) ? &themes[i] : NULL;
}

const struct theme *
theme_find(const char *name)
{
	for (size_t i = 0; name != NULL && theme_row(i) != NULL; i++)
		if (strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return &themes[0];
}

bool
theme_wants_color(const char *color, const char *no_color)
{
	if (color != NULL && strcmp(color, "always") == 0)
		return true;
	if (color != NULL && strcmp(color, "never") == 0)
		return false;
	return no_color == NULL || no_color[0] == '\0';
}
