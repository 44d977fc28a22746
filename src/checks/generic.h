/* Whether a host name was made from its address. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_GENERIC_H
#define CHECKS_GENERIC_H

#include "sendtop/address.h"

/*
 * Whether the name contains the address as pools of dial-up and cloud hosts
 * write it: the four numbers of an IPv4 address or the hexadecimal digits of
 * either family, forward or reversed, with or without separators and zeros.
 */
bool generic_name(const char *name, const struct address *address);

#endif
