/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-keyd UID GID FOLDER LINE: holds a server's private keys (keyd.h). Started by glasshd, as is glasshd-keyd
 * --make PRIVATE PUBLIC PRIVATE PUBLIC, which makes two keys for a demonstration. */
#include "crypto/crypto.h"
#include "os/companion.h"
#include "os/sandbox.h"
#include "programs/server/keyd/key_pair.h"
#include "programs/server/keyd/keyd.h"

#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 5, MAKE_COUNT = 6, EXIT_WRONG = 2, EXIT_NOT_LOCKED_IN = 3 };

static const struct sandbox_call calls[] = {
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),
#include "programs/server/keyd/calls.def"
#undef CALL
#undef CALL_IF
};

/* Keys must not get into the swap space. Only as root: others have a limit, which our memory may exceed. */
static void lock_memory(void)
{
    const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    if (geteuid() == 0 && setrlimit(RLIMIT_MEMLOCK, &all) == 0)
        (void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

static int make_pairs(char **paths)
{
    crypto_start();
    return key_pair_write(paths[0], paths[1]) == OK && key_pair_write(paths[2], paths[3]) == OK
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc == MAKE_COUNT && strcmp(argv[1], "--make") == 0)
        return make_pairs(argv + 2);
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-keyd is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = sandbox_setup_read(argv + 1);
    (void)setsid(); /* signals from the terminal are for the server */
    lock_memory();
    crypto_start();
    /* A long-running process must not keep its starter's stderr open. */
    if (sandbox_isolate(&sandbox) != OK || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ||
        sandbox_lock(sandbox_compile(calls, sizeof(calls) / sizeof(calls[0]))) != OK) {
        perror("glasshd-keyd cannot be locked in");
        return EXIT_NOT_LOCKED_IN;
    }
    return keyd_run(COMPANION_FIRST_FD, argv[4]);
}
