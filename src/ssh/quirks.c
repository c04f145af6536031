/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/quirks.h"

#include <string.h>

static const struct quirks table[] = {
    { "OpenSSH_8.", true, true },
    { "OpenSSH_9.", true, true },
    { "OpenSSH_10.", true, true },
    { "glassh_", true, false },
};

static const struct quirks unknown = { "", false, false };

const struct quirks *quirks_of(struct bytes ident)
{
    static const char prefix[] = "SSH-2.0-";
    if (!bytes_starts(ident, prefix))
        return &unknown;
    struct bytes software = bytes_skip(ident, strlen(prefix));
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (bytes_starts(software, table[i].software))
            return &table[i];
    }
    return &unknown;
}
