/* A logo's root element and the names of its elements: SVG Tiny PS. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/bimi.h"
#include "sendtop/text.h"

enum { NAME_SHOWN = 40 };

struct scan {
	const char *at, *end;
};

struct span {
	const char *s;
	size_t len;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is(struct span span, const char *word)
{
	return span.len == strlen(word) && memcmp(span.s, word, span.len) == 0;
}

static bool
starts(const struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(scan->end - scan->at) >= len &&
	    memcmp(scan->at, word, len) == 0;
}

/* Goes on behind the word; false, and at the end, when it does not come. */
static bool
skip_past(struct scan *scan, const char *word)
{
	const char *found = memmem(
	    scan->at, (size_t)(scan->end - scan->at), word, strlen(word));

	scan->at = found != NULL ? found + strlen(word) : scan->end;
	return found != NULL;
}

static void
skip_space(struct scan *scan)
{
	while (scan->at < scan->end && is_space(*scan->at))
		scan->at++;
}

/* A name of an element or attribute; empty when none stands here. */
static struct span
read_name(struct scan *scan)
{
	struct span name = { .s = scan->at };

	while (scan->at < scan->end && !is_space(*scan->at) &&
	    strchr("<>/=\"'", *scan->at) == NULL)
		scan->at++;
	name.len = (size_t)(scan->at - name.s);
	return name;
}

/* name="value"; false at the end of the tag, or where it is broken. */
static bool
read_attribute(struct scan *scan, struct span *name, struct span *value)
{
	const char *end;
	char quote;

	skip_space(scan);
	*name = read_name(scan);
	skip_space(scan);
	if (name->len == 0 || scan->at == scan->end || *scan->at != '=')
		return false;
	scan->at++;
	skip_space(scan);
	if (scan->at == scan->end || (*scan->at != '"' && *scan->at != '\''))
		return false;
	quote = *scan->at++;
	end = memchr(scan->at, quote, (size_t)(scan->end - scan->at));
	if (end == NULL)
		return false;
	value->s = scan->at;
	value->len = (size_t)(end - scan->at);
	scan->at = end + 1;
	return true;
}

/* Skips what may stand before the root: declaration, comments, DOCTYPE. */
static void
skip_prolog(struct scan *scan)
{
	if (starts(scan, "\xef\xbb\xbf"))
		scan->at += 3;
	for (;;) {
		skip_space(scan);
		if (starts(scan, "<?")) {
			skip_past(scan, "?>");
		} else if (starts(scan, "<!--")) {
			skip_past(scan, "-->");
		} else if (starts(scan, "<!")) {
			const char *bracket = memchr(
			    scan->at, '[', (size_t)(scan->end - scan->at));
			const char *close = memchr(
			    scan->at, '>', (size_t)(scan->end - scan->at));

			if (bracket != NULL && close != NULL && bracket < close)
				skip_past(scan, "]");
			skip_past(scan, ">");
		} else {
			return;
		}
	}
}

/* --- the root ------------------------------------------------------------- */

static const struct {
	const char *name, *value, *problem;
} wanted[] = {
	{ "xmlns", "http://www.w3.org/2000/svg",
	    "its root has not the namespace of SVG (xmlns)" },
	{ "version", "1.2", "its root does not say version=\"1.2\"" },
	{ "baseProfile", "tiny-ps",
	    "its root does not say baseProfile=\"tiny-ps\"" },
};
enum { WANTED = sizeof(wanted) / sizeof(wanted[0]) };

static const char *
root_problem(struct scan *scan)
{
	struct span name, value;
	bool has[WANTED] = { false };
	size_t i;

	while (read_attribute(scan, &name, &value)) {
		for (i = 0; i < WANTED; i++)
			if (is(name, wanted[i].name))
				has[i] = is(value, wanted[i].value);
		if (is(name, "x") || is(name, "y"))
			return "its root has x= or y=, which Tiny PS forbids";
	}
	if (scan->at == scan->end || (*scan->at != '>' && *scan->at != '/'))
		return "its root element is broken";
	for (i = 0; i < WANTED; i++)
		if (!has[i])
			return wanted[i].problem;
	return NULL;
}

/* --- what is inside ------------------------------------------------------- */

/* What moves, runs, or brings in something from outside. */
static const char *const forbidden[] = { "script", "image", "foreignObject",
	"animate", "animateColor", "animateMotion", "animateTransform", "set",
	"audio", "video" };

static const char *
element_problem(struct span name, struct arena *arena)
{
	size_t i;

	for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (is(name, forbidden[i]))
			return arena_printf(arena,
			    "it has a <%s>, which Tiny PS forbids",
			    forbidden[i]);
	return NULL;
}

static const char *
inside_problem(struct scan *scan, struct arena *arena)
{
	const char *problem;
	bool title = false;

	while (skip_past(scan, "<")) {
		struct span name;

		if (starts(scan, "!--")) {
			skip_past(scan, "-->");
			continue;
		}
		if (starts(scan, "![CDATA[")) {
			skip_past(scan, "]]>");
			continue;
		}
		name = read_name(scan);
		problem = element_problem(name, arena);
		if (problem != NULL)
			return problem;
		if (is(name, "title"))
			title = true;
	}
	return title ? NULL : "it has no <title>, which Tiny PS wants";
}

bool
logo_compressed(const char *body, size_t len)
{
	return len >= 2 && memcmp(body, "\x1f\x8b", 2) == 0;
}

const char *
logo_problem(const char *body, size_t len, struct arena *arena)
{
	struct scan scan = { .at = body, .end = body + len };
	struct span name;
	const char *problem;

	if (len == 0)
		return "it is empty";
	if (len > LOGO_MAX)
		return arena_printf(arena,
		    "it has %zu octets; 32768 are as "
		    "many as it should have",
		    len);
	skip_prolog(&scan);
	if (!starts(&scan, "<"))
		return "it is not SVG";
	scan.at++;
	name = read_name(&scan);
	if (!is(name, "svg"))
		return arena_printf(arena,
		    "its root element is <%s>, not <svg>",
		    text_printable_arena(arena, name.s, name.len, NAME_SHOWN));
	problem = root_problem(&scan);
	return problem != NULL ? problem : inside_problem(&scan, arena);
}
