/* HTTPS requests on the loop. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_HTTP_H
#define SENDTOP_HTTP_H

#include "sendtop/loop.h"
#include "sendtop/mem.h"

enum { HTTP_BODY_MAX = 4 * 1024 * 1024 };

struct http;

/* Connections are kept and shared, HTTP/2 where the server has it.  ca_file
 * NULL means the system's. */
enum status http_open(struct loop *loop, const char *ca_file, struct http **out,
    struct error *err) MUST_CHECK;
/* Requests under way are dropped without a callback. */
void http_close(struct http *http);

struct http_request {
	const char *method;       /* GET or POST */
	const char *url;          /* https:// only; http:// for loopback */
	const char *bearer;       /* access token, or NULL */
	const char *content_type; /* of body, or NULL */
	const char *body;         /* or NULL */
	size_t body_len;
	int64_t timeout_ms; /* whole request, waiting for a connection
				   included; 0: 60 s */
};

struct http_response {
	enum status status; /* STATUS_OK: an HTTP answer arrived, of any
				   code; else error says what happened */
	struct error error;
	long code;
	const char *content_type; /* "" when none */
	int64_t retry_after_s;    /* Retry-After, either form; -1 when none */
	const char *body;         /* NUL-terminated; at most HTTP_BODY_MAX */
	size_t body_len;
};

/* The response is borrowed for the call. */
typedef void http_done(void *arg, const struct http_response *response);

/* Starts a request; everything in it is copied.  Never calls back before it
 * has returned.  The id is for http_cancel. */
uint64_t http_send(struct http *http, const struct http_request *request,
    http_done *done, void *arg);
/* No callback will come any more. */
void http_cancel(struct http *http, uint64_t id);

/* Percent-encodes for application/x-www-form-urlencoded and URL parts. */
void http_escape(struct buf *out, const char *text);

#endif
