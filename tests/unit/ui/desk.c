/* A domain's or the list's screen at which a test sits and types. */
/* SPDX-License-Identifier: MIT */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "ui/act.h"

struct fixture f;
struct canvas *canvas;
struct frame frame;

void
open_on(const char *domain)
{
	fixture_fini(&f);
	fixture_init(&f, domain);
	frame_draw(canvas, &f.model, &frame);
}

void
set_up_rows(int rows)
{
	fixture_init(&f, NULL);
	canvas = canvas_new(80, rows, false);
	frame_draw(canvas, &f.model, &frame);
}

void
tear_down(void)
{
	canvas_free(canvas);
	fixture_fini(&f);
}

unsigned
press(uint32_t code)
{
	struct key_event event = { .code = code };
	unsigned want = act(&f.model, &frame, &event, &f.model.ui);

	frame_draw(canvas, &f.model, &frame);
	return want;
}

void
type(const char *text)
{
	for (; *text != '\0'; text++)
		press((unsigned char)*text);
}

bool
shows(const char *text)
{
	char *all = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&all, &size);
	bool found;

	canvas_text(canvas, out);
	fclose(out);
	found = strstr(all, text) != NULL;
	free(all);
	return found;
}
