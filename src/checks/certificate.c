/* certificate: what an MX host shows in its TLS handshake. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/dane.h"
#include "checks/list.h"
#include "checks/remarks.h"
#include "checks/session.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	EXPIRING_DAYS = 14,
	RSA_BITS_MIN = 2048,
	AGE_SIZE = 48,
};

/* Without MTA-STS and DANE nobody refuses mail for these (RFC 7435). */
static enum verdict
warning(const struct subject *subject)
{
	return subject->certificate_counts ? VERDICT_FAIL : VERDICT_WARN;
}

/* True when the certificate does not hold now. */
static bool
remark_dates(struct remarks *remarks, const struct smtp_session *s,
    const struct subject *subject)
{
	char when[TIME_TEXT_SIZE], age[AGE_SIZE];

	if (subject->now_s < s->not_before_s) {
		remark(remarks, VERDICT_FAIL, "not_yet_valid", NULL,
		    "holds from %s on", time_text(when, s->not_before_s));
		return true;
	}
	if (subject->now_s >= s->not_after_s) {
		text_age(age, sizeof(age), subject->now_s - s->not_after_s);
		remark(remarks, VERDICT_FAIL, "expired", NULL, "since %s (%s)",
		    time_text(when, s->not_after_s), age);
		return true;
	}
	return false;
}

static void
remark_expiring(struct remarks *remarks, const struct smtp_session *s,
    const struct subject *subject)
{
	char when[TIME_TEXT_SIZE], age[AGE_SIZE];
	int64_t left = s->not_after_s - subject->now_s;

	if (left >= (int64_t)EXPIRING_DAYS * DAY_SECONDS)
		return;
	text_age(age, sizeof(age), left);
	remark(remarks, warning(subject), "expiring", NULL, "in %s, on %s", age,
	    time_text(when, s->not_after_s));
}

static void
remark_trust(struct remarks *remarks, const struct smtp_session *s,
    const struct subject *subject)
{
	if (s->trust == CERT_SELF_SIGNED)
		remark(remarks, warning(subject), "self_signed", NULL,
		    "issued by itself: %s", s->cert_subject);
	else if (s->trust == CERT_UNTRUSTED)
		remark(remarks, warning(subject), "untrusted", NULL,
		    "%s (issuer %s)", s->trust_error, s->cert_issuer);
}

static void
judge(struct remarks *remarks, const struct smtp_session *s,
    const struct subject *subject)
{
	bool dated;

	if (!s->has_cert) {
		remark(remarks, warning(subject), "untrusted", NULL,
		    "TLS without any certificate");
		return;
	}
	dated = remark_dates(remarks, s, subject);
	if (!s->name_match)
		remark(remarks, warning(subject), "name_mismatch", NULL,
		    "it names %s, not %s",
		    s->cert_names[0] != '\0' ? s->cert_names : s->cert_subject,
		    subject->host);
	/* A chain outside its dates is never trusted: that is said already. */
	if (!dated || s->trust == CERT_SELF_SIGNED)
		remark_trust(remarks, s, subject);
	if (strcmp(s->key_type, "RSA") == 0 && s->key_bits < RSA_BITS_MIN)
		remark(remarks, warning(subject), "weak_key", NULL,
		    "RSA %d bits", s->key_bits);
	if (!dated)
		remark_expiring(remarks, s, subject);
}

static void
remark_good(struct remarks *remarks, const struct smtp_session *s)
{
	char when[TIME_TEXT_SIZE];

	remark(remarks, VERDICT_PASS, "ok", NULL, "%s %d bits, until %s, by %s",
	    s->key_type, s->key_bits, time_text(when, s->not_after_s),
	    s->cert_issuer);
}

static bool
has_warning(const struct remarks *remarks)
{
	size_t i;

	for (i = 0; i < remarks->count; i++)
		if (remarks->items[i].verdict == VERDICT_WARN)
			return true;
	return false;
}

/* Doubts lose mail where TLSA records speak against the certificate too. */
static enum check_state
judge_by_dane(struct remarks *remarks, struct facts *facts,
    const struct smtp_session *s, const struct subject *subject)
{
	struct subject strict = *subject;

	if (!has_warning(remarks))
		return CHECK_DONE;
	if (dane_refuses(facts, subject, &strict.certificate_counts) ==
	    CHECK_WAITING)
		return CHECK_WAITING;
	if (strict.certificate_counts) {
		remarks->count = 0;
		judge(remarks, s, &strict);
	}
	return CHECK_DONE;
}

static enum check_state
certificate_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	const struct smtp_session *s = session_find(facts, subject);
	struct remarks remarks = { .arena = out->arena };

	if (s == NULL)
		return CHECK_WAITING;
	if (session_untold(s, out, subject->host))
		return CHECK_DONE;
	judge(&remarks, s, subject);
	if (judge_by_dane(&remarks, facts, s, subject) == CHECK_WAITING)
		return CHECK_WAITING;
	if (remarks.count == 0)
		remark_good(&remarks, s);
	return remarks_report(&remarks, out, subject->host);
}

const struct check check_certificate = {
	.name = "certificate",
	.subject = SUBJECT_MX,
	.interval_s = 6 * 3600,
	.run = certificate_run,
};
