/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/terminal_modes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct termios usual(void)
{
    struct termios modes = { .c_iflag = ICRNL | IXON | IUTF8,
                             .c_oflag = OPOST | ONLCR,
                             .c_cflag = CS8 | CREAD | B38400,
                             .c_lflag = ISIG | ICANON | ECHO | IEXTEN };
    modes.c_cc[VINTR] = 3;
    modes.c_cc[VERASE] = 127;
    modes.c_cc[VEOL] = 0;
    return modes;
}

static void what_is_encoded_is_decoded(void **state)
{
    (void)state;
    struct termios sent = usual();
    scoped(buf) wire = BUF_EMPTY(4096);
    assert_int_equal(terminal_modes_encode(&sent, &wire), OK);

    struct termios got = { .c_cflag = CREAD };
    assert_int_equal(terminal_modes_decode(buf_bytes(&wire), &got), OK);
    assert_int_equal(got.c_iflag, sent.c_iflag);
    assert_int_equal(got.c_oflag, sent.c_oflag);
    assert_int_equal(got.c_lflag, sent.c_lflag);
    assert_int_equal(got.c_cflag, sent.c_cflag);
    assert_memory_equal(got.c_cc, sent.c_cc, sizeof(got.c_cc));
}

static void a_mode_that_is_not_named_stays(void **state)
{
    (void)state;
    static const uint8_t echo_off[] = { 53, 0, 0, 0, 0, 0 };
    struct termios modes = usual();
    assert_int_equal(terminal_modes_decode(bytes_of(echo_off, sizeof(echo_off)), &modes), OK);
    assert_int_equal(modes.c_lflag, usual().c_lflag & ~(tcflag_t)ECHO);
    assert_int_equal(modes.c_iflag, usual().c_iflag);
}

static void a_disabled_character_is_255_on_the_wire(void **state)
{
    (void)state;
    static const uint8_t no_intr[] = { 1, 0, 0, 0, 255, 0 };
    struct termios modes = usual();
    assert_int_equal(terminal_modes_decode(bytes_of(no_intr, sizeof(no_intr)), &modes), OK);
    assert_int_equal(modes.c_cc[VINTR], 0);
}

static void a_cut_argument_changes_nothing(void **state)
{
    (void)state;
    static const uint8_t cut[] = { 53, 0, 0, 0, 0, 50, 0, 0 };
    struct termios modes = usual();
    assert_int_equal(terminal_modes_decode(bytes_of(cut, sizeof(cut)), &modes), ERR_TRUNCATED);
    assert_int_equal(modes.c_lflag, usual().c_lflag);
}

static void an_opcode_without_known_argument_ends_the_list(void **state)
{
    (void)state;
    static const uint8_t unknown[] = { 160, 1, 53, 0, 0, 0, 0 };
    struct termios modes = usual();
    assert_int_equal(terminal_modes_decode(bytes_of(unknown, sizeof(unknown)), &modes), OK);
    assert_int_equal(modes.c_lflag, usual().c_lflag);
}

static void an_empty_list_is_fine(void **state)
{
    (void)state;
    struct termios modes = usual();
    assert_int_equal(terminal_modes_decode(BYTES_NONE, &modes), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(a_mode_that_is_not_named_stays),
        cmocka_unit_test(a_disabled_character_is_255_on_the_wire),
        cmocka_unit_test(a_cut_argument_changes_nothing),
        cmocka_unit_test(an_opcode_without_known_argument_ends_the_list),
        cmocka_unit_test(an_empty_list_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
