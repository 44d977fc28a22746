/* Fuzzes journald's export form and the texts that counting cuts. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/count.h"
#include "sendtop/journal.h"
#include "sendtop/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take(void *arg, const char *line, size_t len)
{
	struct buf *out = arg;

	/* One line, with its end and no other. */
	if (len == 0 || memchr(line, '\n', len) != line + len - 1)
		abort();
	buf_add(out, line, len);
}

/* The same lines, however the octets are cut. */
static char *
lines_of(const char *state, const char *data, size_t size, size_t piece,
    char **after)
{
	struct journal *journal = journal_new(state);
	struct buf out = { 0 };

	for (size_t at = 0; at < size; at += piece)
		journal_feed(journal, data + at,
		    size - at < piece ? size - at : piece, take, &out);
	*after = journal_state(journal);
	journal_free(journal);
	return buf_take(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char *one, *many, *after, *again, *state, stem[SENDER_SIZE];

	one = lines_of("", text, size, size + 1, &after);
	many = lines_of("", text, size, 7, &again);
	if (strcmp(one, many) != 0 || strcmp(after, again) != 0)
		abort();
	free(many);
	free(again);
	/* What was read is known. */
	many = lines_of(after, text, size, 64, &again);
	if (many[0] != '\0' && strcmp(after, again) != 0)
		abort();
	free(many);
	free(again);
	free(one);
	free(after);
	/* A state may be anything at all. */
	state = mem_ndup(text, size);
	one = lines_of(state, "", 0, 1, &after);
	free(state);
	free(one);
	free(after);
	if (strlen(sender_stem(text, size, stem)) >= SENDER_SIZE)
		abort();
	reply_hash(text, size);
	return 0;
}
