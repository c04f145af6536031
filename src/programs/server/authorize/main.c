/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-authorize: decides whether a key opens an account, as the user whose files it reads or as whom the command
 * runs (authorize.h). Started by glasshd, with a socket to the connection's monitor. */
#include "os/companion.h"
#include "programs/server/authorize/authorize_service.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_WRONG = 2 };

int main(int argc, char **argv)
{
    const struct rlimit none = { 0, 0 };
    (void)argv;
    if (argc != 1 || fcntl(COMPANION_FIRST_FD, F_GETFD) < 0) {
        (void)fprintf(stderr, "glasshd-authorize is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    /* Other processes of the user must not answer in its place. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return EXIT_WRONG;
    int status = authorize_service_run(COMPANION_FIRST_FD);
    /* The monitor is gone and cannot end what a command has left, and us. */
    if (status == AUTHORIZE_SERVICE_UNHEARD && getpgrp() == getpid())
        (void)kill(0, SIGKILL);
    return status;
}
