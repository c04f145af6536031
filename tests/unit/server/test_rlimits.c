/* SPDX-License-Identifier: BSD-2-Clause */
/* Each test bounds a child and asks what it may use then. */
#include "programs/server/common/rlimits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct rlimit limit_of(int resource)
{
    struct rlimit limit = { 0, 0 };
    (void)getrlimit((__rlimit_resource_t)resource, &limit);
    return limit;
}

static int end_of(bool (*act)(void))
{
    pid_t child = fork();
    if (child == 0)
        _exit(act() ? 0 : 1);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static bool sets_all(void)
{
    const struct rlimit descriptors = limit_of(RLIMIT_NOFILE);
    if (rlimits_set(false) != OK)
        return false;
    rlim_t most = descriptors.rlim_max < 4160 ? descriptors.rlim_max : 4160;
    const struct rlimit data = limit_of(RLIMIT_DATA), now = limit_of(RLIMIT_NOFILE);
    return limit_of(RLIMIT_CORE).rlim_max == 0 && limit_of(RLIMIT_NPROC).rlim_max == 0 &&
           limit_of(RLIMIT_FSIZE).rlim_max == 0 && now.rlim_cur == most && now.rlim_max == most &&
           data.rlim_cur == data.rlim_max && data.rlim_max <= RLIMITS_DATA;
}

static bool lets_files_grow(void)
{
    const struct rlimit before = limit_of(RLIMIT_FSIZE);
    return rlimits_set(true) == OK && limit_of(RLIMIT_FSIZE).rlim_max == before.rlim_max &&
           limit_of(RLIMIT_CORE).rlim_max == 0;
}

static bool keeps_what_is_lower(void)
{
    const struct rlimit few = { 20, 30 };
    if (setrlimit(RLIMIT_NOFILE, &few) != 0 || rlimits_set(false) != OK)
        return false;
    return limit_of(RLIMIT_NOFILE).rlim_cur == 30 && limit_of(RLIMIT_NOFILE).rlim_max == 30;
}

/* Whoever is bounded is this process itself, which nothing has to be allowed for. */
static bool is_held_and_let_go(void)
{
    bool is_sanitized = RLIMITS_DATA == RLIM_INFINITY;
    if (rlimits_set(false) != OK)
        return false;
    const struct rlimit at_first = limit_of(RLIMIT_DATA);
    rlimits_hold(getpid());
    const struct rlimit held = limit_of(RLIMIT_DATA);
    rlimits_let_go(getpid());
    const struct rlimit after = limit_of(RLIMIT_DATA);
    return (is_sanitized || held.rlim_cur == RLIMITS_DATA_EARLY) &&
           held.rlim_max == at_first.rlim_max && after.rlim_cur == at_first.rlim_cur;
}

static bool is_without_memory_when_held(void)
{
    if (RLIMITS_DATA == RLIM_INFINITY)
        return true;
    if (rlimits_set(false) != OK)
        return false;
    rlimits_hold(getpid());
    void *much = malloc(RLIMITS_DATA_EARLY), *little = malloc(RLIMITS_DATA_EARLY / 2);
    bool is_right = !much && little;
    free(much);
    free(little);
    return is_right;
}

static void each_bound_holds(void **state)
{
    (void)state;
    assert_int_equal(end_of(sets_all), 0);
}

static void who_explains_may_write_to_files(void **state)
{
    (void)state;
    assert_int_equal(end_of(lets_files_grow), 0);
}

static void a_lower_bound_stays(void **state)
{
    (void)state;
    assert_int_equal(end_of(keeps_what_is_lower), 0);
}

static void memory_is_held_until_it_is_let_go(void **state)
{
    (void)state;
    assert_int_equal(end_of(is_held_and_let_go), 0);
    assert_int_equal(end_of(is_without_memory_when_held), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bound_holds),
        cmocka_unit_test(who_explains_may_write_to_files),
        cmocka_unit_test(a_lower_bound_stays),
        cmocka_unit_test(memory_is_held_until_it_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
