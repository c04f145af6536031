/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/listeners.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_port_has_one_listener(void **unused)
{
    (void)unused;
    static struct listeners l;
    assert_int_equal(listeners_add(&l, 22, false), OK);
    assert_int_equal(listeners_add(&l, 65535, true), OK);
    assert_int_equal(listeners_add(&l, 22, true), ERR_BAD_VALUE);
    assert_int_equal(listeners_find(&l, 22), LISTENERS_PLAIN);
    assert_int_equal(listeners_find(&l, 65535), LISTENERS_DEFERRED);
    assert_int_equal(listeners_find(&l, 23), LISTENERS_NONE);
    listeners_remove(&l, 22);
    assert_int_equal(listeners_find(&l, 22), LISTENERS_NONE);
}

static void one_may_stand_for_all_ports_without_one(void **unused)
{
    (void)unused;
    static struct listeners l;
    assert_int_equal(listeners_add(&l, 0, true), OK);
    assert_int_equal(listeners_add(&l, 0, false), ERR_BAD_VALUE);
    assert_int_equal(listeners_add(&l, 22, false), OK);
    assert_int_equal(listeners_find(&l, 22), LISTENERS_PLAIN);
    assert_int_equal(listeners_find(&l, 80), LISTENERS_DEFERRED);
    listeners_remove(&l, 0);
    assert_int_equal(listeners_find(&l, 80), LISTENERS_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_has_one_listener),
        cmocka_unit_test(one_may_stand_for_all_ports_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
