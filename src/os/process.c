/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/process.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESS_NOT_STARTED = 127 };

static void must(int result)
{
    CHECK(result == 0); /* these fail only for want of memory */
}

/* Opening a terminal as the first descriptor of a new session makes it the controlling one. */
static void add_descriptors(posix_spawn_file_actions_t *actions, const struct process_setup *setup)
{
    if (setup->terminal) {
        must(posix_spawn_file_actions_addopen(actions, 0, setup->terminal, O_RDWR, 0));
        must(posix_spawn_file_actions_adddup2(actions, 0, 1));
        must(posix_spawn_file_actions_adddup2(actions, 0, 2));
    } else {
        must(posix_spawn_file_actions_adddup2(actions, setup->in_fd, 0));
        must(posix_spawn_file_actions_adddup2(actions, setup->out_fd, 1));
        must(posix_spawn_file_actions_adddup2(actions, setup->err_fd, 2));
    }
    must(posix_spawn_file_actions_addclosefrom_np(actions, 3));
}

static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t signals;
    /* sigfillset leaves out the C library's own, and posix_spawn would have them ignored then. */
    memset(&signals, 0xff, sizeof(signals));
    must(posix_spawnattr_setsigdefault(attributes, &signals));
    sigemptyset(&signals);
    must(posix_spawnattr_setsigmask(attributes, &signals));
    must(posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
                                                  POSIX_SPAWN_SETSIGMASK));
}

static int spawn(const struct process_setup *setup, pid_t *id)
{
    bool can_enter = setup->directory && access(setup->directory, X_OK) == 0;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    must(posix_spawn_file_actions_init(&actions));
    must(posix_spawnattr_init(&attributes));
    add_descriptors(&actions, setup);
    must(posix_spawn_file_actions_addchdir_np(&actions, can_enter ? setup->directory : "/"));
    set_attributes(&attributes);

    int reason =
        posix_spawn(id, setup->path, &actions, &attributes, setup->argv, setup->environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return reason;
}

/* ---- what posix_spawn cannot do ---- */

static bool take_streams(const struct process_setup *setup)
{
    if (!setup->terminal)
        return dup2(setup->in_fd, 0) >= 0 && dup2(setup->out_fd, 1) >= 0 &&
               dup2(setup->err_fd, 2) >= 0 && (!setup->is_terminal || ioctl(0, TIOCSCTTY, 0) == 0);
    int fd = open(setup->terminal, O_RDWR);
    return fd >= 0 && dup2(fd, 0) >= 0 && dup2(fd, 1) >= 0 && dup2(fd, 2) >= 0;
}

static void reset_signals(void)
{
    sigset_t none;
    const struct sigaction standard = { .sa_handler = SIG_DFL };
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &standard, NULL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_first(const struct process_setup *setup)
{
    int nothing[2];
    if (pipe(nothing) != 0)
        return;
    (void)close(nothing[1]);
    pid_t id = fork();
    if (id == 0) {
        (void)dup2(nothing[0], 0);
        (void)close_range(3, ~0U, 0);
        (void)execve(setup->first[0], setup->first, setup->environment);
        _exit(PROCESS_NOT_STARTED);
    }
    while (id > 0 && waitpid(id, NULL, 0) < 0 && errno == EINTR)
        ;
}

_Noreturn static void become(const struct process_setup *setup)
{
    reset_signals();
    if (setsid() < 0 || !take_streams(setup))
        _exit(PROCESS_NOT_STARTED);
    (void)close_range(3, ~0U, 0);
    if (!setup->directory || chdir(setup->directory) != 0)
        (void)!chdir("/");
    if (setup->first)
        run_first(setup);
    (void)close_range(3, ~0U, 0);
    (void)execve(setup->path, setup->argv, setup->environment);
    _exit(PROCESS_NOT_STARTED);
}

static int fork_program(const struct process_setup *setup, pid_t *id)
{
    *id = fork();
    if (*id == 0)
        become(setup);
    return *id < 0 ? errno : 0;
}

enum err process_start(const struct process_setup *setup, struct process *process)
{
    struct process started = PROCESS_NONE;
    int reason = setup->first || setup->is_terminal ? fork_program(setup, &started.id)
                                                    : spawn(setup, &started.id);
    if (reason != 0) {
        errno = reason;
        return ERR_SYSTEM;
    }

    /* Nobody but us reaps the child, so its number cannot have been reused. */
    started.fd = pidfd_open(started.id, 0);
    if (started.fd < 0) {
        reason = errno;
        kill(started.id, SIGKILL);
        (void)waitpid(started.id, NULL, 0);
        errno = reason;
        return ERR_SYSTEM;
    }
    *process = started;
    return OK;
}

bool process_ended(struct process *process, struct process_exit *how)
{
    siginfo_t info = { 0 };
    if (process->id == 0 || waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOHANG) != 0 ||
        info.si_pid == 0)
        return false;

    how->is_signal = info.si_code != CLD_EXITED;
    how->core_dumped = info.si_code == CLD_DUMPED;
    how->number = info.si_status;
    process->id = 0;
    return true;
}

void process_signal(const struct process *process, int signal_number)
{
    /* A wrong number here would reach every process of the user. */
    if (process->id > 1)
        (void)kill(-process->id, signal_number);
}

void process_forget(struct process *process)
{
    if (process->fd >= 0)
        close(process->fd);
    *process = PROCESS_NONE;
}
