/* A growing run of bytes with a bound. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

/* How many of len more bytes may come in; notes that some may not. */
static size_t
room(struct buf *buf, size_t len)
{
	if (buf->max == 0 || len <= buf->max - buf->len)
		return len;
	buf->full = true;
	return buf->max - buf->len;
}

/* Makes space for len more bytes and the NUL. */
static void
reserve(struct buf *buf, size_t len)
{
	if (len > SIZE_MAX / 2 - buf->len)
		buf->data = mem_resize(buf->data, SIZE_MAX, 2);
	buf->data = mem_grow(buf->data, buf->len + len, &buf->cap, 1);
}

void
buf_add(struct buf *buf, const void *data, size_t len)
{
	len = room(buf, len);
	if (len >= buf->cap - buf->len)
		reserve(buf, len);
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

char *
buf_room(struct buf *buf, size_t len)
{
	if (len >= buf->cap - buf->len)
		reserve(buf, len);
	return buf->data + buf->len;
}

void
buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void
buf_str(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
	size_t free_octets = buf->cap - buf->len, full, len;
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);
	full = text_format(buf->data != NULL ? buf->data + buf->len : NULL,
	    free_octets, fmt, args);
	va_end(args);
	len = room(buf, full);
	if (len < full || full >= free_octets) {
		reserve(buf, len);
		text_format(buf->data + buf->len, len + 1, fmt, again);
	}
	va_end(again);
	buf->len += len;
}

void
buf_shift(struct buf *buf, size_t n)
{
	if (buf->data == NULL)
		return;
	if (n > buf->len)
		n = buf->len;
	memmove(buf->data, buf->data + n, buf->len - n);
	buf->len -= n;
	buf->data[buf->len] = '\0';
}

char *
buf_take(struct buf *buf)
{
	char *data = buf->data != NULL ? buf->data : mem_dup("");

	*buf = (struct buf){ .max = buf->max };
	return data;
}

void
buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){ .max = buf->max };
}

enum status
buf_file(struct buf *buf, const char *path, size_t most, struct error *err)
{
	FILE *in = fopen(path, "re");
	char block[8192];
	size_t n;
	int failed;

	if (in == NULL)
		return error_system(err, errno, "%s", path);
	buf->max = most;
	while (!buf->full && (n = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(buf, block, n);
	failed = ferror(in) ? errno : 0;
	fclose(in);
	if (failed != 0)
		return error_system(err, failed, "%s", path);
	if (buf->full)
		return error_set(err, STATUS_PARSE, "%s: larger than %zu KiB",
		    path, most / 1024);
	return STATUS_OK;
}
