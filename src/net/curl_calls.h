/* The functions of libcurl, which is loaded when there is a request. */
/* SPDX-License-Identifier: MIT */
#ifndef NET_CURL_CALLS_H
#define NET_CURL_CALLS_H

#include <curl/curl.h>

#include "sendtop/error.h"

/* curl->easy_init() is curl_easy_init(). */
#define CURL_CALLS(X)          \
	X(easy_cleanup)        \
	X(easy_getinfo)        \
	X(easy_init)           \
	X(easy_setopt)         \
	X(easy_strerror)       \
	X(free)                \
	X(global_cleanup)      \
	X(global_init)         \
	X(multi_add_handle)    \
	X(multi_assign)        \
	X(multi_cleanup)       \
	X(multi_info_read)     \
	X(multi_init)          \
	X(multi_remove_handle) \
	X(multi_setopt)        \
	X(multi_socket_action) \
	X(slist_append)        \
	X(slist_free_all)      \
	X(url)                 \
	X(url_cleanup)         \
	X(url_get)             \
	X(url_set)

struct curl_calls {
#define MEMBER(name) __typeof__(curl_##name) *name;
	CURL_CALLS(MEMBER)
#undef MEMBER
};

enum status curl_calls_load(
    struct curl_calls *calls, struct error *err) MUST_CHECK;

#endif
