/* The record of an SMTP session as one block of memory. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/smtp.h"

/* Where the texts of a session are. */
static const size_t texts[] = {
	offsetof(struct smtp_session, phase),
	offsetof(struct smtp_session, greeting),
	offsetof(struct smtp_session, reply),
	offsetof(struct smtp_session, ehlo),
	offsetof(struct smtp_session, tls_error),
	offsetof(struct smtp_session, tls_name),
	offsetof(struct smtp_session, cipher),
	offsetof(struct smtp_session, trust_error),
	offsetof(struct smtp_session, cert_subject),
	offsetof(struct smtp_session, cert_issuer),
	offsetof(struct smtp_session, cert_names),
	offsetof(struct smtp_session, key_type),
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static const char *
text_of(const struct smtp_session *session, size_t i)
{
	const char *text;

	memcpy(&text, (const char *)session + texts[i], sizeof(text));
	return text != NULL ? text : "";
}

struct smtp_session *
smtp_session_make(const struct smtp_session *from)
{
	size_t size = sizeof(*from), i;
	struct smtp_session *session;
	char *at;

	for (i = 0; i < TEXTS; i++)
		size += strlen(text_of(from, i)) + 1;
	size += from->chain_len;
	session = mem_alloc(size);
	*session = *from;
	at = (char *)(session + 1);
	for (i = 0; i < TEXTS; i++) {
		const char *text = text_of(from, i);
		size_t octets = strlen(text) + 1;

		memcpy(at, text, octets);
		memcpy((char *)session + texts[i], &at, sizeof(at));
		at += octets;
	}
	if (from->chain_len > 0)
		memcpy(at, from->chain, from->chain_len);
	session->chain = (const uint8_t *)at;
	return session;
}
