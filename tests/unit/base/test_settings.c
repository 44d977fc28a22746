/* Settings: what is read, what is refused and in which words. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/log.h"
#include "sendtop/mem.h"
#include "sendtop/settings.h"

/* Reads text, the log beside it; fails the test if it is not taken. */
static struct settings *
parse(const char *text)
{
	struct settings *settings = NULL;
	struct error err = { 0 };

	if (settings_parse(text, strlen(text), "t.conf", &settings, &err) !=
	    STATUS_OK)
		ck_abort_msg("%s", err.text);
	return settings;
}

START_TEST(test_defaults)
{
	struct settings *s = parse("");

	ck_assert_ptr_null(s->path);
	ck_assert_ptr_null(s->credentials);
	ck_assert_str_eq(
	    s->endpoint, "https://gmailpostmastertools.googleapis.com");
	ck_assert_int_eq(s->poll_s, 6 * 3600);
	ck_assert_uint_eq(s->servers.count, 0);
	ck_assert_int_eq(s->dns_timeout_ms, 1000);
	ck_assert_int_eq(s->smtp_port, 25);
	ck_assert(s->smtp_enabled && !s->allow_private && !s->dns_trust_ad);
	ck_assert_int_eq(s->smtp_timeout_ms, 30000);
	ck_assert_int_eq(s->check_interval_s, 3600);
	ck_assert_uint_eq(s->ip_lists.count, 2);
	ck_assert_str_eq(s->ip_lists.items[0].name, "zen.spamhaus.org");
	ck_assert_int_eq(s->ip_lists.items[0].weight, 3);
	ck_assert_str_eq(s->ip_lists.items[1].name, "bl.spamcop.net");
	ck_assert_uint_eq(s->domain_lists.count, 1);
	ck_assert_str_eq(s->abuse_zone, "contacts.abuse.net");
	ck_assert_str_eq(s->color, "auto");
	ck_assert_uint_eq(s->domain_count, 0);
	settings_free(s);
	settings_free(NULL);
}
END_TEST

/* The numbers of the ramp's rules, to the last bit. */
START_TEST(test_ramp_defaults)
{
	struct settings *s = parse("");
	const struct settings_ramp *r = &s->ramp;

	ck_assert_str_eq(r->preset, "cautious");
	ck_assert(r->spam_note == 0.0008 && r->spam_hold == 0.001);
	ck_assert(r->spam_back_off == 0.0015 && r->spam_stop == 0.003);
	ck_assert(r->spam_min_volume == 1000 && r->small_volume == 200);
	ck_assert(r->defer_hold == 0.01 && r->defer_back_off == 0.05);
	ck_assert(r->defer_stop == 0.1);
	ck_assert(r->bounce_note == 0.02 && r->bounce_hold == 0.03);
	ck_assert(r->bounce_back_off == 0.05 && r->bounce_stop == 0.1);
	ck_assert_uint_eq(r->cautious.count, 5);
	ck_assert(r->cautious.items[1].below == 50000);
	ck_assert(r->cautious.items[4].growth == 1.1);
	ck_assert(r->standard.items[1].growth == 1.4);
	ck_assert(r->slow.items[1].growth == 1.2);
	ck_assert(r->growth_slack == 0.02 && r->growth_back_off == 1.25);
	ck_assert(r->base_days == 30 && r->base_outlier == 2.5);
	ck_assert(r->limit_quiet_s == 600 && r->limit_step_s == 60);
	ck_assert(r->reject_back_off == 0.001 && r->reject_stop == 0.001);
	ck_assert(r->week_hold == 5 && r->week_back_off == 10.5);
	ck_assert(r->week_min == 1000 && r->blind_growth == 0.2);
	ck_assert_int_eq(r->blind_days, 3);
	ck_assert_int_eq(r->blind_stop_days, 5);
	ck_assert_int_eq(r->idle_pause_days, 7);
	ck_assert_int_eq(r->idle_cold_days, 30);
	ck_assert(r->bulk_warn == 4000 && r->bulk_line == 5000);
	ck_assert_int_eq(r->error_min_count, 20);
	settings_free(s);
}
END_TEST

static const char whole[] =
    "\xef\xbb\xbf# every section\r\n"
    "[postmaster]\r\n"
    "credentials = ~/google.json ; a remark\r\n"
    "  endpoint = http://127.0.0.1:8443/base/\n"
    "  poll = 1h30m\n"
    "[resolver]\n"
    "servers = 127.0.0.1:5300, 192.0.2.1, [2001:DB8::1]:53,\n"
    "   2001:db8::2\n"
    "timeout: 250ms\n"
    "trust-ad = on\n"
    "[SMTP]\n"
    "port = 2525\n"
    "helo = \"probe.example.com\"\n"
    "allow-private = yes\n"
    "enabled = no\n"
    "[store]\n"
    "path = postgresql://sendtop@db.example/sendtop\n"
    "[ramp]\n"
    "preset = slow\n"
    "spam-stop = 0.25 %\n"
    "[domain \"Zeta.Example.\"]\n"
    "selectors = S1,\n"
    "  s2\n"
    "  s3 ; more\n"
    "; between\n"
    "  k_4.sub\n"
    "sending-ips = 192.0.2.10, 2001:db8::25 , ::ffff:192.0.2.11\n"
    "target = 5e4\n"
    "tag = B\xc3\xbc"
    "cher & Co\n"
    "[domain \"b\xc3\xbc"
    "cher.example\"]\n"
    "[domain alpha.example]\n"
    "target = 7";

START_TEST(test_whole)
{
	struct settings *s;

	setenv("HOME", "/home/somebody", 1);
	s = parse(whole);
	ck_assert_str_eq(s->credentials, "/home/somebody/google.json");
	ck_assert_str_eq(s->endpoint, "http://127.0.0.1:8443/base");
	ck_assert_int_eq(s->poll_s, 5400);
	ck_assert_uint_eq(s->servers.count, 4);
	ck_assert_str_eq(s->servers.items[0], "127.0.0.1:5300");
	ck_assert_str_eq(s->servers.items[1], "192.0.2.1:53");
	ck_assert_str_eq(s->servers.items[2], "[2001:db8::1]:53");
	ck_assert_str_eq(s->servers.items[3], "[2001:db8::2]:53");
	ck_assert_int_eq(s->dns_timeout_ms, 250);
	ck_assert(s->dns_trust_ad && s->allow_private && !s->smtp_enabled);
	ck_assert_int_eq(s->smtp_port, 2525);
	ck_assert_str_eq(s->helo, "probe.example.com");
	ck_assert_str_eq(s->store, "postgresql://sendtop@db.example/sendtop");
	ck_assert_str_eq(s->ramp.preset, "slow");
	ck_assert(s->ramp.spam_stop == 0.0025);
	settings_free(s);
}
END_TEST

START_TEST(test_blocklists)
{
	struct settings *s = parse("[dnsbl]\n"
				   "zones = BL.Example.:0, b_1.example,\n"
				   "   192.bl.example:100\n"
				   "domain-zones =\n"
				   "[abuse]\n"
				   "zone =\n");

	ck_assert_uint_eq(s->ip_lists.count, 3);
	ck_assert_str_eq(s->ip_lists.items[0].name, "bl.example");
	ck_assert_int_eq(s->ip_lists.items[0].weight, 0);
	ck_assert_str_eq(s->ip_lists.items[1].name, "b_1.example");
	ck_assert_int_eq(s->ip_lists.items[1].weight, 1);
	ck_assert_int_eq(s->ip_lists.items[2].weight, 100);
	ck_assert_uint_eq(s->domain_lists.count, 0);
	ck_assert_ptr_null(s->abuse_zone);
	settings_free(s);
}
END_TEST

START_TEST(test_domains)
{
	struct settings *s = parse(whole);
	const struct settings_domain *d;
	struct address address;

	ck_assert_uint_eq(s->domain_count, 3);
	d = settings_domain(s, "zeta.example");
	ck_assert_ptr_nonnull(d);
	ck_assert_uint_eq(d->selectors.count, 4);
	ck_assert_str_eq(d->selectors.items[0], "s1");
	ck_assert_str_eq(d->selectors.items[2], "s3");
	ck_assert_str_eq(d->selectors.items[3], "k_4.sub");
	ck_assert_uint_eq(d->sending_ip_count, 3);
	ck_assert(address_parse("2001:db8::25", &address));
	ck_assert(address_equal(&d->sending_ips[1], &address));
	ck_assert_uint_eq(d->sending_ips[2].family, 4);
	ck_assert(d->target == 50000);
	ck_assert_str_eq(d->tag,
	    "B\xc3\xbc"
	    "cher & Co");
	ck_assert_ptr_nonnull(settings_domain(s, "xn--bcher-kva.example"));
	ck_assert(settings_domain(s, "alpha.example")->target == 7);
	ck_assert_ptr_null(settings_domain(s, "beta.example"));
	settings_free(s);
}
END_TEST

static const struct {
	const char *text;
	const char *error; /* whole */
} refusals[] = {
	{ "[smtp]\n\nport = 25x\n",
	    "t.conf:3: smtp.port: expected a whole "
	    "number from 1 to 65535, got \"25x\"" },
	{ "[smtp]\nport = 0\n[smtp]\nport = 25\n",
	    "t.conf:2: smtp.port: "
	    "expected a whole number from 1 to 65535, got \"0\"" },
	{ "[smtp]\nport =\n",
	    "t.conf:2: smtp.port: expected a whole number "
	    "from 1 to 65535, got \"\"" },
	{ "[smtp]\nport = 2\n  5\n",
	    "t.conf:2: smtp.port: expected a whole "
	    "number from 1 to 65535, got \"2\\x0a5\"" },
	{ "[smtp]\nenabled = maybe\n",
	    "t.conf:2: smtp.enabled: expected yes "
	    "or no, got \"maybe\"" },
	{ "[smtp]\nhelo = -x.example\n",
	    "t.conf:2: smtp.helo: expected a "
	    "host name, got \"-x.example\"" },
	{ "[postmaster]\npoll = 6\n",
	    "t.conf:2: postmaster.poll: expected a "
	    "duration such as 30s, 10m, 6h, 1d or 3y from 1s to 7d, got "
	    "\"6\"" },
	{ "[postmaster]\npoll = 8d\n",
	    "t.conf:2: postmaster.poll: expected "
	    "a duration such as 30s, 10m, 6h, 1d or 3y from 1s to 7d, got "
	    "\"8d\"" },
	{ "[resolver]\ntimeout = 1ms",
	    "t.conf:2: resolver.timeout: expected "
	    "a duration such as 500ms, 30s or 1m from 10ms to 1m, got "
	    "\"1ms\"" },
	{ "[postmaster]\nendpoint = http://example.com\n",
	    "t.conf:2: "
	    "postmaster.endpoint: expected an https:// URL (http:// only for "
	    "loopback hosts), got \"http://example.com\"" },
	{ "[ramp]\nspam-stop = 0.3\n",
	    "t.conf:2: ramp.spam-stop: expected a "
	    "percentage such as 0.3% from 0% to 100%, got \"0.3\"" },
	{ "[ramp]\npreset = fast\n",
	    "t.conf:2: ramp.preset: expected one of "
	    "cautious, standard, slow, got \"fast\"" },
	{ "[resolver]\nservers = 1.1.1.1, dns.example\n",
	    "t.conf:2: "
	    "resolver.servers: expected addresses as ADDR, ADDR:PORT or "
	    "[V6]:PORT, got \"1.1.1.1, dns.example\"" },
	{ "[domain \"a.example\"]\nsending-ips = 192.0.2.0/24\n",
	    "t.conf:2: "
	    "domain.a.example.sending-ips: expected IP addresses, with commas "
	    "between them, got \"192.0.2.0/24\"" },
	{ "[domain \"a.example\"]\nselectors = a b\n",
	    "t.conf:2: "
	    "domain.a.example.selectors: expected DKIM selectors, with commas "
	    "between them, got \"a b\"" },
	{ "[domain \"a.example\"]\ntag = \xe2\x80\xae\n",
	    "t.conf:2: "
	    "domain.a.example.tag: expected printable text, got "
	    "\"\\u{202e}\"" },
	{ "[dnsbl]\nzones = bl.example:101\n",
	    "t.conf:2: dnsbl.zones: expected at most 32 blocklists as ZONE or "
	    "ZONE:WEIGHT (0 to 100), got \"bl.example:101\"" },
	{ "[dnsbl]\ndomain-zones = bl.example, bl\n",
	    "t.conf:2: dnsbl.domain-zones: expected at most 32 blocklists as "
	    "ZONE or ZONE:WEIGHT (0 to 100), got \"bl.example, bl\"" },
	{ "[abuse]\nzone = contacts.example:1\n",
	    "t.conf:2: abuse.zone: expected a domain name, or nothing, got "
	    "\"contacts.example:1\"" },
	{ "[domain]\n",
	    "t.conf:1: expected [domain \"example.com\"], got "
	    "[domain ]" },
	{ "[domain \"a b\"]\n",
	    "t.conf:1: expected [domain "
	    "\"example.com\"], got [domain a b]" },
	{ "[smtp\nport = 1\n", "t.conf:1: expected [section], got \"[smtp\"" },
	{ "[smtp] port = 1\n",
	    "t.conf:1: expected [section], got \"[smtp] "
	    "port = 1\"" },
	{ "[smtp]\n\nport\n",
	    "t.conf:3: expected \"key = value\", got "
	    "\"port\"" },
	{ "[smtp]\nport\nport = x\n",
	    "t.conf:2: expected \"key = value\", "
	    "got \"port\"" },
	{ "[smtp]\n = 25\n",
	    "t.conf:2: expected \"key = value\", got "
	    "\" = 25\"" },
	{ "[smtp]\nport = 1\033\n",
	    "t.conf:2: control character 0x1b: remove "
	    "it" },
};

START_TEST(test_refusal)
{
	struct settings *settings = NULL;
	struct error err = { 0 };
	const char *text = refusals[_i].text;

	ck_assert_int_eq(
	    settings_parse(text, strlen(text), "t.conf", &settings, &err),
	    STATUS_PARSE);
	ck_assert_str_eq(err.text, refusals[_i].error);
	ck_assert_ptr_null(settings);
	ck_assert_int_eq(
	    settings_parse(text, strlen(text), "t.conf", &settings, NULL),
	    STATUS_PARSE);
}
END_TEST

static const struct {
	const char *text;
	const char *warning; /* behind the time, whole; NULL: none */
} warnings[] = {
	{ "[smtp]\nprot = 1\n",
	    "warn: t.conf:2: unknown key smtp.prot; port "
	    "was meant?" },
	{ "[smtp]\nxyzzy = 1\n", "warn: t.conf:2: unknown key smtp.xyzzy" },
	{ "[smtp]\npoll = 1\n", "warn: t.conf:2: unknown key smtp.poll" },
	{ "[domain a.example]\ntga = 1\n",
	    "warn: t.conf:2: unknown key "
	    "domain.a.example.tga; tag was meant?" },
	{ "[domain a.example]\ntarget = 1\n[smtp]\nport = 1\n", NULL },
	{ "\n[domain a.example]\nselector = 1\n",
	    "warn: t.conf:3: unknown key "
	    "domain.a.example.selector; selectors was meant?" },
	{ "[sntp]\nport = 1\nx = 2\n",
	    "warn: t.conf:1: unknown section "
	    "[sntp]; [smtp] was meant?" },
	{ "[some\033thing]\n", NULL },
	{ "[elsewhere]\na = 1\n",
	    "warn: t.conf:1: unknown section "
	    "[elsewhere]" },
	{ "port = 1\n", "warn: t.conf:1: port stands before any [section]" },
	{ "[smtp]\nport = 1\n\nport = 2\n",
	    "warn: t.conf:4: smtp.port was set "
	    "in line 2 already; this one counts" },
	{ "[smtp]\nport = 1\n[SMTP]\nPORT = 2\n",
	    "warn: t.conf:4: smtp.port "
	    "was set in line 2 already; this one counts" },
	{ "[domain a.example]\ntarget = 1\n[domain b.example]\ntarget = 2\n"
	  "[domain A.example]\nselectors = s\n",
	    NULL },
	{ "[smtp]\nport = 25 ; fine\n", NULL },
};

START_TEST(test_warning)
{
	const char *text = warnings[_i].text;
	struct settings *settings = NULL;
	char *log = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&log, &size);

	log_to(stream, LOG_LEVEL_DEBUG);
	if (settings_parse(text, strlen(text), "t.conf", &settings, NULL) !=
	    STATUS_OK)
		ck_assert_ptr_nonnull(strchr(text, '\033'));
	log_to(NULL, LOG_LEVEL_ERROR);
	fclose(stream);
	if (warnings[_i].warning == NULL)
		ck_assert_str_eq(log, "");
	else {
		char *line = mem_printf("%s\n", warnings[_i].warning);

		ck_assert_uint_gt(size, 21);
		ck_assert_str_eq(log + 21, line);
		free(line);
	}
	settings_free(settings);
	free(log);
}
END_TEST

START_TEST(test_last_counts)
{
	struct settings *s;

	log_to(NULL, LOG_LEVEL_ERROR);
	s = parse("[smtp]\nport=1\nport=2\nhelo=a.example\nhelo=\n");
	ck_assert_int_eq(s->smtp_port, 2);
	ck_assert_ptr_null(s->helo);
	settings_free(s);
}
END_TEST

/* What libinih would cut without a word is refused or got around. */
START_TEST(test_long)
{
	struct buf buf = { 0 };
	struct settings *s = NULL;
	struct error err = { 0 };
	const struct settings_domain *d;

	buf_str(&buf, "# ");
	for (int i = 0; i < 1000; i++)
		buf_str(&buf, "a long remark ");
	buf_str(&buf, "\n[domain \"");
	for (int i = 0; i < 12; i++)
		buf_str(&buf, "longlonglong.");
	buf_str(&buf, "example\"]\nsending-ips =\n");
	for (int i = 0; i < 500; i++)
		buf_printf(&buf, "    2001:db8::%x\n", i);
	ck_assert_int_eq(
	    settings_parse(buf.data, buf.len, "t", &s, &err), STATUS_OK);
	ck_assert_uint_eq(s->domain_count, 1);
	d = &s->domains[0];
	ck_assert_uint_eq(strlen(d->name), 12 * 13 + 7);
	ck_assert_uint_eq(d->sending_ip_count, 500);
	ck_assert_uint_eq(d->sending_ips[499].bytes[15], 0xf3);
	settings_free(s);

	buf_shift(&buf, buf.len);
	buf_str(&buf, "[tls]\nca-file = /");
	for (int i = 0; i < 300; i++)
		buf_char(&buf, 'x');
	ck_assert_int_eq(
	    settings_parse(buf.data, buf.len, "t", &s, &err), STATUS_OK);
	ck_assert_uint_eq(strlen(s->ca_file), 301);
	settings_free(s);
	buf_free(&buf);
}
END_TEST

START_TEST(test_too_big)
{
	size_t len = (1 << 20) + 1;
	char *text = mem_alloc(len);
	struct settings *s = NULL;
	struct error err = { 0 };

	memset(text, '\n', len);
	ck_assert_int_eq(
	    settings_parse(text, len, "t", &s, &err), STATUS_PARSE);
	ck_assert_str_eq(err.text, "t: a settings file may have 1024 KiB");
	ck_assert_int_eq(
	    settings_parse(text, len - 1, "t", &s, &err), STATUS_OK);
	settings_free(s);
	free(text);
}
END_TEST

START_TEST(test_set)
{
	struct settings *s = parse("[domain \"m.example\"]\ntarget = 5\n");
	struct error err = { 0 };

	ck_assert_int_eq(
	    settings_set(s, "resolver.servers", "127.0.0.1:5300", &err),
	    STATUS_OK);
	ck_assert_str_eq(s->servers.items[0], "127.0.0.1:5300");
	ck_assert_int_eq(
	    settings_set(s, "resolver.servers", "nowhere", &err), STATUS_PARSE);
	ck_assert_str_eq(err.text,
	    "resolver.servers: expected addresses as "
	    "ADDR, ADDR:PORT or [V6]:PORT, got \"nowhere\"");
	ck_assert_uint_eq(s->servers.count, 1);
	ck_assert_int_eq(
	    settings_set(s, "resolver.nothing", "1", &err), STATUS_USAGE);
	ck_assert_str_eq(err.text,
	    "no setting resolver.nothing: sendtop.conf(5) lists them");
	ck_assert_int_eq(settings_set(s, "port", "1", &err), STATUS_USAGE);
	ck_assert_int_eq(
	    settings_set(s, "domain.target", "1", &err), STATUS_USAGE);
	ck_assert_int_eq(
	    settings_set(s, "domain.a.example.target", "9", &err), STATUS_OK);
	ck_assert_int_eq(
	    settings_set(s, "domain.z.example.tag", "t", &err), STATUS_OK);
	ck_assert_int_eq(
	    settings_set(s, "domain.M.Example.target", "6", &err), STATUS_OK);
	ck_assert_uint_eq(s->domain_count, 3);
	ck_assert(settings_domain(s, "a.example")->target == 9);
	ck_assert(settings_domain(s, "m.example")->target == 6);
	ck_assert_str_eq(settings_domain(s, "z.example")->tag, "t");
	settings_free(s);
}
END_TEST

/* Many domains in no order are all found. */
START_TEST(test_many_domains)
{
	struct buf buf = { 0 };
	struct settings *s;

	for (unsigned i = 0; i < 5000; i++)
		buf_printf(&buf, "[domain d%u.example]\ntarget=%u\n",
		    i * 2477 % 5000, i * 2477 % 5000);
	s = parse(buf.data);
	ck_assert_uint_eq(s->domain_count, 5000);
	for (unsigned i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "d%u.example", i);
		ck_assert_ptr_nonnull(settings_domain(s, name));
		ck_assert(settings_domain(s, name)->target == i);
	}
	settings_free(s);
	buf_free(&buf);
}
END_TEST

/* The example file is what the table says, and says the defaults. */
START_TEST(test_example)
{
	const char *source = getenv("SENDTOP_SRCDIR");
	char *path = mem_printf(
	    "%s/share/sendtop.conf.example", source != NULL ? source : ".");
	char *made = NULL, kept[32768];
	size_t size = 0, n;
	FILE *stream = open_memstream(&made, &size), *file = fopen(path, "r");
	struct settings *s = NULL;

	ck_assert_msg(file != NULL, "cannot open %s", path);
	n = fread(kept, 1, sizeof(kept) - 1, file);
	kept[n] = '\0';
	fclose(file);
	settings_example(stream);
	fclose(stream);
	ck_assert_str_eq(kept, made);
	ck_assert_int_eq(
	    settings_parse(made, size, "example", &s, NULL), STATUS_OK);
	settings_free(s);

	/* Every key switched on: the same as none, and one domain. */
	for (char *p = made; (p = strstr(p, "\n#")) != NULL; p++)
		if (p[2] != ' ')
			p[1] = ' ';
	s = parse(made);
	ck_assert_uint_eq(s->domain_count, 1);
	ck_assert_str_eq(s->domains[0].name, "example.com");
	ck_assert(s->ramp.spam_stop == 0.003);
	settings_free(s);
	free(made);
	free(path);
}
END_TEST

Suite *
suite_settings(void)
{
	Suite *suite = suite_create("settings");
	TCase *tc = tcase_create("settings");

	tcase_set_timeout(tc, 60); /* valgrind */
	tcase_add_test(tc, test_defaults);
	tcase_add_test(tc, test_ramp_defaults);
	tcase_add_test(tc, test_whole);
	tcase_add_test(tc, test_blocklists);
	tcase_add_test(tc, test_domains);
	tcase_add_loop_test(tc, test_refusal, 0, ROWS(refusals));
	tcase_add_loop_test(tc, test_warning, 0, ROWS(warnings));
	tcase_add_test(tc, test_last_counts);
	tcase_add_test(tc, test_long);
	tcase_add_test(tc, test_too_big);
	tcase_add_test(tc, test_set);
	tcase_add_test(tc, test_many_domains);
	tcase_add_test(tc, test_example);
	suite_add_tcase(suite, tc);
	return suite;
}
