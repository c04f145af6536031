/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/global_request.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct global_request request = { B("keepalive@openssh.com"), true, B("rest") };
    codec_holds(global_request_decode, global_request_encode, request, 1 + 4 + 21 + 1);
    struct global_request_success success = { B("\0\0\x1f\x90") };
    codec_holds(global_request_decode_success, global_request_encode_success, success, 1);
}

static void any_octet_but_zero_wants_a_reply(void **state)
{
    (void)state;
    struct global_request out;
    assert_int_equal(global_request_decode(B("\x50\0\0\0\1x\2"), NULL, &out), OK);
    assert_true(out.want_reply);
    assert_int_equal(global_request_decode(B("\x50\0\0\0\1x\0"), NULL, &out), OK);
    assert_false(out.want_reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codecs_hold),
        cmocka_unit_test(any_octet_but_zero_wants_a_reply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
