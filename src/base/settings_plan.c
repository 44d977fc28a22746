/* Plans of one's own: CSV files of day,volume that domains name. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"
#include "settings_row.h"

enum { PLAN_FILE_MOST = 1 << 18, DAYS_MOST = 20000, CELL_SIZE = 40 };

/* More than any sender has: a bound against slips of the finger. */
#define MESSAGES_MOST 1e12

struct plan {
	const char *name; /* of the file */
	int32_t start;
	unsigned line;
	struct settings_plan *steps;
	size_t count, cap;
};

/* Copies a cell without blanks and quotes round it; false when it is longer
 * than any that could be right. */
static bool
cell(char out[CELL_SIZE], const char *s, size_t len)
{
	static const char round[] = " \t\"\r";

	while (len > 0 && strchr(round, *s) != NULL) {
		s++;
		len--;
	}
	while (len > 0 && strchr(round, s[len - 1]) != NULL)
		len--;
	if (len >= CELL_SIZE || memchr(s, '\0', len) != NULL)
		return false;
	memcpy(out, s, len);
	out[len] = '\0';
	return true;
}

static enum status
bad_line(const struct plan *plan, const char *line, size_t len,
    const char *expected, struct error *err)
{
	char shown[CELL_SIZE * 2];

	text_printable(shown, sizeof(shown), line, len);
	return error_set(err, STATUS_PARSE, "%s:%u: expected %s, got \"%s\"",
	    plan->name, plan->line, expected, shown);
}

/* A word for a day and a word for a volume: a head, where no row was yet. */
static bool
is_head(const struct plan *plan, const char *day, const char *volume)
{
	static const char digits[] = "0123456789";

	return plan->count == 0 && day[0] != '\0' && volume[0] != '\0' &&
	    strpbrk(day, digits) == NULL && strpbrk(volume, digits) == NULL;
}

static enum status
read_row(struct plan *plan, const char *line, size_t len, struct error *err)
{
	static const char form[] = "day,volume (2026-11-21,5000 or 1,5000)";
	char day[CELL_SIZE], volume[CELL_SIZE];
	const char *comma = memchr(line, ',', len);
	struct settings_plan step;
	int64_t number;

	if (comma == NULL || !cell(day, line, (size_t)(comma - line)) ||
	    !cell(volume, comma + 1, len - (size_t)(comma - line) - 1))
		return bad_line(plan, line, len, form, err);
	if (is_head(plan, day, volume))
		return STATUS_OK;
	if (!text_to_double(volume, 0, MESSAGES_MOST, &step.messages))
		return bad_line(plan, line, len, form, err);
	if (text_to_int(day, 1, DAYS_MOST, &number)) {
		if (plan->start == DAY_NONE)
			return error_set(err, STATUS_PARSE,
			    "%s:%u: day %s counts from the setting "
			    "plan-start: set it",
			    plan->name, plan->line, day);
		step.day = plan->start + (int32_t)number - 1;
	} else if (strlen(day) != strlen("2026-11-21") ||
	    !day_parse(day, 0, &step.day)) {
		return bad_line(plan, line, len, form, err);
	}
	if (plan->count > 0 && step.day <= plan->steps[plan->count - 1].day)
		return bad_line(plan, line, len,
		    "a day after that of the line before", err);
	plan->steps = mem_grow(
	    plan->steps, plan->count, &plan->cap, sizeof(*plan->steps));
	plan->steps[plan->count++] = step;
	return STATUS_OK;
}

/* Without a remark and what is blank at its ends. */
static size_t
useful(const char **line, size_t len)
{
	const char *remark = memchr(*line, '#', len);

	if (remark != NULL)
		len = (size_t)(remark - *line);
	while (len > 0 && strchr(" \t\r", **line) != NULL) {
		++*line;
		len--;
	}
	while (len > 0 && strchr(" \t\r", (*line)[len - 1]) != NULL)
		len--;
	return len;
}

enum status
settings_plan_parse(const char *text, size_t len, const char *name,
    int32_t start, struct settings_plan **out, size_t *count, struct error *err)
{
	struct plan plan = { .name = name, .start = start };
	const char *end = text + len, *line;
	enum status status = STATUS_OK;
	size_t n;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (status == STATUS_OK && text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		line = text;
		text = stop != NULL ? stop + 1 : end;
		plan.line++;
		n = useful(&line, (size_t)((stop != NULL ? stop : end) - line));
		if (n > 0)
			status = read_row(&plan, line, n, err);
	}
	if (status == STATUS_OK && plan.count == 0)
		status = error_set(err, STATUS_PARSE,
		    "%s: a plan needs a line day,volume", name);
	if (status != STATUS_OK) {
		free(plan.steps);
		return status;
	}
	*out = plan.steps;
	*count = plan.count;
	return STATUS_OK;
}

static enum status
read_plan(struct settings_domain *domain, struct error *err)
{
	struct buf buf = { .max = PLAN_FILE_MOST + 1 };
	enum status status = settings_read_file(domain->plan, &buf, err);

	if (status == STATUS_OK && buf.len > PLAN_FILE_MOST)
		status = error_set(err, STATUS_PARSE,
		    "%s: a plan may have %d KiB", domain->plan,
		    PLAN_FILE_MOST / 1024);
	if (status == STATUS_OK)
		status = settings_plan_parse(buf.data != NULL ? buf.data : "",
		    buf.len, domain->plan, domain->plan_start, &domain->steps,
		    &domain->step_count, err);
	buf_free(&buf);
	return status;
}

enum status
settings_read_plans(struct settings *settings, struct error *err)
{
	struct settings_domain *domain;
	enum status status;

	for (size_t i = 0; i < settings->domain_count; i++) {
		domain = &settings->domains[i];
		if (domain->plan == NULL)
			continue;
		status = read_plan(domain, err);
		if (status != STATUS_OK)
			return error_prefix(
			    err, "domain.%s.plan", domain->name);
	}
	return STATUS_OK;
}
