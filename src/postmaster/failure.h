/* A google.rpc.Status inside a batch answer. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_FAILURE_H
#define SENDTOP_POSTMASTER_FAILURE_H

#include <jansson.h>

#include "parse.h"

/* Always fills err; never API_FINE. */
enum api_failure failure_of_item(const json_t *error, struct error *err);

#endif
