/* SMTP probes in turn: one at a time with an address, a few in all. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/smtp.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"
#include "smtp_probe.h"

enum { HELO_MAX = 255, HOST_NAME_SIZE = 256 };

/* One probe that waits or runs. */
struct job {
	struct lane *lane;
	char *host;
	smtp_done *done;
	void *arg;
	struct probe *probe; /* NULL while it waits */
	struct job *next;
};

/* The probes of one address; its first job is the one that runs. */
struct lane {
	struct smtp *smtp;
	char key[ADDRESS_TEXT_SIZE];
	struct address address;
	struct job *first, **last;
	struct lane *next_ready;
};

struct smtp {
	struct probe_setup setup;
	struct map *lanes;                /* by address, those with jobs */
	struct lane *ready, **ready_last; /* with a job that may start */
	size_t running, parallel;
	struct loop_timer *pump;
};

/* A name for EHLO: letters, digits, hyphens and dots, or a literal. */
static bool
helo_ok(const char *name)
{
	size_t len = strlen(name), i;

	if (len == 0 || len > HELO_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return true;
}

char *
smtp_own_name(void)
{
	char name[HOST_NAME_SIZE];

	if (gethostname(name, sizeof(name)) != 0)
		return NULL;
	name[sizeof(name) - 1] = '\0';
	if (!helo_ok(name) || strchr(name, '.') == NULL ||
	    text_ends_nocase(name, ".local") ||
	    text_ends_nocase(name, ".localdomain") ||
	    name[strlen(name) - 1] == '.')
		return NULL;
	return mem_dup(name);
}

static void pump(void *arg);

enum status
smtp_open(struct loop *loop, const struct settings *settings, struct smtp **out,
    struct error *err)
{
	struct smtp *smtp;
	struct tls_store *tls;
	enum status status;

	if (settings->helo != NULL && !helo_ok(settings->helo))
		return error_set(err, STATUS_USAGE,
		    "smtp.helo: expected a host name, got '%s'",
		    settings->helo);
	status = tls_store_open(settings->ca_file, &tls, err);
	if (status != STATUS_OK)
		return status;
	smtp = mem_zero(1, sizeof(*smtp));
	smtp->setup = (struct probe_setup){
		.loop = loop,
		.tls = tls,
		.port = (uint16_t)settings->smtp_port,
		.helo = settings->helo != NULL ? mem_dup(settings->helo)
					       : smtp_own_name(),
		.allow_private = settings->allow_private,
		.timeout_ms = settings->smtp_timeout_ms,
	};
	smtp->parallel = settings->smtp_parallel > 0
	    ? (size_t)settings->smtp_parallel
	    : 1;
	smtp->lanes = map_new();
	smtp->ready_last = &smtp->ready;
	smtp->pump = loop_timer_new(loop, pump, smtp);
	*out = smtp;
	return STATUS_OK;
}

static void
job_free(struct job *job)
{
	probe_free(job->probe);
	free(job->host);
	free(job);
}

static void
lane_free(void *arg)
{
	struct lane *lane = arg;

	while (lane->first != NULL) {
		struct job *job = lane->first;

		lane->first = job->next;
		job_free(job);
	}
	free(lane);
}

void
smtp_close(struct smtp *smtp)
{
	if (smtp == NULL)
		return;
	map_free(smtp->lanes, lane_free);
	loop_timer_free(smtp->pump);
	tls_store_close(smtp->setup.tls);
	free(smtp->setup.helo);
	free(smtp);
}

static void
make_ready(struct lane *lane)
{
	struct smtp *smtp = lane->smtp;

	lane->next_ready = NULL;
	*smtp->ready_last = lane;
	smtp->ready_last = &lane->next_ready;
	if (smtp->running < smtp->parallel)
		loop_timer_start(smtp->pump, 0, 0);
}

static struct lane *
lane_get(struct smtp *smtp, const struct address *address)
{
	char key[ADDRESS_TEXT_SIZE];
	struct lane *lane = map_get(smtp->lanes, address_text(address, key));

	if (lane != NULL)
		return lane;
	lane = mem_zero(1, sizeof(*lane));
	lane->smtp = smtp;
	lane->address = *address;
	lane->last = &lane->first;
	memcpy(lane->key, key, sizeof(key));
	map_put(smtp->lanes, key, lane);
	return lane;
}

void
smtp_probe(struct smtp *smtp, const char *host, const struct address *address,
    smtp_done *done, void *arg)
{
	struct lane *lane = lane_get(smtp, address);
	struct job *job = mem_zero(1, sizeof(*job));
	bool idle = lane->first == NULL;

	job->lane = lane;
	job->host = mem_dup(host);
	job->done = done;
	job->arg = arg;
	*lane->last = job;
	lane->last = &job->next;
	if (idle)
		make_ready(lane);
}

/* The first job of a lane is over.  The caller's function comes last: it may
 * ask for more or close everything. */
static void
job_done(void *arg, struct smtp_session *take)
{
	struct job *job = arg;
	struct lane *lane = job->lane;
	struct smtp *smtp = lane->smtp;
	smtp_done *done = job->done;
	void *done_arg = job->arg;

	smtp->running--;
	lane->first = job->next;
	job_free(job);
	if (lane->first != NULL)
		make_ready(lane);
	else {
		map_remove(smtp->lanes, lane->key);
		free(lane);
	}
	if (smtp->ready != NULL)
		loop_timer_start(smtp->pump, 0, 0);
	done(done_arg, take);
}

static void
pump(void *arg)
{
	struct smtp *smtp = arg;

	while (smtp->ready != NULL && smtp->running < smtp->parallel) {
		struct lane *lane = smtp->ready;
		struct job *job = lane->first;

		smtp->ready = lane->next_ready;
		if (smtp->ready == NULL)
			smtp->ready_last = &smtp->ready;
		smtp->running++;
		job->probe = probe_new(
		    &smtp->setup, job->host, &lane->address, job_done, job);
	}
}
