/* Numbers read strictly, and numbers written for people. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/text.h"

static const char *
skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

bool
text_to_int(const char *text, int64_t min, int64_t max, int64_t *out)
{
	const char *first = text + (*text == '-' ? 1 : 0);
	const char *end = skip_digits(first);
	long long value;

	if (end == first || *end != '\0')
		return false;
	errno = 0;
	value = strtoll(text, NULL, 10);
	if (errno != 0 || value < min || value > max)
		return false;
	*out = value;
	return true;
}

/* Digits with at most one point, and perhaps an exponent: no hexadecimal, no
 * "inf", no "nan", all of which strtod takes. */
static bool
is_decimal(const char *p)
{
	const char *whole = p + (*p == '-' ? 1 : 0);
	const char *end = skip_digits(whole);
	size_t count = (size_t)(end - whole);

	if (*end == '.') {
		const char *fraction = end + 1;

		end = skip_digits(fraction);
		count += (size_t)(end - fraction);
	}
	if (count == 0)
		return false;
	if (*end == 'e' || *end == 'E') {
		const char *exponent = end + 1;

		if (*exponent == '+' || *exponent == '-')
			exponent++;
		end = skip_digits(exponent);
		if (end == exponent)
			return false;
	}
	return *end == '\0';
}

bool
text_to_double(const char *text, double min, double max, double *out)
{
	char *end;
	double value;

	if (!is_decimal(text))
		return false;
	value = strtod(text, &end);
	if (*end != '\0' || !isfinite(value) || value < min || value > max)
		return false;
	*out = value;
	return true;
}

char *
text_count(char *out, size_t size, double count)
{
	static const char units[] = "kMGTP";
	double shown = count;
	int unit = -1;

	if (!isfinite(count)) {
		snprintf(out, size, "-");
		return out;
	}
	/* What would round up to 1000 belongs to the next unit. */
	while (fabs(shown) >= (unit < 0 ? 999.5 : 999.95) &&
	    units[unit + 1] != '\0') {
		shown /= 1000;
		unit++;
	}
	if (unit < 0)
		snprintf(out, size, "%.0f", shown + 0.0);
	else
		snprintf(out, size, "%.1f%c", shown, units[unit]);
	return out;
}

/* Google's numbers may be float32: 0.003 then reads 0.0029999999. */
#define LINE_SLACK 1e-9

char *
text_percent(char *out, size_t size, double ratio)
{
	static const double lines[] = { 0.001, 0.003 };
	double percent = ratio * 100;

	if (!isfinite(ratio)) {
		snprintf(out, size, "-");
		return out;
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		double line = lines[i];

		if (fabs(ratio - line) > 0.0002 + LINE_SLACK)
			continue;
		if (ratio < line - LINE_SLACK)
			percent = fmin(percent, line * 100 - 0.001);
		else
			percent = fmax(percent, line * 100);
		snprintf(out, size, "%.3f", percent);
		return out;
	}
	snprintf(out, size, "%.2f", percent);
	return out;
}

char *
text_age(char *out, size_t size, int64_t seconds)
{
	const char *sign = seconds < 0 ? "-" : "";
	uint64_t s = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
	uint64_t minutes = s / 60, hours = s / 3600;

	if (s < 60)
		snprintf(out, size, "%s%" PRIu64 " s", sign, s);
	else if (s < 3600)
		snprintf(out, size, "%s%" PRIu64 " min", sign, minutes);
	else if (s >= 86400)
		snprintf(out, size, "%s%" PRIu64 " d", sign, s / 86400);
	else if (minutes % 60 == 0)
		snprintf(out, size, "%s%" PRIu64 " h", sign, hours);
	else
		snprintf(out, size, "%s%" PRIu64 " h %" PRIu64 " min", sign,
		    hours, minutes % 60);
	return out;
}
