/* SPDX-License-Identifier: BSD-2-Clause */
/* In a child each time, since taking over closes what the test needs. */
#include "programs/server/listener/heritage.h"

#include "base/instant.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { FIRST = 3 };

/* Descriptors are told apart by what they are of: pipes, of which each end is known by a written octet. */
static int pipe_with(char octet)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || write(ends[1], &octet, 1) != 1)
        _exit(99);
    (void)close(ends[1]);
    return ends[0];
}

static bool has(int fd, char octet)
{
    char got = 0;
    return fd >= FIRST && read(fd, &got, 1) == 1 && got == octet &&
           fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

static int count_open(void)
{
    int count = 0;
    for (int fd = FIRST; fd < 200; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static struct source address(uint8_t last)
{
    const uint8_t octets[] = { 192, 0, 2, last };
    return source_of(bytes_of(octets, sizeof(octets)));
}

static enum err leave(void)
{
    static struct heritage_startup startups[2];
    static struct penalties_entry penalties[1];
    startups[0] =
        (struct heritage_startup){ pipe_with('a'), 77, { address(7), { "192.0.2.7", 5 } } };
    startups[1] = (struct heritage_startup){ -1, 78, { { .len = 0 }, { "UNKNOWN", 65535 } } };
    penalties[0] =
        (struct penalties_entry){ address(8), { 123456789012 }, true, PENALTIES_AUTHFAIL };
    const struct heritage heritage = {
        .sockets = { pipe_with('s'), pipe_with('t') },
        .socket_count = 2,
        .kin = { pipe_with('h'), -1 },
        .tcp_fd = pipe_with('l'),
        .taker_fd = pipe_with('w'),
        .tcp_id = 79,
        .startups = startups,
        .startup_count = 2,
        .penalties = penalties,
        .penalty_count = 1,
    };
    return heritage_leave(&heritage, FIRST);
}

static int check_all(const struct heritage *h)
{
    if (h->socket_count != 2 || !has(h->sockets[0], 's') || !has(h->sockets[1], 't'))
        return 1;
    if (!has(h->kin[0], 'h') || h->kin[1] != -1 || h->startup_count != 2 || h->penalty_count != 1)
        return 2;
    if (!has(h->tcp_fd, 'l') || !has(h->taker_fd, 'w') || h->tcp_id != 79)
        return 6;
    const struct heritage_startup *first = &h->startups[0], *second = &h->startups[1];
    const struct source expected = address(7), block = address(8);
    if (!has(first->fd, 'a') || first->id != 77 || first->visitor.peer.port != 5 ||
        !source_equal(&first->visitor.source, &expected) ||
        strcmp(first->visitor.peer.address, "192.0.2.7") != 0)
        return 3;
    if (second->fd != -1 || second->id != 78 || second->visitor.source.len != 0)
        return 4;
    const struct penalties_entry *penalty = &h->penalties[0];
    if (!source_equal(&penalty->block, &block) || penalty->until.us != 123456789012 ||
        !penalty->is_active || penalty->last != PENALTIES_AUTHFAIL)
        return 5;
    return 0;
}

static bool is_nothing(const struct heritage *h)
{
    return h->socket_count == 0 && h->kin[0] == -1 && h->kin[1] == -1 && h->tcp_fd == -1 &&
           h->taker_fd == -1 && h->startup_count == 0 && h->penalty_count == 0 && !h->startups &&
           !h->penalties;
}

static int leave_and_adopt(void)
{
    struct heritage heritage;
    if (leave() != OK)
        return 90;
    heritage_adopt(&heritage, FIRST);
    int status = check_all(&heritage);
    if (status == 0 && count_open() != 6)
        status = 91;
    if (status == 0 && getenv("GLASSHD_HERITAGE"))
        status = 92;
    heritage_wipe(&heritage);
    return status == 0 && !is_nothing(&heritage) ? 93 : status;
}

/* The parent's is for the parent. */
static int adopt_of_another(void)
{
    struct heritage heritage;
    int status = 0;
    if (leave() != OK)
        return 90;
    pid_t child = fork();
    if (child == 0) {
        heritage_adopt(&heritage, FIRST);
        _exit(!is_nothing(&heritage) ? 1 : count_open() != 0 ? 2 : 0);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 94;
}

/* A shorter one each time, the form of another version last. */
static int adopt_spoilt(void)
{
    struct heritage heritage;
    struct stat facts = { .st_size = 2 };
    for (off_t len = 0; len < facts.st_size; len++) {
        if (leave() != OK)
            return 90;
        int fd = (int)strtol(getenv("GLASSHD_HERITAGE"), NULL, 10);
        if (fstat(fd, &facts) != 0 || ftruncate(fd, len) != 0)
            return 91;
        heritage_adopt(&heritage, FIRST);
        if (!is_nothing(&heritage) || count_open() != 0)
            return 1;
    }
    if (leave() != OK ||
        pwrite((int)strtol(getenv("GLASSHD_HERITAGE"), NULL, 10), "\0\0\0\3", 4, 0) != 4)
        return 92;
    heritage_adopt(&heritage, FIRST);
    return is_nothing(&heritage) && count_open() == 0 ? 0 : 2;
}

static int adopt_nonsense(void)
{
    static const char *const names[] = { "", "x", "-1", "0", "2", "99999999999", "150" };
    struct heritage heritage;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)pipe_with('x');
        (void)setenv("GLASSHD_HERITAGE", names[i], 1);
        heritage_adopt(&heritage, FIRST);
        if (!is_nothing(&heritage) || count_open() != 0)
            return (int)i + 1;
    }
    /* A file that is no memory of ours. */
    if (open("/etc/passwd", O_RDONLY) != FIRST)
        return 97;
    (void)setenv("GLASSHD_HERITAGE", "3", 1);
    heritage_adopt(&heritage, FIRST);
    return is_nothing(&heritage) && count_open() == 0 ? 0 : 98;
}

static int status_of(int (*what)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(what());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void everything_is_there_in_the_same_process_and_nothing_else_is_open(void **state)
{
    (void)state;
    assert_int_equal(status_of(leave_and_adopt), 0);
}

static void another_process_takes_nothing(void **state)
{
    (void)state;
    assert_int_equal(status_of(adopt_of_another), 0);
}

static void what_is_cut_short_or_of_another_form_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(status_of(adopt_spoilt), 0);
}

static void a_variable_that_names_nothing_of_ours_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(status_of(adopt_nonsense), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_there_in_the_same_process_and_nothing_else_is_open),
        cmocka_unit_test(another_process_takes_nothing),
        cmocka_unit_test(what_is_cut_short_or_of_another_form_is_left_alone),
        cmocka_unit_test(a_variable_that_names_nothing_of_ours_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
