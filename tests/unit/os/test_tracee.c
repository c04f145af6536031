/* SPDX-License-Identifier: BSD-2-Clause */
/* A child that waits is looked into, and must go on as if nothing had been. */
#include "os/tracee.h"

#include "os/sandbox.h"
#include "os/seccomp_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOBODY = 65534, WENT_ON = 7, LOCKED_OUT = 99, CALL_COUNT = 7 };

static const struct sandbox_call calls[CALL_COUNT] = {
    SANDBOX_CALL(read),
    SANDBOX_CALL(write),
    SANDBOX_CALL(brk),
    SANDBOX_CALL(exit_group),
    SANDBOX_CALL(getrandom),
    SANDBOX_CALL_IF(mmap, 2, PROT_EXEC, 0),
    SANDBOX_CALL_IF(ioctl, 1, ~0ULL, 0x5421),
};

struct child {
    pid_t id;
    int fd; /* one octet lets it end */
};

static struct child start(bool is_locked_in)
{
    static char directory[] = "/tmp/glassh-tracee-XXXXXX";
    if (strstr(directory, "XXXXXX"))
        assert_non_null(mkdtemp(directory));
    int ends[2], ready[2];
    char octet = 0;
    assert_int_equal(pipe(ends) + pipe(ready), 0);
    pid_t id = fork();
    if (id == 0) {
        (void)close(ends[1]); /* so that it does not outlive a test that fails */
        const struct sandbox_setup setup = { NOBODY, NOBODY, directory };
        if (is_locked_in && (sandbox_isolate(&setup) != OK ||
                             sandbox_lock(sandbox_compile(calls, CALL_COUNT)) != OK))
            _exit(LOCKED_OUT);
        bool is_good = write(ready[1], "", 1) == 1 && read(ends[0], &octet, 1) == 1;
        _exit(is_good && octet == 'x' ? WENT_ON : 1);
    }
    (void)close(ready[1]);
    (void)close(ends[0]);
    assert_int_equal(read(ready[0], &octet, 1), 1);
    (void)close(ready[0]);
    (void)rmdir(directory);
    strcpy(directory, "/tmp/glassh-tracee-XXXXXX");
    return (struct child){ id, ends[1] };
}

static void goes_on(struct child child)
{
    int status = 0;
    assert_int_equal(write(child.fd, "x", 1), 1);
    (void)close(child.fd);
    assert_int_equal(waitpid(child.id, &status, 0), child.id);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), WENT_ON);
}

static long answer(const struct tracee *tracee, long number, unsigned long first, const char *text,
                   unsigned long third)
{
    long result = -1;
    const unsigned long arguments[] = { first, 0, third };
    enum err err = tracee_call(tracee, number, arguments, text, &result);
    assert_int_equal(err, OK);
    return result;
}

static void what_it_may_do_is_asked_of_the_kernel(void **state)
{
    (void)state;
    const struct child free = start(false);
    struct tracee tracee;
    enum err err = tracee_hold(&tracee, free.id);
    assert_int_equal(err, OK);
    assert_int_equal(answer(&tracee, SYS_getpid, 0, NULL, 0), free.id);
    long fd = answer(&tracee, SYS_openat, (unsigned long)AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    assert_int_equal(answer(&tracee, SYS_close, (unsigned long)fd, NULL, 0), 0);
    assert_int_equal(answer(&tracee, SYS_openat, (unsigned long)AT_FDCWD, "/no such file", 0),
                     -ENOENT);
    tracee_release(&tracee);
    goes_on(free);
}

static void one_that_is_locked_in_is_asked_what_it_could_not_do_itself(void **state)
{
    (void)state;
    bool has_landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
    const struct child locked = start(true);
    struct tracee tracee;
    enum err err = tracee_hold(&tracee, locked.id);
    assert_int_equal(err, OK);
    assert_int_equal(answer(&tracee, SYS_getuid, 0, NULL, 0), NOBODY);
    long fd = answer(&tracee, SYS_openat, (unsigned long)AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
    assert_true(has_landlock ? fd == -EACCES : fd >= 0);
    tracee_release(&tracee);
    goes_on(locked);
}

static bool is_list(const struct seccomp_filter *filter, const struct sandbox_call list[CALL_COUNT],
                    size_t count)
{
    return seccomp_filter_is(filter, list, count);
}

static void its_filter_is_the_list_that_it_was_made_of(void **state)
{
    (void)state;
    const struct child locked = start(true);
    struct tracee tracee;
    struct sock_filter *steps = NULL;
    struct seccomp_filter filter = { 0 };
    enum err err = tracee_hold(&tracee, locked.id);
    assert_int_equal(err, OK);
    err = tracee_filter(&tracee, &steps, &filter.count);
    assert_int_equal(err, OK);
    filter.steps = steps;
    assert_true(is_list(&filter, calls, CALL_COUNT));

    /* Any other one is noticed: fewer, more, and each part of a condition. */
    struct sandbox_call others[CALL_COUNT + 1];
    assert_false(is_list(&filter, calls, CALL_COUNT - 1));
    memcpy(others, calls, sizeof(calls));
    others[CALL_COUNT] = (struct sandbox_call)SANDBOX_CALL(kill);
    assert_false(is_list(&filter, others, CALL_COUNT + 1));
    others[5].is_checked = false;
    assert_false(is_list(&filter, others, CALL_COUNT));
    others[5] = (struct sandbox_call)SANDBOX_CALL_IF(mmap, 1, PROT_EXEC, 0);
    assert_false(is_list(&filter, others, CALL_COUNT));
    others[5] = calls[5];
    for (size_t bit = 0; bit < 64; bit++) {
        others[6].mask = ~0ULL ^ 1ULL << bit;
        others[6].value = calls[6].value & others[6].mask;
        assert_false(is_list(&filter, others, CALL_COUNT));
    }
    free(steps);
    tracee_release(&tracee);
    goes_on(locked);
}

static void without_a_filter_there_is_none(void **state)
{
    (void)state;
    const struct child free = start(false);
    struct tracee tracee;
    struct sock_filter *steps = NULL;
    size_t count = 0;
    enum err err = tracee_hold(&tracee, free.id);
    assert_int_equal(err, OK);
    err = tracee_filter(&tracee, &steps, &count);
    assert_int_equal(err, ERR_SYSTEM);
    tracee_release(&tracee);
    goes_on(free);
}

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    print_message("skipped: the address sanitizer makes system calls of its own\n");
    return 77;
#endif
    if (geteuid() != 0) {
        print_message("skipped: only root may look into a process that is locked in\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_may_do_is_asked_of_the_kernel),
        cmocka_unit_test(one_that_is_locked_in_is_asked_what_it_could_not_do_itself),
        cmocka_unit_test(its_filter_is_the_list_that_it_was_made_of),
        cmocka_unit_test(without_a_filter_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
