/* The parts of HTTP that are only text.  Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_HTTP_TEXT_H
#define SENDTOP_NET_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"
#include "sendtop/http.h"

/* When the header line (with or without its line end) is a Retry-After, sets
 * *seconds to what it asks for from now_s on: RFC 9110 10.2.3, a number or a
 * date; a date past is 0.  Anything else leaves it alone. */
void http_retry_after(
    const char *line, size_t len, int64_t now_s, int64_t *seconds);

/* "localhost", or an address of this machine alone, in brackets if v6. */
bool http_host_is_loopback(const char *host);

/* https, or http to this machine itself, loopback; fills err if neither. */
enum status http_scheme_allowed(
    const char *scheme, const char *host, bool loopback, struct error *err);

/* Whether the errno of a failed connect lays it to this machine's side. */
bool http_own_fault(long number);

/* What is wrong with a request but for its URL, or NULL. */
const char *http_request_bad(const struct http_request *request);

/* "larger than 4 MiB" for a bound of that many octets. */
void http_size_words(char *out, size_t size, size_t octets);

/* Fills err with one sentence that names the host and what to do; words are
 * the library's own, used where they help. */
enum status http_explain(enum http_failure failure, const char *host,
    const char *words, struct error *err);

#endif
