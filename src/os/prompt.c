/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/prompt.h"

#include "os/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum policy { ASKPASS_NEVER, ASKPASS_WITHOUT_TERMINAL, ASKPASS_FIRST };

static const char *set_variable(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

static enum policy askpass_policy(void)
{
    const char *require = set_variable("SSH_ASKPASS_REQUIRE");
    bool has_screen = set_variable("DISPLAY") || set_variable("WAYLAND_DISPLAY");
    if (require && strcasecmp(require, "never") == 0)
        return ASKPASS_NEVER;
    if (require && strcasecmp(require, "force") == 0)
        return ASKPASS_FIRST;
    if (!has_screen)
        return ASKPASS_NEVER;
    bool is_preferred = require && strcasecmp(require, "prefer") == 0;
    return is_preferred ? ASKPASS_FIRST : ASKPASS_WITHOUT_TERMINAL;
}

static const char *askpass_program(void)
{
    const char *program = set_variable("SSH_ASKPASS");
    return program ? program : "/usr/bin/ssh-askpass";
}

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static enum err write_text(int fd, const char *text)
{
    struct bytes rest = bytes_text(text);
    while (rest.len) {
        ssize_t took = write(fd, rest.data, rest.len);
        if (took < 0 && errno != EINTR)
            return ERR_SYSTEM;
        rest = bytes_skip(rest, took > 0 ? (size_t)took : 0);
    }
    return OK;
}

/* Reads up to a line's end, which is dropped. The end of the input ends the line only if something was
 * read (or nobody was asked: `question` is NULL). */
static enum err read_line(int fd, const char *question, struct buf *answer)
{
    bool is_empty = true;
    for (;;) {
        struct span room;
        TRY(buf_reserve(answer, 1, &room) == OK ? OK : ERR_TOO_LONG);
        ssize_t got = read(fd, room.data, 1);
        if (got < 0 && errno != EINTR)
            return ERR_SYSTEM;
        if (got < 0 && question && terminal_was_stopped())
            TRY(write_text(fd, question));
        if (got < 0)
            continue;
        if (got == 0)
            return is_empty && question ? ERR_SYSTEM : OK;
        if (room.data[0] == '\n')
            return OK;
        is_empty = false;
        if (room.data[0] != '\r')
            buf_commit(answer, 1);
    }
}

static enum err ask_terminal(int fd, enum prompt_kind kind, const char *text, struct buf *answer)
{
    if (kind == PROMPT_SECRET)
        TRY(terminal_hide_input(fd));
    enum err err = write_text(fd, text);
    if (err == OK)
        err = read_line(fd, text, answer);
    if (kind == PROMPT_SECRET) {
        terminal_show_input();
        /* The user's Enter was not shown either. */
        (void)!write(fd, "\n", 1);
    }
    return err;
}

static enum err spawn_askpass(const char *text, int out_fd, pid_t *id)
{
    char *argv[] = { (char *)(uintptr_t)askpass_program(), (char *)(uintptr_t)text, NULL };
    posix_spawn_file_actions_t actions;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    int failure = posix_spawn(id, argv[0], &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (failure)
        (void)fprintf(stderr, "ssh_askpass: exec(%s): %s\n", argv[0], strerror(failure));
    return failure ? ERR_SYSTEM : OK;
}

static enum err wait_for(pid_t id)
{
    int status;
    while (waitpid(id, &status, 0) < 0) {
        if (errno != EINTR)
            return ERR_SYSTEM;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? OK : ERR_SYSTEM;
}

static enum err run_askpass(const char *text, struct buf *answer)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ERR_SYSTEM;
    pid_t id;
    enum err err = spawn_askpass(text, ends[1], &id);
    (void)close(ends[1]);
    if (err == OK) {
        err = read_line(ends[0], NULL, answer);
        (void)close(ends[0]);
        enum err ended = wait_for(id);
        return err == OK ? ended : err;
    }
    (void)close(ends[0]);
    return err;
}

static enum err ask_program(enum prompt_kind kind, const char *text, struct buf *answer)
{
    if (kind == PROMPT_CONFIRM)
        (void)setenv("SSH_ASKPASS_PROMPT", "confirm", 1);
    enum err err = run_askpass(text, answer);
    (void)unsetenv("SSH_ASKPASS_PROMPT");
    /* For a confirmation, the exit status is the answer. */
    if (kind == PROMPT_CONFIRM && err == OK && buf_len(answer) == 0)
        return buf_append_text(answer, "yes");
    return err;
}

enum err prompt_ask(enum prompt_kind kind, const char *text, struct buf *answer)
{
    enum policy policy = askpass_policy();
    if (policy == ASKPASS_FIRST)
        return ask_program(kind, text, answer);
    int fd = open_terminal();
    if (fd < 0)
        return policy == ASKPASS_NEVER ? ERR_UNSUPPORTED : ask_program(kind, text, answer);
    enum err err = ask_terminal(fd, kind, text, answer);
    (void)close(fd);
    return err;
}
