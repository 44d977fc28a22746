/* Every check there is, in one place for the list. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_LIST_H
#define CHECKS_LIST_H

#include "sendtop/check.h"

extern const struct check check_spf;
extern const struct check check_spf_sender;
extern const struct check check_dkim;
extern const struct check check_dmarc;
extern const struct check check_ptr;
extern const struct check check_helo;
extern const struct check check_mx;
extern const struct check check_smtp;
extern const struct check check_starttls;
extern const struct check check_tls_version;
extern const struct check check_certificate;
extern const struct check check_mta_sts;
extern const struct check check_tls_rpt;
extern const struct check check_bimi;
extern const struct check check_dane;
extern const struct check check_dnsbl;
extern const struct check check_dnssec;
extern const struct check check_egress;
extern const struct check check_abuse;

#endif
