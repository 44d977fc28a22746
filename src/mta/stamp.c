/* The stamps of log lines: years, zones and repeated hours settled. */
/* SPDX-License-Identifier: MIT */
#include "stamp.h"

#include <stdlib.h>
#include <string.h>

#include "octets.h"
#include "zone.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"

enum {
	SHORT_LEN = 15,    /* "Nov 22 03:12:44" */
	YEARED_LEN = 20,   /* "Nov 22 2026 03:12:44" */
	ISO_LEN = 19,      /* "2026-11-22 03:12:44" */
	MINUTE_SHORT = 12, /* but for ":44" */
	MINUTE_ISO = 16,
	ZONE_MOST = 7, /* " +01:00" */
	FRACTION_MOST = 9,
	UNIX_LEAST = 9,
	UNIX_MOST = 11,
	BACK_S = 7 * DAY_SECONDS, /* clocks are put back by less */
	AHEAD_S = DAY_SECONDS,    /* no line is newer than its log by more */
	LATE_S = 334 * DAY_SECONDS,
	REPEATED_S = 300, /* lines of one pass go back by less */
	YEARS_BACK = 12,  /* to find a February 29 */
};

struct stamps {
	struct zone *zone;
	bool zone_known;
	int64_t written_s; /* 0 not known */
	int64_t began_s;   /* our clock when the reading began */
	int64_t most_s;    /* nothing is newer by what is known beside that */
	int64_t last_s;
	bool years_late;
	/* The minute of the last stamp and its zone, as most lines share
	 * them; minute_len 0: none. */
	char minute[MINUTE_ISO], zone_text[ZONE_MOST];
	size_t minute_len, zone_len;
	int64_t minute_s;
};

/* A date and time as it stands in a stamp. */
struct civil {
	int year; /* 0: none */
	int month, mday, hour, minute, second;
	bool zoned;
	int32_t offset;
};

struct stamps *
stamps_new(const char *zone, int64_t written_s, int64_t last_s)
{
	struct stamps *stamps = mem_zero(1, sizeof(*stamps));

	stamps->zone = zone_open(zone);
	/* A machine that has no zone of its own is at UTC. */
	stamps->zone_known = stamps->zone != NULL || zone == NULL ||
	    zone[0] == '\0';
	stamps->began_s = clock_utc_s();
	stamps->most_s = INT64_MAX;
	stamps->written_s = written_s > 0 ? written_s : stamps->began_s;
	/* A log that begins long after the one before it has its own years. */
	if (last_s > 0 && last_s <= stamps->written_s + AHEAD_S &&
	    stamps->written_s - last_s < 180 * (int64_t)DAY_SECONDS)
		stamps->last_s = last_s;
	return stamps;
}

void
stamps_free(struct stamps *stamps)
{
	if (stamps == NULL)
		return;
	zone_close(stamps->zone);
	free(stamps);
}

bool
stamps_zone_known(const struct stamps *stamps)
{
	return stamps->zone_known;
}

bool
stamps_years_late(const struct stamps *stamps)
{
	return stamps->years_late;
}

void
stamps_place(struct stamps *stamps, int64_t last_s)
{
	stamps->last_s = last_s;
	stamps->minute_len = 0;
	stamps->years_late = false;
}

void
stamps_bound(struct stamps *stamps, int64_t most_s)
{
	stamps->most_s = most_s;
}

int64_t
stamps_last(const struct stamps *stamps)
{
	return stamps->last_s;
}

/* --- shapes --------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(const char *text, size_t len, size_t most)
{
	size_t n = 0;

	while (n < len && n < most && is_digit(text[n]))
		n++;
	return n;
}

/* The form's 'd' is a digit, 'x' a digit or space, others are themselves. */
static bool
has_form(const char *text, size_t len, const char *form)
{
	for (size_t i = 0; form[i] != '\0'; i++) {
		if (i >= len)
			return false;
		if (form[i] == 'd'       ? !is_digit(text[i])
			: form[i] == 'x' ? !is_digit(text[i]) && text[i] != ' '
			: form[i] == 't'
			? text[i] != 'T' && text[i] != 't' && text[i] != ' '
			: form[i] != text[i])
			return false;
	}
	return true;
}

static int
month_of(const char *text)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(text, names + i * 3, 3) == 0)
			return i + 1;
	return 0;
}

static size_t
fraction_len(const char *text, size_t len)
{
	size_t n;

	if (len < 2 || (text[0] != '.' && text[0] != ','))
		return 0;
	n = digits(text + 1, len - 1, FRACTION_MOST);
	return n > 0 ? n + 1 : 0;
}

/* "Z", "+01:00", "+0100", the latter two also after a space. */
static size_t
zone_len(const char *text, size_t len)
{
	size_t space = len > 0 && text[0] == ' ' ? 1 : 0;

	if (len > 0 && (text[0] == 'Z' || text[0] == 'z'))
		return 1;
	text += space;
	len -= space;
	if (len == 0 || (text[0] != '+' && text[0] != '-'))
		return 0;
	if (has_form(text + 1, len - 1, "dd:dd"))
		return space + 6;
	return has_form(text + 1, len - 1, "dddd") ? space + 5 : 0;
}

/* Octets of a stamp that begins with a month's name, but for a fraction. */
static size_t
short_len(const char *text, size_t len)
{
	if (len < SHORT_LEN || text[0] < 'A' || text[0] > 'S' ||
	    month_of(text) == 0)
		return 0;
	if (has_form(text + 3, len - 3, " xd dd:dd:dd"))
		return SHORT_LEN;
	return has_form(text + 3, len - 3, " xd dddd dd:dd:dd") ? YEARED_LEN
								: 0;
}

size_t
stamp_len(const char *text, size_t len)
{
	size_t n = short_len(text, len);

	if (n > 0)
		return n + fraction_len(text + n, len - n);
	if (has_form(text, len, "dddd-dd-ddtdd:dd:dd")) {
		n = ISO_LEN + fraction_len(text + ISO_LEN, len - ISO_LEN);
		return n + zone_len(text + n, len - n);
	}
	n = digits(text, len, UNIX_MOST + 1);
	if (n < UNIX_LEAST || n > UNIX_MOST)
		return 0;
	n += fraction_len(text + n, len - n);
	return n == len || text[n] == ' ' ? n : 0;
}

bool
stamp_yearless(const char *text, size_t len)
{
	return short_len(text, len) == SHORT_LEN;
}

static int
number(const char *text, size_t len)
{
	int value = 0;

	for (size_t i = 0; i < len; i++)
		value = value * 10 + (text[i] == ' ' ? 0 : text[i] - '0');
	return value;
}

int
stamp_date_of(int month, int mday)
{
	/* 2000 was a leap year. */
	return day_civil(2000, month, mday) - day_civil(2000, 1, 1);
}

int
stamp_date(const char *text)
{
	int month = month_of(text), mday = number(text + 4, 2);

	return mday > 0 && mday <= 31 ? stamp_date_of(month, mday) % 366 : -1;
}

/* --- moments -------------------------------------------------------------- */

static void
read_clock(const char *text, struct civil *out)
{
	out->hour = number(text, 2);
	out->minute = number(text + 3, 2);
	out->second = number(text + 6, 2);
}

static void
read_zone(const char *text, size_t len, struct civil *out)
{
	size_t minutes;

	if (len == 0)
		return;
	out->zoned = true;
	if (len == 1)
		return;
	text += text[0] == ' ' ? 1 : 0;
	minutes = text[3] == ':' ? 4 : 3;
	out->offset = number(text + 1, 2) * 3600 +
	    number(text + minutes, 2) * 60;
	if (text[0] == '-')
		out->offset = -out->offset;
}

static void
read_iso(const char *text, size_t len, struct civil *out)
{
	size_t n = ISO_LEN + fraction_len(text + ISO_LEN, len - ISO_LEN);

	out->year = number(text, 4);
	out->month = number(text + 5, 2);
	out->mday = number(text + 8, 2);
	read_clock(text + 11, out);
	read_zone(text + n, len - n, out);
}

static void
read_short(const char *text, bool yeared, struct civil *out)
{
	out->month = month_of(text);
	out->mday = number(text + 4, 2);
	if (yeared)
		out->year = number(text + 7, 4);
	read_clock(text + (yeared ? 12 : 7), out);
}

static bool
is_date(int year, int month, int mday)
{
	int y, m, d;

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || mday < 1 ||
	    mday > 31)
		return false;
	day_split(day_civil(year, month, mday), &y, &m, &d);
	return m == month && d == mday;
}

/*
 * The moment in that year.  In the hour that comes twice it is the first pass
 * until lines go back: they are written in their order.
 */
static int64_t
moment_in(const struct stamps *stamps, const struct civil *civil, int year)
{
	int64_t local = day_start(day_civil(year, civil->month, civil->mday)) +
	    civil->hour * 3600 + civil->minute * 60 + civil->second;
	int64_t moments[2];

	if (civil->zoned)
		return local - civil->offset;
	if (zone_moments(stamps->zone, local, moments) == 2 &&
	    stamps->last_s > 0 && moments[0] < stamps->last_s - REPEATED_S)
		return moments[1];
	return moments[0];
}

/* No line is from the future: the log was written until then, and on while
 * we read it. */
static int64_t
bound(const struct stamps *stamps)
{
	int64_t since = clock_utc_s() - stamps->began_s, most;

	most = stamps->written_s + (since > 0 ? since : 0) + AHEAD_S;
	return most < stamps->most_s ? most : stamps->most_s;
}

/*
 * Without a year: that of the line before, the next one when this would go
 * back by more than a clock is put back; of the first line, the latest in
 * which it is not newer than the log.
 */
static bool
settle_year(struct stamps *stamps, const struct civil *civil, int64_t *out)
{
	int64_t most = bound(stamps), from, t;
	int year, month, mday;

	from = stamps->last_s > 0 ? stamps->last_s : most;
	day_split(day_of(from), &year, &month, &mday);
	for (int y = year + 1; y >= year - YEARS_BACK; y--) {
		if (!is_date(y, civil->month, civil->mday))
			continue;
		t = moment_in(stamps, civil, y);
		if (t > most)
			continue;
		/* The years before this one are nearer to the last line. */
		if (stamps->last_s > 0 && y > year - 1 &&
		    is_date(y - 1, civil->month, civil->mday) &&
		    moment_in(stamps, civil, y - 1) >= stamps->last_s - BACK_S)
			continue;
		/* It would be the next day or week, were that not to come: what
		 * came before is of the year before. */
		if (stamps->last_s > 0 && t < stamps->last_s - LATE_S)
			stamps->years_late = true;
		*out = t;
		return true;
	}
	return false;
}

static bool
read_civil(struct stamps *stamps, const char *text, size_t len, int64_t *out)
{
	struct civil civil = { 0 };
	size_t n = short_len(text, len);

	if (n > 0)
		read_short(text, n == YEARED_LEN, &civil);
	else
		read_iso(text, len, &civil);
	/* 60 is the leap second. */
	if (civil.hour > 23 || civil.minute > 59 || civil.second > 60 ||
	    civil.offset > DAY_SECONDS || civil.offset < -DAY_SECONDS)
		return false;
	if (n == SHORT_LEN)
		return settle_year(stamps, &civil, out);
	if (!is_date(civil.year, civil.month, civil.mday))
		return false;
	*out = moment_in(stamps, &civil, civil.year);
	return true;
}

static int64_t
read_unix(const char *text, size_t len)
{
	int64_t value = 0;

	for (size_t i = 0; i < len && is_digit(text[i]); i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

/* --- the minute before ---------------------------------------------------- */

static void
keep_minute(struct stamps *stamps, const char *text, size_t len, int64_t at_s)
{
	size_t n = short_len(text, len);

	stamps->minute_len = 0;
	if (n == YEARED_LEN)
		return;
	stamps->minute_len = n > 0 ? MINUTE_SHORT : MINUTE_ISO;
	stamps->zone_len = 0;
	if (n == 0) {
		n = ISO_LEN + fraction_len(text + ISO_LEN, len - ISO_LEN);
		stamps->zone_len = len - n;
		memcpy(stamps->zone_text, text + n, len - n);
	}
	memcpy(stamps->minute, text, stamps->minute_len);
	stamps->minute_s = at_s - number(text + stamps->minute_len + 1, 2);
}

bool
stamp_same(struct stamps *stamps, const char *text, size_t len, size_t *used,
    int64_t *out)
{
	size_t n = stamps->minute_len;

	if (n == 0 || len < n + 3 || !octets_same(text, stamps->minute, n) ||
	    text[n] != ':' || !is_digit(text[n + 1]) ||
	    !is_digit(text[n + 2]) || text[n + 1] > '5')
		return false;
	*out = stamps->minute_s + number(text + n + 1, 2);
	n += 3;
	n += fraction_len(text + n, len - n);
	if (stamps->minute_len == MINUTE_ISO) {
		size_t zone = stamps->zone_len;

		if (len - n < zone ||
		    memcmp(text + n, stamps->zone_text, zone) != 0 ||
		    (zone == 0 && zone_len(text + n, len - n) > 0))
			return false;
		n += zone;
	}
	*used = n;
	stamps->last_s = *out;
	return true;
}

bool
stamp_second(struct stamps *stamps, unsigned second, int64_t *out)
{
	if (stamps->minute_len == 0)
		return false;
	*out = stamps->minute_s + second;
	stamps->last_s = *out;
	return true;
}

bool
stamp_read(struct stamps *stamps, const char *text, size_t len, size_t *used,
    int64_t *out)
{
	bool civil;

	if (stamp_same(stamps, text, len, used, out))
		return true;
	*used = stamp_len(text, len);
	if (*used == 0)
		return false;
	stamps->minute_len = 0;
	civil = digits(text, *used, UNIX_LEAST) != UNIX_LEAST;
	if (!civil)
		*out = read_unix(text, *used);
	else if (!read_civil(stamps, text, *used, out))
		return false;
	/* A stamp of a time to come tells no year of those behind it. */
	if (*out > bound(stamps))
		return true;
	if (civil)
		keep_minute(stamps, text, *used, *out);
	stamps->last_s = *out;
	return true;
}
