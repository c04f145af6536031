/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom a process becomes that is locked in (os/sandbox.h), and where. Apart from that: who starts such a process needs no list
 * of system calls. */
#pragma once

#include "base/buf.h"

#include <sys/types.h>

struct sandbox_setup {
    /* For root: becomes this user and group, in an empty directory as its root. Others keep theirs. */
    uid_t uid;
    gid_t gid;
    const char *empty_directory;
};

/* For root: whom processes of ours become that have to be nobody, "sshd" or else "nobody", and /run/glasshd, which is
 * made if it is not there. For others: nothing. ERR_SYSTEM, and `problem` says what is wrong: there is no such user, the
 * directory is not root's alone. */
NODISCARD enum err sandbox_setup_prepare(struct sandbox_setup *setup, struct buf *problem);

/* The same with that user for root, where there is one and it is not root: nobody else is it. */
struct sandbox_setup sandbox_setup_as(const struct sandbox_setup *setup, const char *user);

/* As the first arguments of a program, after its name: user, group, directory ("/": none). The texts live as long as
 * `room` and the setup. */
enum { SANDBOX_SETUP_ARGUMENTS = 3, SANDBOX_SETUP_NUMBER = 24 };
void sandbox_setup_write(const struct sandbox_setup *setup, char room[2][SANDBOX_SETUP_NUMBER],
                         char *arguments[SANDBOX_SETUP_ARGUMENTS]);
struct sandbox_setup sandbox_setup_read(char *const arguments[SANDBOX_SETUP_ARGUMENTS]);
