/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/proxy_command.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

/* The program gets back what we have changed for ourselves: SIGPIPE is not ignored in it. */
static int spawn(const char *shell, const char *command, int fd, pid_t *id)
{
    scoped(buf) text = BUF_EMPTY(SIZE_MAX / 2);
    if (buf_format(&text, "exec %s", command) != OK)
        return ENOMEM;
    char *argv[] = { (char *)(uintptr_t)shell, (char *)(uintptr_t) "-c",
                     (char *)(uintptr_t)buf_text(&text), NULL };
    sigset_t defaults;
    (void)sigemptyset(&defaults);
    (void)sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_t attributes;
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigdefault(&attributes, &defaults);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_t actions;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
    int failure = posix_spawn(id, shell, &actions, &attributes, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return failure;
}

enum err proxy_command_start(const char *command, struct proxy_command *proxy, int *fd)
{
    const char *shell = getenv("SHELL");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return ERR_SYSTEM;
    int failure = spawn(shell && shell[0] ? shell : "/bin/sh", command, ends[1], &proxy->id);
    (void)close(ends[1]);
    if (failure == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) {
        *fd = ends[0];
        return OK;
    }
    (void)close(ends[0]);
    errno = failure;
    return ERR_SYSTEM;
}

void proxy_command_stop(struct proxy_command *proxy)
{
    if (proxy->id > 0)
        (void)kill(proxy->id, SIGHUP);
    proxy->id = 0;
}
