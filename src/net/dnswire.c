/* DNS messages: the question written, the answer read (RFC 1035 4). */
/* SPDX-License-Identifier: MIT */
#include "net/dnswire.h"

#include <string.h>

#include "sendtop/dns.h"
#include "sendtop/mem.h"

enum {
	CHAIN_MAX = 16,  /* CNAMEs followed in one answer */
	NO_SOA_TTL = 60, /* of a negative answer that brings no SOA */
	POINTER = 0xc0,  /* to another place, in a name */
	TYPE_OPT = 41,
	CLASS_IN = 1,
	RCODE_NOERROR = 0,
	RCODE_NXDOMAIN = 3,
	RCODE_REFUSED = 5,
	FLAG2_QR = 0x80,
	FLAG2_OPCODE = 0x78,
	FLAG2_AA = 0x04,
	FLAG2_TC = 0x02,
	FLAG2_RD = 0x01,
	FLAG3_RA = 0x80,
	FLAG3_AD = 0x20,
	FLAG3_CD = 0x10,
	FLAG3_RCODE = 0x0f,
};

/* A message that is being read, and what was learnt about it. */
struct message {
	const uint8_t *packet;
	size_t len;
	const struct dnswire_name *asked;
	size_t answers_at; /* offset of the answer section */
	unsigned answers;
	uint32_t negative_ttl;
	bool has_soa, has_ns; /* in the authority section */
	struct dnswire_meta meta;
};

struct record {
	struct dnswire_name owner;
	bool of_asked; /* it is the name asked, and owner not set */
	unsigned type, class;
	uint32_t ttl;
	size_t rdata, rdlen;
};

/* Where the chain of CNAMEs has led. */
struct chain {
	struct dnswire_name name;
	uint32_t ttl;
	size_t count; /* records of the wanted type there */
	bool cname;
};

/* Octets on their way into the answer's block; only counted while out is
 * NULL. */
struct sink {
	uint8_t *out;
	size_t used;
};

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint8_t *
put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

size_t
dnswire_query(uint8_t out[DNSWIRE_QUERY_MAX], const struct dnswire_name *name,
    enum dns_type type)
{
	uint8_t *p = out;

	memset(out, 0, DNSWIRE_HEADER);
	out[2] = FLAG2_RD;
	out[3] = FLAG3_AD;
	put16(out + 4, 1);
	put16(out + 10, 1);
	p += DNSWIRE_HEADER;
	memcpy(p, name->octets, name->len);
	p += name->len;
	p = put16(p, (unsigned)type);
	p = put16(p, CLASS_IN);
	*p++ = 0;
	p = put16(p, TYPE_OPT);
	p = put16(p, DNSWIRE_UDP_SIZE);
	memset(p, 0, 6); /* extended rcode, version, flags, no options */
	return (size_t)(p + 6 - out);
}

void
dnswire_query_unchecked(uint8_t *query)
{
	query[3] |= FLAG3_CD;
}

size_t
dnswire_query_set(uint8_t *query, size_t len, uint16_t id, bool opt)
{
	put16(query, id);
	put16(query + 10, opt ? 1 : 0);
	return opt ? len : len - DNSWIRE_OPT;
}

bool
dnswire_cut(const uint8_t *packet)
{
	return (packet[2] & FLAG2_TC) != 0;
}

struct dns_answer *
dns_answer_empty(enum dns_outcome outcome)
{
	struct dns_answer *answer = mem_zero(1, sizeof(*answer));

	answer->outcome = outcome;
	return answer;
}

/* An answer with room for count records and octets behind them. */
static struct dns_answer *
answer_new(
    size_t count, size_t octets, struct dns_record **records, uint8_t **data)
{
	struct dns_answer *answer = mem_alloc(
	    sizeof(*answer) + count * sizeof(**records) + octets);

	memset(answer, 0, sizeof(*answer));
	*records = (struct dns_record *)(answer + 1);
	*data = (uint8_t *)(*records + count);
	answer->outcome = count > 0 ? DNS_OK : DNS_NONE;
	answer->count = count;
	answer->records = *records;
	return answer;
}

struct dns_answer *
dns_answer_make(const struct dns_record *records, size_t count, uint32_t ttl_s)
{
	struct dns_record *copy;
	struct dns_answer *answer;
	size_t octets = 0, i;
	uint8_t *data;

	for (i = 0; i < count; i++)
		octets += records[i].len + 1;
	answer = answer_new(count, octets, &copy, &data);
	for (i = 0; i < count; i++) {
		copy[i] = records[i];
		copy[i].data = data;
		if (copy[i].len > 0)
			memcpy(data, records[i].data, copy[i].len);
		data += copy[i].len;
		*data++ = '\0';
	}
	answer->ttl_s = ttl_s;
	return answer;
}

static bool
record_read(const struct message *m, size_t *pos, struct record *out)
{
	const uint8_t *p = m->packet + *pos;

	/* Nearly all owners are a pointer to the question. */
	out->of_asked = m->len - *pos >= 2 && p[0] == POINTER &&
	    p[1] == DNSWIRE_HEADER;
	if (out->of_asked)
		*pos += 2;
	else if (!dnswire_name_read(m->packet, m->len, pos, &out->owner))
		return false;
	if (m->len - *pos < 10)
		return false;
	p = m->packet + *pos;
	out->type = get16(p);
	out->class = get16(p + 2);
	out->ttl = get32(p + 4);
	out->rdlen = get16(p + 8);
	out->rdata = *pos + 10;
	if (m->len - out->rdata < out->rdlen)
		return false;
	*pos = out->rdata + out->rdlen;
	if (out->type != TYPE_OPT && out->ttl > INT32_MAX)
		out->ttl = 0; /* RFC 2181 8 */
	return true;
}

/* Reads the name at *pos, which must end within the record. */
static bool
rdata_name(const struct message *m, const struct record *r, size_t *pos,
    struct dnswire_name *out)
{
	return dnswire_name_read(m->packet, m->len, pos, out) &&
	    *pos <= r->rdata + r->rdlen;
}

/* RFC 2308 5: a negative answer lives as long as its SOA says. */
static bool
soa_read(const struct message *m, const struct record *r,
    struct dnswire_name *primary, uint32_t *minimum)
{
	struct dnswire_name mailbox;
	size_t pos = r->rdata;

	if (!rdata_name(m, r, &pos, primary) ||
	    !rdata_name(m, r, &pos, &mailbox) ||
	    r->rdata + r->rdlen - pos != 20)
		return false;
	*minimum = get32(m->packet + pos + 16);
	return true;
}

static bool
authority_note(struct message *m, const struct record *r)
{
	struct dnswire_name primary;
	uint32_t minimum;

	if (r->class != CLASS_IN)
		return true;
	if (r->type == DNS_NS)
		m->has_ns = true;
	if (r->type != DNS_SOA || m->has_soa)
		return true;
	if (!soa_read(m, r, &primary, &minimum))
		return false;
	m->has_soa = true;
	m->negative_ttl = r->ttl < minimum ? r->ttl : minimum;
	return true;
}

/* Goes once over every record of every section: whatever is broken shows
 * here, and later passes need not look again. */
static bool
sections_read(struct message *m, size_t pos)
{
	unsigned answers = get16(m->packet + 6);
	unsigned authority = get16(m->packet + 8);
	unsigned total = answers + authority + get16(m->packet + 10), i;
	struct record r;

	m->answers_at = pos;
	m->answers = answers;
	m->negative_ttl = NO_SOA_TTL;
	for (i = 0; i < total; i++) {
		if (!record_read(m, &pos, &r))
			return false;
		if (i >= answers && i < answers + authority &&
		    !authority_note(m, &r))
			return false;
		if (i >= answers + authority && r.type == TYPE_OPT) {
			m->meta.opt = true;
			m->meta.rcode |= r.ttl >> 24 << 4;
		}
	}
	return true;
}

/* Reads a name that must be this one.  Nearly always it comes as it went. */
static bool
name_expect(
    const struct message *m, size_t *pos, const struct dnswire_name *name)
{
	struct dnswire_name other;

	if (m->len - *pos >= name->len &&
	    memcmp(m->packet + *pos, name->octets, name->len) == 0) {
		*pos += name->len;
		return true;
	}
	return dnswire_name_read(m->packet, m->len, pos, &other) &&
	    dnswire_name_same(&other, name);
}

/* The question must be ours: one, of this name, type and class. */
static bool
question_read(const struct message *m, size_t *pos,
    const struct dnswire_name *name, enum dns_type type)
{
	if (get16(m->packet + 4) != 1 || !name_expect(m, pos, name) ||
	    m->len - *pos < 4)
		return false;
	*pos += 4;
	return get16(m->packet + *pos - 4) == (unsigned)type &&
	    get16(m->packet + *pos - 2) == CLASS_IN;
}

static bool
matches(const struct message *m, const struct record *r,
    const struct dnswire_name *name, unsigned type)
{
	return r->type == type && r->class == CLASS_IN &&
	    dnswire_name_same(r->of_asked ? m->asked : &r->owner, name);
}

/* Counts the answers of a type that name owns; *first is one of them. */
static size_t
owned(const struct message *m, const struct dnswire_name *name, unsigned type,
    struct record *first)
{
	size_t pos = m->answers_at, count = 0;
	struct record r;
	unsigned i;

	for (i = 0; i < m->answers && record_read(m, &pos, &r); i++)
		if (matches(m, &r, name, type) && count++ == 0)
			*first = r;
	return count;
}

/* Follows CNAMEs from chain->name until records of the type show up. */
static bool
chain_follow(const struct message *m, enum dns_type type, struct chain *chain)
{
	struct record r;
	size_t pos;
	int hops;

	for (hops = 0;; hops++) {
		chain->count = owned(m, &chain->name, (unsigned)type, &r);
		if (chain->count > 0 || type == DNS_CNAME ||
		    owned(m, &chain->name, DNS_CNAME, &r) == 0)
			return true;
		pos = r.rdata;
		if (hops == CHAIN_MAX ||
		    !rdata_name(m, &r, &pos, &chain->name) ||
		    pos != r.rdata + r.rdlen)
			return false;
		chain->cname = true;
		if (r.ttl < chain->ttl)
			chain->ttl = r.ttl;
	}
}

static void
sink_put(struct sink *sink, const void *data, size_t len)
{
	if (sink->out != NULL && len > 0)
		memcpy(sink->out + sink->used, data, len);
	sink->used += len;
}

static bool
put_name(const struct message *m, const struct record *r, size_t skip,
    struct sink *sink)
{
	char text[DNS_NAME_SIZE];
	struct dnswire_name name;
	size_t pos = r->rdata + skip;

	if (r->rdlen < skip || !rdata_name(m, r, &pos, &name) ||
	    pos != r->rdata + r->rdlen)
		return false;
	sink_put(sink, text, dnswire_name_text(&name, text));
	return true;
}

static bool
put_soa(const struct message *m, const struct record *r, struct sink *sink)
{
	char text[DNS_NAME_SIZE];
	struct dnswire_name primary;
	uint32_t minimum;

	if (!soa_read(m, r, &primary, &minimum))
		return false;
	sink_put(sink, text, dnswire_name_text(&primary, text));
	return true;
}

static bool
put_strings(const struct message *m, const struct record *r, struct sink *sink)
{
	const uint8_t *p = m->packet + r->rdata, *end = p + r->rdlen;

	if (p == end)
		return false;
	while (p < end) {
		if (*p >= end - p)
			return false;
		sink_put(sink, p + 1, *p);
		p += *p + 1;
	}
	return true;
}

static bool
put_octets(const struct message *m, const struct record *r, size_t expected,
    struct sink *sink)
{
	if (expected != 0 && r->rdlen != expected)
		return false;
	sink_put(sink, m->packet + r->rdata, r->rdlen);
	return true;
}

static bool
put_rdata(const struct message *m, const struct record *r, struct sink *sink)
{
	switch (r->type) {
	case DNS_A:
		return put_octets(m, r, 4, sink);
	case DNS_AAAA:
		return put_octets(m, r, 16, sink);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return put_name(m, r, 0, sink);
	case DNS_MX:
		return put_name(m, r, 2, sink);
	case DNS_SOA:
		return put_soa(m, r, sink);
	case DNS_TXT:
		return put_strings(m, r, sink);
	default:
		return put_octets(m, r, 0, sink);
	}
}

/* Puts the chain's records into the sink, with a NUL behind each; into out as
 * well, once there is a block for them.  Lowers the chain's TTL to theirs. */
static bool
records_put(const struct message *m, enum dns_type type, struct chain *chain,
    struct dns_record *out, struct sink *sink)
{
	size_t pos = m->answers_at, n = 0, start;
	struct record r;

	while (n < chain->count && record_read(m, &pos, &r)) {
		if (!matches(m, &r, &chain->name, (unsigned)type))
			continue;
		start = sink->used;
		if (!put_rdata(m, &r, sink))
			return false;
		if (out != NULL) {
			out[n].data = sink->out + start;
			out[n].len = sink->used - start;
			out[n].preference = 0;
			if (type == DNS_MX)
				out[n].preference = (uint16_t)get16(
				    m->packet + r.rdata);
		}
		sink_put(sink, "", 1);
		if (r.ttl < chain->ttl)
			chain->ttl = r.ttl;
		n++;
	}
	return true;
}

/* The name that aliases led to, and how much room it takes: none without. */
static size_t
owner_text(const struct chain *chain, char text[DNS_NAME_SIZE])
{
	return chain->cname ? dnswire_name_text(&chain->name, text) + 1 : 0;
}

static struct dns_answer *
records_take(const struct message *m, enum dns_type type, struct chain *chain)
{
	struct dns_record *records;
	struct dns_answer *answer;
	char owner[DNS_NAME_SIZE];
	size_t owner_size = owner_text(chain, owner);
	struct sink sink = { 0 };
	bool cut = chain->count > DNS_RECORDS_MAX;

	if (cut)
		chain->count = DNS_RECORDS_MAX;
	if (!records_put(m, type, chain, NULL, &sink))
		return dns_answer_empty(DNS_MALFORMED);
	answer = answer_new(
	    chain->count, sink.used + owner_size, &records, &sink.out);
	if (owner_size > 0)
		answer->owner = memcpy(sink.out + sink.used, owner, owner_size);
	sink.used = 0;
	if (!records_put(m, type, chain, records, &sink)) {
		/* Cannot be: the first pass read the same octets. */
		answer->outcome = DNS_MALFORMED;
		answer->count = 0;
		return answer;
	}
	answer->cut = cut;
	answer->ttl_s = chain->ttl;
	return answer;
}

/* No record of the type: it does not exist, unless this only refers us to
 * other servers, as one does that will not resolve for us. */
static struct dns_answer *
nothing(const struct message *m, const struct chain *chain)
{
	bool referral = m->has_ns && !m->has_soa && !chain->cname &&
	    m->meta.rcode == RCODE_NOERROR && !(m->packet[2] & FLAG2_AA) &&
	    !(m->packet[3] & FLAG3_RA);
	struct dns_record *records;
	struct dns_answer *answer;
	char owner[DNS_NAME_SIZE];
	size_t owner_size = owner_text(chain, owner);
	uint8_t *data;

	answer = answer_new(0, owner_size, &records, &data);
	if (referral)
		answer->outcome = DNS_REFUSED;
	if (owner_size > 0)
		answer->owner = memcpy(data, owner, owner_size);
	answer->nxdomain = m->meta.rcode == RCODE_NXDOMAIN;
	answer->ttl_s = m->negative_ttl < chain->ttl ? m->negative_ttl
						     : chain->ttl;
	return answer;
}

static struct dns_answer *
failure(unsigned rcode)
{
	return dns_answer_empty(
	    rcode == RCODE_REFUSED ? DNS_REFUSED : DNS_SERVFAIL);
}

static struct dns_answer *
message_decode(
    struct message *m, const struct dnswire_name *name, enum dns_type type)
{
	struct chain chain = { .name = *name, .ttl = INT32_MAX };
	unsigned rcode = m->meta.rcode;
	struct dns_answer *answer;
	size_t pos = DNSWIRE_HEADER;

	m->asked = name;
	/* An error may come without its question. */
	if (rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN)
		return failure(rcode);
	if ((m->packet[2] & FLAG2_TC) != 0 ||
	    !question_read(m, &pos, name, type) || !sections_read(m, pos))
		return dns_answer_empty(DNS_MALFORMED);
	rcode = m->meta.rcode;
	if (rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN)
		return failure(rcode);
	if (!chain_follow(m, type, &chain))
		return dns_answer_empty(DNS_MALFORMED);
	if (chain.count > 0 && rcode == RCODE_NXDOMAIN)
		return dns_answer_empty(DNS_MALFORMED);
	answer = chain.count > 0 ? records_take(m, type, &chain)
				 : nothing(m, &chain);
	answer->cname = chain.cname;
	answer->authentic = (m->packet[3] & FLAG3_AD) != 0;
	return answer;
}

struct dns_answer *
dnswire_decode(const uint8_t *packet, size_t len,
    const struct dnswire_name *name, enum dns_type type,
    struct dnswire_meta *meta)
{
	struct message m = { .packet = packet, .len = len };
	struct dns_answer *answer;

	m.meta.response = len >= DNSWIRE_HEADER && (packet[2] & FLAG2_QR) &&
	    (packet[2] & FLAG2_OPCODE) == 0;
	if (m.meta.response) {
		m.meta.rcode = packet[3] & FLAG3_RCODE;
		answer = message_decode(&m, name, type);
	} else {
		answer = dns_answer_empty(DNS_MALFORMED);
	}
	if (meta != NULL)
		*meta = m.meta;
	return answer;
}

struct dns_answer *
dns_decode(
    const uint8_t *packet, size_t len, const char *name, enum dns_type type)
{
	struct dnswire_name wire;

	if (!dnswire_name_parse(name, &wire))
		return dns_answer_empty(DNS_BAD_NAME);
	return dnswire_decode(packet, len, &wire, type, NULL);
}
