/* Postfix's usual lines, quickly: 32 octets at a time. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "octets.h"
#include "postfix_frame.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define QUICK_AVX2 1
#include <immintrin.h>
#else
#define QUICK_AVX2 0
#endif

/* --- any line ------------------------------------------------------------- */

static inline size_t
line_len(const char *line, const char *lf)
{
	return (size_t)(lf - line) - (lf > line && lf[-1] == '\r');
}

size_t
postfix_lines_plain(struct frame_memory *memory, struct newlines *lines,
    const char **at, size_t most, struct postfix_line *out, size_t *count)
{
	const char *lf;
	size_t read = 0, n = 0;

	while (read < most && (lf = newlines_next(lines)) != NULL) {
		postfix_line_read(memory, *at, line_len(*at, lf), &out[n]);
		out[n].line = (uint32_t)(*at - lines->block);
		n += out[n].kind != POSTFIX_OTHER;
		*at = lf + 1;
		read++;
	}
	*count = n;
	return read;
}

/* --- the usual ones ------------------------------------------------------- */

/*
 * Every function below takes a line apart as postfix_line_read() does, or does
 * not: what is not as nearly all lines are is left to that.  They look at up
 * to REACH octets behind the line, all of the block.
 */
#if QUICK_AVX2

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline

enum { REACH = 128, WIDTH = 32, COMMAS = 12, RELAYS = 256, ID_LEAST = 5 };

/* A line whose frame was found. */
struct quick {
	const char *line, *text, *end; /* of the line */
	struct postfix_line *out;
};

AVX2_INLINE __m256i
load(const char *at)
{
	return _mm256_loadu_si256((const void *)at);
}

AVX2_INLINE uint32_t
bits_of(__m256i octets, char c)
{
	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(c)));
}

AVX2_INLINE bool
begins(const char *at, const struct octets_masked *masked)
{
	__m256i same = _mm256_cmpeq_epi8(
	    _mm256_and_si256(load(at), load(masked->mask)), load(masked->text));

	return (uint32_t)_mm256_movemask_epi8(same) == UINT32_MAX;
}

/* The octets that are digits. */
AVX2_INLINE uint32_t
digits_of(__m256i octets)
{
	__m256i from_0 = _mm256_sub_epi8(
	    octets, _mm256_set1_epi8((char)('0' - 128)));

	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpgt_epi8(_mm256_set1_epi8(10 - 128), from_0));
}

/* Where c is first in at..end; NULL: nowhere. */
AVX2_INLINE const char *
find(const char *at, const char *end, char c)
{
	for (; at < end; at += WIDTH) {
		uint32_t found = bits_of(load(at), c);

		if (found != 0) {
			at += _tzcnt_u32(found);
			return at < end ? at : NULL;
		}
	}
	return NULL;
}

/* The first eight octets of a short text as a number, known when this is
 * compiled. */
#define OCTET(text, i)                                                        \
	((i) < sizeof(text) - 1                                               \
		? (uint64_t)(unsigned char)(text)[(i) < sizeof(text) ? i : 0] \
		    << 8 * (i)                                                \
		: 0)
#define WORD(text)                                                           \
	(OCTET(text, 0) | OCTET(text, 1) | OCTET(text, 2) | OCTET(text, 3) | \
	    OCTET(text, 4) | OCTET(text, 5) | OCTET(text, 6) | OCTET(text, 7))

/* Whether eight octets begin with a word of `len` of them. */
AVX2_INLINE bool
is_word(const char *at, uint64_t wanted, size_t len)
{
	uint64_t word;

	memcpy(&word, at, 8);
	return (word ^ wanted) << (64 - 8 * len) == 0;
}
#define IS_NAMED(at, name) is_word(at, WORD(name), sizeof(name) - 1)

AVX2_INLINE struct cut
cut(const struct quick *q, const char *at, const char *end)
{
	return (struct cut){ (uint16_t)(at - q->line), (uint16_t)(end - at) };
}

AVX2_INLINE uint64_t
hash_of(const char *at, const char *end)
{
	return span_hash((struct span){ at, (size_t)(end - at) });
}

/* "from=<address>, " of qmgr; what is not "from=" is of no kind. */
AVX2_INLINE bool
read_sender(const struct quick *q, const char *id_end)
{
	const char *at = id_end + 2, *stop;

	q->out->kind = POSTFIX_OTHER;
	if (q->end - at < 7 || !IS_NAMED(at, "from="))
		return true;
	at += 6;
	if (at[-1] != '<' || at[0] == '"')
		return false;
	stop = find(at, q->end, '>');
	if (stop == NULL || q->end - stop < 3 || stop[1] != ',' ||
	    stop[2] != ' ')
		return false;
	q->out->id = cut(q, q->text, id_end);
	q->out->id_hash = hash_of(q->text, id_end);
	q->out->address = cut(q, at, stop);
	q->out->kind = POSTFIX_SENDER;
	return true;
}

AVX2_INLINE bool
read_session(const struct quick *q)
{
	const char *at = q->text +
	    strlen("Trusted TLS connection established to ");
	const char *stop;

	if (q->end - at < 8 || !IS_NAMED(q->text, "Trusted ") ||
	    !IS_NAMED(q->text + 8, "TLS conn") ||
	    !IS_NAMED(q->text + 16, "ection e") ||
	    !IS_NAMED(q->text + 24, "stablish") ||
	    !IS_NAMED(q->text + 32, "ed to "))
		return false;
	stop = find(at, q->end, ' ');
	if (stop == NULL || stop == at)
		return false;
	stop -= stop[-1] == ':';
	q->out->relay_hash = span_relay_hash(
	    (struct span){ at, (size_t)(stop - at) });
	q->out->id_hash = 0;
	q->out->kind = POSTFIX_SESSION;
	return true;
}

/* Where each ", " of at..end is.  COMMAS + 1: they are more. */
AVX2_INLINE size_t
find_commas(const char *at, const char *end, const char **commas)
{
	size_t count = 0;

	for (; at < end; at += WIDTH) {
		uint32_t found = bits_of(load(at), ',') &
		    bits_of(load(at + 1), ' ');

		for (; found != 0; found = _blsr_u32(found)) {
			const char *comma = at + _tzcnt_u32(found);

			if (comma + 1 >= end)
				return count;
			if (count == COMMAS)
				return COMMAS + 1;
			commas[count++] = comma;
		}
	}
	return count;
}

/* What came before is not taken apart again. */
AVX2_INLINE bool
read_relay(struct frame_memory *memory, const struct quick *q, const char *at,
    const char *end)
{
	size_t len = (size_t)(end - at);
	uint64_t hash = span_relay_hash((struct span){ at, len });
	struct known_relay *known = &memory->relays[hash % RELAYS];
	struct span host, ip;

	if (known->hash != hash || known->len != len ||
	    !octets_same(known->text, at, len)) {
		if (len == 0 || len > sizeof(known->text))
			return false;
		span_relay((struct span){ at, len }, &host, &ip);
		if (host.len == 0 || ip.len == 0)
			return false;
		known->hash = hash;
		known->len = (uint8_t)len;
		known->host_len = (uint8_t)host.len;
		known->ip_at = (uint8_t)(ip.at - at);
		known->ip_len = (uint8_t)ip.len;
		memcpy(known->text, at, len);
	}
	q->out->relay_hash = hash;
	q->out->host = cut(q, at, at + known->host_len);
	q->out->ip = cut(
	    q, at + known->ip_at, at + known->ip_at + known->ip_len);
	return true;
}

/* The right side of the last @ in at..end, which ends in no bracket. */
AVX2_INLINE bool
read_recipient(const struct quick *q, const char *at, const char *end)
{
	uint32_t found;

	if (end - at > WIDTH)
		at = end - WIDTH;
	found = _bzhi_u32(bits_of(load(at), '@'), (uint32_t)(end - at));
	if (found == 0 || end[-1] == '>')
		return false;
	at += 32 - _lzcnt_u32(found);
	q->out->address = cut(q, at, end);
	return true;
}

/* Takes the field behind commas[*i] when it is of that name; it ends at the
 * next.  An address would have to be looked at otherwise. */
AVX2_INLINE bool
take_field(const char *const *commas, size_t count, size_t *i, uint64_t name,
    size_t len)
{
	const char *at = commas[*i] + 2;

	if (*i + 1 >= count || !is_word(at, name, len) || at[len] != '=' ||
	    at[len + 1] == '<')
		return false;
	++*i;
	return true;
}
#define TAKE_FIELD(name) \
	take_field(commas, count, &i, WORD(name), sizeof(name) - 1)

/* "status=sent (250 2.0.0 OK)" behind the comma. */
AVX2_INLINE bool
read_status(const struct quick *q, const char *comma)
{
	const char *at = comma + 2, *end = q->end;

	if (IS_NAMED(at, "status=s") && IS_NAMED(at + 8, "ent (")) {
		q->out->end = DELIVERY_DONE;
		at += strlen("status=sent (");
	} else if (IS_NAMED(at, "status=d") && IS_NAMED(at + 8, "eferred ") &&
	    at[16] == '(') {
		q->out->end = DELIVERY_DEFERRED;
		at += strlen("status=deferred (");
	} else if (IS_NAMED(at, "status=b") && IS_NAMED(at + 8, "ounced (")) {
		q->out->end = DELIVERY_BOUNCED;
		at += strlen("status=bounced (");
	} else {
		return false;
	}
	if (end - at < 2)
		return false;
	q->out->reply = cut(q, at, end - (end[-1] == ')'));
	return true;
}

/* "to=<...>, relay=..., delay=..., delays=..., dsn=..., status=... (...)" */
AVX2_INLINE bool
read_delivery(
    struct frame_memory *memory, const struct quick *q, const char *id_end)
{
	const char *to = id_end + 2 + strlen("to=<"), *commas[COMMAS];
	size_t count, i = 0;

	count = find_commas(to, q->end, commas);
	if (count < 5 || count > COMMAS || commas[0][-1] != '>' ||
	    to[0] == '"' || !read_recipient(q, to, commas[0] - 1) ||
	    !TAKE_FIELD("relay") ||
	    !read_relay(memory, q, commas[0] + 2 + strlen("relay="), commas[1]))
		return false;
	q->out->reused = TAKE_FIELD("conn_use");
	if (!TAKE_FIELD("delay") || !TAKE_FIELD("delays") ||
	    !TAKE_FIELD("dsn") || !read_status(q, commas[i]))
		return false;
	/* Perhaps another delivery in the reply. */
	for (i++; i < count; i++)
		if (commas[i][-1] == '>')
			return false;
	q->out->kind = POSTFIX_DELIVERY;
	q->out->tls = TLS_UNTOLD;
	q->out->id = cut(q, q->text, id_end);
	q->out->id_hash = hash_of(q->text, id_end);
	return true;
}

AVX2_INLINE bool
read_smtp(struct frame_memory *memory, const struct quick *q,
    const char *id_end, bool has_id)
{
	if (!has_id)
		return read_session(q);
	if (q->end - id_end < 8 || !IS_NAMED(id_end + 2, "to=<"))
		return false;
	return read_delivery(memory, q, id_end);
}

AVX2_INLINE bool
read_signer(const struct quick *q)
{
	const char *stop = find(q->text, q->end, ' ');

	if (stop == NULL)
		return false;
	q->out->id_hash = hash_of(stop, q->end);
	q->out->kind = POSTFIX_SIGNER;
	return true;
}

AVX2_INLINE bool
read_text(struct frame_memory *memory, const struct quick *q, int kind)
{
	__m256i start = load(q->text);
	uint32_t stops = bits_of(start, ':') | bits_of(start, ' ');
	const char *stop = q->text + _tzcnt_u32(stops);
	bool has_id;

	if (kind == TAG_SIGNER)
		return read_signer(q);
	/* Ids that go on behind what was looked at. */
	if (stops == 0)
		return false;
	has_id = IS_NAMED(stop, ": ") && stop - q->text >= ID_LEAST &&
	    q->end - stop > 2;
	if (kind == TAG_SMTP)
		return read_smtp(memory, q, stop, has_id);
	if (!has_id)
		q->out->kind = POSTFIX_OTHER;
	return !has_id || read_sender(q, stop);
}

/* "pid]: "; its octets, 0 for others. */
AVX2_INLINE size_t
pid_len(const char *at)
{
	size_t n = _tzcnt_u32(~digits_of(load(at)));

	return n > 0 && n <= 8 && IS_NAMED(at + n, "]: ") ? n + 3 : 0;
}

/* The number of the last `len` octets, 1 to 8, before `end`: digits, of which
 * two, four, then eight are put together at once. */
AVX2_INLINE uint32_t
number_before(const char *end, size_t len)
{
	size_t others = (8 - len) * 8;
	uint64_t word;

	memcpy(&word, end - 8, 8);
	word = word >> others << others & UINT64_C(0x0f0f0f0f0f0f0f0f);
	word = word * (1 + (10 << 8)) >> 8 & UINT64_C(0x00ff00ff00ff00ff);
	word = word * (1 + (100 << 16)) >> 16 & UINT64_C(0x0000ffff0000ffff);
	return (uint32_t)(word * (1 + (UINT64_C(10000) << 32)) >> 32);
}

AVX2_INLINE bool
has_form(const struct frame_form *form, const char *line, uint32_t fraction[2])
{
	if (!begins(line, &form->start[0]))
		return false;
	if (form->tag > WIDTH && !begins(line + WIDTH, &form->start[1]))
		return false;
	return (fraction[0] | fraction[1]) == 0 ||
	    ((fraction[0] & ~digits_of(load(line))) |
		(fraction[1] & ~digits_of(load(line + WIDTH)))) == 0;
}

/* What a line has in common with the one before. */
struct usual {
	const struct frame_form *form; /* NULL: it may not be told */
	uint32_t fraction[2];          /* which octets are its digits */
};

AVX2_INLINE void
learn_usual(const struct frame_memory *memory, struct usual *out)
{
	const struct frame_form *form = &memory->forms[memory->last];
	uint64_t fraction = 0;

	*out = (struct usual){ NULL, { 0, 0 } };
	if (form->tag == 0 || form->second == UINT8_MAX || form->modern ||
	    form->tag > 2 * WIDTH)
		return;
	for (size_t i = form->minute + 3; i < form->fraction; i++)
		fraction |= UINT64_C(1) << i;
	out->form = form;
	out->fraction[0] = (uint32_t)fraction;
	out->fraction[1] = (uint32_t)(fraction >> WIDTH);
}

/* False: it is not as usual.  Of no kind of ours unless out->kind says so. */
AVX2_INLINE bool
read_usual(struct frame_memory *memory, struct usual *usual, const char *line,
    size_t len, struct postfix_line *out)
{
	const struct frame_form *form = usual->form;
	const struct known_tag *tag;
	struct quick q;
	const char *at;
	size_t n;

	/* Neither has a newline: a line that is too short has not all of
	 * them. */
	if (form == NULL || !has_form(form, line, usual->fraction))
		return false;
	at = line + form->tag;
	tag = tag_slot(memory, at);
	if (!tag->quick || !begins(at, &tag->start))
		return false;
	out->kind = POSTFIX_OTHER;
	if (tag->kind == TAG_OTHER)
		return true;
	at += tag->len;
	n = pid_len(at);
	q = (struct quick){ line, at + n, line + len, out };
	if (n == 0 || q.text >= q.end || !read_text(memory, &q, tag->kind))
		return false;
	if (tag->kind == TAG_SMTP)
		out->pid = number_before(q.text - 3, n - 3);
	out->form = form->number;
	out->second = form->second;
	out->stamp = form->cut;
	if (tag->kind != TAG_SIGNER)
		return true;
	out->tag = (struct cut){ (uint16_t)form->tag,
		(uint16_t)(tag->len - 1) };
	out->text = cut(&q, q.text, q.end);
	if (postfix_is_said(memory, out))
		out->kind = POSTFIX_OTHER;
	return true;
}

AVX2 static size_t
read_quick(struct frame_memory *memory, struct newlines *lines, const char **at,
    size_t most, struct postfix_line *out, size_t *count)
{
	const char *line = *at, *behind = lines->block + lines->len, *lf;
	struct usual usual;
	size_t read, n = 0;

	learn_usual(memory, &usual);
	for (read = 0; read < most && (lf = newlines_next(lines)) != NULL;
	     read++) {
		size_t len = line_len(line, lf);

		if (behind - lf <= REACH ||
		    !read_usual(memory, &usual, line, len, &out[n])) {
			postfix_line_read(memory, line, len, &out[n]);
			learn_usual(memory, &usual);
		}
		out[n].line = (uint32_t)(line - lines->block);
		n += out[n].kind != POSTFIX_OTHER;
		line = lf + 1;
	}
	*at = line;
	*count = n;
	return read;
}

#endif

size_t
postfix_lines_read(struct frame_memory *memory, struct newlines *lines,
    const char **at, size_t most, struct postfix_line *out, size_t *count)
{
#if QUICK_AVX2
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return read_quick(memory, lines, at, most, out, count);
#endif
	return postfix_lines_plain(memory, lines, at, most, out, count);
}
