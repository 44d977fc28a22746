/* Themes: what a role looks like, read from files. */
/* SPDX-License-Identifier: MIT */
#include "theme.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/text.h"

enum {
	FILE_MOST = 16384,
	NAMES_MOST = 64,
	MANY_COLORS = 256,
	LIGHT_GROUND = 7, /* and above, but for 8: COLORFGBG's light ones */
	DARK_GREY = 8,
};

static const char suffix[] = ".theme";

static const char *const roles[ROLE_COUNT] = {
	[ROLE_PLAIN] = "plain",
	[ROLE_DIM] = "dim",
	[ROLE_STRONG] = "strong",
	[ROLE_TITLE] = "title",
	[ROLE_HEAD] = "head",
	[ROLE_KEY] = "key",
	[ROLE_TAB] = "tab",
	[ROLE_GOOD] = "good",
	[ROLE_NOTE] = "note",
	[ROLE_WARN] = "warn",
	[ROLE_BAD] = "bad",
	[ROLE_UNKNOWN] = "unknown",
	[ROLE_LINE] = "line",
	[ROLE_SERIES] = "series",
};

static const char *const colors[] = { "black", "red", "green", "yellow", "blue",
	"magenta", "cyan", "white" };
enum { COLORS_FEW = sizeof(colors) / sizeof(*colors) };

static const struct {
	const char *word;
	unsigned attribute;
} attributes[] = {
	{ "bold", STYLE_BOLD },
	{ "dim", STYLE_DIM },
	{ "reverse", STYLE_REVERSE },
	{ "underline", STYLE_UNDERLINE },
};
enum { ATTRIBUTES = sizeof(attributes) / sizeof(*attributes) };

const char *
theme_role_name(enum role role)
{
	return roles[role];
}

static void
theme_blank(struct theme *out, const char *name)
{
	snprintf(out->name, sizeof(out->name), "%s", name);
	for (int i = 0; i < ROLE_COUNT; i++)
		out->styles[i] = (struct style){ -1, -1, 0 };
}

void
theme_plain(struct theme *out)
{
	static const struct {
		enum role role;
		unsigned attributes;
	} loud[] = {
		{ ROLE_STRONG, STYLE_BOLD },
		{ ROLE_TITLE, STYLE_BOLD },
		{ ROLE_HEAD, STYLE_REVERSE },
		{ ROLE_KEY, STYLE_BOLD },
		{ ROLE_TAB, STYLE_BOLD | STYLE_REVERSE },
		{ ROLE_WARN, STYLE_BOLD },
		{ ROLE_BAD, STYLE_BOLD | STYLE_UNDERLINE },
	};

	theme_blank(out, "plain");
	for (size_t i = 0; i < sizeof(loud) / sizeof(*loud); i++)
		out->styles[loud[i].role].attributes = loud[i].attributes;
}

/* --- a line of a file ------------------------------------------------------------ */

/* The next word of a line, cut out of it; NULL at its end. */
static char *
next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r");
	size_t n = strcspn(word, " \t\r");

	if (n == 0)
		return NULL;
	*line = word + n;
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

static bool
few_colors(const char *word, short *out)
{
	for (short i = 0; i < COLORS_FEW; i++)
		if (strcmp(word, colors[i]) == 0) {
			*out = i;
			return true;
		}
	*out = -1;
	return strcmp(word, "default") == 0;
}

static bool
many_colors(const char *word, short *out)
{
	int64_t number;

	*out = -1;
	if (strcmp(word, "default") == 0)
		return true;
	if (!text_to_int(word, 0, MANY_COLORS - 1, &number))
		return false;
	*out = (short)number;
	return true;
}

static bool
add_attribute(const char *word, unsigned *out)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (strcmp(word, attributes[i].word) == 0) {
			*out |= attributes[i].attribute;
			return true;
		}
	return false;
}

static enum status
parse_style(char *rest, struct style *style, struct error *err)
{
	char *few = next_word(&rest);
	char *many = few != NULL ? next_word(&rest) : NULL, *word;

	if (many == NULL)
		return error_set(err, STATUS_PARSE,
		    "expected two colours, of 8 and of 256, like: cyan 80");
	if (!few_colors(few, &style->few))
		return error_set(err, STATUS_PARSE,
		    "%s is no colour: black, red, green, yellow, blue, "
		    "magenta, cyan, white or default",
		    few);
	if (!many_colors(many, &style->many))
		return error_set(err, STATUS_PARSE,
		    "expected a colour from 0 to 255 or default, got %s", many);
	style->attributes = 0;
	while ((word = next_word(&rest)) != NULL)
		if (!add_attribute(word, &style->attributes))
			return error_set(err, STATUS_PARSE,
			    "expected bold, dim, underline or reverse, got %s",
			    word);
	return STATUS_OK;
}

static enum status
parse_line(char *line, struct theme *out, struct error *err)
{
	char *word = next_word(&line), *equals;

	if (word == NULL || word[0] == '#' || word[0] == ';')
		return STATUS_OK;
	equals = next_word(&line);
	if (equals == NULL || strcmp(equals, "=") != 0)
		return error_set(err, STATUS_PARSE,
		    "expected ROLE = COLOUR COLOUR [bold ...], with blanks "
		    "between");
	for (int i = 0; i < ROLE_COUNT; i++)
		if (strcmp(word, roles[i]) == 0)
			return parse_style(line, &out->styles[i], err);
	return error_set(err, STATUS_PARSE,
	    "%s is no role: plain, dim, strong, title, head, key, tab, good, "
	    "note, warn, bad, unknown, line or series",
	    word);
}

/* The file's name without folder and ending. */
static void
name_of(const char *file, char out[THEME_NAME_SIZE])
{
	const char *slash = strrchr(file, '/');
	char *end;

	text_printable(out, THEME_NAME_SIZE, slash != NULL ? slash + 1 : file,
	    strlen(slash != NULL ? slash + 1 : file));
	end = strstr(out, suffix);
	if (end != NULL)
		*end = '\0';
}

enum status
theme_parse(const char *text, size_t len, const char *file, struct theme *out,
    struct error *err)
{
	char *copy = mem_ndup(text, len), *line = copy, *end;
	char name[THEME_NAME_SIZE];
	enum status status = STATUS_OK;
	struct theme theme;
	int number = 1;

	name_of(file, name);
	theme_blank(&theme, name);
	if (memchr(text, '\0', len) != NULL)
		status = error_set(
		    err, STATUS_PARSE, "there is a NUL in it: not a text");
	for (; status == STATUS_OK && line != NULL; number++, line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		status = parse_line(line, &theme, err);
		if (status != STATUS_OK)
			break;
	}
	free(copy);
	if (status != STATUS_OK)
		return error_prefix(err, "theme %s:%d", file, number);
	*out = theme;
	return STATUS_OK;
}

/* --- files ----------------------------------------------------------------------- */

static enum status
load_path(const char *path, struct theme *out, struct error *err)
{
	char text[FILE_MOST + 1];
	FILE *in = fopen(path, "re");
	size_t len;
	bool bad;

	if (in == NULL)
		return error_system(err, errno, "cannot read theme %s", path);
	len = fread(text, 1, sizeof(text), in);
	bad = ferror(in) != 0;
	fclose(in);
	if (bad)
		return error_set(
		    err, STATUS_SYSTEM, "cannot read theme %s", path);
	if (len > FILE_MOST)
		return error_set(err, STATUS_PARSE,
		    "theme %s is longer than %d octets: no theme", path,
		    FILE_MOST);
	return theme_parse(text, len, path, out, err);
}

/* COLORFGBG is "foreground;background", maybe with a word between. */
static const char *
default_name(void)
{
	const char *grounds = getenv("COLORFGBG");
	const char *last = grounds != NULL ? strrchr(grounds, ';') : NULL;
	int64_t ground;

	if (last != NULL && text_to_int(last + 1, 0, 15, &ground) &&
	    ground >= LIGHT_GROUND && ground != DARK_GREY)
		return "light";
	return "dark";
}

static int
by_alphabet(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *
theme_names(const char *dir, struct arena *arena)
{
	const char **names = arena_alloc(
	    arena, (NAMES_MOST + 1) * sizeof(*names));
	DIR *files = dir != NULL ? opendir(dir) : NULL;
	const struct dirent *file;
	size_t n = 0;

	while (files != NULL && n < NAMES_MOST &&
	    (file = readdir(files)) != NULL) {
		size_t len = strlen(file->d_name), end = sizeof(suffix) - 1;

		if (len > end && len - end < THEME_NAME_SIZE &&
		    strcmp(file->d_name + len - end, suffix) == 0)
			names[n++] = arena_ndup(arena, file->d_name, len - end);
	}
	if (files != NULL)
		closedir(files);
	qsort(names, n, sizeof(*names), by_alphabet);
	return names;
}

static enum status
unknown(const char *dir, const char *name, struct error *err)
{
	struct arena *arena = arena_new();
	const char *const *names = theme_names(dir, arena);
	struct buf list = { 0 };
	char *text;

	for (size_t i = 0; names[i] != NULL; i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	text = buf_take(&list);
	if (text[0] != '\0')
		error_set(err, STATUS_NOT_FOUND, "no theme %s: there are %s",
		    name, text);
	else
		error_set(
		    err, STATUS_NOT_FOUND, "no theme %s in %s", name, dir);
	free(text);
	arena_free(arena);
	return STATUS_NOT_FOUND;
}

enum status
theme_load(
    const char *dir, const char *name, struct theme *out, struct error *err)
{
	enum status status;
	char *path;

	if (strchr(name, '/') != NULL)
		return load_path(name, out, err);
	if (strcmp(name, "default") == 0)
		name = default_name();
	if (dir == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		    "theme %s: the folder share/themes is not there", name);
	path = mem_printf("%s/%s%s", dir, name, suffix);
	status = access(path, F_OK) == 0 ? load_path(path, out, err)
					 : unknown(dir, name, err);
	free(path);
	return status;
}

enum status
theme_next(
    const char *dir, const char *name, struct theme *out, struct error *err)
{
	struct arena *arena = arena_new();
	const char *const *names = theme_names(dir, arena);
	enum status status;
	size_t i = 0;

	while (names[i] != NULL && strcmp(names[i], name) <= 0)
		i++;
	if (names[i] == NULL)
		i = 0;
	status = names[i] != NULL
	    ? theme_load(dir, names[i], out, err)
	    : error_set(err, STATUS_NOT_FOUND,
		  "there are no themes: the folder share/themes is not there "
		  "or empty");
	arena_free(arena);
	return status;
}

bool
theme_wants_color(const char *color, const char *no_color)
{
	if (color != NULL && strcmp(color, "always") == 0)
		return true;
	if (color != NULL && strcmp(color, "never") == 0)
		return false;
	return no_color == NULL || no_color[0] == '\0';
}
