/* The reply catalogue: what a receiver's SMTP reply means. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPLY_H
#define SENDTOP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "sendtop/error.h"

/* --- providers: whose relay host it is (share/providers.json) ---------------- */

struct providers;
enum status providers_load(
    const char *path, struct providers **out, struct error *err) MUST_CHECK;
void providers_free(struct providers *providers);
/* The provider's word for a relay host name (no final dot, any case; len
 * octets); PROVIDER_OTHER for an unknown one.  Borrowed from the table, always
 * the same pointer for the same word.  Called for every line of a log: quick. */
const char *provider_of(
    const struct providers *providers, const char *host, size_t len);
/* "Gmail" for gmail; the word itself when it is unknown. */
const char *provider_label(
    const struct providers *providers, const char *provider);

/* --- replies (share/gmail-replies.json and its families) ---------------------- */

/* One row; borrowed from the catalogue. */
struct reply_row {
	const char *provider;         /* gmail, yahoo, microsoft */
	const char *key;              /* rate_limited_dkim_domain */
	int reply;                    /* 421 */
	const char *enhanced;         /* "4.7.28", "5.7.606-649", "": any */
	const char *category;         /* rate_limit, ptr, ... */
	const char *severity;         /* info, warn, critical */
	const char *meaning, *remedy; /* a sentence each */
	const char *edition;          /* where it is from */
	const char *requirement;      /* id of the guideline it names, or "" */
	const char *check; /* the check whose finding proves the cause, or "" */
	const char *note;  /* what is odd about it, or "" */
	bool permanent, slow_down;
};

enum { REPLY_CODE_SIZE = 16, REPLY_IDENTITY_SIZE = 280 };
struct reply_match {
	const struct reply_row *row; /* NULL: unknown, never guessed */
	const char *provider;        /* told by the text, else as given */
	char reply[REPLY_CODE_SIZE]; /* "421 4.7.28", "550", or "" */
	bool permanent;              /* by the code */
	/* Whom the reply names: "dkim news.example.com", "spf ...", "ip ...",
	 * "netblock 192.0.2.0/24", "url ..."; or "". */
	char identity[REPLY_IDENTITY_SIZE];
};

struct reply_catalogue;
/* Reads every family of the folder dir (share/): gmail-replies.json,
 * yahoo-replies.json, microsoft-replies.json.  Validates all of it. */
enum status reply_catalogue_load(const char *dir, struct reply_catalogue **out,
    struct error *err) MUST_CHECK;
void reply_catalogue_free(struct reply_catalogue *catalogue);
/* Row i, NULL past the end. */
const struct reply_row *reply_catalogue_row(
    const struct reply_catalogue *catalogue, size_t i);
const struct reply_row *reply_catalogue_find(
    const struct reply_catalogue *catalogue, const char *key);

/* The next row from number *i on that those codes fit ("421 4.7.28", "4.7.28",
 * "550"), of one provider or of all (NULL); NULL: no more. */
const struct reply_row *reply_catalogue_coded(
    const struct reply_catalogue *catalogue, const char *codes,
    const char *provider, size_t *i);

/*
 * Says what a reply means.  text: as an MTA logged it (joined lines, repeated
 * codes, wrapped by SES or SparkPost, cut short); hostile.  provider: whose
 * relay said it, or NULL when that is not known.
 */
void reply_classify(const struct reply_catalogue *catalogue, const char *text,
    size_t len, const char *provider, struct reply_match *out);

#endif
