/* Making an HTTPS answer in one block of memory. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/https.h"

#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

enum { TYPE_SIZE = 256, WORDS_SIZE = 512 };

/* Copies len octets and a NUL to *at, which moves on. */
static const char *
put(char **at, const char *data, size_t len)
{
	char *text = *at;

	memcpy(text, data, len);
	text[len] = '\0';
	*at += len + 1;
	return text;
}

struct https_answer *
https_answer_make(const struct https_answer *from)
{
	char type[TYPE_SIZE], words[WORDS_SIZE], *at;
	bool large = from->body_len > HTTPS_BODY_MAX;
	size_t type_len = text_printable(
	    type, sizeof(type), from->content_type, strlen(from->content_type));
	size_t words_len = text_printable(
	    words, sizeof(words), from->error, strlen(from->error));
	size_t body_len = large ? 0 : from->body_len;
	struct https_answer *answer = mem_alloc(
	    sizeof(*answer) + type_len + words_len + body_len + 3);

	at = (char *)(answer + 1);
	*answer = *from;
	if (large)
		answer->outcome = HTTPS_TOO_LARGE;
	answer->body_len = body_len;
	answer->content_type = put(&at, type, type_len);
	answer->error = put(&at, words, words_len);
	answer->body = put(&at, from->body, body_len);
	return answer;
}
