/* SPDX-License-Identifier: BSD-2-Clause */
/* Has a process that is the user say whether a key opens the account (authorize/authorize.h): root reads no file of
 * another's making. */
#pragma once

#include "programs/server/authorize/inquiry.h"
#include "programs/server/common/account.h"
#include "programs/server/common/policy.h"

/* Starts such a process, with the socket as its own, in a session of its own. ERR_SYSTEM with errno. */
typedef enum err (*authorizer_start_fn)(const struct account *account, int fd, pid_t *id);

/* What the line that has the key grants. */
struct authorizer_grant {
    struct policy policy; /* its texts lie in `record` */
    struct buf record;
};

#define AUTHORIZER_NOTHING ((struct authorizer_grant){ .record = BUF_EMPTY(POLICY_TEXT_MAX) })

void authorizer_wipe(struct authorizer_grant *grant);

/* Makes it what policy_encode said; nothing, if that is no policy. */
NODISCARD enum err authorizer_take(struct authorizer_grant *grant, struct bytes record);

struct authorizer_setup {
    authorizer_start_fn start;
    const struct account *account; /* whom it becomes */
    int watch_fd; /* when its other end is closed nobody waits for answers any more; or -1 */
};

/* False: the key does not open it, or there was no answer; then *grant is nothing. When this returns the process is
 * gone, and so is what it has started in its session. */
bool authorizer_ask(const struct authorizer_setup *setup, const struct inquiry *inquiry,
                    struct authorizer_grant *grant);
