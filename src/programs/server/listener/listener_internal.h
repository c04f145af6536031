/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the listener share: its loop (listener.c), and rereading the configuration (listener_reload.c). */
#pragma once

#include "programs/server/listener/admittance.h"
#include "programs/server/listener/listener.h"
#include "programs/server/listener/reload_check.h"
#include "programs/server/listener/sockets.h"

#include <poll.h>
#include <sys/types.h>

enum {
    LISTENER_SIGNALS,
    LISTENER_NOTICES,
    LISTENER_VAULT,
    LISTENER_PORCH,
    LISTENER_KIN,
    LISTENER_TCP,
    LISTENER_CHECK,
    LISTENER_FIRST_STARTUP,
};

/* A connection that is served and has not logged in. */
struct listener_startup {
    pid_t id;
    struct admittance_visitor visitor;
};

struct listener {
    struct listener_setup setup;
    int signal_fd;
    struct sockets sockets; /* shared with the porch */
    int kin[2], taker_fd;   /* heritage.h */
    bool is_draining;       /* it has no sockets, and ends when its porch and its last startup do */
    struct reload_check check;
    bool may_reload; /* the check has passed */
    int64_t porch_began;
    /* Polled together: the descriptors numbered above, then a pipe per startup that becomes readable when its other end
     * is closed. */
    struct pollfd *polled;
    size_t startup_count;
    size_t startup_max;
    struct listener_startup *startups; /* in the order of their pipes */
    struct admittance *admittance;
    bool has_served; /* its only connection */
};

void listener_add_startup(struct listener *listener, int fd, pid_t id,
                          const struct admittance_visitor *visitor);
void listener_forget_startup(struct listener *listener, size_t place);

/* Takes what the program before has left. Startups beyond our own maximum are not counted. */
void listener_reload_adopt(struct listener *listener, const struct heritage *heritage);

/* SIGHUP: starts the check whether the configuration may be reread, or starts it again. */
void listener_reload_begin(struct listener *listener);

/* The check has ended with that status of wait(2). */
void listener_reload_judge(struct listener *listener, int status);

/* The check has written something, or taken too long. */
void listener_reload_tend(struct listener *listener);
