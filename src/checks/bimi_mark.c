/* A mark certificate: PEM, and the few fields of DER that are looked at. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/bimi.h"
#include "sendtop/day.h"
#include "sendtop/sign.h"

enum {
	DER_INTEGER = 0x02,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_VERSION = 0xa0,
	YEAR_2_PIVOT = 50, /* RFC 5280 4.1.2.5.1 */
};

struct der {
	const uint8_t *at;
	size_t len;
};

/* Takes the next element off; false when it is not whole. */
static bool
der_next(struct der *from, int *tag, struct der *content)
{
	size_t len, octets, i;

	if (from->len < 2)
		return false;
	*tag = from->at[0];
	len = from->at[1];
	from->at += 2;
	from->len -= 2;
	if (len & 0x80) {
		octets = len & 0x7f;
		if (octets == 0 || octets > 4 || octets > from->len)
			return false;
		for (len = 0, i = 0; i < octets; i++)
			len = len << 8 | from->at[i];
		from->at += octets;
		from->len -= octets;
	}
	if (len > from->len)
		return false;
	content->at = from->at;
	content->len = len;
	from->at += len;
	from->len -= len;
	return true;
}

static bool
der_take(struct der *from, int wanted, struct der *content)
{
	int tag;

	return der_next(from, &tag, content) && tag == wanted;
}

/* Two digits at i; -1 when they are none. */
static int
two(const struct der *text, size_t i)
{
	const uint8_t *s = text->at + i;

	if (i + 2 > text->len || s[0] < '0' || s[0] > '9' || s[1] < '0' ||
	    s[1] > '9')
		return -1;
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ. */
static bool
der_time(struct der *from, int64_t *out)
{
	struct der text;
	int tag, year, part[5];
	size_t at, i;

	if (!der_next(from, &tag, &text) ||
	    (tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME))
		return false;
	at = tag == DER_UTC_TIME ? 2 : 4;
	if (text.len != at + 11 || text.at[text.len - 1] != 'Z')
		return false;
	for (i = 0; i < 5; i++) {
		part[i] = two(&text, at + i * 2);
		if (part[i] < 0)
			return false;
	}
	year = two(&text, 0);
	if (year < 0 || (at == 4 && two(&text, 2) < 0))
		return false;
	year = at == 4 ? year * 100 + two(&text, 2)
		       : year + (year < YEAR_2_PIVOT ? 2000 : 1900);
	if (part[0] < 1 || part[0] > 12 || part[1] < 1 || part[1] > 31)
		return false;
	*out = day_start(day_civil(year, part[0], part[1])) + part[2] * 3600 +
	    part[3] * 60 + part[4];
	return true;
}

/* Certificate and tbsCertificate up to the validity (RFC 5280 4.1). */
static bool
dates_read(struct der der, struct mark *out)
{
	struct der certificate, tbs, part, validity;

	if (!der_take(&der, DER_SEQUENCE, &certificate) || der.len != 0 ||
	    !der_take(&certificate, DER_SEQUENCE, &tbs))
		return false;
	if (tbs.len > 0 && tbs.at[0] == DER_VERSION &&
	    !der_take(&tbs, DER_VERSION, &part))
		return false;
	return der_take(&tbs, DER_INTEGER, &part) &&
	    der_take(&tbs, DER_SEQUENCE, &part) &&
	    der_take(&tbs, DER_SEQUENCE, &part) &&
	    der_take(&tbs, DER_SEQUENCE, &validity) &&
	    der_time(&validity, &out->not_before_s) &&
	    der_time(&validity, &out->not_after_s);
}

/* The extended key usage 1.3.6.1.5.5.7.3.31 of brand indicators. */
static bool
is_for_mark(const struct der *der)
{
	static const uint8_t usage[] = { 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05,
		0x05, 0x07, 0x03, 0x1f };

	return memmem(der->at, der->len, usage, sizeof(usage)) != NULL;
}

/* The text between the lines of the next certificate. */
static bool
pem_next(const char **at, const char *end, const char **text, size_t *len)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char stop[] = "-----END CERTIFICATE-----";
	const char *from = memmem(
	    *at, (size_t)(end - *at), begin, sizeof(begin) - 1);
	const char *to;

	if (from == NULL)
		return false;
	from += sizeof(begin) - 1;
	to = memmem(from, (size_t)(end - from), stop, sizeof(stop) - 1);
	if (to == NULL)
		return false;
	*text = from;
	*len = (size_t)(to - from);
	*at = to + sizeof(stop) - 1;
	return true;
}

static bool
first_read(const char *text, size_t len, struct mark *out)
{
	struct buf buf = { 0 };
	struct der der;
	bool good;

	good = base64_decode(text, len, &buf) && buf.len > 0;
	if (good) {
		der.at = (const uint8_t *)buf.data;
		der.len = buf.len;
		good = dates_read(der, out);
		out->for_mark = is_for_mark(&der);
	}
	buf_free(&buf);
	return good;
}

bool
mark_read(const char *body, size_t len, struct mark *out)
{
	const char *at = body, *text;
	size_t text_len;
	bool good = false;

	memset(out, 0, sizeof(*out));
	while (pem_next(&at, body + len, &text, &text_len))
		if (out->count++ == 0)
			good = first_read(text, text_len, out);
	return good;
}
