/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/kex_share.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct kex_share_init init = { .share = B("share") };
    codec_holds(kex_share_decode_init, kex_share_encode_init, init, 0);
    struct kex_share_reply reply = { .host_key = B("key"), .share = B("s"), .signature = B("sig") };
    codec_holds(kex_share_decode_reply, kex_share_encode_reply, reply, 0);
}

static void long_fields_are_refused(void **state)
{
    (void)state;
    struct bytes field = codec_copy(BYTES_NONE, KEX_SHARE_KEY_MAX + 1, 1);
    struct kex_share_init init = { .share = bytes_slice(field, 0, KEX_SHARE_LEN_MAX + 1) };
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(kex_share_encode_init(&payload, &init), OK);
    assert_int_equal(kex_share_decode_init(buf_bytes(&payload), NULL, &init), ERR_BAD_KEX);

    struct kex_share_reply reply = { .host_key = field };
    buf_clear(&payload);
    assert_int_equal(kex_share_encode_reply(&payload, &reply), OK);
    assert_int_equal(kex_share_decode_reply(buf_bytes(&payload), NULL, &reply), ERR_BAD_KEX);
    codec_free(field);
}

static void an_mpint_becomes_its_magnitude_and_back(void **state)
{
    (void)state;
    const struct {
        struct bytes share, magnitude;
    } cases[] = {
        { B(""), B("") },
        { B("\x01"), B("\x01") },
        { B("\x7f\x00"), B("\x7f\x00") },
        { B("\x00\x80"), B("\x80") },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes magnitude;
        scoped(buf) share = BUF_EMPTY(64);
        assert_int_equal(kex_share_magnitude(cases[i].share, &magnitude), OK);
        assert_true(bytes_equal(magnitude, cases[i].magnitude));
        assert_int_equal(kex_share_from_magnitude(&share, magnitude), OK);
        assert_true(bytes_equal(buf_bytes(&share), cases[i].share));
    }
}

static void negative_and_padded_mpints_are_refused(void **state)
{
    (void)state;
    struct bytes magnitude;
    assert_int_equal(kex_share_magnitude(B("\x80"), &magnitude), ERR_BAD_KEX);
    assert_int_equal(kex_share_magnitude(B("\xff\x01"), &magnitude), ERR_BAD_KEX);
    assert_int_equal(kex_share_magnitude(B("\x00"), &magnitude), ERR_BAD_KEX);
    assert_int_equal(kex_share_magnitude(B("\x00\x7f"), &magnitude), ERR_BAD_KEX);
}

static void leading_zeros_of_a_magnitude_are_dropped(void **state)
{
    (void)state;
    scoped(buf) share = BUF_EMPTY(64);
    assert_int_equal(kex_share_from_magnitude(&share, B("\0\0\x90\x01")), OK);
    assert_true(bytes_equal(buf_bytes(&share), B("\x00\x90\x01")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codecs_hold),
        cmocka_unit_test(long_fields_are_refused),
        cmocka_unit_test(an_mpint_becomes_its_magnitude_and_back),
        cmocka_unit_test(negative_and_padded_mpints_are_refused),
        cmocka_unit_test(leading_zeros_of_a_magnitude_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
