/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/variables.h"

#include "unit/server/homes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct home home;
static struct environment environment;

static const char *value_of(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < environment.count; i++)
        if (strncmp(environment.entries[i], name, len) == 0 && environment.entries[i][len] == '=')
            return environment.entries[i] + len + 1;
    return NULL;
}

static int set_up(void **state)
{
    (void)state;
    home_make(&home);
    environment = (struct environment){ 0 };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    environment_wipe(&environment);
    home_remove(&home);
    return 0;
}

static void a_program_knows_its_user_and_connection(void **state)
{
    (void)state;
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_string_equal(value_of("USER"), "ann");
    assert_string_equal(value_of("LOGNAME"), "ann");
    assert_string_equal(value_of("HOME"), home.path);
    assert_string_equal(value_of("SHELL"), "/bin/sh");
    assert_string_equal(value_of("MAIL"), "/var/mail/ann");
    assert_string_equal(value_of("SSH_CLIENT"), "192.0.2.7 50000 22");
    assert_string_equal(value_of("SSH_CONNECTION"), "192.0.2.7 50000 192.0.2.1 22");
    assert_null(value_of("SSH_TTY"));
    assert_null(value_of("TERM"));
    assert_null(value_of("SSH_ORIGINAL_COMMAND"));
}

static void with_pam_a_module_says_where_mail_is(void **state)
{
    (void)state;
    home.options.use_pam = true;
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_null(value_of("MAIL"));
    home.host.pam_environment = BYTES_LITERAL("MAIL=/mail/ann\0");
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_string_equal(value_of("MAIL"), "/mail/ann");
}

static void a_terminal_and_a_forced_command_are_told(void **state)
{
    (void)state;
    variables_fill(&environment, &home.host,
                   &(struct variables_of_program){ "/dev/pts/7", "vt100", "ls -l", "/tmp/x" });
    assert_string_equal(value_of("SSH_TTY"), "/dev/pts/7");
    assert_string_equal(value_of("TERM"), "vt100");
    assert_string_equal(value_of("SSH_ORIGINAL_COMMAND"), "ls -l");
    assert_string_equal(value_of("SSH_USER_AUTH"), "/tmp/x");
}

static void later_ones_win(void **state)
{
    (void)state;
    environment_set(&environment, "USER", "peer");
    environment_set(&environment, "A", "peer");
    home_write(&home, ".ssh/environment", "A=user\nHOME=/user\nSSH_CLIENT=user\n");
    home.options.set_env = (struct option_list){ { "A=server", "SSH_CLIENT=server" }, 2 };
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_string_equal(value_of("USER"), "ann");
    assert_string_equal(value_of("A"), "server");
    assert_string_equal(value_of("HOME"), "/user");
    assert_string_equal(value_of("SSH_CLIENT"), "192.0.2.7 50000 22");
}

static void the_users_count_as_far_as_they_may(void **state)
{
    (void)state;
    static const char of_key[] = "KEY=1\0BOTH=key\0LD_AUDIT=x\0";
    home.policy.environment = bytes_of(of_key, sizeof(of_key) - 1);
    home_write(&home, ".ssh/environment",
               "# a comment\n\n \tFILE=a=b \nBOTH=file\nno variable\n=x\nLD_PRELOAD=x\nLAST=1");
    home.options.permit_user_environment = "yes";
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_string_equal(value_of("KEY"), "1");
    assert_string_equal(value_of("FILE"), "a=b ");
    assert_string_equal(value_of("BOTH"), "file");
    assert_string_equal(value_of("LAST"), "1");
    assert_null(value_of("LD_PRELOAD"));
    assert_null(value_of("LD_AUDIT"));
    assert_null(value_of("no variable"));

    environment_wipe(&environment);
    home.options.permit_user_environment = "K*";
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_string_equal(value_of("KEY"), "1");
    assert_null(value_of("FILE"));

    environment_wipe(&environment);
    home.policy.features &= ~(unsigned)POLICY_USER_ENVIRONMENT;
    variables_fill(&environment, &home.host, &(struct variables_of_program){ 0 });
    assert_null(value_of("KEY"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_program_knows_its_user_and_connection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(with_pam_a_module_says_where_mail_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_terminal_and_a_forced_command_are_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(later_ones_win, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_users_count_as_far_as_they_may, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
