/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/process.h"

#include "os/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 60000 };

static int null_fd;
static char *const *first; /* of what start() starts */

static int open_null(void **state)
{
    (void)state;
    null_fd = fcntl(open("/dev/null", O_RDWR | O_CLOEXEC), F_DUPFD_CLOEXEC, 3);
    return null_fd < 0 ? -1 : 0;
}

static struct process start(const char *line, int out_fd, const char *terminal)
{
    char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char *)(uintptr_t)line, NULL };
    char *environment[] = { (char[]){ "A=b" }, NULL };
    const struct process_setup setup = {
        .path = "/bin/sh",
        .argv = argv,
        .environment = environment,
        .first = first,
        .directory = "/usr",
        .terminal = terminal,
        .in_fd = null_fd,
        .out_fd = out_fd,
        .err_fd = null_fd,
    };
    struct process process = PROCESS_NONE;
    assert_int_equal(process_start(&setup, &process), OK);
    return process;
}

static struct process_exit end_of(struct process *process)
{
    struct process_exit how;
    struct pollfd end = { .fd = process->fd, .events = POLLIN };
    assert_int_equal(poll(&end, 1, WAIT_MS), 1);
    assert_true(process_ended(process, &how));
    assert_false(process_ended(process, &how));
    process_forget(process);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
    return how;
}

/* Reads until the end; a pseudo-terminal ends with EIO. */
static const char *read_all(int fd)
{
    static char text[1024];
    size_t len = 0;
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    while (poll(&ready, 1, WAIT_MS) == 1) {
        ssize_t got = read(fd, text + len, sizeof(text) - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    text[len] = '\0';
    return text;
}

static void the_exit_status_is_told(void **state)
{
    (void)state;
    struct process process = start("exit 42", null_fd, NULL);
    struct process_exit how = end_of(&process);
    assert_false(how.is_signal);
    assert_int_equal(how.number, 42);
}

static void a_signal_reaches_the_whole_group_and_is_told(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct process process = start("sleep 100 & echo up; wait", ends[1], NULL);
    close(ends[1]);
    char text[8];
    assert_int_equal(read(ends[0], text, sizeof(text)), 3);
    process_signal(&process, SIGTERM);
    struct process_exit how = end_of(&process);
    assert_true(how.is_signal);
    assert_int_equal(how.number, SIGTERM);
    assert_string_equal(read_all(ends[0]), ""); /* the sleep does not hold the pipe */
    close(ends[0]);
}

static void it_starts_clean(void **state)
{
    (void)state;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    (void)signal(SIGPIPE, SIG_IGN);
    int ends[2];
    assert_int_equal(pipe2(ends, 0), 0); /* would be inherited */
    struct process process =
        start("pwd; echo $A; grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '0\\n\\t'; "
              "echo; exec ls /proc/self/fd",
              ends[1], NULL);
    close(ends[1]);
    (void)end_of(&process);
    assert_string_equal(read_all(ends[0]), "/usr\nb\nSigBlk:SigIgn:\n0\n1\n2\n3\n");
    close(ends[0]);

    process = start("kill -PIPE $$", null_fd, NULL);
    assert_int_equal(end_of(&process).number, SIGPIPE);
    (void)signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void a_terminal_is_the_controlling_one(void **state)
{
    (void)state;
    struct pty pty;
    assert_int_equal(pty_open(&pty, -1), OK);
    pty_resize(&pty, 100, 1000000, 0, 0);
    struct process process = start("stty size </dev/tty; tty; echo $?", -1, pty.path);
    (void)end_of(&process);
    char expected[128];
    (void)snprintf(expected, sizeof(expected), "65535 100\r\n%s\r\n0\r\n", pty.path);
    assert_string_equal(read_all(pty.master), expected);
    pty_close(&pty);
}

static void another_program_runs_before_it_in_the_same_way(void **state)
{
    (void)state;
    char *argv[] = { (char[]){ "/bin/sh" }, (char[]){ "-c" },
                     (char[]){ "cat; echo first in $PWD, A is $A" }, NULL };
    int ends[2];
    first = argv;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct process process = start("echo $A; exit 3", ends[1], NULL);
    close(ends[1]);
    assert_int_equal(end_of(&process).number, 3);
    assert_string_equal(read_all(ends[0]), "first in /usr, A is b\nb\n");
    close(ends[0]);

    argv[2] = (char[]){ "exec </dev/tty || echo no terminal" };
    struct pty pty;
    assert_int_equal(pty_open(&pty, -1), OK);
    process = start("tty", -1, pty.path);
    assert_int_equal(end_of(&process).number, 0);
    char expected[128];
    (void)snprintf(expected, sizeof(expected), "%s\r\n", pty.path);
    assert_string_equal(read_all(pty.master), expected);
    pty_close(&pty);

    argv[0] = (char[]){ "/nonexistent" };
    process = start("exit 5", null_fd, NULL);
    assert_int_equal(end_of(&process).number, 5);
    argv[0] = (char[]){ "/bin/sh" };
    argv[2] = (char[]){ "exit 1" };
    it_starts_clean(state);
    first = NULL;
}

static void a_terminal_needs_no_path(void **state)
{
    (void)state;
    struct pty pty;
    int dev_fd = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(pty_open(&pty, dev_fd), OK);
    int fd = pty_open_slave(&pty);
    char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
                     (char[]){ "exec </dev/tty && tty <&2 && echo /proc/self/fd/*" }, NULL };
    const struct process_setup setup = { .path = "/bin/sh",
                                         .argv = argv,
                                         .environment = argv + 3,
                                         .in_fd = fd,
                                         .out_fd = fd,
                                         .err_fd = fd,
                                         .is_terminal = true };
    struct process process = PROCESS_NONE;
    assert_int_equal(process_start(&setup, &process), OK);
    assert_int_equal(end_of(&process).number, 0);
    close(fd);
    close(dev_fd);
    char expected[256];
    (void)snprintf(expected, sizeof(expected),
                   "%s\r\n/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\r\n",
                   pty.path);
    assert_string_equal(read_all(pty.master), expected);
    pty_close(&pty);
}

static void what_cannot_start_leaves_nothing_behind(void **state)
{
    (void)state;
    char *argv[] = { (char[]){ "x" }, NULL };
    const struct process_setup setup = { .path = "/nonexistent",
                                         .argv = argv,
                                         .environment = argv + 1,
                                         .in_fd = null_fd,
                                         .out_fd = null_fd,
                                         .err_fd = null_fd };
    struct process process = PROCESS_NONE;
    assert_int_equal(process_start(&setup, &process), ERR_SYSTEM);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(process.id, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void what_cannot_be_executed_ends_with_127(void **state)
{
    (void)state;
    char path[] = "/tmp/test_process.XXXXXX";
    char *argv[] = { path, NULL };
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, "\177ELF", 4) == 4 && fchmod(fd, 0700) == 0 && close(fd) == 0);
    const struct process_setup setup = { .path = path,
                                         .argv = argv,
                                         .environment = argv + 1,
                                         .in_fd = null_fd,
                                         .out_fd = null_fd,
                                         .err_fd = null_fd };
    struct process process = PROCESS_NONE;
    assert_int_equal(process_start(&setup, &process), OK);
    assert_int_equal(end_of(&process).number, 127);
    assert_int_equal(unlink(path), 0);
}

static void one_that_is_stopped_learns_that_it_was_hung_up(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct process process =
        start("trap 'echo hup; exit 9' HUP; echo up; kill -STOP $$", ends[1], NULL);
    close(ends[1]);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)process.id, &info, WSTOPPED), 0);
    process_hang_up(&process);
    assert_int_equal(end_of(&process).number, 9);
    assert_string_equal(read_all(ends[0]), "up\nhup\n");
    close(ends[0]);
}

static void write_ids(void *context)
{
    const int *fd = context;
    char text[64];
    (void)snprintf(text, sizeof(text), "%d %d\n", getpid(), getsid(0));
    (void)!write(*fd, text, strlen(text));
}

/* What it says of itself comes before what the program says. */
static void the_new_process_may_begin_with_something_of_ours(void **state)
{
    (void)state;
    for (int stays = 0; stays < 2; stays++) {
        int ends[2];
        char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "echo $$" }, NULL };
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        const struct process_setup setup = { .path = "/bin/sh",
                                             .argv = argv,
                                             .environment = argv + 3,
                                             .in_fd = null_fd,
                                             .out_fd = ends[1],
                                             .err_fd = null_fd,
                                             .stays = stays,
                                             .begin = write_ids,
                                             .context = (int[]){ STDOUT_FILENO } };
        struct process process = PROCESS_NONE;
        assert_int_equal(process_start(&setup, &process), OK);
        close(ends[1]);
        int id = process.id, session = stays ? getsid(0) : id;
        char expected[64];
        (void)snprintf(expected, sizeof(expected), "%d %d\n%d\n", id, session, id);
        (void)end_of(&process);
        assert_string_equal(read_all(ends[0]), expected);
        close(ends[0]);
    }
}

static void a_signal_reaches_one_that_was_started_just_now(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct process process = start("exec sleep 100", null_fd, NULL);
        process_signal(&process, SIGTERM);
        assert_int_equal(end_of(&process).number, SIGTERM);
    }
}

static void nothing_is_signalled_without_a_program(void **state)
{
    (void)state;
    const struct process none = PROCESS_NONE;
    process_signal(&none, SIGKILL);
}

static void a_child_that_cannot_be_watched_is_ended(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
    struct process process = PROCESS_NONE;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum err err = process_watch(child, &process);
    int reason = errno;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(err, ERR_SYSTEM);
    assert_int_equal(reason, EMFILE);
    assert_int_equal(process.id, 0);
    assert_int_equal(waitpid(child, NULL, 0), -1);
}

static void one_that_has_ended_still_has_its_name(void **state)
{
    (void)state;
    char name[PROCESS_NAME_MAX];
    siginfo_t info;
    struct process process = start("exit 1", null_fd, NULL);
    assert_int_equal(waitid(P_PID, (id_t)process.id, &info, WEXITED | WNOWAIT), 0);
    process_name(process.id, name);
    assert_string_equal(name, "sh");
    (void)end_of(&process);
    process_name(process.id, name);
    assert_string_equal(name, "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exit_status_is_told),
        cmocka_unit_test(a_signal_reaches_the_whole_group_and_is_told),
        cmocka_unit_test(it_starts_clean),
        cmocka_unit_test(a_terminal_is_the_controlling_one),
        cmocka_unit_test(another_program_runs_before_it_in_the_same_way),
        cmocka_unit_test(a_terminal_needs_no_path),
        cmocka_unit_test(what_cannot_start_leaves_nothing_behind),
        cmocka_unit_test(what_cannot_be_executed_ends_with_127),
        cmocka_unit_test(one_that_is_stopped_learns_that_it_was_hung_up),
        cmocka_unit_test(the_new_process_may_begin_with_something_of_ours),
        cmocka_unit_test(a_signal_reaches_one_that_was_started_just_now),
        cmocka_unit_test(nothing_is_signalled_without_a_program),
        cmocka_unit_test(a_child_that_cannot_be_watched_is_ended),
        cmocka_unit_test(one_that_has_ended_still_has_its_name),
    };
    return cmocka_run_group_tests(tests, open_null, NULL);
}
