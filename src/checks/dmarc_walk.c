/* The tree walk: a domain's policy and its organizational domain (RFC 9989). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/dmarc.h"
#include "checks/record.h"
#include "sendtop/text.h"

static size_t
label_count(const char *domain)
{
	size_t count = domain[0] != '\0' ? 1 : 0;

	for (; *domain != '\0'; domain++)
		if (*domain == '.')
			count++;
	return count;
}

static const char *
parent(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot != NULL ? dot + 1 : NULL;
}

/* The next name to ask: one label less, at once down to seven. */
static const char *
next(const char *domain)
{
	domain = parent(domain);
	while (domain != NULL && label_count(domain) >= DMARC_QUERIES_MAX)
		domain = parent(domain);
	return domain;
}

void
dmarc_owner(char out[DNS_NAME_SIZE], const char *domain)
{
	record_name(out, "_dmarc.%s", domain);
}

/* Several records at one name count as none (4.10, steps 2 and 6). */
static void
step_read(struct dmarc_step *step)
{
	const struct dns_answer *a = step->answer;
	struct dmarc_record record;
	size_t i;

	if (a->outcome != DNS_OK)
		return;
	for (i = 0; i < a->count; i++)
		if (dmarc_is_record(&a->records[i])) {
			step->records++;
			step->record = &a->records[i];
		}
	if (step->records != 1) {
		step->record = NULL;
		return;
	}
	dmarc_record_read(step->record, &record);
	step->psd = record.psd;
}

static void
steps_ask(struct facts *facts, const char *domain, struct dmarc_walk *out)
{
	char name[DNS_NAME_SIZE];

	while (domain != NULL && out->count < DMARC_QUERIES_MAX) {
		struct dmarc_step *step = &out->steps[out->count++];

		step->domain = domain;
		step->psd = 'u';
		dmarc_owner(name, domain);
		step->answer = facts_dns(facts, name, DNS_TXT);
		domain = next(domain);
	}
}

void
dmarc_walk(struct facts *facts, const char *domain, struct dmarc_walk *out)
{
	memset(out, 0, sizeof(*out));
	steps_ask(facts, domain, out);
	while (out->read < out->count) {
		struct dmarc_step *step = &out->steps[out->read];

		if (step->answer == NULL) {
			out->waiting = true;
			return;
		}
		if (step->answer->outcome != DNS_OK &&
		    step->answer->outcome != DNS_NONE &&
		    step->answer->outcome != DNS_BAD_NAME) {
			out->failed = step;
			return;
		}
		out->read++;
		step_read(step);
		if (step->psd != 'u')
			return;
	}
}

/* The domain one label below, on the way to where the walk began. */
static const char *
child(const struct dmarc_walk *walk, const char *domain)
{
	const char *start = walk->steps[0].domain;

	do
		domain--;
	while (domain > start && domain[-1] != '.');
	return domain;
}

const char *
dmarc_walk_org(const struct dmarc_walk *walk)
{
	const char *org = walk->steps[0].domain;
	size_t i;

	for (i = 0; i < walk->read; i++) {
		const struct dmarc_step *step = &walk->steps[i];

		if (step->record == NULL)
			continue;
		if (step->psd == 'n')
			return step->domain;
		if (step->psd == 'y' && i > 0)
			return child(walk, step->domain);
		org = step->domain;
	}
	return org;
}

const struct dmarc_step *
dmarc_walk_policy(const struct dmarc_walk *walk)
{
	const char *org;
	size_t i;

	if (walk->steps[0].record != NULL)
		return &walk->steps[0];
	org = dmarc_walk_org(walk);
	for (i = 0; i < walk->read; i++)
		if (walk->steps[i].record != NULL &&
		    walk->steps[i].domain == org)
			return &walk->steps[i];
	/* No record of the organizational domain: the public suffix's. */
	for (i = 0; i < walk->read; i++)
		if (walk->steps[i].record != NULL && walk->steps[i].psd == 'y')
			return &walk->steps[i];
	return NULL;
}

bool
dmarc_aligned(const struct dmarc_walk *author, const struct dmarc_walk *vouched,
    bool strict)
{
	if (text_equal_nocase(
		author->steps[0].domain, vouched->steps[0].domain))
		return true;
	return !strict &&
	    text_equal_nocase(dmarc_walk_org(author), dmarc_walk_org(vouched));
}
