/* Which log a content is: known again by how it begins and by its tail. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sendtop/source.h"

/* --- marks ---------------------------------------------------------------- */

/* Hashes of all that a head begins with. */
struct begins {
	uint64_t hash[SOURCE_HEAD + 1];
	size_t len;
};

static void
begins_make(struct begins *begins, const char *head, size_t len)
{
	begins->len = len < SOURCE_HEAD ? len : SOURCE_HEAD;
	begins->hash[0] = HEAD_HASH_EMPTY;
	for (size_t i = 0; i < begins->len; i++)
		begins->hash[i + 1] = source_hash_on(
		    begins->hash[i], head + i, 1);
}

void
source_mark_head(struct source_mark *mark, const char *head, size_t len)
{
	uint64_t hash = HEAD_HASH_EMPTY;
	size_t at, n;

	mark->step_count = 0;
	for (at = 0; at < len; at += n) {
		n = len - at < SOURCE_STEP ? len - at : SOURCE_STEP;
		hash = source_hash_on(hash, head + at, n);
		if (n == SOURCE_STEP)
			mark->steps[mark->step_count++] = (uint32_t)hash;
	}
	mark->head_len = len;
	mark->head_hash = hash;
}

void
source_mark_tail(struct source_mark *mark, const char *tail, size_t len)
{
	mark->tail_end = mark->offset;
	mark->tail_len = len;
	mark->tail_hash = source_hash(tail, len);
}

/* --- matching ------------------------------------------------------------- */

/* What is shorter than the head is known as far as whole steps go. */
static enum source_fit
fit_begin(const struct source_mark *mark, const struct begins *begins)
{
	size_t steps = begins->len / SOURCE_STEP;

	if (steps == 0 || steps > mark->step_count)
		return FIT_NONE;
	return mark->steps[steps - 1] ==
		(uint32_t)begins->hash[steps * SOURCE_STEP]
	    ? FIT_SHORT
	    : FIT_NONE;
}

static enum source_fit
fit_tail(struct source *source, const struct source_mark *mark)
{
	char tail[SOURCE_TAIL];
	size_t len = source_tail(source, mark->tail_end, tail);

	if (len < mark->tail_len)
		return FIT_SHORT;
	return source_hash(tail + len - mark->tail_len,
		   (size_t)mark->tail_len) == mark->tail_hash
	    ? FIT_WHOLE
	    : FIT_OTHER;
}

static enum source_fit
fit(struct source *source, const struct source_facts *facts,
    const struct source_mark *mark, const struct begins *begins)
{
	bool plain = !facts->packed && !facts->piped;
	enum source_fit tail;

	if (mark->head_len == 0)
		return FIT_NONE;
	if (mark->head_len > begins->len)
		return fit_begin(mark, begins);
	if (begins->hash[mark->head_len] != mark->head_hash)
		return FIT_NONE;
	if (mark->offset <= mark->head_len)
		return FIT_WHOLE;
	if (!plain)
		return FIT_HEAD;
	tail = mark->tail_len > 0 ? fit_tail(source, mark) : FIT_HEAD;
	if (tail != FIT_OTHER && (uint64_t)facts->size < mark->offset)
		return FIT_SHORT;
	return tail;
}

struct candidate {
	const struct source_mark *mark;
	enum source_fit fit;
	bool here; /* of the same file */
};

/* The one that says more comes first.  Of what is whole that which was read
 * further, else that of the same file. */
static bool
is_better(const struct candidate *a, const struct candidate *b)
{
	bool both = a->fit <= FIT_HEAD && b->fit <= FIT_HEAD;

	if (a->fit != b->fit && !both)
		return a->fit < b->fit;
	if (a->mark->head_len != b->mark->head_len)
		return a->mark->head_len > b->mark->head_len;
	if (a->fit != b->fit)
		return a->fit < b->fit;
	if (a->here == b->here || a->fit == FIT_WHOLE)
		return a->mark->offset > b->mark->offset;
	return a->here;
}

size_t
source_match(struct source *source, const struct source_mark *const *marks,
    size_t count, enum source_fit *best_fit)
{
	struct candidate best = { .fit = FIT_NONE }, now;
	struct source_facts facts;
	struct begins begins;
	size_t found = SIZE_MAX, i;
	const char *head;
	size_t len = source_head(source, &head);

	begins_make(&begins, head, len);
	source_facts(source, &facts);
	for (i = 0; i < count; i++) {
		if (marks[i] == NULL)
			continue;
		now.mark = marks[i];
		now.fit = fit(source, &facts, marks[i], &begins);
		now.here = marks[i]->device == facts.device &&
		    marks[i]->inode == facts.inode;
		if (now.fit != FIT_NONE &&
		    (found == SIZE_MAX || is_better(&now, &best))) {
			best = now;
			found = i;
		}
	}
	*best_fit = best.fit;
	return found;
}

/* --- names ---------------------------------------------------------------- */

static size_t
without_packer(const char *path, size_t len)
{
	static const char *const packers[] = { ".gz", ".bz2", ".zst", ".xz",
		".lz4" };

	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
		size_t n = strlen(packers[i]);

		if (len > n && memcmp(path + len - n, packers[i], n) == 0)
			return len - n;
	}
	return len;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t
source_family_len(const char *path)
{
	size_t len = without_packer(path, strlen(path)), at = len;

	/* ".1", "-20261122", "-2026-11-22T03:00" */
	while (at > 0 && strchr("0123456789-T:_", path[at - 1]) != NULL)
		at--;
	if (at > 0 && at + 1 < len && path[at] == '-' && is_digit(path[at + 1]))
		return at;
	if (at > 1 && at < len && path[at - 1] == '.' && is_digit(path[at]))
		return at - 1;
	return len;
}

bool
source_is_rotated(const char *path, const char *name)
{
	const char *base = strrchr(path, '/');
	size_t len = source_family_len(name);

	base = base != NULL ? base + 1 : path;
	return name[len] != '\0' && strlen(base) == len &&
	    memcmp(name, base, len) == 0;
}
