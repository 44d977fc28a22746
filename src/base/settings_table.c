/* The table of settings, and what is made from it. */
/* SPDX-License-Identifier: MIT */
#include "settings_row.h"

#include <string.h>

#include "sendtop/text.h"

#define AT(member) offsetof(struct settings, member)
#define RAMP(member) offsetof(struct settings, ramp.member)
#define DOMAIN(member) offsetof(struct settings_domain, member)
#define HOOK(member) offsetof(struct settings_hook, member)
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
	{ { "store", "keep", "duration", "3y",
	      "how long events, replies and hours of traffic are kept" },
	    AT(store_keep_s), DAYS(90), DAYS(14600), NULL },

	{ { "checks", "interval", "duration", "1h",
	      "how often the live checks run" },
	    AT(check_interval_s), 1, DAYS(7), NULL },

	{ { "logs", "files", "list of logs", "",
	      "the MTA's logs; patterns such as /var/log/mail.log* too" },
	    AT(log_files), 0, 0, NULL },
	{ { "logs", "format", "choice", "auto",
	      "their format; auto: what they look like" },
	    AT(log_format), 0, 0,
	    "auto, postfix, exim, opensmtpd, sendmail, powermta, kumomta, "
	    "exchange" },
	{ { "logs", "zone", "text", "",
	      "time zone of stamps without one; empty: this machine's" },
	    AT(log_zone), 0, 0, NULL },
	{ { "logs", "interval", "duration", "1s",
	      "how often the logs are looked at" },
	    AT(log_interval_s), 1, 3600, NULL },

	{ { "screen", "ascii", "yes or no", "no",
	      "draw with ASCII characters alone" },
	    AT(ascii), 0, 0, NULL },
	{ { "screen", "color", "choice", "auto", "when to use colors" },
	    AT(color), 0, 0, "auto, always, never" },
	{ { "screen", "linear", "yes or no", "no",
	      "sentences line by line, for screen readers" },
	    AT(linear), 0, 0, NULL },
	{ { "screen", "theme", "text", "default", "the colors' theme" },
	    AT(theme), 0, 0, NULL },

	{ { "ramp", "preset", "choice", "cautious",
	      "how fast a day may outgrow the days before it" },
	    RAMP(preset), 0, 0, "cautious, standard, slow" },
	{ { "ramp", "cautious", "list of tiers",
	      "1000:2.5, 50000:2, 100000:1.5, 250000:1.2, 1.1",
	      "growth a day by the base, BELOW:GROWTH, the last for the rest" },
	    RAMP(cautious), 0, 0, NULL },
	{ { "ramp", "standard", "list of tiers", "1000:2.5, 1.4",
	      "the same of the preset standard" },
	    RAMP(standard), 0, 0, NULL },
	{ { "ramp", "slow", "list of tiers", "1000:2.5, 1.2",
	      "the same of the preset slow" },
	    RAMP(slow), 0, 0, NULL },
	{ { "ramp", "growth-slack", "percentage", "2%",
	      "how far over the allowed growth is still in order" },
	    RAMP(growth_slack), 0, 100, NULL },
	{ { "ramp", "growth-back-off", "number", "1.25",
	      "times the allowed growth, above: back off; between: hold" },
	    RAMP(growth_back_off), 1, 100, NULL },
	{ { "ramp", "base-days", "whole number", "30",
	      "days whose largest is the base of growth" },
	    RAMP(base_days), 1, 90, NULL },
	{ { "ramp", "base-outlier", "number", "2.5",
	      "a day above that times the next largest is no base" },
	    RAMP(base_outlier), 1, 100, NULL },
	{ { "ramp", "cadence-days", "whole number", "14",
	      "days among which those with mail are counted" },
	    RAMP(cadence_days), 1, 90, NULL },
	{ { "ramp", "cadence-daily", "whole number", "10",
	      "days with mail that make a daily sender" },
	    RAMP(cadence_daily), 0, 90, NULL },
	{ { "ramp", "cadence-some", "whole number", "4",
	      "days with mail below which one sends seldom" },
	    RAMP(cadence_some), 0, 90, NULL },
	{ { "ramp", "cadence-some-part", "percentage", "75%",
	      "part of the growth allowed to who does not send daily" },
	    RAMP(cadence_some_part), 0, 100, NULL },
	{ { "ramp", "cadence-few-part", "percentage", "50%",
	      "part of the growth allowed to who sends seldom" },
	    RAMP(cadence_few_part), 0, 100, NULL },
	{ { "ramp", "plan-slack", "percentage", "5%",
	      "how far off the plan a day is remarked on" },
	    RAMP(plan_slack), 0, 100, NULL },
	{ { "ramp", "log-share", "percentage", "50%",
	      "part of Google's count below which a log is said to lack mail" },
	    RAMP(log_share), 0, 100, NULL },
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
	{ { "ramp", "bounce-note", "percentage", "2%",
	      "share of bounced mail from which it is remarked on (own log)" },
	    RAMP(bounce_note), 0, 100, NULL },
	{ { "ramp", "bounce-hold", "percentage", "3%",
	      "share of bounced mail from which volume must not grow" },
	    RAMP(bounce_hold), 0, 100, NULL },
	{ { "ramp", "bounce-back-off", "percentage", "5%",
	      "share of bounced mail from which volume must fall" },
	    RAMP(bounce_back_off), 0, 100, NULL },
	{ { "ramp", "bounce-stop", "percentage", "10%",
	      "share of bounced mail from which nothing more should be sent" },
	    RAMP(bounce_stop), 0, 100, NULL },
	{ { "ramp", "recent-days", "whole number", "3",
	      "days after which errors hold nobody back any more" },
	    RAMP(recent_days), 1, 90, NULL },
	{ { "ramp", "reject-back-off", "percentage", "0.1%",
	      "share rejected for reputation or content: volume must fall" },
	    RAMP(reject_back_off), 0, 100, NULL },
	{ { "ramp", "reject-stop", "percentage", "0.1%",
	      "share rejected for PTR, policy or blocklists: stop" },
	    RAMP(reject_stop), 0, 100, NULL },
	{ { "ramp", "reputation-low", "percentage", "0.1%",
	      "share refused for reputation that makes the estimate low" },
	    RAMP(reputation_low), 0, 100, NULL },
	{ { "ramp", "reputation-bad", "percentage", "1%",
	      "share rejected for reputation that makes it bad" },
	    RAMP(reputation_bad), 0, 100, NULL },
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
	      "errors that tell a volume by their rate, or rejects in a log" },
	    RAMP(error_min_count), 1, 1000000, NULL },
	{ { "ramp", "limit-quiet", "duration", "10m",
	      "silence after a reply that asks for less mail (4.7.28)" },
	    RAMP(limit_quiet_s), 600, DAYS(1), NULL },
	{ { "ramp", "limit-step", "duration", "1m",
	      "after that, how long until one connection more" },
	    RAMP(limit_step_s), 1, DAYS(1), NULL },
	{ { "ramp", "limit-connections", "whole number", "20",
	      "connections with which such a limit is over" },
	    RAMP(limit_connections), 1, 10000, NULL },
	{ { "ramp", "burst-factor", "number", "6",
	      "times the day's steady rate that make five minutes a burst" },
	    RAMP(burst_factor), 1, 1000, NULL },
	{ { "ramp", "burst-min", "number", "500",
	      "messages in five minutes below which nothing is a burst" },
	    RAMP(burst_min), 1, MESSAGES_MOST, NULL },
	{ { "ramp", "kind-share", "percentage", "1%",
	      "share of an address's or a kind's mail that counts" },
	    RAMP(kind_share), 0, 100, NULL },

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
	{ { SETTINGS_DOMAIN, "plan", "path", "",
	      "a ramp of your own: a CSV file of lines day,volume" },
	    DOMAIN(plan), 0, 0, NULL },
	{ { SETTINGS_DOMAIN, "plan-start", "day", "",
	      "the date of the plan's day 1, where it counts days" },
	    DOMAIN(plan_start), 0, 0, NULL },
	{ { SETTINGS_DOMAIN, "tag", "text", "",
	      "a group of your own, such as a customer's name" },
	    DOMAIN(tag), 0, 0, NULL },

	{ { SETTINGS_HOOK, "command", "command", "",
	      "a program to run, with its arguments; the event on its stdin" },
	    HOOK(command), 0, 0, NULL },
	{ { SETTINGS_HOOK, "url", "webhook", "",
	      "or where to POST the event to" },
	    HOOK(url), 0, 0, NULL },
	{ { SETTINGS_HOOK, "severity", "choice", "fail",
	      "how grave an event has to be" },
	    HOOK(severity), 0, 0, "warn, fail" },
	{ { SETTINGS_HOOK, "kinds", "list of words", "",
	      "kinds of events: state, spam_band, finding, ...; empty: all" },
	    HOOK(kinds), 0, 0, NULL },
	{ { SETTINGS_HOOK, "ends", "yes or no", "no",
	      "tell also when what was told of has ended" },
	    HOOK(ends), 0, 0, NULL },
	{ { SETTINGS_HOOK, "repeat", "duration", "1h",
	      "not again of the same trouble within that time; 0s: always" },
	    HOOK(repeat_s), 0, DAYS(365), NULL },
	{ { SETTINGS_HOOK, "min-volume", "number", "0",
	      "not of domains that send fewer messages a day to Gmail" },
	    HOOK(min_volume), 0, MESSAGES_MOST, NULL },
	{ { SETTINGS_HOOK, "timeout", "short duration", "30s",
	      "how long the program, or the server, may take" },
	    HOOK(timeout_ms), 0.1, 600, NULL },
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

enum { NEAR_MOST = 2 };

const char *
settings_row_near(const char *section, const char *key)
{
	const char *typed = key != NULL ? key : section, *best = NULL;
	size_t third = strlen(typed) / 3;
	size_t closest = (third < NEAR_MOST ? third : NEAR_MOST) + 1;
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		const char *name = key ? row->help.key : row->help.section;
		size_t d;

		if (key != NULL &&
		    !text_equal_nocase(row->help.section, section))
			continue;
		d = text_distance(typed, name);
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

/* Sections that have names, and one for the example file. */
static const struct {
	const char *section, *example;
} named_sections[] = {
	{ SETTINGS_DOMAIN, "example.com" },
	{ SETTINGS_HOOK, "pager" },
};

/* The section's row of that table, or -1. */
static int
named_section(const char *section)
{
	for (int i = 0;
	     i < (int)(sizeof(named_sections) / sizeof(named_sections[0])); i++)
		if (strcmp(section, named_sections[i].section) == 0)
			return i;
	return -1;
}

static bool
belongs(const struct settings_row *row, const char *named)
{
	return named != NULL ? strcmp(row->help.section, named) == 0
			     : named_section(row->help.section) < 0;
}

void
settings_defaults(void *object, const char *named)
{
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++)
		if (belongs(row, named))
			settings_row_set(row, row->help.standard, object);
}

void
settings_clear(void *object, const char *named)
{
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++)
		if (belongs(row, named))
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
		int named = named_section(help->section);

		if (strcmp(help->section, section) == 0)
			;
		else if (named >= 0)
			fprintf(out, "\n#[%s \"%s\"]\n", help->section,
			    named_sections[named].example);
		else
			fprintf(out, "\n[%s]\n", help->section);
		section = help->section;
		fprintf(out, "# %s (%s)\n#%s =%s%s\n", help->help, help->type,
		    help->key, help->standard[0] != '\0' ? " " : "",
		    help->standard);
	}
}
