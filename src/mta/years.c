/* The years of a log whose stamps have none, from dates all along it. */
/* SPDX-License-Identifier: MIT */
#include "years.h"

#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"

enum {
	STEPS = 32,   /* places at the same distance ... */
	HALVINGS = 8, /* ... and nearer ones at begin and end, as mail grows
			    and dies by the like */
	SPLITS = 4,   /* and more where days are far from each other */
	PLACES = 160,
	WINDOW = 8 * 1024, /* what is read at a place */
	APART = 512,       /* the least distance of two */
	LINE_LEAST = 64,
	YEAR_DAYS = 366,
	LEAP_DATE = 59, /* February 29, when January 1 is 0 */
	BACK_DAYS = 7,  /* clocks are put back by less */
	/* Over New Year lines are as near as this.  What goes back otherwise
	 * is another log that was put behind the first. */
	NEAR_DAYS = 31,
	STRAY_DAYS = 60, /* between two such places another date is wrong */
	SLACK_DAYS = 45, /* what a line may be newer than those around it */
	YEARS_BACK = 12,
	NAME_DIGITS = 8,
};

/* Before this no log was written that is read here. */
#define LEAST_S 946684800

struct place {
	uint64_t at;
	int date;       /* of its first line: 0 .. 365, as in a leap year */
	int year;       /* against the first place's */
	int64_t most_s; /* nothing up to here is newer */
};

struct years {
	int64_t first_s;
	size_t count, passed;
	struct place places[PLACES];
};

struct look {
	const struct mta_octets *from;
	uint64_t size;
	bool yeared; /* a stamp with its year was met */
	char *window;
};

/* --- dates ---------------------------------------------------------------- */

/* The date of the first line that has one; -1: none. */
static int
first_date(struct look *look, const char *at, size_t len)
{
	const char *end = at + len, *lf;
	struct syslog line;

	for (; at < end; at = lf + 1) {
		lf = memchr(at, '\n', (size_t)(end - at));
		if (lf == NULL)
			lf = end;
		if (!syslog_frame(at, (size_t)(lf - at), &line))
			continue;
		if (stamp_yearless(line.stamp.at, line.stamp.len))
			return stamp_date(line.stamp.at);
		look->yeared = true;
		return -1;
	}
	return -1;
}

static int
date_at(struct look *look, uint64_t at)
{
	size_t len = look->from->read(
	    look->from->arg, at, look->window, WINDOW);
	const char *text = look->window, *lf = text;

	if (at > 0) {
		lf = memchr(text, '\n', len);
		if (lf == NULL)
			return -1;
		lf++;
	}
	return first_date(look, lf, len - (size_t)(lf - text));
}

/* Days from one date to another: a few back, or else forward. */
static int
days_on(int from, int to)
{
	return (to - from + YEAR_DAYS + BACK_DAYS) % YEAR_DAYS - BACK_DAYS;
}

static void
put_place(
    struct look *look, struct years *years, struct place place, int splits)
{
	struct place before = place, middle;

	if (years->count > 0)
		before = years->places[years->count - 1];
	if (splits > 0 && place.at - before.at > 2 * APART &&
	    days_on(before.date, place.date) > STRAY_DAYS) {
		middle.at = before.at + (place.at - before.at) / 2;
		middle.date = date_at(look, middle.at);
		if (middle.date >= 0)
			put_place(look, years, middle, splits - 1);
		put_place(look, years, place, splits - 1);
		return;
	}
	if (years->count < PLACES)
		years->places[years->count++] = place;
}

static void
add_place(struct look *look, struct years *years, uint64_t at)
{
	struct place place = { .at = at };

	if (at >= look->size ||
	    (years->count > 0 && at <= years->places[years->count - 1].at))
		return;
	place.date = date_at(look, at);
	if (place.date >= 0)
		put_place(look, years, place, SPLITS);
}

static void
find_places(struct look *look, struct years *years)
{
	uint64_t step = look->size / STEPS, at;
	int i;

	step = step > APART ? step : APART;
	add_place(look, years, 0);
	if (look->yeared)
		return;
	for (i = HALVINGS; i > 0; i--)
		if (step >> i >= APART)
			add_place(look, years, step >> i);
	for (at = step; at < look->size; at += step)
		add_place(look, years, at);
	at -= step;
	for (i = 1; i <= HALVINGS && look->size - at > step >> i; i++)
		if (step >> i >= APART)
			add_place(look, years, look->size - (step >> i));
	/* The last lines: as near to the end as a line is long. */
	if (look->size > APART)
		add_place(look, years, look->size - APART);
}

/* A clock that was wrong after a start, or a line that came late. */
static bool
is_stray(int before, int date, int after)
{
	int way = days_on(before, after);

	return way <= STRAY_DAYS && days_on(before, date) > way + BACK_DAYS;
}

static void
drop_strays(struct years *years, int64_t written_s)
{
	struct place *places = years->places;
	size_t kept = 1, i;
	int y, m, d, end;

	day_split(day_of(written_s), &y, &m, &d);
	end = stamp_date_of(m, d);
	for (i = 1; i < years->count; i++)
		if (!is_stray(places[kept - 1].date, places[i].date,
			i + 1 < years->count ? places[i + 1].date : end))
			places[kept++] = places[i];
	years->count = kept < years->count ? kept : years->count;
}

/* --- years ---------------------------------------------------------------- */

/* Over how many New Years it goes from one place to the next: 1, 0 or -1. */
static int
turn(struct look *look, struct place a, struct place b)
{
	struct place middle;

	if (b.date - a.date > YEAR_DAYS - NEAR_DAYS)
		return -1;
	if (b.date >= a.date - BACK_DAYS)
		return 0;
	/* How near the lines are that it is between. */
	while (b.at - a.at > LINE_LEAST) {
		middle.at = a.at + (b.at - a.at) / 2;
		middle.date = date_at(look, middle.at);
		if (middle.date < 0)
			break;
		if (middle.date >= a.date - BACK_DAYS)
			a = middle;
		else
			b = middle;
	}
	return b.date + YEAR_DAYS - a.date <= NEAR_DAYS ? 1 : 0;
}

static int64_t
moment_of(const struct place *place, int year)
{
	static const int starts[] = { 0, 31, 60, 91, 121, 152, 182, 213, 244,
		274, 305, 335 };
	int month = 12;

	while (starts[month - 1] > place->date)
		month--;
	return day_start(day_civil(
	    year + place->year, month, place->date - starts[month - 1] + 1));
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Whether all of it can be, with the first place of that year. */
static bool
can_be(const struct years *years, int year, int64_t most_s)
{
	for (size_t i = 0; i < years->count; i++) {
		const struct place *p = &years->places[i];

		if (moment_of(p, year) > most_s ||
		    (p->date == LEAP_DATE && !is_leap(year + p->year)))
			return false;
	}
	return true;
}

/* The last year that can be, or with which the log is nearest to the day that
 * its name tells; 0: none can. */
static int
first_year(const struct years *years, int64_t written_s, int64_t named_s)
{
	const struct place *last = &years->places[years->count - 1];
	int64_t most_s = written_s + DAY_SECONDS, off, after, least = INT64_MAX;
	int year, m, d, best = 0, y;

	day_split(day_of(most_s), &year, &m, &d);
	for (y = year + 1; y > year - YEARS_BACK; y--) {
		if (!can_be(years, y, most_s))
			continue;
		off = moment_of(&years->places[0], y) - named_s;
		after = named_s - moment_of(last, y);
		off = off > after ? off : after;
		off = named_s == 0 || off < 0 ? 0 : off;
		if (off < least) {
			least = off;
			best = y;
		}
	}
	return best;
}

static bool
settle(struct years *years, int64_t written_s, int64_t named_s)
{
	int64_t newest = 0, moment;
	int year = first_year(years, written_s, named_s);

	if (year == 0)
		return false;
	for (size_t i = 0; i < years->count; i++) {
		moment = moment_of(&years->places[i], year);
		newest = moment > newest ? moment : newest;
		years->places[i].most_s = newest +
		    SLACK_DAYS * (int64_t)DAY_SECONDS;
	}
	/* A zone may be ahead. */
	years->first_s = moment_of(&years->places[0], year) - DAY_SECONDS;
	return true;
}

/* --- names ---------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The date in a file's name (mail.log-20261122.gz, mail-2026-11-22.log); 0 when
 * there is none. */
static int64_t
named(const char *name)
{
	const char *slash = strrchr(name, '/');
	char digits[NAME_DIGITS + 1];
	size_t n = 0;
	int64_t out;
	int32_t day;

	for (name = slash != NULL ? slash + 1 : name;; name++) {
		if (is_digit(*name)) {
			if (n < NAME_DIGITS)
				digits[n] = *name;
			n++;
			continue;
		}
		if (*name == '-' && (n == 4 || n == 6))
			continue;
		if (n == NAME_DIGITS) {
			char text[] = { digits[0], digits[1], digits[2],
				digits[3], '-', digits[4], digits[5], '-',
				digits[6], digits[7], '\0' };

			out = day_parse(text, 0, &day) ? day_start(day) : 0;
			if (out >= LEAST_S)
				return out;
		}
		n = 0;
		if (*name == '\0')
			return 0;
	}
}

static int64_t
named_by_now(const struct mta_options *options)
{
	int64_t out = options->name != NULL ? named(options->name) : 0;

	return out <= options->now_s + DAY_SECONDS ? out : 0;
}

int64_t
years_written(const struct mta_options *options)
{
	int64_t out = options->written_s, name_s = named_by_now(options);

	/* Packages and images have files from 1970 or 1980. */
	if (out < LEAST_S)
		out = options->now_s > 0 ? options->now_s : clock_utc_s();
	return out > name_s ? out : name_s;
}

/* -------------------------------------------------------------------------- */

struct years *
years_look(const struct mta_options *options)
{
	struct look look = { .from = options->whole,
		.size = options->whole_size };
	struct years *years = mem_zero(1, sizeof(*years));
	int64_t written_s = years_written(options);
	size_t i;

	if (look.from != NULL) {
		look.window = mem_alloc(WINDOW);
		find_places(&look, years);
	}
	if (years->count > 0)
		drop_strays(years, written_s);
	for (i = 1; i < years->count; i++)
		years->places[i].year = years->places[i - 1].year +
		    turn(&look, years->places[i - 1], years->places[i]);
	free(look.window);
	if (years->count > 0 && settle(years, written_s, named_by_now(options)))
		return years;
	free(years);
	return NULL;
}

void
years_free(struct years *years)
{
	free(years);
}

int64_t
years_first(const struct years *years)
{
	return years->first_s;
}

int64_t
years_most(struct years *years, uint64_t upto)
{
	while (years->passed < years->count &&
	    years->places[years->passed].at < upto)
		years->passed++;
	return years->passed < years->count
	    ? years->places[years->passed].most_s
	    : INT64_MAX;
}

bool
mta_lacks_years(const char *head, size_t len)
{
	struct look look = { .size = len };

	return first_date(&look, head, len) >= 0;
}
