/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/host_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_is_no_address_has_no_name(void **state)
{
    (void)state;
    static const char *const rows[] = { "", "UNKNOWN", "localhost", "192.0.2.300", "::1::" };
    char name[HOST_NAME_LEN_MAX];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_false(host_name_of(rows[i], name));
}

/* Every system has one for this address in /etc/hosts. */
static void loopback_has_a_name(void **state)
{
    (void)state;
    char name[HOST_NAME_LEN_MAX];
    assert_true(host_name_of("127.0.0.1", name));
    assert_string_equal(name, "localhost");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_address_has_no_name),
        cmocka_unit_test(loopback_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
