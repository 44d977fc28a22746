/* A directory for one test's store, and short ways to open and ask it. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_STORE_SUPPORT_H
#define TESTS_UNIT_STORE_SUPPORT_H

#include <check.h>

#include "sendtop/store_live.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct place {
	char *dir, *path; /* path: of the store in it */
};
struct place place_new(void);
/* Removes everything in it. */
void place_free(struct place *place);

/* All of these fail the test when it does not work. */
struct store *open_store(const struct place *place, enum store_mode mode);
int64_t add_domain(struct store *store, const char *name);
void must(enum status status, const struct error *err);
void must_be(enum status status, enum status wanted, const struct error *err);

/* The bytes of a file; the caller frees them. */
char *slurp(const char *path, size_t *len);
void spill(const char *path, const void *data, size_t len);

/* Runs SQL behind the store's back. */
void run_sql(const struct place *place, const char *sql);

Suite *suite_store(void);
Suite *suite_refusal(void);
Suite *suite_schema(void);
Suite *suite_domain(void);
Suite *suite_series(void);
Suite *suite_findings(void);
Suite *suite_records(void);
Suite *suite_standing(void);
Suite *suite_pack(void);
Suite *suite_live(void);
Suite *suite_mail(void);
Suite *suite_reply(void);
Suite *suite_news(void);
Suite *suite_bring(void);
Suite *suite_own(void);
Suite *suite_prune(void);
Suite *suite_crash(void);

#endif
