/* Whether a value is a host, a selector, an endpoint, a server. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_BASE_SETTINGS_CHECK_H
#define SENDTOP_BASE_SETTINGS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* One line of valid UTF-8 without anything that text_printable would change. */
bool settings_is_printable(const char *text);

/* Labels of letters, digits and hyphens (RFC 1123 2.1). */
bool settings_is_host(const char *text);

/* "ZONE", "ZONE." or "ZONE:WEIGHT" of a blocklist: its name, in lower case; the
 * weight is 0 to 100, 1 unless said.  NULL when it is neither.  The caller
 * frees it. */
char *settings_zone(const char *text, int64_t *weight);

/* https://HOST[:PORT][/PATH]; http:// where HOST is this machine. */
bool settings_is_endpoint(const char *text);

/* "ADDR", "ADDR:PORT", "[V6]:PORT" or "V6" with its port, 53 unless said; NULL
 * when it is none of these.  The caller frees it. */
char *settings_server(const char *text);

#endif
