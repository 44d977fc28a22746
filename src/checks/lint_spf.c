/* lint spf_sender: SPF of how the message was handed over (RFC 7208). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/lint.h"

static const struct {
	enum spf_result result;
	enum verdict verdict;
} verdicts[] = {
	{ SPF_PASS, VERDICT_PASS },
	{ SPF_NONE, VERDICT_FAIL },
	{ SPF_NEUTRAL, VERDICT_WARN },
	{ SPF_SOFTFAIL, VERDICT_WARN },
	{ SPF_FAIL, VERDICT_FAIL },
	{ SPF_PERMERROR, VERDICT_FAIL },
};

static enum check_state
say_result(struct lint_state *s, const struct spf_outcome *outcome)
{
	char ip[ADDRESS_TEXT_SIZE];

	address_text(s->lint->ip, ip);
	s->spf = outcome->result;
	if (outcome->result == SPF_TEMPERROR)
		return finding_unknown_on(
		    s->out, ip, outcome->dns, outcome->dns_name);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (verdicts[i].result == outcome->result)
			return finding_on(s->out, arena_dup(s->arena, ip),
			    verdicts[i].verdict,
			    spf_result_name(outcome->result), "%s%s%s",
			    s->spf_domain, outcome->problem[0] ? ": " : "",
			    outcome->problem);
	return CHECK_DONE;
}

enum check_state
lint_spf(struct lint_state *s)
{
	const struct lint *lint = s->lint;
	const char *at;
	struct spf_request request = {
		.ip = lint->ip,
		.helo = lint->helo != NULL ? lint->helo : "",
		.mail_from = lint->mail_from != NULL ? lint->mail_from : "",
		.now_s = lint->now_s,
	};
	struct spf_outcome outcome;

	if (lint->ip == NULL)
		return finding_on(s->out, LINT_WHOLE, VERDICT_SKIP, "not_told",
		    "give --ip and --mail-from to have SPF looked at");
	at = strrchr(request.mail_from, '@');
	s->spf_domain = at != NULL ? at + 1 : request.mail_from;
	if (s->spf_domain[0] == '\0')
		s->spf_domain = request.helo;
	if (spf_check_host(s->facts, &request, s->arena, &outcome) ==
	    CHECK_WAITING)
		return CHECK_WAITING;
	return say_result(s, &outcome);
}
