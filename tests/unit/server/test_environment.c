/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/environment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const patterns[] = { "LANG", "LC_*", "*" };
enum { EVERYTHING = 3, LOCALE = 2 };

static bool offer(struct environment *environment, size_t pattern_count, const char *name,
                  const char *value)
{
    return environment_set_from_peer(environment, patterns, pattern_count, bytes_text(name),
                                     bytes_text(value));
}

static void a_variable_is_there_once_with_its_last_value(void **state)
{
    (void)state;
    struct environment environment = { 0 };
    environment_set(&environment, "HOME", "/a");
    environment_set(&environment, "HOMEWORK", "x");
    environment_set(&environment, "HOME", "/b");
    assert_int_equal(environment.count, 2);
    assert_string_equal(environment.entries[0], "HOME=/b");
    assert_string_equal(environment.entries[1], "HOMEWORK=x");
    assert_null(environment.entries[2]);
    environment_wipe(&environment);
    assert_int_equal(environment.count, 0);
}

static void there_may_be_many(void **state)
{
    (void)state;
    struct environment environment = { 0 };
    char name[16];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof(name), "V%d", i);
        environment_set(&environment, name, "x");
    }
    assert_int_equal(environment.count, 1000);
    assert_string_equal(environment.entries[999], "V999=x");
    assert_null(environment.entries[1000]);
    environment_wipe(&environment);
    assert_null(environment.entries);
}

static void only_names_that_a_pattern_has_are_taken(void **state)
{
    (void)state;
    struct environment environment = { 0 };
    assert_true(offer(&environment, LOCALE, "LANG", "C"));
    assert_true(offer(&environment, LOCALE, "LC_ALL", "C"));
    assert_false(offer(&environment, LOCALE, "LANGUAGE", "C"));
    assert_false(offer(&environment, 0, "LANG", "C"));
    assert_int_equal(environment.count, 2);
    environment_wipe(&environment);
}

static void what_makes_programs_run_something_is_never_taken(void **state)
{
    (void)state;
    static const char *const names[] = {
        "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "ENV", "BASH_FUNC_ls%%", "IFS", "A=B", ""
    };
    struct environment environment = { 0 };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_false(offer(&environment, EVERYTHING, names[i], "x"));
    assert_int_equal(environment.count, 0);
}

static bool set(struct environment *environment, const char *list, const char *name,
                const char *value)
{
    return environment_set_from_user(environment, list, bytes_text(name), bytes_text(value));
}

static void pam_sets_all_but_what_is_dangerous_or_sshs_own(void **state)
{
    (void)state;
    static const char *const refused[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV",
                                           "SSH_CLIENT", "SSH_AUTH_INFO_0", "" };
    struct environment environment = { 0 };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_false(
            environment_set_from_pam(&environment, bytes_text(refused[i]), BYTES_LITERAL("x")));
    assert_int_equal(environment.count, 0);
    assert_true(environment_set_from_pam(&environment, BYTES_LITERAL("PATH"), BYTES_LITERAL("/x")));
    assert_string_equal(environment.entries[0], "PATH=/x");
    environment_wipe(&environment);
}

static void a_user_sets_what_the_patterns_allow(void **state)
{
    (void)state;
    struct environment environment = { 0 };
    assert_true(set(&environment, NULL, "ANY", "1"));
    assert_true(set(&environment, "A*,!AB,C", "AC", "2"));
    assert_true(set(&environment, "A*,!AB,C", "C", ""));
    assert_false(set(&environment, "A*,!AB,C", "AB", "x"));
    assert_false(set(&environment, "A*,!AB,C", "D", "x"));
    assert_false(set(&environment, NULL, "", "x"));
    assert_false(set(&environment, NULL, "A=B", "x"));
    static const char *const names[] = { "LD_PRELOAD", "BASH_ENV", "ENV", "IFS", "GCONV_PATH" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_false(set(&environment, NULL, names[i], "x"));
        assert_false(set(&environment, names[i], names[i], "x"));
    }
    assert_int_equal(environment.count, 3);
    environment_wipe(&environment);
}

static void names_values_and_their_number_are_bounded(void **state)
{
    (void)state;
    struct environment environment = { 0 };
    char text[ENVIRONMENT_VALUE_MAX + 2];
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_false(offer(&environment, EVERYTHING, "A", text));
    assert_false(offer(&environment, EVERYTHING, text, "x"));
    text[ENVIRONMENT_VALUE_MAX] = '\0';
    assert_true(offer(&environment, EVERYTHING, "A", text));
    assert_false(environment_set_from_peer(&environment, patterns, EVERYTHING, bytes_of("B\0C", 3),
                                           BYTES_LITERAL("x")));

    size_t taken = 1;
    for (int i = 0; i < 2 * ENVIRONMENT_PEER_MAX; i++) {
        (void)snprintf(text, sizeof(text), "V%d", i);
        taken += offer(&environment, EVERYTHING, text, "x");
    }
    assert_int_equal(taken, ENVIRONMENT_PEER_MAX);
    environment_wipe(&environment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_is_there_once_with_its_last_value),
        cmocka_unit_test(there_may_be_many),
        cmocka_unit_test(only_names_that_a_pattern_has_are_taken),
        cmocka_unit_test(what_makes_programs_run_something_is_never_taken),
        cmocka_unit_test(pam_sets_all_but_what_is_dangerous_or_sshs_own),
        cmocka_unit_test(a_user_sets_what_the_patterns_allow),
        cmocka_unit_test(names_values_and_their_number_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
