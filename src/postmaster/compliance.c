/* complianceStatus: Google's own verdicts as findings. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "json_read.h"
#include "parse.h"
#include "sendtop/text.h"

enum { ROWS_MAX = 64, WORD_SIZE = 80 };

/* Google's requirement -> sendtop's check. */
static const struct {
	const char *requirement, *check;
} names[] = {
	{ "SPF", "google.spf" },
	{ "DKIM", "google.dkim" },
	{ "SPF_AND_DKIM", "google.spf_and_dkim" },
	{ "DMARC_POLICY", "google.dmarc_policy" },
	{ "DMARC_ALIGNMENT", "google.dmarc_alignment" },
	{ "MESSAGE_FORMATTING", "google.message_formatting" },
	{ "DNS_RECORDS", "google.dns_records" },
	{ "ENCRYPTION", "google.encryption" },
	{ "USER_REPORTED_SPAM_RATE", "google.user_reported_spam_rate" },
	{ "ONE_CLICK_UNSUBSCRIBE", "google.one_click_unsubscribe" },
	{ "HONOR_UNSUBSCRIBE", "google.honor_unsubscribe" },
};

static const struct {
	const char *state;
	enum verdict verdict;
	const char *reason;
} states[] = {
	{ "COMPLIANT", VERDICT_PASS, "compliant" },
	{ "NEEDS_WORK", VERDICT_FAIL, "needs_work" },
	{ "STATE_UNSPECIFIED", VERDICT_UNKNOWN, "unspecified" },
	{ "", VERDICT_UNKNOWN, "unspecified" },
};

struct rows {
	struct arena *arena;
	const char *subject;
	struct finding *items;
	size_t count;
};

static bool
known(const struct rows *rows, const char *check)
{
	size_t i;

	for (i = 0; i < rows->count; i++)
		if (strcmp(rows->items[i].check, check) == 0 &&
		    strcmp(rows->items[i].subject, rows->subject) == 0)
			return true;
	return false;
}

/* Words that this version does not know are kept as they came.  Of two rows
 * with one name the first counts. */
static void
add(struct rows *rows, const char *check, const char *state, const char *reason)
{
	struct finding *f;
	size_t i;

	if (rows->count == ROWS_MAX || known(rows, check))
		return;
	f = &rows->items[rows->count++];
	f->check = check;
	f->subject = rows->subject;
	f->verdict = VERDICT_UNKNOWN;
	f->cure = "";
	f->record = "";
	f->detail = text_printable_arena(
	    rows->arena, reason, strlen(reason), WORD_SIZE);
	f->reason = text_printable_arena(
	    rows->arena, state, strlen(state), WORD_SIZE);
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].state, state) == 0) {
			f->verdict = states[i].verdict;
			f->reason = states[i].reason;
		}
}

static const char *
check_of(const char *requirement, struct arena *arena)
{
	char name[WORD_SIZE];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].requirement, requirement) == 0)
			return names[i].check;
	text_printable(name, sizeof(name), requirement, strlen(requirement));
	text_lower(name);
	return arena_printf(arena, "google.%s", name);
}

/* The verdicts that come with a reason; Google has one as "state". */
static const struct {
	const char *key, *state_key, *check;
} verdicts[] = {
	{ "oneClickUnsubscribeVerdict", "status",
	    "google.one_click_unsubscribe" },
	{ "honorUnsubscribeVerdict", "status", "google.honor_unsubscribe" },
	{ "deliverabilityStatusVerdict", "state", "google.deliverability" },
};

static bool
add_verdicts(struct rows *rows, const json_t *data)
{
	const json_t *verdict, *status;
	size_t i;

	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (!json_read_member(
			data, verdicts[i].key, JSON_OBJECT, &verdict) ||
		    !json_read_member(
			verdict, verdicts[i].state_key, JSON_OBJECT, &status))
			return false;
		if (verdict != NULL)
			add(rows, verdicts[i].check,
			    json_read_text(status, "status"),
			    json_read_text(verdict, "reason"));
	}
	return true;
}

/* Verdicts come first: they say more than the row of the same name. */
static bool
add_block(struct rows *rows, const json_t *data, const char *subject)
{
	const json_t *list, *row, *status;
	const char *requirement;
	size_t i;

	rows->subject = subject;
	if (!add_verdicts(rows, data) ||
	    !json_read_member(data, "rowData", JSON_ARRAY, &list))
		return false;
	for (i = 0; i < json_array_size(list); i++) {
		row = json_array_get(list, i);
		if (!json_is_object(row) ||
		    !json_read_member(row, "status", JSON_OBJECT, &status))
			return false;
		requirement = json_read_text(row, "requirement");
		if (requirement[0] != '\0')
			add(rows, check_of(requirement, rows->arena),
			    json_read_text(status, "status"), "");
	}
	return true;
}

/* complianceData speaks of the registrable domain, even when a subdomain was
 * asked for: then it is "organizational". */
static bool
read_blocks(struct rows *rows, const json_t *root, const char *domain)
{
	const json_t *data, *sub;
	const char *of;

	if (!json_read_member(root, "complianceData", JSON_OBJECT, &data) ||
	    !json_read_member(
		root, "subdomainComplianceData", JSON_OBJECT, &sub))
		return false;
	of = json_read_text(data, "domainId");
	if (sub == NULL && (of[0] == '\0' || text_equal_nocase(of, domain)))
		return add_block(rows, data, arena_dup(rows->arena, domain));
	return add_block(rows, data, "organizational") &&
	    (sub == NULL ||
		add_block(rows, sub, arena_dup(rows->arena, domain)));
}

enum status
parse_compliance(const char *body, size_t len, const char *domain,
    struct arena *arena, struct finding **out, size_t *count, struct error *err)
{
	struct rows rows = { .arena = arena };
	enum status status;
	json_t *root;

	*out = NULL;
	*count = 0;
	status = json_read_object(
	    body, len, "Postmaster's compliance answer", &root, err);
	if (status != STATUS_OK)
		return status;
	rows.items = arena_alloc(arena, ROWS_MAX * sizeof(*rows.items));
	if (read_blocks(&rows, root, domain)) {
		*out = rows.items;
		*count = rows.count;
	} else {
		status = error_set(err, STATUS_PARSE,
		    "Postmaster's compliance answer has a value of a type "
		    "that its documentation excludes");
	}
	json_decref(root);
	return status;
}
