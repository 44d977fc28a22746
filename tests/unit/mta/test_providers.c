/* providers: whose relay host a name is, look-alikes too. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/reply.h"
#include "sendtop/traffic.h"
#include "tests/unit/mta/shared.h"
#include "tests/unit/mta/suites.h"

static const struct {
	const char *host, *provider;
} rows[] = {
	{ "gmail-smtp-in.l.google.com", "gmail" },
	{ "ALT1.Gmail-SMTP-In.L.Google.COM", "gmail" },
	{ "aspmx.l.google.com.", "gmail" },
	{ "aspmx2.googlemail.com", "gmail" },
	{ "smtp.google.com", "gmail" },
	{ "google.com", "gmail" },
	{ "mta7.am0.yahoodns.net", "yahoo" },
	{ "mx-aol.mail.gm0.yahoodns.net", "yahoo" },
	{ "mx1.mail.yahoo.co.jp", "yahoo-jp" },
	{ "hotmail-com.olc.protection.outlook.com", "microsoft" },
	{ "example-com.mail.protection.outlook.com", "microsoft" },
	{ "example-com.a-v1.mx.microsoft", "microsoft" },
	{ "mx01.mail.icloud.com", "apple" },
	{ "mailsec.protonmail.ch", "proton" },
	{ "in1-smtp.messagingengine.com", "fastmail" },
	{ "mx00.gmx.net", "gmx" },
	{ "mx-ha02.web.de", "gmx" },
	{ "mxs.mail.ru", "mailru" },
	{ "mx.yandex.ru", "yandex" },
	{ "mx1.mxge.comcast.net", "comcast" },
	/* others */
	{ "google.com.evil.test", "other" },
	{ "notgoogle.com", "other" },
	{ "l.google.com-mx.test", "other" },
	{ "google.com.", "gmail" },
	{ "google.com..", "other" },
	{ ".google.com", "gmail" },
	{ "google", "other" },
	{ "com", "other" },
	{ "mail.co", "other" },
	{ "xweb.de", "other" },
	{ "outlook.com.test", "other" },
	{ "yahoodns.net.", "yahoo" },
	{ "142.250.27.26", "other" },
	{ "[142.250.27.26]", "other" },
	{ "2a00:1450:4013:c07::1b", "other" },
	{ "none", "other" },
	{ "local", "other" },
	{ "127.0.0.1", "other" },
	{ "", "other" },
	{ ".", "other" },
	{ "...", "other" },
};

static struct providers *
load(void)
{
	struct providers *providers = NULL;
	char *path = shared_path("share/providers.json");
	struct error err;

	ck_assert_msg(providers_load(path, &providers, &err) == STATUS_OK, "%s",
	    err.text);
	free(path);
	return providers;
}

START_TEST(test_hosts)
{
	struct providers *providers = load();
	const char *word = provider_of(
	    providers, rows[_i].host, strlen(rows[_i].host));

	ck_assert_msg(strcmp(word, rows[_i].provider) == 0, "%s: %s",
	    rows[_i].host, word);
	providers_free(providers);
}
END_TEST

/* Only len octets are looked at, and the word is the same pointer always. */
START_TEST(test_pointer)
{
	struct providers *providers = load();

	ck_assert_ptr_eq(provider_of(providers, "a.google.com:25", 12),
	    provider_of(providers, "aspmx2.googlemail.com", 21));
	ck_assert_ptr_eq(provider_of(providers, "a.test", 6),
	    provider_of(providers, "b.test", 6));
	providers_free(providers);
}
END_TEST

START_TEST(test_label)
{
	struct providers *providers = load();

	ck_assert_str_eq(provider_label(providers, PROVIDER_GMAIL), "Gmail");
	ck_assert_str_eq(provider_label(providers, "nobody"), "nobody");
	ck_assert_str_eq(provider_label(providers, "other"), "other");
	providers_free(providers);
}
END_TEST

START_TEST(test_long_name)
{
	struct providers *providers = load();
	char name[300];

	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - 11, ".google.com", 11);
	ck_assert_str_eq(
	    provider_of(providers, name, sizeof(name)), PROVIDER_OTHER);
	ck_assert_str_eq(
	    provider_of(providers, name + 47, 253), PROVIDER_GMAIL);
	providers_free(providers);
}
END_TEST

/* --- what is refused ------------------------------------------------------ */

#define FILE_OF(row) "{\"providers\": [" row "]}"
#define GOOD "{\"provider\": \"a\", \"label\": \"A\", \"hosts\": [\"a.test\"]}"

static const struct {
	const char *text, *words;
} refused[] = {
	{ "", "providers.json" },
	{ "[]", "an object is needed" },
	{ "{}", "list of 1 to" },
	{ "{\"providers\": {}}", "list of 1 to" },
	{ "{\"extra\": 1, \"providers\": [" GOOD "]}", "no member \"extra\"" },
	{ FILE_OF(GOOD ", " GOOD), "a: there are two rows" },
	{ FILE_OF("{\"label\": \"A\", \"hosts\": [\"a.test\"]}"),
	    "\"provider\" must be a text" },
	{ FILE_OF("{\"provider\": \"a\", \"hosts\": [\"a.test\"]}"),
	    "a: \"label\" must be a text" },
	{ FILE_OF("{\"provider\": \"a\", \"label\": \"A\", \"hosts\": []}"),
	    "a: \"hosts\" must be a list" },
	{ FILE_OF("{\"provider\": \"a\", \"label\": \"A\", \"hosts\": [1]}"),
	    "a: \"hosts\" must be" },
	{ FILE_OF("{\"provider\": \"a\", \"label\": \"A\", \"hosts\": "
		  "[\"A.test\"]}"),
	    "lower case" },
	{ FILE_OF("{\"provider\": \"a\", \"label\": \"A\", \"hosts\": "
		  "[\"test\"]}"),
	    "a: \"hosts\" must be" },
	{ FILE_OF(GOOD ", {\"provider\": \"b\", \"label\": \"B\", \"hosts\": "
		       "[\"a.test\"]}"),
	    "b: the host a.test is there twice" },
	{ FILE_OF("{\"provider\": \"other\", \"label\": \"A\", \"hosts\": "
		  "[\"a.test\"]}"),
	    "other: there are two rows" },
	{ FILE_OF("{\"provider\": \"a\", \"label\": \"A\", \"host\": "
		  "[\"a.test\"]}"),
	    "a: there is no member \"host\"" },
	{ FILE_OF("7"), "\"provider\" must be a text" },
};

START_TEST(test_refused)
{
	char path[] = "/tmp/test_providers.XXXXXX/providers.json";
	struct providers *providers = (struct providers *)1;
	struct error err;
	FILE *out;

	path[26] = '\0';
	ck_assert_ptr_nonnull(mkdtemp(path));
	path[26] = '/';
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(refused[_i].text, out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(providers_load(path, &providers, &err), STATUS_PARSE);
	ck_assert_msg(strstr(err.text, refused[_i].words) != NULL, "%s: %s",
	    refused[_i].text, err.text);
	ck_assert_msg(strstr(err.text, path) != NULL, "%s", err.text);
	ck_assert_ptr_null(providers);
	unlink(path);
	path[26] = '\0';
	rmdir(path);
}
END_TEST

START_TEST(test_no_file)
{
	struct providers *providers;
	struct error err;

	ck_assert_int_eq(
	    providers_load("/nowhere/p.json", &providers, &err), STATUS_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.text, "/nowhere/p.json"));
}
END_TEST

Suite *
suite_providers(void)
{
	Suite *suite = suite_create("providers");
	TCase *tcase = tcase_create("providers");

	tcase_add_loop_test(
	    tcase, test_hosts, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, test_pointer);
	tcase_add_test(tcase, test_label);
	tcase_add_test(tcase, test_long_name);
	tcase_add_loop_test(tcase, test_refused, 0,
	    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tcase, test_no_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
