/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGHUP: the new configuration is checked, then everything is handed to the program that this one becomes. */
#include "base/check.h"
#include "os/activation.h"
#include "os/clock.h"
#include "os/system_error.h"
#include "programs/common/tcp_link.h"
#include "programs/server/common/log.h"
#include "programs/server/listener/heritage.h"
#include "programs/server/listener/listener_internal.h"
#include "programs/server/listener/porch_link.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- may it? ---- */

static void refuse(struct listener *listener)
{
    LOG(RELOAD_REFUSED, .why = events_bytes(buf_bytes(&listener->check.why)));
    reload_check_forget(&listener->check);
    activation_tell("READY=1");
}

void listener_reload_begin(struct listener *listener)
{
    const struct listener_setup *setup = &listener->setup;
    listener->may_reload = false;
    activation_tell("RELOADING=1");
    if (reload_check_start(&listener->check, setup->path, setup->argv, clock_now_ms()) != OK)
        refuse(listener);
}

void listener_reload_judge(struct listener *listener, int status)
{
    listener->may_reload = reload_check_passes(&listener->check, status);
    if (listener->may_reload)
        reload_check_forget(&listener->check);
    else
        refuse(listener);
}

void listener_reload_tend(struct listener *listener)
{
    reload_check_hear(&listener->check);
    if (reload_check_left_ms(&listener->check, clock_now_ms()) != 0)
        return;
    reload_check_give_up(&listener->check);
    refuse(listener);
}

/* ---- from one program to the next ---- */

void listener_reload_adopt(struct listener *listener, const struct heritage *heritage)
{
    for (size_t i = 0; i < heritage->penalty_count; i++)
        admittance_restore(listener->admittance, &heritage->penalties[i]);
    for (size_t i = 0; i < heritage->startup_count; i++) {
        const struct heritage_startup *startup = &heritage->startups[i];
        if (listener->startup_count < listener->startup_max)
            listener_add_startup(listener, startup->fd, startup->id, &startup->visitor);
        else if (startup->fd >= 0)
            (void)close(startup->fd);
    }
    memcpy(listener->kin, heritage->kin, sizeof(listener->kin));
    listener->polled[LISTENER_KIN] = (struct pollfd){ .fd = listener->kin[0], .events = POLLIN };
    listener->taker_fd = heritage->taker_fd;
    if (listener->setup.tcp) {
        listener->setup.tcp->fd = heritage->tcp_fd;
        listener->setup.tcp->id = heritage->tcp_id;
    }
}

/* The present startups and the sockets belong to the next program. */
static void forget_others(struct listener *listener)
{
    while (listener->startup_count > 0)
        listener_forget_startup(listener, listener->startup_count - 1);
    sockets_close(&listener->sockets);
    if (listener->setup.tcp)
        tcp_link_close(listener->setup.tcp);
    admittance_tell(listener->admittance, listener->kin[1]);
    listener->polled[LISTENER_KIN].fd = -1;
}

/* Connections on the porch have got the old configuration's preface, so they are served with it. A request to end the
 * server ends this process, too. */
static void drain(struct listener *listener, pid_t parent)
{
    forget_others(listener);
    listener->is_draining = true;
    listener->may_reload = false;
    reload_check_forget(&listener->check);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent)
        (void)listener_run(listener);
    _exit(0);
}

static enum err leave_heritage(const struct listener *listener)
{
    const struct tcp_link *tcp = listener->setup.tcp;
    struct heritage heritage = { .kin = { listener->kin[0], listener->kin[1] },
                                 .tcp_fd = tcp ? tcp->fd : -1,
                                 .taker_fd = listener->taker_fd,
                                 .tcp_id = tcp ? tcp->id : 0,
                                 .startup_count = listener->startup_count };
    for (; activation_count() == 0 && heritage.socket_count < listener->sockets.count;
         heritage.socket_count++)
        heritage.sockets[heritage.socket_count] = listener->sockets.fds[heritage.socket_count];
    heritage.startups = calloc(heritage.startup_count + 1, sizeof(*heritage.startups));
    CHECK(heritage.startups);
    for (size_t i = 0; i < heritage.startup_count; i++)
        heritage.startups[i] =
            (struct heritage_startup){ listener->polled[LISTENER_FIRST_STARTUP + i].fd,
                                       listener->startups[i].id, listener->startups[i].visitor };
    struct penalties_entry entry;
    while (admittance_penalty(listener->admittance, heritage.penalty_count, &entry))
        heritage.penalty_count++;
    heritage.penalties = calloc(heritage.penalty_count + 1, sizeof(*heritage.penalties));
    CHECK(heritage.penalties);
    for (size_t i = 0; i < heritage.penalty_count; i++)
        (void)admittance_penalty(listener->admittance, i, &heritage.penalties[i]);
    enum err err = heritage_leave(&heritage, ACTIVATION_FIRST + activation_count());
    heritage_wipe(&heritage);
    return err;
}

void listener_reload_hand_over(struct listener *listener)
{
    pid_t self = getpid();
    if (listener->kin[0] < 0 &&
        socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, listener->kin) != 0)
        log_error("penalties from draining connections will be lost: %s", strerror(errno));
    /* Connections that come from now on wait for the next porch. */
    struct tcp_link *tcp = listener->setup.tcp;
    if (tcp && tcp_link_take(tcp, &listener->taker_fd) != OK)
        listener->taker_fd = -1;
    porch_link_drain(listener->setup.porch);
    pid_t child = fork();
    if (child == 0)
        drain(listener, self);
    if (child < 0)
        log_error("fork: %s", strerror(errno));
    enum err err = leave_heritage(listener);
    if (err != OK)
        log_error("the server restarts without its state: %s", system_error_text(err));
}
