/* Histories for tests, written as rows of text. */
/* SPDX-License-Identifier: MIT */
#include "past.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum { LINE_SIZE = 1024 };

static struct settings *
default_settings(void)
{
	struct settings *settings;
	struct error err;

	ck_assert_msg(
	    settings_parse("", 0, "none", &settings, &err) == STATUS_OK, "%s",
	    err.text);
	return settings;
}

void
past_set(struct past *past, enum metric metric, int age, double value)
{
	int at = PAST_NEWEST - age - PAST_FIRST;

	ck_assert_msg(at >= 0 && at < PAST_DAYS, "no day of age %d", age);
	past->values[metric][at] = value;
}

void
past_volume(struct past *past, int age, double volume)
{
	past_set(past, METRIC_TLS_INBOUND_COUNT, age, volume);
	past_set(
	    past, METRIC_TLS_INBOUND, age, isnan(volume) ? (double)NAN : 1);
}

void
past_finding(struct past *past, const char *check, const char *subject,
    enum verdict verdict, const char *reason, const char *detail)
{
	struct finding *f = &past->findings[past->h.finding_count++];

	ck_assert_uint_le(past->h.finding_count, PAST_FINDINGS);
	f->check = arena_dup(past->arena, check);
	f->subject = arena_dup(past->arena, subject);
	f->verdict = verdict;
	f->reason = arena_dup(past->arena, reason);
	f->detail = arena_dup(past->arena, detail);
	f->cure = "";
}

static void
read_finding(struct past *past, const char *line)
{
	char check[64], subject[128], verdict[16], reason[64];
	int end = 0;

	ck_assert_msg(sscanf(line, "finding %63s %127s %15s %63s%n", check,
			  subject, verdict, reason, &end) == 4,
	    "%s", line);
	ck_assert_int_ge(verdict_parse(verdict), 0);
	past_finding(past, check, subject, (enum verdict)verdict_parse(verdict),
	    reason, line[end] == ' ' ? line + end + 1 : "");
}

/* One value, or "VALUExTIMES"; returns how many days it took. */
static int
read_value(struct past *past, enum metric metric, int age, char *word)
{
	char *times = strchr(word, 'x');
	double value = (double)NAN;
	int64_t count = 1;
	int i;

	if (times != NULL) {
		*times = '\0';
		ck_assert(text_to_int(times + 1, 1, PAST_DAYS, &count));
	}
	if (strcmp(word, "-") != 0)
		ck_assert_msg(text_to_double(word, -1e300, 1e300, &value),
		    "no number: %s", word);
	for (i = 0; i < count; i++)
		if (metric == METRIC_COUNT)
			past_volume(past, age - i, value);
		else
			past_set(past, metric, age - i, value);
	return (int)count;
}

static void
read_series(struct past *past, char *line)
{
	char name[64], *word, *save;
	enum metric metric;
	int age, end = 0;

	ck_assert_msg(
	    sscanf(line, "%63s %d:%n", name, &age, &end) == 2 && end > 0, "%s",
	    line);
	metric = strcmp(name, "log") == 0 ? METRIC_LOG_DELIVERED
					  : metric_find(name);
	ck_assert_msg(metric != METRIC_COUNT || strcmp(name, "volume") == 0,
	    "no measure %s", name);
	for (word = strtok_r(line + end, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		age -= read_value(past, metric, age, word);
}

void
past_log_until(struct past *past, int first_age, int64_t last_s)
{
	past->h.log_first_s = day_start(PAST_NEWEST - first_age);
	past->h.log_last_s = last_s;
}

struct traffic *
past_hour(struct past *past, int64_t hour_s, int minutes, uint32_t each)
{
	struct traffic *t = &past->traffic[past->h.traffic_count++];
	int m;

	ck_assert_uint_le(past->h.traffic_count, PAST_HOURS);
	*t = (struct traffic){ .hour_s = hour_s,
		.provider = PROVIDER_GMAIL,
		.stream = "",
		.delivered = (int64_t)each * minutes };
	for (m = 0; m < minutes; m++)
		t->minutes[m] = each;
	return t;
}

static void
read_reply(struct past *past, const char *line)
{
	struct reply_count *r = &past->replies[past->h.reply_count++];
	char key[64], category[32], code[8], enhanced[16];
	long count, minutes;
	int end = 0;

	ck_assert_uint_le(past->h.reply_count, PAST_REPLIES);
	ck_assert_msg(
	    sscanf(line, "reply %ld %63s %31s %7[0-9]/%15s %ld%n", &minutes,
		key, category, code, enhanced, &count, &end) == 6,
	    "%s", line);
	r->last_s = past->h.now_s - 60 * minutes;
	r->hour_s = r->last_s - r->last_s % HOUR_SECONDS;
	r->span_s = HOUR_SECONDS;
	r->provider = PROVIDER_GMAIL;
	r->stream = "";
	r->key = arena_dup(past->arena, key);
	r->category = arena_dup(past->arena, category);
	r->reply = arena_printf(past->arena, "%s %s", code, enhanced);
	r->identity = arena_dup(
	    past->arena, line[end] == ' ' ? line + end + 1 : "");
	r->permanent = code[0] == '5';
	r->slow_down = strcmp(category, "content") != 0;
	r->count = count;
	r->sample = "";
}

static void
read_sender(struct past *past, const char *line)
{
	struct sender_seen *s = &past->senders[past->h.sender_count++];
	char address[128], stream[64];
	long count;

	ck_assert_uint_le(past->h.sender_count, PAST_SENDERS);
	ck_assert_msg(
	    sscanf(line, "sender %127s %63s %ld", address, stream, &count) == 3,
	    "%s", line);
	s->address = arena_dup(past->arena, address);
	s->stream = strcmp(stream, "-") == 0 ? ""
					     : arena_dup(past->arena, stream);
	s->count = count;
}

static void
read_plan(struct past *past, const char *line)
{
	struct settings_plan *step = &past->steps[past->domain.step_count++];
	int age;

	ck_assert(sscanf(line, "plan %d %lf", &age, &step->messages) == 2);
	step->day = PAST_NEWEST - age;
	past->domain.steps = past->steps;
	past->h.configured = &past->domain;
}

static void
read_line(struct past *past, char *line)
{
	char word[32];

	if (strncmp(line, "finding ", 8) == 0)
		read_finding(past, line);
	else if (strncmp(line, "reply ", 6) == 0)
		read_reply(past, line);
	else if (strncmp(line, "sender ", 7) == 0)
		read_sender(past, line);
	else if (strncmp(line, "plan ", 5) == 0)
		read_plan(past, line);
	else if (sscanf(line, "target %lf", &past->domain.target) == 1)
		past->h.configured = &past->domain;
	else if (sscanf(line, "preset %31s", word) == 1) {
		free(past->settings->ramp.preset);
		past->settings->ramp.preset = mem_dup(word);
	} else if (line[0] != '\0')
		read_series(past, line);
}

struct past *
past_new(const char *rows)
{
	struct past *past = mem_zero(1, sizeof(*past));
	char line[LINE_SIZE];
	int m, i;

	past->settings = default_settings();
	past->arena = arena_new();
	past->h = (struct history){ .domain = "example.com",
		.registrable = "example.com",
		.today = PAST_TODAY,
		.now_s = day_start(PAST_TODAY) + 3600,
		.first_day = PAST_FIRST,
		.days = PAST_DAYS,
		.poll = POLL_OK,
		.poll_error = "",
		.asked_first = PAST_FIRST,
		.asked_last = PAST_TODAY,
		.newest_day = PAST_NEWEST,
		.findings = past->findings,
		.replies = past->replies,
		.traffic = past->traffic,
		.senders = past->senders,
		.ramp = &past->settings->ramp };
	for (m = 0; m < METRIC_COUNT; m++) {
		past->h.series[m] = past->values[m];
		for (i = 0; i < PAST_DAYS; i++)
			past->values[m][i] = (double)NAN;
	}
	while (rows != NULL && *rows != '\0') {
		size_t len = strcspn(rows, "\n");

		ck_assert_uint_lt(len, sizeof(line));
		memcpy(line, rows, len);
		line[len] = '\0';
		read_line(past, line);
		rows += len + (rows[len] == '\n');
	}
	return past;
}

void
past_free(struct past *past)
{
	settings_free(past->settings);
	arena_free(past->arena);
	free(past);
}

/* xorshift64: the same numbers on every machine. */
uint64_t
past_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

double
past_fraction(uint64_t *seed)
{
	return (double)(past_next(seed) >> 11) / 9007199254740992.0;
}
