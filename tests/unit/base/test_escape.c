/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *text, enum escape_flags flags, const char *expected)
{
    scoped(buf) out = BUF_EMPTY(4096);
    assert_int_equal(escape_append(&out, bytes_text(text), flags, 4096), OK);
    assert_string_equal(buf_text(&out), expected);
}

static void harmless_text_stays_as_it_is(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "OpenSSH_9.2p1 ~!\"$%&/()=?",
        "gr\xc3\xbc\xc3\x9f, \xc3\x89t\xc3\xa9", /* Latin */
        "\xe6\x97\xa5\xe6\x9c\xac",              /* three octets each */
        "\xf0\x9f\x94\x92",                      /* four octets */
        "\xc2\xa0\xed\x9f\xbf\xee\x80\x80",      /* the edges of C1 and of the surrogates */
        "\xf4\x8f\xbf\xbf",                      /* the last code point */
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        check(texts[i], ESCAPE_LINE, texts[i]);
        check(texts[i], ESCAPE_KEEP_LINES, texts[i]);
    }
}

static void every_control_character_is_escaped(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 0x20; c++) {
        const uint8_t octet = (uint8_t)c;
        char expected[8];
        scoped(buf) out = BUF_EMPTY(64);
        (void)snprintf(expected, sizeof(expected), "\\x%02x", c);
        assert_int_equal(escape_append(&out, bytes_of(&octet, 1), ESCAPE_LINE, 64), OK);
        assert_string_equal(buf_text(&out), expected);
    }
    check("\x7f", ESCAPE_LINE, "\\x7f");
    for (unsigned c = 0x80; c < 0xa0; c++) {
        const char text[] = { (char)0xc2, (char)c, 0 };
        char expected[16];
        (void)snprintf(expected, sizeof(expected), "\\u{%x}", c);
        check(text, ESCAPE_LINE, expected);
        check(text, ESCAPE_KEEP_LINES, expected);
    }
}

static void lines_are_kept_where_they_may_be(void **state)
{
    (void)state;
    check("a\nb\tc\r\nd", ESCAPE_LINE, "a\\x0ab\\x09c\\x0d\\x0ad");
    check("a\nb\tc\r\nd", ESCAPE_KEEP_LINES, "a\nb\tc\nd");
    check("a\rb\x1b[2J\r", ESCAPE_KEEP_LINES, "a\\x0db\\x1b[2J\\x0d");
}

static void characters_that_turn_or_break_lines_are_escaped(void **state)
{
    (void)state;
    check("\xe2\x80\xae", ESCAPE_KEEP_LINES, "\\u{202e}");
    check("\xe2\x80\xaa\xe2\x80\x8e\xe2\x80\x8f", ESCAPE_LINE, "\\u{202a}\\u{200e}\\u{200f}");
    check("\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c", ESCAPE_LINE, "\\u{2066}\\u{2069}\\u{61c}");
    check("\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", ESCAPE_LINE, "\\u{2028}\\u{2029}\\u{feff}");
}

static void octets_that_are_not_utf8_are_escaped_one_by_one(void **state)
{
    (void)state;
    check("\x80", ESCAPE_LINE, "\\x80");
    check("\xff\xfe", ESCAPE_LINE, "\\xff\\xfe");
    check("\xc3", ESCAPE_LINE, "\\xc3");          /* cut off */
    check("\xe2\x82", ESCAPE_LINE, "\\xe2\\x82"); /* cut off */
    check("\xf0\x9f\x94", ESCAPE_LINE, "\\xf0\\x9f\\x94");
    check("\xc3(", ESCAPE_LINE, "\\xc3(");        /* no continuation */
    check("\xc0\xaf", ESCAPE_LINE, "\\xc0\\xaf"); /* too long for what it says */
    check("\xc1\xbf", ESCAPE_LINE, "\\xc1\\xbf");
    check("\xe0\x9f\xbf", ESCAPE_LINE, "\\xe0\\x9f\\xbf");
    check("\xf0\x8f\xbf\xbf", ESCAPE_LINE, "\\xf0\\x8f\\xbf\\xbf");
    check("\xed\xa0\x80", ESCAPE_LINE, "\\xed\\xa0\\x80");          /* a surrogate */
    check("\xf4\x90\x80\x80", ESCAPE_LINE, "\\xf4\\x90\\x80\\x80"); /* behind the last */
    check("\xf8\x88\x80\x80\x80", ESCAPE_LINE, "\\xf8\\x88\\x80\\x80\\x80");
    check("\xc3\x1b", ESCAPE_LINE, "\\xc3\\x1b");
}

static bool is_safe(uint8_t c)
{
    return c >= 0x20 && c != 0x7f;
}

static void no_pair_of_octets_gives_a_control_character(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        const uint8_t octets[] = { (uint8_t)(pair >> 8), (uint8_t)pair };
        char out[64];
        (void)escape_text(bytes_of(octets, 2), out, sizeof(out));
        for (const char *at = out; *at; at++)
            assert_true(is_safe((uint8_t)*at));
    }
}

static void long_text_is_cut_between_characters_and_marked(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(64);
    assert_int_equal(escape_append(&out, BYTES_LITERAL("abcdef"), ESCAPE_LINE, 6), OK);
    assert_string_equal(buf_text(&out), "abcdef");
    buf_clear(&out);
    assert_int_equal(escape_append(&out, BYTES_LITERAL("abcdefg"), ESCAPE_LINE, 6), OK);
    assert_string_equal(buf_text(&out), "abcdef...");
    buf_clear(&out);
    assert_int_equal(escape_append(&out, BYTES_LITERAL("abc\x1bz"), ESCAPE_LINE, 6), OK);
    assert_string_equal(buf_text(&out), "abc...");
    buf_clear(&out);
    assert_int_equal(escape_append(&out, BYTES_LITERAL("\xe6\x97\xa5\xe6"), ESCAPE_LINE, 2), OK);
    assert_string_equal(buf_text(&out), "...");
}

static void the_text_form_fits_its_array(void **state)
{
    (void)state;
    for (size_t size = 1; size < 40; size++) {
        char out[41];
        memset(out, '#', sizeof(out));
        (void)escape_text(BYTES_LITERAL("a text with \x1b and more"), out, size);
        assert_true(strlen(out) < size);
        assert_int_equal(out[size], '#');
    }
    char out[9];
    assert_string_equal(escape_text(BYTES_LITERAL("short"), out, sizeof(out)), "short");
    assert_string_equal(escape_text(BYTES_LITERAL("too long"), out, sizeof(out)), "too l...");
    assert_string_equal(escape_text(BYTES_NONE, out, sizeof(out)), "");
}

static void a_full_buffer_is_told(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(4);
    assert_int_equal(escape_append(&out, BYTES_LITERAL("abcde"), ESCAPE_LINE, 100), ERR_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmless_text_stays_as_it_is),
        cmocka_unit_test(every_control_character_is_escaped),
        cmocka_unit_test(lines_are_kept_where_they_may_be),
        cmocka_unit_test(characters_that_turn_or_break_lines_are_escaped),
        cmocka_unit_test(octets_that_are_not_utf8_are_escaped_one_by_one),
        cmocka_unit_test(no_pair_of_octets_gives_a_control_character),
        cmocka_unit_test(long_text_is_cut_between_characters_and_marked),
        cmocka_unit_test(the_text_form_fits_its_array),
        cmocka_unit_test(a_full_buffer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
