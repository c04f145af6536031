/* SPDX-License-Identifier: BSD-2-Clause */
/* Wildcard patterns as in ssh_config and known_hosts: '*' stands for any octets, '?' for one; a list is
 * comma-separated, and a match of a pattern after '!' refuses. */
#pragma once

#include "base/bytes.h"

enum pattern_verdict { PATTERN_NO_MATCH, PATTERN_MATCH, PATTERN_REFUSED };

/* Time is at most proportional to the product of the lengths. */
bool pattern_match(struct bytes text, struct bytes pattern);
enum pattern_verdict pattern_list(struct bytes text, struct bytes list);

/* The same for host names: the case of US-ASCII letters is ignored. */
bool pattern_match_host(struct bytes host, struct bytes pattern);
enum pattern_verdict pattern_list_host(struct bytes host, struct bytes list);
