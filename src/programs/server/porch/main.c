/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-porch UID GID FOLDER: where a server's connections wait (porch.h). Started by glasshd. */
#include "programs/server/porch/porch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 4, EXIT_WRONG = 2 };

int main(int argc, char **argv)
{
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-porch is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = { (uid_t)strtoul(argv[1], NULL, 10),
                                           (gid_t)strtoul(argv[2], NULL, 10), argv[3] };
    (void)setsid(); /* a signal from the server's terminal is for the server */
    (void)signal(SIGPIPE, SIG_IGN);
    return porch_run(&sandbox);
}
