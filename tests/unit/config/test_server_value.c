/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    bool (*is_good)(struct bytes);
    const char *good[4], *bad[8];
} rows[] = {
    { server_value_is_path, { "/", "/a b", "%h/x" }, { "a", "", "~/x" } },
    { server_value_is_user,
      { "a", "a*@*.example.org", "?@10.0.0.0/8", "a@!::1" },
      { "", "a@", "@host", "a@10.0.0.1/8", "a@::/200" } },
    { server_value_is_methods,
      { "publickey", "publickey,password", "password,keyboard-interactive:pam",
        "publickey,publickey" },
      { "", "any", "publickey,", ",publickey", "hostbased", "PublicKey", "password,,publickey" } },
    { server_value_is_open, { "a:1", "*:*", "[::1]:22" }, { "a", "1", "::1", "" } },
    { server_value_is_listen, { "1", "*", "a:1", "[::1]:*" }, { "a", "", "0", ":1" } },
};

static void good_ones_are_taken_and_others_not(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        for (size_t i = 0; i < 4 && rows[row].good[i]; i++)
            if (!rows[row].is_good(bytes_text(rows[row].good[i])))
                fail_msg("%s", rows[row].good[i]);
        for (size_t i = 0; i < 8 && rows[row].bad[i]; i++)
            if (rows[row].is_good(bytes_text(rows[row].bad[i])))
                fail_msg("%s", rows[row].bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(good_ones_are_taken_and_others_not) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
