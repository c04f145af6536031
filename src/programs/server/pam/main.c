/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-pam LOG: asks PAM for one connection (keeper.h). Started by glasshd. */
#include "os/companion.h"
#include "programs/server/common/log.h"
#include "programs/server/pam/keeper.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

enum { ARGUMENT_COUNT = 2, EXIT_WRONG = 2 };

int main(int argc, char **argv)
{
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-pam is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    /* This process has passwords in memory; and what modules run must not answer in its place. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || fcntl(COMPANION_FIRST_FD, F_SETFD, FD_CLOEXEC) != 0 ||
        !log_adopt(argv[1]))
        return EXIT_WRONG;
    (void)umask(umask(0) | 022);
    return keeper_run(COMPANION_FIRST_FD);
}
