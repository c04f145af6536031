/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-porch UID GID FOLDER: where a server's connections wait (porch.h). Started by glasshd. */
#include "programs/server/porch/porch.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 4, EXIT_WRONG = 2 };

int main(int argc, char **argv)
{
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-porch is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = sandbox_setup_read(argv + 1);
    (void)setsid(); /* signals from the terminal are for the server */
    (void)signal(SIGPIPE, SIG_IGN);
    return porch_run(&sandbox);
}
