/* SPDX-License-Identifier: BSD-2-Clause */
/* Network addresses as text against lists of them: "192.0.2.0/24,!192.0.2.7,2001:db8::/32,10.*". */
#pragma once

#include "base/pattern.h"

/* Whether a list has the address: as an address, in a CIDR block, or by a wildcard pattern on its text. A
 * match behind '!' refuses, whatever else matches. A block that is damaged (its prefix is too long, or
 * bits are set behind it) makes the whole list refuse. */
enum pattern_verdict address_list(struct bytes address, struct bytes list);

/* Whether the list has no damaged block. */
bool address_list_is_good(struct bytes list);
