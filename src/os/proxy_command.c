/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/proxy_command.h"

#include "base/buf.h"
#include "os/await.h"
#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

enum { WORDS_MAX = 256 };

/* No shell treats any of these specially. */
static bool is_plain(char c)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || (c && strchr(" _-./:,+@%=", c));
}

/* The first word must be a program's name: "=" sets a variable, and exec is not a program. */
bool proxy_command_is_plain(const char *command)
{
    size_t words = 0;
    const char *first = command + strspn(command, " ");
    size_t first_len = strcspn(first, " ");
    for (const char *at = command; *at; at++) {
        if (!is_plain(*at))
            return false;
        words += *at != ' ' && (at == command || at[-1] == ' ');
    }
    return words > 0 && words < WORDS_MAX && *first != '-' && !memchr(first, '=', first_len) &&
           !(first_len == 4 && strncmp(first, "exec", 4) == 0);
}

/* Undoes for the program what we changed for ourselves: SIGPIPE is not ignored in it. */
static int spawn(char *const argv[], int fd, pid_t *id)
{
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
    int failure = posix_spawnp(id, argv[0], &actions, &attributes, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return failure;
}

static int spawn_words(const char *command, int fd, pid_t *id)
{
    scoped(buf) text = BUF_EMPTY(SIZE_MAX / 2);
    char *argv[WORDS_MAX + 1] = { NULL };
    size_t count = 0;
    struct bytes rest = bytes_text(command);
    while (rest.len) {
        struct bytes word = bytes_cut(&rest, ' ');
        if (word.len && (buf_append(&text, word) != OK || buf_append(&text, bytes_of("", 1)) != OK))
            return ENOMEM;
    }
    char *word = (char *)(uintptr_t)buf_bytes(&text).data;
    for (size_t left = buf_len(&text); left; count++) {
        argv[count] = word;
        left -= strlen(word) + 1;
        word += strlen(word) + 1;
    }
    return spawn(argv, fd, id);
}

static int spawn_shell(const char *command, int fd, pid_t *id)
{
    scoped(buf) text = BUF_EMPTY(SIZE_MAX / 2);
    const char *chosen = getenv("SHELL");
    const char *shell = chosen && chosen[0] ? chosen : "/bin/sh";
    if (buf_format(&text, "exec %s", command) != OK)
        return ENOMEM;
    char *argv[] = { (char *)(uintptr_t)shell, (char *)(uintptr_t) "-c",
                     (char *)(uintptr_t)buf_text(&text), NULL };
    return spawn(argv, fd, id);
}

/* Only a shell can run a script without an interpreter line. */
static int spawn_command(const char *command, int fd, pid_t *id)
{
    int failure = proxy_command_is_plain(command) ? spawn_words(command, fd, id) : ENOEXEC;
    return failure == ENOEXEC ? spawn_shell(command, fd, id) : failure;
}

enum err proxy_command_start(const char *command, struct proxy_command *proxy, int *fd)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return ERR_SYSTEM;
    int failure = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0
                      ? spawn_command(command, ends[1], &proxy->id)
                      : errno;
    (void)close(ends[1]);
    if (failure == 0) {
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

bool proxy_command_ended(struct proxy_command *proxy, int patience_ms, struct process_exit *how)
{
    if (proxy->id <= 0)
        return false;
    struct process process = { proxy->id, pidfd_open(proxy->id, 0) };
    bool has_ended = process.fd >= 0 &&
                     await_readable(process.fd, -1, clock_now_ms() + patience_ms) == OK &&
                     process_ended(&process, how);
    process_forget(&process);
    if (has_ended)
        proxy->id = 0;
    return has_ended;
}
