/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *shown(struct trace_field field, bool is_ascii)
{
    static char text[64];
    const struct fact fact = { "ssh.test", &field, 1 };
    fact_text(&fact, "x", is_ascii, text, sizeof(text));
    return text;
}

static void values_become_text(void **state)
{
    (void)state;
    assert_string_equal(shown(trace_number("x", 7), false), "7");
    assert_string_equal(shown(trace_text("x", "words"), false), "words");
    assert_string_equal(shown(trace_text("other", "words"), false), "");
}

static void a_secret_has_no_text_and_no_number(void **state)
{
    (void)state;
    const struct trace_field field = trace_secret("x", BYTES_LITERAL("hunter2"));
    const struct fact fact = { "ssh.test", &field, 1 };
    assert_string_equal(shown(field, false), "");
    assert_int_equal(fact_number(&fact, "x"), 0);
}

/* U+015B is C5 9B: where the terminal is no UTF-8 one, 9B begins a control sequence. */
static void on_an_ascii_terminal_everything_else_is_escaped(void **state)
{
    (void)state;
    const struct trace_field field = trace_peer("x", BYTES_LITERAL("\xc5\x9b\033"));
    assert_string_equal(shown(field, false), "\xc5\x9b\\x1b");
    assert_string_equal(shown(field, true), "\\xc5\\x9b\\x1b");
}

static void too_long_is_cut_between_escapes(void **state)
{
    (void)state;
    char text[300];
    memset(text, 0xc5, sizeof(text));
    for (size_t i = 1; i < sizeof(text); i += 2)
        text[i] = (char)0x9b;
    const char *cut = shown(trace_peer("x", bytes_of((const uint8_t *)text, sizeof(text))), true);
    assert_true(strlen(cut) < 64 && strlen(cut) % 4 == 0);
}

static void facts_are_known_by_name(void **state)
{
    (void)state;
    const struct fact fact = { "ssh.test", NULL, 0 };
    assert_true(fact_is(&fact, "ssh.test"));
    assert_false(fact_is(&fact, "ssh.tes"));
    assert_int_equal(fact_number(&fact, "x"), 0);
}

static void only_what_says_so_is_repeated(void **state)
{
    (void)state;
    const struct trace_field first[] = { trace_number("first", 1) },
                             later[] = { trace_number("first", 0) };
    assert_true(fact_is_repeated(&(struct fact){ "ssh.test", later, 1 }));
    assert_false(fact_is_repeated(&(struct fact){ "ssh.test", first, 1 }));
    assert_false(fact_is_repeated(&(struct fact){ "ssh.test", NULL, 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_text),
        cmocka_unit_test(a_secret_has_no_text_and_no_number),
        cmocka_unit_test(on_an_ascii_terminal_everything_else_is_escaped),
        cmocka_unit_test(too_long_is_cut_between_escapes),
        cmocka_unit_test(facts_are_known_by_name),
        cmocka_unit_test(only_what_says_so_is_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
