/* SPDX-License-Identifier: BSD-2-Clause */
/* PubkeyAcceptedAlgorithms: with which signatures users may log in. */
#pragma once

#include "base/bytes.h"

/* Whether the list has the name, or lets the default have it: "a,b" are the names themselves, "+a" and "^a" add to
 * the default, "-a" takes from it; patterns may stand for names. NULL: the default, which has no SHA-1. */
bool accepted_algorithms_has(const char *list, struct bytes name);
