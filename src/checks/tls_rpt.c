/* tls_rpt: who is told when TLS to the domain fails (RFC 8460). */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checks/fields.h"
#include "checks/list.h"
#include "checks/record.h"
#include "checks/web.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

#define VERSION "v=TLSRPTv1"

enum { URI_MAX = HTTPS_URL_SIZE };

static bool
is_record(const struct dns_record *record)
{
	return fields_is_record(record, VERSION);
}

/* mailto:LOCAL@DOMAIN, perhaps with ?...; its characters are those of a URI
 * already (RFC 6068). */
static bool
is_mailto(const char *uri)
{
	char address[URI_MAX], host[ORG_NAME_SIZE], *at;

	if (!text_starts_nocase(uri, "mailto:"))
		return false;
	memcpy(address, uri, strlen(uri) + 1);
	address[strcspn(address, "?")] = '\0';
	at = strrchr(address, '@');
	return at != NULL && at > address + sizeof("mailto:") - 1 &&
	    org_ascii(at + 1, host);
}

/* Whether one URI of rua= is one that reports can go to; "!" must be encoded
 * (RFC 8460 3), and so must the comma and semicolon, which cut it before. */
static bool
is_destination(const char *s, size_t len)
{
	char uri[URI_MAX], host[ORG_NAME_SIZE];

	if (len == 0 || len >= sizeof(uri))
		return false;
	memcpy(uri, s, len);
	uri[len] = '\0';
	if (strpbrk(uri, " \t!") != NULL)
		return false;
	return is_mailto(uri) || web_host(uri, host);
}

static void
trim(const char **s, size_t *len)
{
	while (*len > 0 && (**s == ' ' || **s == '\t')) {
		(*s)++;
		(*len)--;
	}
	while (*len > 0 && ((*s)[*len - 1] == ' ' || (*s)[*len - 1] == '\t'))
		(*len)--;
}

/* The first destination that is none, quoted, or NULL. */
static const char *
bad_destination(const struct field *rua, struct arena *arena)
{
	const char *s = rua->value, *end = s + rua->len, *stop, *part;
	size_t len;

	do {
		stop = s < end ? memchr(s, ',', (size_t)(end - s)) : NULL;
		part = s;
		len = (size_t)((stop != NULL ? stop : end) - s);
		trim(&part, &len);
		if (!is_destination(part, len))
			return record_quote(arena, part, len);
		s = stop != NULL ? stop + 1 : NULL;
	} while (s != NULL);
	return NULL;
}

/* Why nobody is told, or NULL. */
static const char *
problem_of(const struct fields *fields, struct arena *arena)
{
	const struct field *rua = fields_find(fields, "rua");
	const char *bad;

	if (fields->records > 1)
		return "several records, of which senders take none";
	if (fields->records == 0)
		return "a record must begin with \"" VERSION ";\"";
	if (fields->problem != NULL)
		return fields->problem;
	if (rua == NULL)
		return "there is no rua=";
	bad = bad_destination(rua, arena);
	return bad == NULL ? NULL
			   : arena_printf(arena,
				 "rua= has \"%s\", which is neither mailto: "
				 "nor https:",
				 bad);
}

/* Adds a destination that is one, or would be with "mailto:" before it. */
static const char *
destination_add(
    struct arena *arena, const char *list, const char *s, size_t len)
{
	char uri[URI_MAX];
	const char *scheme = "";

	trim(&s, &len);
	if (!is_destination(s, len)) {
		scheme = "mailto:";
		snprintf(uri, sizeof(uri), "%s%.*s", scheme, (int)len, s);
		if (memchr(s, ':', len) != NULL ||
		    len + strlen(scheme) >= sizeof(uri) ||
		    !is_destination(uri, strlen(uri)))
			return list;
	}
	return arena_printf(arena, "%s%s%s%.*s", list,
	    list[0] != '\0' ? "," : "", scheme, (int)len, s);
}

/* Adds what stands behind "rua=" in a record, however broken it is. */
static const char *
destinations_add(
    struct arena *arena, const char *list, const struct dns_record *record)
{
	const char *s = record_bare(arena, record);
	size_t len;

	while (*s != '\0' && !text_starts_nocase(s, "rua="))
		s++;
	if (*s == '\0')
		return list;
	for (s += strlen("rua=");; s += len + 1) {
		len = strcspn(s, ",;");
		list = destination_add(arena, list, s, len);
		if (s[len] != ',')
			return list;
	}
}

/* One good record with all destinations that there are, or a first one. */
static const char *
mended(const struct findings *out, const struct fields *fields,
    const struct dns_answer *txt)
{
	const char *list = "";
	size_t i;

	if (fields->records == 0)
		list = destinations_add(out->arena, list, fields->meant);
	for (i = 0; i < txt->count; i++)
		if (is_record(&txt->records[i]))
			list = destinations_add(
			    out->arena, list, &txt->records[i]);
	if (list[0] == '\0')
		list = arena_printf(
		    out->arena, "mailto:tlsrpt@%s", out->subject->domain);
	return arena_printf(out->arena, VERSION "; rua=%s", list);
}

static void
report_problem(struct findings *out, const struct fields *fields,
    const struct dns_answer *txt, const char *owner, const char *problem)
{
	const struct dns_record *record = fields->record != NULL
	    ? fields->record
	    : fields->meant;

	finding(out, VERDICT_FAIL, "syntax", "%s: %s", problem,
	    record_quote(out->arena, record->data, record->len));
	finding_cure(out, "%s%s",
	    record_cure(out->arena, txt, owner, mended(out, fields, txt),
		fields->records > 1 ? NULL : record),
	    fields->records > 1 ? " ; as the only one there" : "");
}

static void
report(struct findings *out, const struct fields *fields,
    const struct dns_answer *txt, const char *owner)
{
	const char *problem = problem_of(fields, out->arena);
	const struct field *rua;

	if (problem != NULL) {
		report_problem(out, fields, txt, owner, problem);
		return;
	}
	rua = fields_find(fields, "rua");
	finding(out, VERDICT_PASS, "ok", "to %s",
	    record_quote(out->arena, rua->value, rua->len));
}

static enum check_state
report_missing(
    struct findings *out, const struct dns_answer *txt, const char *owner)
{
	finding(out, VERDICT_NOTE, "missing",
	    "no record at %s: nobody is told when TLS to the domain fails",
	    owner);
	finding_cure(out, "%s",
	    record_cure(out->arena, txt, owner,
		arena_printf(out->arena, VERSION "; rua=mailto:tlsrpt@%s",
		    out->subject->domain),
		NULL));
	return CHECK_DONE;
}

static enum check_state
tls_rpt_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	char owner[DNS_NAME_SIZE];
	const struct dns_answer *txt;
	struct fields fields;

	record_name(owner, "_smtp._tls.%s", subject->domain);
	txt = facts_dns(facts, owner, DNS_TXT);
	if (txt == NULL)
		return CHECK_WAITING;
	if (txt->outcome != DNS_OK && txt->outcome != DNS_NONE)
		return finding_unknown(out, txt->outcome, owner);
	fields_read(txt, VERSION, "tlsrptv1", &fields);
	if (fields.records == 0 && fields.meant == NULL)
		return report_missing(out, txt, owner);
	report(out, &fields, txt, owner);
	if (fields.records == 0)
		finding_record(out, "%s",
		    record_text(
			out->arena, fields.meant->data, fields.meant->len));
	else
		finding_record(out, "%s",
		    record_texts(out->arena, txt, is_record, RECORD_BETWEEN));
	return CHECK_DONE;
}

const struct check check_tls_rpt = {
	.name = "tls_rpt",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 3600,
	.run = tls_rpt_run,
};
