/* A service account's signed assertion (RFC 7515, 7519, 7523). */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "oauth.h"
#include "sendtop/sign.h"

enum { JWT_LIFE_S = 3600 };

/* Adds the base64url of an object's compact JSON; takes the object. */
static bool
add_part(struct buf *out, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(object);
	if (text == NULL)
		return false;
	base64url_add(out, text, strlen(text));
	free(text);
	return true;
}

static json_t *
header_of(const struct credentials *c)
{
	json_t *header = json_pack("{s:s,s:s}", "alg", "RS256", "typ", "JWT");

	if (c->private_key_id != NULL)
		json_object_set_new(
		    header, "kid", json_string(c->private_key_id));
	return header;
}

static json_t *
claims_of(const struct credentials *c, int64_t now_s)
{
	json_t *claims = json_pack("{s:s,s:s,s:s,s:I,s:I}", "iss",
	    c->client_email, "scope",
	    OAUTH_SCOPE_DOMAIN " " OAUTH_SCOPE_TRAFFIC, "aud", c->token_uri,
	    "iat", (json_int_t)now_s, "exp", (json_int_t)(now_s + JWT_LIFE_S));

	/* Domain-wide delegation: the user for whom the account acts. */
	if (c->subject != NULL)
		json_object_set_new(claims, "sub", json_string(c->subject));
	return claims;
}

enum status
jwt_make(const struct credentials *credentials, int64_t now_s, struct buf *out,
    struct error *err)
{
	struct buf signature = { 0 };
	enum status status;

	if (!add_part(out, header_of(credentials)))
		return error_set(err, STATUS_PARSE,
		    "%s: cannot be made an assertion", credentials->path);
	buf_char(out, '.');
	if (!add_part(out, claims_of(credentials, now_s)))
		return error_set(err, STATUS_PARSE,
		    "%s: cannot be made an assertion", credentials->path);
	status = sign_rs256(
	    credentials->private_key, out->data, out->len, &signature, err);
	if (status == STATUS_OK) {
		buf_char(out, '.');
		base64url_add(out, signature.data, signature.len);
	} else {
		error_prefix(err, "%s", credentials->path);
	}
	buf_free(&signature);
	return status;
}
