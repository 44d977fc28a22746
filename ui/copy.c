/* The terminal's clipboard: OSC 52. */
/* SPDX-License-Identifier: MIT */
#include "copy.h"

#include <stdint.h>
#include <string.h>

#include "sendtop/text.h"

enum {
	VTE_LEARNED_IT = 7700,
	SCREEN_PIECE = 700, /* octets that GNU screen passes on at once */
};

/* By the beginning of TERM.  The Linux console and real terminals would print
 * the text on the screen, or worse. */
static const char *const takers[] = { "xterm", "alacritty", "foot", "kitty",
	"xterm-kitty", "wezterm", "st", "rxvt-unicode", "contour", "ghostty",
	"xterm-ghostty", "mintty", "konsole", "iterm" };

static bool
begins(const char *text, const char *start)
{
	return text != NULL && strncmp(text, start, strlen(start)) == 0;
}

/* "st" is a terminal, "stv52" is not: a name ends there or at a dash. */
static bool
is_named(const char *term, const char *name)
{
	size_t n = strlen(name);

	return begins(term, name) && (term[n] == '\0' || term[n] == '-');
}

static bool
is_screen(const struct copy_terminal *t)
{
	return begins(t->term, "screen") && t->tmux == NULL;
}

static bool
in_between(const struct copy_terminal *t)
{
	return t->tmux != NULL || begins(t->term, "tmux") ||
	    begins(t->term, "screen");
}

enum copy_way
copy_way(const struct copy_terminal *terminal, size_t len)
{
	int64_t vte;

	if (terminal->term == NULL || len > COPY_MOST)
		return COPY_REFUSED;
	if (in_between(terminal))
		return COPY_MAYBE;
	if (terminal->vte != NULL &&
	    (!text_to_int(terminal->vte, 0, INT32_MAX, &vte) ||
		vte < VTE_LEARNED_IT))
		return COPY_REFUSED;
	if (terminal->term_program != NULL &&
	    strcmp(terminal->term_program, "Apple_Terminal") == 0)
		return COPY_REFUSED;
	for (size_t i = 0; i < sizeof(takers) / sizeof(*takers); i++)
		if (is_named(terminal->term, takers[i]))
			return COPY_SENT;
	return terminal->capable ? COPY_SENT : COPY_REFUSED;
}

static void
add_base64(struct buf *out, const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)(unsigned char)text[i] << 16;
		size_t n = len - i < 3 ? len - i : 3;

		if (n > 1)
			bits |= (uint32_t)(unsigned char)text[i + 1] << 8;
		if (n > 2)
			bits |= (uint32_t)(unsigned char)text[i + 2];
		for (size_t k = 0; k < 4; k++)
			buf_char(out,
			    k <= n ? digits[(bits >> (18 - 6 * k)) & 63] : '=');
	}
}

/* tmux takes the sequence itself when set-clipboard is on, and passes on what
 * is wrapped, its escapes doubled, when allow-passthrough is: it gets both. */
static void
wrap_tmux(const struct buf *plain, struct buf *out)
{
	buf_add(out, plain->data, plain->len);
	buf_str(out, "\033Ptmux;");
	for (size_t i = 0; i < plain->len; i++) {
		if (plain->data[i] == '\033')
			buf_char(out, '\033');
		buf_char(out, plain->data[i]);
	}
	buf_str(out, "\033\\");
}

static void
wrap_screen(const struct buf *plain, struct buf *out)
{
	for (size_t at = 0; at < plain->len; at += SCREEN_PIECE) {
		size_t n = plain->len - at;

		buf_str(out, "\033P");
		buf_add(
		    out, plain->data + at, n < SCREEN_PIECE ? n : SCREEN_PIECE);
		buf_str(out, "\033\\");
	}
}

void
copy_encode(const struct copy_terminal *terminal, const char *text, size_t len,
    struct buf *out)
{
	struct buf plain = { 0 };

	buf_str(&plain, "\033]52;c;");
	add_base64(&plain, text, len);
	buf_char(&plain, '\a');
	if (is_screen(terminal))
		wrap_screen(&plain, out);
	else if (in_between(terminal))
		wrap_tmux(&plain, out);
	else
		buf_add(out, plain.data, plain.len);
	buf_free(&plain);
}
