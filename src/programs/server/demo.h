/* SPDX-License-Identifier: BSD-2-Clause */
/* --demo: a server for the user who starts it, on the loopback address and a free port, with throw-away
 * keys in a private directory. It needs no root and touches nothing else. */
#pragma once

#include "config/server_options.h"
#include "programs/server/common/account.h"

struct demo {
    char directory[128]; /* "" until prepared */
};

/* Makes the directory and the keys, and sets the options that were not given. ERR_SYSTEM leaves errno. */
NODISCARD enum err demo_prepare(struct demo *demo, struct server_options *options);

/* To be called after server_options_finish: one socket on the loopback address, the port free unless
 * one was given. */
void demo_listen(struct server_options *options);

/* Writes the known_hosts file, and prints the command line that logs in. */
NODISCARD enum err demo_announce(const struct demo *demo, const struct account *account,
                                 uint16_t port);

/* Removes what was made. */
void demo_clean(struct demo *demo);
