/* Fuzzes the DNS decoder: what it gives must be whole and printable. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum dns_type types[] = { DNS_A, DNS_NS, DNS_CNAME, DNS_SOA,
	DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_TLSA, (enum dns_type)257 };

static void
require(int truth)
{
	if (!truth)
		abort();
}

static int
holds_names(enum dns_type type)
{
	return type == DNS_NS || type == DNS_CNAME || type == DNS_SOA ||
	    type == DNS_PTR || type == DNS_MX;
}

static void
check_record(const struct dns_record *r, enum dns_type type)
{
	const char *text = (const char *)r->data;
	size_t i;

	require(r->data[r->len] == '\0');
	require(type != DNS_A || r->len == 4);
	require(type != DNS_AAAA || r->len == 16);
	if (!holds_names(type))
		return;
	require(r->len < DNS_NAME_SIZE && strlen(text) == r->len);
	require(r->len == 0 || dns_name_ok(text));
	for (i = 0; i < r->len; i++)
		require(text[i] > ' ' && text[i] < 0x7f);
}

/* One octet chooses the type, a NUL ends the name, the rest is the packet. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *packet;
	struct dns_answer *answer;
	enum dns_type type;
	size_t i;

	if (size < 2)
		return 0;
	type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	packet = memchr(data + 1, '\0', size - 1);
	if (packet == NULL)
		return 0;
	packet++;
	answer = dns_decode(packet, size - (size_t)(packet - data),
	    (const char *)data + 1, type);
	require((answer->outcome == DNS_OK) == (answer->count > 0));
	require(answer->count <= DNS_RECORDS_MAX);
	for (i = 0; i < answer->count; i++)
		check_record(&answer->records[i], type);
	free(answer);
	return 0;
}
