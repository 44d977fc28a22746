/* How far a long command is, on a terminal. */
/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	FIRST_MS = 500, /* what is done by then needs no words */
	EVERY_MS = 200,
	LEFT_FROM_MS = 3000, /* a guess before that is none */
	LINE_SIZE = 80,
	AGE_SIZE = 24,
};

struct progress {
	struct loop *loop;
	struct loop_timer *timer;
	void (*count)(void *arg, size_t *done, size_t *total);
	void *arg;
	int64_t began_ms;
	int width; /* columns that the line takes now */
};

/* ", 12 s left", when it can be said. */
static const char *
left_text(const struct progress *p, size_t done, size_t total,
    char out[AGE_SIZE + 16])
{
	int64_t spent_ms = loop_now_ms(p->loop) - p->began_ms;
	char age[AGE_SIZE];
	double left_s;

	out[0] = '\0';
	if (done == 0 || spent_ms < LEFT_FROM_MS)
		return out;
	left_s = (double)spent_ms / 1000 * (double)(total - done) /
	    (double)done;
	snprintf(out, AGE_SIZE + 16, ", %s left",
	    text_age(age, sizeof(age), (int64_t)left_s));
	return out;
}

static void
show(void *arg)
{
	struct progress *p = arg;
	char line[LINE_SIZE], left[AGE_SIZE + 16];
	size_t done, total;
	int width;

	p->count(p->arg, &done, &total);
	if (total == 0)
		return;
	width = snprintf(line, sizeof(line), "%zu of %zu, %zu %%%s", done,
	    total, done * 100 / total, left_text(p, done, total, left));
	fprintf(stderr, "\r%s", line);
	/* A line that shrinks leaves nothing of the longer one behind. */
	if (width < p->width)
		fprintf(stderr, "%*s\r%s", p->width - width, "", line);
	fflush(stderr);
	p->width = width;
}

struct progress *
progress_new(struct loop *loop,
    void (*count)(void *arg, size_t *done, size_t *total), void *arg)
{
	struct progress *p;

	if (!isatty(STDERR_FILENO))
		return NULL;
	p = mem_zero(1, sizeof(*p));
	p->loop = loop;
	p->count = count;
	p->arg = arg;
	p->began_ms = loop_now_ms(loop);
	p->timer = loop_timer_new(loop, show, p);
	loop_timer_start(p->timer, FIRST_MS, EVERY_MS);
	return p;
}

void
progress_clear(struct progress *p)
{
	if (p == NULL || p->width == 0)
		return;
	fprintf(stderr, "\r%*s\r", p->width, "");
	fflush(stderr);
	p->width = 0;
}

void
progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	progress_clear(p);
	loop_timer_free(p->timer);
	free(p);
}
