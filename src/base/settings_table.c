/* The table of settings, and what is made from it. */
/* SPDX-License-Identifier: MIT */
#include "settings_row.h"

#include <string.h>

#include "sendtop/text.h"

#define AT(member) offsetof(struct settings, member)
#define RAMP(member) offsetof(struct settings, ramp.member)
#define DOMAIN(member) offsetof(struct settings_domain, member)
#define DAYS(n) ((n)*86400.0)

/* More than any sender has: a bound against slips of the finger. */
#define MESSAGES_MOST 1e12

/* Rows of one section stand together; the example file keeps this order. */
static const struct settings_row rows[] = {
	{ { "postmaster", "credentials", "path", "",
	      "Google credentials (JSON: authorized_user or service_account)" },
	    AT(credentials), 0, 0, NULL },
	{ { "postmaster", "endpoint", "URL",
	      "https://gmailpostmastertools.googleapis.com",
	      "where the Postmaster Tools API is" },
	    AT(endpoint), 0, 0, NULL },
	{ { "postmaster", "poll", "duration", "6h",
	      "how often Postmaster is asked" },
	    AT(poll_s), 1, DAYS(7), NULL },

	{ { "resolver", "servers", "list of servers", "",
	      "DNS servers, ADDR[:PORT] or [V6]:PORT; empty: the system's" },
	    AT(servers), 0, 0, NULL },
	{ { "resolver", "timeout", "short duration", "1s",
	      "how long the first try of a question may take" },
	    AT(dns_timeout_ms), 0.01, 60, NULL },
	{ { "resolver", "tries", "whole number", "5",
	      "how often a question is asked before it counts as timed out" },
	    AT(dns_tries), 1, 10, NULL },
	{ { "resolver", "parallel", "whole number", "128",
	      "questions in flight at a time" },
	    AT(dns_parallel), 1, 4096, NULL },
	{ { "resolver", "trust-ad", "yes or no", "no",
	      "believe a remote resolver that an answer is authentic (DNSSEC)" },
	    AT(dns_trust_ad), 0, 0, NULL },

	{ { "smtp", "enabled", "yes or no", "yes",
	      "connect to mail exchangers to look at SMTP and TLS" },
	    AT(smtp_enabled), 0, 0, NULL },
	{ { "smtp", "port", "whole number", "25",
	      "the port of mail exchangers" },
	    AT(smtp_port), 1, 65535, NULL },
	{ { "smtp", "helo", "host name", "",
	      "the name sendtop says in EHLO; empty: this machine's" },
	    AT(helo), 0, 0, NULL },
	{ { "smtp", "allow-private", "yes or no", "no",
	      "connect to private and loopback addresses too; for test worlds" },
	    AT(allow_private), 0, 0, NULL },
	{ { "smtp", "timeout", "short duration", "30s",
	      "how long a mail exchanger may take to answer a command" },
	    AT(smtp_timeout_ms), 0.01, 600, NULL },
	{ { "smtp", "parallel", "whole number", "256",
	      "SMTP sessions at a time, one a host" },
	    AT(smtp_parallel), 1, 4096, NULL },

	{ { "https", "enabled", "yes or no", "yes",
	      "fetch what DNS points to: MTA-STS policies, BIMI logos" },
	    AT(https_enabled), 0, 0, NULL },
	{ { "https", "port", "whole number", "443",
	      "the port of the servers that have them" },
	    AT(https_port), 1, 65535, NULL },
	{ { "https", "timeout", "short duration", "20s",
	      "how long a server may take for one of them" },
	    AT(https_timeout_ms), 0.01, 600, NULL },
	{ { "https", "parallel", "whole number", "64",
	      "fetches at a time, two a server" },
	    AT(https_parallel), 1, 1024, NULL },

	{ { "dnsbl", "zones", "list of blocklists",
	      "zen.spamhaus.org:3, bl.spamcop.net:1",
	      "blocklists of addresses, ZONE[:WEIGHT]; empty: none" },
	    AT(ip_lists), 0, 0, NULL },
	{ { "dnsbl", "domain-zones", "list of blocklists", "dbl.spamhaus.org:3",
	      "blocklists of domains, ZONE[:WEIGHT]; empty: none" },
	    AT(domain_lists), 0, 0, NULL },

	{ { "abuse", "zone", "zone", "contacts.abuse.net",
	      "where contacts for complaints are looked up; empty: nowhere" },
	    AT(abuse_zone), 0, 0, NULL },

	{ { "tls", "ca-file", "path", "",
	      "certificates to trust (PEM); empty: the system's" },
	    AT(ca_file), 0, 0, NULL },

	{ { "store", "path", "path or URL", "",
	      "where history is kept; empty: $XDG_STATE_HOME/sendtop/" },
	    AT(store), 0, 0, NULL },

	{ { "checks", "interval", "duration", "1h",
	      "how often the live checks run" },
	    AT(check_interval_s), 1, DAYS(7), NULL },

	{ { "screen", "ascii", "yes or no", "no",
	      "draw with ASCII characters alone" },
	    AT(ascii), 0, 0, NULL },
	{ { "screen", "color", "choice", "auto", "when to use colors" },
	    AT(color), 0, 0, "auto, always, never" },
	{ { "screen", "theme", "text", "default", "the colors' theme" },
	    AT(theme), 0, 0, NULL },

	{ { "ramp", "preset", "choice", "cautious",
	      "how fast a day may outgrow the days before it" },
	    RAMP(preset), 0, 0, "cautious, standard, slow" },
	{ { "ramp", "spam-note", "percentage", "0.08%",
	      "spam rate from which it is remarked on" },
	    RAMP(spam_note), 0, 100, NULL },
	{ { "ramp", "spam-hold", "percentage", "0.10%",
	      "spam rate from which volume must not grow" },
	    RAMP(spam_hold), 0, 100, NULL },
	{ { "ramp", "spam-back-off", "percentage", "0.15%",
	      "spam rate from which volume must fall" },
	    RAMP(spam_back_off), 0, 100, NULL },
	{ { "ramp", "spam-stop", "percentage", "0.30%",
	      "spam rate from which nothing more should be sent" },
	    RAMP(spam_stop), 0, 100, NULL },
	{ { "ramp", "spam-min-volume", "number", "1000",
	      "messages a day below which a spam rate needs two of three days" },
	    RAMP(spam_min_volume), 0, MESSAGES_MOST, NULL },
	{ { "ramp", "small-volume", "number", "200",
	      "messages a day below which rates are shown but never alarm" },
	    RAMP(small_volume), 0, MESSAGES_MOST, NULL },
	{ { "ramp", "defer-hold", "percentage", "1%",
	      "share of deferred mail from which volume must not grow" },
	    RAMP(defer_hold), 0, 100, NULL },
	{ { "ramp", "defer-back-off", "percentage", "5%",
	      "share of deferred mail from which volume must fall" },
	    RAMP(defer_back_off), 0, 100, NULL },
	{ { "ramp", "defer-stop", "percentage", "10%",
	      "share of deferred mail from which nothing more should be sent" },
	    RAMP(defer_stop), 0, 100, NULL },
	{ { "ramp", "reject-back-off", "percentage", "0.1%",
	      "share rejected for reputation or content: volume must fall" },
	    RAMP(reject_back_off), 0, 100, NULL },
	{ { "ramp", "reject-stop", "percentage", "0.1%",
	      "share rejected for PTR, policy or blocklists: stop" },
	    RAMP(reject_stop), 0, 100, NULL },
	{ { "ramp", "week-hold", "number", "5",
	      "growth of a week over the one before, above: hold" },
	    RAMP(week_hold), 1, 1000, NULL },
	{ { "ramp", "week-back-off", "number", "10.5",
	      "growth of a week over the one before, above: back off" },
	    RAMP(week_back_off), 1, 1000, NULL },
	{ { "ramp", "week-min", "number", "1000",
	      "messages the earlier week needs for its growth to count" },
	    RAMP(week_min), 0, MESSAGES_MOST, NULL },
	{ { "ramp", "blind-growth", "percentage", "20%",
	      "growth since the newest spam rate that counts as blind" },
	    RAMP(blind_growth), 0, 1000, NULL },
	{ { "ramp", "blind-days", "whole number", "3",
	      "age in days of the newest spam rate that counts as blind" },
	    RAMP(blind_days), 1, 365, NULL },
	{ { "ramp", "blind-stop-days", "whole number", "5",
	      "age in days of the newest spam rate that ends growth" },
	    RAMP(blind_stop_days), 1, 365, NULL },
	{ { "ramp", "idle-pause-days", "whole number", "7",
	      "days without mail after which the ramp's clock pauses" },
	    RAMP(idle_pause_days), 1, 365, NULL },
	{ { "ramp", "idle-cold-days", "whole number", "30",
	      "days without mail after which a sender is cold again" },
	    RAMP(idle_cold_days), 1, 365, NULL },
	{ { "ramp", "bulk-warn", "number", "4000",
	      "messages a day from which the bulk sender line is near" },
	    RAMP(bulk_warn), 0, MESSAGES_MOST, NULL },
	{ { "ramp", "bulk-line", "number", "5000",
	      "messages a day that make a bulk sender, for ever" },
	    RAMP(bulk_line), 1, MESSAGES_MOST, NULL },
	{ { "ramp", "error-min-count", "whole number", "20",
	      "errors needed to reckon a day's volume from their rate" },
	    RAMP(error_min_count), 1, 1000000, NULL },

	{ { SETTINGS_DOMAIN, "selectors", "list of selectors", "",
	      "DKIM selectors to look at" },
	    DOMAIN(selectors), 0, 0, NULL },
	{ { SETTINGS_DOMAIN, "sending-ips", "list of addresses", "",
	      "addresses this domain's mail is sent from" },
	    DOMAIN(sending_ips), 0, 0, NULL },
	{ { SETTINGS_DOMAIN, "helo", "host name", "",
	      "the name those addresses say in EHLO; empty: not known" },
	    DOMAIN(helo), 0, 0, NULL },
	{ { SETTINGS_DOMAIN, "target", "number", "0",
	      "messages a day to Gmail that a ramp leads to; 0: none" },
	    DOMAIN(target), 0, MESSAGES_MOST, NULL },
	{ { SETTINGS_DOMAIN, "tag", "text", "",
	      "a group of your own, such as a customer's name" },
	    DOMAIN(tag), 0, 0, NULL },
};

const struct settings_row *
settings_row(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

const struct settings_help *
settings_help(size_t i)
{
	const struct settings_row *row = settings_row(i);

	return row != NULL ? &row->help : NULL;
}

const struct settings_row *
settings_row_find(const char *section, const char *key)
{
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++)
		if (text_equal_nocase(row->help.section, section) &&
		    text_equal_nocase(row->help.key, key))
			return row;
	return NULL;
}

enum { NEAR_MOST = 2, NAME_MOST = 32 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) that turn a into b. */
static size_t
distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t d[NAME_MOST + 1][NAME_MOST + 1];

	if (n > NAME_MOST || m > NAME_MOST)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t same = a[i - 1] == b[j - 1] ? 0 : 1;

			d[i][j] = least(d[i - 1][j - 1] + same,
			    least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[n][m];
}

const char *
settings_row_near(const char *section, const char *key)
{
	const char *typed = key != NULL ? key : section, *best = NULL;
	size_t closest = least(NEAR_MOST, strlen(typed) / 3) + 1;
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		const char *name = key ? row->help.key : row->help.section;
		size_t d;

		if (key != NULL &&
		    !text_equal_nocase(row->help.section, section))
			continue;
		d = distance(typed, name);
		if (d < closest) {
			closest = d;
			best = name;
		}
	}
	return best;
}

bool
settings_row_set(
    const struct settings_row *row, const char *value, void *object)
{
	return settings_type_find(row->help.type)->set(row, value, object);
}

void
settings_row_clear(const struct settings_row *row, void *object)
{
	const struct settings_type *type = settings_type_find(row->help.type);

	if (type->clear != NULL)
		type->clear(row, object);
}

static bool
is_domain_row(const struct settings_row *row)
{
	return strcmp(row->help.section, SETTINGS_DOMAIN) == 0;
}

void
settings_defaults(void *object, bool domain)
{
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++)
		if (is_domain_row(row) == domain)
			settings_row_set(row, row->help.standard, object);
}

void
settings_clear(void *object, bool domain)
{
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++)
		if (is_domain_row(row) == domain)
			settings_row_clear(row, object);
}

void
settings_example(FILE *out)
{
	const char *section = "";
	const struct settings_help *help;

	fputs("# SPDX-License-Identifier: MIT\n"
	      "# Settings of sendtop; sendtop.conf(5) describes them.\n"
	      "# Copy to ~/.config/sendtop/sendtop.conf.  Keys that are off\n"
	      "# show their defaults: take the # away to change one.  A long\n"
	      "# list may go on in indented lines.\n",
	    out);
	for (size_t i = 0; (help = settings_help(i)) != NULL; i++) {
		bool domain = strcmp(help->section, SETTINGS_DOMAIN) == 0;

		if (strcmp(help->section, section) != 0)
			fprintf(out,
			    domain ? "\n#[%s \"example.com\"]\n" : "\n[%s]\n",
			    help->section);
		section = help->section;
		fprintf(out, "# %s (%s)\n#%s =%s%s\n", help->help, help->type,
		    help->key, help->standard[0] != '\0' ? " " : "",
		    help->standard);
	}
}
