/* Text for people, wrapped. */
/* SPDX-License-Identifier: MIT */
#include "report/wrap.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/paste.h"
#include "sendtop/text.h"

enum { WIDTH = 80 };

static void
put_words(FILE *out, const char *text, size_t indent, bool begun)
{
	size_t used = 0, len, width;
	char *word;

	while (*text != '\0') {
		len = strcspn(text, " ");
		word = mem_ndup(text, len);
		width = text_width(word);
		if (used > 0 && indent + used + 1 + width > WIDTH) {
			fputc('\n', out);
			used = 0;
			begun = false;
		}
		if (used > 0)
			fputc(' ', out);
		else if (!begun)
			fprintf(out, "%*s", (int)indent, "");
		fputs(word, out);
		used += width + (used > 0);
		free(word);
		text += len;
		text += strspn(text, " ");
	}
	if (used > 0 || begun)
		fputc('\n', out);
}

void
report_wrap(FILE *out, const char *text, size_t indent)
{
	put_words(out, text, indent, false);
}

void
report_wrap_on(FILE *out, const char *text, size_t indent)
{
	put_words(out, text, indent, true);
}

void
report_cure(FILE *out, const char *text, size_t indent)
{
	char *lines = paste_lines(text, WIDTH);

	if (lines != NULL)
		fputs(lines, out);
	else
		report_wrap(out, text, indent);
	free(lines);
}
