/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparison of secrets in a time that does not depend on where they differ. */
#pragma once

#include "base/bytes.h"

/* Returns at once if the lengths differ: lengths are not secret. */
bool equal_secret(struct bytes a, struct bytes b);
