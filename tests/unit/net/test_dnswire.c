/* The DNS decoder, told in octets: each row is a response and what it says. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "net/dnswire.h"
#include "sendtop/dns.h"

enum { PACKET_MAX = 65535, FLAGS_OK = 0x8180, OWNER = 0xc00c };

/* A response being built. */
struct packet {
	size_t len;
	uint8_t data[PACKET_MAX + 1];
};

static void
put(struct packet *p, const void *data, size_t len)
{
	ck_assert_uint_le(len, sizeof(p->data) - p->len);
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

static void
put16(struct packet *p, unsigned value)
{
	uint8_t octets[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(p, octets, 2);
}

static void
put32(struct packet *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p, value & 0xffff);
}

static void
put_name(struct packet *p, const char *text)
{
	struct dnswire_name name;

	ck_assert(dnswire_name_parse(text, &name));
	put(p, name.octets, name.len);
}

/* Header and question; the counts of answer, authority, additional. */
static void
begin(struct packet *p, unsigned flags, const char *name, unsigned type,
    unsigned an, unsigned ns, unsigned ar)
{
	p->len = 0;
	put16(p, 0x1234);
	put16(p, flags);
	put16(p, 1);
	put16(p, an);
	put16(p, ns);
	put16(p, ar);
	put_name(p, name);
	put16(p, type);
	put16(p, 1);
}

/* Everything of a record but its owner and data. */
static void
head(struct packet *p, unsigned type, uint32_t ttl, size_t rdlen)
{
	put16(p, type);
	put16(p, 1);
	put32(p, ttl);
	put16(p, (unsigned)rdlen);
}

static void
record(struct packet *p, unsigned type, uint32_t ttl, const void *rdata,
    size_t rdlen)
{
	put16(p, OWNER);
	head(p, type, ttl, rdlen);
	put(p, rdata, rdlen);
}

static void
record_name(struct packet *p, const char *owner, unsigned type, uint32_t ttl,
    const char *target)
{
	struct dnswire_name name;

	ck_assert(dnswire_name_parse(target, &name));
	put_name(p, owner);
	head(p, type, ttl, name.len);
	put(p, name.octets, name.len);
}

static void
soa(struct packet *p, const char *owner, uint32_t ttl, uint32_t minimum)
{
	put_name(p, owner);
	head(p, DNS_SOA, ttl, 3 + 3 + 20);
	put_name(p, "m");
	put_name(p, "r");
	put32(p, 1);
	put32(p, 2);
	put32(p, 3);
	put32(p, 4);
	put32(p, minimum);
}

static struct dns_answer *
decode(const struct packet *p, const char *name, enum dns_type type)
{
	/* At its exact size, so that a sanitizer sees one octet too far. */
	uint8_t *copy = malloc(p->len > 0 ? p->len : 1);
	struct dns_answer *answer;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, p->data, p->len);
	answer = dns_decode(copy, p->len, name, type);
	free(copy);
	ck_assert_ptr_nonnull(answer);
	return answer;
}

static void
check_outcome(const struct packet *p, const char *name, enum dns_type type,
    enum dns_outcome outcome)
{
	struct dns_answer *answer = decode(p, name, type);

	ck_assert_int_eq(answer->outcome, outcome);
	if (outcome != DNS_OK)
		ck_assert_uint_eq(answer->count, 0);
	free(answer);
}

/* --- single records ------------------------------------------------------ */

static const struct {
	const char *why;
	enum dns_type type;
	const char *rdata;
	size_t rdlen;
	const char *data; /* NULL: malformed */
	size_t len;
	uint16_t preference;
} records[] = {
	{ "A", DNS_A, "\xc0\0\2\1", 4, "\xc0\0\2\1", 4, 0 },
	{ "short A", DNS_A, "\xc0\0\2", 3, NULL, 0, 0 },
	{ "long A", DNS_A, "\xc0\0\2\1\1", 5, NULL, 0, 0 },
	{ "AAAA", DNS_AAAA, "0123456789abcdef", 16, "0123456789abcdef", 16, 0 },
	{ "short AAAA", DNS_AAAA, "\xc0\0\2\1", 4, NULL, 0, 0 },
	{ "TXT", DNS_TXT, "\5hello", 6, "hello", 5, 0 },
	{ "TXT of several strings", DNS_TXT, "\1a\1b\0\1c", 7, "abc", 3, 0 },
	{ "empty TXT string", DNS_TXT, "\0", 1, "", 0, 0 },
	{ "TXT with a NUL and high octets", DNS_TXT, "\4a\0b\xff", 5,
	    "a\0b\xff", 4, 0 },
	{ "TXT without any string", DNS_TXT, "", 0, NULL, 0, 0 },
	{ "TXT string over its end", DNS_TXT, "\6hello", 6, NULL, 0, 0 },
	{ "TXT second string over its end", DNS_TXT, "\1a\2b", 4, NULL, 0, 0 },
	{ "MX", DNS_MX, "\0\12\2mx\7example\0", 14, "mx.example", 10, 10 },
	{ "MX compressed", DNS_MX, "\1\0\2mx\xc0\x0c", 7, "mx.a.example", 12,
	    256 },
	{ "null MX", DNS_MX, "\0\0\0", 3, "", 0, 0 },
	{ "MX without a host", DNS_MX, "\0\12", 2, NULL, 0, 0 },
	{ "MX of one octet", DNS_MX, "\0", 1, NULL, 0, 0 },
	{ "MX with something behind", DNS_MX, "\0\12\1m\0x", 6, NULL, 0, 0 },
	{ "MX host over its end", DNS_MX, "\0\12\3mx", 5, NULL, 0, 0 },
	{ "PTR", DNS_PTR, "\4Host\0", 6, "Host", 4, 0 },
	{ "PTR with odd octets", DNS_PTR, "\5.\\ \x1b\xe9\0", 7,
	    "\\.\\\\\\032\\027\\233", 16, 0 },
	{ "NS pointing at the question", DNS_NS, "\xc0\x0c", 2, "a.example", 9,
	    0 },
	{ "NS pointing at itself", DNS_NS, "\xc0\x27", 2, NULL, 0, 0 },
	{ "NS pointing ahead", DNS_NS, "\xc0\x28", 2, NULL, 0, 0 },
	{ "NS pointing into the header", DNS_NS, "\xc0\x00", 2, NULL, 0, 0 },
	{ "half a pointer", DNS_NS, "\xc0", 1, NULL, 0, 0 },
	{ "reserved label type", DNS_NS, "\x41x\0", 3, NULL, 0, 0 },
	{ "the other reserved one", DNS_NS, "\x81x\0", 3, NULL, 0, 0 },
	{ "TLSA as it came", DNS_TLSA, "\3\1\1\0\xc0\x0c", 6,
	    "\3\1\1\0\xc0\x0c", 6, 0 },
	{ "SOA gives its primary", DNS_SOA,
	    "\1p\xc0\x0c\1m\0aaaabbbbccccddddeeee", 27, "p.a.example", 11, 0 },
	{ "SOA cut", DNS_SOA, "\1p\xc0\x0c\1m\0aaaabbbbccccddddeee", 26, NULL,
	    0, 0 },
	{ "unknown types as they came", (enum dns_type)257, "\0\5issue", 7,
	    "\0\5issue", 7, 0 },
};

START_TEST(test_record)
{
	struct packet p;
	struct dns_answer *a;
	const struct dns_record *r;

	begin(&p, FLAGS_OK, "a.example", records[_i].type, 1, 0, 0);
	record(&p, records[_i].type, 300, records[_i].rdata, records[_i].rdlen);
	a = decode(&p, "a.example", records[_i].type);
	if (records[_i].data == NULL) {
		ck_assert_msg(
		    a->outcome == DNS_MALFORMED, "%s", records[_i].why);
		ck_assert_uint_eq(a->count, 0);
	} else {
		ck_assert_msg(a->outcome == DNS_OK && a->count == 1, "%s",
		    records[_i].why);
		r = &a->records[0];
		ck_assert_msg(r->len == records[_i].len &&
			memcmp(r->data, records[_i].data, r->len) == 0 &&
			r->data[r->len] == '\0',
		    "%s: '%s'", records[_i].why, (const char *)r->data);
		ck_assert_uint_eq(r->preference, records[_i].preference);
		ck_assert_uint_eq(a->ttl_s, 300);
	}
	free(a);
}
END_TEST

/* Every way to cut a good response short is seen. */
START_TEST(test_cut)
{
	struct packet p;
	size_t whole;

	begin(&p, FLAGS_OK, "a.example", DNS_MX, 2, 0, 1);
	record_name(&p, "a.example", DNS_CNAME, 60, "b.example");
	put_name(&p, "b.example");
	head(&p, DNS_MX, 300, 7);
	put(&p, "\0\1\2mx\xc0\x0c", 7);
	put(&p, "\0\0\x29\x04\xd0\0\0\0\0\0\0", 11);
	whole = p.len;
	check_outcome(&p, "a.example", DNS_MX, DNS_OK);
	for (p.len = 0; p.len < whole; p.len++)
		check_outcome(&p, "a.example", DNS_MX, DNS_MALFORMED);
}
END_TEST

/* --- header and question ------------------------------------------------- */

static const struct {
	const char *why;
	unsigned flags;
	enum dns_outcome outcome;
} headers[] = {
	{ "an answer", 0x8180, DNS_OK },
	{ "a question", 0x0180, DNS_MALFORMED },
	{ "another opcode", 0xa180, DNS_MALFORMED },
	{ "truncated", 0x8380, DNS_MALFORMED },
	{ "SERVFAIL", 0x8182, DNS_SERVFAIL },
	{ "FORMERR", 0x8181, DNS_SERVFAIL },
	{ "NOTIMP", 0x8184, DNS_SERVFAIL },
	{ "REFUSED", 0x8185, DNS_REFUSED },
	{ "NXDOMAIN with the record", 0x8183, DNS_MALFORMED },
};

START_TEST(test_header)
{
	struct packet p;

	begin(&p, headers[_i].flags, "a.example", DNS_A, 1, 0, 0);
	record(&p, DNS_A, 300, "\xc0\0\2\1", 4);
	check_outcome(&p, "a.example", DNS_A, headers[_i].outcome);
}
END_TEST

START_TEST(test_question)
{
	struct packet p;

	begin(&p, FLAGS_OK, "A.eXample", DNS_A, 1, 0, 0);
	record(&p, DNS_A, 300, "\xc0\0\2\1", 4);
	check_outcome(&p, "a.Example", DNS_A, DNS_OK);
	check_outcome(&p, "a.example.", DNS_A, DNS_OK);
	check_outcome(&p, "b.example", DNS_A, DNS_MALFORMED);
	check_outcome(&p, "a.example", DNS_TXT, DNS_MALFORMED);
	check_outcome(&p, "a..example", DNS_A, DNS_BAD_NAME);

	p.data[p.len - 16 - 1] = 3; /* class CHAOS */
	check_outcome(&p, "a.example", DNS_A, DNS_MALFORMED);
	p.data[p.len - 16 - 1] = 1;
	check_outcome(&p, "a.example", DNS_A, DNS_OK);
	p.data[5] = 0; /* no question */
	check_outcome(&p, "a.example", DNS_A, DNS_MALFORMED);
	p.data[5] = 2; /* two */
	check_outcome(&p, "a.example", DNS_A, DNS_MALFORMED);
	/* An error may come without its question. */
	p.data[5] = 0;
	p.data[3] = 0x85;
	p.len = 12;
	check_outcome(&p, "a.example", DNS_A, DNS_REFUSED);
}
END_TEST

START_TEST(test_counts)
{
	struct packet p;
	struct dns_answer *a;

	/* More promised than there is. */
	begin(&p, FLAGS_OK, "a.example", DNS_A, 2, 0, 0);
	record(&p, DNS_A, 300, "\xc0\0\2\1", 4);
	check_outcome(&p, "a.example", DNS_A, DNS_MALFORMED);
	begin(&p, FLAGS_OK, "a.example", DNS_A, 1, 0, 65535);
	record(&p, DNS_A, 300, "\xc0\0\2\1", 4);
	check_outcome(&p, "a.example", DNS_A, DNS_MALFORMED);
	/* Less promised: what stands behind is no part of the answer. */
	begin(&p, FLAGS_OK, "a.example", DNS_A, 1, 0, 0);
	record(&p, DNS_A, 300, "\xc0\0\2\1", 4);
	record(&p, DNS_A, 300, "\xc0\0\2\2", 4);
	a = decode(&p, "a.example", DNS_A);
	ck_assert_uint_eq(a->count, 1);
	free(a);
}
END_TEST

START_TEST(test_bits)
{
	struct packet p;
	struct dns_answer *a;

	begin(&p, FLAGS_OK | 0x20, "a.example", DNS_A, 3, 0, 0);
	record(&p, DNS_A, 300, "\xc0\0\2\1", 4);
	record(&p, DNS_A, 200, "\xc0\0\2\2", 4);
	record(&p, DNS_TXT, 100, "\1x", 2);
	a = decode(&p, "a.example", DNS_A);
	ck_assert(a->authentic);
	ck_assert(!a->cname);
	ck_assert(!a->cut);
	ck_assert_uint_eq(a->count, 2);
	ck_assert_uint_eq(a->ttl_s, 200);
	free(a);

	/* RFC 2181 8: a TTL with its top bit set counts as zero. */
	begin(&p, FLAGS_OK, "a.example", DNS_A, 1, 0, 0);
	record(&p, DNS_A, 0x80000001u, "\xc0\0\2\1", 4);
	a = decode(&p, "a.example", DNS_A);
	ck_assert(!a->authentic);
	ck_assert_uint_eq(a->ttl_s, 0);
	free(a);
}
END_TEST

/* BADVERS looks like NOERROR but for the OPT record. */
START_TEST(test_extended_rcode)
{
	struct packet p;
	struct dnswire_meta meta;
	struct dnswire_name name;

	begin(&p, FLAGS_OK, "a.example", DNS_A, 0, 0, 1);
	put(&p, "\0\0\x29\x04\xd0\1\0\0\0\0\0", 11);
	check_outcome(&p, "a.example", DNS_A, DNS_SERVFAIL);
	ck_assert(dnswire_name_parse("a.example", &name));
	free(dnswire_decode(p.data, p.len, &name, DNS_A, &meta));
	ck_assert_uint_eq(meta.rcode, 16);
	ck_assert(meta.opt);
	ck_assert(meta.response);
}
END_TEST

/* --- no such record ------------------------------------------------------ */

static const struct {
	const char *why;
	unsigned flags;
	int soa, ns;
	enum dns_outcome outcome;
	bool nxdomain;
	uint32_t ttl;
} negatives[] = {
	{ "NODATA", 0x8180, 1, 0, DNS_NONE, false, 120 },
	{ "NXDOMAIN", 0x8183, 1, 0, DNS_NONE, true, 120 },
	{ "NODATA without SOA", 0x8180, 0, 0, DNS_NONE, false, 60 },
	{ "NXDOMAIN without SOA", 0x8183, 0, 0, DNS_NONE, true, 60 },
	{ "NODATA with NS and SOA", 0x8000, 1, 1, DNS_NONE, false, 120 },
	{ "a resolver's NODATA with NS", 0x8180, 0, 1, DNS_NONE, false, 60 },
	{ "a server's own NODATA with NS", 0x8400, 0, 1, DNS_NONE, false, 60 },
	{ "a referral", 0x8000, 0, 1, DNS_REFUSED, false, 0 },
};

START_TEST(test_negative)
{
	struct packet p;
	struct dns_answer *a;

	begin(&p, negatives[_i].flags, "a.example", DNS_A, 0,
	    (unsigned)(negatives[_i].soa + negatives[_i].ns), 0);
	if (negatives[_i].ns)
		record_name(&p, "example", DNS_NS, 9, "ns.example");
	if (negatives[_i].soa)
		soa(&p, "example", 3600, 120);
	a = decode(&p, "a.example", DNS_A);
	ck_assert_msg(
	    a->outcome == negatives[_i].outcome, "%s", negatives[_i].why);
	ck_assert_int_eq(a->nxdomain, negatives[_i].nxdomain);
	if (a->outcome == DNS_NONE)
		ck_assert_uint_eq(a->ttl_s, negatives[_i].ttl);
	free(a);
}
END_TEST

START_TEST(test_negative_ttl)
{
	struct packet p;
	struct dns_answer *a;

	begin(&p, FLAGS_OK, "a.example", DNS_A, 0, 1, 0);
	soa(&p, "example", 30, 120);
	a = decode(&p, "a.example", DNS_A);
	ck_assert_uint_eq(a->ttl_s, 30);
	free(a);
	/* A broken SOA breaks the answer. */
	p.data[p.len - 20 - 7] = 20;
	check_outcome(&p, "a.example", DNS_A, DNS_MALFORMED);
}
END_TEST

/* --- aliases ------------------------------------------------------------- */

START_TEST(test_cname)
{
	struct packet p;
	struct dns_answer *a;

	/* In no order, with a record of somebody else's between. */
	begin(&p, FLAGS_OK, "a.example", DNS_A, 4, 0, 0);
	put_name(&p, "c.example");
	head(&p, DNS_A, 300, 4);
	put(&p, "\xc0\0\2\1", 4);
	put_name(&p, "x.example");
	head(&p, DNS_A, 300, 4);
	put(&p, "\xc0\0\2\2", 4);
	record_name(&p, "B.example", DNS_CNAME, 50, "C.example");
	record_name(&p, "a.example", DNS_CNAME, 70, "b.EXAMPLE");
	a = decode(&p, "a.example", DNS_A);
	ck_assert_int_eq(a->outcome, DNS_OK);
	ck_assert(a->cname);
	ck_assert_str_eq(a->owner, "C.example");
	ck_assert_uint_eq(a->count, 1);
	ck_assert_uint_eq(a->records[0].data[3], 1);
	ck_assert_uint_eq(a->ttl_s, 50);
	free(a);

	/* Asked for itself, it is not followed. */
	begin(&p, FLAGS_OK, "a.example", DNS_CNAME, 1, 0, 0);
	record_name(&p, "a.example", DNS_CNAME, 70, "b.example");
	a = decode(&p, "a.example", DNS_CNAME);
	ck_assert_int_eq(a->outcome, DNS_OK);
	ck_assert(!a->cname);
	ck_assert_ptr_null(a->owner);
	ck_assert_str_eq((const char *)a->records[0].data, "b.example");
	free(a);

	/* It may lead to nothing. */
	begin(&p, FLAGS_OK | 3, "a.example", DNS_A, 1, 1, 0);
	record_name(&p, "a.example", DNS_CNAME, 70, "b.example");
	soa(&p, "example", 3600, 3600);
	a = decode(&p, "a.example", DNS_A);
	ck_assert_int_eq(a->outcome, DNS_NONE);
	ck_assert(a->cname && a->nxdomain);
	ck_assert_str_eq(a->owner, "b.example");
	ck_assert_uint_eq(a->ttl_s, 70);
	free(a);
}
END_TEST

START_TEST(test_cname_loop)
{
	struct packet p;
	int i, n;
	char from[] = "a.x", to[] = "b.x";

	begin(&p, FLAGS_OK, "a.x", DNS_A, 2, 0, 0);
	record_name(&p, "a.x", DNS_CNAME, 70, "b.x");
	record_name(&p, "b.x", DNS_CNAME, 70, "a.x");
	check_outcome(&p, "a.x", DNS_A, DNS_MALFORMED);

	begin(&p, FLAGS_OK, "a.x", DNS_A, 1, 0, 0);
	record_name(&p, "a.x", DNS_CNAME, 70, "a.x");
	check_outcome(&p, "a.x", DNS_A, DNS_MALFORMED);

	/* Sixteen are followed, a seventeenth is not. */
	for (n = 16; n <= 17; n++) {
		begin(&p, FLAGS_OK, "a.x", DNS_A, (unsigned)n + 1, 0, 0);
		for (i = 0; i < n; i++) {
			from[0] = (char)('a' + i);
			to[0] = (char)('a' + i + 1);
			record_name(&p, from, DNS_CNAME, 70, to);
		}
		put_name(&p, to);
		head(&p, DNS_A, 300, 4);
		put(&p, "\xc0\0\2\1", 4);
		check_outcome(
		    &p, "a.x", DNS_A, n == 16 ? DNS_OK : DNS_MALFORMED);
	}
}
END_TEST

/* --- large answers ------------------------------------------------------- */

START_TEST(test_many)
{
	static struct packet p;
	struct dns_answer *a;
	unsigned i, n = (unsigned)_i;

	begin(&p, FLAGS_OK, "a.b", DNS_MX, n, 0, 0);
	for (i = 0; i < n; i++) {
		put16(&p, OWNER);
		head(&p, DNS_MX, 300, 3);
		put16(&p, i);
		put(&p, "", 1);
	}
	a = decode(&p, "a.b", DNS_MX);
	ck_assert_int_eq(a->outcome, DNS_OK);
	ck_assert_int_eq(a->cut, n > DNS_RECORDS_MAX);
	ck_assert_uint_eq(a->count, n > DNS_RECORDS_MAX ? DNS_RECORDS_MAX : n);
	for (i = 0; i < a->count; i++)
		ck_assert_uint_eq(a->records[i].preference, i);
	free(a);
}
END_TEST

/* The most text that one packet can be made to unfold into. */
START_TEST(test_unfold)
{
	static struct packet p;
	char longest[DNS_NAME_SIZE];
	struct dns_answer *a;
	size_t i, n = 4600;

	/* 3 x 63 + 61 octets, each of them written as \DDD. */
	for (i = 0; i < 250; i++)
		memcpy(longest + 4 * i, "\\255", 5);
	memmove(longest + 4 * 63 + 1, longest + 4 * 63, 4 * 187 + 1);
	longest[4 * 63] = '.';
	memmove(longest + 8 * 63 + 2, longest + 8 * 63 + 1, 4 * 124 + 1);
	longest[8 * 63 + 1] = '.';
	memmove(longest + 12 * 63 + 3, longest + 12 * 63 + 2, 4 * 61 + 1);
	longest[12 * 63 + 2] = '.';
	ck_assert(dns_name_ok(longest));
	begin(&p, FLAGS_OK, longest, DNS_NS, (unsigned)n, 0, 0);
	for (i = 0; i < n; i++)
		record(&p, DNS_NS, 300, "\xc0\x0c", 2);
	a = decode(&p, longest, DNS_NS);
	ck_assert_int_eq(a->outcome, DNS_OK);
	ck_assert(a->cut);
	for (i = 0; i < a->count; i++)
		ck_assert_str_eq((const char *)a->records[i].data, longest);
	free(a);
}
END_TEST

/* --- names ------------------------------------------------------------------ */

#define L10 "aaaaaaaaaa"
#define L60 L10 L10 L10 L10 L10 L10
#define L63 L60 "aaa"

/* A name that compression makes longer than 255 octets. */
START_TEST(test_name_unfolds_too_far)
{
	struct packet p;

	begin(&p, FLAGS_OK, L63 "." L63 "." L63, DNS_NS, 1, 0, 0);
	record(&p, DNS_NS, 300, "\x3d" L60 "a\xc0\x0c", 64);
	check_outcome(&p, L63 "." L63 "." L63, DNS_NS, DNS_OK);
	begin(&p, FLAGS_OK, L63 "." L63 "." L63, DNS_NS, 1, 0, 0);
	record(&p, DNS_NS, 300, "\x3e" L60 "aa\xc0\x0c", 65);
	check_outcome(&p, L63 "." L63 "." L63, DNS_NS, DNS_MALFORMED);
}
END_TEST

Suite *
suite_dnswire(void)
{
	Suite *suite = suite_create("dnswire");
	TCase *tc = tcase_create("decode");

	tcase_add_loop_test(tc, test_record, 0, ROWS(records));
	tcase_add_loop_test(tc, test_header, 0, ROWS(headers));
	tcase_add_loop_test(tc, test_negative, 0, ROWS(negatives));
	tcase_add_test(tc, test_cut);
	tcase_add_test(tc, test_question);
	tcase_add_test(tc, test_counts);
	tcase_add_test(tc, test_bits);
	tcase_add_test(tc, test_extended_rcode);
	tcase_add_test(tc, test_negative_ttl);
	tcase_add_test(tc, test_cname);
	tcase_add_test(tc, test_cname_loop);
	tcase_add_loop_test(tc, test_many, 4000, 4001);
	tcase_add_loop_test(tc, test_many, 4096, 4098);
	tcase_add_test(tc, test_unfold);
	tcase_add_test(tc, test_name_unfolds_too_far);
	suite_add_tcase(suite, tc);
	return suite;
}
