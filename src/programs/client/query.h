/* SPDX-License-Identifier: BSD-2-Clause */
/* What -Q lists: the names of what glassh supports, one per line. */
#pragma once

#include "base/buf.h"

/* Appends the list of that name. ERR_UNSUPPORTED: no such list. */
NODISCARD enum err query_list(const char *name, struct buf *out);
