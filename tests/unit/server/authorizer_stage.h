/* SPDX-License-Identifier: BSD-2-Clause */
/* An authorizer in a process of its own that stays whom it is. */
#pragma once

#include "programs/server/authorize/authorize_service.h"
#include "programs/server/common/account.h"

#include <unistd.h>

static inline enum err authorizer_stage_start(const struct account *account, int fd, pid_t *id)
{
    (void)account;
    *id = fork();
    if (*id == 0)
        _exit(authorize_service_run(fd));
    return *id > 0 ? OK : ERR_SYSTEM;
}
