/* Metrics: the numbers Google, and the own log, give a domain each UTC day. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_METRIC_H
#define SENDTOP_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stored as these numbers: never renumber, add at the end. */
enum metric {
	METRIC_SPAM_RATE = 0,
	METRIC_AUTH_SPF,
	METRIC_AUTH_DKIM,
	METRIC_AUTH_DMARC,
	METRIC_TLS_INBOUND,  /* you -> Gmail */
	METRIC_TLS_OUTBOUND, /* Gmail -> you */
	METRIC_TLS_INBOUND_COUNT,
	METRIC_TLS_OUTBOUND_COUNT,
	METRIC_REJECT_RATE, /* all reasons together */
	METRIC_REJECT_COUNT,
	METRIC_TEMP_FAIL_RATE,
	METRIC_TEMP_FAIL_COUNT,
	METRIC_REJECT_BAD_ATTACHMENT_RATE,
	METRIC_REJECT_BAD_ATTACHMENT_COUNT,
	METRIC_REJECT_PTR_RATE,
	METRIC_REJECT_PTR_COUNT,
	METRIC_REJECT_RBL_RATE,
	METRIC_REJECT_RBL_COUNT,
	METRIC_REJECT_LOW_DOMAIN_RATE,
	METRIC_REJECT_LOW_DOMAIN_COUNT,
	METRIC_REJECT_LOW_IP_RATE,
	METRIC_REJECT_LOW_IP_COUNT,
	METRIC_REJECT_SPAMMY_RATE,
	METRIC_REJECT_SPAMMY_COUNT,
	METRIC_REJECT_POLICY_RATE, /* stamp_policy_error */
	METRIC_REJECT_POLICY_COUNT,
	METRIC_REJECT_OTHER_RATE,
	METRIC_REJECT_OTHER_COUNT,
	METRIC_TEMP_FAIL_ANOMALOUS_RATE,
	METRIC_TEMP_FAIL_ANOMALOUS_COUNT,
	METRIC_TEMP_FAIL_OTHER_RATE,
	METRIC_TEMP_FAIL_OTHER_COUNT,
	METRIC_GOOGLE, /* how many are Google's; the own log's follow */
	/* Attempts of the day to Gmail, by their end. */
	METRIC_LOG_DELIVERED = METRIC_GOOGLE,
	METRIC_LOG_DEFERRED,
	METRIC_LOG_BOUNCED,
	METRIC_LOG_PEAK_MINUTE, /* most messages in one minute */
	METRIC_COUNT,
};

enum metric_unit {
	UNIT_RATIO, /* 0..1 */
	UNIT_MESSAGES,
};

struct metric_row {
	const char *name;  /* spam_rate, auth_spf, ... (JSON, --help) */
	const char *label; /* for people */
	enum metric_unit unit;
	const char *standard; /* Google's standardMetric; NULL: the log's */
	const char *filter;   /* Google's filter text, or NULL */
	bool higher_is_better;
};

/* Borrowed; metric must be below METRIC_COUNT. */
const struct metric_row *metric_row(enum metric metric);
/* METRIC_COUNT when there is no such name. */
enum metric metric_find(const char *name);

/* What is known of a number on a day; the five states are never mixed. */
enum data_state {
	DATA_VALUE,    /* a number, a real 0 included */
	DATA_WITHHELD, /* Google has no number: too little mail */
	DATA_PENDING,  /* younger than the newest day Google published */
	DATA_DENIED,   /* no permission, or unverified */
	DATA_ERROR,    /* it could not be asked */
};

/* value, withheld, ...; and a sentence for people. */
const char *data_state_name(enum data_state state);
const char *data_state_words(enum data_state state);

#endif
