/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/system_error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void the_systems_errors_have_the_systems_words(void **state)
{
    (void)state;
    errno = ENOENT;
    assert_string_equal(system_error_text(ERR_SYSTEM), strerror(ENOENT));
}

static void others_have_their_own(void **state)
{
    (void)state;
    errno = ENOENT;
    assert_string_equal(system_error_text(ERR_TRUNCATED), err_text(ERR_TRUNCATED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_systems_errors_have_the_systems_words),
        cmocka_unit_test(others_have_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
