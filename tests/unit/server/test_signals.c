/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/signals.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void names_and_numbers_belong_together(void **state)
{
    (void)state;
    static const char *const names[] = { "ABRT", "ALRM", "FPE",  "HUP",  "ILL",  "INT", "KILL",
                                         "PIPE", "QUIT", "SEGV", "TERM", "USR1", "USR2" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int number = signals_number(bytes_text(names[i]));
        assert_true(number > 0);
        assert_string_equal(signals_name(number), names[i]);
    }
}

static void other_names_and_numbers_have_no_counterpart(void **state)
{
    (void)state;
    assert_int_equal(signals_number(BYTES_LITERAL("SIGTERM")), 0);
    assert_int_equal(signals_number(BYTES_LITERAL("STOP")), 0);
    assert_int_equal(signals_number(BYTES_LITERAL("TERMINAL")), 0);
    assert_int_equal(signals_number(BYTES_NONE), 0);
    assert_string_equal(signals_name(SIGXCPU), "SIG@openssh.com");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers_belong_together),
        cmocka_unit_test(other_names_and_numbers_have_no_counterpart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
