/* What replies mean, for people and for machines. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "report/json_part.h"
#include "report/wrap.h"
#include "sendtop/report.h"
#include "sendtop/text.h"
#include "sendtop/traffic.h"

enum { LABEL = 11, TEXT_MOST = 2000 };

/* How a cause is looked at: by the check that the row names, else by its
 * category. */
static const struct {
	const char *check, *category, *how;
} proofs[] = {
	{ "burst", "", "check burst: the screen's Checks tab, from the log" },
	{ "dkim", "", "check dkim: sendtop probe --selector NAME DOMAIN" },
	{ "dnsbl", "", "check dnsbl: sendtop probe --ip IP DOMAIN" },
	{ "helo", "", "check helo: sendtop probe --ip IP --helo NAME DOMAIN" },
	{ "ptr", "", "check ptr: sendtop probe --ip IP DOMAIN" },
	{ "spf_sender", "", "check spf_sender: sendtop probe --ip IP DOMAIN" },
	{ "", "format_rfc5322", "sendtop lint MESSAGE" },
	{ "", "header_size", "sendtop lint MESSAGE" },
	{ "", "auth_dmarc", "sendtop lint --ip IP MESSAGE" },
};

/* The answer in a buffer of the caller's; "" where nothing proves it. */
static const char *
proof(const struct reply_row *row, struct buf *out)
{
	size_t i;

	for (i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++)
		if (row->check[0] != '\0'
			? strcmp(proofs[i].check, row->check) == 0
			: strcmp(proofs[i].category, row->category) == 0)
			return proofs[i].how;
	if (row->check[0] == '\0')
		return "";
	buf_printf(out, "check %s: sendtop probe DOMAIN", row->check);
	return out->data;
}

static const char *
class_of(const struct report_reply *reply)
{
	const struct reply_match *match = reply->match;

	if (reply->taken)
		return "taken";
	if (match->reply[0] == '\0')
		return "";
	return match->permanent ? "permanent" : "temporary";
}

/* --- text ----------------------------------------------------------------- */

static void
line(FILE *out, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "%-*s", LABEL, label);
	report_wrap_on(out, text, LABEL);
}

static void
put_reply(FILE *out, const struct report_reply *reply)
{
	const struct reply_match *match = reply->match;
	struct buf text = { 0 };

	buf_str(&text,
	    reply->taken                  ? "taken"
		: match->reply[0] != '\0' ? match->reply
					  : "no code");
	if (reply->label[0] != '\0')
		buf_printf(
		    &text, " %s %s", reply->taken ? "by" : "of", reply->label);
	if (match->row != NULL)
		buf_printf(&text, ", %s", match->row->key);
	if (match->reply[0] != '\0')
		buf_printf(&text, ", %s", class_of(reply));
	line(out, "reply:", text.data);
	buf_free(&text);
}

/* The guidelines are Gmail's; other receivers refuse for the same cause. */
static bool
is_others(const struct reply_match *match)
{
	return match->provider != NULL &&
	    strcmp(match->provider, PROVIDER_GMAIL) != 0;
}

static void
put_row(FILE *out, const struct report_reply *reply)
{
	const struct reply_row *row = reply->match->row;
	const struct requirement *rule = reply->requirement;
	struct buf text = { 0 };

	line(out, "means:", row->meaning);
	line(out, "do:", row->remedy);
	line(out, "severity:", row->severity);
	line(out, "slow down:",
	    row->slow_down ? "yes, the receiver asks for less mail" : "no");
	line(out, "names:", reply->match->identity);
	if (rule != NULL) {
		buf_printf(&text, "%s%s, %s%s",
		    is_others(reply->match) ? "Gmail's " : "", rule->id,
		    rule->title,
		    is_others(reply->match) ? " (the cause is the same)" : "");
		line(out, "guideline:", text.data);
		line(out, "", rule->page);
		buf_free(&text);
	}
	line(out, "proof:", proof(row, &text));
	buf_free(&text);
	line(out, "source:", row->edition);
	line(out, "note:", row->note);
}

/* The same code has many meanings: what it may be, without a guess. */
static void
put_coded(FILE *out, const struct report_reply *reply)
{
	const struct reply_match *match = reply->match;
	const struct reply_row *row;
	struct buf text = { 0 };
	size_t count = 0, i = 0;

	while ((row = reply_catalogue_coded(
		    reply->coded, match->reply, match->provider, &i)) != NULL) {
		if (count++ == 0)
			line(out, "means:",
			    "one of these; which of them, the receiver's words "
			    "tell");
		text.len = 0;
		buf_printf(&text, "%s: %s", row->key, row->meaning);
		line(out, row->provider, text.data);
	}
	buf_free(&text);
	if (count == 0)
		line(out, "means:",
		    "not known: no reply of the catalogue has that code");
}

static void
text_one(FILE *out, const struct report_reply *reply, size_t index)
{
	char *shown;

	if (index > 0)
		fputc('\n', out);
	if (reply->show_text) {
		shown = text_printable_dup(reply->text, reply->len, TEXT_MOST);
		line(out, "text:", shown);
		free(shown);
	}
	put_reply(out, reply);
	if (reply->match->row != NULL)
		put_row(out, reply);
	else if (reply->taken)
		line(out, "means:", "the receiver took the message");
	else if (reply->coded != NULL)
		put_coded(out, reply);
	else
		line(out, "means:",
		    "not known; sendtop does not guess what a receiver means "
		    "by it");
}

/* --- JSON ----------------------------------------------------------------- */

static void
put_text(json_t *object, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_put(object, key, json_string(text));
	else
		json_put(object, key, json_null());
}

static void
json_row(json_t *object, const struct report_reply *reply)
{
	const struct reply_row *row = reply->match->row;
	const struct requirement *rule = reply->requirement;
	struct buf text = { 0 };

	put_text(object, "category", row->category);
	put_text(object, "severity", row->severity);
	json_put(object, "slow_down", json_boolean(row->slow_down));
	put_text(object, "meaning", row->meaning);
	put_text(object, "remedy", row->remedy);
	json_put(object, "guideline",
	    rule == NULL
		? json_null()
		: json_pack("{s:s, s:s, s:s, s:s}", "of", PROVIDER_GMAIL, "id",
		      rule->id, "title", rule->title, "page", rule->page));
	put_text(object, "check", row->check);
	put_text(object, "proof", proof(row, &text));
	put_text(object, "edition", row->edition);
	put_text(object, "note", row->note);
	buf_free(&text);
}

static json_t *
json_coded(const struct report_reply *reply)
{
	const struct reply_match *match = reply->match;
	json_t *list = json_array();
	const struct reply_row *row;
	size_t i = 0;

	while ((row = reply_catalogue_coded(
		    reply->coded, match->reply, match->provider, &i)) != NULL)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "provider", row->provider,
			"key", row->key, "meaning", row->meaning));
	return list;
}

static void
json_one(FILE *out, const struct report_reply *reply, size_t index)
{
	const struct reply_match *match = reply->match;
	char *shown = text_printable_dup(reply->text, reply->len, TEXT_MOST);
	json_t *object = json_object();

	json_put(object, "text", json_string(shown));
	json_put(
	    object, "known", json_boolean(match->row != NULL || reply->taken));
	put_text(object, "key", match->row != NULL ? match->row->key : "");
	put_text(object, "provider", match->provider);
	put_text(object, "reply", match->reply);
	put_text(object, "class", class_of(reply));
	put_text(object, "names", match->identity);
	if (match->row != NULL)
		json_row(object, reply);
	else if (reply->coded != NULL)
		json_put(object, "candidates", json_coded(reply));
	fputs(index > 0 ? ",\n" : "\n", out);
	json_dumpf(object, out, JSON_COMPACT);
	json_decref(object);
	free(shown);
}

static void
json_begin(FILE *out)
{
	fprintf(out,
	    "{\"schema\":\"sendtop/1\",\"version\":\"%s\",\"replies\":[",
	    SENDTOP_VERSION);
}

static void
json_end(FILE *out)
{
	fputs("]}\n", out);
}

/* --- the table ------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*begin)(FILE *out);
	void (*one)(FILE *out, const struct report_reply *reply, size_t index);
	void (*end)(FILE *out);
} formats[] = {
	{ "text", NULL, text_one, NULL },
	{ "json", json_begin, json_one, json_end },
};

bool
report_reply(FILE *out, const char *format, const struct report_reply *reply,
    size_t index)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, format) != 0)
			continue;
		if (index == 0 && formats[i].begin != NULL)
			formats[i].begin(out);
		if (reply != NULL)
			formats[i].one(out, reply, index);
		else if (formats[i].end != NULL)
			formats[i].end(out);
		return true;
	}
	return false;
}
