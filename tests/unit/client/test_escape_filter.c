/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/escape_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 4096 };

/* What was typed in these pieces: what goes to the server, and the commands as letters. */
static void type(int character, const char *const *pieces, size_t count, struct buf *sent,
                 char *commands)
{
    static const char letters[] = {
        [ESCAPE_FILTER_DISCONNECT] = '.', [ESCAPE_FILTER_SUSPEND] = 'z',
        [ESCAPE_FILTER_HELP] = '?',       [ESCAPE_FILTER_REKEY] = 'R',
        [ESCAPE_FILTER_BREAK] = 'B',      [ESCAPE_FILTER_LOUDER] = 'v',
        [ESCAPE_FILTER_QUIETER] = 'V',
    };
    struct escape_filter filter;
    escape_filter_init(&filter, character);
    for (size_t i = 0; i < count; i++) {
        struct bytes in = bytes_text(pieces[i]);
        enum escape_command command;
        while ((command = escape_filter_next(&filter, &in, sent)) != ESCAPE_FILTER_NONE)
            *commands++ = letters[command];
        assert_int_equal(in.len, 0);
    }
    *commands = 0;
}

static void assert_typed(int character, const char *text, const char *sent, const char *commands)
{
    /* At once, and letter by letter: the cut does not matter. */
    const char *pieces[64];
    char letters[64][2], seen[64];
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        letters[i][0] = text[i];
        letters[i][1] = 0;
        pieces[i] = letters[i];
    }
    for (int whole = 0; whole < 2; whole++) {
        scoped(buf) out = BUF_EMPTY(ROOM);
        type(character, whole ? &text : pieces, whole ? 1 : len, &out, seen);
        assert_string_equal(buf_text(&out), sent);
        assert_string_equal(seen, commands);
    }
}

static void it_counts_at_the_beginning_of_a_line_only(void **state)
{
    (void)state;
    assert_typed('~', "~.", "", ".");
    assert_typed('~', "a~.", "a~.", "");
    assert_typed('~', "a\r~.", "a\r", ".");
    assert_typed('~', "a\n~?b", "a\nb", "?");
}

static void twice_is_the_character_itself(void **state)
{
    (void)state;
    assert_typed('~', "~~", "~", "");
    assert_typed('~', "\r~~.", "\r~.", "");
}

static void each_command_has_its_letter(void **state)
{
    (void)state;
    assert_typed('~', "~?", "", "?");
    assert_typed('~', "~\032", "", "z");
    assert_typed('~', "~R", "", "R");
    assert_typed('~', "~B", "", "B");
    assert_typed('~', "~v", "", "v");
    assert_typed('~', "~V", "", "V");
}

static void what_is_no_command_passes_whole(void **state)
{
    (void)state;
    assert_typed('~', "~x", "~x", "");
    assert_typed('~', "~/.profile", "~/.profile", "");
}

static void the_character_may_be_another_or_none(void **state)
{
    (void)state;
    assert_typed('^', "^.~.", "~.", ".");
    assert_typed(-1, "~.\r~.", "~.\r~.", "");
}

static void the_help_names_the_character(void **state)
{
    (void)state;
    struct escape_filter filter;
    scoped(buf) text = BUF_EMPTY(ROOM);
    escape_filter_init(&filter, '%');
    assert_int_equal(escape_filter_help(&filter, &text), OK);
    assert_non_null(strstr(buf_text(&text), "%."));
    assert_null(strchr(buf_text(&text), '~'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_counts_at_the_beginning_of_a_line_only),
        cmocka_unit_test(twice_is_the_character_itself),
        cmocka_unit_test(each_command_has_its_letter),
        cmocka_unit_test(what_is_no_command_passes_whole),
        cmocka_unit_test(the_character_may_be_another_or_none),
        cmocka_unit_test(the_help_names_the_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
