/* SPDX-License-Identifier: BSD-2-Clause */
/* What servers are known to do where the RFCs leave a choice, by their software version: the only place where a version
 * string changes behaviour. Each row has a test against the real server. */
#pragma once

#include "base/bytes.h"

struct quirks {
    const char *software;     /* how the version begins, after "SSH-2.0-" */
    bool numbers_from_zero;   /* the first channel gets the number 0: requests need not wait */
    bool takes_early_channel; /* channel messages before the login are answered by UNIMPLEMENTED,
                               * not by a disconnection, if the login fails */
};

/* For a whole identification line; never NULL, all false for an unknown server. */
const struct quirks *quirks_of(struct bytes ident);
