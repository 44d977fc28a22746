/* TLS: the hosts that take your mail, their policies, and both ways' rates. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "cure.h"
#include "measures.h"
#include "plot.h"
#include "reply_sum.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	HOSTS_MOST = 32,
	HOST_SIZE = 256,
	NAME_MOST = 44,
	VERDICT_WIDTH = 8,
	COLUMN = 9,
	CHECK_WIDTH = 13,
	EXPIRY_SIZE = 48,
	TEXT_SIZE = 512,
	EXPIRY_SOON = 14, /* days */
	WIDE = 150,
	ROWS_MOST = 4096,
};

static const char *const checks[] = { "smtp", "starttls", "tls_version",
	"certificate", "dane" };
static const char *const titles[] = { "SESSION", "STARTTLS", "PROTOCOL", "CERT",
	"DANE" };
enum { CERTIFICATE = 3, CHECKS = sizeof(checks) / sizeof(*checks) };

static const char *const policies[] = { "mta_sts", "tls_rpt", "dnssec" };

/* One MX host with the worst that each check says of it. */
struct host {
	char name[HOST_SIZE];
	const struct finding *worst[CHECKS];
};

struct hosts {
	const struct finding **list; /* worst first */
	size_t count;
	struct host items[HOSTS_MOST];
	size_t used;
	bool past; /* they are of the time cursor's day */
};

static int
check_index(const char *check)
{
	for (int i = 0; i < CHECKS; i++)
		if (strcmp(checks[i], check) == 0)
			return i;
	return -1;
}

/* "mx1.example.com [192.0.2.25]" and "mx1.example.com" are one host. */
static bool
is_host(const char *name, const char *subject)
{
	size_t len = strcspn(subject, " ");

	return strlen(name) == len && strncmp(name, subject, len) == 0;
}

static struct host *
host_of(struct hosts *hosts, const char *subject)
{
	struct host *host;

	for (size_t i = 0; i < hosts->used; i++)
		if (is_host(hosts->items[i].name, subject))
			return &hosts->items[i];
	if (hosts->used == HOSTS_MOST)
		return NULL;
	host = &hosts->items[hosts->used++];
	*host = (struct host){ .name = "" };
	snprintf(host->name, sizeof(host->name), "%.*s",
	    (int)strcspn(subject, " "), subject);
	return host;
}

static void
gather(struct hosts *hosts, const struct history *history)
{
	hosts->list = words_findings(history);
	hosts->count = history->finding_count;
	hosts->used = 0;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct finding *f = hosts->list[i];
		int at = check_index(f->check);
		struct host *host = at < 0 ? NULL : host_of(hosts, f->subject);

		if (host != NULL && host->worst[at] == NULL)
			host->worst[at] = f;
	}
}

/* Days until what a certificate's finding names as its end. */
static bool
expiry(const struct finding *f, int64_t now_s, int64_t *days)
{
	const char *at = f == NULL ? NULL : strstr(f->detail, "20");
	char stamp[TIME_TEXT_SIZE];
	int64_t end_s;

	for (; at != NULL; at = strstr(at + 1, "20")) {
		snprintf(stamp, sizeof(stamp), "%.20s", at);
		if (!time_parse(stamp, &end_s))
			continue;
		*days = (end_s - now_s) / DAY_SECONDS;
		return true;
	}
	return false;
}

static enum role
role_expiry(int64_t days)
{
	if (days < 0)
		return ROLE_BAD;
	return days < EXPIRY_SOON ? ROLE_WARN : ROLE_PLAIN;
}

static int
put_expiry(const struct pane *pane, int x, int y, const struct host *host,
    int64_t now_s)
{
	char text[EXPIRY_SIZE] = "-";
	enum role role = ROLE_DIM;
	int64_t days;

	if (expiry(host->worst[CERTIFICATE], now_s, &days)) {
		role = role_expiry(days);
		if (days < 0)
			snprintf(text, sizeof(text), "past");
		else
			snprintf(text, sizeof(text), "%" PRId64 " d", days);
	}
	return pane_right(pane, x, y, COLUMN - 2, role, text) + 2;
}

static int
name_width(const struct pane *pane)
{
	int w = pane->w - 1 - (CHECKS + 1) * COLUMN;

	return w > NAME_MOST ? NAME_MOST : w;
}

static int
put_host_titles(const struct pane *pane, int y)
{
	int x = pane_fit(
	    pane, 1, y, name_width(pane), ROLE_TITLE, "MAIL SERVER (MX)");

	for (int i = 0; i < CHECKS; i++) {
		x = pane_fit(pane, x, y, COLUMN, ROLE_TITLE, titles[i]);
		if (i == CERTIFICATE)
			x = pane_right(
				pane, x, y, COLUMN - 2, ROLE_TITLE, "ENDS IN") +
			    2;
	}
	return 1;
}

static int
put_host(const struct pane *pane, int y, const struct host *host, int64_t now_s)
{
	int w = name_width(pane);
	int x = pane_fit(pane, 1, y, w - 1, ROLE_STRONG, host->name) + 1;

	for (int i = 0; i < CHECKS; i++) {
		const struct finding *f = host->worst[i];

		x = pane_fit(pane, x, y, COLUMN,
		    f == NULL ? ROLE_DIM : role_verdict(f->verdict),
		    f == NULL ? "-" : word_verdict(f->verdict));
		if (i == CERTIFICATE)
			x = put_expiry(pane, x, y, host, now_s);
	}
	return 1;
}

static int
put_finding(const struct pane *pane, int y, const struct view *view,
    const struct finding *f)
{
	bool trouble = verdict_weight(f->verdict) >
	    verdict_weight(VERDICT_PASS);
	const char *cure = trouble && f->verdict != VERDICT_UNKNOWN
	    ? advice_cure(view, f)
	    : "";
	const char *address = strchr(f->subject, '[');
	char text[TEXT_SIZE], left[EXPIRY_SIZE] = "", when[TIME_TEXT_SIZE];
	int64_t days;
	int start = y, x;

	if (!trouble && strcmp(f->check, "certificate") == 0 &&
	    expiry(f, view->history.now_s, &days) && days >= 0)
		snprintf(left, sizeof(left), " (%" PRId64 " days left)", days);
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s",
	    trouble ? f->reason : "", trouble ? ": " : "", f->detail, left,
	    address != NULL ? " " : "", address != NULL ? address : "",
	    trouble && f->first_seen_s > 0 ? ", since " : "",
	    trouble && f->first_seen_s > 0 ? time_short(when, f->first_seen_s)
					   : "");
	x = pane_fit(pane, 1, y, VERDICT_WIDTH, role_verdict(f->verdict),
	    word_verdict(f->verdict));
	x = pane_fit(pane, x, y, CHECK_WIDTH, ROLE_PLAIN, f->check);
	y += pane_wrap(
	    pane, x, y, pane->w - x - 1, trouble ? ROLE_PLAIN : ROLE_DIM, text);
	y += cure_put_marked(pane, x, strlen("do: "), y, "do:", cure);
	return y - start;
}

/* What was seen of each host, worst first within it. */
static int
put_details(const struct pane *pane, int y, const struct view *view,
    const struct hosts *hosts)
{
	int start = y;

	for (size_t i = 0; i < hosts->used; i++) {
		pane_title(pane, 0, y++, pane->w, hosts->items[i].name);
		for (size_t k = 0; k < hosts->count; k++) {
			const struct finding *f = hosts->list[k];

			if (check_index(f->check) >= 0 &&
			    is_host(hosts->items[i].name, f->subject))
				y += put_finding(pane, y, view, f);
		}
	}
	return y - start;
}

static int
put_servers(const struct pane *pane, int y, const struct view *view,
    const struct hosts *hosts)
{
	int start = y;

	if (hosts->used == 0)
		return pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    hosts->past
			? "No mail server of this domain was looked at by "
			  "that day, or it took no mail."
			: "No mail server of this domain was looked at yet, "
			  "or it takes no mail.  r probes it now.");
	y += put_host_titles(pane, y);
	for (size_t i = 0; i < hosts->used; i++)
		y += put_host(pane, y, &hosts->items[i], view->history.now_s);
	return y - start;
}

static int
put_policies(const struct pane *pane, int y, const struct view *view,
    const struct hosts *hosts)
{
	int start = y;

	pane_title(pane, 0, y++, pane->w, "Policies of the domain");
	for (size_t p = 0; p < sizeof(policies) / sizeof(*policies); p++)
		for (size_t i = 0; i < hosts->count; i++)
			if (strcmp(hosts->list[i]->check, policies[p]) == 0 &&
			    hosts->list[i]->verdict != VERDICT_SKIP)
				y += put_finding(pane, y, view, hosts->list[i]);
	if (y == start + 1)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "MTA-STS, TLS-RPT and DNSSEC were not looked at yet.");
	return y - start;
}

static int
put_rates(const struct pane *pane, int y, const struct history *history)
{
	int start = y;

	pane_title(pane, 0, y++, pane->w,
	    "Share of mail over TLS, as Google counts it");
	y += measures_titles(pane, y);
	y += measures_row(pane, y, history, METRIC_TLS_INBOUND);
	y += measures_row(pane, y, history, METRIC_TLS_OUTBOUND);
	return y - start;
}

/* The same of the own log, where it tells TLS at all. */
static int
put_log(const struct pane *pane, int y, const struct history *h, bool past)
{
	struct traffic_sum day = traffic_sum(
	    h->traffic, h->traffic_count, h->now_s - DAY_SECONDS, h->now_s + 1);
	struct traffic_sum week = traffic_sum(h->traffic, h->traffic_count,
	    h->now_s - 7 * DAY_SECONDS, h->now_s + 1);
	char text[TEXT_SIZE], a[WORD_SIZE], b[WORD_SIZE], n[WORD_SIZE];

	if (h->log_last_s == 0)
		return pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    past ? "Own log: none that was read goes back to that day."
			 : "Own log: none is read ([logs] in the settings "
			   "file).");
	if (week.tls + week.clear == 0)
		return pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "Own log: it does not say of any delivery to Gmail in 7 "
		    "days whether it went over TLS.");
	snprintf(text, sizeof(text),
	    "Own log, delivered to Gmail over TLS: %s in 24 h, %s in 7 days; "
	    "in the clear in 7 days: %s",
	    day.tls + day.clear == 0
		? "none told"
		: word_percent(
		      a, (double)day.tls / (double)(day.tls + day.clear)),
	    word_percent(b, (double)week.tls / (double)(week.tls + week.clear)),
	    text_count(n, sizeof(n), (double)week.clear));
	return pane_wrap(pane, 1, y, pane->w - 2,
	    week.clear > 0 ? ROLE_WARN : ROLE_PLAIN, text);
}

static void
put_title(const struct pane *pane, const struct view *view, bool past)
{
	char title[WORD_SIZE * 2], age[WORD_SIZE];

	if (view->standing.probed_s > 0)
		snprintf(title, sizeof(title),
		    "Receiving mail over TLS, probed %s ago",
		    text_age(age, sizeof(age),
			view->history.now_s - view->standing.probed_s));
	else
		snprintf(title, sizeof(title),
		    "Receiving mail over TLS, not probed %s",
		    past ? "by then" : "yet");
	pane_title(pane, 0, 0, pane->w, title);
}

static int
put_overview(
    const struct pane *pane, const struct view *view, const struct hosts *hosts)
{
	int y = 1;

	put_title(pane, view, hosts->past);
	y += put_servers(pane, y, view, hosts);
	y += put_rates(pane, y, &view->history);
	y += put_log(pane, y, &view->history, hosts->past);
	return y + put_policies(pane, y, view, hosts);
}

int
panel_tls(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	struct hosts hosts;
	struct pane a = pane_part(pane, 1, 0, pane->w - 2, ROWS_MOST), b = a;
	int half = pane->w / 2, rows, more;

	gather(&hosts, &view->history);
	hosts.past = model->ui.as_of != DAY_NONE;
	if (pane->w >= WIDE) {
		a = pane_part(pane, 1, 0, half - 2, ROWS_MOST);
		b = pane_part(pane, half + 2, 0, pane->w - half - 3, ROWS_MOST);
		pane_vline(pane, half, 0, pane->h);
		rows = put_overview(&a, view, &hosts);
		more = put_details(&b, 0, view, &hosts);
		rows = rows > more ? rows : more;
	} else {
		rows = put_overview(&a, view, &hosts) + 1;
		rows += put_details(&b, rows, view, &hosts);
	}
	free(hosts.list);
	return rows;
}
