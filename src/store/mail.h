/* What the files of the store's mail share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_MAIL_ROWS_H
#define SENDTOP_STORE_MAIL_ROWS_H

#include "sendtop/day.h"
#include "sendtop/store_mail.h"

/* A stamp further from now is a mistake; a count above is damage.  Sums of
 * millions of rows stay within 64 bits. */
#define MAIL_REACH_S (INT64_C(19) * 365 * DAY_SECONDS)
#define MAIL_COUNT_MOST (INT64_C(1) << 40)

enum status mail_check_hour(
    int64_t hour_s, int64_t now_s, struct error *err) MUST_CHECK;
enum status mail_check_count(int64_t count, struct error *err) MUST_CHECK;
/* The sum, or the largest number there is. */
uint32_t mail_minute(uint32_t a, uint32_t b);

#endif
