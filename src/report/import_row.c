/* What each kind of row must have, and within which bounds. */
/* SPDX-License-Identifier: MIT */
#include "report/import_row.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	WORD_MOST = 63,
	NAME_MOST = 255,
	SUBJECT_MOST = 1023,
	TEXT_MOST = 64 * 1024,
	OLDEST_DAY = 10957,    /* 2000-01-01 */
	SLACK_S = DAY_SECONDS, /* clocks, and zones, may be wrong */
};
#define COUNT_MOST (INT64_C(1) << 40)

/* A row on its way. */
struct reading {
	const struct export_row *in;
	int64_t now_s;
	struct arena *arena;
	struct error *err;
	bool known;
};

/* --- cells ----------------------------------------------------------------- */

enum need { NEEDED, OPTIONAL };

static enum status
bad(struct reading *r, const char *column, const char *text, const char *why)
{
	return error_set(r->err, STATUS_PARSE, "%s: \"%.60s\" %s", column,
	    text != NULL ? text : "", why);
}

static enum status
missing(struct reading *r, const char *column)
{
	return error_set(r->err, STATUS_PARSE, "%s: there is none", column);
}

/* A printable line; one without strange characters stays where it is. */
static enum status
line(struct reading *r, const char *column, const char *text, size_t most,
    enum need need, const char **out)
{
	size_t len;

	*out = "";
	if (text == NULL)
		return need == OPTIONAL ? STATUS_OK : missing(r, column);
	len = strlen(text);
	if (len > most)
		return error_set(r->err, STATUS_PARSE,
		    "%s: \"%.40s...\" is longer than %zu octets", column, text,
		    most);
	*out = text_plain_run(text, len) == len
	    ? text
	    : text_printable_arena(r->arena, text, len, most * 8 + 1);
	return STATUS_OK;
}

/* A word that sendtop itself made: of ASCII, without blanks. */
static enum status
word(struct reading *r, const char *column, const char *text, enum need need,
    const char **out)
{
	*out = "";
	if (text == NULL)
		return need == OPTIONAL ? STATUS_OK : missing(r, column);
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || p - text >= WORD_MOST)
			return bad(r, column, text, "is no word of an export");
	*out = text;
	return STATUS_OK;
}

/* No later than that day. */
static enum status
day_until(struct reading *r, const char *column, const char *text,
    int32_t latest, int32_t *out)
{
	if (text == NULL)
		return missing(r, column);
	if (text[0] < '0' || text[0] > '9' || !day_parse(text, latest, out))
		return bad(r, column, text, "is no day; write 2026-11-19");
	if (*out < OLDEST_DAY)
		return bad(r, column, text, "is before the year 2000");
	if (*out > latest)
		return bad(r, column, text, "is yet to come");
	return STATUS_OK;
}

static enum status
a_day(struct reading *r, const char *column, const char *text, int32_t *out)
{
	return day_until(r, column, text, day_of(r->now_s), out);
}

static enum status
a_time(struct reading *r, const char *column, const char *text, int64_t *out)
{
	if (text == NULL)
		return missing(r, column);
	if (!time_parse(text, out))
		return bad(
		    r, column, text, "is no time; write 2026-11-19T14:02:00Z");
	if (*out < day_start(OLDEST_DAY))
		return bad(r, column, text, "is before the year 2000");
	if (*out > r->now_s + SLACK_S)
		return bad(r, column, text, "is yet to come");
	return STATUS_OK;
}

static enum status
time_or(struct reading *r, const char *column, const char *text,
    int64_t otherwise, int64_t *out)
{
	*out = otherwise;
	return text == NULL ? STATUS_OK : a_time(r, column, text, out);
}

static enum status
number(struct reading *r, enum metric_unit unit, double *out)
{
	const char *text = r->in->value;

	if (text == NULL)
		return missing(r, "value");
	if (text_to_double(
		text, 0, unit == UNIT_RATIO ? 1 : (double)COUNT_MOST, out))
		return STATUS_OK;
	return bad(r, "value", text,
	    unit == UNIT_RATIO ? "is no ratio from 0 to 1"
			       : "is no number of messages");
}

static enum status
count(struct reading *r, int64_t *out)
{
	if (r->in->value == NULL)
		return missing(r, "value");
	if (!text_to_int(r->in->value, 0, COUNT_MOST, out))
		return bad(r, "value", r->in->value, "is no count");
	return STATUS_OK;
}

static enum status
verdict(
    struct reading *r, const char *column, const char *text, enum verdict *out)
{
	int found = text != NULL ? verdict_parse(text) : -1;

	if (found < 0)
		return bad(r, column, text, "is no verdict");
	*out = (enum verdict)found;
	return STATUS_OK;
}

static enum status
first_bad(const enum status *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (all[i] != STATUS_OK)
			return all[i];
	return STATUS_OK;
}

/* An hour, which the row is of as a whole. */
static enum status
an_hour(struct reading *r, int64_t *out)
{
	int64_t until;
	enum status status = a_time(r, "at", r->in->at, out);

	if (status != STATUS_OK)
		return status;
	if (*out % HOUR_SECONDS != 0)
		return bad(r, "at", r->in->at, "is not the start of an hour");
	if (r->in->until != NULL &&
	    (!time_parse(r->in->until, &until) || until != *out + HOUR_SECONDS))
		return bad(r, "until", r->in->until, "is not an hour later");
	return STATUS_OK;
}

/* --- kinds ----------------------------------------------------------------- */

static enum status
read_measure(struct reading *r, struct import_row *out)
{
	enum metric metric;
	enum status status;
	int64_t latest_s = r->now_s;

	if (r->in->name == NULL)
		return missing(r, "name");
	metric = metric_find(r->in->name);
	r->known = metric < METRIC_COUNT;
	if (!r->known)
		return STATUS_OK;
	/* Sums of hours whose stamps may run ahead. */
	if (metric >= METRIC_GOOGLE)
		latest_s += SLACK_S;
	status = day_until(
	    r, "at", r->in->at, day_of(latest_s), &out->measure.day);
	out->measure.metric = metric;
	out->first_day = out->measure.day;
	return status == STATUS_OK
	    ? number(r, metric_row(metric)->unit, &out->measure.value)
	    : status;
}

static enum status
read_feedback(struct reading *r, struct import_row *out)
{
	struct feedback *f = &out->feedback;
	enum status status = a_day(r, "at", r->in->at, &f->day);
	const char *by = r->in->name != NULL ? r->in->name : "";

	f->by_dkim = strcmp(by, "dkim") == 0;
	if (status == STATUS_OK && !f->by_dkim && strcmp(by, "from") != 0)
		status = bad(r, "name", by, "is neither dkim nor from");
	if (status == STATUS_OK)
		status = line(
		    r, "subject", r->in->subject, SUBJECT_MOST, NEEDED, &f->id);
	f->rate = (double)NAN;
	if (status == STATUS_OK && r->in->value != NULL)
		status = number(r, UNIT_RATIO, &f->rate);
	out->first_day = f->day;
	return status;
}

/* "fail missing SINCE SEEN": what an unknown verdict was before. */
static enum status
read_known(struct reading *r, struct finding_span *span)
{
	struct finding *f = &span->finding;
	char *text = arena_dup(r->arena, r->in->known), *part[4];
	size_t n = 0;

	for (char *p = text; p != NULL && n < 4; n++) {
		part[n] = p;
		p = strchr(p, ' ');
		if (p != NULL)
			*p++ = '\0';
	}
	if (n < 4 || verdict_parse(part[0]) < 0 || part[1][0] == '\0' ||
	    !time_parse(part[2], &span->known_first_s) ||
	    !time_parse(part[3], &f->known_s) || span->known_first_s < 0 ||
	    f->known_s < 0 || f->known_s > r->now_s + SLACK_S)
		return bad(r, "known", r->in->known,
		    "is not a verdict, its reason and two times");
	f->known_verdict = (enum verdict)verdict_parse(part[0]);
	return word(r, "known", part[1], NEEDED, &f->known_reason);
}

static enum status
read_finding_texts(struct reading *r, struct finding *f)
{
	const struct export_row *in = r->in;
	const enum status all[] = {
		word(r, "name", in->name, NEEDED, &f->check),
		line(r, "subject", in->subject, SUBJECT_MOST, OPTIONAL,
		    &f->subject),
		verdict(r, "verdict", in->verdict, &f->verdict),
		word(r, "reason", in->reason, OPTIONAL, &f->reason),
		line(r, "text", in->text, TEXT_MOST, OPTIONAL, &f->detail),
		line(r, "cure", in->cure, TEXT_MOST, OPTIONAL, &f->cure),
		line(r, "record", in->record, TEXT_MOST, OPTIONAL, &f->record),
	};

	return first_bad(all, sizeof(all) / sizeof(all[0]));
}

static enum status
read_finding(struct reading *r, struct import_row *out)
{
	struct finding_span *span = &out->finding;
	struct finding *f = &span->finding;
	const struct export_row *in = r->in;
	enum status status = a_time(r, "at", in->at, &span->begun_s);

	f->known_verdict = VERDICT_UNKNOWN;
	if (status == STATUS_OK)
		status = time_or(r, "until", in->until, 0, &span->ended_s);
	if (status == STATUS_OK && in->until != NULL &&
	    span->ended_s < span->begun_s)
		status = bad(r, "until", in->until, "is before it began");
	if (status == STATUS_OK)
		status = time_or(r, "first_seen", in->first_seen, span->begun_s,
		    &f->first_seen_s);
	if (status == STATUS_OK)
		status = time_or(r, "last_seen", in->last_seen, span->begun_s,
		    &f->last_seen_s);
	if (status == STATUS_OK && in->known != NULL)
		status = read_known(r, span);
	out->first_day = day_of(span->begun_s);
	return status == STATUS_OK ? read_finding_texts(r, f) : status;
}

/* "3:2 59:1" */
static enum status
read_minutes(struct reading *r, uint32_t minutes[HOUR_MINUTES])
{
	const char *p = r->in->text;

	while (p != NULL && *p != '\0') {
		uint64_t minute = 0, n = 0;

		for (; *p >= '0' && *p <= '9' && minute < HOUR_MINUTES; p++)
			minute = minute * 10 + (uint64_t)(*p - '0');
		if (minute >= HOUR_MINUTES || *p++ != ':' || *p == ' ')
			break;
		for (; *p >= '0' && *p <= '9' && n <= UINT32_MAX; p++)
			n = n * 10 + (uint64_t)(*p - '0');
		if (n > UINT32_MAX || (*p != '\0' && *p++ != ' '))
			break;
		minutes[minute] = (uint32_t)n;
		if (*p == '\0')
			return STATUS_OK;
	}
	return bad(r, "text", r->in->text, "are no minutes with their counts");
}

static enum status
read_traffic(struct reading *r, struct import_row *out)
{
	struct traffic *hour = &out->traffic.hour;
	const struct {
		const char *name;
		int64_t *count;
	} parts[] = {
		[PART_DELIVERED] = { "delivered", &hour->delivered },
		[PART_DEFERRED] = { "deferred", &hour->deferred },
		[PART_BOUNCED] = { "bounced", &hour->bounced },
		[PART_TLS] = { "tls", &hour->tls },
		[PART_CLEAR] = { "clear", &hour->clear },
		[PART_MINUTES] = { "minutes", NULL },
	};
	const char *name = r->in->name != NULL ? r->in->name : "";
	enum status status = an_hour(r, &hour->hour_s);
	size_t i = 0;

	while (i < sizeof(parts) / sizeof(parts[0]) &&
	    strcmp(parts[i].name, name) != 0)
		i++;
	if (status == STATUS_OK && i == sizeof(parts) / sizeof(parts[0]))
		status = bad(r, "name", name, "is no count of traffic");
	if (status == STATUS_OK)
		status = word(
		    r, "provider", r->in->provider, NEEDED, &hour->provider);
	if (status == STATUS_OK)
		status = line(r, "stream", r->in->stream, NAME_MOST, OPTIONAL,
		    &hour->stream);
	if (status != STATUS_OK)
		return status;
	out->traffic.part = (enum import_part)i;
	out->first_day = day_of(hour->hour_s);
	return i == PART_MINUTES ? read_minutes(r, hour->minutes)
				 : count(r, parts[i].count);
}

static enum status
read_reply_texts(struct reading *r, struct reply_count *reply)
{
	const struct export_row *in = r->in;
	const enum status all[] = {
		word(r, "provider", in->provider, NEEDED, &reply->provider),
		line(r, "stream", in->stream, NAME_MOST, OPTIONAL,
		    &reply->stream),
		word(r, "name", in->name, NEEDED, &reply->key),
		word(r, "category", in->category, OPTIONAL, &reply->category),
		line(r, "reason", in->reason, WORD_MOST, OPTIONAL,
		    &reply->reply),
		line(r, "subject", in->subject, SUBJECT_MOST, OPTIONAL,
		    &reply->identity),
		line(r, "text", in->text, TEXT_MOST, OPTIONAL, &reply->sample),
	};

	return first_bad(all, sizeof(all) / sizeof(all[0]));
}

static enum status
read_reply(struct reading *r, struct import_row *out)
{
	struct reply_count *reply = &out->reply;
	const char *how = r->in->verdict != NULL ? r->in->verdict : "";
	enum status status = an_hour(r, &reply->hour_s);

	reply->span_s = HOUR_SECONDS;
	reply->permanent = strcmp(how, "permanent") == 0;
	reply->slow_down = r->in->slow_down != NULL;
	out->first_day = day_of(reply->hour_s);
	if (status == STATUS_OK && !reply->permanent &&
	    strcmp(how, "temporary") != 0)
		status = bad(
		    r, "verdict", how, "is neither temporary nor permanent");
	if (status == STATUS_OK && reply->slow_down &&
	    strcmp(r->in->slow_down, "yes") != 0)
		status = bad(r, "slow_down", r->in->slow_down, "is not yes");
	if (status == STATUS_OK)
		status = count(r, &reply->count);
	if (status == STATUS_OK)
		status = time_or(r, "last_seen", r->in->last_seen,
		    reply->hour_s, &reply->last_s);
	return status == STATUS_OK ? read_reply_texts(r, reply) : status;
}

static enum status
read_event(struct reading *r, struct import_row *out)
{
	struct store_news *news = &out->event;
	const struct export_row *in = r->in;
	enum status status = a_time(r, "at", in->at, &news->event.at_s);
	const enum status all[] = {
		status,
		word(r, "name", in->name, NEEDED, &news->event.kind),
		verdict(r, "verdict", in->verdict, &news->event.verdict),
		word(r, "check", in->check, OPTIONAL, &news->check),
		line(r, "subject", in->subject, SUBJECT_MOST, OPTIONAL,
		    &news->subject),
		line(r, "text", in->text, TEXT_MOST, OPTIONAL,
		    &news->event.text),
	};

	status = first_bad(all, sizeof(all) / sizeof(all[0]));
	news->begins = in->reason != NULL;
	news->event.domain = out->domain;
	out->first_day = day_of(news->event.at_s);
	if (status == STATUS_OK && news->begins &&
	    strcmp(in->reason, "begins") != 0)
		status = bad(r, "reason", in->reason, "is not begins");
	return status;
}

static enum status
read_note(struct reading *r, struct import_row *out)
{
	struct store_note *note = &out->note;
	enum status status = STATUS_OK;

	/* Of any time, as note --at takes it. */
	if (r->in->at == NULL || !time_parse(r->in->at, &note->at_s) ||
	    note->at_s > day_start(OLDEST_DAY))
		status = a_time(r, "at", r->in->at, &note->at_s);
	note->domain = out->domain;
	out->first_day = day_of(note->at_s);
	return status == STATUS_OK ? line(r, "text", r->in->text,
					 OWN_TEXT_SIZE - 1, NEEDED, &note->text)
				   : status;
}

static enum status
read_mute(struct reading *r, struct import_row *out)
{
	struct store_mute *mute = &out->mute;
	const struct export_row *in = r->in;
	enum status status = a_time(r, "at", in->at, &mute->since_s);

	mute->domain = out->domain;
	out->first_day = day_of(mute->since_s);
	if (status == STATUS_OK && in->until != NULL &&
	    (!time_parse(in->until, &mute->until_s) ||
		mute->until_s <= mute->since_s))
		status = bad(
		    r, "until", in->until, "is no time after it began");
	if (status == STATUS_OK)
		status = word(r, "name", in->name, OPTIONAL, &mute->check);
	if (status == STATUS_OK)
		status = line(r, "subject", in->subject, SUBJECT_MOST, OPTIONAL,
		    &mute->subject);
	return status == STATUS_OK
	    ? line(r, "text", in->text, OWN_TEXT_SIZE - 1, NEEDED, &mute->why)
	    : status;
}

static enum status
read_asked(struct reading *r, struct import_row *out)
{
	enum status status = a_day(r, "at", r->in->at, &out->asked.first);

	if (status == STATUS_OK)
		status = a_day(r, "until", r->in->until, &out->asked.last);
	if (status == STATUS_OK && out->asked.last < out->asked.first)
		status = bad(r, "until", r->in->until, "is before it began");
	out->first_day = DAY_NONE;
	return status;
}

static enum status
read_published(struct reading *r, struct import_row *out)
{
	out->first_day = DAY_NONE;
	return a_day(r, "at", r->in->at, &out->published);
}

static enum status
read_log(struct reading *r, struct import_row *out)
{
	enum status status = a_time(r, "at", r->in->at, &out->log.first_s);

	if (status == STATUS_OK)
		status = a_time(r, "until", r->in->until, &out->log.last_s);
	if (status == STATUS_OK && out->log.last_s < out->log.first_s)
		status = bad(r, "until", r->in->until, "is before it began");
	out->first_day = DAY_NONE;
	return status;
}

static const struct {
	const char *name;
	enum import_kind kind;
	enum { OF_ONE, OF_ALL, OF_EITHER } domain;
	enum status (*read)(struct reading *r, struct import_row *out);
} kinds[] = {
	{ "measure", IMPORT_MEASURE, OF_ONE, read_measure },
	{ "feedback", IMPORT_FEEDBACK, OF_ONE, read_feedback },
	{ "finding", IMPORT_FINDING, OF_ONE, read_finding },
	{ "traffic", IMPORT_TRAFFIC, OF_ONE, read_traffic },
	{ "reply", IMPORT_REPLY, OF_ONE, read_reply },
	{ "event", IMPORT_EVENT, OF_EITHER, read_event },
	{ "note", IMPORT_NOTE, OF_EITHER, read_note },
	{ "mute", IMPORT_MUTE, OF_EITHER, read_mute },
	{ "asked", IMPORT_ASKED, OF_ONE, read_asked },
	{ "published", IMPORT_PUBLISHED, OF_ALL, read_published },
	{ "log", IMPORT_LOG, OF_ALL, read_log },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
_Static_assert((int)KINDS == (int)IMPORT_KINDS, "a row a kind");

enum status
import_row_read(const struct export_row *row, int64_t now_s,
    struct arena *arena, struct import_row *out, bool *known, struct error *err)
{
	struct reading r = { row, now_s, arena, err, true };
	enum status status;
	size_t i = 0;

	if (row->kind == NULL)
		return missing(&r, "kind");
	while (i < KINDS && strcmp(kinds[i].name, row->kind) != 0)
		i++;
	*known = i < KINDS;
	if (!*known)
		return STATUS_OK;
	*out = (struct import_row){ .kind = kinds[i].kind,
		.domain = row->domain != NULL ? row->domain : "" };
	if (kinds[i].domain == OF_ONE && row->domain == NULL)
		return missing(&r, "domain");
	if (kinds[i].domain == OF_ALL && row->domain != NULL)
		return bad(&r, "domain", row->domain, "has no such row");
	status = kinds[i].read(&r, out);
	*known = r.known;
	return status;
}
