/* Reads the text of a settings file, through libinih. */
/* SPDX-License-Identifier: MIT */
#include "settings_row.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/log.h"
#include "sendtop/mem.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

enum { SHOWN_MOST = 80, SECTION_SIZE = 512 };

/*
 * libinih as distributions build it cuts lines at 200 octets and section names
 * at 49 without a word, takes any indented line for more of the value above,
 * and tells the handler no line number.  So lines reach it through next_line(),
 * which counts them, hands a long one over in pieces, reads section names
 * itself, and lets an indented "key = value" be one.
 */
struct reader {
	const char *text;
	size_t len, at;
	const char *name; /* of the file, for messages */
	unsigned line;    /* the one read last */
	bool more;        /* it goes on with the value above */
	const char *rest; /* of a long line, not handed over yet */
	size_t rest_len;  /* 0: none */
	bool piece;       /* what was handed over last was of it */
	unsigned *lines;  /* which one libinih got when */
	size_t handed, lines_cap;
	char section[SECTION_SIZE]; /* "" before the first */
	bool known;
	size_t domain;         /* index + 1; 0 in other sections */
	size_t hook;           /* the same of a hook */
	struct buf key, value; /* read, but not set yet */
	unsigned key_line;     /* 0: nothing waits */
	struct map *domains;   /* name to index + 1 */
	struct map *seen;      /* section.key to line */
	struct settings *settings;
	struct error *err;
	enum status status;
	unsigned bad_line;
};

static enum status
fail(struct reader *reader, unsigned line, enum status status)
{
	reader->status = status;
	reader->bad_line = line;
	return error_prefix(reader->err, "%s:%u", reader->name, line);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void *
number_pointer(size_t n)
{
	return (void *)(uintptr_t)n;
}

static void
refuse_name(struct reader *reader, const char *section, const char *example,
    const char *got)
{
	error_set(reader->err, STATUS_PARSE,
	    "expected [%s \"%s\"], got [%s %.*s]", section, example, section,
	    SHOWN_MOST, got);
	fail(reader, reader->line, STATUS_PARSE);
}

/* Opens [domain "name"]. */
static void
enter_domain(struct reader *reader, const char *raw)
{
	char name[ORG_NAME_SIZE];

	if (!org_ascii(raw, name)) {
		refuse_name(reader, SETTINGS_DOMAIN, "example.com", raw);
		return;
	}
	reader->domain = (size_t)(uintptr_t)map_get(reader->domains, name);
	if (reader->domain == 0) {
		settings_add_domain(reader->settings, name);
		reader->domain = reader->settings->domain_count;
		map_put(reader->domains, name, number_pointer(reader->domain));
	}
	snprintf(reader->section, sizeof(reader->section), "%s.%s",
	    SETTINGS_DOMAIN, name);
	reader->known = true;
}

/* Opens [hook "name"]. */
static void
enter_hook(struct reader *reader, const char *raw)
{
	struct settings_hook *hook = settings_add_hook(reader->settings, raw);

	if (hook == NULL) {
		refuse_name(reader, SETTINGS_HOOK, "pager", raw);
		return;
	}
	reader->hook = (size_t)(hook - reader->settings->hooks) + 1;
	snprintf(reader->section, sizeof(reader->section), "%s.%s",
	    SETTINGS_HOOK, hook->name);
	reader->known = true;
}

/* Sections with a name of the operator's own. */
static const struct {
	const char *word;
	void (*enter)(struct reader *reader, const char *name);
} named[] = {
	{ SETTINGS_DOMAIN, enter_domain },
	{ SETTINGS_HOOK, enter_hook },
};

/* quoted is what stands behind the section's word. */
static void
enter_named(struct reader *reader,
    void (*enter)(struct reader *reader, const char *name), const char *quoted,
    size_t len)
{
	char raw[SECTION_SIZE];

	while (len > 0 && is_blank(*quoted)) {
		quoted++;
		len--;
	}
	if (len >= 2 && quoted[0] == '"' && quoted[len - 1] == '"') {
		quoted++;
		len -= 2;
	}
	/* Too long a name is none. */
	if (len >= sizeof(raw))
		len = 0;
	snprintf(raw, sizeof(raw), "%.*s", (int)len, quoted);
	enter(reader, raw);
}

static void
warn_section(const struct reader *reader)
{
	const char *meant = settings_row_near(reader->section, NULL);

	if (meant != NULL)
		log_write(LOG_LEVEL_WARN,
		    "%s:%u: unknown section [%s]; [%s] was meant?",
		    reader->name, reader->line, reader->section, meant);
	else
		log_write(LOG_LEVEL_WARN, "%s:%u: unknown section [%s]",
		    reader->name, reader->line, reader->section);
}

static bool
section_exists(const char *section)
{
	const struct settings_help *help;

	for (size_t i = 0; (help = settings_help(i)) != NULL; i++)
		if (text_equal_nocase(help->section, section))
			return true;
	return false;
}

/* line begins with '['. */
static void
enter_section(struct reader *reader, const char *line, size_t len)
{
	const char *end = memchr(line, ']', len);
	const char *rest = end != NULL ? end + 1 : line;
	size_t inside;

	while (rest < line + len && is_blank(*rest))
		rest++;
	if (end == NULL ||
	    (rest < line + len && *rest != ';' && *rest != '#')) {
		error_set(reader->err, STATUS_PARSE,
		    "expected [section], got \"%.*s\"",
		    len < SHOWN_MOST ? (int)len : SHOWN_MOST, line);
		fail(reader, reader->line, STATUS_PARSE);
		return;
	}
	inside = (size_t)(end - line) - 1;
	snprintf(reader->section, sizeof(reader->section), "%.*s",
	    inside < SECTION_SIZE ? (int)inside : SECTION_SIZE, line + 1);
	text_lower(reader->section);
	reader->domain = reader->hook = 0;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		size_t word = strlen(named[i].word);

		if (!text_starts_nocase(reader->section, named[i].word) ||
		    (inside != word && !is_blank(line[1 + word]) &&
			line[1 + word] != '"'))
			continue;
		enter_named(
		    reader, named[i].enter, line + 1 + word, inside - word);
		return;
	}
	reader->known = section_exists(reader->section);
	if (!reader->known)
		warn_section(reader);
}

static void
warn_key(const struct reader *reader, const char *section)
{
	const char *key = reader->key.data;
	const char *meant = settings_row_near(section, key);

	if (reader->section[0] == '\0')
		log_write(LOG_LEVEL_WARN,
		    "%s:%u: %s stands before any [section]", reader->name,
		    reader->key_line, key);
	else if (meant != NULL)
		log_write(LOG_LEVEL_WARN,
		    "%s:%u: unknown key %s.%s; %s was meant?", reader->name,
		    reader->key_line, reader->section, key, meant);
	else
		log_write(LOG_LEVEL_WARN, "%s:%u: unknown key %s.%s",
		    reader->name, reader->key_line, reader->section, key);
}

static void
note_seen(struct reader *reader, const struct settings_row *row)
{
	char *id = mem_printf("%s.%s", reader->section, row->help.key);
	void *before;

	before = map_put(reader->seen, id, number_pointer(reader->key_line));
	if (before != NULL)
		log_write(LOG_LEVEL_WARN,
		    "%s:%u: %s was set in line %u already; this one counts",
		    reader->name, reader->key_line, id,
		    (unsigned)(uintptr_t)before);
	free(id);
}

/* Takes a pair of quotes off. */
static char *
unquote(char *value)
{
	size_t len = strlen(value);

	if (len < 2 || value[0] != '"' || value[len - 1] != '"')
		return value;
	value[len - 1] = '\0';
	return value + 1;
}

/* Sets the key that was read, now that its value is whole. */
static void
set_pending(struct reader *reader)
{
	const char *section = reader->section;
	const struct settings_row *row;
	void *object = reader->settings;
	char *value;

	if (reader->key_line == 0 || reader->status != STATUS_OK)
		return;
	if (reader->domain > 0) {
		section = SETTINGS_DOMAIN;
		object = &reader->settings->domains[reader->domain - 1];
	} else if (reader->hook > 0) {
		section = SETTINGS_HOOK;
		object = &reader->settings->hooks[reader->hook - 1];
	}
	row = settings_row_find(section, reader->key.data);
	/* A command's quotes are of its words. */
	value = reader->value.data;
	if (row == NULL || strcmp(row->help.type, "command") != 0)
		value = unquote(value);
	if (row == NULL) {
		if (reader->known || reader->section[0] == '\0')
			warn_key(reader, section);
	} else {
		note_seen(reader, row);
		if (!settings_row_set(row, value, object)) {
			settings_bad_value(
			    row, reader->section, value, reader->err);
			fail(reader, reader->key_line, STATUS_PARSE);
		}
	}
	reader->key_line = 0;
}

/* libinih found a key, or more of the value before. */
static int
on_pair(void *user, const char *section, const char *key, const char *value)
{
	struct reader *reader = user;

	(void)section; /* ours is whole */
	if (key == NULL || value == NULL || reader->status != STATUS_OK)
		return 1;
	if (key[0] == '\0')
		return 0;
	if (reader->more && reader->key_line != 0) {
		if (!reader->piece)
			buf_char(&reader->value, '\n');
		buf_str(&reader->value, value);
		return 1;
	}
	set_pending(reader);
	if (reader->status != STATUS_OK)
		return 1;
	buf_shift(&reader->key, reader->key.len);
	buf_str(&reader->key, key);
	buf_shift(&reader->value, reader->value.len);
	buf_str(&reader->value, value);
	reader->key_line = reader->line;
	return 1;
}

/* Whether an indented line stands for itself: "word = ..." or "[section]".  A
 * bracket with a colon in it is an IPv6 server. */
static bool
stands_alone(const char *line, size_t len)
{
	size_t i = 0;

	if (line[0] == '[')
		return memchr(line, ':', len) == NULL;
	while (i < len &&
	    (line[i] == '-' || line[i] == '_' ||
		(line[i] >= 'a' && line[i] <= 'z') ||
		(line[i] >= 'A' && line[i] <= 'Z')))
		i++;
	if (i == 0)
		return false;
	while (i < len && is_blank(line[i]))
		i++;
	return i < len && line[i] == '=';
}

/* The length without a remark, which not every libinih takes off where a value
 * goes on. */
static size_t
without_remark(const char *line, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (line[i] == ';' && is_blank(line[i - 1]))
			return i - 1;
	return len;
}

/* Cuts the next line off, without its end; false past the last. */
static bool
cut_line(struct reader *reader, const char **line, size_t *len)
{
	const char *end;

	if (reader->at >= reader->len)
		return false;
	*line = reader->text + reader->at;
	end = memchr(*line, '\n', reader->len - reader->at);
	*len = end != NULL ? (size_t)(end - *line) : reader->len - reader->at;
	reader->at += *len + (end != NULL ? 1 : 0);
	reader->line++;
	while (*len > 0 &&
	    (is_blank((*line)[*len - 1]) || (*line)[*len - 1] == '\r'))
		--*len;
	return true;
}

static bool
is_sound(struct reader *reader, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c >= 0x20 && c != 0x7f) || c == '\t')
			continue;
		error_set(reader->err, STATUS_PARSE,
		    "control character 0x%02x: remove it", c);
		fail(reader, reader->line, STATUS_PARSE);
		return false;
	}
	return true;
}

/* How much of a long line goes first: libinih takes blanks off both ends, and a
 * line that begins with one of the two signs for a remark. */
static size_t
piece_len(const char *line, size_t len, size_t room)
{
	size_t n = room;

	if (len <= room)
		return len;
	while (n > 0 &&
	    (is_blank(line[n - 1]) || is_blank(line[n]) || line[n] == ';' ||
		line[n] == '#'))
		n--;
	return n;
}

static void
no_pair(struct reader *reader, const char *line, size_t len, unsigned at)
{
	error_set(reader->err, STATUS_PARSE,
	    "expected \"key = value\", got \"%.*s\"",
	    len < SHOWN_MOST ? (int)len : SHOWN_MOST, line);
	fail(reader, at, STATUS_PARSE);
}

/* Hands over as much of the line as libinih takes at a time. */
static char *
hand_over(
    struct reader *reader, char *out, size_t size, const char *line, size_t len)
{
	/* Room for a blank in front, the end of the line, and the NUL. */
	size_t room = size - 4, n = piece_len(line, len, room);

	if (n == 0 && len > 0) {
		error_set(reader->err, STATUS_PARSE,
		    "more than %zu blanks in a row: take some out", room);
		fail(reader, reader->line, STATUS_PARSE);
		return NULL;
	}
	/* Its other pieces would be taken for more of the value above. */
	if (n < len && !reader->more && memchr(line, '=', n) == NULL &&
	    memchr(line, ':', n) == NULL) {
		no_pair(reader, line, len, reader->line);
		return NULL;
	}
	reader->rest = line + n;
	reader->rest_len = len - n;
	reader->lines = mem_grow(reader->lines, reader->handed,
	    &reader->lines_cap, sizeof(*reader->lines));
	reader->lines[reader->handed++] = reader->line;
	snprintf(out, size, "%s%.*s\n",
	    reader->more || reader->piece ? " " : "", (int)n, line);
	return out;
}

/* The reader that libinih calls: one line of the file a call, or a piece of a
 * long one. */
static char *
next_line(char *out, int size, void *user)
{
	struct reader *reader = user;
	const char *line;
	size_t len, blank = 0;

	reader->piece = reader->rest_len > 0;
	if (reader->piece && reader->status == STATUS_OK) {
		reader->more = true;
		return hand_over(
		    reader, out, (size_t)size, reader->rest, reader->rest_len);
	}
	if (reader->status != STATUS_OK || !cut_line(reader, &line, &len))
		return NULL;
	while (blank < len && is_blank(line[blank]))
		blank++;
	line += blank;
	len -= blank;
	if (len == 0 || line[0] == '#' || line[0] == ';')
		len = 0;
	if (!is_sound(reader, line, len))
		return NULL;
	reader->more = blank > 0 && len > 0 && !stands_alone(line, len);
	if (len > 0 && line[0] == '[' && !reader->more) {
		set_pending(reader);
		if (reader->status != STATUS_OK)
			return NULL;
		enter_section(reader, line, len);
		line = "[-]";
		len = 3;
	} else {
		len = without_remark(line, len);
	}
	return reader->status == STATUS_OK
	    ? hand_over(reader, out, (size_t)size, line, len)
	    : NULL;
}

/* libinih could make nothing of a line. */
static void
fail_syntax(struct reader *reader, unsigned at)
{
	struct reader again = *reader;
	const char *line = "";
	size_t len = 0;

	again.at = 0;
	again.line = 0;
	while (again.line < at && cut_line(&again, &line, &len))
		continue;
	no_pair(reader, line, len, at);
}

static void
read_all(struct reader *reader)
{
	int line;

	if (reader->len >= 3 && memcmp(reader->text, "\xef\xbb\xbf", 3) == 0)
		reader->at = 3;
	line = ini_parse_stream(next_line, reader, on_pair, reader);
	set_pending(reader);
	if (line > 0 && (size_t)line <= reader->handed)
		line = (int)reader->lines[line - 1];
	if (line > 0 &&
	    (reader->status == STATUS_OK || (unsigned)line < reader->bad_line))
		fail_syntax(reader, (unsigned)line);
	else if (line < 0 && reader->status == STATUS_OK)
		reader->status = error_set(reader->err, STATUS_SYSTEM,
		    "%s: no memory to read it", reader->name);
}

enum status
settings_parse(const char *text, size_t len, const char *name,
    struct settings **out, struct error *err)
{
	struct error unwanted;
	struct reader reader = { .text = text,
		.len = len,
		.name = name,
		.err = err != NULL ? err : &unwanted };

	if (len > SETTINGS_FILE_MOST)
		return error_set(err, STATUS_PARSE,
		    "%s: a settings file may have %d KiB", name,
		    SETTINGS_FILE_MOST / 1024);
	reader.settings = settings_new();
	reader.domains = map_new();
	reader.seen = map_new();
	read_all(&reader);
	map_free(reader.domains, NULL);
	map_free(reader.seen, NULL);
	free(reader.lines);
	buf_free(&reader.key);
	buf_free(&reader.value);
	if (reader.status == STATUS_OK &&
	    settings_check_hooks(reader.settings, reader.err) != STATUS_OK)
		reader.status = error_prefix(reader.err, "%s", name);
	if (reader.status != STATUS_OK) {
		settings_free(reader.settings);
		return reader.status;
	}
	settings_sort(reader.settings);
	*out = reader.settings;
	return STATUS_OK;
}
