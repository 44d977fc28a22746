/* Libraries that are loaded when they are first used, not at every start. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_LATE_H
#define SENDTOP_LATE_H

#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

/* Whoever includes this has config.h before it.  Without late loading, the
 * library is linked as usual and its functions stand in the rows. */

typedef void late_call(void);

struct late_name {
	const char *name;
	late_call *linked; /* NULL: found by its name */
};

struct late_library {
	const char *soname;
	const char *user; /* "packed logs need", for the message */
	const struct late_name *names;
	size_t count;
};

#if LATE_LOADING
#define LATE_NAME(function) { #function, NULL },
#else
#define LATE_NAME(function) { #function, (late_call *)(function) },
#endif

/* Fills calls: a struct of nothing but one pointer for each of the names, in
 * their order.  What was loaded stays, so that a second time costs little and
 * needs no memory of the first; any thread may do it.  STATUS_SYSTEM: the
 * library or a function of it is not there, with the loader's reason. */
enum status late_load(const struct late_library *library, void *calls,
    struct error *err) MUST_CHECK;

/* The ELF note by which packagers' tools find such a library
 * (https://systemd.io/ELF_DLOPEN_METADATA/); all are string literals. */
#if LATE_LOADING
#define LATE_NOTE(soname, feature, description, priority)                  \
	static const struct {                                              \
		uint32_t owner_size, text_size, type;                      \
		char owner[4];                                             \
		char text[sizeof(                                          \
		    LATE_JSON(soname, feature, description, priority))];   \
	} late_note __attribute__((used, section(".note.dlopen"),          \
	    aligned(4))) = { 4, sizeof(late_note.text), 0x407c0c0a, "FDO", \
		LATE_JSON(soname, feature, description, priority) }
#define LATE_JSON(soname, feature, description, priority)                 \
	"[{\"soname\":[\"" soname "\"],\"feature\":\"" feature            \
	"\",\"description\":\"" description "\",\"priority\":\"" priority \
	"\"}]"
#else
#define LATE_NOTE(soname, feature, description, priority) struct late_library
#endif

#endif
