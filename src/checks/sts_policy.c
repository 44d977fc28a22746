/* The file behind an MTA-STS record (RFC 8461 3.2). */
/* SPDX-License-Identifier: MIT */
#include "checks/sts_policy.h"

#include <string.h>
#include <strings.h>

#include "checks/fields.h"

enum {
	AGE_DIGITS = 10,
	LABEL_OCTETS = 63,
	HOST_OCTETS = 253,
};

/* One line: a key and its value. */
struct line {
	const char *name, *value;
	size_t name_len, len;
};

struct reader {
	struct sts_policy *out;
	bool version, mode, max_age;
};

static const char *const modes[] = {
	[STS_NONE] = "none",
	[STS_TESTING] = "testing",
	[STS_ENFORCE] = "enforce",
};

const char *
sts_mode_name(enum sts_mode mode)
{
	return modes[mode];
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static bool
equal(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(s, word, len) == 0;
}

/* --- the keys ------------------------------------------------------------- */

/* Of a key that comes twice the first counts (3.2); mx is the exception. */
static const char *
read_version(struct reader *r, const struct line *line)
{
	if (!r->version && !equal(line->value, line->len, "STSv1"))
		return "the version is not STSv1";
	r->version = true;
	return NULL;
}

static const char *
read_mode(struct reader *r, const struct line *line)
{
	enum sts_mode mode;

	if (r->mode)
		return NULL;
	r->mode = true;
	for (mode = STS_NONE; mode <= STS_ENFORCE; mode++)
		if (equal(line->value, line->len, modes[mode])) {
			r->out->mode = mode;
			return NULL;
		}
	return "the mode is none of enforce, testing and none";
}

static const char *
read_max_age(struct reader *r, const struct line *line)
{
	int64_t seconds = 0;
	size_t i;

	if (r->max_age)
		return NULL;
	r->max_age = true;
	if (line->len == 0 || line->len > AGE_DIGITS)
		return "max_age is no number of seconds";
	for (i = 0; i < line->len; i++) {
		if (line->value[i] < '0' || line->value[i] > '9')
			return "max_age is no number of seconds";
		seconds = seconds * 10 + (line->value[i] - '0');
	}
	if (seconds > STS_AGE_MAX_S)
		return "max_age is longer than a year (31557600)";
	r->out->max_age_s = seconds;
	return NULL;
}

static bool
is_host(const char *s, size_t len)
{
	size_t label = 0, i;

	if (len == 0 || len > HOST_OCTETS)
		return false;
	for (i = 0; i < len; i++) {
		if (s[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if ((!is_alnum(s[i]) && s[i] != '-' && s[i] != '_') ||
		    ++label > LABEL_OCTETS)
			return false;
	}
	return label > 0;
}

static const char *
read_mx(struct reader *r, const struct line *line)
{
	struct sts_policy *out = r->out;
	bool wild = line->len > 2 && memcmp(line->value, "*.", 2) == 0;

	if (!is_host(line->value + (wild ? 2 : 0), line->len - (wild ? 2 : 0)))
		return "an mx line has no host name";
	if (out->mx_count == STS_MX_MAX)
		return "more than 256 mx lines";
	out->mx[out->mx_count].text = line->value;
	out->mx[out->mx_count++].len = line->len;
	return NULL;
}

static const struct {
	const char *name;
	const char *(*read)(struct reader *, const struct line *);
} keys[] = {
	{ "version", read_version },
	{ "mode", read_mode },
	{ "max_age", read_max_age },
	{ "mx", read_mx },
};

/* --- lines ---------------------------------------------------------------- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Splits "key: value"; false when it is none. */
static bool
line_split(const char *s, size_t len, struct line *line)
{
	const char *colon = memchr(s, ':', len);

	if (colon == NULL)
		return false;
	line->name = s;
	line->name_len = (size_t)(colon - s);
	line->value = colon + 1;
	line->len = len - line->name_len - 1;
	while (line->len > 0 && is_space(*line->value)) {
		line->value++;
		line->len--;
	}
	return fields_is_name(line->name, line->name_len);
}

static const char *
line_read(struct reader *r, const char *s, size_t len)
{
	struct line line;
	size_t i;

	/* The end of a line is LF or CRLF, with white space before it. */
	if (len > 0 && s[len - 1] == '\r')
		len--;
	while (len > 0 && is_space(s[len - 1]))
		len--;
	/* Not in the grammar, but in many files, at their end. */
	if (len == 0)
		return NULL;
	if (!line_split(s, len, &line))
		return "not of the form \"key: value\"";
	for (i = 0; i < line.len; i++)
		if ((unsigned char)line.value[i] < 0x20 ||
		    line.value[i] == 0x7f)
			return "a character that may not stand in a value";
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (equal(line.name, line.name_len, keys[i].name))
			return keys[i].read(r, &line);
	return NULL;
}

static const char *
lacks(const struct reader *r)
{
	if (!r->version)
		return "there is no version line";
	if (!r->mode)
		return "there is no mode line";
	if (!r->max_age)
		return "there is no max_age line";
	if (r->out->mode != STS_NONE && r->out->mx_count == 0)
		return "there is no mx line";
	return NULL;
}

void
sts_policy_read(const char *body, size_t len, struct sts_policy *out)
{
	struct reader r = { .out = out };
	const char *end = body + len, *stop;
	size_t number = 0;

	memset(out, 0, sizeof(*out));
	while (body < end && out->problem == NULL) {
		stop = memchr(body, '\n', (size_t)(end - body));
		if (stop == NULL)
			stop = end;
		out->line = ++number;
		out->problem = line_read(&r, body, (size_t)(stop - body));
		body = stop + 1;
	}
	if (out->problem == NULL) {
		out->line = 0;
		out->problem = lacks(&r);
	}
}

bool
sts_policy_covers(const struct sts_policy *policy, const char *host)
{
	const char *rest = strchr(host, '.');
	size_t len = strlen(host), rest_len = rest != NULL ? strlen(rest) : 0;
	size_t i;

	for (i = 0; i < policy->mx_count; i++) {
		const struct sts_pattern *mx = &policy->mx[i];

		if (mx->len == len && strncasecmp(mx->text, host, len) == 0)
			return true;
		if (mx->text[0] == '*' && rest != NULL && rest != host &&
		    mx->len == rest_len + 1 &&
		    strncasecmp(mx->text + 1, rest, rest_len) == 0)
			return true;
	}
	return false;
}
