/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/software.h"

#include "config/server_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_the_configuration_adds_stands_behind_the_version(void **state)
{
    (void)state;
    char name[SOFTWARE_MAX], line[SOFTWARE_LINE_MAX];
    struct server_options options = { .version_addendum = NULL };
    software_name(&options, name);
    assert_string_equal(name, "glassh_" GLASSH_VERSION);
    options.version_addendum = "of ours";
    software_name(&options, name);
    assert_string_equal(name, "glassh_" GLASSH_VERSION " of ours");
    software_line(name, line);
    assert_string_equal(line, "SSH-2.0-glassh_" GLASSH_VERSION " of ours");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_configuration_adds_stands_behind_the_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
