/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an account may log in at all, whatever the key or password: DenyUsers and its kin, a lock, an
 * expiry, a shell that is not there. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"
#include "programs/server/common/account.h"

struct server_options;

/* False: appends why not, in sshd's words, and says whether it is for AllowUsers and its kin. */
bool account_rules_allow(const struct server_options *options, const struct account *account,
                         const struct endpoint *peer, struct buf *reason, bool *is_listed);
