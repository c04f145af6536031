/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/offered.h"

#include "config/server_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
    KEY = 1 << MONITOR_PUBLICKEY,
    PASSWORD = 1 << MONITOR_PASSWORD,
    QUESTIONS = 1 << MONITOR_INTERACTIVE
};

/* Without a hash. */
static const struct account account = {
    .uid = 4711, .name = (char[]){ "ann" }, .home = (char[]){ "/" }, .shell = (char[]){ "/bin/sh" }
};
static const struct monitor_setup all = { .account = &account, .serves_all = true };
static const struct monitor_setup one = { .account = &account };

static unsigned offered(const struct monitor_setup *setup, const char *lines)
{
    struct server_options options;
    struct bytes rest = bytes_text(lines);
    server_options_init(&options);
    while (rest.len > 0) {
        char keyword[64];
        struct bytes value = bytes_cut(&rest, '\n');
        assert_true(bytes_to_text(bytes_cut(&value, ' '), keyword, sizeof(keyword)));
        assert_int_equal(server_options_put(&options, keyword, value), OK);
    }
    assert_int_equal(server_options_finish(&options, "/", "/"), OK);
    unsigned methods = offered_methods(&options, setup);
    server_options_wipe(&options);
    return methods;
}

static void what_cannot_succeed_is_not_offered(void **state)
{
    (void)state;
    assert_int_equal(offered(&all, ""), KEY | PASSWORD | QUESTIONS);
    assert_int_equal(offered(&one, ""), KEY);
    assert_int_equal(offered(&one, "UsePAM yes"), KEY | PASSWORD | QUESTIONS);
}

static void each_method_can_be_switched_off(void **state)
{
    (void)state;
    assert_int_equal(offered(&all, "PubkeyAuthentication no"), PASSWORD | QUESTIONS);
    assert_int_equal(offered(&all, "KbdInteractiveAuthentication no"), KEY | PASSWORD);
    assert_int_equal(offered(&one, "PubkeyAuthentication no"), 0);
}

static void who_wants_no_password_is_not_asked_for_it_either(void **state)
{
    (void)state;
    assert_int_equal(offered(&all, "PasswordAuthentication no"), KEY);
    assert_int_equal(offered(&all, "PasswordAuthentication no\nKbdInteractiveAuthentication yes"),
                     KEY | QUESTIONS);
    assert_int_equal(offered(&all, "PasswordAuthentication no\nUsePAM yes"), KEY | QUESTIONS);
}

static void root_enters_as_permit_root_login_says(void **state)
{
    (void)state;
    static const struct {
        enum server_root_login permit;
        bool by_key, by_password;
    } rows[] = { { SERVER_ROOT_YES, true, true },
                 { SERVER_ROOT_NO, false, false },
                 { SERVER_ROOT_WITHOUT_PASSWORD, true, false },
                 { SERVER_ROOT_FORCED_COMMANDS, true, false } };
    static struct server_options options;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        options.permit_root_login = rows[i].permit;
        assert_int_equal(offered_to_root(&options, MONITOR_PUBLICKEY), rows[i].by_key);
        assert_int_equal(offered_to_root(&options, MONITOR_PASSWORD), rows[i].by_password);
        assert_int_equal(offered_to_root(&options, MONITOR_INTERACTIVE), rows[i].by_password);
        assert_int_equal(offered_to_root(&options, MONITOR_NONE), rows[i].by_password);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_succeed_is_not_offered),
        cmocka_unit_test(each_method_can_be_switched_off),
        cmocka_unit_test(who_wants_no_password_is_not_asked_for_it_either),
        cmocka_unit_test(root_enters_as_permit_root_login_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
