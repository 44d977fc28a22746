/* SMTP replies as text; what smtp.h leaves to the inside of this folder. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_SMTP_REPLY_H
#define SENDTOP_NET_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "sendtop/smtp.h"

enum { SMTP_TEXT_SIZE = 1024, SMTP_EHLO_SIZE = 4096 };

/*
 * Writes the reply at the start of data as one printable line: its code once,
 * then the texts of at most `lines` lines.
 */
void smtp_reply_text(const char *data, const struct smtp_reply *reply,
    size_t lines, char out[SMTP_TEXT_SIZE]);

/*
 * Writes the extensions of an EHLO reply, printable and comma separated; its
 * first line only greets (RFC 5321 4.1.1.1).  Returns whether STARTTLS is one
 * of them.
 */
bool smtp_reply_extensions(
    const char *data, const struct smtp_reply *reply, char out[SMTP_EHLO_SIZE]);

#endif
