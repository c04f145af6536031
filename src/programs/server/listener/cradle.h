/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the nursery (worker/nursery.h): the socket through which workers get their connections. */
#pragma once

#include "base/err.h"
#include "os/sandbox_setup.h"

struct cradle {
    struct sandbox_setup sandbox;
    /* For a nursery whose workers explain: what finding out about the terminal needs. */
    char *const *environment;
    pid_t id;       /* of the nursery's process, a child of the process that renewed it */
    int fd;         /* START and VERIFY records go here; -1: no nursery */
    int notices_fd; /* becomes readable when a worker crashed, or the nursery is gone */
};

#define CRADLE_NONE ((struct cradle){ .fd = -1, .notices_fd = -1 })

/* Starts a nursery in place of the one before, whose workers finish what they have. ERR_SYSTEM with errno; then the
 * former one stays. */
NODISCARD enum err cradle_renew(struct cradle *cradle);

/* Lets go of the nursery. A child of the listener needs only the descriptor `fd` of it. */
void cradle_leave(struct cradle *cradle);
void cradle_close(struct cradle *cradle);
