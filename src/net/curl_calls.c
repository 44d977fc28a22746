/* The functions of libcurl, by their names. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "curl_calls.h"

#include "sendtop/late.h"

#define ROW(name) LATE_NAME(curl_##name)
static const struct late_name names[] = { CURL_CALLS(ROW) };

_Static_assert(sizeof(struct curl_calls) ==
	sizeof(names) / sizeof(names[0]) * sizeof(late_call *),
    "a pointer for each name");

LATE_NOTE(LIBCURL_SONAME, "https",
    "Google's Postmaster Tools, MTA-STS and BIMI, webhooks", "required");

enum status
curl_calls_load(struct curl_calls *calls, struct error *err)
{
	static const struct late_library libcurl = {
		LIBCURL_SONAME,
		"requests over HTTPS need",
		names,
		sizeof(names) / sizeof(names[0]),
	};

	return late_load(&libcurl, calls, err);
}
