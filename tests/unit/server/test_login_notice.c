/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/login_notice.h"

#include "unit/server/homes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct login_record_last last = { .at = 86400, .host = "192.0.2.9" };

static void expect(const struct home *home, const struct login_record_last *at, const char *text)
{
    scoped(buf) out = BUF_EMPTY(64 * 1024);
    login_notice_write(&home->host, at, &out);
    assert_string_equal(buf_text(&out), text);
}

static void the_last_login_is_told_where_that_is_wanted(void **state)
{
    (void)state;
    struct home home;
    const struct login_record_last local = { .at = 86400 }, never = { 0 };
    home_make(&home);
    home.options.print_motd = false;
    home.options.print_last_log = true;
    (void)setenv("TZ", "UTC", 1);
    expect(&home, &last, "Last login: Fri Jan  2 00:00:00 1970 from 192.0.2.9\r\n");
    expect(&home, &local, "Last login: Fri Jan  2 00:00:00 1970\r\n");
    expect(&home, &never, "");
    expect(&home, NULL, "");
    home_write(&home, ".hushlogin", "");
    expect(&home, &last, "");
    home_remove(&home);

    home_make(&home);
    home.options.print_motd = home.options.print_last_log = false;
    expect(&home, &last, "");
    home_remove(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_login_is_told_where_that_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
