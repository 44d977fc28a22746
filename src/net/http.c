/* HTTPS requests: libcurl's multi interface on the loop. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/http.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "curl_calls.h"
#include "http_lane.h"
#include "http_text.h"

#include "config.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	HEAD_MAX = 64 * 1024, /* octets of header lines, all blocks */
	TIMEOUT_MS = 60000,
	CONNECT_MS = 15000,
	GRACE_MS = 100,  /* for libcurl to notice a time-out itself */
	LOW_OCTETS = 16, /* a second, over LOW_SECONDS: a dead peer */
	LOW_SECONDS = 30,
	H2_BODY_MAX = 60000,
	TYPE_SIZE = 256
};

/* libcurl 7.88 takes what one connection speaks for what the host speaks, so
 * HTTP/2 and HTTP/1.1 to one host have to know nothing of each other. */
enum { LANE_ANY, LANE_1_1, LANES };

struct request {
	struct http *http;
	struct http_lane *lane;
	uint64_t id;
	struct request *prev, *next;
	http_done *done;
	void *arg;
	CURL *easy;                 /* NULL: it never started, see early */
	struct curl_slist *headers; /* hold the token; none without easy */
	struct curl_slist *connect_to;
	char *body;
	size_t body_len;
	char *host;
	int64_t timeout_ms;
	char words[CURL_ERROR_SIZE];
	struct buf answer;
	struct loop_timer *deadline;
	size_t head_octets;
	bool head_full;
	int64_t retry_after_s;
	struct error early;
	enum http_failure early_failure;
};

struct http {
	struct loop *loop;
	struct curl_calls curl;
	bool begun; /* libcurl is there, and the lanes */
	struct http_lane lanes[LANES];
	char *ca_file;
	struct request *requests;
	uint64_t next_id;
	bool calling; /* a caller's function runs */
	bool closing;
};

/* --- what comes in -------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t count, void *arg)
{
	struct request *req = arg;
	size_t len = size * count;

	buf_add(&req->answer, data, len);
	return req->answer.full ? 0 : len;
}

static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	struct request *req = arg;
	size_t len = size * count;

	req->head_octets += len;
	if (req->head_octets > HEAD_MAX) {
		req->head_full = true;
		return 0;
	}
	/* An interim answer (RFC 9110 15.2) comes before the real one. */
	if (len > 5 && memcmp(data, "HTTP/", 5) == 0)
		req->retry_after_s = -1;
	else
		http_retry_after(data, len, clock_utc_s(), &req->retry_after_s);
	return len;
}

/* --- starting ------------------------------------------------------------- */

/* Notes the host for messages and says whether the URL may be asked: https,
 * or http to this machine itself. */
static enum status
judge_url(struct request *req, const char *url, bool *loopback)
{
	const struct curl_calls *curl = &req->http->curl;
	CURLU *parts = curl->url();
	char *scheme = NULL, *host = NULL;
	enum status status = STATUS_OK;

	if (curl->url_set(parts, CURLUPART_URL, url, CURLU_DISALLOW_USER) !=
		CURLUE_OK ||
	    curl->url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl->url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		status = error_set(&req->early, STATUS_USAGE,
		    "not a URL that can be asked: expected https://HOST/...");
		goto out;
	}
	req->host = mem_dup(host);
	*loopback = http_host_is_loopback(host);
	status = http_scheme_allowed(scheme, host, *loopback, &req->early);
out:
	curl->free(scheme);
	curl->free(host);
	curl->url_cleanup(parts);
	return status;
}

/* What an option takes goes through dots: here it has its type. */
static void
set_long(struct request *req, CURLoption option, long value)
{
	req->http->curl.easy_setopt(req->easy, option, value);
}

static void
set_data(struct request *req, CURLoption option, const void *value)
{
	req->http->curl.easy_setopt(req->easy, option, value);
}

static void
set_taker(struct request *req, CURLoption option, curl_write_callback value)
{
	req->http->curl.easy_setopt(req->easy, option, value);
}

static void
add_header(struct request *req, const char *start, const char *value)
{
	char *line = mem_printf("%s%s", start, value);
	struct curl_slist *more = req->http->curl.slist_append(
	    req->headers, line);

	if (more != NULL)
		req->headers = more;
	mem_wipe(line, strlen(line));
	free(line);
}

static void
set_headers(struct request *req, const struct http_request *from)
{
	if (from->bearer != NULL)
		add_header(req, "Authorization: Bearer ", from->bearer);
	if (from->content_type != NULL)
		add_header(req, "Content-Type: ", from->content_type);
	/* No hundred-continue round trip for larger bodies. */
	add_header(req, "Expect: ", "");
	set_data(req, CURLOPT_HTTPHEADER, req->headers);
}

static void
set_method(struct request *req, const struct http_request *from)
{
	if (strcmp(from->method, "GET") == 0)
		return;
	req->body_len = from->body != NULL ? from->body_len : 0;
	req->body = mem_ndup(
	    from->body != NULL ? from->body : "", req->body_len);
	/* libcurl 7.88 spins until its time-out when an answer comes before an
	 * HTTP/2 upload larger than the first window (RFC 9113 6.9.2). */
	if (req->body_len > H2_BODY_MAX) {
		set_long(req, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
		req->lane = &req->http->lanes[LANE_1_1];
	}
	set_long(req, CURLOPT_POST, 1);
	set_data(req, CURLOPT_POSTFIELDS, req->body);
	req->http->curl.easy_setopt(
	    req->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
}

/* An empty host and port stand for those of the URL. */
static void
set_address(struct request *req, const struct http_request *from)
{
	char text[ADDRESS_TEXT_SIZE], *line;

	if (from->address == NULL)
		return;
	address_text(from->address, text);
	line = mem_printf(from->address->family == 6 ? "::[%s]:%u" : "::%s:%u",
	    text, from->port);
	req->connect_to = req->http->curl.slist_append(NULL, line);
	free(line);
	set_data(req, CURLOPT_CONNECT_TO, req->connect_to);
	set_data(req, CURLOPT_PROXY, "");
}

/* What is the same for every request and is a number. */
static const struct {
	CURLoption option;
	long value;
} fixed[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS },
	{ CURLOPT_PIPEWAIT, 1 },
	{ CURLOPT_LOW_SPEED_LIMIT, LOW_OCTETS },
	{ CURLOPT_LOW_SPEED_TIME, LOW_SECONDS },
	/* Giving up on a name look-up must not wait for its thread. */
	{ CURLOPT_QUICK_EXIT, 1 },
};

static void
set_options(struct request *req, bool loopback)
{
	long all = req->timeout_ms < LONG_MAX ? (long)req->timeout_ms
					      : LONG_MAX;
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		set_long(req, fixed[i].option, fixed[i].value);
	set_long(req, CURLOPT_MAXFILESIZE, (long)req->answer.max);
	set_long(req, CURLOPT_TIMEOUT_MS, all);
	set_long(req, CURLOPT_CONNECTTIMEOUT_MS,
	    all < CONNECT_MS ? all : (long)CONNECT_MS);
	set_data(req, CURLOPT_PROTOCOLS_STR, loopback ? "https,http" : "https");
	/* A proxy of the environment is not for this machine itself. */
	if (loopback)
		set_data(req, CURLOPT_PROXY, "");
	if (req->http->ca_file != NULL)
		set_data(req, CURLOPT_CAINFO, req->http->ca_file);
	set_data(req, CURLOPT_USERAGENT, "sendtop/" SENDTOP_VERSION);
	set_data(req, CURLOPT_PRIVATE, req);
	set_data(req, CURLOPT_ERRORBUFFER, req->words);
	set_taker(req, CURLOPT_WRITEFUNCTION, on_body);
	set_data(req, CURLOPT_WRITEDATA, req);
	set_taker(req, CURLOPT_HEADERFUNCTION, on_header);
	set_data(req, CURLOPT_HEADERDATA, req);
}

static void drain(void *arg);

static void
end(struct http *http)
{
	for (size_t i = 0; i < LANES; i++)
		http_lane_close(&http->lanes[i]);
	http->curl.global_cleanup();
	http->begun = false;
}

enum status
http_ready(struct http *http, struct error *err)
{
	enum status status;
	size_t i;

	if (http->begun)
		return STATUS_OK;
	status = curl_calls_load(&http->curl, err);
	if (status != STATUS_OK)
		return status;
	http->begun = http->curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	for (i = 0; i < LANES && http->begun; i++)
		if (!http_lane_open(
			&http->lanes[i], &http->curl, http->loop, drain, http))
			end(http);
	return http->begun
	    ? STATUS_OK
	    : error_set(err, STATUS_SYSTEM, "libcurl could not be started");
}

/* What goes wrong before the first packet is kept in req->early. */
static enum status
start(struct request *req, const struct http_request *from)
{
	const struct curl_calls *curl = &req->http->curl;
	const char *bad = http_request_bad(from);
	enum status status = http_ready(req->http, &req->early);
	bool loopback = false;

	if (status != STATUS_OK) {
		req->early_failure = HTTP_NO_LIBRARY;
		return status;
	}
	status = judge_url(req, from->url, &loopback);
	if (status != STATUS_OK)
		return status;
	if (bad != NULL)
		return error_set(&req->early, STATUS_USAGE, "request to %s: %s",
		    req->host, bad);
	req->easy = curl->easy_init();
	if (req->easy == NULL)
		return error_set(
		    &req->early, STATUS_SYSTEM, "libcurl could not be started");
	set_options(req, loopback);
	set_method(req, from);
	set_headers(req, from);
	set_address(req, from);
	if (curl->easy_setopt(req->easy, CURLOPT_URL, from->url) != CURLE_OK ||
	    curl->multi_add_handle(req->lane->multi, req->easy) != CURLM_OK)
		return error_set(&req->early, STATUS_SYSTEM,
		    "request to %s could not be started", req->host);
	return STATUS_OK;
}

/* --- ending --------------------------------------------------------------- */

static void
unlink_request(struct request *req)
{
	if (req->prev != NULL)
		req->prev->next = req->next;
	else
		req->http->requests = req->next;
	if (req->next != NULL)
		req->next->prev = req->prev;
}

/* Secrets were in the headers, the body or the answer. */
static void
request_free(struct request *req)
{
	const struct curl_calls *curl = &req->http->curl;
	struct curl_slist *line;

	unlink_request(req);
	if (req->easy != NULL) {
		curl->multi_remove_handle(req->lane->multi, req->easy);
		curl->easy_cleanup(req->easy);
		for (line = req->headers; line != NULL; line = line->next)
			mem_wipe(line->data, strlen(line->data));
		curl->slist_free_all(req->headers);
		curl->slist_free_all(req->connect_to);
	}
	if (req->body != NULL)
		mem_wipe(req->body, req->body_len);
	free(req->body);
	if (req->answer.data != NULL)
		mem_wipe(req->answer.data, req->answer.len);
	buf_free(&req->answer);
	loop_timer_free(req->deadline);
	free(req->host);
	free(req);
}

static const struct {
	CURLcode code;
	enum http_failure failure;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_ADDRESS },
	{ CURLE_COULDNT_RESOLVE_PROXY, HTTP_PROXY },
	{ CURLE_PROXY, HTTP_PROXY },
	{ CURLE_COULDNT_CONNECT, HTTP_NO_CONNECTION },
	{ CURLE_OPERATION_TIMEDOUT, HTTP_LATE },
	{ CURLE_PEER_FAILED_VERIFICATION, HTTP_UNTRUSTED },
	{ CURLE_SSL_CACERT_BADFILE, HTTP_CA_FILE },
	{ CURLE_SSL_CONNECT_ERROR, HTTP_TLS },
	{ CURLE_GOT_NOTHING, HTTP_NO_ANSWER },
	{ CURLE_SEND_ERROR, HTTP_BROKEN },
	{ CURLE_RECV_ERROR, HTTP_BROKEN },
	{ CURLE_PARTIAL_FILE, HTTP_BROKEN },
	{ CURLE_HTTP2, HTTP_BROKEN },
	{ CURLE_HTTP2_STREAM, HTTP_BROKEN },
	{ CURLE_FILESIZE_EXCEEDED, HTTP_BODY_FULL },
	/* What libcurl says of a header line past its own bound. */
	{ CURLE_OUT_OF_MEMORY, HTTP_HEAD_FULL },
	{ CURLE_UNSUPPORTED_PROTOCOL, HTTP_STRANGE },
	{ CURLE_WEIRD_SERVER_REPLY, HTTP_STRANGE },
};

static enum http_failure
failure_of(const struct request *req, CURLcode code)
{
	long number = 0;
	size_t i;

	req->http->curl.easy_getinfo(req->easy, CURLINFO_OS_ERRNO, &number);
	if (req->head_full)
		return HTTP_HEAD_FULL;
	if (req->answer.full)
		return HTTP_BODY_FULL;
	if (code == CURLE_COULDNT_CONNECT && http_own_fault(number))
		return HTTP_NO_NETWORK;
	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].code == code)
			return failures[i].failure;
	return HTTP_OTHER;
}

/* How a request that got no whole answer failed.  Neither the URL nor any
 * header is in libcurl's words, so no secret gets out this way. */
static void
explain(struct request *req, CURLcode code, struct http_response *out)
{
	out->failure = failure_of(req, code);
	req->http->curl.easy_getinfo(
	    req->easy, CURLINFO_RESPONSE_CODE, &out->head_code);
	if (out->head_code < 200)
		out->head_code = 0; /* interim ones are no answer */
	if (out->failure == HTTP_BODY_FULL)
		http_size_words(
		    req->words, sizeof(req->words), req->answer.max);
	out->words = req->words[0] != '\0'
	    ? req->words
	    : req->http->curl.easy_strerror(code);
	out->status = http_explain(
	    out->failure, req->host, out->words, &out->error);
}

/* Hands the answer over and frees the request. */
static void
request_done(struct request *req, CURLcode code)
{
	struct http *http = req->http;
	char printable[TYPE_SIZE] = "", *type = NULL;
	struct http_response response = {
		.content_type = printable,
		.retry_after_s = req->retry_after_s,
		.body = "",
		.words = "",
	};

	if (req->early.status != STATUS_OK) {
		response.status = req->early.status;
		response.error = req->early;
		response.failure = req->early_failure;
		if (response.failure == HTTP_NO_LIBRARY)
			response.words = req->early.text;
	} else if (code != CURLE_OK) {
		explain(req, code, &response);
	} else {
		http->curl.easy_getinfo(
		    req->easy, CURLINFO_RESPONSE_CODE, &response.code);
		http->curl.easy_getinfo(
		    req->easy, CURLINFO_CONTENT_TYPE, &type);
		if (type != NULL)
			text_printable(
			    printable, sizeof(printable), type, strlen(type));
		if (req->answer.data != NULL)
			response.body = req->answer.data;
		response.body_len = req->answer.len;
	}
	http->calling = true;
	req->id = 0; /* means nothing any more while the caller looks */
	req->done(req->arg, &response);
	http->calling = false;
	request_free(req);
}

static void destroy(struct http *http);

static CURLMsg *
next_message(const struct http *http)
{
	CURLMsg *message = NULL;
	int left;
	size_t i;

	for (i = 0; i < LANES && message == NULL; i++)
		message = http->curl.multi_info_read(
		    http->lanes[i].multi, &left);
	return message;
}

/* Hands over what is finished, one at a time: the caller's functions may send,
 * cancel and close. */
static void
drain(void *arg)
{
	struct http *http = arg;
	CURLMsg *message;

	while (!http->closing && (message = next_message(http)) != NULL) {
		CURLcode code = message->data.result;
		char *req = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		http->curl.easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, &req);
		request_done((struct request *)(void *)req, code);
	}
	if (http->closing)
		destroy(http);
}

/* For what never started; and libcurl does not look at the time-out of a
 * request that still waits for a connection. */
static void
deadline_ready(void *arg)
{
	struct request *req = arg;
	struct http *http = req->http;

	request_done(req, CURLE_OPERATION_TIMEDOUT);
	if (http->closing)
		destroy(http);
}

uint64_t
http_send(struct http *http, const struct http_request *request,
    http_done *done, void *arg)
{
	struct request *req = mem_zero(1, sizeof(*req));

	req->http = http;
	req->lane = &http->lanes[LANE_ANY];
	req->id = ++http->next_id;
	req->done = done;
	req->arg = arg;
	req->answer.max = request->body_max ? request->body_max : HTTP_BODY_MAX;
	req->retry_after_s = -1;
	req->timeout_ms = request->timeout_ms > 0 ? request->timeout_ms
						  : TIMEOUT_MS;
	req->next = http->requests;
	if (http->requests != NULL)
		http->requests->prev = req;
	http->requests = req;
	req->deadline = loop_timer_new(http->loop, deadline_ready, req);
	loop_timer_start(req->deadline, req->timeout_ms + GRACE_MS, 0);
	if (start(req, request) != STATUS_OK)
		loop_timer_start(req->deadline, 0, 0);
	return req->id;
}

static struct request *
find(const struct http *http, uint64_t id)
{
	struct request *req = http->requests;

	while (req != NULL && req->id != id)
		req = req->next;
	return id != 0 ? req : NULL;
}

bool
http_unsent(const struct http *http, uint64_t id)
{
	const struct request *req = find(http, id);
	long octets = 0;

	if (req == NULL || req->easy == NULL)
		return req != NULL;
	http->curl.easy_getinfo(req->easy, CURLINFO_REQUEST_SIZE, &octets);
	return octets == 0;
}

void
http_cancel(struct http *http, uint64_t id)
{
	struct request *req = find(http, id);

	if (req != NULL)
		request_free(req);
}

struct http *
http_open(struct loop *loop, const char *ca_file)
{
	struct http *http = mem_zero(1, sizeof(*http));

	http->loop = loop;
	http->ca_file = mem_dup(ca_file);
	return http;
}

static void
destroy(struct http *http)
{
	while (http->requests != NULL)
		request_free(http->requests);
	if (http->begun)
		end(http);
	free(http->ca_file);
	free(http);
}

void
http_close(struct http *http)
{
	if (http == NULL)
		return;
	http->closing = true;
	/* Inside a caller's function: whoever called it ends this. */
	if (!http->calling)
		destroy(http);
}
