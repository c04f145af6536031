/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes everything away from this process but the descriptors it holds: identity, files, new programs,
 * new sockets, other processes. Irrevocable. It gets a SIGTERM when its parent ends. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

struct sandbox_setup {
    /* For root: becomes this user and group, in an empty directory as its root. Others keep theirs. */
    uid_t uid;
    gid_t gid;
    const char *empty_directory;
};

/* ERR_SYSTEM with errno: something could not be taken away; then the process must not go on. */
NODISCARD enum err sandbox_enter(const struct sandbox_setup *setup);
