/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/channel_open.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct channel_open open = { B("session"), 3, 0xffffffff, 32768, B("more") };
    codec_holds(channel_open_decode, channel_open_encode, open, 1 + 4 + 7 + 12);
    struct channel_open_confirmation confirmation = { 1, 2, 3, 4 };
    codec_holds(channel_open_decode_confirmation, channel_open_encode_confirmation, confirmation,
                0);
    struct channel_open_failure failure = { 1, 2, B("no"), B("en") };
    codec_holds(channel_open_decode_failure, channel_open_encode_failure, failure, 0);
}

static void a_maximum_packet_of_zero_is_refused_in_a_confirmation_only(void **state)
{
    (void)state;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    struct channel_open_confirmation confirmation = { 1, 2, 3, 0 };
    assert_int_equal(channel_open_encode_confirmation(&payload, &confirmation), OK);
    assert_int_equal(channel_open_decode_confirmation(buf_bytes(&payload), NULL, &confirmation),
                     ERR_BAD_VALUE);

    struct channel_open open = { B("session"), 3, 0, 0, BYTES_NONE };
    codec_holds(channel_open_decode, channel_open_encode, open, 0 + 1 + 4 + 7 + 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codecs_hold),
        cmocka_unit_test(a_maximum_packet_of_zero_is_refused_in_a_confirmation_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
