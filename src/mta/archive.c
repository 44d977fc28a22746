/* Packed logs: libarchive's filters, without its archive formats. */
/* SPDX-License-Identifier: MIT */
#include "mta/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"

enum { BLOCK = 256 * 1024 };

struct archive_log {
	struct archive *archive;
	int fd;
	char *begin; /* handed out once, before the descriptor is read */
	size_t begin_len;
	bool begun, ended;
	char block[BLOCK];
};

bool
archive_is_packed(const char *data, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
	} packers[] = {
		{ "\x1f\x8b", 2 },             /* gzip */
		{ "BZh", 3 },                  /* bzip2 */
		{ "\x28\xb5\x2f\xfd", 4 },     /* zstd */
		{ "\xfd\x37\x7a\x58\x5a", 5 }, /* xz */
		{ "\x04\x22\x4d\x18", 4 },     /* lz4 */
	};

	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++)
		if (len >= packers[i].len &&
		    memcmp(data, packers[i].magic, packers[i].len) == 0)
			return true;
	return false;
}

static la_ssize_t
give(struct archive *archive, void *arg, const void **block)
{
	struct archive_log *log = arg;
	ssize_t n;

	if (!log->begun) {
		log->begun = true;
		*block = log->begin;
		if (log->begin_len > 0)
			return (la_ssize_t)log->begin_len;
	}
	do
		n = read(log->fd, log->block, sizeof(log->block));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(archive, errno, "cannot be read");
	*block = log->block;
	return n;
}

static enum status
failed(struct archive_log *log, struct error *err)
{
	const char *why = archive_error_string(log->archive);

	return error_set(err, STATUS_PARSE, "damaged or cut short (%s)",
	    why != NULL ? why : "no more is known");
}

enum status
archive_log_open(int fd, const char *begin, size_t len,
    struct archive_log **out, struct error *err)
{
	struct archive_log *log = mem_zero(1, sizeof(*log));
	struct archive_entry *entry;

	log->fd = fd;
	log->begin = mem_ndup(begin, len);
	log->begin_len = len;
	log->archive = archive_read_new();
	if (log->archive == NULL) {
		free(log->begin);
		free(log);
		return error_set(err, STATUS_SYSTEM, "no memory to unpack");
	}
	archive_read_support_filter_gzip(log->archive);
	archive_read_support_filter_bzip2(log->archive);
	archive_read_support_filter_zstd(log->archive);
	archive_read_support_filter_xz(log->archive);
	archive_read_support_filter_lz4(log->archive);
	archive_read_support_format_raw(log->archive);
	archive_read_support_format_empty(log->archive);
	if (archive_read_open(log->archive, log, NULL, give, NULL) !=
	    ARCHIVE_OK)
		goto bad;
	/* It began as a packer's file does, and is none. */
	if (archive_filter_code(log->archive, 0) == ARCHIVE_FILTER_NONE) {
		archive_set_error(log->archive, EINVAL, "no such packing");
		goto bad;
	}
	switch (archive_read_next_header(log->archive, &entry)) {
	case ARCHIVE_OK:
		break;
	case ARCHIVE_EOF:
		log->ended = true;
		break;
	default:
		goto bad;
	}
	*out = log;
	return STATUS_OK;
bad:
	failed(log, err);
	archive_log_close(log);
	return STATUS_PARSE;
}

void
archive_log_close(struct archive_log *log)
{
	if (log == NULL)
		return;
	archive_read_free(log->archive);
	free(log->begin);
	free(log);
}

enum status
archive_log_read(struct archive_log *log, char *buf, size_t size, size_t *got,
    struct error *err)
{
	la_ssize_t n;

	*got = 0;
	if (log->ended)
		return STATUS_OK;
	do
		n = archive_read_data(log->archive, buf, size);
	while (n == ARCHIVE_RETRY);
	if (n < 0)
		return failed(log, err);
	*got = (size_t)n;
	log->ended = n == 0;
	return STATUS_OK;
}
