/* An SPF evaluation for people: the result, the trail, what could be saved. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checks/spf_parts.h"
#include "sendtop/text.h"

enum { COLUMNS = 80, TERM_COLUMNS = 34, INDENT = 2, DEPTH_SHOWN = 8 };

/* The text without more than columns of it; "..." tells that it was longer. */
static void
print_fit(FILE *to, const char *text, size_t columns)
{
	size_t fit = text_fit(text, columns);

	if (text[fit] != '\0' && columns > 3)
		fit = text_fit(text, columns - 3);
	fprintf(to, "%.*s%s", (int)fit, text, text[fit] != '\0' ? "..." : "");
}

static size_t
indent_of(const struct spf_step *step)
{
	return INDENT *
	    (1 +
		(size_t)(step->depth < DEPTH_SHOWN ? step->depth
						   : DEPTH_SHOWN));
}

/* "  4  include:_spf.a.test               matched, pass": the number is that
 * of the look-up, where the term is one. */
static void
print_step(FILE *to, const struct spf_step *step, unsigned before)
{
	size_t indent = indent_of(step), width = text_width(step->term);
	size_t room = COLUMNS - indent - 4, used = width;
	const char *word = step->matched ? "matched" : "no match";

	if (step->lookups > before)
		fprintf(to, "%*s%2u  ", (int)indent, "", step->lookups);
	else
		fprintf(to, "%*s    ", (int)indent, "");
	if (used > room)
		used = room;
	print_fit(to, step->term, room);
	if (used + INDENT > TERM_COLUMNS) {
		fputc('\n', to);
		used = 0;
		fprintf(to, "%*s", (int)indent + 4, "");
	}
	fprintf(to, "%*s%s", (int)(TERM_COLUMNS - used), "", word);
	room = room - TERM_COLUMNS - strlen(word);
	if (step->answer[0] != '\0' && room > 2) {
		fputs(": ", to);
		print_fit(to, step->answer, room - 2);
	}
	fputc('\n', to);
}

static void
print_record_head(FILE *to, const struct spf_step *step)
{
	size_t indent = indent_of(step) - INDENT;

	fprintf(to, "%*s", (int)indent, "");
	print_fit(to, step->domain, COLUMNS - indent);
	fputc('\n', to);
}

/* Whether a step begins another record than the one printed last. */
static bool
is_head(const struct spf_step *steps, size_t i)
{
	return i == 0 || steps[i].depth != steps[i - 1].depth ||
	    strcmp(steps[i].domain, steps[i - 1].domain) != 0;
}

/* Many addresses that did not match tell nothing one by one. */
static size_t
skip_addresses(const struct spf_outcome *out, size_t i)
{
	size_t n = 0;

	while (i + n < out->step_count && !out->steps[i + n].matched &&
	    (n == 0 || !is_head(out->steps, i + n)) &&
	    (text_starts_nocase(out->steps[i + n].term, "ip4:") ||
		text_starts_nocase(out->steps[i + n].term, "ip6:")))
		n++;
	return n;
}

static void
print_trail(FILE *to, const struct spf_outcome *out)
{
	char words[TERM_COLUMNS + 16];
	unsigned before = 0;
	size_t i = 0, n;

	while (i < out->step_count) {
		const struct spf_step *step = &out->steps[i];

		if (is_head(out->steps, i))
			print_record_head(to, step);
		n = skip_addresses(out, i);
		if (n > 3) {
			snprintf(
			    words, sizeof(words), "%zu ip4 and ip6 terms", n);
			fprintf(to, "%*s%-*sno match\n",
			    (int)indent_of(step) + 4, "", TERM_COLUMNS, words);
			i += n;
			continue;
		}
		print_step(to, step, before);
		before = step->lookups;
		i++;
	}
}

static void
print_savings(FILE *to, const struct spf_outcome *out)
{
	size_t i;

	for (i = 0; i < out->step_count; i++)
		if (out->steps[i].cheaper[0] != '\0')
			fprintf(to,
			    "could be saved: %s names one address;\n"
			    "  %s needs no look-up\n",
			    out->steps[i].term, out->steps[i].cheaper);
}

static void
print_line(FILE *to, const char *head, const char *octets)
{
	char text[SPF_EXPLANATION_MAX * 4 + 1];

	if (octets[0] == '\0')
		return;
	text_printable(text, sizeof(text), octets, strlen(octets));
	fprintf(to, "%s: %s\n", head, text);
}

void
spf_print(FILE *to, const struct spf_outcome *outcome)
{
	fprintf(to, "result: %s\n", spf_result_name(outcome->result));
	print_line(to, "explanation", outcome->explanation);
	print_line(to, "problem", outcome->problem);
	fprintf(to, "look-ups: %u of %d, void: %u of %d\n", outcome->lookups,
	    SPF_LOOKUPS_MAX, outcome->voids, SPF_VOIDS_MAX);
	print_trail(to, outcome);
	print_savings(to, outcome);
}
