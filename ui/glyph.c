/* The line art, and what stands for it where only ASCII can be shown. */
/* SPDX-License-Identifier: MIT */
#include "glyph.h"

struct likeness {
	uint32_t code;
	char ascii;
};

static const struct likeness likenesses[] = {
	{ 0x00b7, '.' }, /* middle dot */
	{ 0x00d7, 'x' }, /* times */
	{ 0x2013, '-' }, /* dash */
	{ 0x2022, '*' }, /* bullet */
	{ 0x2026, '~' }, /* ellipsis: text was cut */
	{ 0x2191, '^' }, /* arrow up */
	{ 0x2193, 'v' }, /* arrow down */
	{ 0x2260, '!' }, /* differs */
	{ 0x2264, '<' }, /* at most */
	{ 0x2265, '>' }, /* at least */
	{ 0x2500, '-' }, /* horizontal */
	{ 0x2502, '|' }, /* vertical */
	{ 0x2504, '-' }, /* dashed */
	{ 0x250c, '+' }, /* corners, tees and the cross */
	{ 0x2510, '+' }, { 0x2514, '+' }, { 0x2518, '+' }, { 0x251c, '+' },
	{ 0x2524, '+' }, { 0x252c, '+' }, { 0x2534, '+' }, { 0x253c, '+' },
	{ 0x2581, '_' }, /* bars, low to high */
	{ 0x2582, ',' }, { 0x2583, ':' }, { 0x2584, '-' }, { 0x2585, '=' },
	{ 0x2586, '+' }, { 0x2587, '*' }, { 0x2588, '#' },
	{ 0x2591, '.' }, /* the rest of a progress bar */
	{ 0x25b8, '>' }, /* cursor */
	{ 0x25cb, 'o' }, /* circle */
};

char
glyph_ascii(uint32_t code)
{
	if (code < 0x80)
		return (char)code;
	for (size_t i = 0; i < sizeof(likenesses) / sizeof(*likenesses); i++)
		if (likenesses[i].code == code)
			return likenesses[i].ascii;
	return '?';
}

const char *
glyph_level(int level)
{
	static const char *const levels[] = { "\u2581", "\u2582", "\u2583",
		"\u2584", "\u2585", "\u2586", "\u2587", "\u2588" };

	if (level < 0)
		level = 0;
	return levels[level > 7 ? 7 : level];
}

const char *
glyph_state(enum data_state state)
{
	switch (state) {
	case DATA_WITHHELD:
		return "\u00b7";
	case DATA_PENDING:
		return "\u25cb";
	case DATA_DENIED:
		return "\u00d7";
	case DATA_ERROR:
		return "!";
	case DATA_VALUE:
		break;
	}
	return " ";
}
