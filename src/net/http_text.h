/* The parts of HTTP that are only text.  Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_HTTP_TEXT_H
#define SENDTOP_NET_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

/* When the header line (with or without its line end) is a Retry-After, sets
 * *seconds to what it asks for from now_s on: RFC 9110 10.2.3, a number or a
 * date; a date past is 0.  Anything else leaves it alone. */
void http_retry_after(
    const char *line, size_t len, int64_t now_s, int64_t *seconds);

/* "localhost", or an address of this machine alone, in brackets if v6. */
bool http_host_is_loopback(const char *host);

/* Why a request got no whole answer. */
enum http_failure {
	HTTP_OTHER,
	HTTP_NO_ADDRESS,
	HTTP_PROXY,
	HTTP_NO_CONNECTION,
	HTTP_LATE,
	HTTP_UNTRUSTED,
	HTTP_CA_FILE,
	HTTP_TLS,
	HTTP_NO_ANSWER,
	HTTP_BROKEN,
	HTTP_STRANGE,
	HTTP_BODY_FULL,
	HTTP_HEAD_FULL
};

/* Fills err with one sentence that names the host and what to do; words are
 * the library's own, used where they help. */
enum status http_explain(enum http_failure failure, const char *host,
    const char *words, struct error *err);

#endif
