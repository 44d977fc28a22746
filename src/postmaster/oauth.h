/* Access tokens: what only this folder asks. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_OAUTH_H
#define SENDTOP_POSTMASTER_OAUTH_H

#include "credentials.h"
#include "sendtop/postmaster.h"

/* Retry-After of the token endpoint's last refusal; -1: none. */
int64_t oauth_retry_after_s(const struct oauth *oauth);

/* An assertion of a service account for both scopes, good for an hour (RFC
 * 7523 2.1); a secret. */
enum status jwt_make(const struct credentials *credentials, int64_t now_s,
    struct buf *out, struct error *err) MUST_CHECK;

#endif
