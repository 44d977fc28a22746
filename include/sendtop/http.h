/* HTTPS requests on the loop. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_HTTP_H
#define SENDTOP_HTTP_H

#include "sendtop/address.h"
#include "sendtop/loop.h"
#include "sendtop/mem.h"

enum { HTTP_BODY_MAX = 4 * 1024 * 1024 };

struct http;

/* Connections are kept and shared, HTTP/2 where the server has it.  ca_file
 * NULL means the system's.  What requests need is loaded with the first. */
struct http *http_open(struct loop *loop, const char *ca_file);
/* Loads it now, for those who want to know before there is a request. */
enum status http_ready(struct http *http, struct error *err) MUST_CHECK;
/* Requests under way are dropped without a callback. */
void http_close(struct http *http);

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
	HTTP_HEAD_FULL,
	HTTP_NO_NETWORK, /* this machine has no way to such an address */
	HTTP_NO_LIBRARY  /* what requests need could not be loaded */
};

struct http_request {
	const char *method;       /* GET or POST */
	const char *url;          /* https:// only; http:// for loopback */
	const char *bearer;       /* access token, or NULL */
	const char *content_type; /* of body, or NULL */
	const char *body;         /* or NULL */
	size_t body_len;
	int64_t timeout_ms; /* whole request, waiting for a connection
				   included; 0: 60 s */
	/* Connects here, without a proxy, instead of looking the host up;
	 * certificate and Host: are still the URL's.  NULL: as usual. */
	const struct address *address;
	uint16_t port;   /* of address */
	size_t body_max; /* of the answer, at most HTTP_BODY_MAX; 0: that */
};

struct http_response {
	enum status status; /* STATUS_OK: an HTTP answer arrived, of any
				   code; else error says what happened */
	struct error error;
	enum http_failure failure; /* when status is not STATUS_OK */
	const char *words; /* then the library's own or the loader's, not
			      printable; or "" */
	long code;
	long head_code; /* when status is not STATUS_OK: of an answer that
			   began and did not come whole; 0: none did */
	const char *content_type; /* "" when none */
	int64_t retry_after_s;    /* Retry-After, either form; -1 when none */
	const char *body;         /* NUL-terminated; at most body_max */
	size_t body_len;
};

/* The response is borrowed for the call. */
typedef void http_done(void *arg, const struct http_response *response);

/* Starts a request; everything in it is copied.  Never calls back before it
 * has returned.  The id is for http_cancel. */
uint64_t http_send(struct http *http, const struct http_request *request,
    http_done *done, void *arg);
/* Whether a request is under way of which nothing has left for its server. */
bool http_unsent(const struct http *http, uint64_t id);
/* No callback will come any more. */
void http_cancel(struct http *http, uint64_t id);

/* Percent-encodes for application/x-www-form-urlencoded and URL parts. */
void http_escape(struct buf *out, const char *text);

#endif
