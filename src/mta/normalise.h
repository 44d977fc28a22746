/* A reply made plain: one line of words, and the codes it had. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_NORMALISE_H
#define SENDTOP_MTA_NORMALISE_H

#include <stddef.h>

enum {
	GIST_SIZE = 4096, /* more of a reply than that is not looked at */
	GIST_ENHANCED = 12,
};

/*
 * line: lower case, one line, single spaces, without its codes; what was
 * encoded for a log is decoded.  words: of the line only what tells meanings
 * apart, letters, digits and =, one space between two words; apostrophes are
 * gone ("doesnt"), and e-mail, email and mail are one word.  Both are ASCII
 * and end in NUL.
 */
struct gist {
	char line[GIST_SIZE];
	size_t line_len;
	char words[GIST_SIZE];
	size_t words_len;
	/* Where in the line the receiver's own words begin: behind the first
	 * code, else 0. */
	size_t said;
	int reply;                    /* 421; 0: none was found */
	char enhanced[GIST_ENHANCED]; /* "4.7.28" or "" */
};

/* text: as an MTA logged it; hostile. */
void normalise(const char *text, size_t len, struct gist *out);

#endif
