/* SPDX-License-Identifier: BSD-2-Clause */
/* PubkeyAcceptedAlgorithms: the signature algorithms that users may log in with. */
#pragma once

#include "base/bytes.h"

/* Whether the list allows the name: "a,b" are the names themselves, "+a" and "^a" add to the default, "-a" removes from
 * it; patterns may stand for names. NULL: the default, which has no SHA-1. */
bool accepted_algorithms_has(const char *list, struct bytes name);
