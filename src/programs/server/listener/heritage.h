/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server leaves to the program that it becomes by exec, to read its configuration anew: in a piece of memory
 * whose descriptor the environment names. Only the same process takes it over. */
#pragma once

#include "config/server_options.h"
#include "programs/server/listener/admittance.h"

#include <sys/types.h>

/* A connection that is served and has not logged in. */
struct heritage_startup {
    int fd; /* see listener_setup.serve; -1: it is closed */
    pid_t id;
    struct admittance_visitor visitor;
};

struct heritage {
    int sockets[SERVER_LISTEN_MAX]; /* listening */
    size_t socket_count;
    int kin[2]; /* datagram sockets: where penalties of those that end are heard, and told; or -1 */
    /* The link with glassh-tcp, and where it hands over connections until the next porch takes them; or -1. */
    int tcp_fd, taker_fd;
    pid_t tcp_id;
    struct heritage_startup *startups;
    size_t startup_count;
    struct penalties_entry *penalties;
    size_t penalty_count;
};

#define HERITAGE_NONE ((struct heritage){ .kin = { -1, -1 }, .tcp_fd = -1, .taker_fd = -1 })

/* The descriptors live on in the next program, under other numbers from `first` on. ERR_SYSTEM with errno,
 * ERR_NO_SPACE: then nothing may be left, and exec is right all the same. */
NODISCARD enum err heritage_leave(const struct heritage *heritage, int first);

/* Takes over what was left to this process, if anything was, and closes every other descriptor from `first` on.
 * The descriptors taken are closed by the next exec. */
void heritage_adopt(struct heritage *heritage, int first);

/* Frees the memory; the descriptors are whoever's took them. */
void heritage_wipe(struct heritage *heritage);
