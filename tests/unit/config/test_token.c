/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const environment[] = { "A=1", "AB=2", "E=", "NOVALUE", "P=%h${A}", NULL };
static const struct token tokens[] = { { 'h', "host" }, { 'x', "%h~" } };

static void texts_are_expanded_once(void **state)
{
    static const char *const rows[][2] = {
        { "", "" },           { "plain", "plain" }, { "~", "/home" },
        { "~/a", "/home/a" }, { "a~/b", "a~/b" },   { "%h", "host" },
        { "%%h", "%h" },      { "%x", "%h~" },      { "${A}${AB}", "12" },
        { "a${E}b", "ab" },   { "$A", "$A" },       { "${P}", "%h${A}" },
        { "$", "$" },         { "$%h", "$host" },   { "${NOVALUE}", "" },
    };
    const struct token_set set = { tokens, 2, true, environment, "/home" };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        scoped(buf) out = BUF_EMPTY(100);
        struct token_problem problem;
        assert_int_equal(token_expand(&set, rows[i][0], &out, &problem), OK);
        assert_string_equal(buf_text(&out), rows[i][1]);
    }
}

static void what_is_unknown_is_named(void **state)
{
    static const char *const rows[][2] = {
        { "%z", "unknown key %z" },
        { "a%", "unknown key %" },
        { "${Z}", "env var ${Z} has no value" },
        { "${}", "environment variable expansion is not closed: ${}" },
        { "${A", "environment variable expansion is not closed: ${A" },
        { "~you", "the home of user you is not known here" },
    };
    const struct token_set set = { tokens, 2, true, environment, "/home" };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        scoped(buf) out = BUF_EMPTY(100);
        struct token_problem problem;
        assert_int_equal(token_expand(&set, rows[i][0], &out, &problem), ERR_BAD_VALUE);
        assert_string_equal(problem.text, rows[i][1]);
    }
}

static void what_is_not_asked_for_stays(void **state)
{
    const struct token_set set = { .tokens = tokens, .count = 2 };
    scoped(buf) out = BUF_EMPTY(100);
    struct token_problem problem;
    (void)state;
    assert_int_equal(token_expand(&set, "~ ${A} %h", &out, &problem), OK);
    assert_string_equal(buf_text(&out), "~ ${A} host");
}

static void the_limit_of_the_output_holds(void **state)
{
    const struct token_set set = { .tokens = tokens, .count = 2 };
    scoped(buf) out = BUF_EMPTY(7);
    struct token_problem problem;
    (void)state;
    assert_int_equal(token_expand(&set, "%h%h", &out, &problem), ERR_NO_SPACE);
}

static void variables_are_found_by_their_whole_name(void **state)
{
    (void)state;
    assert_string_equal(token_variable(environment, BYTES_LITERAL("AB")), "2");
    assert_string_equal(token_variable(environment, BYTES_LITERAL("E")), "");
    assert_null(token_variable(environment, BYTES_LITERAL("B")));
    assert_null(token_variable(NULL, BYTES_LITERAL("A")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_expanded_once),
        cmocka_unit_test(what_is_unknown_is_named),
        cmocka_unit_test(what_is_not_asked_for_stays),
        cmocka_unit_test(the_limit_of_the_output_holds),
        cmocka_unit_test(variables_are_found_by_their_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
