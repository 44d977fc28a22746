/* How functions fail: a status to branch on, a sentence for the reader. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ERROR_H
#define SENDTOP_ERROR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum status {
	STATUS_OK,
	STATUS_USAGE,     /* the caller's words are wrong */
	STATUS_SYSTEM,    /* the operating system refused; errno in the text */
	STATUS_PARSE,     /* text or bytes that do not follow their grammar */
	STATUS_NETWORK,   /* no connection, broken connection, TLS failure */
	STATUS_TIMEOUT,   /* a deadline passed */
	STATUS_AUTH,      /* credentials refused or missing */
	STATUS_DENIED,    /* known to the other side, but not allowed */
	STATUS_QUOTA,     /* asked to slow down */
	STATUS_NOT_FOUND, /* the thing named does not exist */
	STATUS_BUSY,      /* somebody else holds the lock */
	STATUS_FULL,      /* disk full or store not writable */
	STATUS_CORRUPT,   /* a store that is damaged */
	STATUS_FUTURE,    /* a store written by a newer sendtop */
	STATUS_GONE,      /* the service no longer exists in this form */
	STATUS_CANCELLED, /* stopped because the caller asked */
};

enum { ERROR_TEXT_SIZE = 1024 };

/* Lives on the caller's stack; text is always NUL-terminated and printable. */
struct error {
	enum status status;
	char text[ERROR_TEXT_SIZE];
};

/* Fills err (which may be NULL) and returns status, so a function can end
 * with it.  Control and other unprintable characters are made harmless. */
enum status error_set(
    struct error *err, enum status status, const char *fmt, ...) PRINTF(3, 4);

/* The same with ": " and the system's words for errnum behind it. */
enum status error_system(struct error *err, int errnum, const char *fmt, ...)
    PRINTF(3, 4);

/* Puts "context: " before the text err already has; returns its status (of a
 * NULL err STATUS_SYSTEM). */
enum status error_prefix(struct error *err, const char *fmt, ...) PRINTF(2, 3);

#endif
