/* The parts of a login: the redirect's answer, the listener, the file. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_LOGIN_H
#define SENDTOP_POSTMASTER_LOGIN_H

#include "credentials.h"
#include "sendtop/loop.h"
#include "sendtop/mem.h"

/* --- login_answer.c: pure ------------------------------------------------- */

enum { LOGIN_ANSWER_MAX = 8192 }; /* octets of a redirect's URL */

/* Whether a query ("code=...&state=...") is the answer of an authorization
 * server (RFC 6749 4.1.2) and not some other request of a browser. */
bool login_is_answer(const char *query);

/* Takes the code out of such a query (the caller's; a secret), or says why
 * there is none.  state is the one that was sent. */
enum status login_read_answer(const char *query, const char *state, char **code,
    struct error *err) MUST_CHECK;

/* The same for what a user pasted: the redirect's whole URL, its query, or
 * the bare code. */
enum status login_read_paste(const char *line, const char *state, char **code,
    struct error *err) MUST_CHECK;

/* --- login_server.c ------------------------------------------------------- */

/* Listens on 127.0.0.1 at a free port for the browser to come back. */
struct login_server;
enum status login_server_open(
    struct loop *loop, struct login_server **out, struct error *err) MUST_CHECK;
unsigned login_server_port(const struct login_server *server);
/* Runs the loop until the answer, Ctrl-C, or limit_ms.  The code is the
 * caller's; a secret. */
enum status login_server_wait(struct login_server *server, const char *state,
    int64_t limit_ms, char **code, struct error *err) MUST_CHECK;
void login_server_close(struct login_server *server);

/* --- login_file.c --------------------------------------------------------- */

/* Makes the directory of path (mode 0700) when it is missing, and finds out
 * whether a file can be written there. */
enum status login_file_prepare(const char *path, struct error *err) MUST_CHECK;
/* Writes authorized_user credentials, whole or not at all, mode 0600. */
enum status login_file_write(const char *path,
    const struct login_client *client, const char *refresh_token,
    struct error *err) MUST_CHECK;

#endif
