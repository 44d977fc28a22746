/* KumoMTA's delivery log: JSON records, one a line (docs.kumomta.com, "Log
 * Record", to 2025.12). */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "reader.h"

enum { REPLY_SIZE = 2200, CONTENT_MOST = 2000 };

static bool
looks(const char *line, size_t len)
{
	return len > 2 && line[0] == '{' &&
	    memmem(line, len, "\"type\":", 7) != NULL &&
	    memmem(line, len, "\"peer_address\":", 15) != NULL;
}

/* An Expiration stands behind the TransientFailure of the last attempt, and is
 * none itself. */
static const struct {
	const char *type;
	enum delivery_end end;
} types[] = {
	{ "Delivery", DELIVERY_DONE },
	{ "TransientFailure", DELIVERY_DEFERRED },
	{ "Bounce", DELIVERY_BOUNCED },
};

static struct span
text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	struct span out = { NULL, 0 };

	if (json_is_string(value)) {
		out.at = json_string_value(value);
		out.len = json_string_length(value);
	}
	return out;
}

/* Of what went wrong on its own side KumoMTA writes a response as well: no
 * receiver said that. */
static bool
is_own(const json_t *record, struct span content)
{
	return !json_is_object(json_object_get(record, "peer_address")) ||
	    span_starts(content, "KumoMTA internal: ");
}

/* "421 4.7.28 text": the parts that the record keeps apart. */
static struct span
reply_of(const json_t *record, char *out, size_t size)
{
	const json_t *response = json_object_get(record, "response");
	const json_t *code = json_object_get(response, "enhanced_code");
	struct span content = text_of(response, "content");
	int n;

	if (is_own(record, content))
		return content;
	n = snprintf(out, size, "%lld ",
	    (long long)json_integer_value(json_object_get(response, "code")));
	if (json_is_object(code))
		n += snprintf(out + n, size - (size_t)n, "%lld.%lld.%lld ",
		    (long long)json_integer_value(
			json_object_get(code, "class")) %
			10,
		    (long long)json_integer_value(
			json_object_get(code, "subject")) %
			1000,
		    (long long)json_integer_value(
			json_object_get(code, "detail")) %
			1000);
	n += snprintf(out + n, size - (size_t)n, "%.*s",
	    (int)(content.len < CONTENT_MOST ? content.len : CONTENT_MOST),
	    content.at != NULL ? content.at : "");
	return (struct span){ out, (size_t)n < size ? (size_t)n : size - 1 };
}

/* "192.0.2.10:0" or "[2001:db8::1]:0", the port of no interest. */
static struct span
without_port(struct span address)
{
	const char *colon;

	if (address.len > 0 && address.at[0] == '[')
		return span_after(address, "[", "]");
	colon = address.len > 0 ? memrchr(address.at, ':', address.len) : NULL;
	if (colon != NULL &&
	    memchr(address.at, ':', (size_t)(colon - address.at)) == NULL)
		address.len = (size_t)(colon - address.at);
	return address;
}

static void
read_hosts(const json_t *record, struct delivery *d)
{
	const json_t *peer = json_object_get(record, "peer_address");
	const json_t *source = json_object_get(record, "source_address");
	struct span protocol = text_of(record, "tls_protocol_version");

	d->relay_host = text_of(peer, "name");
	while (d->relay_host.len > 0 &&
	    d->relay_host.at[d->relay_host.len - 1] == '.')
		d->relay_host.len--;
	d->relay_ip = text_of(peer, "addr");
	d->source_ip = without_port(json_is_object(source)
		? text_of(source, "address")
		: text_of(record, "source_address"));
	if (d->source_ip.len == 0)
		d->source_ip = text_of(record, "egress_source");
	d->tls = protocol.len > 0 ? TLS_USED
	    : json_object_get(record, "tls_protocol_version") != NULL
	    ? TLS_NONE
	    : TLS_UNTOLD;
}

/* One recipient, or since 2025 a list of them. */
static void
emit_each(struct mta_reader *r, const json_t *record, struct delivery *d)
{
	const json_t *to = json_object_get(record, "recipient"), *one;
	size_t i;

	if (!json_is_array(to)) {
		d->recipient_domain = span_domain(text_of(record, "recipient"));
		reader_emit(r, d);
		return;
	}
	json_array_foreach(to, i, one)
	{
		d->recipient_domain = (struct span){ NULL, 0 };
		if (json_is_string(one))
			d->recipient_domain = span_domain((struct span){
			    json_string_value(one), json_string_length(one) });
		reader_emit(r, d);
	}
}

static void
take_record(struct mta_reader *r, const json_t *record, enum delivery_end end)
{
	const json_t *when = json_object_get(record, "timestamp");
	struct delivery d = { .end = end };
	struct span nothing = { NULL, 0 }, protocol;
	char reply[REPLY_SIZE];

	if (!json_is_number(when) || json_number_value(when) < 0 ||
	    json_number_value(when) > 1e11) {
		reader_skip(r, nothing, "a record without a timestamp");
		return;
	}
	protocol = text_of(record, "delivery_protocol");
	if (protocol.len > 0 && !span_is(protocol, "ESMTP"))
		return; /* into a Maildir, or by a script */
	d.at_s = (int64_t)json_number_value(when);
	d.queue_id = text_of(record, "id");
	d.sender = text_of(record, "sender");
	d.reply = reply_of(record, reply, sizeof(reply));
	read_hosts(record, &d);
	emit_each(r, record, &d);
}

static void
take_line(struct mta_reader *r, const char *line, size_t len)
{
	struct span type;
	json_error_t error;
	json_t *record;

	if (len == 0)
		return;
	record = json_loadb(
	    line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!json_is_object(record)) {
		reader_skip(r, (struct span){ line, len }, "not a JSON object");
		json_decref(record);
		return;
	}
	type = text_of(record, "type");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (type.at != NULL && span_is(type, types[i].type))
			take_record(r, record, types[i].end);
	json_decref(record);
}

const struct mta_format format_kumomta = {
	.name = "kumomta",
	.looks = looks,
	.line = take_line,
};
