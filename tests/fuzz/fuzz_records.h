/* TXT records of anybody's through a check, for the fuzz targets. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_RECORDS_H
#define TESTS_FUZZ_RECORDS_H

#include <stdlib.h>
#include <string.h>

#include "sendtop/check.h"
#include "sendtop/dns.h"

enum { FUZZ_RECORDS = 8, FUZZ_ROUNDS = 20 };

/* Cuts the data at line feeds into records; returns how many there are. */
static inline size_t
fuzz_records(const uint8_t *data, size_t size, struct dns_record *records)
{
	size_t count = 0, at = 0;

	while (at <= size && count < FUZZ_RECORDS) {
		const uint8_t *end = at < size
		    ? memchr(data + at, '\n', size - at)
		    : NULL;

		records[count].data = data + at;
		records[count].len = end != NULL ? (size_t)(end - data) - at
						 : size - at;
		records[count].preference = 0;
		at += records[count++].len + 1;
	}
	return count;
}

/* A line for each finding has to be printable and of bounded length. */
static inline void
fuzz_text(const char *text, size_t max)
{
	size_t i;

	if (strlen(text) >= max)
		abort();
	for (i = 0; text[i] != '\0'; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			abort();
}

/* Runs the check; other names do not exist.  One finding comes of it. */
static inline void
fuzz_run(const struct check *check, struct facts *facts,
    const struct subject *subject)
{
	struct arena *arena = arena_new();
	const struct fact_want *wants;
	struct findings found;
	size_t count, i, rounds = 0;

	findings_init(&found, arena);
	found.check = check->name;
	found.subject = subject;
	while (check->run(facts, subject, &found) == CHECK_WAITING) {
		count = facts_wanted(facts, &wants);
		if (count == 0 || rounds++ == FUZZ_ROUNDS)
			abort();
		for (i = 0; i < count; i++)
			facts_put_dns(facts, wants[i].name, wants[i].type,
			    dns_answer_empty(DNS_NONE));
	}
	if (found.count != 1 || found.items[0].reason == NULL)
		abort();
	fuzz_text(found.items[0].detail, 1024);
	fuzz_text(found.items[0].cure, 8192 + 1);
	arena_free(arena);
}

#endif
