/* What a new reader is told of a log: its times, and all of it for its years. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

/* Archives are unpacked twice only where that is soon done. */
enum { PACKED_MOST = 1024 * 1024, UNPACKED_MOST = 32 * 1024 * 1024 };

struct survey {
	struct mta_octets octets;
	uint64_t size;
	struct source *source; /* borrowed */
	struct buf unpacked;
};

static size_t
peek(void *arg, uint64_t at, char *buf, size_t size)
{
	const struct survey *survey = arg;

	return source_peek(survey->source, at, buf, size);
}

static size_t
copy(void *arg, uint64_t at, char *buf, size_t size)
{
	const struct survey *survey = arg;
	size_t len = survey->unpacked.len;

	if (at >= len)
		return 0;
	len -= (size_t)at;
	len = len < size ? len : size;
	memcpy(buf, survey->unpacked.data + at, len);
	return len;
}

/* False unless it is all there. */
static bool
unpack(struct survey *survey, struct source *source, char *chunk)
{
	struct error err;
	size_t got = 1;

	while (got > 0 && survey->unpacked.len <= UNPACKED_MOST) {
		/* What is damaged is told when it is read. */
		if (source_read(source, survey->unpacked.len, chunk,
			SOURCE_CHUNK, &got, &err) != STATUS_OK)
			got = 0;
		buf_add(&survey->unpacked, chunk, got);
	}
	survey->size = survey->unpacked.len;
	return survey->unpacked.len <= UNPACKED_MOST;
}

static bool
open_packed(struct survey *survey, const struct logfile *file, char *chunk)
{
	struct source_facts mine, facts;
	struct source *source;
	struct error err;
	bool ok;

	source_facts(file->source, &mine);
	if (mine.size > PACKED_MOST || file->stdin_log ||
	    source_open(file->path, &source, &err) != STATUS_OK)
		return false;
	source_facts(source, &facts);
	ok = facts.device == mine.device && facts.inode == mine.inode &&
	    facts.packed && unpack(survey, source, chunk);
	source_close(source);
	return ok;
}

static void
tell_times(const struct logfile *file, const struct source_facts *facts,
    struct mta_options *options)
{
	options->name = file->path;
	options->now_s = clock_utc_s();
	options->written_s = facts->written_s;
	if (facts->packed_s > 0 && facts->packed_s < facts->written_s)
		options->written_s = facts->packed_s;
	/* A file from a clock that runs ahead holds no lines of the future. */
	if (options->written_s > options->now_s)
		options->written_s = options->now_s;
}

struct survey *
survey_open(struct ingest *ingest, const struct logfile *file,
    struct mta_options *options)
{
	struct source_facts facts;
	struct survey *survey;
	const char *head;
	size_t len;

	source_facts(file->source, &facts);
	tell_times(file, &facts, options);
	if (facts.piped || options->goes_on ||
	    (file->content != NULL && file->content->journal != NULL))
		return NULL;
	len = source_head(file->source, &head);
	if (!mta_lacks_years(head, len))
		return NULL;
	survey = mem_zero(1, sizeof(*survey));
	survey->octets = (struct mta_octets){ peek, survey };
	survey->source = file->source;
	survey->size = (uint64_t)facts.size;
	if (facts.packed) {
		survey->octets.read = copy;
		if (!open_packed(survey, file, ingest->chunk)) {
			survey_close(survey);
			return NULL;
		}
	}
	options->whole = &survey->octets;
	options->whole_size = survey->size;
	return survey;
}

void
survey_close(struct survey *survey)
{
	if (survey == NULL)
		return;
	buf_free(&survey->unpacked);
	free(survey);
}
