/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks a process that runs as the user whether a key opens the account (authorize/authorize.h): root reads no file that
 * another user made. */
#pragma once

#include "programs/server/authorize/inquiry.h"
#include "programs/server/common/account.h"
#include "programs/server/common/policy.h"

/* Starts such a process in a session of its own and gives it the socket. ERR_SYSTEM with errno. */
typedef enum err (*authorizer_start_fn)(const struct account *account, int fd, pid_t *id);

/* What the line with the key grants. */
struct authorizer_grant {
    struct policy policy; /* its texts lie in `record` */
    struct buf record;
};

#define AUTHORIZER_NOTHING ((struct authorizer_grant){ .record = BUF_EMPTY(POLICY_TEXT_MAX) })

void authorizer_wipe(struct authorizer_grant *grant);

/* Decodes what policy_encode wrote; on an error the grant is empty. */
NODISCARD enum err authorizer_take(struct authorizer_grant *grant, struct bytes record);

struct authorizer_setup {
    authorizer_start_fn start;
    const struct account *account; /* the user that it becomes */
    int watch_fd; /* nobody waits for answers once its other end is closed; or -1 */
};

/* False: the key does not open the account, or there was no answer; then *grant is empty. When this returns, the
 * process is gone, with everything that it started in its session. */
bool authorizer_ask(const struct authorizer_setup *setup, const struct inquiry *inquiry,
                    struct authorizer_grant *grant);
