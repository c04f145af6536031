/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/notice.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct notice_ignore ignore = { .data = B("noise") };
    codec_holds(notice_decode_ignore, notice_encode_ignore, ignore, 0);
    struct notice_debug debug = { .always_display = true, .text = B("t"), .language = B("") };
    codec_holds(notice_decode_debug, notice_encode_debug, debug, 0);
    struct notice_unimplemented unimplemented = { .sequence = 0xfffffffe };
    codec_holds(notice_decode_unimplemented, notice_encode_unimplemented, unimplemented, 0);
}

static void an_empty_ignore_is_one(void **state)
{
    (void)state;
    struct notice_ignore out;
    assert_int_equal(notice_decode_ignore(B("\2\0\0\0\0"), NULL, &out), OK);
    assert_int_equal(out.data.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codecs_hold),
        cmocka_unit_test(an_empty_ignore_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
