/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the nursery (worker/nursery.h): where connections are laid for workers. */
#pragma once

#include "base/err.h"
#include "os/sandbox_setup.h"

struct cradle {
    struct sandbox_setup sandbox;
    /* Of a nursery whose workers explain: what its look at the terminal needs. */
    char *const *environment;
    pid_t id;       /* of the nursery's process, a child of whoever renewed it */
    int fd;         /* START and VERIFY records go here; -1: there is no nursery */
    int notices_fd; /* becomes readable when a worker crashed, or the nursery is gone */
};

#define CRADLE_NONE ((struct cradle){ .fd = -1, .notices_fd = -1 })

/* Starts a nursery in place of the one before, whose workers finish what they have. ERR_SYSTEM with errno;
 * then what was there stays. */
NODISCARD enum err cradle_renew(struct cradle *cradle);

/* Lets go of the nursery. What a child of the listener needs of it is the descriptor `fd` alone. */
void cradle_leave(struct cradle *cradle);
void cradle_close(struct cradle *cradle);
