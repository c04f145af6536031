/* SPDX-License-Identifier: BSD-2-Clause */
/* Patterns of configuration and trust files: '*' stands for any octets, also none, '?' for one octet,
 * everything else for itself. The work is bounded by the product of the two lengths. */
#pragma once

#include "base/bytes.h"

bool pattern_match(struct bytes text, struct bytes pattern);

/* The same without regard to the case of ASCII letters, as host names are compared. */
bool pattern_match_host(struct bytes text, struct bytes pattern);

enum pattern_verdict {
    PATTERN_NONE,    /* nothing in the list matches */
    PATTERN_MATCH,   /* something matches, and nothing negated does */
    PATTERN_NEGATED, /* a pattern that begins with '!' matches: it beats all others */
};

/* Compares with each pattern of a comma-separated list. */
enum pattern_verdict pattern_list(struct bytes text, struct bytes comma_list);
enum pattern_verdict pattern_list_host(struct bytes text, struct bytes comma_list);
