/* Google's Postmaster Tools API v2: what was asked, what came back. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_H
#define SENDTOP_POSTMASTER_H

#include "sendtop/history.h"
#include "sendtop/http.h"

/* --- credentials and tokens (RFC 6749, 7523, 7636) ------------------------- */

#define OAUTH_SCOPE_DOMAIN "https://www.googleapis.com/auth/postmaster.domain"
#define OAUTH_SCOPE_TRAFFIC \
	"https://www.googleapis.com/auth/postmaster.traffic.readonly"

struct oauth;

/*
 * Reads an authorized_user or service_account file (refused when others can
 * read it) and keeps access tokens in memory only.
 */
enum status oauth_open(struct http *http, const char *credentials_path,
    struct oauth **out, struct error *err) MUST_CHECK;
void oauth_close(struct oauth *oauth);
/* Hands over a token that is good for at least a minute, asking for one when
 * needed (once for all who wait).  fresh: the last one was refused with 401.
 * token is NULL on failure, err then says why and what to do. */
typedef void oauth_done(void *arg, const char *token, const struct error *err);
void oauth_token(struct oauth *oauth, bool fresh, oauth_done *done, void *arg);

/* --- the API ----------------------------------------------------------------- */

struct postmaster;

/* Tokens by oauth_open with settings->credentials. */
enum status postmaster_open(struct loop *loop, struct http *http,
    const struct settings *settings, struct postmaster **out,
    struct error *err) MUST_CHECK;
/* Everything under way is dropped without a callback. */
void postmaster_close(struct postmaster *postmaster);

struct postmaster_domain {
	const char *name;       /* lower case */
	enum poll_state state;  /* POLL_OK, POLL_DENIED, POLL_UNVERIFIED */
	const char *permission; /* Google's own word */
};
/* err NULL: the whole list, all pages; borrowed for the call. */
typedef void postmaster_domains_done(void *arg,
    const struct postmaster_domain *domains, size_t count,
    const struct error *err);
void postmaster_domains(
    struct postmaster *postmaster, postmaster_domains_done *done, void *arg);

/* One domain and the UTC days to ask about, both included. */
struct postmaster_span {
	const char *domain;
	int32_t first, last;
};

/* What a domain's answer amounts to; borrowed for the call. */
struct postmaster_result {
	const char *domain;
	int32_t first, last; /* the span asked */
	enum poll_state state;
	const char *error; /* one sentence, or "" */
	/* values[m][day - first]; NaN where Google sent no number.  NULL
	 * unless POLL_OK. */
	double *const *values;
	const struct feedback *feedback;
	size_t feedback_count;
	/* Findings of checks google.*, on the domain or "organizational". */
	const struct finding *compliance;
	size_t compliance_count;
	const char *compliance_error; /* when only that part failed, or "" */
};
struct postmaster_sink {
	/* Called once for every span, in no order, as each is complete. */
	void (*result)(void *arg, const struct postmaster_result *result);
	/* Called last; err: why the rest could not be asked (those spans have
	 * got their result with POLL_ERROR), or NULL. */
	void (*done)(void *arg, const struct error *err);
	void *arg;
};
/*
 * Asks metrics, feedback loops and compliance of all spans: batches of 100,
 * pages of 200, every page token followed, failed items asked alone, back-off
 * with jitter on 429 and 5xx honouring Retry-After, one refresh on 401.
 * The spans are copied.
 */
void postmaster_query(struct postmaster *postmaster,
    const struct postmaster_span *spans, size_t count,
    const struct postmaster_sink *sink);

/* Requests sent, answers by kind; for status lines and tests. */
struct postmaster_counts {
	uint64_t requests, batches, retries;
};
void postmaster_counts(
    const struct postmaster *postmaster, struct postmaster_counts *out);

/* What to ask of a domain today: 120 days the first time, else the days that
 * are missing and the last ten (pure). */
enum { SYNC_FIRST_DAYS = 120, SYNC_AGAIN_DAYS = 10 };
struct postmaster_span sync_span(
    const char *domain, int32_t asked_last, int32_t today);

/* The newest day for which anything at all was published, given the newest
 * day with a value over all domains: at least today - 4 (pure). */
int32_t sync_newest_day(int32_t newest_value_day, int32_t today);

/* --- login ------------------------------------------------------------------ */

/*
 * `sendtop login`: gets a refresh token for the OAuth client described in
 * client_path (Google's "Desktop" client JSON) by loopback redirect with PKCE,
 * or, with paste, by reading the failed redirect's URL from in, and writes an
 * authorized_user file (mode 0600) to out_path.  Prompts go to out.
 */
enum status login_run(struct loop *loop, struct http *http,
    const char *client_path, const char *out_path, bool paste, FILE *in,
    FILE *out, struct error *err) MUST_CHECK;

#endif
