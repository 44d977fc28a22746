/* Hooks in the settings: sections, the words of a command, what is refused. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/settings.h"

static enum status
parse(const char *text, struct settings **out, struct error *err)
{
	return settings_parse(text, strlen(text), "t.conf", out, err);
}

START_TEST(test_sections)
{
	struct settings *s = NULL;
	const struct settings_hook *hook;
	struct error err;

	ck_assert_msg(parse("[hook \"pager\"]\n"
			    "command = \"/opt/my page\" \"a b\"\n"
			    "severity = warn\nkinds = State, spam_band\n"
			    "ends = yes\nrepeat = 0s\nmin-volume = 500\n"
			    "timeout = 250ms\n"
			    "[hook chat]\n"
			    "url = https://chat.example/hook?key=x%20y\n",
			  &s, &err) == STATUS_OK,
	    "%s", err.text);
	ck_assert_uint_eq(s->hook_count, 2);
	hook = &s->hooks[0];
	ck_assert_str_eq(hook->name, "pager");
	ck_assert_uint_eq(hook->command.count, 2);
	ck_assert_str_eq(hook->command.items[0], "/opt/my page");
	ck_assert_str_eq(hook->command.items[1], "a b");
	ck_assert_str_eq(hook->severity, "warn");
	ck_assert_uint_eq(hook->kinds.count, 2);
	ck_assert_str_eq(hook->kinds.items[0], "state");
	ck_assert(hook->ends);
	ck_assert_int_eq(hook->repeat_s, 0);
	ck_assert(hook->min_volume == 500);
	ck_assert_int_eq(hook->timeout_ms, 250);
	hook = &s->hooks[1];
	ck_assert_str_eq(hook->name, "chat");
	ck_assert_str_eq(hook->url, "https://chat.example/hook?key=x%20y");
	ck_assert_str_eq(hook->severity, "fail");
	ck_assert_uint_eq(hook->kinds.count + hook->command.count, 0);
	ck_assert(!hook->ends && hook->min_volume == 0);
	ck_assert_int_eq(hook->repeat_s, 3600);
	ck_assert_int_eq(hook->timeout_ms, 30000);
	settings_free(s);
}
END_TEST

/* What a command is split into; words are joined by a bar here. */
static const struct {
	const char *value, *words;
} commands[] = {
	{ "/bin/x", "/bin/x" },
	{ "  /bin/x   a\tb ", "/bin/x|a|b" },
	{ "/bin/x 'a b' \"c d\" e\\ f", "/bin/x|a b|c d|e f" },
	{ "/bin/x a'b'\"c\"d", "/bin/x|abcd" },
	{ "/bin/x '' \"\"", "/bin/x||" },
	{ "/bin/x \"it's\" 'say \"so\"'", "/bin/x|it's|say \"so\"" },
	{ "/bin/x \"a\\\"b\\\\\" 'a\\b'", "/bin/x|a\"b\\|a\\b" },
	{ "/bin/x $HOME $(id) `id` * ~ | > & a&&b",
	    "/bin/x|$HOME|$(id)|`id`|*|~|||>|&|a&&b" },
	{ "\"/bin/x\"", "/bin/x" },
	{ "~/x", "/home/o/x" },
};

START_TEST(test_command)
{
	char *text = mem_printf(
	    "[hook \"h\"]\ncommand = %s\n", commands[_i].value);
	struct settings *s = NULL;
	struct buf words = { 0 };
	struct error err;

	setenv("HOME", "/home/o", 1);
	ck_assert_msg(
	    parse(text, &s, &err) == STATUS_OK, "%s: %s", text, err.text);
	for (size_t i = 0; i < s->hooks[0].command.count; i++)
		buf_printf(&words, "%s%s", i > 0 ? "|" : "",
		    s->hooks[0].command.items[i]);
	ck_assert_str_eq(words.data, commands[_i].words);
	buf_free(&words);
	settings_free(s);
	free(text);
}
END_TEST

static const struct {
	const char *text, *said;
} refusals[] = {
	{ "[hook \"a b\"]\n",
	    "t.conf:1: expected [hook \"pager\"], got [hook a b]" },
	{ "[hook]\n", "t.conf:1: expected [hook \"pager\"], got [hook ]" },
	{ "[hook \"abcdefghijklmnopqrstuvwxyzabcdefg\"]\n",
	    "t.conf:1: expected [hook \"pager\"], got [hook "
	    "abcdefghijklmnopqrstuvwxyzabcdefg]" },
	{ "[hook \"h\"]\ncommand = /x\nurl = https://x.example\n",
	    "t.conf: [hook \"h\"]: expected a command or a url, not both" },
	{ "[hook \"h\"]\ncommand = mail root\n",
	    "t.conf:2: hook.h.command: expected the path of a program "
	    "(/... or ~/...) and its arguments, quotes closed, got "
	    "\"mail root\"" },
	{ "[hook \"h\"]\ncommand = ./x\n", NULL },
	{ "[hook \"h\"]\ncommand = /x 'a\n", NULL },
	{ "[hook \"h\"]\ncommand = /x \"a\\\"\n", NULL },
	{ "[hook \"h\"]\ncommand = /x a\\\n", NULL },
	{ "[hook \"h\"]\ncommand = ''\n", NULL },
	{ "[hook \"h\"]\nurl = http://chat.example/\n", NULL },
	{ "[hook \"h\"]\nurl = https://u:p@chat.example/\n",
	    "t.conf:2: hook.h.url: expected an https:// URL (http:// only for "
	    "loopback hosts) without a user, blanks and a fragment" },
	{ "[hook \"h\"]\nurl = https://chat.example/?a b\n", NULL },
	{ "[hook \"h\"]\nurl = https://chat.example/#x\n", NULL },
	{ "[hook \"h\"]\nkinds = a b\n", NULL },
	{ "[hook \"h\"]\nseverity = note\n",
	    "t.conf:2: hook.h.severity: expected one of warn, fail, got "
	    "\"note\"" },
	{ "[hook \"h\"]\ntimeout = 10ms\n", NULL },
	{ "[hook \"h\"]\nrepeat = soon\n", NULL },
};

START_TEST(test_refusal)
{
	struct settings *s = NULL;
	struct error err = { 0 };

	ck_assert_msg(parse(refusals[_i].text, &s, &err) == STATUS_PARSE, "%s",
	    refusals[_i].text);
	if (refusals[_i].said != NULL)
		ck_assert_str_eq(err.text, refusals[_i].said);
	else
		ck_assert_ptr_nonnull(strstr(err.text, ": expected "));
}
END_TEST

/* Long lines are whole wherever libinih's pieces of them end, and lines behind
 * them keep their numbers. */
START_TEST(test_long_lines)
{
	static const char *const units[] = { "x", "a;b", "a#b", "a; b", "a  b",
		"\xc3\xa9", "a=b", "[:" };
	struct buf buf = { 0 }, want = { 0 };
	struct settings *s;
	struct error err;

	for (int n = 1; n < 1000; n += n < 260 ? 1 : 77) {
		const char *unit = units[n % 8];

		buf_shift(&buf, buf.len);
		buf_shift(&want, want.len);
		for (int i = 0; i < n; i++)
			buf_str(&want, unit);
		buf_printf(&buf,
		    "[hook \"h\"]\n command\t= /x \"%s\" y ; %s\n"
		    "[smtp]\nport = 26\n",
		    want.data, want.data);
		ck_assert_msg(settings_parse(buf.data, buf.len, "t", &s,
				  &err) == STATUS_OK,
		    "%s", err.text);
		ck_assert_uint_eq(s->hooks[0].command.count, 3);
		ck_assert_str_eq(s->hooks[0].command.items[1], want.data);
		ck_assert_int_eq(s->smtp_port, 26);
		settings_free(s);
		buf_str(&buf, "helo : a.example\nno pair\n");
		ck_assert_int_eq(parse(buf.data, &s, &err), STATUS_PARSE);
		ck_assert_str_eq(err.text,
		    "t.conf:6: expected \"key = value\", got \"no pair\"");
	}
	buf_free(&buf);
	buf_free(&want);
}
END_TEST

static const struct {
	const char *before;
	char fill;
	const char *after, *said;
} bad_lines[] = {
	{ "[smtp]\nport = 25\n", 'x', "",
	    "t.conf:3: expected \"key = value\", got" },
	{ "[smtp]\nport = 25\n", 'x', " = 1", "t.conf:3: expected \"key" },
	{ "[smtp]\nport = 2", '5', "\nhelo = -\n",
	    "t.conf:2: smtp.port: expected" },
	{ "[tls]\nca-file = /a", ' ', "b\n", "t.conf:2: more than 1" },
	{ "[smtp]\nport = 25\nhelo = ", 'x', "\001\n",
	    "t.conf:3: control character 0x01" },
};

START_TEST(test_bad_long_lines)
{
	struct buf buf = { 0 };
	struct settings *s;
	struct error err;

	buf_str(&buf, bad_lines[_i].before);
	for (int i = 0; i < 400; i++)
		buf_char(&buf, bad_lines[_i].fill);
	buf_str(&buf, bad_lines[_i].after);
	ck_assert_int_eq(parse(buf.data, &s, &err), STATUS_PARSE);
	ck_assert_msg(strncmp(err.text, bad_lines[_i].said,
			  strlen(bad_lines[_i].said)) == 0,
	    "%s", err.text);
	buf_free(&buf);
}
END_TEST

/* The address of a webhook is often longer than that. */
START_TEST(test_long_url)
{
	struct buf url = { 0 };
	struct settings *s;
	struct error err;
	char *text;

	buf_str(&url, "https://chat.example/hook?key=");
	for (int i = 0; i < 200; i++)
		buf_str(&url, "aB3%2F&sig=");
	text = mem_printf("[hook \"h\"]\nurl = %s\n", url.data);
	ck_assert_msg(parse(text, &s, &err) == STATUS_OK, "%s", err.text);
	ck_assert_str_eq(s->hooks[0].url, url.data);
	settings_free(s);
	free(text);
	buf_free(&url);
}
END_TEST

Suite *
suite_settings_hook(void)
{
	Suite *suite = suite_create("settings_hook");
	TCase *tc = tcase_create("settings_hook");

	tcase_add_test(tc, test_sections);
	tcase_add_loop_test(tc, test_command, 0, ROWS(commands));
	tcase_add_loop_test(tc, test_refusal, 0, ROWS(refusals));
	tcase_add_test(tc, test_long_lines);
	tcase_add_loop_test(tc, test_bad_long_lines, 0, ROWS(bad_lines));
	tcase_add_test(tc, test_long_url);
	suite_add_tcase(suite, tc);
	return suite;
}
