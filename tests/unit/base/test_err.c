/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static void every_error_has_a_name_and_words_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ERR_COUNT; i++) {
        assert_true(strlen(err_name((enum err)i)) > 0);
        assert_true(strlen(err_text((enum err)i)) > 0);
        for (unsigned j = 0; j < i; j++) {
            assert_string_not_equal(err_name((enum err)i), err_name((enum err)j));
            assert_string_not_equal(err_text((enum err)i), err_text((enum err)j));
        }
    }
    assert_int_equal(OK, 0);
    assert_string_equal(err_name(ERR_TRUNCATED), "TRUNCATED");
}

static void the_blame_is_the_table_s(void **state)
{
    (void)state;
    assert_int_equal(err_blame(ERR_BAD_MAC), BLAME_PEER);
    assert_int_equal(err_blame(ERR_NO_SPACE), BLAME_SELF);
    assert_int_equal(err_blame(ERR_SYSTEM), BLAME_SYSTEM);
}

static enum err passes_on(enum err err, bool *went_on)
{
    *went_on = false;
    TRY(err);
    *went_on = true;
    return OK;
}

static void try_returns_what_is_not_ok(void **state)
{
    (void)state;
    bool went_on = false;
    assert_int_equal(passes_on(OK, &went_on), OK);
    assert_true(went_on);
    assert_int_equal(passes_on(ERR_TIMEOUT, &went_on), ERR_TIMEOUT);
    assert_false(went_on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_name_and_words_of_its_own),
        cmocka_unit_test(the_blame_is_the_table_s),
        cmocka_unit_test(try_returns_what_is_not_ok),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
