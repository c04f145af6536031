/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets at which the server listens: those that a service manager has handed over (os/activation.h), those that
 * the program had before it reread its configuration, and new ones. */
#pragma once

#include "config/server_options.h"

struct sockets {
    int fds[SERVER_LISTEN_MAX];
    size_t count;
};

/* Replaces names in `listen` by all their numeric addresses. ERR_BAD_VALUE, and a line in `problems` for each, when
 * hosts have no address of the family; `listen` may then not be used. */
NODISCARD enum err sockets_resolve(struct server_options *options);

/* Sockets that are handed over replace what the options say, which only have addresses. Of the sockets from before (-1:
 * none) those that listen where the options say are used again, and the others closed, unless no socket would be left:
 * then they go on listening. Each socket is logged, and each that cannot be opened. */
void sockets_open(struct sockets *sockets, const struct server_options *options, bool keeps_syns,
                  const int *before, size_t before_count);

void sockets_close(struct sockets *sockets);
