/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/companion.h"

#include "os/seqpacket.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A program beside this one: it says what it was given. */
static char script_path[COMPANION_PATH_MAX];

static int write_script(void **state)
{
    (void)state;
    ssize_t len = readlink("/proc/self/exe", script_path, sizeof(script_path) - 32);
    assert_true(len > 0);
    script_path[len] = '\0';
    strcpy(strrchr(script_path, '/') + 1, "companion-script");
    FILE *script = fopen(script_path, "w");
    assert_non_null(script);
    (void)fputs("#!/bin/sh\necho \"$1 $NAME\" >&4\ncat <&3 >&4\nls /proc/self/fd >&4\n", script);
    assert_int_equal(fclose(script), 0);
    return chmod(script_path, 0700);
}

static int remove_script(void **state)
{
    (void)state;
    return unlink(script_path);
}

static void read_all(int fd, char *out, size_t size)
{
    size_t len = 0;
    ssize_t got;
    while ((got = read(fd, out + len, size - 1 - len)) > 0)
        len += (size_t)got;
    out[len] = '\0';
}

static void a_companion_gets_its_descriptors_and_no_others(void **state)
{
    (void)state;
    int in[2], out[2];
    char text[512];
    pid_t id;
    int status;
    char word[] = "word", name[] = "NAME=value", search[] = "PATH=/bin:/usr/bin";
    char *arguments[] = { word, NULL };
    char *environment[] = { name, search, NULL };
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    /* The places are taken by each other. */
    assert_int_equal(in[0], 3);
    const struct companion_setup setup = { .name = "companion-script",
                                           .arguments = arguments,
                                           .environment = environment,
                                           .fds = { in[0], out[1] },
                                           .fd_count = 2 };
    assert_int_equal(companion_start(&setup, &id), OK);
    (void)close(out[1]);
    (void)close(in[0]);
    assert_int_equal(write(in[1], "octets\n", 7), 7);
    (void)close(in[1]);
    read_all(out[0], text, sizeof(text));
    (void)close(out[0]);
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_int_equal(status, 0);
    /* 5 is the folder that ls reads. */
    assert_string_equal(text, "word value\noctets\n0\n1\n2\n3\n4\n5\n");
}

static bool allow_few(void *context)
{
    (void)context;
    const struct rlimit few = { 16, 16 };
    return setrlimit(RLIMIT_NOFILE, &few) == 0;
}

static void few_descriptors_are_enough(void **state)
{
    (void)state;
    int out[2], status, nothing = open("/dev/null", O_RDONLY);
    char text[512];
    pid_t id;
    assert_true(nothing >= 0);
    assert_int_equal(pipe(out), 0);
    const struct companion_setup setup = {
        .name = "companion-script", .fds = { nothing, out[1] }, .fd_count = 2, .prepare = allow_few
    };
    assert_int_equal(companion_start(&setup, &id), OK);
    (void)close(out[1]);
    read_all(out[0], text, sizeof(text));
    (void)close(out[0]);
    (void)close(nothing);
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_int_equal(status, 0);
}

static bool refuse(void *context)
{
    (void)context;
    return false;
}

static void what_cannot_be_prepared_does_not_begin(void **state)
{
    (void)state;
    const struct companion_setup setup = { .name = "companion-script", .prepare = refuse };
    pid_t id;
    int status;
    assert_int_equal(companion_start(&setup, &id), OK);
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_int_equal(WEXITSTATUS(status), COMPANION_FAILED);
}

static void a_program_that_is_nowhere_is_told(void **state)
{
    (void)state;
    const struct companion_setup setup = { .name = "no-such-program" };
    pid_t id;
    assert_int_equal(companion_start(&setup, &id), ERR_SYSTEM);
    assert_int_equal(errno, ENOENT);
}

static void a_linked_one_is_spoken_to_until_it_is_ended(void **state)
{
    (void)state;
    const struct companion_setup setup = { .name = "companion-script" };
    const struct companion_setup nowhere = { .name = "no-such-program" };
    int fd = -1;
    pid_t id = 0;
    assert_int_equal(companion_start_linked(&setup, &fd, &id), OK);
    /* It reads to the end, and then finds nothing to write to: it only ends when it is made to. */
    assert_int_equal(seqpacket_send(fd, BYTES_LITERAL("octets"), NULL), OK);
    pid_t ended = id;
    errno = EBUSY;
    companion_end(&id);
    assert_int_equal(errno, EBUSY);
    assert_int_equal(id, 0);
    assert_int_equal(waitpid(ended, NULL, 0), -1);
    assert_int_equal(errno, ECHILD);
    companion_end(&id);
    assert_int_equal(close(fd), 0);
    assert_int_equal(companion_start_linked(&nowhere, &fd, &id), ERR_SYSTEM);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_companion_gets_its_descriptors_and_no_others),
        cmocka_unit_test(few_descriptors_are_enough),
        cmocka_unit_test(what_cannot_be_prepared_does_not_begin),
        cmocka_unit_test(a_program_that_is_nowhere_is_told),
        cmocka_unit_test(a_linked_one_is_spoken_to_until_it_is_ended),
    };
    return cmocka_run_group_tests(tests, write_script, remove_script);
}
