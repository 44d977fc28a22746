/* Settings: which values a row takes. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/settings.h"

static struct settings *
empty(void)
{
	struct settings *settings = NULL;
	struct error err = { 0 };

	if (settings_parse("", 0, "t.conf", &settings, &err) != STATUS_OK)
		ck_abort_msg("%s", err.text);
	return settings;
}

/* Every row's default is a value of its type, and its words fit a line. */
START_TEST(test_rows)
{
	struct settings *s = empty();
	const struct settings_help *help;
	size_t i;

	for (i = 0; (help = settings_help(i)) != NULL; i++) {
		const char *name = strcmp(help->section, "domain") == 0
		    ? "x.example."
		    : strcmp(help->section, "hook") == 0 ? "x."
							 : "";
		char *key = mem_printf(
		    "%s.%s%s", help->section, name, help->key);
		struct error err = { 0 };

		if (settings_set(s, key, help->standard, &err) != STATUS_OK)
			ck_abort_msg("%s", err.text);
		ck_assert_uint_lt(strlen(help->help) + strlen(help->type), 96);
		free(key);
	}
	ck_assert_uint_gt(i, 40);
	settings_free(s);
}
END_TEST

static const struct {
	const char *key, *value;
	bool ok;
} values[] = {
	{ "postmaster.endpoint", "https://a.example", true },
	{ "postmaster.endpoint", "https://a.example:8443/x/y", true },
	{ "postmaster.endpoint", "HTTPS://a.example", true },
	{ "postmaster.endpoint", "https://192.0.2.1", true },
	{ "postmaster.endpoint", "https://[2001:db8::1]:1", true },
	{ "postmaster.endpoint", "http://localhost:8080", true },
	{ "postmaster.endpoint", "http://127.9.9.9/", true },
	{ "postmaster.endpoint", "http://[::1]:8080", true },
	{ "postmaster.endpoint", "http://127.0.0.1.evil.example", false },
	{ "postmaster.endpoint", "http://localhost.evil.example", false },
	{ "postmaster.endpoint", "http://[2001:db8::1]", false },
	{ "postmaster.endpoint", "http://192.168.0.1", false },
	{ "postmaster.endpoint", "http://localhost@evil.example", false },
	{ "postmaster.endpoint", "https://a.example?x", false },
	{ "postmaster.endpoint", "https://a.example#x", false },
	{ "postmaster.endpoint", "https://a.example:0", false },
	{ "postmaster.endpoint", "https://a.example:65536", false },
	{ "postmaster.endpoint", "https://a.example:", false },
	{ "postmaster.endpoint", "https://", false },
	{ "postmaster.endpoint", "https:///x", false },
	{ "postmaster.endpoint", "https://[::1", false },
	{ "postmaster.endpoint", "https://[1.2.3.4]", false },
	{ "postmaster.endpoint", "https://a b", false },
	{ "postmaster.endpoint", "ftp://a.example", false },
	{ "postmaster.endpoint", "", false },
	{ "resolver.servers", "", true },
	{ "resolver.servers", "192.0.2.1", true },
	{ "resolver.servers", "::1", true },
	{ "resolver.servers", "[::1]", true },
	{ "resolver.servers", "[::1]:5300", true },
	{ "resolver.servers", "[::1]x", false },
	{ "resolver.servers", "[::1]:", false },
	{ "resolver.servers", "[::1", false },
	{ "resolver.servers", "[192.0.2.1]:53", false },
	{ "resolver.servers", "192.0.2.1:0", false },
	{ "resolver.servers", "192.0.2.1:65536", false },
	{ "resolver.servers", "192.0.2.1:53:53", false },
	{ "resolver.servers", "192.0.2.1 192.0.2.2", false },
	{ "smtp.helo", "probe.example.com", true },
	{ "smtp.helo", "", true },
	{ "smtp.helo", "a..b", false },
	{ "smtp.helo", "a.", false },
	{ "smtp.helo", "a_b.example", false },
	{ "smtp.helo", "a b", false },
	{ "smtp.helo", "x\r\nMAIL FROM:<>", false },
	{ "domain.a.example.selectors", "s1,s2", true },
	{ "domain.a.example.selectors", "a_b, c.d", true },
	{ "domain.a.example.selectors", "a.", false },
	{ "domain.a.example.selectors", "a;b", false },
	{ "domain.a.example.target", "-1", false },
	{ "domain.a.example.target", "1e13", false },
	{ "postmaster.poll", "1d12h", true },
	{ "postmaster.poll", "0s", false },
	{ "postmaster.poll", "1500ms", false },
	{ "postmaster.poll", "1h 30m", false },
	{ "postmaster.poll", "h", false },
	{ "postmaster.poll", "1w", false },
	{ "postmaster.poll", "9999999999s", false },
	{ "resolver.timeout", "1500ms", true },
	{ "resolver.timeout", "1s500ms", true },
	{ "ramp.spam-hold", "0%", true },
	{ "ramp.spam-hold", "100%", true },
	{ "ramp.spam-hold", "100.1%", false },
	{ "ramp.spam-hold", "-1%", false },
	{ "ramp.spam-hold", "1%%", false },
	{ "ramp.spam-hold", "%", false },
	{ "ramp.spam-hold", "1e1%", false },
	{ "store.path", "/var/lib/x", true },
	{ "store.path", "mysql://x", false },
	{ "screen.color", "Always", false },
	{ "smtp.enabled", "OFF", true },
	{ "smtp.enabled", "", false },
};

START_TEST(test_value)
{
	struct settings *s = empty();
	enum status status;

	status = settings_set(s, values[_i].key, values[_i].value, NULL);
	ck_assert_msg(status == (values[_i].ok ? STATUS_OK : STATUS_PARSE),
	    "%s %s", values[_i].key, values[_i].value);
	settings_free(s);
}
END_TEST

Suite *
suite_settings_values(void)
{
	Suite *suite = suite_create("settings_values");
	TCase *tc = tcase_create("values");

	tcase_add_test(tc, test_rows);
	tcase_add_loop_test(tc, test_value, 0, ROWS(values));
	suite_add_tcase(suite, tc);
	return suite;
}
