/* SPDX-License-Identifier: BSD-2-Clause */
/* Matches network addresses, as text, against lists of them: "192.0.2.0/24,!192.0.2.7,2001:db8::/32,10.*". */
#pragma once

#include "base/pattern.h"

/* Whether a list has the address: as an address, in a CIDR block, or by a wildcard pattern on its text. A
 * match after '!' refuses, whatever else matches. A bad block (its prefix is too long, or bits are set
 * beyond it) makes the whole list refuse. */
enum pattern_verdict address_list(struct bytes address, struct bytes list);

/* Whether the list has no bad block. */
bool address_list_is_good(struct bytes list);
