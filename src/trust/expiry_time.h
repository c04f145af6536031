/* SPDX-License-Identifier: BSD-2-Clause */
/* Points of time in trust files: YYYYMMDD[HHMM[SS]][Z]. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/* *at is in seconds since 1970: in UTC if the text ends with Z, else by the wall clock where the file is
 * read. ERR_BAD_VALUE for another form and for days and hours that do not exist. */
NODISCARD enum err expiry_time_parse(struct bytes text, int64_t *at, bool *is_utc);
