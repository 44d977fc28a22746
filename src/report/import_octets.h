/* Records out of octets, for the reader of exports. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_IMPORT_OCTETS_H
#define SENDTOP_REPORT_IMPORT_OCTETS_H

#include "sendtop/mem.h"

enum { IMPORT_CELLS = 128, IMPORT_RECORD_MOST = 256 * 1024 };

/* What a look at octets came to. */
enum import_got {
	GOT_RECORD,
	GOT_PART, /* more octets are needed */
	GOT_BAD,
};

struct import_cells {
	char *out; /* room for the octets looked at and a NUL for each cell */
	size_t count;
	const char *cell[IMPORT_CELLS];
	size_t used; /* octets of the record, its line end included */
	bool ended;  /* by a line end, not by the end of the file */
};

/* One record of CSV (RFC 4180, its quotes strict); last: no more octets come
 * after these.  Of a bad one *why says what is wrong. */
enum import_got import_csv(const char *data, size_t len, bool last,
    struct import_cells *cells, const char **why);

/*
 * One line that is a JSON object of texts and numbers.  Each member is handed
 * to `member`, name and text NUL-terminated in `out`, which has room for len
 * octets; a null is no member.  False, with *why, when it is none.
 */
typedef bool import_member(void *arg, const char *name, const char *text,
    bool number, const char **why);
bool import_json(const char *data, size_t len, char *out, import_member *member,
    void *arg, const char **why);

/* Whether it is UTF-8 without a NUL. */
bool import_utf8(const char *data, size_t len);

#endif
