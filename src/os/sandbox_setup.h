/* SPDX-License-Identifier: BSD-2-Clause */
/* Which user a locked-in process becomes (os/sandbox.h), and in which root directory. Separate from it because a
 * program that starts such a process needs no list of system calls. */
#pragma once

#include "base/buf.h"

#include <sys/types.h>

struct sandbox_setup {
    /* For root: becomes this user and group, with an empty directory as its root. Others keep theirs. */
    uid_t uid;
    gid_t gid;
    const char *empty_directory;
};

/* For root: the user for our unprivileged processes ("sshd", or else "nobody"), and /run/glasshd, which is created if
 * it is missing. For others: empty. ERR_SYSTEM, with a sentence in `problem`: there is no such user, or others than
 * root may write to the directory. */
NODISCARD enum err sandbox_setup_prepare(struct sandbox_setup *setup, struct buf *problem);

/* A copy with that user, for root, if the user exists and is not root: for a user that no other process shares. */
struct sandbox_setup sandbox_setup_as(const struct sandbox_setup *setup, const char *user);

/* The setup as a program's first arguments, after its name: user, group, directory ("/": none). The texts are valid as
 * long as `room` and the setup. */
enum { SANDBOX_SETUP_ARGUMENTS = 3, SANDBOX_SETUP_NUMBER = 24 };
void sandbox_setup_write(const struct sandbox_setup *setup, char room[2][SANDBOX_SETUP_NUMBER],
                         char *arguments[SANDBOX_SETUP_ARGUMENTS]);
struct sandbox_setup sandbox_setup_read(char *const arguments[SANDBOX_SETUP_ARGUMENTS]);
