/* A lock file: one holder, whose process number it tells. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_LOCK_H
#define SENDTOP_STORE_LOCK_H

#include "sendtop/error.h"

struct db_lock;

/*
 * Takes the lock file PATH.lock, made when missing.  STATUS_BUSY: held, and
 * the error names by whom; STATUS_FULL: it cannot be written.  The lock goes
 * with the process, however that ends.
 */
enum status lock_take(
    const char *path, struct db_lock **out, struct error *err) MUST_CHECK;
void lock_drop(struct db_lock *lock);

#endif
