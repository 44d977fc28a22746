/* DKIM key records of anybody's, one a line, through the check. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "fuzz_records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_record records[FUZZ_RECORDS];
	const struct subject subject = {
		.domain = "example.com",
		.selector = "s",
	};
	struct facts *facts = facts_new();

	facts_put_dns(facts, "s._domainkey.example.com", DNS_TXT,
	    dns_answer_make(records, fuzz_records(data, size, records), 60));
	fuzz_run(&check_dkim, facts, &subject);
	facts_free(facts);
	return 0;
}
