/* Any octets as SMTP replies: found or refused, and only ever printable. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/smtp_reply.h"
#include "sendtop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool ok)
{
	if (!ok)
		abort();
}

/* What is printable stays as it is when it is made printable again, but for
 * the backslashes, which stay too. */
static void
demand_printable(const char *text, size_t size)
{
	char again[2 * SMTP_EHLO_SIZE];

	demand(strlen(text) < size);
	text_printable(again, sizeof(again), text, strlen(text));
	demand(strcmp(text, again) == 0);
}

static void
demand_texts(const char *data, const struct smtp_reply *reply)
{
	char text[SMTP_TEXT_SIZE], list[SMTP_EHLO_SIZE];
	bool starttls;

	smtp_reply_text(data, reply, 1, text);
	demand_printable(text, sizeof(text));
	smtp_reply_text(data, reply, SMTP_LINES_MAX, text);
	demand_printable(text, sizeof(text));
	demand(atol(text) == reply->code);
	starttls = smtp_reply_extensions(data, reply, list);
	demand_printable(list, sizeof(list));
	demand(!starttls || reply->lines > 1);
}

/* Whether an answer stays the same as more octets come in. */
static void
demand_steady(
    const char *data, size_t len, int found, const struct smtp_reply *reply)
{
	struct smtp_reply part;
	size_t cut;

	for (cut = 0; cut < len && cut < 512; cut++) {
		int early = smtp_reply_parse(data, cut, &part);

		if (early == 1)
			demand(found == 1 && part.octets == reply->octets);
		else if (early == -1)
			demand(found == -1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Its own block, so that a read past its end is seen. */
	char *copy = malloc(size > 0 ? size : 1);
	struct smtp_reply reply;
	size_t at = 0;
	int found;

	demand(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	do {
		found = smtp_reply_parse(copy + at, size - at, &reply);
		demand_steady(copy + at, size - at, found, &reply);
		if (found != 1)
			continue;
		demand(reply.octets > 0 && reply.octets <= size - at);
		demand(reply.code >= 200 && reply.code <= 599);
		demand(reply.lines > 0 && reply.lines <= SMTP_LINES_MAX);
		demand_texts(copy + at, &reply);
		at += reply.octets;
	} while (found == 1);
	if (found == 0)
		demand(size - at <= SMTP_REPLY_MAX);
	free(copy);
	return 0;
}
