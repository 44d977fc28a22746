#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Prints src/base/unicode.c: unicode.py > unicode.c && clang-format -i unicode.c
# The Unicode version is that of the python3 which runs it.
import unicodedata

NARROW, WIDE, COMBINING, HIDDEN = range(4)
# Letters and marks that show nothing at all: Hangul fillers, the combining
# grapheme joiner, Khmer inherent vowels, variation selectors past the first
# sixteen.
INVISIBLE = {0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, 0xffa0}
INVISIBLE |= set(range(0xe0100, 0xe01f0))


def kind(code):
    char = chr(code)
    category = unicodedata.category(char)
    if category in ('Cc', 'Cf', 'Cn', 'Co', 'Cs', 'Zl', 'Zp'):
        return HIDDEN
    if code in INVISIBLE:
        return HIDDEN
    if category in ('Mn', 'Me'):
        return COMBINING
    # Hangul vowels and final consonants join the syllable before them.
    if 0x1161 <= code <= 0x11ff or 0xd7b0 <= code <= 0xd7fb:
        return COMBINING
    if unicodedata.east_asian_width(char) in 'WF':
        return WIDE
    return NARROW


starts, last = [], None
for code in range(0x110000):
    if kind(code) != last:
        last = kind(code)
        starts.append(code << 2 | last)

print(f'''/* What a character is to a terminal, Unicode {unicodedata.unidata_version}; made by unicode.py. */
/* SPDX-License-Identifier: MIT */
#include "unicode.h"

#include <stddef.h>

/* Where each run of one kind begins: code point << 2 | kind. */
static const uint32_t runs[] = {{''')
PER_LINE = 8
for i in range(0, len(starts), PER_LINE):
    line = ', '.join(f'{value:#x}' for value in starts[i:i + PER_LINE])
    print('\t' + line + (',' if i + PER_LINE < len(starts) else ''))
print('''};

enum unicode_kind
unicode_kind(uint32_t code)
{
	size_t low = 0, high = sizeof(runs) / sizeof(runs[0]);

	/* Nearly all text is this. */
	if (code >= 0x20 && code < 0x7f)
		return UNICODE_NARROW;
	if (code > 0x10ffff)
		return UNICODE_HIDDEN;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (runs[middle] >> 2 <= code)
			low = middle;
		else
			high = middle;
	}
	return (enum unicode_kind)(runs[low] & 3);
}''')
