/* Credentials files: authorized_user and service_account JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_CREDENTIALS_H
#define SENDTOP_CREDENTIALS_H

#include <stdbool.h>

#include "sendtop/error.h"

enum credentials_type { AUTHORIZED_USER, SERVICE_ACCOUNT };

/* Secrets: wiped by credentials_free, never printed. */
struct credentials {
	enum credentials_type type;
	char *path;
	char *token_uri;
	/* authorized_user */
	char *client_id, *client_secret, *refresh_token;
	/* service_account */
	char *client_email, *private_key, *private_key_id;
	char *subject; /* whom to act for, or NULL */
};

enum status credentials_load(
    const char *path, struct credentials **out, struct error *err) MUST_CHECK;
void credentials_free(struct credentials *credentials);

/* An OAuth client of type "Desktop app", as Google's console gives it out:
 * {"installed": {...}}. */
struct login_client {
	char *auth_uri, *token_uri;
	char *client_id, *client_secret;
};
enum status login_client_load(
    const char *path, struct login_client **out, struct error *err) MUST_CHECK;
void login_client_free(struct login_client *client);

#endif
