/* What is printed for machines and for notes: JSON, CSV, Markdown, monitoring. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_H
#define SENDTOP_REPORT_H

#include <stdio.h>

#include "sendtop/reply.h"
#include "sendtop/view.h"

/*
 * A report is written piece by piece, so that ten thousand domains never
 * stand in memory at once: begin, a domain at a time, end.  Formats are rows
 * of a table; `text` is drawn by the panels and is not among them.
 */
struct report;

struct report_head {
	const struct view_head *view; /* NULL for a probe without a store */
	int64_t taken_s;
	int32_t as_of; /* DAY_NONE: live */
	int32_t since; /* what changed since that day is wanted; 0: not */
	const struct change *changes; /* at all domains, and to sendtop */
	size_t change_count;
	bool lines; /* JSON: a whole document a line for each domain */
	const char *const *resolvers;
	size_t resolver_count;
};

/* Names of the formats, NULL past the end: json, csv, markdown. */
const char *report_format(size_t i);

/* NULL when there is no such format.  Writes the head. */
struct report *report_begin(
    const char *format, FILE *out, const struct report_head *head);
/* One domain with everything that is known of it, and with its changes where
 * it was compared; as Markdown these alone. */
void report_view(struct report *report, const struct view *view);
/* One domain of which only live findings are known. */
void report_findings(struct report *report, const char *domain,
    const struct finding *findings, size_t count);
/* Writes the end and frees; false when the output could not be written. */
bool report_end(struct report *report) MUST_CHECK;

/* The ramp of one domain as text of 80 columns, json, or csv (day,volume of the
 * path); false when there is no such format.  head->view is needed. */
bool report_ramp(FILE *out, const char *format, const struct report_head *head,
    const struct view *view);

/* Live findings as text of 80 columns, worst first, with what cures them. */
void report_probe_text(FILE *out, const char *domain,
    const struct finding *findings, size_t count, bool color);

/* What one reply of a receiver means. */
struct report_reply {
	const char *text; /* as it came; hostile */
	size_t len;
	bool show_text; /* the text form repeats it */
	bool taken;     /* nothing is amiss: the receiver took the message */
	const struct reply_match *match;
	const char *label;                     /* its provider's, or "" */
	const struct requirement *requirement; /* that it names, or NULL */
	/* Where the text is codes and nothing else: whose rows are listed;
	 * else NULL. */
	const struct reply_catalogue *coded;
};
/* Writes the reply that comes as number index (from 0); NULL ends the list.
 * text of 80 columns, or json; false when there is no such format. */
bool report_reply(FILE *out, const char *format,
    const struct report_reply *reply, size_t index);

/* All watched domains of a store as OpenMetrics text, which Prometheus's older
 * text format reads as well. */
enum status report_openmetrics(FILE *out, struct store *store, int64_t now_s,
    struct error *err) MUST_CHECK;

/*
 * What the store remembers, for other tools: measures, feedback loops, findings
 * from when to when, hours of traffic, replies, events, notes, the mutes in
 * force, what Google was asked about and which logs were read, one row each, as csv or json (an object a line); a page of it in
 * memory at a time.  STATUS_USAGE: no such format.
 */
struct report_export {
	struct store *store;
	const char *const *domains; /* as org_ascii() writes them */
	size_t domain_count;        /* 0: all that are watched */
	int64_t since_s;            /* 0: from the beginning */
	int64_t now_s;
	/* Called every so often with how many domains are written; false: it
	 * ends with STATUS_CANCELLED.  May be NULL. */
	bool (*progress)(void *arg, size_t done, size_t total);
	void *arg;
};
enum status report_export(FILE *out, const char *format,
    const struct report_export *what, struct error *err) MUST_CHECK;

/* A monitoring plugin's one line with perfdata and its exit code: 0 ok,
 * 1 warning, 2 critical, 3 unknown (Monitoring Plugins guidelines). */
struct plugin_line {
	size_t counts[5]; /* by enum standing_state; [4] not judged */
	char worst[512];  /* "news.example.com spam rate ..." */
	enum standing_state state;
	double max_spam_rate; /* NaN when none is known */
	int64_t data_age_s;   /* of the oldest poll counted, -1 unknown */
	int64_t silent_s;     /* so long nobody has collected, too long for the
			     rest to be believed; 0: somebody does */
	int64_t stale_s;      /* so long Postmaster gave no numbers, likewise */
	char stale[256];      /* of this domain, */
	size_t stale_count;   /* and others, that many in all */
	const char *trouble;  /* why, or NULL */
};
void report_plugin_begin(struct plugin_line *line);
void report_plugin_add(struct plugin_line *line, const char *domain,
    const struct standing *standing, int64_t now_s);
int report_plugin(FILE *out, const struct plugin_line *line);
/* The line, and exit code, of one that could not look. */
int report_plugin_fail(FILE *out, const char *why);

#endif
