/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-offer UID GID FOLDER: works out what glasshd, which starts it, can offer (offer_service.h). */
#include "crypto/crypto.h"
#include "os/companion.h"
#include "os/sandbox.h"
#include "programs/server/offer/offer_service.h"

#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 4, EXIT_WRONG = 2, EXIT_NOT_LOCKED_IN = 3 };

static const struct sandbox_call calls[] = {
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),
#include "programs/server/offer/calls.def"
#undef CALL
#undef CALL_IF
};

int main(int argc, char **argv)
{
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-offer is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = sandbox_setup_read(argv + 1);
    (void)setsid(); /* signals from the terminal are for the server */
    crypto_start();
    if (sandbox_isolate(&sandbox) != OK ||
        sandbox_lock(sandbox_compile(calls, sizeof(calls) / sizeof(calls[0]))) != OK) {
        perror("glasshd-offer cannot be locked in");
        return EXIT_NOT_LOCKED_IN;
    }
    return offer_service_run(COMPANION_FIRST_FD);
}
