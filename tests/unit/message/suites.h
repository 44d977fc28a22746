/* The suites of messages. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_MESSAGE_SUITES_H
#define TESTS_UNIT_MESSAGE_SUITES_H

#include <check.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *suite_message(void);
Suite *suite_mailbox(void);
Suite *suite_dkim_form(void);

#endif
