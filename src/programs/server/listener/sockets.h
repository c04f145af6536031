/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the server listens: sockets that a service manager has handed over (os/activation.h), those that the program
 * had before it read its configuration anew, and new ones. */
#pragma once

#include "config/server_options.h"

struct sockets {
    int fds[SERVER_LISTEN_MAX];
    size_t count;
};

/* Puts numeric addresses, each that a name has, in the place of what is in `listen`. ERR_BAD_VALUE, and a line in
 * `problems` for each, when hosts have none of the family; `listen` may then not be used. */
NODISCARD enum err sockets_resolve(struct server_options *options);

/* What is handed over takes the place of what the options say, which have addresses only. Of the ones there were before
 * (-1: none) those are used again that listen where the options say, and the others closed, unless there would be none:
 * then they go on listening. A socket that there cannot be is logged, and so is each that there is. */
void sockets_open(struct sockets *sockets, const struct server_options *options, bool keeps_syns,
                  const int *before, size_t before_count);

void sockets_close(struct sockets *sockets);
