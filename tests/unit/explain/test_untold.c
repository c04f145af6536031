/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/untold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct untold untold;

static const char *told(void)
{
    static char text[1024];
    assert_true(untold_format(&untold, text, sizeof(text)));
    return text;
}

static void nothing_is_no_row(void **state)
{
    (void)state;
    char text[64] = "x";
    untold = (struct untold){ 0 };
    assert_false(untold_format(&untold, text, sizeof(text)));
    assert_string_equal(text, "");
}

static void messages_are_counted_by_name_and_direction(void **state)
{
    (void)state;
    untold = (struct untold){ 0 };
    untold_add(&untold, "CHANNEL_DATA", false);
    assert_string_equal(told(), "1 more message: 1 CHANNEL_DATA from the server");
    untold_add(&untold, "CHANNEL_DATA", false);
    untold_add(&untold, "CHANNEL_DATA", true);
    untold_add(&untold, "IGNORE", false);
    assert_string_equal(told(), "4 more messages: 2 CHANNEL_DATA from the server, 1 CHANNEL_DATA "
                                "from the client, 1 IGNORE from the server");
}

static void of_too_many_kinds_some_have_no_name(void **state)
{
    (void)state;
    untold = (struct untold){ 0 };
    for (int i = 0; i < UNTOLD_KINDS + 2; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "KIND_%d", i);
        untold_add(&untold, name, false);
    }
    assert_true(strncmp(told(), "10 more messages: 1 KIND_0 from the server,", 43) == 0);
    assert_non_null(strstr(told(), ", 1 KIND_7 from the server, 2 of other kinds"));
    assert_null(strstr(told(), "KIND_8"));
}

static void what_does_not_fit_is_cut(void **state)
{
    (void)state;
    char text[20];
    untold = (struct untold){ 0 };
    untold_add(&untold, "CHANNEL_DATA", false);
    assert_true(untold_format(&untold, text, sizeof(text)));
    assert_string_equal(text, "1 more message: 1 C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_row),
        cmocka_unit_test(messages_are_counted_by_name_and_direction),
        cmocka_unit_test(of_too_many_kinds_some_have_no_name),
        cmocka_unit_test(what_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
