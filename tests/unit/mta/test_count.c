/* Counting deliveries: by hour, sender, provider and stream. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/count.h"
#include "sendtop/mem.h"
#include "tests/unit/mta/suites.h"

enum { HOUR = 1795316400 }; /* 2026-11-22T03:00:00Z */

/* --- texts ---------------------------------------------------------------- */

START_TEST(senders_lose_what_changes)
{
	static const struct {
		const char *address, *stem;
	} cases[] = {
		{ "news@example.com", "news@example.com" },
		{ "News@EXAMPLE.com", "News@example.com" },
		{ "news+4711@example.com", "news@example.com" },
		{ "news+ann=example.org@example.com", "news@example.com" },
		{ "+4711@example.com", "*@example.com" },
		{ "bounce-ann=example.org@example.com", "bounce@example.com" },
		{ "ann=example.org@example.com", "*@example.com" },
		{ "bounce-4711@example.com", "bounce@example.com" },
		{ "bounce4711@example.com", "bounce@example.com" },
		{ "news-20261122-0a1b2c3d4e@example.com", "news@example.com" },
		{ "0102018f3c2d4e5f-9a8b-000000@example.com", "*@example.com" },
		{ "4711@example.com", "*@example.com" },
		{ "prvs=0123abcdef=ann@example.com", "ann@example.com" },
		{ "SRS0=HHH=TT=example.org=ann@example.com",
		    "SRS@example.com" },
		{ "team-berlin@example.com", "team-berlin@example.com" },
		{ "b2b@example.com", "b2b@example.com" },
		{ "no.reply@example.com", "no.reply@example.com" },
		{ "root", "root" },
		{ "\x1b[2J@example.com", "\\x1b[2J@example.com" },
		{ "@example.com", "*@example.com" },
	};
	char out[SENDER_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(sender_stem(cases[i].address,
				     strlen(cases[i].address), out),
		    cases[i].stem);
}
END_TEST

START_TEST(a_long_sender_fits)
{
	char long_one[2000], out[SENDER_SIZE];

	memset(long_one, 'x', sizeof(long_one));
	ck_assert_uint_lt(
	    strlen(sender_stem(long_one, sizeof(long_one), out)), SENDER_SIZE);
	long_one[1000] = '@';
	ck_assert_uint_lt(
	    strlen(sender_stem(long_one, sizeof(long_one), out)), SENDER_SIZE);
}
END_TEST

START_TEST(replies_of_one_gist_have_one_hash)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "421-4.7.28 Gmail has detected an unusual rate, dkim "
		  "domain [news.example.com 35]. 98e67ed59e1d1-2c8.59 - gsmtp",
		    "421-4.7.28 Gmail has detected an unusual rate, dkim "
		    "domain [news.example.com 35]. ffacd0b85a97d-3a1.7 - "
		    "gsmtp",
		    true },
		{ "domain [news.example.com 35]",
		    "domain [shop.example.com "
		    "35]",
		    false },
		{ "550 5.7.1 [192.0.2.1]", "550 5.7.1 [192.0.2.2]", false },
		{ "450 4.2.1", "450 4.2.2", false },
		{ "host mx1 said: try 1732246364",
		    "host mx1 said: try "
		    "1732246999",
		    true },
		{ "", "", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg((reply_hash(cases[i].a, strlen(cases[i].a)) ==
				  reply_hash(cases[i].b, strlen(cases[i].b))) ==
			cases[i].same,
		    "%s", cases[i].a);
}
END_TEST

/* --- counting ------------------------------------------------------------- */

static struct providers *providers;
static struct reply_catalogue *catalogue;
static struct count *count;
static struct mta_sink sink;

static const char *
shared(const char *name)
{
	const char *source = getenv("SENDTOP_SRCDIR");
	static char path[512];

	snprintf(path, sizeof(path), "%s/share%s%s",
	    source != NULL ? source : ".", name[0] != '\0' ? "/" : "", name);
	return path;
}

static void
begin(void)
{
	struct error err;
	struct count_options options;

	if (providers_load(shared("providers.json"), &providers, &err) !=
		STATUS_OK ||
	    reply_catalogue_load(shared(""), &catalogue, &err) != STATUS_OK)
		ck_abort_msg("%s", err.text);
	options = (struct count_options){ providers, catalogue };
	count = count_new(&options);
	count_sink(count, &sink);
	count_watch(count, "example.com", 1);
	count_watch(count, "news.example.com", 2);
	count_watch(count, "shop.co.uk", 3);
}

static void
end(void)
{
	count_free(count);
	reply_catalogue_free(catalogue);
	providers_free(providers);
}

static struct span
span(const char *text)
{
	return (struct span){ text, text != NULL ? strlen(text) : 0 };
}

static void
deliver(int64_t at_s, const char *sender, const char *relay, const char *ip,
    enum delivery_end how, const char *reply)
{
	const struct delivery d = {
		.at_s = at_s,
		.queue_id = span("4XyZ"),
		.sender = span(sender),
		.source_ip = span(ip),
		.recipient_domain = span("example.net"),
		.relay_host = span(relay),
		.reply = span(reply),
		.end = how,
		.tls = how == DELIVERY_DONE ? TLS_USED : TLS_UNTOLD,
	};

	sink.delivery(sink.arg, &d);
}

#define GMAIL "gmail-smtp-in.l.google.com"
#define OK_REPLY "250 2.0.0 OK 1732246364 x - gsmtp"

/* What a flush gives out, as text, one row a line. */
struct seen {
	struct buf traffic, replies, senders, learned;
	size_t rows, fail_at;
};

static enum status
put(struct seen *seen, struct error *err)
{
	if (++seen->rows == seen->fail_at)
		return error_set(err, STATUS_FULL, "no room");
	return STATUS_OK;
}

static enum status
take_traffic(
    void *arg, int64_t domain, const struct traffic *t, struct error *err)
{
	struct seen *seen = arg;

	buf_printf(&seen->traffic,
	    "%lld %+lld %s '%s' %lld/%lld/%lld tls %lld clear %lld first %u\n",
	    (long long)domain, (long long)(t->hour_s - HOUR), t->provider,
	    t->stream, (long long)t->delivered, (long long)t->deferred,
	    (long long)t->bounced, (long long)t->tls, (long long)t->clear,
	    t->minutes[0]);
	return put(seen, err);
}

static enum status
take_reply(
    void *arg, int64_t domain, const struct reply_count *r, struct error *err)
{
	struct seen *seen = arg;

	buf_printf(&seen->replies, "%lld %s %s [%s] %s%s x%lld %+lld\n%s\n",
	    (long long)domain, r->provider, r->reply, r->identity, r->category,
	    r->permanent ? " permanent" : "", (long long)r->count,
	    (long long)(r->last_s - HOUR), r->sample);
	return put(seen, err);
}

static enum status
take_sender(
    void *arg, int64_t domain, const struct sender_seen *s, struct error *err)
{
	struct seen *seen = arg;

	buf_printf(&seen->senders, "%lld %s '%s' x%lld %+lld %+lld\n",
	    (long long)domain, s->address, s->stream, (long long)s->count,
	    (long long)(s->first_s - HOUR), (long long)(s->last_s - HOUR));
	return put(seen, err);
}

static enum status
take_learned(void *arg, int64_t domain, const char *kind, const char *value,
    int64_t first_s, int64_t last_s, struct error *err)
{
	struct seen *seen = arg;

	buf_printf(&seen->learned, "%lld %s %s %+lld %+lld\n",
	    (long long)domain, kind, value, (long long)(first_s - HOUR),
	    (long long)(last_s - HOUR));
	return put(seen, err);
}

static void
flush(struct seen *seen)
{
	static const struct count_ops ops = { take_traffic, take_reply,
		take_sender, take_learned };
	struct error err;

	memset(seen, 0, sizeof(*seen));
	ck_assert_int_eq(count_flush(count, &ops, seen, &err), STATUS_OK);
	count_forget(count);
	ck_assert_uint_eq(count_rows(count), 0);
}

static void
seen_free(struct seen *seen)
{
	buf_free(&seen->traffic);
	buf_free(&seen->replies);
	buf_free(&seen->senders);
	buf_free(&seen->learned);
}

static bool
has(const struct buf *buf, const char *text)
{
	return buf->data != NULL && strstr(buf->data, text) != NULL;
}

START_TEST(deliveries_become_rows)
{
	struct seen seen;

	deliver(HOUR + 1, "news@news.example.com", GMAIL, NULL, DELIVERY_DONE,
	    OK_REPLY);
	deliver(HOUR + 2, "news@news.example.com", GMAIL, NULL, DELIVERY_DONE,
	    OK_REPLY);
	deliver(HOUR + 61, "news+1@news.example.com", GMAIL, NULL,
	    DELIVERY_BOUNCED, "550 5.1.1 gone");
	deliver(HOUR + 3599, "news@news.example.com", GMAIL, NULL,
	    DELIVERY_DEFERRED, "connect timed out");
	deliver(HOUR + 3600, "news@news.example.com", GMAIL, NULL,
	    DELIVERY_DONE, OK_REPLY);
	deliver(HOUR + 5, "news@news.example.com", "mx.example.net",
	    "192.0.2.1", DELIVERY_DONE, "250 ok");
	deliver(HOUR + 5, "ann@example.com", GMAIL, "192.0.2.1", DELIVERY_DONE,
	    OK_REPLY);
	flush(&seen);
	ck_assert(
	    has(&seen.traffic, "2 +0 gmail '' 2/1/1 tls 2 clear 0 first 2\n"));
	ck_assert(has(
	    &seen.traffic, "2 +3600 gmail '' 1/0/0 tls 1 clear 0 first 1\n"));
	ck_assert(has(&seen.traffic,
	    "2 +0 other '192.0.2.1' 1/0/0 tls 1 clear 0 first 1\n"));
	ck_assert(has(&seen.traffic,
	    "1 +0 gmail '192.0.2.1' 1/0/0 tls 1 clear 0 first 1\n"));
	ck_assert(
	    has(&seen.senders, "2 news@news.example.com '' x5 +1 +3600\n"));
	ck_assert(has(&seen.learned, "2 ip 192.0.2.1 +5 +5\n"));
	ck_assert(has(&seen.learned, "1 ip 192.0.2.1 +5 +5\n"));
	/* A time-out is nothing that a receiver said; 5.1.1 is. */
	ck_assert(has(&seen.replies, "2 gmail 550 5.1.1"));
	ck_assert(!has(&seen.replies, "timed out"));
	seen_free(&seen);
}
END_TEST

START_TEST(senders_belong_to_the_closest_watched_domain)
{
	static const struct {
		const char *sender;
		const char *row; /* NULL: nobody's */
	} cases[] = {
		{ "a@example.com", "1 +0 " },
		{ "a@EXAMPLE.COM", "1 +0 " },
		{ "a@bounce.example.com", "1 +0 " },
		{ "a@news.example.com", "2 +0 " },
		{ "a@b.c.news.example.com", "2 +0 " },
		{ "a@mail.shop.co.uk", "3 +0 " },
		{ "a@co.uk", NULL },
		{ "a@other.co.uk", NULL },
		{ "a@example.com.evil.net", NULL },
		{ "a@notexample.com", NULL },
		{ "a@com", NULL },
		{ "a@", NULL },
		{ "@", NULL },
		{ "x", NULL },
	};
	struct count_totals totals;
	struct seen seen;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		deliver(HOUR, cases[i].sender, GMAIL, NULL, DELIVERY_DONE,
		    OK_REPLY);
		flush(&seen);
		if (cases[i].row == NULL)
			ck_assert_msg(
			    seen.rows == 0, "%s is counted", cases[i].sender);
		else
			ck_assert_msg(strncmp(seen.traffic.data, cases[i].row,
					  strlen(cases[i].row)) == 0,
			    "%s: %s", cases[i].sender, seen.traffic.data);
		seen_free(&seen);
	}
	deliver(HOUR, "", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	deliver(HOUR, NULL, GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	flush(&seen);
	ck_assert_uint_eq(seen.rows, 0);
	seen_free(&seen);
	count_totals(count, &totals);
	ck_assert_int_eq(totals.attempts, 16);
	ck_assert_int_eq(totals.watched, 6);
	ck_assert_int_eq(totals.null_sender, 1);
	ck_assert_int_eq(totals.unjoined, 1);
}
END_TEST

#define LIMITED                                                                \
	"host gmail-smtp-in.l.google.com[2a00:1450::1b] said: 421-4.7.28 "     \
	"Gmail has detected an unusual rate of unsolicited mail originating "  \
	"421-4.7.28 from your DKIM domain [%s 35]. To protect our "            \
	"421-4.7.28 users from spam, mail sent from your domain has been "     \
	"421 4.7.28 temporarily rate limited. %s - gsmtp (in reply to end of " \
	"DATA command)"

START_TEST(replies_are_told_apart)
{
	static const struct {
		const char *domain, *id;
	} cases[] = {
		{ "news.example.com", "98e67ed59e1d1-2c8.59" },
		{ "news.example.com", "ffacd0b85a97d-3a1.7" },
		{ "example.com", "98e67ed59e1d1-2c8.59" },
	};
	struct seen seen;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *reply = mem_printf(LIMITED, cases[i].domain, cases[i].id);

		deliver(HOUR + 10 + (int64_t)i, "a@example.com", GMAIL, NULL,
		    DELIVERY_DEFERRED, reply);
		free(reply);
	}
	deliver(HOUR + 20, "a@example.com", GMAIL, NULL, DELIVERY_BOUNCED,
	    "599 9.9.9 \x1b[31mnobody knows\r\nthis");
	flush(&seen);
	ck_assert(has(&seen.replies,
	    "1 gmail 421 4.7.28 [dkim news.example.com] rate_limit x2 +11\n"));
	ck_assert(has(&seen.replies, "ffacd0b85a97d-3a1.7")); /* the youngest */
	ck_assert(has(&seen.replies,
	    "1 gmail 421 4.7.28 [dkim example.com] rate_limit x1 +12\n"));
	ck_assert(has(&seen.replies, "\\x1b[31mnobody knows\\x0d\\x0athis\n"));
	seen_free(&seen);
}
END_TEST

START_TEST(selectors_and_names_are_learned)
{
	struct seen seen;

	sink.selector(sink.arg, span("Example.COM"), span("S1"), HOUR + 5);
	sink.selector(sink.arg, span("example.com"), span("s1"), HOUR + 9);
	sink.selector(sink.arg, span("sub.example.com"), span("s2"), HOUR);
	sink.selector(sink.arg, span("example.com"), span("s 3"), HOUR);
	sink.selector(sink.arg, span("example.com"), span(""), HOUR);
	sink.helo(sink.arg, span("192.0.2.1"), span("mail.example.com"), HOUR);
	deliver(HOUR + 7, "a@example.com", GMAIL, "192.0.2.1", DELIVERY_DONE,
	    OK_REPLY);
	deliver(HOUR + 8, "a@example.com", GMAIL, "127.0.0.1", DELIVERY_DONE,
	    OK_REPLY);
	flush(&seen);
	ck_assert(has(&seen.learned, "1 selector s1 +5 +9\n"));
	ck_assert(has(&seen.learned, "1 ip 192.0.2.1 +7 +7\n"));
	ck_assert(has(&seen.learned, "1 helo 192.0.2.1 mail.example.com +7 "));
	ck_assert(!has(&seen.learned, "s2"));
	ck_assert(!has(&seen.learned, "s 3"));
	ck_assert(!has(&seen.learned, "127.0.0.1"));
	seen_free(&seen);
}
END_TEST

START_TEST(muted_lines_count_nothing)
{
	struct count_totals totals;

	count_mute(count, true);
	deliver(HOUR, "a@example.com", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	sink.selector(sink.arg, span("example.com"), span("s1"), HOUR);
	count_mute(count, false);
	count_totals(count, &totals);
	ck_assert_uint_eq(count_rows(count), 0);
	ck_assert_int_eq(totals.attempts, 0);
}
END_TEST

/* A flush that fails has lost nothing. */
START_TEST(rows_stay_until_they_are_forgotten)
{
	static const struct count_ops ops = { take_traffic, take_reply,
		take_sender, take_learned };
	struct seen seen = { .fail_at = 2 };
	struct error err;

	deliver(HOUR, "a@example.com", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	deliver(
	    HOUR, "a@news.example.com", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	ck_assert_int_eq(count_flush(count, &ops, &seen, &err), STATUS_FULL);
	seen_free(&seen);
	deliver(HOUR, "a@example.com", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	flush(&seen);
	ck_assert(has(&seen.traffic, "1 +0 gmail '' 2/0/0"));
	ck_assert(has(&seen.traffic, "2 +0 gmail '' 1/0/0"));
	seen_free(&seen);
	/* And after that, what is known of a sender is of no old row. */
	deliver(HOUR, "a@example.com", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	flush(&seen);
	ck_assert(has(&seen.traffic, "1 +0 gmail '' 1/0/0"));
	ck_assert(has(&seen.senders, "1 a@example.com '' x1 "));
	seen_free(&seen);
}
END_TEST

START_TEST(who_is_not_watched_is_named)
{
	const struct count_name *names;
	char sender[64];
	size_t n;

	/* More than there are places, and one that sends most. */
	for (int i = 0; i < 3 * COUNT_UNWATCHED_MOST; i++) {
		snprintf(sender, sizeof(sender), "a@d%d.example", i);
		deliver(HOUR, sender, GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
		deliver(HOUR, "a@big.example", GMAIL, NULL, DELIVERY_DEFERRED,
		    OK_REPLY);
	}
	n = count_unwatched(count, &names);
	ck_assert_uint_eq(n, COUNT_UNWATCHED_MOST);
	ck_assert_str_eq(names[0].name, "big.example");
	ck_assert_int_eq(names[0].count, 3 * COUNT_UNWATCHED_MOST);
	ck_assert_int_eq(names[0].deferred, 3 * COUNT_UNWATCHED_MOST);
	n = count_providers(count, &names);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(names[0].name, "gmail");
	ck_assert_int_eq(names[0].count, 6 * COUNT_UNWATCHED_MOST);
}
END_TEST

START_TEST(what_is_watched_may_change)
{
	struct seen seen;

	deliver(HOUR, "a@late.example", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	count_watch(count, "late.example", 9);
	deliver(HOUR, "a@late.example", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	flush(&seen);
	ck_assert(has(&seen.traffic, "9 +0 gmail '' 1/0/0"));
	seen_free(&seen);
	count_watch_none(count);
	deliver(HOUR, "a@late.example", GMAIL, NULL, DELIVERY_DONE, OK_REPLY);
	ck_assert_uint_eq(count_rows(count), 0);
}
END_TEST

Suite *
suite_count(void)
{
	Suite *suite = suite_create("count");
	TCase *texts = tcase_create("texts"), *rows = tcase_create("rows");

	tcase_add_test(texts, senders_lose_what_changes);
	tcase_add_test(texts, a_long_sender_fits);
	tcase_add_test(texts, replies_of_one_gist_have_one_hash);
	suite_add_tcase(suite, texts);
	tcase_add_checked_fixture(rows, begin, end);
	tcase_add_test(rows, deliveries_become_rows);
	tcase_add_test(rows, senders_belong_to_the_closest_watched_domain);
	tcase_add_test(rows, replies_are_told_apart);
	tcase_add_test(rows, selectors_and_names_are_learned);
	tcase_add_test(rows, muted_lines_count_nothing);
	tcase_add_test(rows, rows_stay_until_they_are_forgotten);
	tcase_add_test(rows, who_is_not_watched_is_named);
	tcase_add_test(rows, what_is_watched_may_change);
	suite_add_tcase(suite, rows);
	return suite;
}
