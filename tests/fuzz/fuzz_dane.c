/* Fuzzes the matching of certificates against TLSA records. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/dane.h"
#include "sendtop/dns.h"

enum { RECORDS = 4, NOW = 1795304400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Octets with their number in front, two octets of it. */
static struct dns_record
take(const uint8_t **data, size_t *size)
{
	struct dns_record record = { .data = *data };
	size_t len;

	if (*size < 2) {
		*size = 0;
		return record;
	}
	len = (size_t)(*data)[0] << 8 | (*data)[1];
	if (len > *size - 2)
		len = *size - 2;
	record.data = *data + 2;
	record.len = len;
	*data += 2 + len;
	*size -= 2 + len;
	return record;
}

/* Records, then the certificates. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_record records[RECORDS];
	char text[DANE_TEXT_SIZE];
	struct dns_answer *tlsa;
	struct dane_match match;
	size_t i, count;

	if (size == 0)
		return 0;
	count = *data % (RECORDS + 1);
	data++;
	size--;
	for (i = 0; i < count; i++) {
		records[i] = take(&data, &size);
		if (strlen(dane_text(&records[i], text)) >= sizeof(text))
			abort();
	}
	tlsa = dns_answer_make(records, count, 60);
	dane_match(tlsa, data, size, "mx.example", "example.com", NOW, &match);
	if (match.why == NULL || match.usable > count ||
	    strlen(match.record) >= sizeof(match.record) ||
	    (match.usable == 0 && match.fit == DANE_FITS))
		abort();
	dane_record(data, size, text);
	free(tlsa);
	return 0;
}
