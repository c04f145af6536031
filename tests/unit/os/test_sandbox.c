/* SPDX-License-Identifier: BSD-2-Clause */
/* Each test locks a child in and looks how it ends. */
#include "os/sandbox.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOBODY = 65534, LOCKED_OUT = 99 };

static const struct sandbox_call calls[] = {
    SANDBOX_CALL(write),
    SANDBOX_CALL(brk),
    SANDBOX_CALL(munmap),
    SANDBOX_CALL(exit_group),
    SANDBOX_CALL_IF(mmap, 2, PROT_EXEC, 0),
};

static int end_of(void (*act)(void))
{
    static char directory[] = "/tmp/glassh-sandbox-XXXXXX";
    if (strstr(directory, "XXXXXX"))
        assert_non_null(mkdtemp(directory));
    pid_t child = fork();
    if (child == 0) {
        const struct sandbox_setup setup = { NOBODY, NOBODY, directory };
        if (sandbox_isolate(&setup) != OK ||
            sandbox_lock(sandbox_compile(calls, sizeof(calls) / sizeof(calls[0]))) != OK)
            _exit(LOCKED_OUT);
        act();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)rmdir(directory);
    strcpy(directory, "/tmp/glassh-sandbox-XXXXXX");
    return status;
}

static void work(void)
{
    int pipe_is_gone = write(STDERR_FILENO, "", 0) < 0;
    void *memory = malloc(1 << 20);
    memset(memory, 1, 1 << 20);
    free(memory);
    if (pipe_is_gone)
        _exit(1);
}

static void open_a_file(void)
{
    (void)open("/", O_RDONLY);
}

static void make_a_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM, 0);
}

static void fork_a_child(void)
{
    (void)fork();
}

static void run_a_program(void)
{
    (void)execl("/bin/true", "true", NULL);
}

static void make_memory_executable(void)
{
    (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void signal_another_process(void)
{
    (void)kill(getppid(), 0);
}

static void ordinary_work_goes_on(void **state)
{
    (void)state;
    assert_int_equal(end_of(work), 0);
}

static void everything_else_ends_the_process(void **state)
{
    (void)state;
    static void (*const acts[])(void) = {
        open_a_file,   make_a_socket,          fork_a_child,
        run_a_program, make_memory_executable, signal_another_process,
    };
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        int status = end_of(acts[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

/* Before the calls are locked, an isolated process may fork; its children are isolated, too. */
static void isolation_is_inherited(void **state)
{
    (void)state;
    char directory[] = "/tmp/glassh-sandbox-XXXXXX";
    assert_non_null(mkdtemp(directory));
    pid_t child = fork();
    if (child == 0) {
        const struct sandbox_setup setup = { NOBODY, NOBODY, directory };
        if (sandbox_isolate(&setup) != OK)
            _exit(LOCKED_OUT);
        pid_t grandchild = fork();
        if (grandchild == 0)
            _exit(open("/etc/passwd", O_RDONLY) < 0 && setuid(0) != 0 ? 0 : 1);
        int status = LOCKED_OUT;
        (void)waitpid(grandchild, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : LOCKED_OUT);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)rmdir(directory);
    assert_int_equal(status, 0);
}

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    print_message("skipped: the address sanitizer makes system calls of its own\n");
    return 77;
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_work_goes_on),
        cmocka_unit_test(everything_else_ends_the_process),
        cmocka_unit_test(isolation_is_inherited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
