/* A strict reader of master files, for tests of what is to be pasted. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_BASE_MASTER_H
#define TESTS_UNIT_BASE_MASTER_H

/*
 * Reads text as RFC 1035 5.1 has it and returns a line for each record: its
 * words with a blank between, the strings of TXT as one in hex, the hex of TLSA
 * as one, then the remarks without blanks behind " ; ".  What is no master
 * file, or takes its owner from a line before, fails the test.  free(3).
 */
char *master_read(const char *text);

#endif
