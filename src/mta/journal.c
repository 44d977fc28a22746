/* journald's export form: entries become lines as syslog writes them. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	MACHINE_SIZE = 33,
	NAME_SIZE = 64,
	SHORT_MOST = 256,
	PAGE_ENTRIES = 32768,
	PAGES_MOST = 4096, /* 16 MiB: 134 million entries in a row */
};

/* Moments in microseconds, both ends included. */
struct stretch {
	int64_t first, last;
};

struct machine {
	char id[MACHINE_SIZE];
	struct stretch known[JOURNAL_SPANS]; /* before this run */
	size_t count;
	struct stretch now; /* of this run; first 0: none */
};

/* Which entries of a journal were read in this run: a bit for each sequence
 * number, as there is one for each entry. */
struct page {
	uint64_t key; /* of the journal and the page's place in it */
	unsigned char read[PAGE_ENTRIES / 8];
};

/* The fields of an entry that make a line. */
enum field {
	FIELD_CURSOR,
	FIELD_STAMP,
	FIELD_MACHINE,
	FIELD_HOST,
	FIELD_NAME,
	FIELD_PID,
	FIELD_PID_SENDER,
	FIELD_TEXT,
	FIELDS,
};
static const struct {
	const char *name;
	size_t most;
} fields[FIELDS] = {
	{ "__CURSOR", SHORT_MOST },
	{ "__REALTIME_TIMESTAMP", SHORT_MOST },
	{ "_MACHINE_ID", SHORT_MOST },
	{ "_HOSTNAME", SHORT_MOST },
	{ "SYSLOG_IDENTIFIER", SHORT_MOST },
	{ "_PID", SHORT_MOST },
	{ "SYSLOG_PID", SHORT_MOST },
	{ "MESSAGE", JOURNAL_FIELD_MOST },
};

/* Where in an entry we are. */
enum place { IN_NAME, IN_VALUE, IN_LENGTH, IN_BINARY, AFTER_BINARY };

struct journal {
	enum place place;
	char name[NAME_SIZE]; /* longer ones are nothing we want */
	size_t name_len;
	uint64_t left; /* of a binary value */
	unsigned char length[8];
	size_t length_len;
	struct buf values[FIELDS], *value; /* value NULL: not wanted */
	int64_t known;
	struct machine machines[JOURNAL_MACHINES];
	size_t machine_count;
	struct page **pages; /* the oldest give way */
	size_t page_count, page_cap, page_next, page_last;
};

bool
journal_begins(const char *head, size_t len)
{
	static const char first[] = "__CURSOR=";

	return len >= sizeof(first) - 1 &&
	    memcmp(head, first, sizeof(first) - 1) == 0;
}

/* --- what was read before ------------------------------------------------- */

/* Cuts the next word off; false at the end. */
static bool
next_word(const char **text, char *out, size_t size)
{
	size_t len;

	*text += strspn(*text, " ");
	len = strcspn(*text, " \n");
	if (len == 0 || len >= size)
		return false;
	memcpy(out, *text, len);
	out[len] = '\0';
	*text += len;
	return true;
}

/* "ID FIRST-LAST FIRST-LAST" */
static void
read_machine(struct journal *journal, const char *line)
{
	struct machine *m = &journal->machines[journal->machine_count];
	char word[NAME_SIZE], *dash;
	int64_t first, last;

	if (journal->machine_count == JOURNAL_MACHINES ||
	    !next_word(&line, m->id, sizeof(m->id)))
		return;
	journal->machine_count++;
	while (
	    m->count < JOURNAL_SPANS && next_word(&line, word, sizeof(word))) {
		dash = strchr(word, '-');
		if (dash == NULL)
			continue;
		*dash = '\0';
		if (text_to_int(word, 1, INT64_MAX / 2, &first) &&
		    text_to_int(dash + 1, first, INT64_MAX / 2, &last))
			m->known[m->count++] = (struct stretch){ first, last };
	}
}

struct journal *
journal_new(const char *state)
{
	struct journal *journal = mem_zero(1, sizeof(*journal));

	for (size_t i = 0; i < FIELDS; i++)
		journal->values[i].max = fields[i].most;
	while (state[0] != '\0') {
		read_machine(journal, state);
		state += strcspn(state, "\n");
		state += state[0] == '\n';
	}
	return journal;
}

static void
forget_pages(struct journal *journal)
{
	for (size_t i = 0; i < journal->page_count; i++)
		free(journal->pages[i]);
	free(journal->pages);
	journal->pages = NULL;
	journal->page_count = journal->page_cap = 0;
	journal->page_next = journal->page_last = 0;
}

void
journal_free(struct journal *journal)
{
	if (journal == NULL)
		return;
	forget_pages(journal);
	for (size_t i = 0; i < FIELDS; i++)
		buf_free(&journal->values[i]);
	free(journal);
}

static void
clear_values(struct journal *journal)
{
	for (size_t i = 0; i < FIELDS; i++) {
		buf_free(&journal->values[i]);
		journal->values[i].max = fields[i].most;
	}
	journal->value = NULL;
}

int64_t
journal_known(const struct journal *journal)
{
	return journal->known;
}

/* The stretches with this run's, joined where they meet, in their order. */
static size_t
joined(const struct machine *m, struct stretch out[JOURNAL_SPANS + 1])
{
	size_t count = 0, i, k;
	struct stretch all = m->now;

	for (i = 0; i < m->count; i++)
		if (all.first == 0 || m->known[i].last + 1 < all.first ||
		    m->known[i].first > all.last + 1) {
			out[count++] = m->known[i];
		} else {
			all.first = m->known[i].first < all.first
			    ? m->known[i].first
			    : all.first;
			all.last = m->known[i].last > all.last
			    ? m->known[i].last
			    : all.last;
		}
	if (all.first == 0)
		return count;
	for (k = count; k > 0 && out[k - 1].first > all.first; k--)
		out[k] = out[k - 1];
	out[k] = all;
	return count + 1;
}

void
journal_fold(struct journal *journal)
{
	for (size_t i = 0; i < journal->machine_count; i++) {
		struct machine *m = &journal->machines[i];
		struct stretch all[JOURNAL_SPANS + 1];
		size_t count = joined(m, all);
		size_t skip = count > JOURNAL_SPANS ? 1 : 0;

		m->count = count - skip;
		memcpy(m->known, all + skip, m->count * sizeof(all[0]));
		m->now = (struct stretch){ 0, 0 };
	}
	clear_values(journal);
	forget_pages(journal);
	journal->place = IN_NAME;
	journal->name_len = 0;
}

char *
journal_state(const struct journal *journal)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < journal->machine_count; i++) {
		const struct machine *m = &journal->machines[i];
		struct stretch all[JOURNAL_SPANS + 1];
		size_t count = joined(m, all), k;

		/* The oldest gives way. */
		k = count > JOURNAL_SPANS ? 1 : 0;
		buf_str(&out, m->id);
		for (; k < count; k++)
			buf_printf(&out, " %lld-%lld", (long long)all[k].first,
			    (long long)all[k].last);
		buf_char(&out, '\n');
	}
	return buf_take(&out);
}

static struct machine *
machine_of(struct journal *journal, const char *id)
{
	size_t i = 0;

	while (i < journal->machine_count &&
	    strcmp(journal->machines[i].id, id) != 0)
		i++;
	if (i < journal->machine_count)
		return &journal->machines[i];
	if (i == JOURNAL_MACHINES) {
		i--;
		memmove(&journal->machines[0], &journal->machines[1],
		    i * sizeof(journal->machines[0]));
	} else {
		journal->machine_count++;
	}
	memset(&journal->machines[i], 0, sizeof(journal->machines[i]));
	memcpy(journal->machines[i].id, id, strlen(id) + 1);
	return &journal->machines[i];
}

static bool
is_known(const struct machine *m, int64_t stamp)
{
	for (size_t i = 0; i < m->count; i++)
		if (stamp >= m->known[i].first && stamp <= m->known[i].last)
			return true;
	return false;
}

/* --- one entry ------------------------------------------------------------ */

static const char *
value(const struct journal *journal, enum field field)
{
	const char *text = journal->values[field].data;

	return text != NULL ? text : "";
}

/* An id has 32 hexadecimal digits; what is none is one machine. */
static void
machine_id(const struct journal *journal, char out[MACHINE_SIZE])
{
	const char *id = value(journal, FIELD_MACHINE);
	size_t len = strspn(id, "0123456789abcdef");

	if (len == 0 || len >= MACHINE_SIZE || id[len] != '\0')
		id = "unknown";
	snprintf(out, MACHINE_SIZE, "%s", id);
}

static struct page *
page_of(struct journal *journal, uint64_t key)
{
	size_t i = journal->page_last;
	struct page *page;

	if (i < journal->page_count && journal->pages[i]->key == key)
		return journal->pages[i];
	for (i = 0; i < journal->page_count; i++)
		if (journal->pages[i]->key == key)
			break;
	if (i == journal->page_count && i < PAGES_MOST) {
		journal->pages = mem_grow(journal->pages, i, &journal->page_cap,
		    sizeof(struct page *));
		journal->pages[journal->page_count++] = mem_zero(
		    1, sizeof(struct page));
		journal->pages[i]->key = key;
	} else if (i == journal->page_count) {
		i = journal->page_next;
		journal->page_next = (i + 1) % PAGES_MOST;
		page = journal->pages[i];
		memset(page, 0, sizeof(*page));
		page->key = key;
	}
	journal->page_last = i;
	return journal->pages[i];
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/*
 * "s=JOURNAL;i=NUMBER;...", the number in hexadecimal: notes that it was read.
 * Returns whether it was before.
 */
static bool
note_cursor(struct journal *journal)
{
	const char *cursor = value(journal, FIELD_CURSOR);
	const char *at = strstr(cursor, ";i=");
	uint64_t key = 0xcbf29ce484222325, number = 0;
	unsigned char bit, *octet;
	size_t digits = 0;
	bool before;
	int hex;

	if (at == NULL || strncmp(cursor, "s=", 2) != 0)
		return false;
	for (; cursor < at; cursor++)
		key = (key ^ (unsigned char)*cursor) * 0x100000001b3;
	for (at += 3; (hex = hex_digit(*at)) >= 0 && digits < 16;
	     at++, digits++)
		number = number << 4 | (uint64_t)hex;
	if (digits == 0 || (*at != ';' && *at != '\0'))
		return false;
	octet = &page_of(journal, key ^ number / PAGE_ENTRIES)
		     ->read[number % PAGE_ENTRIES / 8];
	bit = (unsigned char)(1 << number % 8);
	before = (*octet & bit) != 0;
	*octet |= bit;
	return before;
}

/* A stretch of the journal may stand twice in one file.  What is newer than all
 * before is none of it. */
static bool
is_repeated(struct journal *journal, const struct machine *m, int64_t stamp)
{
	bool noted = note_cursor(journal);

	return noted && stamp <= m->now.last;
}

/* What would end the line, or its name, early becomes a space or goes. */
static void
add_word(struct buf *line, const char *text, const char *instead)
{
	if (text[0] == '\0')
		text = instead;
	for (; *text != '\0'; text++)
		if (*text > ' ' && *text != ':' && *text != '[')
			buf_char(line, *text);
}

static void
make_line(const struct journal *journal, int64_t stamp, struct buf *line)
{
	const struct buf *text = &journal->values[FIELD_TEXT];
	const char *pid = value(journal, FIELD_PID_SENDER);
	char when[TIME_TEXT_SIZE];

	time_text(when, stamp / 1000000);
	when[strcspn(when, "Z")] = '\0';
	buf_printf(line, "%s.%06d+00:00 ", when, (int)(stamp % 1000000));
	add_word(line, value(journal, FIELD_HOST), "localhost");
	buf_char(line, ' ');
	add_word(line, value(journal, FIELD_NAME), "unknown");
	if (pid[0] == '\0')
		pid = value(journal, FIELD_PID);
	if (pid[0] != '\0') {
		buf_char(line, '[');
		add_word(line, pid, "");
		buf_char(line, ']');
	}
	buf_str(line, ": ");
	for (size_t i = 0; i < text->len; i++)
		buf_char(line,
		    strchr("\n\r", text->data[i]) == NULL ? text->data[i]
							  : ' ');
	buf_char(line, '\n');
}

static void
end_entry(struct journal *journal,
    void (*line)(void *arg, const char *line, size_t len), void *arg)
{
	char id[MACHINE_SIZE];
	struct buf out = { 0 };
	struct machine *m;
	int64_t stamp;

	if (text_to_int(
		value(journal, FIELD_STAMP), 1, INT64_MAX / 2, &stamp)) {
		machine_id(journal, id);
		m = machine_of(journal, id);
		if (is_known(m, stamp) || is_repeated(journal, m, stamp)) {
			journal->known++;
		} else {
			if (m->now.first == 0 || stamp < m->now.first)
				m->now.first = stamp;
			if (stamp > m->now.last)
				m->now.last = stamp;
			make_line(journal, stamp, &out);
			line(arg, out.data, out.len);
			buf_free(&out);
		}
	}
	clear_values(journal);
}

/* --- octets --------------------------------------------------------------- */

static void
begin_value(struct journal *journal)
{
	journal->value = NULL;
	if (journal->name_len >= NAME_SIZE)
		return;
	journal->name[journal->name_len] = '\0';
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(journal->name, fields[i].name) == 0) {
			journal->value = &journal->values[i];
			buf_free(journal->value);
			journal->value->max = fields[i].most;
		}
}

/* One octet of a name; true at the end of an entry. */
static bool
take_name(struct journal *journal, char c)
{
	if (c == '\n' && journal->name_len == 0)
		return true;
	if (c == '=' || c == '\n') {
		begin_value(journal);
		journal->place = c == '=' ? IN_VALUE : IN_LENGTH;
		journal->name_len = 0;
		journal->length_len = 0;
	} else {
		if (journal->name_len < NAME_SIZE)
			journal->name[journal->name_len] = c;
		if (journal->name_len < NAME_SIZE)
			journal->name_len++;
	}
	return false;
}

static void
take_length(struct journal *journal, char c)
{
	journal->length[journal->length_len++] = (unsigned char)c;
	if (journal->length_len < sizeof(journal->length))
		return;
	journal->left = 0;
	for (size_t i = sizeof(journal->length); i > 0; i--)
		journal->left = journal->left << 8 | journal->length[i - 1];
	journal->place = journal->left > 0 ? IN_BINARY : AFTER_BINARY;
}

/* A run of octets of a value, or one octet of anything else; how many. */
static size_t
take(struct journal *journal, const char *data, size_t len, bool *entry)
{
	const char *end;

	*entry = false;
	switch (journal->place) {
	case IN_NAME:
		*entry = take_name(journal, *data);
		return 1;
	case IN_VALUE:
		end = memchr(data, '\n', len);
		len = end != NULL ? (size_t)(end - data) : len;
		if (journal->value != NULL)
			buf_add(journal->value, data, len);
		if (end == NULL)
			return len;
		journal->place = IN_NAME;
		return len + 1;
	case IN_LENGTH:
		take_length(journal, *data);
		return 1;
	case IN_BINARY:
		len = len < journal->left ? len : (size_t)journal->left;
		if (journal->value != NULL)
			buf_add(journal->value, data, len);
		journal->left -= len;
		if (journal->left == 0)
			journal->place = AFTER_BINARY;
		return len;
	case AFTER_BINARY:
		break;
	}
	journal->place = IN_NAME;
	return 1;
}

void
journal_feed(struct journal *journal, const char *data, size_t len,
    void (*line)(void *arg, const char *line, size_t len), void *arg)
{
	size_t at = 0;
	bool entry;

	while (at < len) {
		at += take(journal, data + at, len - at, &entry);
		if (entry)
			end_entry(journal, line, arg);
	}
}
