/* Loading a library by its name, and finding its functions. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sendtop/late.h"

#include <string.h>

#if LATE_LOADING
#include <dlfcn.h>
#endif

_Static_assert(sizeof(void *) == sizeof(late_call *),
    "POSIX has one size for pointers of both kinds");

#if LATE_LOADING
static enum status
refuse(const struct late_library *library, struct error *err)
{
	const char *why = dlerror();

	return error_set(err, STATUS_SYSTEM,
	    "%s cannot be loaded: %s; install it, %s it", library->soname,
	    why != NULL ? why : "no more is known", library->user);
}

enum status
late_load(const struct late_library *library, void *calls, struct error *err)
{
	void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL), *call;
	size_t i;

	if (handle == NULL)
		return refuse(library, err);
	for (i = 0; i < library->count; i++) {
		call = dlsym(handle, library->names[i].name);
		if (call == NULL)
			return refuse(library, err);
		memcpy((char *)calls + i * sizeof(call), &call, sizeof(call));
	}
	return STATUS_OK;
}
#else
enum status
late_load(const struct late_library *library, void *calls, struct error *err)
{
	late_call *call;
	size_t i;

	(void)err;
	for (i = 0; i < library->count; i++) {
		call = library->names[i].linked;
		memcpy((char *)calls + i * sizeof(call), &call, sizeof(call));
	}
	return STATUS_OK;
}
#endif
