/* Log files as octets: opening, reading on, and what became of them. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mta/archive.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"

enum {
	HEAD_WAIT_MS = 2000,
	RECENT = 4 * SOURCE_TAIL, /* a line may be under way behind the tail */
};

struct source {
	char *path;
	int fd;
	struct source_facts facts;
	struct archive_log *packed; /* NULL: as it is */
	char head[SOURCE_HEAD];     /* of what is read but once: all so far */
	size_t head_len;
	/* A head that has that hash, so that it is made but once. */
	char known[SOURCE_HEAD];
	size_t known_len;
	uint64_t known_hash;
	dev_t device; /* of a pipe as well */
	ino_t inode;
	/* Of what is read but once: read so far, the last octets of that, and
	 * the tail to be watched for. */
	uint64_t at;
	char *recent;
	size_t recent_len;
	uint64_t watch_end, watch_len, watch_hash;
	enum source_fit watched;
	size_t served; /* of the head that was read ahead */
	char raw[8];   /* octets a pipe gave before it was known */
	size_t raw_len;
	bool ended, waited;
	char *broken; /* why there is no more of it, or NULL */
};

/* --- opening -------------------------------------------------------------- */

static enum status
refuse(const char *path, int errnum, struct error *err)
{
	if (errnum == EACCES || errnum == EPERM)
		return error_set(err, STATUS_DENIED,
		    "%s: may not be read; run as its group (often adm) or "
		    "give read permission",
		    path);
	if (errnum == ENOENT || errnum == ENOTDIR)
		return error_set(
		    err, STATUS_NOT_FOUND, "%s: there is no such log", path);
	return error_system(err, errnum, "%s: cannot be opened", path);
}

static void
take_facts(const struct stat *st, struct source_facts *out)
{
	out->device = (uint64_t)st->st_dev;
	out->inode = (uint64_t)st->st_ino;
	out->size = st->st_size;
	out->written_s = st->st_mtime;
}

/* Only a regular file can be read twice; the rest is read as it comes. */
static enum status
know_kind(struct source *source, struct error *err)
{
	struct stat st;

	if (fstat(source->fd, &st) != 0)
		return refuse(source->path, errno, err);
	if (S_ISDIR(st.st_mode))
		return error_set(err, STATUS_USAGE,
		    "%s: is a directory; name the logs in it", source->path);
	take_facts(&st, &source->facts);
	source->device = st.st_dev;
	source->inode = st.st_ino;
	if (S_ISREG(st.st_mode))
		return STATUS_OK;
	source->facts = (struct source_facts){
		.size = -1,
		.written_s = time(NULL),
		.piped = true,
	};
	return STATUS_OK;
}

/* RFC 1952 2.3.1: the time of the file that was packed, however often the
 * archive was copied since. */
static int64_t
packed_at(const char *raw, size_t len)
{
	const unsigned char *at = (const unsigned char *)raw;
	int64_t moment;

	if (len < 8 || at[0] != 0x1f || at[1] != 0x8b)
		return 0;
	moment = (int64_t)at[4] | (int64_t)at[5] << 8 | (int64_t)at[6] << 16 |
	    (int64_t)at[7] << 24;
	/* Some write 0 or 1, so that the same makes the same. */
	return moment > DAY_SECONDS ? moment : 0;
}

/* The first octets tell the packer.  Those of a pipe have to be kept. */
static enum status
know_packer(struct source *source, struct error *err)
{
	char *raw = source->raw;
	ssize_t n = 1;

	if (!source->facts.piped) {
		n = pread(source->fd, raw, sizeof(source->raw), 0);
		if (n < 0)
			return error_system(
			    err, errno, "%s: cannot be read", source->path);
		source->facts.packed = archive_is_packed(raw, (size_t)n);
		source->facts.packed_s = packed_at(raw, (size_t)n);
		if (source->facts.packed && lseek(source->fd, 0, SEEK_SET) != 0)
			return error_system(
			    err, errno, "%s: cannot be read", source->path);
		return STATUS_OK;
	}
	while (source->raw_len < sizeof(source->raw) && n != 0) {
		n = read(source->fd, raw + source->raw_len,
		    sizeof(source->raw) - source->raw_len);
		if (n < 0 && errno != EINTR)
			return error_system(
			    err, errno, "%s: cannot be read", source->path);
		source->raw_len += n > 0 ? (size_t)n : 0;
	}
	source->ended = source->raw_len == 0;
	source->facts.packed = archive_is_packed(raw, source->raw_len);
	return STATUS_OK;
}

enum status
source_open(const char *path, struct source **out, struct error *err)
{
	struct source *source = mem_zero(1, sizeof(*source));
	enum status status;
	struct error why;

	source->path = mem_dup(path);
	source->watched = FIT_HEAD;
	source->fd = strcmp(path, "-") == 0
	    ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	status = source->fd < 0 ? refuse(path, errno, err)
				: know_kind(source, err);
	if (status == STATUS_OK)
		status = know_packer(source, err);
	if (status == STATUS_OK && source->facts.packed) {
		status = archive_log_open(source->fd, source->raw,
		    source->raw_len, &source->packed, &why);
		if (status != STATUS_OK)
			error_set(err, status, "%s: %s", path, why.text);
	}
	if (status != STATUS_OK) {
		source_close(source);
		return status;
	}
	*out = source;
	return STATUS_OK;
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	archive_log_close(source->packed);
	if (source->fd >= 0)
		close(source->fd);
	free(source->path);
	free(source->broken);
	free(source->recent);
	free(source);
}

void
source_facts(const struct source *source, struct source_facts *out)
{
	*out = source->facts;
}

/* --- reading -------------------------------------------------------------- */

static bool
seekable(const struct source *source)
{
	return source->packed == NULL && !source->facts.piped;
}

static enum status
read_pipe(struct source *source, char *buf, size_t size, size_t *got,
    struct error *err)
{
	ssize_t n;

	*got = source->raw_len < size ? source->raw_len : size;
	if (*got > 0) {
		memcpy(buf, source->raw, *got);
		source->raw_len -= *got;
		memmove(source->raw, source->raw + *got, source->raw_len);
		return STATUS_OK;
	}
	do
		n = read(source->fd, buf, size);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return error_set(
		    err, STATUS_BUSY, "%s: nothing came yet", source->path);
	if (n < 0)
		return error_system(
		    err, errno, "%s: cannot be read", source->path);
	*got = (size_t)n;
	return STATUS_OK;
}

/* Reads on in what can be read but once, and keeps its head. */
static enum status
read_on(struct source *source, char *buf, size_t size, size_t *got,
    struct error *err)
{
	enum status status;
	struct error why;
	size_t keep;

	*got = 0;
	/* What is damaged stays so, whoever came upon it first. */
	if (source->broken != NULL)
		return error_set(err, STATUS_PARSE, "%s", source->broken);
	if (source->ended)
		return STATUS_OK;
	if (source->packed != NULL) {
		status = archive_log_read(source->packed, buf, size, got, &why);
		if (status != STATUS_OK) {
			source->broken = mem_printf(
			    "%s: %s", source->path, why.text);
			error_set(err, status, "%s", source->broken);
		}
	} else {
		status = read_pipe(source, buf, size, got, err);
	}
	source->ended = status == STATUS_OK && *got == 0;
	keep = SOURCE_HEAD - source->head_len;
	keep = keep < *got ? keep : *got;
	memcpy(source->head + source->head_len, buf, keep);
	source->head_len += keep;
	return status;
}

/* A pipe that has begun is waited for a little: a head that is too short to be
 * known would be counted again. */
static bool
comes_soon(struct source *source)
{
	struct pollfd fd = { .fd = source->fd, .events = POLLIN };

	if (source->packed != NULL || source->raw_len > 0 || source->ended)
		return true;
	if (poll(&fd, 1, source->waited ? 0 : HEAD_WAIT_MS) > 0)
		return true;
	source->waited = true;
	return false;
}

size_t
source_head(struct source *source, const char **head)
{
	struct error err;
	size_t got = 1;
	ssize_t n;

	*head = source->head;
	if (seekable(source)) {
		n = pread(source->fd, source->head, SOURCE_HEAD, 0);
		return n > 0 ? (size_t)n : 0;
	}
	/* Read ahead once; source_read() hands it out again. */
	while (source->at == 0 && source->head_len < SOURCE_HEAD && got > 0 &&
	    comes_soon(source)) {
		char buf[SOURCE_HEAD];

		if (read_on(source, buf, SOURCE_HEAD - source->head_len, &got,
			&err) != STATUS_OK)
			break;
	}
	return source->head_len;
}

/* What was read just now is the tail of what was read. */
static void
keep_recent(struct source *source, const char *buf, size_t got)
{
	size_t keep = RECENT - got;

	if (source->recent == NULL)
		source->recent = mem_alloc(RECENT);
	if (got >= RECENT) {
		memcpy(source->recent, buf + got - RECENT, RECENT);
		source->recent_len = RECENT;
		return;
	}
	if (source->recent_len > keep) {
		memmove(source->recent,
		    source->recent + source->recent_len - keep, keep);
		source->recent_len = keep;
	}
	memcpy(source->recent + source->recent_len, buf, got);
	source->recent_len += got;
}

static void
look_at_watch(struct source *source)
{
	char tail[SOURCE_TAIL];
	size_t len;

	if (source->watch_len > 0 && source->at < source->watch_end &&
	    source->ended)
		source->watched = FIT_SHORT;
	if (source->watch_len == 0 || source->at != source->watch_end)
		return;
	len = source_tail(source, source->at, tail);
	len = len < source->watch_len ? len : source->watch_len;
	source->watched = len == source->watch_len &&
		source_hash(tail, len) == source->watch_hash
	    ? FIT_WHOLE
	    : FIT_OTHER;
}

/* The octets from source->at on: first those read ahead for the head. */
static enum status
read_next(struct source *source, char *buf, size_t size, size_t *got,
    struct error *err)
{
	enum status status = STATUS_OK;
	size_t left = source->head_len - source->served;

	if (source->at < source->watch_end &&
	    size > source->watch_end - source->at)
		size = (size_t)(source->watch_end - source->at);
	if (source->at == source->served && left > 0) {
		*got = left < size ? left : size;
		memcpy(buf, source->head + source->served, *got);
		source->served += *got;
	} else {
		status = read_on(source, buf, size, got, err);
		source->served = source->head_len;
	}
	source->at += *got;
	keep_recent(source, buf, *got);
	look_at_watch(source);
	return status;
}

enum status
source_read(struct source *source, uint64_t offset, char *buf, size_t size,
    size_t *got, struct error *err)
{
	enum status status = STATUS_OK;
	ssize_t n;

	*got = 0;
	if (seekable(source)) {
		do
			n = pread(source->fd, buf, size, (off_t)offset);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return error_system(
			    err, errno, "%s: cannot be read", source->path);
		*got = (size_t)n;
		return STATUS_OK;
	}
	while (source->at < offset) {
		uint64_t gap = offset - source->at;

		status = read_next(
		    source, buf, gap < size ? (size_t)gap : size, got, err);
		if (status != STATUS_OK || *got == 0) {
			*got = 0;
			return status;
		}
	}
	return read_next(source, buf, size, got, err);
}

size_t
source_peek(
    const struct source *source, uint64_t offset, char *buf, size_t size)
{
	size_t got = 0;
	ssize_t n = 1;

	while (got < size && n != 0) {
		n = pread(
		    source->fd, buf + got, size - got, (off_t)(offset + got));
		if (n < 0 && errno != EINTR)
			break;
		got += n > 0 ? (size_t)n : 0;
	}
	return got;
}

uint64_t
source_at(const struct source *source)
{
	return source->at;
}

size_t
source_tail(struct source *source, uint64_t end, char *buf)
{
	size_t size = end < SOURCE_TAIL ? (size_t)end : SOURCE_TAIL;
	uint64_t behind;

	if (seekable(source))
		return source_peek(source, end - size, buf, size) == size ? size
									  : 0;
	if (end > source->at || source->at - end >= source->recent_len)
		return 0;
	behind = source->at - end;
	if (size > source->recent_len - behind)
		size = (size_t)(source->recent_len - behind);
	memcpy(buf, source->recent + source->recent_len - behind - size, size);
	return size;
}

void
source_watch(struct source *source, const struct source_mark *mark)
{
	source->watched = FIT_HEAD;
	source->watch_end = mark->tail_end;
	source->watch_len = seekable(source) ? 0 : mark->tail_len;
	source->watch_hash = mark->tail_hash;
}

enum source_fit
source_watched(const struct source *source)
{
	return source->watched;
}

/* --- what became of it ---------------------------------------------------- */

uint64_t
source_hash_on(uint64_t hash, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
	return hash;
}

uint64_t
source_hash(const char *data, size_t len)
{
	return source_hash_on(HEAD_HASH_EMPTY, data, len);
}

/* Asked with every chunk, so that what is known is compared and not hashed. */
static bool
has_hash(struct source *source, const char *head, size_t len, uint64_t hash)
{
	if (source->known_len == len && source->known_hash == hash &&
	    memcmp(source->known, head, len) == 0)
		return true;
	if (source_hash(head, len) != hash)
		return false;
	memcpy(source->known, head, len);
	source->known_len = len;
	source->known_hash = hash;
	return true;
}

static bool
is_cut(struct source *source, uint64_t upto, uint64_t head_len, uint64_t hash)
{
	struct stat st;
	const char *head;

	if (!seekable(source))
		return false;
	if (fstat(source->fd, &st) == 0)
		take_facts(&st, &source->facts);
	if (source->facts.size < (int64_t)upto)
		return true;
	return source_head(source, &head) < head_len ||
	    !has_hash(source, head, (size_t)head_len, hash);
}

enum source_fate
source_fate(
    struct source *source, uint64_t upto, uint64_t head_len, uint64_t head_hash)
{
	struct stat st;

	if (is_cut(source, upto, head_len, head_hash))
		return SOURCE_CUT;
	if (strcmp(source->path, "-") == 0)
		return SOURCE_SAME;
	if (stat(source->path, &st) != 0)
		return SOURCE_GONE;
	return st.st_dev == source->device && st.st_ino == source->inode
	    ? SOURCE_SAME
	    : SOURCE_MOVED;
}
