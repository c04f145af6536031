/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/disconnect.h"

static void the_codec_holds(void **state)
{
    (void)state;
    struct disconnect disconnect = { .reason = 2, .text = B("why"), .language = B("en") };
    /* Number, reason and text alone are tolerated; a language that is cut is not. */
    codec_holds(disconnect_decode, disconnect_encode, disconnect, 1 + 4 + 4 + 3);
}

static void the_language_may_be_missing_but_not_cut(void **state)
{
    (void)state;
    struct disconnect out;
    assert_int_equal(disconnect_decode(B("\1\0\0\0\2\0\0\0\1x"), NULL, &out), OK);
    assert_int_equal(out.reason, 2);
    assert_true(bytes_is(out.text, "x"));
    assert_int_equal(disconnect_decode(B("\1\0\0\0\2\0\0\0\1x\0\0"), NULL, &out), ERR_TRUNCATED);
    assert_int_equal(disconnect_decode(B("\1\0\0\0\2\0\0\0\1x\0\0\0\0y"), NULL, &out),
                     ERR_TRAILING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codec_holds),
        cmocka_unit_test(the_language_may_be_missing_but_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
