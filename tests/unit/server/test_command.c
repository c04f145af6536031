/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_login_shell_is_told_so_by_its_name(void **state)
{
    (void)state;
    struct command command;
    command_init(&command, "/bin/bash", NULL);
    assert_string_equal(command.path, "/bin/bash");
    assert_string_equal(command.argv[0], "-bash");
    assert_null(command.argv[1]);
    command_wipe(&command);
}

static void a_command_line_goes_to_the_shell_as_it_is(void **state)
{
    (void)state;
    struct command command;
    command_init(&command, "sh", "echo 'a b' \"$HOME\"");
    assert_string_equal(command.argv[0], "sh");
    assert_string_equal(command.argv[1], "-c");
    assert_string_equal(command.argv[2], "echo 'a b' \"$HOME\"");
    assert_null(command.argv[3]);
    command_wipe(&command);
}

static void an_empty_command_line_is_not_a_login_shell(void **state)
{
    (void)state;
    struct command command;
    command_init(&command, "/bin/sh", "");
    assert_string_equal(command.argv[0], "sh");
    assert_string_equal(command.argv[2], "");
    command_wipe(&command);
}

static void internal_sftp_is_a_program_with_words(void **state)
{
    (void)state;
    struct command command;
    assert_true(command_is_internal_sftp("internal-sftp"));
    assert_true(command_is_internal_sftp("internal-sftp -l INFO"));
    assert_false(command_is_internal_sftp("internal-sftpd"));
    assert_false(command_is_internal_sftp("/usr/lib/sftp-server"));
    command_init_internal_sftp(&command, "internal-sftp  -l INFO;id");
    assert_non_null(strstr(command.path, "/sftp-server"));
    assert_string_equal(command.argv[1], "-l");
    assert_string_equal(command.argv[2], "INFO;id");
    assert_null(command.argv[3]);
    command_wipe(&command);
    command_init_internal_sftp(&command, "internal-sftp 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");
    assert_string_equal(command.argv[COMMAND_WORDS_MAX - 1], "15");
    assert_null(command.argv[COMMAND_WORDS_MAX]);
    command_wipe(&command);
}

static void a_password_is_changed_on_a_terminal_only(void **state)
{
    (void)state;
    struct command command;
    command_init_password_change(&command, true);
    assert_string_equal(command.path, "/bin/sh");
    assert_non_null(strstr(command.line, "exec /usr/bin/passwd"));
    command_wipe(&command);
    command_init_password_change(&command, false);
    assert_null(strstr(command.line, "passwd"));
    assert_non_null(strstr(command.line, "exit 1"));
    command_wipe(&command);
}

static void a_refusal_is_no_shell_of_the_users(void **state)
{
    (void)state;
    struct command command;
    command_init_refusal(&command);
    assert_string_equal(command.path, "/bin/sh");
    assert_string_equal(command.argv[0], "sh");
    assert_string_equal(command.argv[1], "-c");
    assert_non_null(strstr(command.argv[2], "exit 254"));
    command_wipe(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_shell_is_told_so_by_its_name),
        cmocka_unit_test(a_command_line_goes_to_the_shell_as_it_is),
        cmocka_unit_test(an_empty_command_line_is_not_a_login_shell),
        cmocka_unit_test(internal_sftp_is_a_program_with_words),
        cmocka_unit_test(a_password_is_changed_on_a_terminal_only),
        cmocka_unit_test(a_refusal_is_no_shell_of_the_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
