/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/verify/accepted_algorithms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    const char *list, *name;
    bool has;
} rows[] = {
    { NULL, "ssh-ed25519", true },
    { NULL, "rsa-sha2-512", true },
    { NULL, "ssh-rsa", false },
    { NULL, "ssh-dss", false },
    { NULL, "", false },
    { "ssh-ed25519", "ssh-ed25519", true },
    { "ssh-ed25519", "rsa-sha2-512", false },
    { "rsa-sha2-*,x", "rsa-sha2-256", true },
    { "*", "ssh-dss", false },
    { "+ssh-rsa", "ssh-rsa", true },
    { "+ssh-rsa", "ssh-ed25519", true },
    { "^ssh-rsa", "ssh-rsa", true },
    { "-rsa*", "rsa-sha2-512", false },
    { "-rsa*", "ssh-ed25519", true },
    { "-rsa*", "ssh-rsa", false },
    { "-*", "ssh-ed25519", false },
};

static void names_are_in_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (accepted_algorithms_has(rows[i].list, bytes_text(rows[i].name)) != rows[i].has)
            fail_msg("%s: %s", rows[i].list, rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(names_are_in_or_not) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
