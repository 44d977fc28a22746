/* The metrics' table: sendtop's names beside Google's. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/metric.h"

#include <string.h>

#include "sendtop/history.h"

#define REJECT "error_type = \"reject\""
#define TEMP_FAIL "error_type = \"temp_fail\""
#define REASON(type, reason) type " AND error_reason = \"" reason "\""
#define ERRORS(id, name, label, filter)                               \
	[METRIC_##id##_RATE] = { name "_rate", label, UNIT_RATIO,     \
		"DELIVERY_ERROR_RATE", filter, false },               \
	[METRIC_##id##_COUNT] = { name "_count", label " (messages)", \
		UNIT_MESSAGES, "DELIVERY_ERROR_COUNT", filter, false }
#define LOG(id, name, label, better)                                      \
	[METRIC_LOG_##id] = { "log_" name "_count", label, UNIT_MESSAGES, \
		NULL, NULL, better }

static const struct metric_row rows[METRIC_COUNT] = {
	[METRIC_SPAM_RATE] = { "spam_rate", "spam rate", UNIT_RATIO,
	    "SPAM_RATE", NULL, false },
	[METRIC_AUTH_SPF] = { "auth_spf", "SPF passed", UNIT_RATIO,
	    "AUTH_SUCCESS_RATE", "auth_type = \"spf\"", true },
	[METRIC_AUTH_DKIM] = { "auth_dkim", "DKIM passed", UNIT_RATIO,
	    "AUTH_SUCCESS_RATE", "auth_type = \"dkim\"", true },
	[METRIC_AUTH_DMARC] = { "auth_dmarc", "DMARC passed", UNIT_RATIO,
	    "AUTH_SUCCESS_RATE", "auth_type = \"dmarc\"", true },
	[METRIC_TLS_INBOUND] = { "tls_inbound", "TLS, you -> Gmail", UNIT_RATIO,
	    "TLS_ENCRYPTION_RATE", "traffic_direction = \"inbound\"", true },
	[METRIC_TLS_OUTBOUND] = { "tls_outbound", "TLS, Gmail -> you",
	    UNIT_RATIO, "TLS_ENCRYPTION_RATE",
	    "traffic_direction = \"outbound\"", true },
	[METRIC_TLS_INBOUND_COUNT] = { "tls_inbound_count",
	    "messages over TLS, you -> Gmail", UNIT_MESSAGES,
	    "TLS_ENCRYPTION_MESSAGE_COUNT", "traffic_direction = \"inbound\"",
	    true },
	[METRIC_TLS_OUTBOUND_COUNT] = { "tls_outbound_count",
	    "messages over TLS, Gmail -> you", UNIT_MESSAGES,
	    "TLS_ENCRYPTION_MESSAGE_COUNT", "traffic_direction = \"outbound\"",
	    true },
	ERRORS(REJECT, "reject", "rejected", REJECT),
	ERRORS(TEMP_FAIL, "temp_fail", "deferred", TEMP_FAIL),
	ERRORS(REJECT_BAD_ATTACHMENT, "reject_bad_attachment",
	    "rejected: attachment", REASON(REJECT, "bad_attachment")),
	ERRORS(REJECT_PTR, "reject_bad_or_missing_ptr_record", "rejected: PTR",
	    REASON(REJECT, "bad_or_missing_ptr_record")),
	ERRORS(REJECT_RBL, "reject_ip_in_rbls", "rejected: IP on a blocklist",
	    REASON(REJECT, "ip_in_rbls")),
	ERRORS(REJECT_LOW_DOMAIN, "reject_low_domain_reputation",
	    "rejected: low domain reputation",
	    REASON(REJECT, "low_domain_reputation")),
	ERRORS(REJECT_LOW_IP, "reject_low_ip_reputation",
	    "rejected: low IP reputation", REASON(REJECT, "low_ip_reputation")),
	ERRORS(REJECT_SPAMMY, "reject_spammy_content",
	    "rejected: spammy content", REASON(REJECT, "spammy_content")),
	ERRORS(REJECT_POLICY, "reject_stamp_policy_error",
	    "rejected: the domain's own policy",
	    REASON(REJECT, "stamp_policy_error")),
	ERRORS(REJECT_OTHER, "reject_other", "rejected: other",
	    REASON(REJECT, "other")),
	ERRORS(TEMP_FAIL_ANOMALOUS, "temp_fail_anomalous_traffic_pattern",
	    "deferred: unusual traffic",
	    REASON(TEMP_FAIL, "anomalous_traffic_pattern")),
	ERRORS(TEMP_FAIL_OTHER, "temp_fail_other", "deferred: other",
	    REASON(TEMP_FAIL, "other")),
	LOG(DELIVERED, "delivered", "delivered to Gmail (own log)", true),
	LOG(DEFERRED, "deferred", "deferred by Gmail (own log)", false),
	LOG(BOUNCED, "bounced", "bounced by Gmail (own log)", false),
	LOG(PEAK_MINUTE, "peak_minute",
	    "most messages to Gmail in a minute (own log)", false),
};

const struct metric_row *
metric_row(enum metric metric)
{
	return &rows[metric];
}

enum metric
metric_find(const char *name)
{
	int m;

	for (m = 0; m < METRIC_COUNT; m++)
		if (strcmp(rows[m].name, name) == 0)
			break;
	return (enum metric)m;
}

static const struct {
	const char *name, *words;
} states[] = {
	[DATA_VALUE] = { "value", "a number" },
	[DATA_WITHHELD] = { "withheld",
	    "Google gives no number for that day: too little mail" },
	[DATA_PENDING] = { "pending", "Google has not published that day yet" },
	[DATA_DENIED] = { "denied",
	    "no permission for this domain in Postmaster Tools" },
	[DATA_ERROR] = { "error", "Postmaster could not be asked" },
};

const char *
data_state_name(enum data_state state)
{
	return states[state].name;
}

const char *
data_state_words(enum data_state state)
{
	return states[state].words;
}

const char *
poll_state_name(enum poll_state state)
{
	static const char *const names[] = {
		[POLL_NEVER] = "never",
		[POLL_OK] = "ok",
		[POLL_DENIED] = "denied",
		[POLL_UNVERIFIED] = "unverified",
		[POLL_ABSENT] = "absent",
		[POLL_ERROR] = "error",
	};

	return names[state];
}
