/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server leaves to the program that it becomes by exec to reread its configuration: in a memory file whose
 * descriptor is in the environment. Only the same process takes it over. */
#pragma once

#include "config/server_options.h"
#include "programs/server/listener/admittance.h"

#include <sys/types.h>

/* A connection that is served and has not logged in. */
struct heritage_startup {
    int fd; /* the other end of listener_connection.waiting_fd; -1: it is closed */
    pid_t id;
    struct admittance_visitor visitor;
};

struct heritage {
    int sockets[SERVER_LISTEN_MAX]; /* listening */
    size_t socket_count;
    int kin[2]; /* penalties of draining listeners: read from [0], sent to [1]; or -1 */
    /* The link with glassh-tcp, and the socket on which it hands over connections until a porch takes that; or -1. */
    int tcp_fd, taker_fd;
    pid_t tcp_id;
    struct heritage_startup *startups;
    size_t startup_count;
    struct penalties_entry *penalties;
    size_t penalty_count;
};

#define HERITAGE_NONE ((struct heritage){ .kin = { -1, -1 }, .tcp_fd = -1, .taker_fd = -1 })

/* The descriptors stay open in the next program, under other numbers from `first` on. ERR_SYSTEM with errno,
 * ERR_NO_SPACE: then nothing may be left over, and exec is fine all the same. */
NODISCARD enum err heritage_leave(const struct heritage *heritage, int first);

/* Takes over what was left to this process, if anything, and closes every other descriptor from `first` on. The
 * descriptors taken over are closed by the next exec. */
void heritage_adopt(struct heritage *heritage, int first);

/* Frees the memory; the descriptors belong to the code that took them. */
void heritage_wipe(struct heritage *heritage);
