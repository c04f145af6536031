/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/pending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void there_are_so_many_places(void **unused)
{
    (void)unused;
    struct pending p;
    assert_true(pending_init(&p, 2));
    uint32_t a = pending_take(&p), b = pending_take(&p);
    assert_true(a != b);
    assert_int_equal(pending_take(&p), UINT32_MAX);
    pending_give(&p, a);
    assert_int_equal(p.count, 1);
    assert_int_equal(pending_take(&p), a);
    pending_wipe(&p);
    assert_true(pending_init(&p, 0));
    assert_int_equal(pending_take(&p), UINT32_MAX);
    pending_wipe(&p);
}

static void one_is_small(void **unused)
{
    (void)unused;
    assert_true(sizeof(struct pending_entry) <= 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_so_many_places),
        cmocka_unit_test(one_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
