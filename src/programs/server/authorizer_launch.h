/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts glasshd-authorize as a user. */
#pragma once

#include "programs/server/common/account.h"

/* `fd` is its socket to the monitor. The caller reaps it. ERR_SYSTEM with errno. */
NODISCARD enum err authorizer_launch(const struct account *account, int fd, pid_t *id);
