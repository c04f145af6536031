/* SPDX-License-Identifier: BSD-2-Clause */
/* glassh-tcp UID GID FOLDER: TCP in a process of its own (tcp_service.h). Started by glassh and glasshd. */
#include "programs/tcp/tcp_service.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 4, EXIT_WRONG = 2 };

int main(int argc, char **argv)
{
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glassh-tcp is a part of glassh, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = sandbox_setup_read(argv + 1);
    (void)setsid(); /* signals from the terminal are for the users of the connections */
    (void)signal(SIGPIPE, SIG_IGN);
    return tcp_service_run(&sandbox);
}
