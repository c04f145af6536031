/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/proofs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct bytes both = B("\0\0\0\11publickey\0\0\0\10\0\0\0\3ssh!"
                                   "\0\0\0\10password\0\0\0\0");

static void each_proof_is_a_line(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(1000);
    assert_int_equal(proofs_write(both, &text), OK);
    assert_string_equal(buf_text(&text), "publickey ssh AAAAA3NzaCE=\npassword\n");
}

static void without_one_there_is_no_line(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(1000);
    assert_int_equal(proofs_write(BYTES_NONE, &text), OK);
    assert_int_equal(buf_len(&text), 0);
}

static void every_part_of_one_is_an_error(void **state)
{
    (void)state;
    static const size_t whole = sizeof("\0\0\0\11publickey\0\0\0\10\0\0\0\3ssh!") - 1;
    for (size_t len = 1; len < both.len; len++) {
        scoped(buf) text = BUF_EMPTY(1000);
        enum err err = proofs_write(bytes_of(both.data, len), &text);
        assert_int_equal(err, len == whole ? OK : ERR_TRUNCATED);
    }
}

static void what_does_not_fit_is_an_error(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(20);
    assert_int_equal(proofs_write(both, &text), ERR_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_proof_is_a_line),
        cmocka_unit_test(without_one_there_is_no_line),
        cmocka_unit_test(every_part_of_one_is_an_error),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
