/* The minutes of an hour as bytes: short numbers, runs of 0 in one. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "store/pack.h"

/*
 * Each number stands in groups of seven bits, the lowest first, the top bit
 * set on all but the last.  A 0 is followed by how many more follow it; zeros
 * at the end are left out.
 */
enum { GROUP_BITS = 7, GROUP_MASK = 0x7f, GROUP_MORE = 0x80 };

static void
put_number(struct buf *out, uint32_t value)
{
	for (; value > GROUP_MASK; value >>= GROUP_BITS)
		buf_char(out, (char)(GROUP_MORE | (value & GROUP_MASK)));
	buf_char(out, (char)value);
}

void
pack_minutes(const uint32_t minutes[HOUR_MINUTES], struct buf *out)
{
	size_t end = HOUR_MINUTES, run;

	while (end > 0 && minutes[end - 1] == 0)
		end--;
	for (size_t i = 0; i < end; i += run) {
		run = 1;
		put_number(out, minutes[i]);
		if (minutes[i] != 0)
			continue;
		while (minutes[i + run] == 0)
			run++;
		put_number(out, (uint32_t)run - 1);
	}
}

static bool
get_number(const unsigned char **in, const unsigned char *end, uint32_t *out)
{
	uint64_t value = 0;

	for (int shift = 0; *in < end && shift < 5 * GROUP_BITS;
	     shift += GROUP_BITS) {
		unsigned char c = *(*in)++;

		value |= (uint64_t)(c & GROUP_MASK) << shift;
		if ((c & GROUP_MORE) != 0)
			continue;
		*out = (uint32_t)value;
		return value <= UINT32_MAX;
	}
	return false;
}

static bool
unpack(const unsigned char *in, const unsigned char *end,
    uint32_t minutes[HOUR_MINUTES])
{
	uint32_t value, run;

	for (size_t i = 0; in < end; i++) {
		if (i >= HOUR_MINUTES || !get_number(&in, end, &value))
			return false;
		minutes[i] = value;
		if (value != 0)
			continue;
		if (!get_number(&in, end, &run) || run >= HOUR_MINUTES - i)
			return false;
		i += run;
	}
	return true;
}

bool
unpack_minutes(const void *data, size_t len, uint32_t minutes[HOUR_MINUTES])
{
	const unsigned char *in = data;

	memset(minutes, 0, HOUR_MINUTES * sizeof(*minutes));
	if (len == 0 || (in != NULL && unpack(in, in + len, minutes)))
		return true;
	memset(minutes, 0, HOUR_MINUTES * sizeof(*minutes));
	return false;
}
