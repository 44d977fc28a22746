/* A line of text that is being typed. */
/* SPDX-License-Identifier: MIT */
#include "edit.h"

#include <string.h>

#include "keys.h"
#include "sendtop/text.h"

#define CTRL(letter) ((letter)&0x1f)

/* Whether an octet continues a character. */
static bool
continues(char octet)
{
	return (octet & 0xc0) == 0x80;
}

static size_t
before(const struct edit *edit, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && continues(edit->text[at]))
		at--;
	return at;
}

static size_t
behind(const struct edit *edit, size_t at)
{
	if (edit->text[at] != '\0')
		at++;
	while (continues(edit->text[at]))
		at++;
	return at;
}

/* Takes away from..to. */
static void
cut(struct edit *edit, size_t from, size_t to)
{
	memmove(
	    edit->text + from, edit->text + to, strlen(edit->text + to) + 1);
	edit->at = from;
}

static void
insert(struct edit *edit, const char *octets, size_t n)
{
	size_t len = strlen(edit->text);

	if (n > EDIT_SIZE - 1 - len)
		return;
	memmove(edit->text + edit->at + n, edit->text + edit->at,
	    len - edit->at + 1);
	memcpy(edit->text + edit->at, octets, n);
	edit->at += n;
}

void
edit_set(struct edit *edit, const char *text)
{
	size_t len = strlen(text);

	if (len > EDIT_SIZE - 1)
		for (len = EDIT_SIZE - 1; len > 0 && continues(text[len]);)
			len--;
	memcpy(edit->text, text, len);
	edit->text[len] = '\0';
	edit->at = len;
}

void
edit_replace(struct edit *edit, size_t len, const char *text)
{
	if (len > edit->at)
		len = edit->at;
	cut(edit, edit->at - len, edit->at);
	insert(edit, text, strlen(text));
}

/* Where the word before the cursor begins. */
static size_t
word_begin(const struct edit *edit)
{
	size_t at = edit->at;

	while (at > 0 && edit->text[at - 1] == ' ')
		at--;
	while (at > 0 && edit->text[at - 1] != ' ')
		at--;
	return at;
}

static bool
add_character(struct edit *edit, uint32_t code)
{
	char octets[8];

	if (code < ' ' || code == KEY_CODE_BACKSPACE || code > 0x10ffff)
		return false;
	/* A mark alone, or what has no width, could not be seen. */
	if (text_code_width(code) > 0)
		insert(edit, octets, text_encode(code, octets));
	return true;
}

bool
edit_key(struct edit *edit, uint32_t code)
{
	size_t at = edit->at;

	switch (code) {
	case KEY_CODE_LEFT:
	case CTRL('b'):
		edit->at = before(edit, at);
		return true;
	case KEY_CODE_RIGHT:
	case CTRL('f'):
		edit->at = behind(edit, at);
		return true;
	case KEY_CODE_HOME:
	case CTRL('a'):
		edit->at = 0;
		return true;
	case KEY_CODE_END:
	case CTRL('e'):
		edit->at = strlen(edit->text);
		return true;
	case KEY_CODE_BACKSPACE:
		cut(edit, before(edit, at), at);
		return true;
	case KEY_CODE_DELETE:
	case CTRL('d'):
		cut(edit, at, behind(edit, at));
		return true;
	case CTRL('k'):
		cut(edit, at, strlen(edit->text));
		return true;
	case CTRL('u'):
		cut(edit, 0, at);
		return true;
	case CTRL('w'):
		cut(edit, word_begin(edit), at);
		return true;
	default:
		return add_character(edit, code);
	}
}
