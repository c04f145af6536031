/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom a process becomes that is locked in (os/sandbox.h), and where. Apart from that: who starts such a process needs no list
 * of system calls. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

struct sandbox_setup {
    /* For root: becomes this user and group, in an empty directory as its root. Others keep theirs. */
    uid_t uid;
    gid_t gid;
    const char *empty_directory;
};

/* For root: whom processes of ours become that have to be nobody, "sshd" or else "nobody", and /run/glasshd, which is
 * made if it is not there. For others: nothing. ERR_SYSTEM with errno: there is no such user, or the directory is not
 * root's alone. */
NODISCARD enum err sandbox_setup_prepare(struct sandbox_setup *setup);
