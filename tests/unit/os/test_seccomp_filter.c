/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters written by hand; those that the kernel has are asked in test_tracee.c. */
#include "os/seccomp_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct seccomp_data call = { .nr = 7, .args = { 0x10, 0x80000001ULL } };

static uint32_t said(const struct sock_filter *steps, size_t count)
{
    const struct seccomp_filter filter = { steps, count };
    return seccomp_filter_answer(&filter, &call);
}

static void each_comparison_goes_both_ways(void **state)
{
    (void)state;
    static const struct {
        uint16_t how;
        uint32_t yes, no;
    } rows[] = { { BPF_JEQ, 7, 8 }, { BPF_JGT, 6, 7 }, { BPF_JGE, 7, 8 }, { BPF_JSET, 2, 8 } };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int turn = 0; turn < 2; turn++) {
            const uint32_t value = turn ? rows[i].yes : rows[i].no;
            const struct sock_filter steps[] = {
                LOAD(nr),
                BPF_JUMP((uint16_t)(BPF_JMP | rows[i].how | BPF_K), value, 1, 0),
                BPF_STMT(BPF_RET | BPF_K, 1),
                BPF_STMT(BPF_RET | BPF_K, 2),
            };
            assert_int_equal(said(steps, COUNT(steps)), turn ? 2 : 1);
        }
}

static void words_are_loaded_and_masked(void **state)
{
    (void)state;
    const struct sock_filter steps[] = {
        LOAD(args[1]),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x80000000),
        BPF_STMT(BPF_JMP | BPF_JA, 1),
        BPF_STMT(BPF_RET | BPF_K, 1),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 2),
        BPF_STMT(BPF_RET | BPF_K, 3),
    };
    assert_int_equal(said(steps, COUNT(steps)), 2);
}

static void what_is_no_filter_allows_nothing(void **state)
{
    (void)state;
    const struct sock_filter bad[][1] = {
        { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(struct seccomp_data)) },
        { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2) },
        { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, UINT32_MAX) },
        { BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX) },
        { BPF_STMT(BPF_ST, 0) },
        { LOAD(nr) },
    };
    assert_int_equal(said(NULL, 0), SECCOMP_RET_KILL_PROCESS);
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(said(bad[i], 1), SECCOMP_RET_KILL_PROCESS);
}

static void a_filter_that_allows_everything_is_no_list(void **state)
{
    (void)state;
    static const struct sandbox_call calls[] = { SANDBOX_CALL(read) };
    const struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
    const struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS) };
    const struct sock_filter errors[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1) };
    /* Right for this machine, and open to another one's numbers. */
    const struct sock_filter any_machine[] = {
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    assert_false(seccomp_filter_is(&(struct seccomp_filter){ all, 1 }, calls, 1));
    assert_false(seccomp_filter_is(&(struct seccomp_filter){ none, 1 }, calls, 1));
    assert_true(seccomp_filter_is(&(struct seccomp_filter){ none, 1 }, calls, 0));
    assert_false(seccomp_filter_is(&(struct seccomp_filter){ errors, 1 }, calls, 0));
    assert_false(
        seccomp_filter_is(&(struct seccomp_filter){ any_machine, COUNT(any_machine) }, calls, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_comparison_goes_both_ways),
        cmocka_unit_test(words_are_loaded_and_masked),
        cmocka_unit_test(what_is_no_filter_allows_nothing),
        cmocka_unit_test(a_filter_that_allows_everything_is_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
