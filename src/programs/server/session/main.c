/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-session LOG: the sessions of a logged-in user (session_service.h). Started by glasshd as that user; or as
 * root with the user's groups, to change the root directory and become the user. */
#include "config/server_options.h"
#include "os/companion.h"
#include "os/heap.h"
#include "os/seqpacket.h"
#include "programs/server/common/log.h"
#include "programs/server/session/root.h"
#include "programs/server/session/session_service.h"
#include "programs/server/session/welcome.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MONITOR_FD = COMPANION_FIRST_FD, WORKER_FD, ARGUMENT_COUNT = 2, EXIT_WRONG = 2 };

static enum err receive_welcome(struct welcome *welcome)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    TRY(seqpacket_take(MONITOR_FD, &room, NULL));
    return welcome_decode(buf_bytes(&room), welcome);
}

int main(int argc, char **argv)
{
    static struct welcome welcome;
    if (argc != ARGUMENT_COUNT) {
        (void)fprintf(stderr, "glasshd-session is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    /* This process has the log open and reports to the monitor, which the user's other programs must not touch. */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return EXIT_WRONG;
    heap_give_back_large();
    (void)signal(SIGPIPE, SIG_IGN);
    if (!log_adopt(argv[1]))
        return EXIT_WRONG;
    enum err err = receive_welcome(&welcome);
    if (err != OK)
        log_fatal("the session got no instructions: %s", err_text(err));
    /* PAM's modules win. */
    if (!welcome.host.options->use_pam)
        (void)umask(umask(0) | 022);
    welcome.host.monitor_fd = MONITOR_FD;
    if (!root_enter(&welcome.host))
        return EXIT_WRONG;
    log_peer(welcome.host.peer.address, welcome.host.peer.port);
    log_user(bytes_text(welcome.host.account->name), false);
    log_let_in();
    int status = session_service_run(&welcome.host, WORKER_FD);
    welcome_wipe(&welcome);
    return status;
}
