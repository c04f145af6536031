/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an account may log in at all, whatever the key or password: DenyUsers and its kin, a lock, an
 * expiry, a shell that is not there. */
#pragma once

#include "base/buf.h"
#include "programs/server/common/account.h"

struct server_options;

struct account_rules_client {
    const char *address, *host; /* the same if there is no host name */
};

/* False: appends the reason in sshd's words, and sets whether AllowUsers and its kin are the cause. */
bool account_rules_allow(const struct server_options *options, const struct account *account,
                         const struct account_rules_client *client, struct buf *reason,
                         bool *is_listed);
