/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the listener share: its loop (listener.c), and how it comes to a new configuration
 * (listener_reload.c). */
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
    struct sockets sockets; /* the porch has them, too */
    int kin[2], taker_fd;   /* heritage.h */
    bool is_draining;       /* it has no sockets, and ends with its porch and its last startup */
    struct reload_check check;
    bool may_reload; /* the check has passed */
    int64_t porch_began;
    /* Polled together: what the numbers above name, then a pipe per startup that becomes readable when its other end
     * is closed. */
    struct pollfd *polled;
    size_t startup_count;
    size_t startup_max;
    struct listener_startup *startups; /* by the place of their pipe */
    struct admittance *admittance;
    bool has_served; /* the only connection */
};

void listener_add_startup(struct listener *listener, int fd, pid_t id,
                          const struct admittance_visitor *visitor);
void listener_forget_startup(struct listener *listener, size_t place);

/* What the program before has left. Startups for which there is no room any more are not counted. */
void listener_reload_adopt(struct listener *listener, const struct heritage *heritage);

/* SIGHUP: whether the configuration may be read anew is asked for, or once more. */
void listener_reload_begin(struct listener *listener);

/* That check has ended, with that status of wait(2). */
void listener_reload_judge(struct listener *listener, int status);

/* It has said something, or taken too long. */
void listener_reload_tend(struct listener *listener);
