/* lint alignment: who vouches for the author (RFC 9989 4.4). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/dmarc.h"
#include "checks/lint.h"
#include "sendtop/org.h"

/* --- alignment -------------------------------------------------------------------------- */

struct author {
	struct dmarc_walk walk;
	bool policy; /* there is a DMARC record */
	bool strict_dkim, strict_spf;
	const char *by; /* what is in line, or NULL */
	bool anybody;   /* somebody vouches at all */
	const struct dmarc_step *failed;
};

/* Without any DMARC record the walk knows no organization; receivers then go by
 * the public suffix list, as they did before RFC 9989. */
static bool
same_registrable(const char *a, const char *b)
{
	char one[ORG_NAME_SIZE], other[ORG_NAME_SIZE];

	return org_registrable(a, one) && org_registrable(b, other) &&
	    strcmp(one, other) == 0;
}

/* Whether the domain that is vouched for is in line: 1, 0, -1 wait. */
static int
in_line(struct lint_state *s, struct author *author, const char *domain,
    bool strict)
{
	struct dmarc_walk walk;

	dmarc_walk(s->facts, domain, &walk);
	if (walk.waiting)
		return -1;
	if (walk.failed != NULL)
		author->failed = walk.failed;
	return dmarc_aligned(&author->walk, &walk, strict) ||
	    (!author->policy && same_registrable(s->from_domain, domain));
}

static enum check_state
take(struct lint_state *s, struct author *author, const char *domain,
    bool strict, const char *how)
{
	int aligned = in_line(s, author, domain, strict);

	author->anybody = true;
	if (aligned < 0)
		return CHECK_WAITING;
	if (aligned > 0 && author->by == NULL)
		author->by = arena_printf(s->arena, "%s %s", how, domain);
	return CHECK_DONE;
}

static enum check_state
take_all(struct lint_state *s, struct author *author)
{
	enum check_state all = CHECK_DONE;

	for (size_t i = 0; i < s->signature_count; i++)
		if (s->signatures[i].verdict == VERDICT_PASS &&
		    s->signatures[i].domain != NULL &&
		    take(s, author, s->signatures[i].domain,
			author->strict_dkim, "DKIM") == CHECK_WAITING)
			all = CHECK_WAITING;
	if (s->lint->ip != NULL && s->spf == SPF_PASS) {
		char ascii[ORG_NAME_SIZE];

		if (org_ascii(s->spf_domain, ascii) &&
		    take(s, author, arena_dup(s->arena, ascii),
			author->strict_spf, "SPF") == CHECK_WAITING)
			all = CHECK_WAITING;
	}
	return all;
}

static void
read_policy(struct author *author)
{
	const struct dmarc_step *step = dmarc_walk_policy(&author->walk);
	struct dmarc_record record;

	if (step == NULL)
		return;
	author->policy = true;
	dmarc_record_read(step->record, &record);
	author->strict_dkim = record.strict_dkim;
	author->strict_spf = record.strict_spf;
}

static enum check_state
say_alignment(struct lint_state *s, const struct author *author)
{
	bool spf = s->lint->ip != NULL;
	const char *untold = spf ? "" : "; SPF is not known without --ip";

	if (author->by != NULL)
		return finding_on(s->out, s->from_domain, VERDICT_PASS,
		    "aligned", "%s vouches for it", author->by);
	if (author->failed != NULL)
		return finding_unknown_on(s->out, s->from_domain,
		    author->failed->answer->outcome, author->failed->domain);
	if (author->anybody)
		return finding_on(s->out, s->from_domain, VERDICT_FAIL,
		    "not_aligned", "what %s for is of another organization%s",
		    spf ? "SPF and DKIM vouch" : "DKIM vouches", untold);
	return finding_on(s->out, s->from_domain, VERDICT_FAIL,
	    "unauthenticated", "%s%s",
	    spf ? "neither SPF nor DKIM vouches for anybody"
		: "DKIM vouches for nobody",
	    untold);
}

enum check_state
lint_alignment(struct lint_state *s)
{
	struct author author = { .by = NULL };

	if (s->from_domain == NULL)
		return finding_on(s->out, LINT_WHOLE, VERDICT_SKIP, "no_from",
		    "there is not one author to be in line with");
	dmarc_walk(s->facts, s->from_domain, &author.walk);
	if (s->signed_state == CHECK_WAITING || author.walk.waiting)
		return CHECK_WAITING;
	author.failed = author.walk.failed;
	read_policy(&author);
	if (take_all(s, &author) == CHECK_WAITING)
		return CHECK_WAITING;
	return say_alignment(s, &author);
}
