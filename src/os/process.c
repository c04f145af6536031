/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESS_NOT_STARTED = 127 };

static bool take_streams(const struct process_setup *setup)
{
    if (!setup->terminal)
        return dup2(setup->in_fd, 0) >= 0 && dup2(setup->out_fd, 1) >= 0 &&
               dup2(setup->err_fd, 2) >= 0 && (!setup->is_terminal || ioctl(0, TIOCSCTTY, 0) == 0);
    int fd = open(setup->terminal, O_RDWR);
    return fd >= 0 && dup2(fd, 0) >= 0 && dup2(fd, 1) >= 0 && dup2(fd, 2) >= 0;
}

void process_reset_signals(void)
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
    process_reset_signals();
    if ((!setup->stays && setsid() < 0) || !take_streams(setup))
        _exit(PROCESS_NOT_STARTED);
    if (setup->begin)
        setup->begin(setup->context);
    (void)close_range(3, ~0U, 0);
    if (!setup->directory || chdir(setup->directory) != 0)
        (void)!chdir("/");
    if (setup->first)
        run_first(setup);
    (void)close_range(3, ~0U, 0);
    (void)execve(setup->path, setup->argv, setup->environment);
    _exit(PROCESS_NOT_STARTED);
}

enum err process_start(const struct process_setup *setup, struct process *process)
{
    if (access(setup->path, X_OK) != 0)
        return ERR_SYSTEM;
    pid_t id = fork();
    if (id == 0)
        become(setup);
    return id < 0 ? ERR_SYSTEM : process_watch(id, process);
}

enum err process_watch(pid_t child, struct process *process)
{
    /* Only we reap it, so its number cannot have been reused. */
    int fd = pidfd_open(child, 0);
    if (fd < 0) {
        int reason = errno;
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        errno = reason;
        return ERR_SYSTEM;
    }
    *process = (struct process){ child, fd };
    return OK;
}

void process_name(pid_t id, char name[static PROCESS_NAME_MAX])
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%ld/comm", (long)id);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(name, PROCESS_NAME_MAX, file))
        (void)strcpy(name, "?");
    name[strcspn(name, "\n")] = '\0';
    if (file)
        (void)fclose(file);
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
    /* A wrong number here would reach every process of the user. A process without its own group is signalled alone. */
    if (process->id > 1 && kill(-process->id, signal_number) != 0)
        (void)kill(process->id, signal_number);
}

void process_hang_up(const struct process *process)
{
    process_signal(process, SIGHUP);
    process_signal(process, SIGCONT);
}

void process_forget(struct process *process)
{
    if (process->fd >= 0)
        close(process->fd);
    *process = PROCESS_NONE;
}
