/* What a check has to say of one subject: many remarks, one verdict. */
/* SPDX-License-Identifier: MIT */
#include "checks/remarks.h"

#include <stdarg.h>
#include <string.h>

#include "sendtop/text.h"

enum { TEXT_SIZE = 512 };

void
remark(struct remarks *remarks, enum verdict verdict, const char *reason,
    const char *cure, const char *text, ...)
{
	char buffer[TEXT_SIZE], *kept;
	const char *ready;
	va_list args;

	if (remarks->count == REMARKS_MAX)
		return;
	va_start(args, text);
	if (strcmp(text, "%s") == 0) {
		ready = va_arg(args, const char *);
		kept = arena_ndup(
		    remarks->arena, ready, strnlen(ready, TEXT_SIZE - 1));
	} else {
		text_format(buffer, sizeof(buffer), text, args);
		kept = arena_dup(remarks->arena, buffer);
	}
	va_end(args);
	remarks->items[remarks->count++] = (struct remark){
		.verdict = verdict,
		.reason = reason,
		.text = kept,
		.cure = cure,
	};
}

static const struct remark *
worst(const struct remarks *remarks)
{
	const struct remark *found = &remarks->items[0];
	size_t i;

	for (i = 1; i < remarks->count; i++)
		if (verdict_weight(remarks->items[i].verdict) >
		    verdict_weight(found->verdict))
			found = &remarks->items[i];
	return found;
}

enum check_state
remarks_report(
    const struct remarks *remarks, struct findings *out, const char *subject)
{
	const struct remark *first = worst(remarks);
	const char *detail = first->text;
	size_t i;

	for (i = 0; i < remarks->count; i++)
		if (&remarks->items[i] != first)
			detail = arena_printf(remarks->arena, "%s; %s: %s",
			    detail, remarks->items[i].reason,
			    remarks->items[i].text);
	if (subject != NULL)
		finding_on(
		    out, subject, first->verdict, first->reason, "%s", detail);
	else
		finding(out, first->verdict, first->reason, "%s", detail);
	if (first->cure != NULL)
		finding_cure(out, "%s", first->cure);
	return CHECK_DONE;
}
