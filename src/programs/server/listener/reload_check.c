/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/reload_check.h"

#include "base/check.h"
#include "os/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECK_MS = 10 * 1000, ADDED = 3 };

static void say(struct buf *why, const char *text)
{
    if (buf_len(why) == 0)
        CHECK(buf_append(why, bytes_text(text)) == OK);
}

/* The check's log comes here, too, as text whatever the configuration says. */
static char **arguments_with_test(char *const *argv)
{
    static char test[] = "-t", option[] = "-o", text[] = "LogFormat=text";
    size_t count = 0;
    while (argv[count])
        count++;
    char **arguments = calloc(count + ADDED + 1, sizeof(*arguments));
    CHECK(arguments && count > 0);
    arguments[0] = argv[0];
    arguments[1] = test;
    arguments[2] = option;
    arguments[3] = text;
    memcpy(arguments + 1 + ADDED, argv + 1, (count - 1) * sizeof(*arguments));
    return arguments;
}

static enum err start(const char *path, char *const *argv, int words_fd, struct process *process)
{
    char directory[PATH_MAX];
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd < 0)
        return ERR_SYSTEM;
    char **arguments = arguments_with_test(argv);
    const struct process_setup setup = {
        .path = path,
        .argv = arguments,
        .environment = environ,
        .directory = getcwd(directory, sizeof(directory)),
        .in_fd = null_fd,
        .out_fd = null_fd,
        .err_fd = words_fd,
    };
    enum err err = process_start(&setup, process);
    descriptor_close(&null_fd);
    free(arguments);
    return err;
}

enum err reload_check_start(struct reload_check *check, const char *path, char *const *argv,
                            int64_t now_ms)
{
    int ends[2] = { -1, -1 };
    reload_check_stop(check);
    enum err err = pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0
                       ? start(path, argv, ends[1], &check->process)
                       : ERR_SYSTEM;
    descriptor_close(&ends[1]);
    check->words_fd = ends[0];
    check->until_ms = now_ms + CHECK_MS;
    if (err != OK) {
        descriptor_close(&check->words_fd);
        say(&check->why, strerror(errno));
    }
    return err;
}

/* Keeps what there is room for and reads on, so that much output does not block the program. */
void reload_check_hear(struct reload_check *check)
{
    uint8_t part[RELOAD_CHECK_WHY_MAX];
    ssize_t len;
    if (check->words_fd < 0)
        return;
    while ((len = read(check->words_fd, part, sizeof(part))) > 0) {
        struct bytes words = bytes_of(part, (size_t)len);
        size_t room = RELOAD_CHECK_WHY_MAX - buf_len(&check->why);
        CHECK(buf_append(&check->why, bytes_slice(words, 0, room)) == OK);
    }
    if (len == 0)
        descriptor_close(&check->words_fd);
}

int reload_check_left_ms(const struct reload_check *check, int64_t now_ms)
{
    if (check->process.id == 0)
        return -1;
    return check->until_ms > now_ms ? (int)(check->until_ms - now_ms) : 0;
}

/* Joins the lines into one; warnings may precede the reason. What does not fit is left out. */
static void join_lines(struct buf *why)
{
    scoped(buf) words = BUF_EMPTY(RELOAD_CHECK_WHY_MAX);
    CHECK(buf_append(&words, buf_bytes(why)) == OK);
    buf_clear(why);
    struct bytes rest = buf_bytes(&words);
    while (rest.len > 0) {
        if (buf_append(why, bytes_cut(&rest, '\n')) != OK ||
            (rest.len > 0 && buf_append(why, BYTES_LITERAL("; ")) != OK))
            return;
    }
}

static void close_all(struct reload_check *check)
{
    descriptor_close(&check->words_fd);
    process_forget(&check->process);
}

bool reload_check_passes(struct reload_check *check, int status)
{
    reload_check_hear(check);
    close_all(check);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    join_lines(&check->why);
    say(&check->why, WIFSIGNALED(status) ? "the check was ended by a signal"
                                         : "the check failed and did not say why");
    return false;
}

void reload_check_give_up(struct reload_check *check)
{
    reload_check_hear(check);
    process_signal(&check->process, SIGKILL);
    close_all(check);
    join_lines(&check->why);
    say(&check->why, "the check takes too long");
}

void reload_check_stop(struct reload_check *check)
{
    process_signal(&check->process, SIGKILL);
    reload_check_forget(check);
}

void reload_check_forget(struct reload_check *check)
{
    close_all(check);
    buf_wipe(&check->why);
}
