/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-worker UID GID FOLDER COUNT [explains]: the nursery of a server's workers (nursery.h). Started by glasshd. */
#include "base/check.h"
#include "crypto/agree.h"
#include "crypto/crypto.h"
#include "os/heap.h"
#include "os/sandbox.h"
#include "programs/server/common/log.h"
#include "programs/server/verify/verify.h"
#include "programs/server/worker/narrator.h"
#include "programs/server/worker/nursery.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 5, EXIT_WRONG = 2 };

/* Signals to end the worker, and SIGCHLD, are read from descriptors. */
static void block_signals(void)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD };
    sigset_t signals;
    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaddset(&signals, numbers[i]);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

/* The library's one-time work takes system calls that a worker does not have, so it is done here; the workers share its
 * memory. */
static void rehearse(void)
{
    scoped(buf) secret = BUF_EMPTY(AGREE_SECRET_MAX);
    for (int i = AGREE_X25519; i <= AGREE_MODP18; i++) {
        struct agree *agree = agree_new((enum agree_algorithm)i);
        enum err err = agree_derive(agree, agree_public(agree), &secret);
        CHECK(err == OK);
        err = agree_derive(agree, BYTES_NONE, &secret);
        CHECK(err != OK);
        agree_free(agree);
        buf_wipe(&secret);
    }
}

int main(int argc, char **argv)
{
    if (argc < ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-worker is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    const struct sandbox_setup sandbox = sandbox_setup_read(argv + 1);
    (void)setsid(); /* signals from the terminal are for the server */
    heap_give_back_large();
    block_signals();
    crypto_start();
    rehearse();
    verify_rehearse();
    narrator_look();
    if (sandbox_isolate(&sandbox) != OK)
        log_fatal("the workers cannot be isolated: %s", strerror(errno));
    return nursery_run(strtoul(argv[4], NULL, 10), argc > ARGUMENT_COUNT);
}
