/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/welcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct server_options options = {
    .accept_env = { { "LANG", "LC_*" }, 2 },
    .set_env = { { "A=with blanks", "B=" }, 2 },
    .subsystem = { { "sftp /usr/lib/sftp-server -l INFO" }, 1 },
    .print_motd = true,
    .permit_user_environment = "LANG,LC_*",
};
static struct account account = { .uid = 1000,
                                  .gid = 100,
                                  .name = (char[]){ "ann" },
                                  .home = (char[]){ "/home/ann" },
                                  .shell = (char[]){ "/bin/sh" } };
static struct policy policy = { .features = POLICY_PTY, .command = "forced" };
static struct session_host host = { .options = &options,
                                    .account = &account,
                                    .policy = &policy,
                                    .proofs = BYTES_LITERAL("a\0b"),
                                    .peer = { "192.0.2.7", 50000 },
                                    .local = { "192.0.2.1", 22 },
                                    .pam_environment = BYTES_LITERAL("A=1\0B=\0"),
                                    .login_text = BYTES_LITERAL("Welcome\n") };

static void expect_same_list(const struct option_list *a, const struct option_list *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_string_equal(a->items[i], b->items[i]);
}

static void a_session_learns_all_that_it_is_told(void **state)
{
    (void)state;
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    struct welcome welcome = { 0 };
    assert_int_equal(welcome_encode(&host, &datagram), OK);
    assert_int_equal(welcome_decode(buf_bytes(&datagram), &welcome), OK);
    buf_wipe(&datagram);
    expect_same_list(&welcome.host.options->accept_env, &options.accept_env);
    expect_same_list(&welcome.host.options->set_env, &options.set_env);
    expect_same_list(&welcome.host.options->subsystem, &options.subsystem);
    assert_true(welcome.host.options->print_motd);
    assert_string_equal(welcome.host.options->permit_user_environment, "LANG,LC_*");
    assert_null(welcome.host.options->force_command);
    assert_true(bytes_equal(welcome.host.proofs, host.proofs));
    assert_string_equal(welcome.host.account->name, "ann");
    assert_string_equal(welcome.host.account->home, "/home/ann");
    assert_string_equal(welcome.host.account->shell, "/bin/sh");
    assert_int_equal(welcome.host.account->uid, 1000);
    assert_int_equal(welcome.host.account->gid, 100);
    assert_int_equal(welcome.host.policy->features, POLICY_PTY);
    assert_string_equal(welcome.host.policy->command, "forced");
    assert_string_equal(welcome.host.peer.address, "192.0.2.7");
    assert_int_equal(welcome.host.peer.port, 50000);
    assert_string_equal(welcome.host.local.address, "192.0.2.1");
    assert_int_equal(welcome.host.local.port, 22);
    assert_true(bytes_equal(welcome.host.pam_environment, host.pam_environment));
    assert_true(bytes_is(welcome.host.login_text, "Welcome\n"));
    welcome_wipe(&welcome);
}

static void no_command_is_not_an_empty_one(void **state)
{
    (void)state;
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    struct welcome welcome = { 0 };
    policy.command = NULL;
    assert_int_equal(welcome_encode(&host, &datagram), OK);
    assert_int_equal(welcome_decode(buf_bytes(&datagram), &welcome), OK);
    assert_null(welcome.host.policy->command);
    welcome_wipe(&welcome);
    policy.command = "forced";
}

static void a_part_of_it_is_nothing(void **state)
{
    (void)state;
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    struct welcome welcome = { 0 };
    assert_int_equal(welcome_encode(&host, &datagram), OK);
    struct bytes whole = buf_bytes(&datagram);
    for (size_t len = 0; len < whole.len; len++)
        assert_int_not_equal(welcome_decode(bytes_slice(whole, 0, len), &welcome), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_learns_all_that_it_is_told),
        cmocka_unit_test(no_command_is_not_an_empty_one),
        cmocka_unit_test(a_part_of_it_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
