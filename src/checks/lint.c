/* lint: the rules over one message, in the order of what they need. */
/* SPDX-License-Identifier: MIT */
#include "checks/lint.h"

#include <string.h>

#include "sendtop/org.h"

static const struct {
	const char *name;
	enum check_state (*run)(struct lint_state *);
} rules[] = {
	{ "format", lint_format },
	{ "signature", lint_signature },
	{ "spf_sender", lint_spf },
	{ "alignment", lint_alignment },
	{ "unsubscribe", lint_unsubscribe },
};
enum { RULES = sizeof(rules) / sizeof(rules[0]) };

const char *
lint_rule(size_t i)
{
	return i < RULES ? rules[i].name : NULL;
}

/* The domain of the one author; which of several counts nobody can say. */
static const char *
from_domain(const struct message *message, struct arena *arena)
{
	const struct message_field *from = message_field(message, "From", 0);
	char ascii[ORG_NAME_SIZE];
	struct mailbox *boxes;
	size_t count;

	if (from == NULL || message_field_count(message, "From") != 1 ||
	    !mailboxes_parse(
		message_value(from, arena), arena, &boxes, &count) ||
	    count != 1 || !org_ascii(boxes[0].domain, ascii))
		return NULL;
	return arena_dup(arena, ascii);
}

static void
hand_over(const struct lint_state *state, struct lint_result *result)
{
	struct lint_signature *all = arena_alloc(
	    state->arena, (state->signature_count + 1) * sizeof(*all));

	*result = (struct lint_result){ .from_domain = state->from_domain,
		.signatures = all };
	for (size_t i = 0; i < state->signature_count; i++)
		if (state->signatures[i].domain != NULL)
			all[result->signature_count++] =
			    (struct lint_signature){
				    state->signatures[i].domain,
				    state->signatures[i].selector,
				    state->signatures[i].verdict ==
					VERDICT_PASS,
			    };
}

enum check_state
lint_run(struct facts *facts, const struct lint *lint, struct findings *out,
    struct lint_result *result)
{
	struct lint_state *state = arena_alloc(out->arena, sizeof(*state));
	enum check_state all = CHECK_DONE;

	*state = (struct lint_state){
		.facts = facts,
		.lint = lint,
		.out = out,
		.arena = out->arena,
	};
	state->from_domain = from_domain(lint->message, out->arena);
	state->signed_state = signatures_verify(state);
	for (size_t i = 0; i < RULES; i++) {
		out->check = rules[i].name;
		if (rules[i].run(state) == CHECK_WAITING)
			all = CHECK_WAITING;
	}
	out->check = NULL;
	hand_over(state, result);
	return all;
}
