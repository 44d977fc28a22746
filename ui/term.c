/* The terminal: the only place where curses is used. */
/* SPDX-License-Identifier: MIT */
#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"
#include "ui/output.h"
#include "ui/rescue.h"

/* Last: it defines plain words as macros. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <termcap.h>

enum {
	ESCAPE_MS = 25,
	RUN_MOST = 512, /* characters sent in one run */
	MANY_COLORS = 256,
	DIRECT_COLORS = 1 << 16, /* from here on a colour is its red, green
				    and blue */
};

struct term {
	SCREEN *screen;
	const struct theme *theme;
	bool color;
	WINDOW *keys; /* read from: a pad, since asking a window for a key
			 draws it, past our back */
	attr_t attributes[ROLE_COUNT];
	/* What curses writes to: the terminal, or while it draws a file. */
	FILE *out;
	int out_fd, frame_fd;
	struct output *output;
	/* What curses was given last, row by row; NULL: nothing yet. */
	struct cell *given;
	int given_width, given_height;
};

/* What gives the terminal back when nothing else can any more. */
static void
rescue_add(struct buf *out, const char *capability)
{
	const char *bytes = tigetstr(capability);

	if (bytes != NULL && bytes != (const char *)-1)
		buf_str(out, bytes);
}

static void
arm_rescue(const struct termios *modes)
{
	struct buf bytes = { 0 };
	const char *mouse = tigetstr("kmous");

	rescue_add(&bytes, "sgr0");
	rescue_add(&bytes, "cnorm");
	rescue_add(&bytes, "rmkx");
	rescue_add(&bytes, "rmcup");
	if (mouse != NULL && mouse != (const char *)-1)
		buf_str(&bytes, "\033[?1000l\033[?1002l\033[?1006l");
	rescue_arm(bytes.data != NULL ? bytes.data : "", bytes.len, modes);
	buf_free(&bytes);
}

bool
term_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* A colour of the 256 as red, green and blue. */
static int
direct(short color)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	int cube = color - 16, grey = 8 + (color - 232) * 10;

	if (color < 16)
		return color & 7; /* the first eight are still the palette's */
	if (color >= 232)
		return grey << 16 | grey << 8 | grey;
	return levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 |
	    levels[cube % 6];
}

static int
color_of(const struct style *style)
{
	if (COLORS < MANY_COLORS)
		return style->few;
	if (COLORS >= DIRECT_COLORS && style->many >= 0)
		return direct(style->many);
	return style->many;
}

/* The look of each role: a colour pair of its own, and attributes. */
static void
init_styles(struct term *term)
{
	static const struct {
		unsigned style;
		attr_t attribute;
	} names[] = { { STYLE_BOLD, A_BOLD }, { STYLE_DIM, A_DIM },
		{ STYLE_REVERSE, A_REVERSE },
		{ STYLE_UNDERLINE, A_UNDERLINE } };

	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct style *s = &term->theme->styles[role];

		term->attributes[role] = 0;
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (s->attributes & names[i].style)
				term->attributes[role] |= names[i].attribute;
		if (term->color)
			init_extended_pair(role + 1, color_of(s), -1);
	}
}

/* The next frame is given to curses from its first row to its last. */
static void
forget_given(struct term *term)
{
	free(term->given);
	term->given = NULL;
}

void
term_theme(struct term *term, const struct theme *theme)
{
	term->theme = theme;
	init_styles(term);
	forget_given(term);
}

bool
term_has_color(const struct term *term)
{
	return term->color;
}

static void
init_modes(struct term *term, bool color)
{
	term->keys = newpad(1, 1);
	raw(); /* Ctrl-C, Ctrl-Z and Ctrl-S are keys like others */
	noecho();
	nonl();
	keypad(term->keys, TRUE);
	nodelay(term->keys, TRUE);
	intrflush(stdscr, FALSE);
	typeahead(-1); /* a frame is sent whole, whatever is typed */
	set_escdelay(ESCAPE_MS);
	leaveok(stdscr, TRUE);
	curs_set(0);
	/* Presses alone: asked for clicks as well, curses hands out the
	 * release of a click that is followed by a key at once. */
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	term->color = color && has_colors() && start_color() == OK &&
	    use_default_colors() == OK && COLOR_PAIRS > ROLE_COUNT;
	init_styles(term);
}

static enum status
refuse(const char *name, struct error *err)
{
	return error_set(err, STATUS_USAGE,
	    "a terminal of type %s cannot be drawn on; `sendtop snapshot` "
	    "prints the same as text",
	    name);
}

static bool
is_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* A terminal that cannot move its cursor can only print. */
static bool
can_draw(void)
{
	const char *move = tigetstr("cup");

	return move != NULL && move != (const char *)-1;
}

bool
term_only_prints(void)
{
	const char *name = getenv("TERM");

	if (!is_terminal())
		return false;
	return name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0 ||
	    tgetent(NULL, name) != 1 || tgetstr("cm", NULL) == NULL;
}

/* --- drawing into a file ------------------------------------------------------- */

static int
frame_file(void)
{
#ifdef __linux__
	return memfd_create("frame", MFD_CLOEXEC);
#else
	char name[] = "/tmp/sendtop-XXXXXX";
	int fd = mkstemp(name);

	if (fd >= 0)
		unlink(name);
	return fd;
#endif
}

/* Curses writes to a descriptor of ours, which is the terminal's but while a
 * frame is drawn: then its octets go to a file, and from there to the terminal
 * as fast as that takes them. */
static enum status
open_streams(struct term *term, struct error *err)
{
	term->out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	term->frame_fd = frame_file();
	term->out = term->out_fd >= 0 ? fdopen(term->out_fd, "w") : NULL;
	if (term->out == NULL || term->frame_fd < 0)
		return error_system(
		    err, errno, "cannot prepare to draw on the terminal");
	term->output = output_new(STDOUT_FILENO);
	return STATUS_OK;
}

static void
close_streams(struct term *term)
{
	output_free(term->output);
	if (term->out != NULL)
		fclose(term->out);
	else if (term->out_fd >= 0)
		close(term->out_fd);
	if (term->frame_fd >= 0)
		close(term->frame_fd);
	free(term);
}

static void
point_out_to(const struct term *term, int fd)
{
	while (dup3(fd, term->out_fd, O_CLOEXEC) < 0 && errno == EINTR)
		continue;
}

/* Sends what curses wrote to the file, and empties it. */
static void
send_frame(struct term *term)
{
	char piece[4096];
	ssize_t n;
	off_t at = 0;

	while ((n = pread(term->frame_fd, piece, sizeof(piece), at)) > 0) {
		output_add(term->output, piece, (size_t)n);
		at += n;
	}
	if (ftruncate(term->frame_fd, 0) == 0)
		lseek(term->frame_fd, 0, SEEK_SET);
}

/* Before curses talks to the terminal itself: nothing of ours is in its way,
 * and an escape sequence that was cut is ended (by CAN), as is its look. */
static void
clear_way(struct term *term)
{
	const char *plain = tigetstr("sgr0");

	if (!output_drop(term->output))
		return;
	output_add(term->output, "\030", 1);
	if (plain != NULL && plain != (const char *)-1)
		output_add(term->output, plain, strlen(plain));
	clearok(curscr, TRUE);
}

enum status
term_start(
    const struct term_options *options, struct term **out, struct error *err)
{
	const char *name = getenv("TERM");
	enum status status;
	struct termios modes;
	struct term *term;

	if (!is_terminal())
		return error_set(err, STATUS_USAGE,
		    "the screen needs a terminal; `sendtop snapshot` prints "
		    "the same as text, and --linear takes commands from a "
		    "pipe");
	setlocale(LC_CTYPE, "");
	tcgetattr(STDIN_FILENO, &modes);
	term = mem_zero(1, sizeof(*term));
	term->theme = options->theme;
	status = open_streams(term, err);
	if (status == STATUS_OK) {
		term->screen = newterm(name, term->out, stdin);
		if (term->screen == NULL)
			status = refuse(name, err);
	}
	if (status != STATUS_OK) {
		close_streams(term);
		return status;
	}
	set_term(term->screen);
	if (!can_draw()) {
		endwin();
		delscreen(term->screen);
		close_streams(term);
		return refuse(name, err);
	}
	init_modes(term, options->color);
	arm_rescue(&modes);
	*out = term;
	return STATUS_OK;
}

void
term_stop(struct term *term)
{
	if (term == NULL)
		return;
	rescue_disarm();
	clear_way(term);
	endwin();
	delwin(term->keys);
	delscreen(term->screen);
	forget_given(term);
	close_streams(term);
}

int
term_fd(const struct term *term)
{
	(void)term;
	return STDIN_FILENO;
}

void
term_size(const struct term *term, int *width, int *height)
{
	(void)term;
	*width = COLS;
	*height = LINES;
}

void
term_resized(struct term *term)
{
	struct winsize size;

	forget_given(term);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_row > 0)
		resizeterm(size.ws_row, size.ws_col);
}

static bool
same_look(const struct cell *a, const struct cell *b)
{
	return a->role == b->role && a->selected == b->selected;
}

/* Puts the cells from x on that look alike; returns the column behind. */
static int
put_run(const struct term *term, const struct canvas *canvas, int x, int y)
{
	const struct cell *first = canvas_cell(canvas, x, y);
	attr_t attributes = term->attributes[first->role];
	short pair = term->color ? (short)(first->role + 1) : 0;
	int width = canvas_width(canvas), start = x;
	wchar_t run[RUN_MOST];
	int n = 0;

	for (; x < width && n < RUN_MOST - 4; x++) {
		const struct cell *cell = canvas_cell(canvas, x, y);
		size_t len = strlen(cell->text), at = 0, took;
		uint32_t code;

		if (!same_look(cell, first))
			break;
		for (; at < len; at += took) {
			took = text_decode(cell->text + at, len - at, &code);
			if (took == 0)
				break;
			run[n++] = (wchar_t)code;
		}
	}
	attr_set(attributes | (first->selected ? A_REVERSE : 0), pair, NULL);
	mvaddnwstr(y, start, run, n);
	return x;
}

/* Curses keeps a row as it is until it is given another. */
static void
give_rows(struct term *term, const struct canvas *canvas)
{
	int h = term->given_height, w = term->given_width;

	for (int y = 0; y < h; y++) {
		const struct cell *row = canvas_cell(canvas, 0, y);
		struct cell *given = term->given + (size_t)y * (size_t)w;
		size_t size = (size_t)w * sizeof(*row);

		if (memcmp(given, row, size) == 0)
			continue;
		memcpy(given, row, size);
		move(y, 0);
		clrtoeol();
		for (int x = 0; x < w;)
			x = put_run(term, canvas, x, y);
	}
	attr_set(A_NORMAL, 0, NULL);
}

void
term_draw(struct term *term, const struct canvas *canvas, bool whole)
{
	int h = canvas_height(canvas) < LINES ? canvas_height(canvas) : LINES;
	int w = canvas_width(canvas) < COLS ? canvas_width(canvas) : COLS;

	if (whole || w != term->given_width || h != term->given_height)
		forget_given(term);
	if (term->given == NULL) {
		erase();
		/* No cell is zeroes: all rows differ. */
		term->given = mem_zero(
		    (size_t)w * (size_t)h, sizeof(*term->given));
		term->given_width = w;
		term->given_height = h;
	}
	give_rows(term, canvas);
	if (whole)
		clearok(curscr, TRUE);
	wnoutrefresh(stdscr);
	point_out_to(term, term->frame_fd);
	doupdate();
	fflush(term->out);
	point_out_to(term, STDOUT_FILENO);
	send_frame(term);
}

bool
term_pending(const struct term *term)
{
	return output_pending(term->output);
}

int
term_out(const struct term *term)
{
	return output_fd(term->output);
}

void
term_flush(struct term *term)
{
	output_flush(term->output);
}

enum copy_way
term_copy(struct term *term, const char *text)
{
	const char *ms = tigetstr("Ms");
	struct copy_terminal terminal = {
		.term = getenv("TERM"),
		.tmux = getenv("TMUX"),
		.vte = getenv("VTE_VERSION"),
		.term_program = getenv("TERM_PROGRAM"),
		.capable = ms != NULL && ms != (const char *)-1,
	};
	size_t len = strlen(text);
	enum copy_way way = copy_way(&terminal, len);
	struct buf octets = { 0 };

	if (way == COPY_REFUSED)
		return way;
	copy_encode(&terminal, text, len, &octets);
	output_add(term->output, octets.data, octets.len);
	buf_free(&octets);
	return way;
}

static const struct {
	wint_t curses;
	uint32_t code;
} specials[] = {
	{ KEY_UP, KEY_CODE_UP },
	{ KEY_DOWN, KEY_CODE_DOWN },
	{ KEY_LEFT, KEY_CODE_LEFT },
	{ KEY_RIGHT, KEY_CODE_RIGHT },
	{ KEY_PPAGE, KEY_CODE_PAGE_UP },
	{ KEY_NPAGE, KEY_CODE_PAGE_DOWN },
	{ KEY_HOME, KEY_CODE_HOME },
	{ KEY_END, KEY_CODE_END },
	{ KEY_BTAB, KEY_CODE_BACK_TAB },
	{ KEY_DC, KEY_CODE_DELETE },
	{ KEY_BACKSPACE, KEY_CODE_BACKSPACE },
	{ KEY_ENTER, KEY_CODE_ENTER },
};

static void
read_mouse(struct key_event *out)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	out->x = event.x;
	out->y = event.y;
	if (event.bstate & BUTTON4_PRESSED)
		out->code = KEY_CODE_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		out->code = KEY_CODE_WHEEL_DOWN;
	else if (event.bstate & BUTTON1_PRESSED)
		out->code = KEY_CODE_CLICK;
}

static void
read_special(wint_t key, struct key_event *out)
{
	if (key == KEY_MOUSE) {
		read_mouse(out);
		return;
	}
	for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++)
		if (specials[i].curses == key)
			out->code = specials[i].code;
}

bool
term_key(struct term *term, struct key_event *out)
{
	wint_t key = 0;
	int kind;

	*out = (struct key_event){ .code = KEY_CODE_NONE,
		.at_ms = clock_mono_ms() };
	kind = wget_wch(term->keys, &key);
	if (kind == ERR)
		return false;
	if (kind == KEY_CODE_YES)
		read_special(key, out);
	else if (key == '\n' || key == '\r')
		out->code = KEY_CODE_ENTER;
	else if (key == '\b')
		out->code = KEY_CODE_BACKSPACE;
	else
		out->code = (uint32_t)key;
	return true;
}

void
term_suspend(struct term *term)
{
	struct sigaction before, action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_DFL;
	sigaction(SIGTSTP, &action, &before);
	rescue_hold(true);
	clear_way(term);
	endwin();
	raise(SIGTSTP);
	rescue_hold(false);
	sigaction(SIGTSTP, &before, NULL);
	term_resized(term);
	clearok(curscr, TRUE);
	refresh();
}
