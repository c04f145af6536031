/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/pam/start_session.h"

#include "base/check.h"
#include "os/companion.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTOR_COUNT = 2, TEXT_MAX = 255, AFTER_MONITOR_MS = 10000 };

void start_session_init(struct start_session *s, const struct account *account)
{
    start_session_wipe(s);
    account_copy(account, &s->account);
}

void start_session_wipe(struct start_session *s)
{
    account_wipe(&s->account);
    process_forget(&s->process);
    *s = START_SESSION_NONE;
}

struct starting {
    const struct account *account;
    bool is_later; /* the program becomes the user itself */
};

/* In the new process, which has the groups already, with those of PAM's modules. Signals typed at our terminal are not
 * for the session, which is ended in good order. */
static bool become_user(void *context)
{
    const struct starting *starting = context;
    bool has_identity = starting->is_later || account_is_own(starting->account) ||
                        account_take_identity(starting->account) == OK;
    if (has_identity && setpgid(0, 0) == 0)
        return true;
    log_error("cannot become user %s: %s", starting->account->name, strerror(errno));
    return false;
}

static bool start(struct start_session *s, bool is_later, char *arguments[2],
                  const struct seqpacket_descriptors *passed)
{
    struct starting starting = { &s->account, is_later };
    char *environment[] = { arguments[1], NULL };
    bool has_zone = *arguments[1] != '\0';
    arguments[1] = NULL;
    const struct companion_setup setup = {
        .name = "glasshd-session",
        .arguments = arguments,
        .environment = has_zone ? environment : NULL,
        .fds = { passed->fds[0], passed->fds[1] },
        .fd_count = DESCRIPTOR_COUNT,
        .prepare = become_user,
        .context = &starting,
    };
    pid_t id;
    return companion_start(&setup, &id) == OK && process_watch(id, &s->process) == OK;
}

bool start_session_process(struct start_session *s, const struct record *asked,
                           const struct seqpacket_descriptors *passed)
{
    char log[TEXT_MAX + 1], zone[TEXT_MAX + 1];
    char *arguments[] = { log, zone };
    errno = EINVAL;
    if (passed->count == DESCRIPTOR_COUNT && bytes_to_text(asked->texts[0], log, sizeof(log)) &&
        bytes_to_text(asked->texts[1], zone, sizeof(zone)) &&
        start(s, asked->numbers[0], arguments, passed))
        return true;
    log_error("no process for the session: %s", strerror(errno));
    return false;
}

/* Signals are read from a descriptor so that they do not end us while the session must still be closed. */
static int take_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    CHECK(sigprocmask(SIG_BLOCK, signals, NULL) == 0);
    return signalfd(-1, signals, SFD_CLOEXEC);
}

static void pass_on(int signal_fd, pid_t id)
{
    struct signalfd_siginfo taken;
    if (read(signal_fd, &taken, sizeof(taken)) == (ssize_t)sizeof(taken))
        (void)kill(id, (int)taken.ssi_signo);
}

static void wait_for(const struct start_session *s, int monitor_fd, int signal_fd)
{
    struct pollfd polled[] = { { .fd = s->process.fd, .events = POLLIN },
                               { .fd = monitor_fd, .events = POLLIN },
                               { .fd = signal_fd, .events = POLLIN } };
    for (;;) {
        int count = poll(polled, 3, polled[1].fd >= 0 ? -1 : AFTER_MONITOR_MS);
        if (count < 0)
            continue;
        if (polled[0].revents)
            return;
        if (count == 0)
            (void)kill(s->process.id, SIGKILL);
        if (polled[1].revents)
            polled[1].fd = -1; /* no more questions will come */
        if (polled[2].revents)
            pass_on(signal_fd, s->process.id);
    }
}

void start_session_await_end(struct start_session *s, int monitor_fd)
{
    sigset_t signals;
    int status, signal_fd = take_signals(&signals);
    if (s->process.fd >= 0)
        wait_for(s, monitor_fd, signal_fd);
    while (waitpid(s->process.id, &status, 0) < 0 && errno == EINTR)
        ;
    if (signal_fd >= 0)
        (void)close(signal_fd);
    CHECK(sigprocmask(SIG_UNBLOCK, &signals, NULL) == 0);
    start_session_wipe(s);
}
