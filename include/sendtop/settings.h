/* Settings: one table of rows feeds the parser, --help, the example file and
 * the check of sendtop.conf(5). */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SETTINGS_H
#define SENDTOP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sendtop/address.h"
#include "sendtop/error.h"

struct text_list {
	char **items;
	size_t count;
};

/* Blocklists in DNS: "zen.spamhaus.org:3, bl.spamcop.net". */
struct settings_zone {
	char *name;     /* lower case, no final dot */
	int64_t weight; /* 0: a listing there is only noted */
};
struct settings_zones {
	struct settings_zone *items;
	size_t count;
};

/* Growth allowed from a day of less than `below` messages. */
struct settings_tier {
	double below; /* infinite in the last one */
	double growth;
};
struct settings_tiers {
	struct settings_tier *items; /* `below` rises */
	size_t count;
};

/* A plan of one's own: what a day may carry, until the next row's day. */
struct settings_plan {
	int32_t day;
	double messages;
};

/* One [domain "name"] section. */
struct settings_domain {
	char *name;                 /* lower case, A-label form */
	struct text_list selectors; /* DKIM */
	struct address *sending_ips;
	size_t sending_ip_count;
	char *helo;         /* what they say in EHLO, or NULL: not known */
	double target;      /* messages a day to Gmail; 0 none */
	char *plan;         /* path of a CSV file, ~ expanded; or NULL */
	int32_t plan_start; /* day 1 of a plan that counts days; DAY_NONE */
	struct settings_plan *steps; /* what is in it; `day` rises */
	size_t step_count;
	char *tag; /* the operator's own group, or NULL */
};

/* One [hook "name"] section: whom to tell of events, and of which. */
struct settings_hook {
	char *name;
	struct text_list command; /* its words; the first one is a path */
	char *url;                /* one of the two is there */
	char *severity;           /* warn, fail: told from that on */
	struct text_list kinds;   /* of events; empty: all */
	bool ends;                /* tell the end as well */
	int64_t repeat_s;         /* not of the same again within that */
	double min_volume;        /* messages a day of the domain */
	int64_t timeout_ms;
};

/* The numbers of the ramp judgement; ratios are 0..1. */
struct settings_ramp {
	char *preset; /* cautious, standard, slow */
	struct settings_tiers cautious, standard, slow;
	double growth_slack;      /* 0.02: up to 2 % over the cap is go */
	double growth_back_off;   /* from the cap times this on: back off */
	int64_t base_days;        /* how long receivers remember */
	double base_outlier;      /* a largest day above that times the second
					largest is a burst */
	int64_t cadence_days;     /* among which sending days are counted */
	int64_t cadence_daily;    /* that many: the whole cap */
	int64_t cadence_some;     /* that many: cadence_some_part of it */
	double cadence_some_part; /* of the cap's growth, 0..1 */
	double cadence_few_part;
	int64_t recent_days; /* errors older than that hold nobody back */
	double spam_note, spam_hold, spam_back_off, spam_stop;
	double spam_min_volume; /* below: needs two of three days */
	double small_volume;    /* messages a day below which nothing alarms */
	double defer_hold, defer_back_off, defer_stop;
	double bounce_note, bounce_hold, bounce_back_off, bounce_stop;
	double reject_back_off, reject_stop;
	double reputation_low, reputation_bad; /* share refused for it */
	double week_hold, week_back_off;       /* this week / the week before */
	double week_min;     /* messages in the earlier week */
	double blind_growth; /* 0.20: grown by 20 % since the newest rate */
	int64_t blind_days, blind_stop_days;
	int64_t idle_pause_days, idle_cold_days;
	double bulk_warn, bulk_line; /* messages a day */
	int64_t error_min_count;     /* errors needed for volume by errors */
	double plan_slack;           /* off the plan by more is remarked on */
	double log_share; /* of Google's count; below, mail goes elsewhere */
	/* After a reply that asks for less mail. */
	int64_t limit_quiet_s, limit_step_s;
	int64_t limit_connections; /* with that many it is over */
	/* How mail is sent. */
	double burst_factor, burst_min;
	double kind_share; /* of a kind or sender that counts, 0..1 */
};

struct settings {
	char *path; /* the file read, or NULL */
	/* [postmaster] */
	char *credentials; /* path, ~ expanded; or NULL */
	char *endpoint;    /* URL without a final slash */
	int64_t poll_s;
	/* [resolver] */
	/* "addr:port" or "[v6]:port", always with a port; empty: system */
	struct text_list servers;
	int64_t dns_timeout_ms, dns_tries;
	int64_t dns_parallel; /* questions in flight, all channels */
	bool dns_trust_ad;    /* believe the AD bit of a remote resolver */
	/* [smtp] */
	int64_t smtp_port;
	char *helo; /* NULL: this machine's name */
	bool allow_private;
	int64_t smtp_timeout_ms;
	int64_t smtp_parallel;
	bool smtp_enabled;
	/* [https]: MTA-STS policies, BIMI logos and certificates */
	bool https_enabled;
	int64_t https_port;
	int64_t https_timeout_ms;
	int64_t https_parallel;
	/* [dnsbl] */
	struct settings_zones ip_lists, domain_lists;
	/* [abuse] */
	char *abuse_zone; /* NULL: contacts are not looked up */
	/* [tls] */
	char *ca_file; /* path, ~ expanded; NULL: the system's */
	/* [store] */
	char *store; /* path; NULL: $XDG_STATE_HOME/sendtop/ */
	int64_t store_keep_s;
	/* [checks] */
	int64_t check_interval_s;
	/* [logs] */
	struct text_list log_files; /* paths or patterns, ~ expanded */
	char *log_format;           /* auto, or a row of mta_format() */
	char *log_zone;             /* NULL: this machine's */
	int64_t log_interval_s;
	/* [screen] */
	bool ascii, linear;
	char *color; /* auto, always, never */
	char *theme;
	struct settings_ramp ramp;
	struct settings_domain *domains; /* sorted by name */
	size_t domain_count;
	struct settings_hook *hooks; /* as the file has them */
	size_t hook_count;
};

/*
 * Reads the file at path; with path NULL the default one
 * ($XDG_CONFIG_HOME/sendtop/sendtop.conf, else ~/.config/...), which may be
 * missing: then all defaults.  A bad value fails with "FILE:LINE: KEY:
 * expected ..., got ..."; unknown sections and keys are written to the log as
 * warnings.  On success *out is the caller's; free with settings_free.
 */
enum status settings_load(
    const char *path, struct settings **out, struct error *err) MUST_CHECK;

/* The same from text (for tests and the fuzzer); name stands for the file, and
 * files that it names are not read. */
enum status settings_parse(const char *text, size_t len, const char *name,
    struct settings **out, struct error *err) MUST_CHECK;

void settings_free(struct settings *settings);

/*
 * Reads a plan, lines of "day,volume": the day a date (2026-11-21) or a number
 * from 1 on, which counts from `start`.  Empty lines, "#" remarks and a first
 * line of words are left out; days must rise.  A bad line fails with
 * "NAME:LINE: ...".  Free *out with free(3).
 */
enum status settings_plan_parse(const char *text, size_t len, const char *name,
    int32_t start, struct settings_plan **out, size_t *count,
    struct error *err) MUST_CHECK;

/* Sets one key as if it stood in the file ("resolver.servers", "127.0.0.1:53",
 * "domain.example.com.target"), for command-line options. */
enum status settings_set(struct settings *settings, const char *key,
    const char *value, struct error *err) MUST_CHECK;

/* The section of a domain (name as org_ascii() writes it), or NULL. */
const struct settings_domain *settings_domain(
    const struct settings *settings, const char *name);

/* One row as the help, the manual check and the example file see it. */
struct settings_help {
	const char *section, *key;
	const char *type;     /* text, path, list, whole number, ... */
	const char *standard; /* the default, as one would write it */
	const char *help;     /* one line */
};

/* Row i of the table, or NULL past its end. */
const struct settings_help *settings_help(size_t i);

/* Writes share/sendtop.conf.example from the table. */
void settings_example(FILE *out);

/* Refuses a file with secrets that group or others can read or write: the
 * error names the chmod to run. */
enum status settings_check_private(
    const char *path, struct error *err) MUST_CHECK;

/* $XDG_STATE_HOME/sendtop (made when missing, mode 0700) and
 * $XDG_CONFIG_HOME/sendtop (not made).  The caller frees the path. */
enum status settings_state_dir(char **out, struct error *err) MUST_CHECK;
enum status settings_config_dir(char **out, struct error *err) MUST_CHECK;

/* Labels of letters, digits and hyphens, where an underscore is allowed too
 * (RFC 6376 3.1 says sub-domain, the world is wider). */
bool settings_is_selector(const char *text);

#endif
