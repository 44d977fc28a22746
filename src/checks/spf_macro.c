/* SPF macros: RFC 7208 section 7, their syntax and their expansion. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checks/spf_parts.h"

enum {
	PARTS_MAX = SPF_SENDER_MAX + 1,
	/* While a name is put together, no more than this is kept of its
	 * left side: what is longer than a name is cut off anyway. */
	NAME_ROOM = 8192,
	NAME_KEPT = 512,
};

static const char delimiters[] = ".-+,/_=";
static const char domain_letters[] = "slodiphv";
static const char explain_letters[] = "slodiphvcrt";

struct macro {
	char letter; /* lower case */
	bool escape; /* it was written in upper case */
	bool reverse;
	unsigned keep; /* right-hand parts; 0 all */
	struct spf_span delims;
};

static bool
has(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
fault_at(struct spf_fault *fault, size_t at, const char *why)
{
	fault->at = at;
	snprintf(fault->why, sizeof(fault->why), "%s", why);
	return false;
}

/* Reads "{letter digits r delimiters}" behind a percent sign.  Returns the
 * octets it took, 0 when it is not one. */
static size_t
read_macro(const char *s, size_t len, const char *letters, struct macro *out)
{
	size_t i = 1;

	memset(out, 0, sizeof(*out));
	if (len < 3 || s[0] != '{' || !spf_is_alpha(s[i]) ||
	    !has(letters, (char)(s[i] | 0x20)))
		return 0;
	out->letter = (char)(s[i] | 0x20);
	out->escape = s[i] != out->letter;
	if (++i < len && spf_is_digit(s[i])) {
		for (; i < len && spf_is_digit(s[i]); i++)
			if (out->keep <= PARTS_MAX)
				out->keep = out->keep * 10 +
				    (unsigned)(s[i] - '0');
		if (out->keep == 0)
			return 0;
	}
	if (i < len && (s[i] | 0x20) == 'r') {
		out->reverse = true;
		i++;
	}
	out->delims.s = s + i;
	while (i < len && has(delimiters, s[i])) {
		out->delims.len++;
		i++;
	}
	return i < len && s[i] == '}' ? i + 1 : 0;
}

/* What stands at a percent sign: octets taken, sign included; 0 a fault.
 * macro->letter is 0 for %%, %_ and %-. */
static size_t
read_percent(
    const char *s, size_t len, const char *letters, struct macro *macro)
{
	size_t taken;

	memset(macro, 0, sizeof(*macro));
	if (len >= 2 && has("%_-", s[1]))
		return 2;
	if (len < 2)
		return 0;
	taken = read_macro(s + 1, len - 1, letters, macro);
	return taken > 0 ? taken + 1 : 0;
}

/* Checks a macro-string; *tail is where its last literal run starts. */
static bool
scan(struct spf_span text, const char *letters, size_t base, size_t *tail,
    struct spf_fault *fault)
{
	struct macro macro;
	size_t i = 0, taken;

	*tail = 0;
	while (i < text.len) {
		if (text.s[i] != '%') {
			i++;
			continue;
		}
		taken = read_percent(text.s + i, text.len - i, letters, &macro);
		if (taken == 0)
			return fault_at(fault, base + i,
			    "not a macro; a percent sign is written %%");
		i += taken;
		*tail = i;
	}
	return true;
}

bool
spf_macros_ok(
    struct spf_span text, bool explain, size_t base, struct spf_fault *fault)
{
	size_t tail;

	return scan(text, explain ? explain_letters : domain_letters, base,
	    &tail, fault);
}

static bool
is_toplabel(const char *s, size_t len)
{
	bool named = false;
	size_t i;

	if (len == 0 || s[0] == '-' || s[len - 1] == '-')
		return false;
	for (i = 0; i < len; i++) {
		if (spf_is_alpha(s[i]) || s[i] == '-')
			named = true;
		else if (!spf_is_digit(s[i]))
			return false;
	}
	return named;
}

bool
spf_spec_ok(struct spf_span text, size_t base, struct spf_fault *fault)
{
	size_t tail, end = text.len, dot;

	if (text.len == 0)
		return fault_at(fault, base, "a domain must follow");
	if (!scan(text, domain_letters, base, &tail, fault))
		return false;
	if (tail == end)
		return true;
	if (text.s[end - 1] == '.')
		end--;
	for (dot = end; dot > tail && text.s[dot - 1] != '.'; dot--)
		continue;
	if (dot == tail || !is_toplabel(text.s + dot, end - dot))
		return fault_at(fault, base + dot,
		    "not a domain: it must end in a dot and a top label");
	return true;
}

bool
spf_macros_beyond(struct spf_span text, const char *letters)
{
	struct macro macro;
	size_t i = 0;

	while (i < text.len) {
		if (text.s[i] != '%') {
			i++;
			continue;
		}
		i += read_percent(
		    text.s + i, text.len - i, explain_letters, &macro);
		if (macro.letter != 0 && !has(letters, macro.letter))
			return true;
	}
	return false;
}

/* %{i}: dotted quad, or nibbles with dots between (RFC 7208 7.3). */
static size_t
dotted_address(const struct address *ip, char out[SPF_NAME_SIZE])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, n = 0;

	if (ip->family == 4)
		return strlen(address_text(ip, out));
	for (i = 0; i < 16; i++) {
		out[n++] = hex[ip->bytes[i] >> 4];
		out[n++] = '.';
		out[n++] = hex[ip->bytes[i] & 15];
		out[n++] = '.';
	}
	out[--n] = '\0';
	return n;
}

static struct spf_span
span_of(const char *text)
{
	struct spf_span span = { text, strlen(text) };

	return span;
}

/* The letters whose values are put together in room. */
static struct spf_span
made_value(
    char letter, const struct spf_values *v, char room[SPF_SENDER_MAX + 2])
{
	struct spf_span span = { room, 0 };

	if (letter == 's') {
		span.len = (size_t)snprintf(room, SPF_SENDER_MAX + 2,
		    "%.*s@%.*s", (int)v->local.len, v->local.s,
		    (int)v->sender_domain.len, v->sender_domain.s);
		if (span.len > SPF_SENDER_MAX)
			span.len = SPF_SENDER_MAX;
	} else if (letter == 'i') {
		span.len = dotted_address(&v->ip, room);
	} else if (letter == 'c') {
		span.len = strlen(address_text(&v->ip, room));
	} else {
		span.len = (size_t)snprintf(
		    room, SPF_SENDER_MAX, "%" PRId64, v->now_s);
	}
	return span;
}

static struct spf_span
value_of(char letter, const struct spf_values *v, char room[SPF_SENDER_MAX + 2])
{
	switch (letter) {
	case 'l':
		return v->local;
	case 'o':
		return v->sender_domain;
	case 'd':
		return v->domain;
	case 'h':
		return v->helo;
	case 'p':
		return span_of(v->validated ? v->validated : "unknown");
	case 'r':
		return span_of(v->receiver ? v->receiver : "unknown");
	case 'v':
		return span_of(v->ip.family == 6 ? "ip6" : "in-addr");
	default:
		return made_value(letter, v, room);
	}
}

static void
add_octets(struct buf *out, const char *s, size_t len, bool escape)
{
	size_t i;

	if (!escape) {
		buf_add(out, s, len);
		return;
	}
	for (i = 0; i < len; i++)
		if (spf_is_alpha(s[i]) || spf_is_digit(s[i]) ||
		    has("-._~", s[i]))
			buf_char(out, s[i]);
		else
			buf_printf(
			    out, "%%%02X", (unsigned)(unsigned char)s[i]);
}

static bool
splits(const struct macro *macro, char c)
{
	if (macro->delims.len == 0)
		return c == '.';
	return memchr(macro->delims.s, c, macro->delims.len) != NULL;
}

/* Splits, reverses, keeps the right-hand parts and joins with dots. */
static void
add_parts(struct buf *out, const struct macro *macro, struct spf_span value)
{
	uint16_t starts[PARTS_MAX + 1];
	size_t i, n = 0, keep, part;

	starts[n++] = 0;
	for (i = 0; i < value.len && n < PARTS_MAX; i++)
		if (splits(macro, value.s[i]))
			starts[n++] = (uint16_t)(i + 1);
	starts[n] = (uint16_t)(value.len + 1);
	keep = macro->keep > 0 && macro->keep < n ? macro->keep : n;
	for (i = 0; i < keep; i++) {
		part = macro->reverse ? keep - 1 - i : n - keep + i;
		if (i > 0)
			buf_char(out, '.');
		add_octets(out, value.s + starts[part],
		    (size_t)(starts[part + 1] - starts[part] - 1),
		    macro->escape);
	}
}

static void
add_macro(
    struct buf *out, const struct macro *macro, const struct spf_values *values)
{
	char room[SPF_SENDER_MAX + 2];
	struct spf_span value = value_of(macro->letter, values, room);

	if (value.len > SPF_SENDER_MAX)
		value.len = SPF_SENDER_MAX;
	if (macro->reverse || macro->keep > 0 || macro->delims.len > 0)
		add_parts(out, macro, value);
	else
		add_octets(out, value.s, value.len, macro->escape);
}

/* Adds what stands at the start of text; returns the octets of it read. */
static size_t
add_next(struct buf *out, struct spf_span text, const struct spf_values *values)
{
	const char *percent;
	struct macro macro;
	size_t taken;

	if (text.s[0] != '%') {
		percent = memchr(text.s, '%', text.len);
		taken = percent ? (size_t)(percent - text.s) : text.len;
		buf_add(out, text.s, taken);
		return taken;
	}
	taken = read_percent(text.s, text.len, explain_letters, &macro);
	if (taken == 0)
		return text.len;
	if (macro.letter != 0)
		add_macro(out, &macro, values);
	else
		buf_str(out,
		    text.s[1] == '%'       ? "%"
			: text.s[1] == '_' ? " "
					   : "%20");
	return taken;
}

void
spf_macros_expand(
    struct spf_span text, const struct spf_values *values, struct buf *out)
{
	size_t i = 0;

	while (i < text.len && !out->full) {
		struct spf_span rest = { text.s + i, text.len - i };

		i += add_next(out, rest, values);
	}
}

bool
spf_spec_expand(struct spf_span spec, const struct spf_values *values,
    char out[SPF_NAME_SIZE])
{
	struct buf name = { .max = 0 };
	size_t i = 0;
	bool ok;

	while (i < spec.len) {
		struct spf_span rest = { spec.s + i, spec.len - i };

		i += add_next(&name, rest, values);
		if (name.len > NAME_ROOM)
			buf_shift(&name, name.len - NAME_KEPT);
	}
	ok = spf_name_fit(out, name.data ? name.data : "", name.len);
	buf_free(&name);
	return ok;
}
