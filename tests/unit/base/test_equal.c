/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/equal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void secrets_are_equal_if_all_octets_are(void **state)
{
    (void)state;
    assert_true(equal_secret(BYTES_LITERAL("same"), BYTES_LITERAL("same")));
    assert_true(equal_secret(BYTES_NONE, BYTES_LITERAL("")));
    assert_false(equal_secret(BYTES_LITERAL("same"), BYTES_LITERAL("samE")));
    assert_false(equal_secret(BYTES_LITERAL("Same"), BYTES_LITERAL("same")));
    assert_false(equal_secret(BYTES_LITERAL("same"), BYTES_LITERAL("same ")));
    assert_false(equal_secret(BYTES_LITERAL("same"), BYTES_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_equal_if_all_octets_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
