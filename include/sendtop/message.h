/* One message (RFC 5322): its fields, its body, and what DKIM signs of it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MESSAGE_H
#define SENDTOP_MESSAGE_H

#include "sendtop/mem.h"

enum { MESSAGE_MOST = 64 << 20 };

/* One header field as it stands in the message; borrowed. */
struct message_field {
	const char *name; /* without the colon and blanks before it */
	size_t name_len;
	const char *value; /* behind the colon, folded, without the last CRLF */
	size_t len;
	const char *raw; /* all of it, with the last CRLF */
	size_t raw_len;
};

/* Made by message_parse; points into its copy of the octets, which lives in
 * the arena. */
struct message {
	const char *data;
	size_t len;
	struct message_field *fields;
	size_t field_count;
	size_t header_len; /* of all fields */
	const char *body;
	size_t body_len;
	/* What is wrong with the lines as such. */
	size_t bad_line; /* number of the first header line that is no field;
			    0: none */
	size_t bare_cr, bare_lf, nul; /* how many */
	size_t longest, longest_at;   /* line without its end; its number */
};

/*
 * Reads a message of at most MESSAGE_MOST octets.  A file whose lines all end
 * with LF alone was saved on Unix: its lines get the CRLF that went over the
 * wire.  An mbox "From " line at its start is left out.  STATUS_PARSE: there is
 * not one header field.
 */
enum status message_parse(const void *data, size_t len, struct arena *arena,
    struct message *out, struct error *err) MUST_CHECK;

/* The nth field of that name (0: the first), any case; or NULL. */
const struct message_field *message_field(
    const struct message *message, const char *name, size_t nth);
size_t message_field_count(const struct message *message, const char *name);
/* A field's value unfolded and trimmed, octets as they are, in the arena. */
const char *message_value(
    const struct message_field *field, struct arena *arena);

/* --- addresses (RFC 5322 3.4) ------------------------------------------------- */

struct mailbox {
	const char *display; /* decoded of its quotes; "" when there is none */
	const char *local, *domain;
};
/* The mailboxes of an address list, groups opened, comments left out; from the
 * arena.  False: the list breaks the grammar (*out holds what came before). */
bool mailboxes_parse(const char *value, struct arena *arena,
    struct mailbox **out, size_t *count);

/* A date of RFC 5322 3.3 in UTC seconds, obsolete zones included. */
bool message_date_parse(const char *value, int64_t *out);

/* --- what DKIM signs (RFC 6376 3.4, 3.7) --------------------------------------- */

enum dkim_form { DKIM_SIMPLE, DKIM_RELAXED };

/* Appends the body in its canonical form; length < 0: all of it, else only so
 * many octets of that form (l=).  Returns how many octets the form has. */
size_t dkim_body(const struct message *message, enum dkim_form form,
    int64_t length, struct buf *out);

/* Appends the header's part: the fields that the colon-separated list h names,
 * the last of a name first, and then the signature field itself with its b=
 * emptied. */
void dkim_header(const struct message *message, enum dkim_form form,
    const char *h, size_t h_len, const struct message_field *signature,
    struct buf *out);

#endif
