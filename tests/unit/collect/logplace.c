/* A directory with logs and a store, and short ways to ingest and to count. */
/* SPDX-License-Identifier: MIT */
#include "logplace.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"

struct logplace t;

void
must(enum status status, const struct error *err)
{
	if (status != STATUS_OK)
		ck_abort_msg("%s", err->text);
}

char *
in_dir(const char *name)
{
	return mem_printf("%s/%s", t.dir, name);
}

struct store *
opened(enum store_mode mode)
{
	char *path = in_dir("store.db");
	struct store *store;
	struct error err;

	must(store_open(path, mode, &store, &err), &err);
	free(path);
	return store;
}

void
place_begin(void)
{
	const char *source = getenv("SENDTOP_SRCDIR");
	char *share = mem_printf("%s/share", source != NULL ? source : ".");
	char *table = mem_printf("%s/providers.json", share);
	struct store *store;
	struct error err;

	memset(&t, 0, sizeof(t));
	snprintf(t.dir, sizeof(t.dir), "/tmp/test_ingest.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(t.dir));
	must(providers_load(table, &t.providers, &err), &err);
	must(reply_catalogue_load(share, &t.catalogue, &err), &err);
	free(table);
	free(share);
	store = opened(STORE_WRITE);
	must(store_domain_add(
		 store, "example.com", FROM_USER, NULL, &t.domain, &err),
	    &err);
	store_close(store);
}

void
place_end(void)
{
	char *command = mem_printf("rm -rf '%s'", t.dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
	buf_free(&t.troubles);
	reply_catalogue_free(t.catalogue);
	providers_free(t.providers);
}

void
shell(const char *line)
{
	char *command = mem_printf("cd '%s' && %s", t.dir, line);

	ck_assert_msg(system(command) == 0, "%s", line);
	free(command);
}

void
add_message(struct buf *out, int i)
{
	char when[TIME_TEXT_SIZE];

	time_text(when, START + i);
	when[strlen(when) - 1] = '\0';
	buf_printf(out,
	    "%s.100000+00:00 mx1 postfix/qmgr[11]: 4X%05dz: "
	    "from=<news@example.com>, size=4711, nrcpt=1 (queue active)\n"
	    "%s.200000+00:00 mx1 postfix/smtp[12]: 4X%05dz: "
	    "to=<user%d@gmail.com>, "
	    "relay=gmail-smtp-in.l.google.com[192.0.2.1]:25, delay=1, "
	    "delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 OK "
	    "1795305600 x - gsmtp)\n"
	    "%s.300000+00:00 mx1 postfix/qmgr[11]: 4X%05dz: removed\n",
	    when, i, when, i, i, when, i);
}

void
write_file(const char *name, const char *text)
{
	char *path = in_dir(name);
	FILE *f = fopen(path, "a");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, strlen(text), f), strlen(text));
	ck_assert_int_eq(fclose(f), 0);
	free(path);
}

void
write_log(const char *name, int first, int last)
{
	struct buf text = { 0 };

	for (int i = first; i <= last; i++)
		add_message(&text, i);
	write_file(name, text.data);
	buf_free(&text);
}

static void
note_trouble(void *arg, const char *path, const char *sentence)
{
	(void)arg;
	(void)path;
	buf_printf(&t.troubles, "%s\n", sentence != NULL ? sentence : "well");
}

struct ingest *
ingest_of(struct store *store, bool follow)
{
	const struct ingest_options options = {
		.store = store,
		.providers = t.providers,
		.catalogue = t.catalogue,
		.format = t.format,
		.batch_octets = 200000,
		.batch_ms = 60000,
		.batch_rows = COUNT_ROWS_MOST,
		.follow = follow,
		.trouble = note_trouble,
	};
	struct ingest *ingest;
	struct error err;
	size_t count;

	must(ingest_open(&options, &ingest, &err), &err);
	must(ingest_watch(ingest, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	return ingest;
}

void
read_on(struct ingest *ingest)
{
	struct error err;
	bool more = true;

	while (more)
		must(ingest_turn(ingest, 1000, &more, &err), &err);
	must(ingest_commit(ingest, &err), &err);
}

void
add_names(struct ingest *ingest, const char *names)
{
	while (*names != '\0') {
		size_t len = strcspn(names, " ");
		char *name = mem_ndup(names, len);
		char *path = strcmp(name, "-") == 0 ? mem_dup("-")
						    : in_dir(name);

		ingest_add(ingest, path, strchr(name, '*') != NULL);
		free(path);
		free(name);
		names += len;
		names += *names == ' ';
	}
}

void
ingest(const char *names)
{
	struct store *store = opened(STORE_WRITE);
	struct ingest *ingest = ingest_of(store, false);

	add_names(ingest, names);
	read_on(ingest);
	ingest_close(ingest);
	store_close(store);
}

void
ingest_as(const char *format, const char *names)
{
	t.format = format;
	ingest(names);
	t.format = NULL;
}

int64_t
delivered_in(struct store *store)
{
	struct arena *arena = arena_new();
	struct traffic *rows;
	struct error err;
	int64_t sum = 0;
	size_t count;

	must(store_traffic_get(store, t.domain, NULL, START - 86400,
		 START + 10 * 86400, arena, &rows, &count, &err),
	    &err);
	for (size_t i = 0; i < count; i++) {
		ck_assert_str_eq(rows[i].provider, "gmail");
		sum += rows[i].delivered + rows[i].deferred + rows[i].bounced;
	}
	arena_free(arena);
	return sum;
}

int64_t
delivered(void)
{
	struct store *store = opened(STORE_READ);
	int64_t sum = delivered_in(store);

	store_close(store);
	return sum;
}

static void
play(const char *step)
{
	char name[64] = "mail.log";
	int first, last;

	switch (step[0]) {
	case 'W':
		ck_assert_int_ge(
		    sscanf(step, "W %d %d %63s", &first, &last, name), 2);
		write_log(name, first, last);
		break;
	case 'I':
		ingest(step + 2);
		break;
	case 'S':
		shell(step + 2);
		break;
	default:
		ck_assert_int_eq(sscanf(step, "= %d", &first), 1);
		ck_assert_msg(delivered() == first, "%lld counted, not %d",
		    (long long)delivered(), first);
	}
}

void
play_story(const struct story *story)
{
	for (size_t i = 0; i < STORY_STEPS && story->steps[i] != NULL; i++) {
		mark_point();
		play(story->steps[i]);
		if (story->steps[i][0] == '=')
			ck_assert_msg(t.troubles.len == 0, "%s: %s",
			    story->name, t.troubles.data);
	}
}
