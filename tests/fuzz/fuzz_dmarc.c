/* DMARC records of anybody's through the check.  A line goes to the domain or,
 * led by '^', to a name above, '?' to the permission for reports. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "fuzz_records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const owners[] = {
	"_dmarc.news.shop.example.com",
	"_dmarc.shop.example.com",
	"_dmarc.example.com",
	"_dmarc.com",
	"news.shop.example.com._report._dmarc.red.example.net",
};
enum { OWNERS = sizeof(owners) / sizeof(owners[0]) };

/* Takes the leading signs off and tells whose record it is. */
static size_t
owner_of(struct dns_record *record)
{
	size_t owner = 0;

	if (record->len > 0 && record->data[0] == '?') {
		record->data++;
		record->len--;
		return OWNERS - 1;
	}
	while (record->len > 0 && record->data[0] == '^' && owner < 3) {
		record->data++;
		record->len--;
		owner++;
	}
	return owner;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_record records[FUZZ_RECORDS], of[OWNERS][FUZZ_RECORDS];
	const struct subject subject = { .domain = "news.shop.example.com" };
	size_t counts[OWNERS] = { 0 }, count, owner, i;
	struct facts *facts = facts_new();

	count = fuzz_records(data, size, records);
	for (i = 0; i < count; i++) {
		owner = owner_of(&records[i]);
		of[owner][counts[owner]++] = records[i];
	}
	for (i = 0; i < OWNERS; i++)
		if (counts[i] > 0)
			facts_put_dns(facts, owners[i], DNS_TXT,
			    dns_answer_make(of[i], counts[i], 60));
	fuzz_run(&check_dmarc, facts, &subject);
	facts_free(facts);
	return 0;
}
