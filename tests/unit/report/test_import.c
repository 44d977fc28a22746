/* What an import reads: octets, rows, and what is wrong with them. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/import_octets.h"
#include "report/import_row.h"
#include "report/import_text.h"
#include "sendtop/day.h"
#include "suites.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- CSV ------------------------------------------------------------------- */

static const struct {
	const char *data;
	bool last;
	enum import_got got;
	const char *cells; /* joined by | */
	size_t used;
} csv[] = {
	{ "a,b\n", false, GOT_RECORD, "a|b", 4 },
	{ "a,b\r\nc", false, GOT_RECORD, "a|b", 5 },
	{ "a,b", true, GOT_RECORD, "a|b", 3 },
	{ "a,b\r", true, GOT_RECORD, "a|b", 4 },
	{ "a,b", false, GOT_PART, NULL, 0 },
	{ "a,", false, GOT_PART, NULL, 0 },
	{ "a,", true, GOT_RECORD, "a|", 2 },
	{ ",\n", false, GOT_RECORD, "|", 2 },
	{ "\n", false, GOT_RECORD, "", 1 },
	{ "\"a,b\",\"c\"\"d\"\r\n", false, GOT_RECORD, "a,b|c\"d", 14 },
	{ "\"two\nlines\",x\n", false, GOT_RECORD, "two\nlines|x", 14 },
	{ "\"a\"\r", false, GOT_PART, NULL, 0 },
	{ "\"a\"", false, GOT_PART, NULL, 0 },
	{ "\"a\"", true, GOT_RECORD, "a", 3 },
	{ "\"a", false, GOT_PART, NULL, 0 },
	{ "\"a", true, GOT_BAD, "a quote is opened and not closed", 0 },
	{ "\"a\"b\n", false, GOT_BAD, "text follows a closing quote", 0 },
	{ "\"a\"\r,b\n", false, GOT_BAD, "text follows a closing quote", 0 },
	{ "a\"b\n", false, GOT_BAD,
	    "a quote stands within a cell that does not begin with one", 0 },
	{ "a\rb,c\n", false, GOT_RECORD, "a\rb|c", 6 },
};

START_TEST(test_csv)
{
	size_t len = strlen(csv[_i].data);
	/* Exact room, so that a sanitizer sees every octet too many. */
	char *data = mem_ndup(csv[_i].data, len);
	struct import_cells cells = { .out = mem_alloc(len + IMPORT_CELLS) };
	struct buf joined = { 0 };
	const char *why = NULL;

	ck_assert_int_eq(
	    import_csv(data, len, csv[_i].last, &cells, &why), csv[_i].got);
	if (csv[_i].got == GOT_BAD)
		ck_assert_str_eq(why, csv[_i].cells);
	if (csv[_i].got == GOT_RECORD) {
		for (size_t i = 0; i < cells.count; i++)
			buf_printf(
			    &joined, "%s%s", i > 0 ? "|" : "", cells.cell[i]);
		ck_assert_str_eq(joined.data, csv[_i].cells);
		ck_assert_uint_eq(cells.used, csv[_i].used);
	}
	buf_free(&joined);
	free(cells.out);
	free(data);
}
END_TEST

/* Cut anywhere, the same record comes of it once the rest is there. */
START_TEST(test_csv_in_parts)
{
	static const char data[] = "a,\"b\"\"\r\n,\",\"\",c\r\n";
	size_t len = sizeof(data) - 1;
	struct import_cells cells = { .out = mem_alloc(len + IMPORT_CELLS) };
	const char *why;

	for (size_t i = 1; i < len; i++)
		ck_assert_int_eq(
		    import_csv(data, i, false, &cells, &why), GOT_PART);
	ck_assert_int_eq(
	    import_csv(data, len, false, &cells, &why), GOT_RECORD);
	ck_assert_uint_eq(cells.count, 4);
	ck_assert_str_eq(cells.cell[1], "b\"\r\n,");
	ck_assert_str_eq(cells.cell[3], "c");
	free(cells.out);
}
END_TEST

/* --- JSON ------------------------------------------------------------------ */

static const struct {
	const char *data;
	const char *members; /* NULL: it is none */
} json[] = {
	{ "{}", "" },
	{ "{\"a\":\"b\"}", "a=b;" },
	{ " { \"a\" : \"b\" , \"c\" : -1.5e3 } ", "a=b;c#-1.5e3;" },
	{ "{\"a\":null,\"b\":1}", "b#1;" },
	{ "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "a=\"\\/\b\f\n\r\t;" },
	{ "{\"a\":\"\\u00e9\\u20AC\\ud83d\\ude00\"}",
	    "a=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80;" },
	{ "{\"a\":[1]}", NULL },
	{ "{\"a\":{}}", NULL },
	{ "{\"a\":true}", NULL },
	{ "{\"a\":\"b\"", NULL },
	{ "{\"a\":\"b\",}", NULL },
	{ "{\"a\":\"b\"}}", NULL },
	{ "{\"a\" \"b\"}", NULL },
	{ "{a:\"b\"}", NULL },
	{ "{\"a\":\"b", NULL },
	{ "{\"a\":\"b\\", NULL },
	{ "{\"a\":\"\\x\"}", NULL },
	{ "{\"a\":\"\\u12\"}", NULL },
	{ "{\"a\":\"\\u0000\"}", NULL },
	{ "{\"a\":\"\\ud83d\"}", NULL },
	{ "{\"a\":\"\\ud83dx\"}", NULL },
	{ "{\"a\":\"\\ud83d\\u0041\"}", NULL },
	{ "{\"a\":\"\\ude00\"}", NULL },
	{ "{\"a\":\"\x01\"}", NULL },
	{ "[]", NULL },
	{ "", NULL },
};

static bool
write_member(void *arg, const char *name, const char *text, bool number,
    const char **why)
{
	(void)why;
	if (text == NULL)
		return false;
	buf_printf(arg, "%s%c%s;", name, number ? '#' : '=', text);
	return true;
}

START_TEST(test_json)
{
	size_t len = strlen(json[_i].data);
	char *data = mem_ndup(json[_i].data, len), *out = mem_alloc(len + 1);
	struct buf members = { 0 };
	const char *why;
	bool good;

	buf_str(&members, "");
	good = import_json(data, len, out, write_member, &members, &why);
	ck_assert_int_eq(good, json[_i].members != NULL);
	if (good)
		ck_assert_str_eq(members.data, json[_i].members);
	buf_free(&members);
	free(data);
	free(out);
}
END_TEST

/* --- rows ------------------------------------------------------------------ */

/* Each cell that is given, in the order of the columns of a file. */
static struct export_row
row_of(const char *cells, char *room)
{
	struct export_row row = { 0 };
	size_t i = 0;

	memcpy(room, cells, strlen(cells) + 1);
	for (char *p = room; p != NULL; i++) {
		char *next = strchr(p, ',');

		if (next != NULL)
			*next++ = '\0';
		ck_assert_uint_lt(i, EXPORT_COLUMNS);
		if (*p != '\0')
			export_set(&row, i, p);
		p = next;
	}
	return row;
}

/* kind,domain,at,until,provider,stream,name,subject,value,verdict,reason,text,
 * cure,record,first_seen,last_seen,known,check,category,slow_down */
static const struct {
	const char *cells, *said; /* NULL: nothing is wrong */
} rows[] = {
	{ "measure,a.test,2026-11-20,,,,spam_rate,,0.25", NULL },
	{ "measure,a.test,2026-11-21,,,,spam_rate,,1", NULL },
	{ "measure,a.test,2000-01-01,,,,reject_count,,123456789", NULL },
	{ ",a.test,2026-11-20", "kind: there is none" },
	{ "measure,,2026-11-20,,,,spam_rate,,0", "domain: there is none" },
	{ "measure,a.test,,,,,spam_rate,,0", "at: there is none" },
	{ "measure,a.test,2026-11-20,,,,,,0", "name: there is none" },
	{ "measure,a.test,2026-11-20,,,,spam_rate", "value: there is none" },
	{ "measure,a.test,2026-11-22,,,,log_bounced_count,,0", NULL },
	{ "measure,a.test,2026-11-23,,,,log_bounced_count,,0",
	    "at: \"2026-11-23\" is yet to come" },
	{ "measure,a.test,2026-11-22,,,,spam_rate,,0",
	    "at: \"2026-11-22\" is yet to come" },
	{ "measure,a.test,1999-12-31,,,,spam_rate,,0",
	    "at: \"1999-12-31\" is before the year 2000" },
	{ "measure,a.test,today,,,,spam_rate,,0",
	    "at: \"today\" is no day; write 2026-11-19" },
	{ "measure,a.test,-3,,,,spam_rate,,0",
	    "at: \"-3\" is no day; write 2026-11-19" },
	{ "measure,a.test,2026-02-30,,,,spam_rate,,0",
	    "at: \"2026-02-30\" is no day; write 2026-11-19" },
	{ "measure,a.test,2026-11-20T00:00:00Z,,,,spam_rate,,0",
	    "at: \"2026-11-20T00:00:00Z\" is no day; write 2026-11-19" },
	{ "measure,a.test,2026-11-20,,,,spam_rate,,1.0001",
	    "value: \"1.0001\" is no ratio from 0 to 1" },
	{ "measure,a.test,2026-11-20,,,,spam_rate,,-0.1",
	    "value: \"-0.1\" is no ratio from 0 to 1" },
	{ "measure,a.test,2026-11-20,,,,spam_rate,,0.1%",
	    "value: \"0.1%\" is no ratio from 0 to 1" },
	{ "measure,a.test,2026-11-20,,,,spam_rate,,nan",
	    "value: \"nan\" is no ratio from 0 to 1" },
	{ "measure,a.test,2026-11-20,,,,spam_rate,,inf",
	    "value: \"inf\" is no ratio from 0 to 1" },
	{ "measure,a.test,2026-11-20,,,,reject_count,,-1",
	    "value: \"-1\" is no number of messages" },
	{ "measure,a.test,2026-11-20,,,,reject_count,,1e15",
	    "value: \"1e15\" is no number of messages" },
	{ "feedback,a.test,2026-11-20,,,,dkim,camp1,0.1", NULL },
	{ "feedback,a.test,2026-11-20,,,,from,camp1", NULL },
	{ "feedback,a.test,2026-11-20,,,,to,camp1,0.1",
	    "name: \"to\" is neither dkim nor from" },
	{ "feedback,a.test,2026-11-20,,,,dkim,,0.1", "subject: there is none" },
	{ "finding,a.test,2026-11-20T01:02:03Z,,,,ptr,192.0.2.1,,fail,missing",
	    NULL },
	{ "finding,a.test,2026-11-20T01:02:03Z,2026-11-20T01:02:02Z,,,ptr,,,"
	  "fail,missing",
	    "until: \"2026-11-20T01:02:02Z\" is before it began" },
	{ "finding,a.test,2026-11-20T01:02:03Z,,,,ptr,,,bad,missing",
	    "verdict: \"bad\" is no verdict" },
	{ "finding,a.test,2026-11-20T01:02:03Z,,,,,,,fail,missing",
	    "name: there is none" },
	{ "finding,a.test,2026-11-20T01:02:03Z,,,,p t r,,,fail,missing",
	    "name: \"p t r\" is no word of an export" },
	{ "finding,a.test,2026-11-23T01:02:03Z,,,,ptr,,,fail,missing",
	    "at: \"2026-11-23T01:02:03Z\" is yet to come" },
	{ "finding,a.test,2026-11-20,,,,ptr,,,fail,missing",
	    "at: \"2026-11-20\" is no time; write 2026-11-19T14:02:00Z" },
	{ "finding,a.test,2026-11-20T01:02:03Z,,,,ptr,,,unknown,timeout,,,,,,"
	  "fail missing 2026-01-01T00:00:00Z 2026-02-01T00:00:00Z",
	    NULL },
	{ "finding,a.test,2026-11-20T01:02:03Z,,,,ptr,,,unknown,timeout,,,,,,"
	  "fail missing 2026-01-01T00:00:00Z",
	    "known: \"fail missing 2026-01-01T00:00:00Z\" is not a verdict, "
	    "its reason and two times" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,delivered,,5", NULL },
	{ "traffic,a.test,2026-11-20T01:00:00Z,2026-11-20T02:00:00Z,gmail,,tls,"
	  ",5",
	    NULL },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,minutes,,,,,0:1 59:7",
	    NULL },
	{ "traffic,a.test,2026-11-20T01:00:01Z,,gmail,,delivered,,5",
	    "at: \"2026-11-20T01:00:01Z\" is not the start of an hour" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,2026-11-21T01:00:00Z,gmail,,tls,"
	  ",5",
	    "until: \"2026-11-21T01:00:00Z\" is not an hour later" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,sent,,5",
	    "name: \"sent\" is no count of traffic" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,,,tls,,5",
	    "provider: there is none" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,tls,,-5",
	    "value: \"-5\" is no count" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,tls,,5.5",
	    "value: \"5.5\" is no count" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,minutes,,,,,60:1",
	    "text: \"60:1\" are no minutes with their counts" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,minutes,,,,,1:4294967296",
	    "text: \"1:4294967296\" are no minutes with their counts" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,minutes,,,,,1:2:3",
	    "text: \"1:2:3\" are no minutes with their counts" },
	{ "traffic,a.test,2026-11-20T01:00:00Z,,gmail,,minutes",
	    "text: \"\" are no minutes with their counts" },
	{ "reply,a.test,2026-11-20T01:00:00Z,,gmail,,spam,,3,permanent,550",
	    NULL },
	{ "reply,a.test,2026-11-20T01:00:00Z,,gmail,,spam,,3,fatal,550",
	    "verdict: \"fatal\" is neither temporary nor permanent" },
	{ "reply,a.test,2026-11-20T01:00:00Z,,gmail,,spam,,x,permanent,550",
	    "value: \"x\" is no count" },
	{ "reply,a.test,2026-11-20T01:00:00Z,,gmail,,spam,,3,permanent,550,,,,,,"
	  ",,,no",
	    "slow_down: \"no\" is not yes" },
	{ "event,a.test,2026-11-20T01:00:00Z,,,,state,,,fail,,as it was",
	    NULL },
	{ "event,,2026-11-20T01:00:00Z,,,,hook,,,note,begins,x", NULL },
	{ "event,,2026-11-20T01:00:00Z,,,,hook,,,note,ends,x",
	    "reason: \"ends\" is not begins" },
	{ "event,,2026-11-20T01:00:00Z,,,,,,,note,,x", "name: there is none" },
	{ "note,,2026-11-20T01:00:00Z,,,,,,,,,words", NULL },
	{ "note,,2026-11-20T01:00:00Z", "text: there is none" },
	{ "note,,1969-11-20T01:00:00Z,,,,,,,,,words", NULL },
	{ "note,,2026-11-23T01:00:00Z,,,,,,,,,words",
	    "at: \"2026-11-23T01:00:00Z\" is yet to come" },
	{ "mute,a.test,2026-11-20T01:00:00Z,2030-01-01T00:00:00Z,,,ptr,,,,,why",
	    NULL },
	{ "mute,a.test,2026-11-20T01:00:00Z,2026-11-20T01:00:00Z,,,ptr,,,,,why",
	    "until: \"2026-11-20T01:00:00Z\" is no time after it began" },
	{ "mute,a.test,2026-11-20T01:00:00Z,,,,ptr", "text: there is none" },
	{ "asked,a.test,2026-01-01,2026-11-20", NULL },
	{ "asked,a.test,2026-01-01,2025-11-20",
	    "until: \"2025-11-20\" is before it began" },
	{ "asked,a.test,2026-01-01", "until: there is none" },
	{ "published,,2026-11-20", NULL },
	{ "published,a.test,2026-11-20", "domain: \"a.test\" has no such row" },
	{ "log,,2026-11-20T01:00:00Z,2026-11-20T02:00:00Z", NULL },
	{ "log,,2026-11-20T01:00:00Z,2026-11-20T00:00:00Z",
	    "until: \"2026-11-20T00:00:00Z\" is before it began" },
	{ "log,,2026-11-20T01:00:00Z", "until: there is none" },
};

START_TEST(test_row)
{
	struct arena *arena = arena_new();
	struct import_row out;
	struct error err;
	char room[512];
	struct export_row row = row_of(rows[_i].cells, room);
	bool known = false;
	enum status status = import_row_read(
	    &row, WORLD_NOW, arena, &out, &known, &err);

	if (rows[_i].said != NULL) {
		ck_assert_int_eq(status, STATUS_PARSE);
		ck_assert_str_eq(err.text, rows[_i].said);
	} else {
		ck_assert_msg(status == STATUS_OK, "%s", err.text);
		ck_assert(known);
	}
	arena_free(arena);
}
END_TEST

static struct import_row
read_row(struct arena *arena, const char *cells, char *room)
{
	struct export_row row = row_of(cells, room);
	struct import_row out;
	struct error err;
	bool known;

	ck_assert_int_eq(
	    import_row_read(&row, WORLD_NOW, arena, &out, &known, &err),
	    STATUS_OK);
	return out;
}

START_TEST(test_what_rows_say)
{
	struct arena *arena = arena_new();
	struct import_row row;
	char room[512];

	row = read_row(
	    arena, "measure,a.test,2026-11-20,,,,spam_rate,,0.25", room);
	ck_assert_int_eq(row.kind, IMPORT_MEASURE);
	ck_assert_int_eq(row.measure.metric, METRIC_SPAM_RATE);
	ck_assert_int_eq(row.measure.day, day_civil(2026, 11, 20));
	ck_assert(row.measure.value == 0.25);
	row = read_row(arena, "feedback,a.test,2026-11-20,,,,from,c", room);
	ck_assert(isnan(row.feedback.rate) && !row.feedback.by_dkim);
	row = read_row(arena,
	    "finding,a.test,2026-11-20T00:00:10Z,,,,ptr,x,,unknown,timeout,,,,"
	    ",2026-11-20T00:00:20Z,fail missing 1970-01-01T00:00:01Z "
	    "1970-01-01T00:00:02Z",
	    room);
	ck_assert_int_eq(row.finding.ended_s, 0);
	ck_assert_int_eq(row.finding.finding.first_seen_s, row.finding.begun_s);
	ck_assert_int_eq(
	    row.finding.finding.last_seen_s, row.finding.begun_s + 10);
	ck_assert_int_eq(row.finding.finding.known_verdict, VERDICT_FAIL);
	ck_assert_str_eq(row.finding.finding.known_reason, "missing");
	ck_assert_int_eq(row.finding.known_first_s, 1);
	ck_assert_int_eq(row.finding.finding.known_s, 2);
	row = read_row(arena,
	    "traffic,a.test,2026-11-20T01:00:00Z,,gmail,s,minutes,,,,,3:2 59:1",
	    room);
	ck_assert_int_eq(row.traffic.part, PART_MINUTES);
	ck_assert_uint_eq(row.traffic.hour.minutes[3], 2);
	ck_assert_uint_eq(row.traffic.hour.minutes[59], 1);
	row = read_row(
	    arena, "note,,2026-11-20T01:00:00Z,,,,,,,,,a\x1b[1mb", room);
	ck_assert_str_eq(row.note.text, "a\\x1b[1mb");
	arena_free(arena);
}
END_TEST

static const struct {
	const char *cells;
} unknown[] = {
	{ "oracle,a.test,2026-11-20" },
	{ "measure,a.test,2026-11-20,,,,joy_rate,,0.5" },
};

START_TEST(test_not_known)
{
	struct arena *arena = arena_new();
	struct import_row out;
	struct error err;
	char room[512];
	struct export_row row = row_of(unknown[_i].cells, room);
	bool known = true;

	ck_assert_int_eq(
	    import_row_read(&row, WORLD_NOW, arena, &out, &known, &err),
	    STATUS_OK);
	ck_assert(!known);
	arena_free(arena);
}
END_TEST

/* --- files ----------------------------------------------------------------- */

/* The rows as "kind domain at name value", a line each, and the error. */
static char *
read_file(const char *data, size_t len)
{
	FILE *file = tmpfile();
	struct import_text *text;
	struct export_row row;
	struct buf out = { 0 };
	struct error err;
	enum status status;
	bool end = false;

	ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	ck_assert_int_eq(fflush(file), 0);
	ck_assert_int_eq(lseek(fileno(file), 0, SEEK_SET), 0);
	text = import_text_new(fileno(file));
	buf_str(&out, "");
	while (
	    (status = import_text_next(text, &row, &end, &err)) == STATUS_OK &&
	    !end)
		buf_printf(&out, "%zu %s %s %s %s %s|", import_text_line(text),
		    row.kind, row.domain, row.at, row.name, row.value);
	if (status != STATUS_OK)
		buf_printf(&out, "! %s", err.text);
	if (import_text_ignored(text)[0] != '\0')
		buf_printf(&out, "ignored: %s", import_text_ignored(text));
	import_text_free(text);
	fclose(file);
	return buf_take(&out);
}

static const struct {
	const char *data, *rows;
} files[] = {
	{ "kind,domain,at,name,value\nm,a,b,c,1\n", "2 m a b c 1|" },
	{ "\xef\xbb\xbf"
	  "kind,domain,at,name,value\r\n\r\nm,a,b,c,1",
	    "3 m a b c 1|" },
	{ "value,name,at,domain,kind\n1,c,b,a,m\n", "2 m a b c 1|" },
	{ "kind,domain,at,name,value\nm,\"a\nb\",b,c,1\nn,a,b,c,2\n",
	    "2 m a\nb b c 1|4 n a b c 2|" },
	{ "kind,domain,at,name,value,x,\nm,a,b,c,1,y,\n",
	    "2 m a b c 1|ignored: x" },
	{ "kind,domain,at,name,value\nm,'=a,'b,''c,1\n", "2 m =a 'b 'c 1|" },
	{ "kind,domain,at,name,value\nm,',''',-,1\n", "2 m ' '' - 1|" },
	{ "kind,domain,at,at\n", "! line 1: column at stands there twice" },
	{ "kind,domain,at,name,value\nm,a,b,c,1,2\n",
	    "! line 2: there are more cells than the header has" },
	{ "kind,domain,at,name,value\nm,a,b,c,1,,,\n", "2 m a b c 1|" },
	{ "kind,domain,at,name,value\nm,a,b", /* cut */
	    "! line 2: the file ends within this row" },
	{ "day,domain,spam_rate,auth_spf\nd1,a,1,2\nd2,a,,3\nd3,a,,\nd4,a,4,\n",
	    "2 measure a d1 spam_rate 1|2 measure a d1 auth_spf 2|"
	    "3 measure a d2 auth_spf 3|5 measure a d4 spam_rate 4|" },
	{ "date,at,domain,spam_rate\n",
	    "! line 1: column at stands there twice" },
	{ "domain,spam_rate\n",
	    "! line 1: no header of an export (kind,domain,at,...), nor one of "
	    "domain, day and names of measures" },
	{ "{\"kind\":\"m\",\"domain\":\"a\",\"at\":\"b\",\"name\":\"c\","
	  "\"value\":1}\n\n{\"kind\":\"n\",\"domain\":\"a\",\"at\":\"b\","
	  "\"name\":\"c\",\"value\":2,\"x\":\"y\"}",
	    "1 m a b c 1|3 n a b c 2|ignored: x" },
	{ "{\"kind\":\"m\",\"kind\":\"m\"}\n",
	    "! line 1: a member stands there twice" },
	{ "{\"kind\":\"m\"}\nkind,domain\n",
	    "! line 2: not a JSON object on a line of its own" },
};

START_TEST(test_file)
{
	char *text = read_file(files[_i].data, strlen(files[_i].data));
	const char *got = text;

	/* What a row lacks prints as "(null)" here. */
	if (strstr(files[_i].data, "}\nkind") != NULL)
		got = strchr(text, '!');
	ck_assert_str_eq(got, files[_i].rows);
	free(text);
}
END_TEST

/* Records that lie across the blocks in which a file is read. */
START_TEST(test_long_file)
{
	static const char head[] = "kind,domain,at,name,value\n";
	struct buf data = { 0 }, want = { 0 };
	char *got;

	buf_str(&data, head);
	for (int i = 0; i < 60000; i++) {
		buf_printf(&data, "\"m\",\"d%d\",b,\"c\"\"%0*d\",%d\r\n", i,
		    i % 50, i, i);
		buf_printf(
		    &want, "%d m d%d b c\"%0*d %d|", i + 2, i, i % 50, i, i);
	}
	got = read_file(data.data, data.len);
	ck_assert(strcmp(got, want.data) == 0);
	free(got);
	buf_free(&data);
	buf_free(&want);
}
END_TEST

/* As long as a record may be, and longer. */
START_TEST(test_long_record)
{
	static const struct {
		const char *head, *tail;
	} kinds[] = {
		{ "kind,domain,at,name,value\nm,a,b,c,", "\n" },
		{ "kind,domain,at,name,value\nm,a,b,\"c", "\",1\n" },
		{ "{\"kind\":\"m\",\"text\":\"", "\"}\n" },
	};

	for (size_t i = 0; i < COUNT(kinds); i++)
		for (int over = 0; over < 3; over++) {
			size_t len = (size_t)IMPORT_RECORD_MOST - 64 +
			    (size_t)over * (over == 2 ? 4000000 : 100);
			struct buf data = { 0 };
			char *got;

			buf_str(&data, kinds[i].head);
			for (size_t k = 0; k < len; k++)
				buf_char(&data, '1');
			buf_str(&data, kinds[i].tail);
			got = read_file(data.data, data.len);
			ck_assert_int_eq(
			    strstr(got, "longer than 256 KiB") != NULL,
			    over > 0);
			free(got);
			buf_free(&data);
		}
}
END_TEST

Suite *
suite_import(void)
{
	Suite *suite = suite_create("import");
	TCase *tc = tcase_create("import");

	tcase_add_loop_test(tc, test_csv, 0, (int)COUNT(csv));
	tcase_add_test(tc, test_csv_in_parts);
	tcase_add_loop_test(tc, test_json, 0, (int)COUNT(json));
	tcase_add_loop_test(tc, test_row, 0, (int)COUNT(rows));
	tcase_add_test(tc, test_what_rows_say);
	tcase_add_loop_test(tc, test_not_known, 0, (int)COUNT(unknown));
	tcase_add_loop_test(tc, test_file, 0, (int)COUNT(files));
	tcase_add_test(tc, test_long_file);
	tcase_add_test(tc, test_long_record);
	suite_add_tcase(suite, tc);
	return suite;
}
