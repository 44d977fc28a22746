/* Postfix's usual lines, quickly: 32 octets at a time. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "octets.h"
#include "octets_avx2.h"
#include "postfix_frame.h"

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
#if OCTETS_AVX2

enum {
	REACH = 128,
	WIDTH = AVX2_WIDTH,
	COMMAS = 12,
	RELAY_WAYS = 4,
	RELAY_SETS = 64,
	BATCH = 32,
	ID_LEAST = 5
};

/* A line whose frame was found. */
struct quick {
	const char *line, *text, *end; /* of the line */
	struct postfix_line *out;
};

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

/* "ID: removed" of qmgr, which every message has: where the line begins cannot
 * be guessed from those before, how it ends is known. */
AVX2_INLINE bool
ends_message(const char *end)
{
	return AVX2_NAMED(end - strlen(" removed"), " removed");
}

/* "from=<address>, " of qmgr; what is not "from=" is of no kind. */
AVX2_INLINE bool
read_sender(const struct quick *q, const char *id_end)
{
	const char *at = id_end + 2, *stop;

	q->out->kind = POSTFIX_OTHER;
	if (q->end - at < 7 || !AVX2_NAMED(at, "from=") || ends_message(q->end))
		return true;
	at += 6;
	if (at[-1] != '<' || at[0] == '"')
		return false;
	stop = avx2_find(at, q->end, '>');
	if (stop == NULL || q->end - stop < 3 || stop[1] != ',' ||
	    stop[2] != ' ')
		return false;
	q->out->id = cut(q, q->text, id_end);
	q->out->id_hash = hash_of(q->text, id_end);
	q->out->address = cut(q, at, stop);
	q->out->kind = POSTFIX_SENDER;
	return true;
}

/* "Trusted TLS connection established to host[address]:25: TLSv1.3 ..."; the
 * first word, of whatever kind, ends at `word`. */
AVX2_INLINE bool
read_session(const struct quick *q, const char *word)
{
	const char *at = word + strlen(" TLS connection established to ");
	const char *stop;

	if (q->end - at < 8 || !AVX2_NAMED(word, " TLS con") ||
	    !AVX2_NAMED(word + 8, "nection ") ||
	    !AVX2_NAMED(word + 16, "establis") ||
	    !AVX2_NAMED(word + 23, "shed to "))
		return false;
	stop = avx2_find(at, q->end, ' ');
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
		uint32_t found = avx2_bits(avx2_load(at), ',') &
		    avx2_bits(avx2_load(at + 1), ' ');

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

/* Into one of the set's places, in turn. */
static struct known_relay *
learn_relay(struct frame_memory *memory, struct known_relay *set,
    struct span relay, uint64_t hash)
{
	struct known_relay *known = &set[memory->turn++ % RELAY_WAYS];
	struct span host, ip;

	if (relay.len == 0 || relay.len > sizeof(known->text))
		return NULL;
	span_relay(relay, &host, &ip);
	if (host.len == 0 || ip.len == 0)
		return NULL;
	known->hash = hash;
	known->len = (uint8_t)relay.len;
	known->host_len = (uint8_t)host.len;
	known->ip_at = (uint8_t)(ip.at - relay.at);
	known->ip_len = (uint8_t)ip.len;
	memcpy(known->text, relay.at, relay.len);
	return known;
}

/* What came before is not taken apart again. */
AVX2_INLINE bool
read_relay(struct frame_memory *memory, const struct quick *q, const char *at,
    const char *end)
{
	size_t len = (size_t)(end - at), way = 0;
	uint64_t hash = span_relay_hash((struct span){ at, len });
	struct known_relay *set =
	    &memory->relays[hash % RELAY_SETS * RELAY_WAYS];
	const struct known_relay *known;

	while (way < RELAY_WAYS && set[way].hash != hash)
		way++;
	known = &set[way % RELAY_WAYS];
	if (known->hash != hash || known->len != len ||
	    !octets_same(known->text, at, len))
		known = learn_relay(
		    memory, set, (struct span){ at, len }, hash);
	if (known == NULL)
		return false;
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
	found = _bzhi_u32(avx2_bits(avx2_load(at), '@'), (uint32_t)(end - at));
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

	if (*i + 1 >= count || !avx2_is_word(at, name, len) || at[len] != '=' ||
	    at[len + 1] == '<')
		return false;
	++*i;
	return true;
}
#define TAKE_FIELD(name) \
	take_field(commas, count, &i, AVX2_WORD(name), sizeof(name) - 1)

/* "status=sent (250 2.0.0 OK)" behind the comma. */
AVX2_INLINE bool
read_status(const struct quick *q, const char *comma)
{
	const char *at = comma + 2, *end = q->end;

	if (AVX2_NAMED(at, "status=s") && AVX2_NAMED(at + 8, "ent (")) {
		q->out->end = DELIVERY_DONE;
		at += strlen("status=sent (");
	} else if (AVX2_NAMED(at, "status=d") &&
	    AVX2_NAMED(at + 8, "eferred ") && at[16] == '(') {
		q->out->end = DELIVERY_DEFERRED;
		at += strlen("status=deferred (");
	} else if (AVX2_NAMED(at, "status=b") &&
	    AVX2_NAMED(at + 8, "ounced (")) {
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
		return read_session(q, id_end);
	if (q->end - id_end < 8 || !AVX2_NAMED(id_end + 2, "to=<"))
		return false;
	return read_delivery(memory, q, id_end);
}

AVX2_INLINE bool
read_signer(const struct quick *q)
{
	const char *stop = avx2_find(q->text, q->end, ' ');

	if (stop == NULL)
		return false;
	q->out->id_hash = hash_of(stop, q->end);
	q->out->kind = POSTFIX_SIGNER;
	return true;
}

AVX2_INLINE bool
read_text(struct frame_memory *memory, const struct quick *q, int kind)
{
	const char *stop;
	uint32_t stops;
	bool has_id;

	if (kind == TAG_SIGNER)
		return read_signer(q);
	stops = avx2_bits(avx2_load(q->text), ':') |
	    avx2_bits(avx2_load(q->text), ' ');
	/* Ids that go on behind what was looked at. */
	if (stops == 0)
		return false;
	stop = q->text + _tzcnt_u32(stops);
	has_id = AVX2_NAMED(stop, ": ") && stop - q->text >= ID_LEAST &&
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
	size_t n = _tzcnt_u32(~avx2_digits(avx2_load(at)));

	return n > 0 && n <= 8 && AVX2_NAMED(at + n, "]: ") ? n + 3 : 0;
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

/* What a line has in common with those of its minute. */
struct usual {
	const struct frame_form *form; /* NULL: it may not be told */
	size_t tag;
	bool has_fraction;
	uint32_t fraction[2]; /* which octets are its digits */
	struct cut stamp;
	uint16_t number;
	size_t second; /* where its two digits are */
};

AVX2_INLINE void
learn_usual(const struct frame_memory *memory, struct usual *out)
{
	const struct frame_form *form = &memory->forms[memory->last];
	uint64_t fraction = 0;

	*out = (struct usual){ .form = NULL };
	if (form->tag == 0 || form->second == UINT8_MAX || form->modern ||
	    form->tag > 2 * WIDTH)
		return;
	for (size_t i = form->minute + 3; i < form->fraction; i++)
		fraction |= UINT64_C(1) << i;
	*out = (struct usual){
		.form = form,
		.tag = form->tag,
		.has_fraction = fraction != 0,
		.fraction = { (uint32_t)fraction,
		    (uint32_t)(fraction >> WIDTH) },
		.stamp = form->cut,
		.number = form->number,
		.second = form->minute,
	};
}

/* A line whose kind is known. */
struct met {
	const char *line;
	uint32_t len;          /* up to its newline */
	uint8_t kind, tag_len; /* with its bracket */
};

/* Which octets are others. */
AVX2_INLINE __m256i
differ(const char *at, const struct octets_masked *masked)
{
	return _mm256_and_si256(
	    _mm256_xor_si256(avx2_load(at), avx2_load(masked->text)),
	    avx2_load(masked->mask));
}

AVX2_INLINE bool
has_digits(const struct usual *usual, const char *line)
{
	return ((usual->fraction[0] & ~avx2_digits(avx2_load(line))) |
		   (usual->fraction[1] &
		       ~avx2_digits(avx2_load(line + WIDTH)))) == 0;
}

/* Finds the kind of a line; false: it is not as usual.  Neither form nor tag
 * has a newline: a line that is too short has not all of them. */
AVX2_INLINE bool
meet(struct frame_memory *memory, const struct usual *usual, const char *line,
    struct met *met)
{
	const char *at = line + usual->tag;
	const struct known_tag *tag = tag_slot(memory, at);
	__m256i others = _mm256_or_si256(differ(at, &tag->start),
	    _mm256_or_si256(differ(line, &usual->form->start[0]),
		differ(line + WIDTH, &usual->form->start[1])));

	met->kind = (uint8_t)tag->kind;
	met->tag_len = (uint8_t)tag->len;
	return _mm256_testz_si256(others, others) && tag->quick &&
	    (!usual->has_fraction || has_digits(usual, line));
}

/* Of two digits below 60; false: they are not that. */
AVX2_INLINE bool
read_second(const char *digits, uint8_t *out)
{
	unsigned tens = (unsigned char)digits[0] - '0';
	unsigned ones = (unsigned char)digits[1] - '0';

	*out = (uint8_t)(tens * 10 + ones);
	return (tens <= 5) & (ones <= 9);
}

/* False: it is not as usual after all. */
AVX2_INLINE bool
read_met(struct frame_memory *memory, const struct usual *usual,
    const struct met *met, struct postfix_line *out)
{
	const char *at = met->line + usual->tag + met->tag_len;
	const char *end = met->line + met->len;
	size_t n = pid_len(at);
	const struct quick q = { met->line, at + n, end - (end[-1] == '\r'),
		out };

	if (n == 0 || q.text >= q.end ||
	    !read_second(met->line + usual->second, &out->second) ||
	    !read_text(memory, &q, met->kind))
		return false;
	if (met->kind == TAG_SMTP)
		out->pid = number_before(q.text - 3, n - 3);
	out->form = usual->number;
	out->stamp = usual->stamp;
	if (met->kind != TAG_SIGNER)
		return true;
	out->tag = (struct cut){ (uint16_t)usual->tag,
		(uint16_t)(met->tag_len - 1) };
	out->text = cut(&q, q.text, q.end);
	if (postfix_is_said(memory, out))
		out->kind = POSTFIX_OTHER;
	return true;
}

/* Lines whose kinds are found before they are read: most are none of ours, and
 * which they are cannot be guessed. */
struct batch {
	struct met met[BATCH + 1];
	size_t count;
	bool odd; /* the one behind them is not as usual */
};

/* Looks at lines that end at the next `most` of `ends`, or at fewer.  Returns
 * at how many, all of them usual but the last, if that is odd. */
AVX2_INLINE size_t
meet_lines(struct frame_memory *memory, const struct usual *usual,
    const struct newlines *lines, const char **at, size_t most,
    struct batch *out)
{
	const uint32_t *ends = lines->ends + lines->next;
	const char *line = *at, *lf;
	size_t safe = lines->len > REACH ? lines->len - REACH : 0;
	size_t i = 0, count = out->count;
	bool odd = false;

	while (i < most && count < BATCH && !odd) {
		struct met *met = &out->met[count];

		lf = lines->block + ends[i];
		met->line = line;
		met->len = (uint32_t)(lf - line);
		if (ends[i++] >= safe || usual->form == NULL ||
		    !meet(memory, usual, line, met))
			odd = true;
		else
			count += (met->kind != TAG_OTHER) &
			    !((met->kind == TAG_QMGR) & ends_message(lf));
		line = lf + 1;
	}
	*at = line;
	out->count = count;
	out->odd = odd;
	return i;
}

/* Fills a batch; returns how many lines were looked at for it. */
AVX2_INLINE size_t
fill_batch(struct frame_memory *memory, const struct usual *usual,
    struct newlines *lines, const char **at, size_t most, struct batch *out)
{
	size_t looked = 0, n;

	out->count = 0;
	out->odd = false;
	while (looked < most && out->count < BATCH && !out->odd &&
	    (lines->next < lines->count || newlines_more(lines))) {
		n = lines->count - lines->next;
		n = meet_lines(memory, usual, lines, at,
		    n < most - looked ? n : most - looked, out);
		lines->next += n;
		looked += n;
	}
	return looked;
}

AVX2 static size_t
read_quick(struct frame_memory *memory, struct newlines *lines, const char **at,
    size_t most, struct postfix_line *out, size_t *count)
{
	struct usual usual;
	struct batch batch;
	size_t read = 0, looked, n = 0;

	do {
		size_t last = memory->last;

		learn_usual(memory, &usual);
		looked = fill_batch(
		    memory, &usual, lines, at, most - read, &batch);
		read += looked;
		for (size_t i = 0; i < batch.count + batch.odd; i++) {
			const struct met *met = &batch.met[i];

			if (i == batch.count ||
			    !read_met(memory, &usual, met, &out[n]))
				postfix_line_read(memory, met->line,
				    line_len(met->line, met->line + met->len),
				    &out[n]);
			/* The next of them are as usual again. */
			if (i < batch.count)
				memory->last = last;
			out[n].line = (uint32_t)(met->line - lines->block);
			n += out[n].kind != POSTFIX_OTHER;
		}
	} while (looked > 0);
	*count = n;
	return read;
}

#endif

size_t
postfix_lines_read(struct frame_memory *memory, struct newlines *lines,
    const char **at, size_t most, struct postfix_line *out, size_t *count)
{
#if OCTETS_AVX2
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return read_quick(memory, lines, at, most, out, count);
#endif
	return postfix_lines_plain(memory, lines, at, most, out, count);
}
