/* The list of checks, in the order of the screens. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"

#include <string.h>

static const struct check *const rows[] = {
	&check_spf,
	&check_spf_sender,
	&check_dkim,
	&check_dmarc,
	&check_ptr,
	&check_helo,
	&check_mx,
	&check_smtp,
	&check_starttls,
	&check_tls_version,
	&check_certificate,
	&check_mta_sts,
	&check_tls_rpt,
	&check_dane,
	&check_bimi,
	&check_dnsbl,
	&check_dnssec,
	&check_abuse,
	&check_egress,
};

const struct check *
check_row(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? rows[i] : NULL;
}

const struct check *
check_find(const char *name)
{
	const struct check *check;
	size_t i;

	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (strcmp(check->name, name) == 0)
			return check;
	return NULL;
}
