/* Asks the world's API and keeps what came. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_POSTMASTER_ASKER_H
#define TEST_POSTMASTER_ASKER_H

#include "live.h"

#define USER "1//world-refresh-token"

enum { NAME_SIZE = 64, RESULTS_MAX = 300 };

/* The API's own idea of today. */
int32_t today(void);

/* One result, copied. */
struct result {
	char domain[NAME_SIZE];
	enum poll_state state;
	char error[ERROR_TEXT_SIZE], compliance_error[ERROR_TEXT_SIZE];
	double spam; /* two days ago */
	size_t numbers, feedback, rates, compliance;
	bool organizational;
};

struct got {
	struct live *live;
	struct result results[RESULTS_MAX];
	size_t count, domains, denied, unverified;
	bool done, failed;
	struct error error;
	size_t close_at; /* results after which everything is closed */
};

/* For postmaster_query and postmaster_domains, with a struct got. */
void got_result(void *arg, const struct postmaster_result *result);
void got_all(void *arg, const struct error *err);
void got_domains(void *arg, const struct postmaster_domain *domains,
    size_t count, const struct error *err);
/* What close_at leads to. */
void close_all(struct got *got);
void reset(struct got *got, struct live *live);

/* Runs the loop until all has come: the list; `days` up to the day before
 * yesterday of some domains. */
void list(struct live *live, struct got *got);
void query(struct live *live, struct got *got, const char *const *domains,
    size_t count, int32_t days);

/* The result of a domain; there must be one. */
const struct result *find(const struct got *got, const char *domain);

/* A client that is connected, with good credentials. */
void open_user(struct live *live);

/* d00000.bench and so on. */
void bench_names(char names[][NAME_SIZE], const char **domains, size_t count);

/* Requests for batches, the spoiled ones too. */
long long batches_seen(struct live *live, const char *mode);

#endif
