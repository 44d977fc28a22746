/* The collector whole, for one round, on a name server and a store. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/collect.h"
#include "sendtop/day.h"
#include "sendtop/store_live.h"
#include "suites.h"
#include "tests/unit/net/nsd.h"

static char dir[] = "/tmp/test-collector-XXXXXX";
static char store_path[64];
static struct nsd *nsd;
static struct settings *settings;

static const char zone[] =
    "@ 60 IN SOA ns.test. h.test. 1 60 60 60 60\n"
    "@ IN NS ns.test.\n"
    "good.test. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
    "_dmarc.good.test. 300 IN TXT \"v=DMARC1; p=reject; "
    "rua=mailto:d@good.test\"\n"
    "bad.test. 300 IN TXT \"v=spf1 +all\"\n";

static void
setup(void)
{
	struct error err;
	char text[512];
	int n;

	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(store_path, sizeof(store_path), "%s/s.db", dir);
	nsd = nsd_start("test", zone);
	n = snprintf(text, sizeof(text),
	    "[resolver]\nservers = 127.0.0.1:%u\n[smtp]\nenabled = no\n"
	    "[domain \"good.test\"]\ntag = fleet\n",
	    nsd_port(nsd));
	ck_assert(settings_parse(text, (size_t)n, "test", &settings, &err) ==
	    STATUS_OK);
}

static void
teardown(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char path[96];
	size_t i;

	settings_free(settings);
	nsd_stop(nsd);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", store_path, ends[i]);
		unlink(path);
	}
	rmdir(dir);
}

static enum status
collect_once(const char *const *domains, size_t count, struct error *err)
{
	const struct collect_options options = {
		.settings = settings,
		.location = store_path,
		.domains = domains,
		.domain_count = count,
		.once = true,
		.news_fd = -1,
		.say_fd = -1,
	};

	return collect_run(&options, err);
}

static const struct store_standing *
find(const struct store_standing *rows, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	ck_abort_msg("%s is not watched", name);
	return NULL;
}

/* Without an account the probes work, and what they find is judged. */
START_TEST(test_probes_are_kept)
{
	static const char *const domains[] = { "bad.test" };
	const struct standing_page page = { .sort = SORT_NAME, .limit = 10 };
	struct arena *arena = arena_new();
	struct store_standing *rows;
	struct store *store;
	struct error err;
	size_t count, total;

	ck_assert_msg(
	    collect_once(domains, 1, &err) == STATUS_OK, "%s", err.text);
	ck_assert(
	    store_open(store_path, STORE_READ, &store, &err) == STATUS_OK);
	ck_assert(store_standing_page(store, &page, arena, &rows, &count,
		      &total, &err) == STATUS_OK);
	ck_assert_uint_eq(total, 2);
	ck_assert(find(rows, count, "good.test")->judged);
	ck_assert_int_eq(find(rows, count, "good.test")->standing.fails, 0);
	ck_assert_str_eq(find(rows, count, "good.test")->tag, "fleet");
	ck_assert_int_gt(find(rows, count, "bad.test")->standing.fails, 0);
	ck_assert_ptr_nonnull(
	    strstr(find(rows, count, "bad.test")->standing.reasons,
		"spf/bad.test/plus_all"));
	store_close(store);
	arena_free(arena);
}
END_TEST

/* A domain that left the settings is no longer watched. */
START_TEST(test_settings_change)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	struct store *store;
	struct error err;
	size_t count;

	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	settings->domain_count = 0;
	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	settings->domain_count = 1;
	ck_assert(
	    store_open(store_path, STORE_READ, &store, &err) == STATUS_OK);
	ck_assert(
	    store_domains(store, arena, &domains, &count, &err) == STATUS_OK);
	ck_assert_uint_eq(count, 0);
	store_close(store);
	arena_free(arena);
}
END_TEST

/* Another name server with other records, or (NULL) none that answers. */
static void
serve(const char *text)
{
	struct error err;
	char server[32];

	nsd_stop(nsd);
	nsd = text != NULL ? nsd_start("test", text) : NULL;
	snprintf(server, sizeof(server), "127.0.0.1:%u",
	    nsd != NULL ? nsd_port(nsd) : 1);
	ck_assert(settings_set(settings, "resolver.servers", server, &err) ==
	    STATUS_OK);
}

#define HEAD "@ 60 IN SOA ns.test. h.test. 1 60 60 60 60\n@ IN NS ns.test.\n"
#define SPF "w.test. 300 IN TXT \"v=spf1 "
#define DMARC "_dmarc.w.test. 300 IN TXT \"v=DMARC1; rua=mailto:d@w.test; p="
#define DKIM "s1._domainkey.w.test. 300 IN TXT \"v=DKIM1; k=ed25519; p="
#define KEY "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR"
#define MX "w.test. 300 IN MX "
#define HOSTS "m1.test. 300 IN A 8.8.8.8\nm2.test. 300 IN A 8.8.4.4\n"

static const char before[] = HEAD HOSTS SPF
    "include:esp.test ip4:8.8.8.8 -all\"\n"
    "esp.test. 300 IN TXT \"v=spf1 -all\"\n" DMARC "quarantine\"\n" DKIM KEY
    "o=\"\n" MX "10 m1.test.\n" MX "20 m2.test.\n";
static const char after[] = HEAD HOSTS SPF "ip4:8.8.8.8 -all\"\n" DMARC
					   "reject\"\n" DKIM KEY "s=\"\n" MX
					   "10 m1.test.\n";

/* What stands on the time line about records, newest first. */
static void
expect_records(const char *const *texts, size_t count)
{
	struct arena *arena = arena_new();
	struct store_event *events;
	struct store *store;
	struct error err;
	size_t all, i, n = 0;

	ck_assert(
	    store_open(store_path, STORE_READ, &store, &err) == STATUS_OK);
	ck_assert(store_events(store, "w.test", 0, INT64_MAX, 100, arena,
		      &events, &all, &err) == STATUS_OK);
	for (i = 0; i < all; i++) {
		if (strcmp(events[i].kind, "record") != 0)
			continue;
		ck_assert_msg(n < count, "besides: %s", events[i].text);
		ck_assert_str_eq(events[i].text, texts[n++]);
	}
	ck_assert_uint_eq(n, count);
	store_close(store);
	arena_free(arena);
}

/* A record that changes is told in words; what cannot be asked for a while is
 * not, nor does it hide what changed meanwhile. */
START_TEST(test_records_watched)
{
	static const char *const words[] = {
		"mx changed: 20 m2.test removed",
		"dmarc changed: p=quarantine -> p=reject",
		"dkim s1: key changed",
		"spf changed: include:esp.test removed",
	};
	static const char with[] = "[domain \"w.test\"]\nselectors = s1\n"
				   "[smtp]\nenabled = no\n"
				   "[resolver]\ntimeout = 3s\ntries = 1\n";
	struct error err;
	size_t i;

	settings_free(settings);
	ck_assert(settings_parse(with, strlen(with), "test", &settings, &err) ==
	    STATUS_OK);
	for (i = 0; i < 2; i++) {
		serve(before);
		ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
		expect_records(NULL, 0);
		serve(NULL);
		ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
		expect_records(NULL, 0);
	}
	serve(before);
	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	expect_records(NULL, 0);
	serve(after);
	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	expect_records(words, sizeof(words) / sizeof(words[0]));
}
END_TEST

/* What the screen asked for is done and answered. */
START_TEST(test_request)
{
	struct arena *arena = arena_new();
	struct store_request request;
	struct store *store;
	struct error err;
	int64_t probe, poll;

	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	ck_assert(
	    store_open(store_path, STORE_READ, &store, &err) == STATUS_OK);
	ck_assert(store_request_add(store, REQUEST_PROBE, "good.test",
		      clock_utc_s(), &probe, &err) == STATUS_OK);
	ck_assert(store_request_add(store, REQUEST_POLL, "", clock_utc_s(),
		      &poll, &err) == STATUS_OK);
	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	ck_assert(store_request_get(store, probe, arena, &request, &err) ==
	    STATUS_OK);
	ck_assert_int_eq(request.state, REQUEST_DONE);
	ck_assert_str_eq(request.result, "");
	ck_assert(
	    store_request_get(store, poll, arena, &request, &err) == STATUS_OK);
	ck_assert_int_eq(request.state, REQUEST_FAILED);
	ck_assert_ptr_nonnull(strstr(request.result, "sendtop login"));
	store_close(store);
	arena_free(arena);
}
END_TEST

/* What is older than the settings keep is forgotten. */
START_TEST(test_forgets)
{
	struct arena *arena = arena_new();
	struct store_event *events;
	struct store *store;
	struct error err;
	int64_t now = clock_utc_s();
	size_t count;

	ck_assert_int_eq(settings->store_keep_s, 3 * 365 * DAY_SECONDS);
	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	ck_assert(
	    store_open(store_path, STORE_WRITE, &store, &err) == STATUS_OK);
	ck_assert(store_event_add(store, "good.test",
		      now - settings->store_keep_s - 2 * DAY_SECONDS, "state",
		      VERDICT_PASS, "old", &err) == STATUS_OK);
	ck_assert(store_event_add(store, "good.test",
		      now - settings->store_keep_s + 2 * DAY_SECONDS, "state",
		      VERDICT_PASS, "kept", &err) == STATUS_OK);
	ck_assert(collect_once(NULL, 0, &err) == STATUS_OK);
	ck_assert(store_events(store, "good.test", 0, now - DAY_SECONDS, 9,
		      arena, &events, &count, &err) == STATUS_OK);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(events[0].text, "kept");
	store_close(store);
	arena_free(arena);
}
END_TEST

/* One collector a store; the second is told who has it. */
START_TEST(test_busy)
{
	struct store *store;
	struct error err;
	char pid[32];

	ck_assert(
	    store_open(store_path, STORE_COLLECT, &store, &err) == STATUS_OK);
	ck_assert(collect_once(NULL, 0, &err) == STATUS_BUSY);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	ck_assert_msg(strstr(err.text, pid) != NULL, "%s", err.text);
	store_close(store);
}
END_TEST

/* The screen's end of the pipe closed: the collector ends by itself. */
START_TEST(test_screen_gone)
{
	int news[2];
	struct collect_options options = {
		.settings = settings,
		.location = store_path,
		.say_fd = -1,
	};
	struct error err;

	ck_assert_int_eq(pipe2(news, O_NONBLOCK | O_CLOEXEC), 0);
	close(news[0]);
	options.news_fd = news[1];
	ck_assert_msg(collect_run(&options, &err) == STATUS_OK, "%s", err.text);
	close(news[1]);
}
END_TEST

Suite *
suite_collector(void)
{
	Suite *suite = suite_create("collector");
	TCase *tc = tcase_create("collector");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_probes_are_kept);
	tcase_add_test(tc, test_settings_change);
	tcase_add_test(tc, test_records_watched);
	tcase_add_test(tc, test_request);
	tcase_add_test(tc, test_forgets);
	tcase_add_test(tc, test_busy);
	tcase_add_test(tc, test_screen_gone);
	suite_add_tcase(suite, tc);
	return suite;
}
