/* Packed logs: libarchive's filters, without its archive formats. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "mta/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/late.h"
#include "sendtop/mem.h"

enum { BLOCK = 256 * 1024 };

/* la.read_new() is archive_read_new(): libarchive is loaded when a packed log
 * is opened. */
#define ARCHIVE_CALLS(X)             \
	X(error_string)              \
	X(filter_code)               \
	X(read_data_block)           \
	X(read_free)                 \
	X(read_new)                  \
	X(read_next_header)          \
	X(read_open)                 \
	X(read_support_filter_bzip2) \
	X(read_support_filter_gzip)  \
	X(read_support_filter_lz4)   \
	X(read_support_filter_xz)    \
	X(read_support_filter_zstd)  \
	X(read_support_format_empty) \
	X(read_support_format_raw)   \
	X(set_error)

struct archive_calls {
#define MEMBER(name) __typeof__(archive_##name) *name;
	ARCHIVE_CALLS(MEMBER)
#undef MEMBER
};

#define ROW(name) LATE_NAME(archive_##name)
static const struct late_name names[] = { ARCHIVE_CALLS(ROW) };

_Static_assert(sizeof(struct archive_calls) ==
	sizeof(names) / sizeof(names[0]) * sizeof(late_call *),
    "a pointer for each name");

LATE_NOTE(LIBARCHIVE_SONAME, "packed-logs",
    "logs in gzip, bzip2, zstd, xz and lz4", "recommended");

static const struct late_library libarchive = {
	LIBARCHIVE_SONAME,
	"packed logs need",
	names,
	sizeof(names) / sizeof(names[0]),
};

struct archive_log {
	struct archive_calls la;
	struct archive *archive;
	int fd;
	char *begin; /* handed out once, before the descriptor is read */
	size_t begin_len;
	const char *left; /* unpacked, not handed out yet */
	size_t left_len;
	bool begun, ended;
	char *damage; /* what it could not be read on by, or NULL */
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
		log->la.set_error(archive, errno, "cannot be read");
	*block = log->block;
	return n;
}

static const char *
last_words(const struct archive_log *log)
{
	const char *why = log->la.error_string(log->archive);

	return why != NULL ? why : "no more is known";
}

static enum status
damaged(struct error *err, const char *why)
{
	return error_set(err, STATUS_PARSE, "damaged or cut short (%s)", why);
}

static void
take_packers(const struct archive_calls *la, struct archive *archive)
{
	la->read_support_filter_gzip(archive);
	la->read_support_filter_bzip2(archive);
	la->read_support_filter_zstd(archive);
	la->read_support_filter_xz(archive);
	la->read_support_filter_lz4(archive);
	la->read_support_format_raw(archive);
	la->read_support_format_empty(archive);
}

enum status
archive_log_open(int fd, const char *begin, size_t len,
    struct archive_log **out, struct error *err)
{
	struct archive_log *log = mem_zero(1, sizeof(*log));
	struct archive_entry *entry;
	enum status status = late_load(&libarchive, &log->la, err);

	if (status != STATUS_OK) {
		free(log);
		return status;
	}
	log->fd = fd;
	log->begin = mem_ndup(begin, len);
	log->begin_len = len;
	log->archive = log->la.read_new();
	if (log->archive == NULL) {
		free(log->begin);
		free(log);
		return error_set(err, STATUS_SYSTEM, "no memory to unpack");
	}
	take_packers(&log->la, log->archive);
	if (log->la.read_open(log->archive, log, NULL, give, NULL) !=
	    ARCHIVE_OK)
		goto bad;
	/* It began as a packer's file does, and is none. */
	if (log->la.filter_code(log->archive, 0) == ARCHIVE_FILTER_NONE) {
		log->la.set_error(log->archive, EINVAL, "no such packing");
		goto bad;
	}
	switch (log->la.read_next_header(log->archive, &entry)) {
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
	damaged(err, last_words(log));
	archive_log_close(log);
	return STATUS_PARSE;
}

void
archive_log_close(struct archive_log *log)
{
	if (log == NULL)
		return;
	log->la.read_free(log->archive);
	free(log->begin);
	free(log->damage);
	free(log);
}

/* The next block of what is unpacked; none at the end and where it is damaged,
 * which libarchive tells only once. */
static void
unpack(struct archive_log *log)
{
	const void *block;
	la_int64_t offset;
	int end;

	do
		end = log->la.read_data_block(
		    log->archive, &block, &log->left_len, &offset);
	while (end == ARCHIVE_RETRY);
	log->left = block;
	if (end == ARCHIVE_OK)
		return;
	log->left_len = 0;
	log->ended = true;
	if (end != ARCHIVE_EOF)
		log->damage = mem_dup(last_words(log));
}

/* What came before the damage is handed out before that is told. */
enum status
archive_log_read(struct archive_log *log, char *buf, size_t size, size_t *got,
    struct error *err)
{
	size_t n;

	for (*got = 0; *got < size; *got += n) {
		if (log->left_len == 0 && !log->ended)
			unpack(log);
		n = log->left_len < size - *got ? log->left_len : size - *got;
		if (n == 0 && log->ended)
			break;
		memcpy(buf + *got, log->left, n);
		log->left += n;
		log->left_len -= n;
	}
	if (*got == 0 && log->damage != NULL)
		return damaged(err, log->damage);
	return STATUS_OK;
}
