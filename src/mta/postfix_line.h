/* One line of Postfix's log, or of a signer beside it, taken apart. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_POSTFIX_LINE_H
#define MTA_POSTFIX_LINE_H

#include "newlines.h"
#include "octets.h"
#include "reader.h"

enum postfix_kind {
	POSTFIX_OTHER,    /* nothing of ours */
	POSTFIX_SENDER,   /* qmgr: "ID: from=<...>, size=..." */
	POSTFIX_SESSION,  /* "Trusted TLS connection established to ..." */
	POSTFIX_DELIVERY, /* smtp, lmtp: "ID: to=<...>, relay=..." */
	POSTFIX_SIGNER,   /* of another program */
	POSTFIX_BROKEN,   /* a delivery that breaks off */
	POSTFIX_FORGED,   /* a delivery that holds another */
};

/* Octets of a line; at 0: the line does not tell. */
struct cut {
	uint16_t at, len;
};

/* Small, since many go from one thread to the other. */
struct postfix_line {
	/* Of POSTFIX_SIGNER: of what it says of a message; of what has none 0. */
	uint64_t id_hash;
	uint64_t relay_hash;
	uint32_t pid;
	uint32_t line; /* where it begins, for the caller */
	/* Which form of the memory the frame has, 0: none; of two in a row of
	 * one form the minute is the same. */
	uint16_t form;
	uint8_t second;
	uint8_t kind;     /* enum postfix_kind */
	uint8_t end;      /* enum delivery_end */
	uint8_t tls;      /* enum delivery_tls, as tls= tells it */
	bool reused;      /* the connection served another message before */
	struct cut stamp; /* may be at 0 */
	/* Of POSTFIX_SIGNER and what is broken. */
	struct cut tag, text;
	struct cut id;
	/* The sender's address; of deliveries the recipient's domain. */
	struct cut address;
	struct cut host, ip, reply;
};

static inline struct span
postfix_span(const char *line, struct cut cut)
{
	return cut.at > 0 ? (struct span){ line + cut.at, cut.len }
			  : (struct span){ NULL, 0 };
}

/* How the frame of an earlier line was made, since nearly all are alike: its
 * octets up to the tag with the seconds of the last such line, where the stamp
 * and its fraction begin and end. */
struct frame_form {
	char head[128];
	/* Of it, as far as it goes, without the fraction's digits. */
	struct octets_masked start[2];
	struct cut cut; /* the stamp */
	size_t stamp, minute, fraction, stamp_end, tag;
	bool modern;     /* RFC 5424 */
	uint8_t second;  /* of `head` */
	uint16_t number; /* another one each time, but never 0 */
};

/* A tag that was found sound, with its bracket, and whose it is. */
struct known_tag {
	char text[48];
	struct octets_masked start; /* of it */
	bool quick;                 /* that is all of it */
	size_t len;                 /* 0: none */
	int kind;
};

/* A relay that was taken apart. */
struct known_relay {
	char text[96];
	uint64_t hash;
	uint8_t len, host_len, ip_at, ip_len; /* len 0: none */
};

/* A form for each host that logs; tags by the hash of some octets. */
struct frame_memory {
	struct frame_form forms[4];
	size_t last;
	uint16_t numbers;
	struct known_tag tags[16];
	struct known_relay relays[256]; /* in sets of a few */
	size_t turn;
	uint64_t said[256]; /* by signers, each with the form's number */
};

/* What signers say of a message is mostly what they said of others: whether
 * they did in this minute. */
static inline bool
postfix_is_said(struct frame_memory *memory, const struct postfix_line *line)
{
	uint64_t *said = &memory->said[line->id_hash % 256];
	uint64_t now = line->id_hash ^ line->form;
	bool before = *said == now && line->form != 0;

	*said = now;
	return before;
}

/* Takes a line apart.  What its kind does not name is not set. */
void postfix_line_read(struct frame_memory *memory, const char *line,
    size_t len, struct postfix_line *out);
/* For the next lines of a block, `most` of them: the same, but what is none of
 * ours is left out; of the others `line` is where they begin in the block.
 * Goes on from *at.  out has room for one more than `most`; *count: of what was
 * written.  Returns how many lines they were. */
size_t postfix_lines_read(struct frame_memory *memory, struct newlines *lines,
    const char **at, size_t most, struct postfix_line *out, size_t *count);
/* The same for any processor; the other one uses AVX2 where there is some. */
size_t postfix_lines_plain(struct frame_memory *memory, struct newlines *lines,
    const char **at, size_t most, struct postfix_line *out, size_t *count);
/* Whether it is certainly a line of Postfix. */
bool postfix_line_looks(const char *line, size_t len);

#endif
