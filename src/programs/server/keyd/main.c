/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-keyd UID GID FOLDER LINE: holds a server's private keys (keyd.h). Started by glasshd. */
#include "crypto/crypto.h"
#include "os/companion.h"
#include "os/sandbox.h"
#include "programs/server/keyd/keyd.h"

#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 5, EXIT_WRONG = 2, EXIT_NOT_LOCKED_IN = 3 };

static const struct sandbox_call calls[] = {
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),
#include "programs/server/keyd/calls.def"
#undef CALL
#undef CALL_IF
};

/* Keys must not get into the swap space. Somebody else than root has a limit, which all of our memory may be
 * over: then this changes nothing. */
static void lock_memory(void)
{
    const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    if (geteuid() == 0 && setrlimit(RLIMIT_MEMLOCK, &all) == 0)
        (void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

int main(int argc, char **argv)
{
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-keyd is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = { (uid_t)strtoul(argv[1], NULL, 10),
                                           (gid_t)strtoul(argv[2], NULL, 10), argv[3] };
    (void)setsid(); /* a signal from the server's terminal is for the server */
    lock_memory();
    crypto_start();
    /* What runs for long holds nobody's stderr open. */
    if (sandbox_isolate(&sandbox) != OK || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ||
        sandbox_lock(calls, sizeof(calls) / sizeof(calls[0])) != OK) {
        perror("glasshd-keyd cannot be locked in");
        return EXIT_NOT_LOCKED_IN;
    }
    return keyd_run(COMPANION_FIRST_FD, argv[4]);
}
