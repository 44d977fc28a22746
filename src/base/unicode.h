/* What a character is to a terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_BASE_UNICODE_H
#define SENDTOP_BASE_UNICODE_H

#include <stdint.h>

enum unicode_kind {
	UNICODE_NARROW,    /* takes one column */
	UNICODE_WIDE,      /* takes two */
	UNICODE_COMBINING, /* takes none, joins the character before it */
	UNICODE_HIDDEN,    /* control, format, private or unassigned */
};

enum unicode_kind unicode_kind(uint32_t code);

#endif
