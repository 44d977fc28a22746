/* A standing as bytes: little-endian numbers in a fixed order, then texts. */
/* SPDX-License-Identifier: MIT */
#include "store/pack.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"

enum {
	PACK_VERSION = 1, /* another order or other fields: another number */
	WORD = 8,
};

enum kind {
	KIND_ENUM, /* 0..most */
	KIND_INT,
	KIND_LONG,
	KIND_DOUBLE,
};

struct field {
	enum kind kind;
	size_t offset;
	int most;
};

#define ENUM(member, most)                                         \
	{                                                          \
		KIND_ENUM, offsetof(struct standing, member), most \
	}
#define INT(member)                                            \
	{                                                      \
		KIND_INT, offsetof(struct standing, member), 0 \
	}
#define LONG(member)                                            \
	{                                                       \
		KIND_LONG, offsetof(struct standing, member), 0 \
	}
#define DOUBLE(member)                                            \
	{                                                         \
		KIND_DOUBLE, offsetof(struct standing, member), 0 \
	}

static const struct field fields[] = {
	ENUM(state, STANDING_CRITICAL),
	LONG(since_s),
	ENUM(band, SPAM_UNKNOWN),
	ENUM(data, DATA_ERROR),
	ENUM(poll, POLL_ERROR),
	INT(spam_day),
	DOUBLE(spam_rate),
	DOUBLE(mean7),
	DOUBLE(trend),
	INT(clean_days),
	INT(spark_last),
	DOUBLE(volume),
	DOUBLE(growth),
	DOUBLE(ceiling),
	ENUM(volume_source, VOLUME_ERRORS),
	ENUM(reputation, REPUTATION_BAD),
	ENUM(ramp, RAMP_BLIND),
	INT(fails),
	INT(warns),
	INT(unknowns),
	LONG(probed_s),
	LONG(fetched_s),
};

_Static_assert(sizeof(enum standing_state) == sizeof(int) &&
	sizeof(enum data_state) == sizeof(int) &&
	sizeof(enum volume_source) == sizeof(int) &&
	sizeof(enum ramp_state) == sizeof(int),
    "enums are copied as ints");

enum {
	FIELDS = sizeof(fields) / sizeof(fields[0]),
	NUMBERS = FIELDS + STANDING_SPARK,
};

static uint64_t
of_double(double value)
{
	uint64_t bits = UINT64_C(0x7ff8000000000000);

	if (isfinite(value))
		memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double
to_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return isfinite(value) ? value : (double)NAN;
}

static uint64_t
field_get(const struct field *field, const struct standing *standing)
{
	const char *at = (const char *)standing + field->offset;
	double real;
	int64_t wide;
	int narrow;

	switch (field->kind) {
	case KIND_DOUBLE:
		memcpy(&real, at, sizeof(real));
		return of_double(real);
	case KIND_LONG:
		memcpy(&wide, at, sizeof(wide));
		return (uint64_t)wide;
	default:
		memcpy(&narrow, at, sizeof(narrow));
		return (uint64_t)(int64_t)narrow;
	}
}

static bool
field_set(const struct field *field, uint64_t bits, struct standing *standing)
{
	char *at = (char *)standing + field->offset;
	double real = to_double(bits);
	int64_t wide = (int64_t)bits;
	int narrow;

	if (field->kind == KIND_DOUBLE) {
		memcpy(at, &real, sizeof(real));
		return true;
	}
	if (field->kind == KIND_LONG) {
		memcpy(at, &wide, sizeof(wide));
		return true;
	}
	if (wide < INT32_MIN || wide > INT32_MAX ||
	    (field->kind == KIND_ENUM && (wide < 0 || wide > field->most)))
		return false;
	narrow = (int)wide;
	memcpy(at, &narrow, sizeof(narrow));
	return true;
}

static void
put_word(struct buf *out, uint64_t bits)
{
	for (int i = 0; i < WORD; i++)
		buf_char(out, (char)(unsigned char)(bits >> 8 * i));
}

static uint64_t
get_word(const unsigned char *in)
{
	uint64_t bits = 0;

	for (int i = 0; i < WORD; i++)
		bits |= (uint64_t)in[i] << 8 * i;
	return bits;
}

void
pack_standing(const struct standing *standing, struct buf *out)
{
	buf_char(out, PACK_VERSION);
	for (size_t i = 0; i < FIELDS; i++)
		put_word(out, field_get(&fields[i], standing));
	for (size_t i = 0; i < STANDING_SPARK; i++)
		put_word(out, of_double(standing->spark[i]));
	buf_add(out, standing->reasons,
	    strnlen(standing->reasons, sizeof(standing->reasons) - 1) + 1);
	buf_add(out, standing->why,
	    strnlen(standing->why, sizeof(standing->why) - 1) + 1);
}

/* Takes one NUL-terminated text; false when it does not fit or end. */
static bool
get_text(const unsigned char **in, size_t *len, char *out, size_t size)
{
	const unsigned char *end = *len > 0 ? memchr(*in, '\0', *len) : NULL;
	size_t used;

	if (end == NULL || (size_t)(end - *in) >= size)
		return false;
	used = (size_t)(end - *in) + 1;
	memcpy(out, *in, used);
	*in += used;
	*len -= used;
	return true;
}

static bool
unpack(const unsigned char *in, size_t len, struct standing *out)
{
	if (in == NULL || len < 1 + NUMBERS * WORD || in[0] != PACK_VERSION)
		return false;
	in++;
	for (size_t i = 0; i < FIELDS; i++, in += WORD)
		if (!field_set(&fields[i], get_word(in), out))
			return false;
	for (size_t i = 0; i < STANDING_SPARK; i++, in += WORD)
		out->spark[i] = to_double(get_word(in));
	len -= 1 + NUMBERS * WORD;
	return get_text(&in, &len, out->reasons, sizeof(out->reasons)) &&
	    get_text(&in, &len, out->why, sizeof(out->why)) && len == 0;
}

void
blank_standing(struct standing *out)
{
	memset(out, 0, sizeof(*out));
	out->state = STANDING_UNKNOWN;
	out->band = SPAM_UNKNOWN;
	out->data = DATA_PENDING;
	out->spam_day = out->spark_last = DAY_NONE;
	out->spam_rate = out->mean7 = out->trend = (double)NAN;
	out->volume = out->growth = out->ceiling = (double)NAN;
	for (size_t i = 0; i < STANDING_SPARK; i++)
		out->spark[i] = (double)NAN;
}

bool
unpack_standing(const void *data, size_t len, struct standing *out)
{
	blank_standing(out);
	if (unpack(data, len, out))
		return true;
	blank_standing(out);
	return false;
}
