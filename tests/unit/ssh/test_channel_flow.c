/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/channel_flow.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct channel_flow_window window = { 1, 2 };
    codec_holds(channel_flow_decode_window, channel_flow_encode_window, window, 0);
    struct channel_flow_data data = { .channel = 1, .data = B("hello") };
    codec_holds(channel_flow_decode_data, channel_flow_encode_data, data, 0);
    struct channel_flow_data extended = { 1, true, 1, B("oops") };
    codec_holds(channel_flow_decode_data, channel_flow_encode_data, extended, 0);
    struct channel_flow_signal signal = { SSH_MSG_CHANNEL_CLOSE, 9 };
    codec_holds(channel_flow_decode_signal, channel_flow_encode_signal, signal, 0);
    struct channel_flow_request request = { 1, B("exec"), true, B("\0\0\0\2ls") };
    codec_holds(channel_flow_decode_request, channel_flow_encode_request, request, 1 + 4 + 8 + 1);
}

static void a_header_built_in_place_is_the_encoders(void **state)
{
    (void)state;
    const struct channel_flow_data cases[] = {
        { 0x01020304, false, 0, B("hello") },
        { 0xfffefdfc, true, 1, B("oops") },
    };
    const size_t lengths[] = { CHANNEL_FLOW_DATA_HEADER, CHANNEL_FLOW_EXTENDED_HEADER };
    for (size_t i = 0; i < 2; i++) {
        uint8_t header[CHANNEL_FLOW_EXTENDED_HEADER];
        scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
        size_t len = channel_flow_data_header(header, cases[i].channel, cases[i].extended,
                                              cases[i].data.len);
        assert_int_equal(len, lengths[i]);
        assert_int_equal(channel_flow_encode_data(&payload, &cases[i]), OK);
        assert_memory_equal(buf_bytes(&payload).data, header, len);
    }
}

static void extended_data_of_type_zero_is_not_data(void **state)
{
    (void)state;
    struct channel_flow_data out;
    struct bytes payload = B("\x5f\0\0\0\1\0\0\0\0\0\0\0\1x");
    assert_int_equal(channel_flow_decode_data(payload, NULL, &out), OK);
    assert_true(out.is_extended);
}

static void the_channel_of_a_payload_needs_its_first_octets_only(void **state)
{
    (void)state;
    uint32_t channel;
    assert_int_equal(channel_flow_channel(B("\x5e\0\0\1\2and more"), &channel), OK);
    assert_int_equal(channel, 0x102);
    assert_int_equal(channel_flow_channel(B("\x5e\0\0\1"), &channel), ERR_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codecs_hold),
        cmocka_unit_test(a_header_built_in_place_is_the_encoders),
        cmocka_unit_test(extended_data_of_type_zero_is_not_data),
        cmocka_unit_test(the_channel_of_a_payload_needs_its_first_octets_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
